"""What the sections of a proposal ask (forms F1 and F3): questions and hints over the members of the content.

A member without an entry here is asked under its own name. Kinds of fields follow from the types of the content.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import dossier
from workflows.dossier import Part

Words = str | Promise


@dataclass(frozen=True)
class Ask:
    """How one member is asked: the question, a hint, and whether one line is enough for its text."""

    question: Words = ""
    hint: Words = ""
    short: bool = False


SHORT = Ask(short=True)
ONE_PER_LINE = _("One per line. Keep the two languages in the same order.")
ASKS: dict[type[Part], dict[str, Ask]] = {
    dossier.Identity: {
        "title": Ask(hint=_("No product, person or company names without good reason."), short=True),
        "short_title": Ask(hint=_("At most 40 characters.")),
        "authority": Ask(hint=_("On what ground the issuing body may issue it.")),
        "related_editions": Ask(hint=_("Codes of the editions in the other language, one per line.")),
    },
    dossier.Purpose: {
        "purpose": Ask(_("What will a holder be able to do that they could not prove before?")),
        "audience": Ask(_("For whom is it?")),
        "job_tasks": Ask(_("Which job tasks need it, and how often?")),
        "consequence": Ask(_("What happens if it is done badly?")),
        "near_credentials": Ask(_("Which existing credentials are near, and why is this one needed?")),
        "questions": Ask(hint=_("Anything else that partners or the committee should know, as question and answer.")),
        "unconfirmed": Ask(hint=ONE_PER_LINE),
    },
    dossier.Question: {"asked": SHORT},
    dossier.Demand: {
        "sources": Ask(
            _("What shows demand?"), _("At least one source with a date. Sources count for 24 months after their date.")
        ),
        "consultations": Ask(_("Which employers were asked, what did they say, and what did you change?")),
        "occupations": Ask(hint=_("At most three codes of NOC 2021, and any number of ESCO occupations.")),
        "cip": Ask(hint=_("For student aid, such as 51.0899.")),
        "need_ends_on": Ask(hint=_("Only when the need itself is limited in time.")),
    },
    dossier.Source: {
        "claim": SHORT,
        "source": SHORT,
        "note": SHORT,
        "kind": Ask(hint=_("Such as survey, job postings, forecast of a sector.")),
    },
    dossier.Occupation: {"title": SHORT, "basis": SHORT},
    dossier.Competency: {
        "action": Ask(_("What does the person do?"), _("Begin with a verb that can be observed.")),
        "condition": Ask(_("Under which conditions?")),
        "standard": Ask(_("To which standard?")),
        "knowledge": Ask(hint=ONE_PER_LINE),
        "indicators": Ask(hint=ONE_PER_LINE),
        "skills": Ask(hint=ONE_PER_LINE),
        "attitudes": Ask(hint=ONE_PER_LINE),
    },
    dossier.Workload: {
        "hours": Ask(hint=_("Such as online theory 6, supervised practice 8. Student aid asks for 5 to 300 in all.")),
        "weeks": Ask(hint=_("Student aid asks for fewer than 12.")),
        "setting": SHORT,
        "entry_requirements": Ask(_("What must people know or hold before?"), ONE_PER_LINE),
    },
    dossier.Assessment: {
        "strategy": Ask(_("How do the tasks together show the competencies?")),
        "attempts": Ask(_("How many attempts are included?")),
        "wait_days": Ask(_("How many days lie between two attempts?")),
        "reassessment": Ask(_("What is assessed again?"), short=True),
        "further_attempt": Ask(_("What comes after the last attempt?"), short=True),
        "prior_learning": Ask(_("How can prior learning lead to the same award?")),
        "prior_learning_in_badge": SHORT,
        "moderation_before": Ask(_("Who checks tasks and rubric before use?")),
        "moderation_after": Ask(_("Which assessed work is looked at by a second person?")),
        "disagreement": Ask(_("What happens when assessors disagree?"), short=True),
        "adjustments": Ask(_("Which adjustments are made for disability, without lowering the standard?")),
        "formats": Ask(hint=ONE_PER_LINE),
        "own_work_rule": Ask(_("What is the rule on own work and artificial intelligence?")),
    },
    dossier.Task: {
        "title": Ask(_("What is done?"), short=True),
        "type": Ask(hint=_("Such as application of a skill, workplace observation, portfolio, oral test.")),
        "setting": Ask(_("Where is it done?"), short=True),
        "tools": Ask(_("With what?"), short=True),
        "hazards": Ask(_("Which hazards are there?"), short=True),
        "supervision": Ask(_("Under which supervision?")),
        "identity_check": Ask(_("How is the learner’s identity checked?"), short=True),
        "assessor": Ask(_("Who may assess, and how are they qualified?")),
        "evidence": Ask(_("Which evidence remains?"), ONE_PER_LINE),
        "minutes": Ask(_("How many minutes does it take?")),
        "pass_rule": Ask(_("When is it passed?"), short=True),
    },
    dossier.Level: {
        "name": SHORT,
        "points": Ask(hint=_("They order the levels; the lowest has the fewest.")),
    },
    dossier.Criterion: {"name": SHORT, "required_level": Ask(hint=_("The level that must be reached."))},
    dossier.Rubric: {
        "levels": Ask(hint=_("Save new levels before you describe them in the criteria.")),
        "pass_rule": Ask(hint=_("No critical criterion can be offset by another one.")),
        "summary": Ask(hint=_("One or two sentences for the public page.")),
    },
    dossier.Evidence: {
        "employers_by_default": Ask(_("What do employers see?"), ONE_PER_LINE),
        "with_consent": Ask(_("What do others see only with the learner’s consent?"), ONE_PER_LINE),
        "never_public": Ask(_("What is never shown?"), ONE_PER_LINE),
        "partner_confidential": Ask(hint=ONE_PER_LINE),
        "retention_days": Ask(_("For how many days is each kind of evidence kept?")),
        "third_persons": Ask(_("Could the evidence show another person, and how is that prevented?")),
    },
    dossier.StackPart: {"title": SHORT, "rule": Ask(hint=_("All parts, some of them, or in order."), short=True)},
    dossier.Mapping: {"to": SHORT, "recognition": SHORT, "status": SHORT},
    dossier.Ladder: {
        "target": SHORT,
        "conditions": Ask(hint=ONE_PER_LINE),
        "approvals": Ask(hint=ONE_PER_LINE),
        "review_trigger": SHORT,
    },
    dossier.Explanation: {"language": Ask(hint=_("The code of the language, such as uk or ar."))},
    dossier.Pathways: {
        "transcript_rule": Ask(hint=_("The registrar signs it before the final approval.")),
        "comparison": Ask(hint=_("Such as hours, level or a course of the institution.")),
    },
    dossier.Validity: {
        "period": Ask(hint=_("Such as P12M for 12 months or P3Y for 3 years. Empty when it does not end.")),
        "reason": Ask(_("Why does it end, or why not?")),
        "pathway_use_limit": Ask(hint=_("Such as P36M for 36 months.")),
    },
    dossier.Inclusion: {
        "barriers": Ask(_("Who could be shut out, and how do you prevent it?")),
        "indigenous": Ask(hint=_("Every proposal answers this. A yes needs an agreement with the community.")),
        "involved": Ask(_("If it does: who was involved?")),
        "protocol": Ask(_("Under which protocol?")),
        "attribution": Ask(_("How is knowledge attributed?")),
    },
    dossier.Measure: {"name": SHORT, "target": Ask(hint=_("Such as at least 70 %."))},
    dossier.Pilot: {
        "cohort": Ask(_("How many learners?")),
        "measures": Ask(_("What is measured, and what is the target?")),
        "go_rule": Ask(_("When does it go on after the pilot?")),
        "stop_rule": Ask(_("When is the pilot stopped?")),
    },
    dossier.Interests: {
        "statements": Ask(_("Does anyone gain by its approval?"), ONE_PER_LINE),
    },
    dossier.Presentation: {
        "tags": Ask(hint=_("One per line.")),
        "image_alt": SHORT,
        "contact": Ask(hint=_("An address that learners may write to.")),
    },
}
# The letter that the codes of new items begin with.
LETTERS: dict[type[Part], str] = {
    dossier.Competency: "C",
    dossier.Task: "T",
    dossier.Criterion: "R",
    dossier.Level: "L",
}


def kept(part: type[Part], member: str) -> bool:
    """True for members that the system keeps and nobody types."""
    return member == "isco" or (member == "code" and part in LETTERS)


# What the button says that adds an item to a list.
ADD: dict[type[Part], Words] = {
    dossier.Question: _("Add a question"),
    dossier.Source: _("Add a source"),
    dossier.Consultation: _("Add a consultation"),
    dossier.Occupation: _("Add an occupation"),
    dossier.Competency: _("Add a competency"),
    dossier.Task: _("Add a task"),
    dossier.Level: _("Add a level"),
    dossier.Criterion: _("Add a criterion"),
    dossier.StackPart: _("Add a whole"),
    dossier.Ladder: _("Add a way into a program"),
    dossier.Mapping: _("Add a line to the mapping"),
    dossier.Measure: _("Add a measure"),
    dossier.Explanation: _("Add an explanation"),
}
ADD_LINE: Words = _("Add a line")


@dataclass(frozen=True)
class Group:
    """Some sections that belong together on the proposal's first page."""

    title: Words
    facets: tuple[str, ...]
    hint: Words = ""


GROUPS = (
    Group(_("What it is, and why"), ("identity", "purpose", "demand")),
    Group(_("What is learned"), ("competencies", "alignments", "workload", "inclusion")),
    Group(_("Where it leads"), ("pathways", "validity")),
    Group(
        _("How it is assessed"),
        ("assessment", "rubric", "evidence", "pilot"),
        _("These may wait until the employers have answered."),
    ),
    Group(_("How it is shown, and who gains"), ("presentation", "interests")),
)


# What stands on top of a section's page.
INTROS: dict[str, Words] = {
    "competencies": _("Each competency says what is done, under which conditions, to which standard."),
    "alignments": _("Each competency is matched to a skill of a shared framework, or you say why none fits."),
    "rubric": _("Each criterion belongs to a competency and says what each level looks like."),
    "assessment": _("Each competency is shown by at least one task."),
    "evidence": _("The assessed level is always visible to those whom the learner shows the badge."),
    "presentation": _("These may change later without asking anybody again."),
}

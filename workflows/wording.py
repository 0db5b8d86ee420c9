"""What each member of a version's content is called, and what its closed values mean, in both languages. Pure.

The read view (`workflows.outline`) and the proposer's forms take their words from here, so that a field is called the
same wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import dossier
from workflows.dossier import Part

Words = str | Promise
LABELS: dict[type[Part], dict[str, Words]] = {
    dossier.Identity: {
        "title": _("Title"),
        "short_title": _("Short title for the badge"),
        "edition": _("Edition"),
        "issuing_body": _("Issuing body"),
        "issuing_body_kind": _("What the issuing body is"),
        "authority": _("Authority to issue"),
        "languages": _("Languages in which it is offered"),
        "related_editions": _("Editions in the other language"),
    },
    dossier.Purpose: {
        "purpose": _("What a holder will be able to do"),
        "audience": _("For whom"),
        "job_tasks": _("Job tasks that need it, and how often"),
        "consequence": _("What happens if they are done badly"),
        "near_credentials": _("Existing credentials that are near, and why this one is needed"),
        "questions": _("Further questions"),
        "unconfirmed": _("Facts still to be confirmed"),
    },
    dossier.Question: {"asked": _("Question"), "answer": _("Answer")},
    dossier.Demand: {
        "sources": _("Sources of demand"),
        "consultations": _("Employers who were asked"),
        "occupations": _("Occupations"),
        "sector": _("Sector"),
        "region": _("Region"),
        "cip": _("CIP 2021 code"),
        "classification_notes": _("Notes on the codes"),
        "need_ends_on": _("Day on which the need ends"),
    },
    dossier.Source: {
        "kind": _("Kind of source"),
        "claim": _("What it shows"),
        "source": _("Where it is from"),
        "on": _("Date of the data"),
        "confirmed": _("Checked against the source"),
        "strength": _("How far it carries"),
        "age_limit_months": _("Too old after this many months"),
        "note": _("Note"),
    },
    dossier.Consultation: {
        "organization": _("Organization"),
        "on": _("When"),
        "said": _("What they said"),
        "changed": _("What you changed"),
    },
    dossier.Occupation: {
        "scheme": _("Classification"),
        "code": _("Code"),
        "uri": _("Address"),
        "isco": _("ISCO code in the source"),
        "title": _("Title"),
        "basis": _("Why this occupation"),
        "confirmed": _("Checked against the classification"),
    },
    dossier.Competency: {
        "code": _("Code"),
        "action": _("Action"),
        "condition": _("Condition"),
        "standard": _("Standard"),
        "knowledge": _("Knowledge"),
        "skills": _("Skills"),
        "attitudes": _("Attitudes"),
        "indicators": _("By what an attitude can be observed"),
        "tool_edition": _("Edition of a tool or standard"),
    },
    dossier.Alignment: {
        "competency": _("Competency"),
        "framework": _("Framework"),
        "edition": _("Edition"),
        "edition_checked": _("Checked against this edition"),
        "uri": _("Address"),
        "label": _("Label as shown"),
        "match": _("How close"),
        "confirmed_by": _("Confirmed by"),
        "justification": _("Reason"),
        "note": _("Note"),
        "skill_type": _("Kind of skill"),
        "reuse_level": _("Level of reuse"),
    },
    dossier.Workload: {
        "hours": _("Hours by type"),
        "weeks": _("Weeks"),
        "mode": _("How it is delivered"),
        "setting": _("Learning setting"),
        "language": _("Language of delivery"),
        "entry_requirements": _("What people must know or hold before"),
    },
    dossier.Task: {
        "code": _("Code"),
        "title": _("What is done"),
        "type": _("Kind of task"),
        "competencies": _("Competencies that it shows"),
        "setting": _("Where"),
        "tools": _("With what"),
        "hazards": _("Hazards"),
        "supervision": _("Supervision"),
        "identity_check": _("Identity check"),
        "assessor": _("Who assesses, and how qualified"),
        "evidence": _("Evidence that remains"),
        "minutes": _("Minutes"),
        "attempts": _("Attempts"),
        "pass_rule": _("When it is passed"),
    },
    dossier.Assessment: {
        "strategy": _("Strategy"),
        "tasks": _("Tasks"),
        "attempts": _("Attempts included"),
        "wait_days": _("Days to wait between attempts"),
        "reassessment": _("What is assessed again"),
        "further_attempt": _("A further attempt"),
        "prior_learning": _("How prior learning leads to the same award"),
        "prior_learning_in_badge": _("How the badge shows prior learning"),
        "moderation_before": _("Moderation before use"),
        "moderation_after": _("Moderation after use"),
        "disagreement": _("When assessors disagree"),
        "adjustments": _("Adjustments for disability, without lowering the standard"),
        "formats": _("Accessible formats"),
        "own_work_rule": _("Own work and artificial intelligence"),
    },
    dossier.Level: {"code": _("Code"), "name": _("Name"), "points": _("Points")},
    dossier.Criterion: {
        "code": _("Code"),
        "name": _("Criterion"),
        "competencies": _("Competencies"),
        "critical": _("Critical: it cannot be offset"),
        "required_level": _("Required level"),
        "descriptors": _("What each level looks like"),
    },
    dossier.Rubric: {
        "levels": _("Levels"),
        "criteria": _("Criteria"),
        "pass_rule": _("When the whole is passed"),
        "summary": _("Criteria in short, as the badge says them"),
    },
    dossier.Evidence: {
        "employers_by_default": _("Employers see"),
        "with_consent": _("Only with the learner's consent"),
        "never_public": _("Never public"),
        "partner_confidential": _("Confidential to a partner, under its agreement"),
        "retention_days": _("Days kept, by kind of evidence"),
        "third_persons": _("Other persons in the evidence"),
        "intellectual_property": _("Intellectual property"),
    },
    dossier.StackPart: {"title": _("The whole"), "rule": _("Rule")},
    dossier.Mapping: {
        "of": _("Competencies or tasks"),
        "to": _("Counts as"),
        "recognition": _("How it is recognized"),
        "status": _("How far it is agreed"),
    },
    dossier.Ladder: {
        "target": _("Program"),
        "facts": _("Facts about the program"),
        "mapping": _("Mapping"),
        "conditions": _("Conditions"),
        "approvals": _("Who must agree"),
        "approved_by": _("Who agreed"),
        "effective_from": _("In force from"),
        "effective_until": _("In force until"),
        "review_trigger": _("What opens a review"),
    },
    dossier.Pathways: {
        "stackable": _("It can be part of a larger whole"),
        "stacks_into": _("Part of"),
        "ladders": _("Ways into a program"),
        "credit": _("Credit agreed"),
        "credit_open": _("Credit spoken of, not agreed"),
        "prior_learning_route": _("Prior learning can lead to the same award"),
        "transcript_compatible": _("It can stand on the transcript"),
        "transcript_rule": _("How it stands on the transcript"),
        "comparison": _("What it compares with"),
    },
    dossier.Validity: {
        "period": _("Valid for"),
        "renewal": _("How it is renewed"),
        "lapse": _("What happens after it ends"),
        "reason": _("Why"),
        "recency": _("How recent practice is shown"),
        "pathway_use_limit": _("Counts in a pathway for"),
    },
    dossier.Inclusion: {
        "barriers": _("Who could be shut out, and how that is prevented"),
        "indigenous": _("Does it concern Indigenous peoples, lands or knowledge?"),
        "involved": _("Who was involved"),
        "protocol": _("Under which protocol"),
        "attribution": _("How knowledge is attributed"),
    },
    dossier.Measure: {"name": _("Measure"), "target": _("Target")},
    dossier.Pilot: {
        "cohort": _("Learners"),
        "weeks": _("Weeks"),
        "measures": _("Measures and targets"),
        "go_rule": _("When it goes on"),
        "stop_rule": _("When it stops"),
    },
    dossier.Interests: {"statements": _("Who gains by its approval")},
    dossier.Presentation: {
        "tags": _("Tags"),
        "image_alt": _("The badge's picture in words"),
        "contact": _("Contact"),
        "explanations": _("Plain words in further languages"),
    },
    dossier.Explanation: {"language": _("Language"), "words": _("Plain words")},
}
# What one item of a list is called.
ITEMS: dict[type[Part], Words] = {
    dossier.Question: _("Question"),
    dossier.Source: _("Source"),
    dossier.Consultation: _("Consultation"),
    dossier.Occupation: _("Occupation"),
    dossier.Competency: _("Competency"),
    dossier.Task: _("Task"),
    dossier.Level: _("Level"),
    dossier.Criterion: _("Criterion"),
    dossier.StackPart: _("Whole"),
    dossier.Ladder: _("Way into a program"),
    dossier.Mapping: _("Line of the mapping"),
    dossier.Measure: _("Measure"),
    dossier.Alignment: _("Match"),
    dossier.Explanation: _("Explanation"),
}
MATCHES: dict[str, Words] = {
    "exact": _("exact"),
    "close": _("close"),
    "broad": _("broader than the competency"),
    "narrow": _("narrower than the competency"),
    "related": _("related"),
    "none": _("looked at and rejected"),
    "none_in_esco": _("no match in ESCO"),
}
LANGUAGES: dict[str, Words] = {"en": _("English"), "fr": _("French")}
STRENGTHS: dict[str, Words] = {
    "strong": _("strong"),
    "medium": _("medium"),
    "weak": _("weak"),
    "to_verify": _("to be verified"),
    "missing": _("still missing"),
}
# Closed values of members, for readers and for the choices of forms.
VALUES: dict[tuple[type[Part], str], dict[str, Words]] = {
    (dossier.Identity, "languages"): LANGUAGES,
    (dossier.Workload, "language"): LANGUAGES,
    (dossier.Workload, "mode"): {
        "on_site": _("on site"),
        "online": _("online"),
        "blended": _("blended"),
        "workplace": _("at the workplace"),
    },
    (dossier.Source, "strength"): STRENGTHS,
    (dossier.Alignment, "match"): MATCHES,
    (dossier.Inclusion, "indigenous"): {"yes": _("yes"), "no": _("no")},
}
# Open values that are common: shown in words, offered as suggestions, and any other text is as good.
COMMON: dict[str, Words] = {
    "online_theory": _("online theory"),
    "classroom": _("classroom"),
    "workshops": _("workshops"),
    "lab_simulation": _("laboratory or simulation"),
    "supervised_practice": _("supervised practice"),
    "supervised_placement": _("supervised placement"),
    "workplace_practice": _("practice at the workplace"),
    "assessment": _("assessment"),
    "total": _("in all"),
    "checklists": _("checklists"),
    "video": _("video"),
    "sector_forecast": _("forecast of a sector"),
    "employer_initiative": _("request of an employer"),
    "placement_outcome": _("results of placements"),
    "job_postings": _("job postings"),
    "national_program": _("national program"),
    "occupational_standard": _("occupational standard"),
    "legal_framework": _("law or regulation"),
    "vacancies": _("vacancies"),
    "consultation": _("consultation"),
    "survey": _("survey"),
}
CHOICES: dict[str, Words] = {
    "support": _("supports it"),
    "support_with_suggestions": _("supports it, with suggestions"),
    "do_not_support": _("does not support it"),
    "cannot_judge": _("cannot judge"),
    "endorse": _("endorses it"),
    "endorse_with_condition": _("endorses it, with a condition"),
    "return": _("returns it"),
    "decline": _("declines"),
    "approve": _("approves"),
    "approve_with_conditions": _("approves, with conditions"),
    "defer": _("defers"),
    "reject": _("rejects"),
    "abstain": _("abstains"),
    "agree": _("agrees"),
    "agree_with_condition": _("agrees, with a condition"),
    "withhold": _("does not agree"),
}
_UNITS: dict[str, tuple[Words, Words]] = {
    "Y": (_("one year"), _("%d years")),
    "M": (_("one month"), _("%d months")),
    "D": (_("one day"), _("%d days")),
}


def label(part: type[Part], member: str) -> Words:
    """What a member is called; its own name when nobody has said it yet."""
    return LABELS.get(part, {}).get(member, member.replace("_", " "))


def common(value: str) -> Words:
    """An open value in words."""
    return COMMON.get(value, value.replace("_", " "))


def duration(period: str) -> Words:
    """An ISO 8601 duration such as P12M in words."""
    if len(period) < 3 or period[-1] not in _UNITS or not period[1:-1].isdigit():
        return period
    one, many = _UNITS[period[-1]]
    return one if period[1:-1] == "1" else str(many) % int(period[1:-1])


def bare(annotation: Any) -> Any:
    """A type of the content without its constraints."""
    return bare(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def place(facet: str, path: Iterable[str]) -> str:
    """Where something stands in a facet, for readers: the names of its members, the codes of its items."""
    kind, words = bare(dossier.Dossier.model_fields[facet].annotation), []
    for step in path:
        if isinstance(kind, type) and issubclass(kind, Part) and step in kind.model_fields:
            words.append(str(label(kind, step)))
            kind = bare(kind.model_fields[step].annotation)
            continue
        words.append(str(common(step)) if get_origin(kind) is dict else step)
        kind = bare(get_args(kind)[-1]) if get_args(kind) else kind
    return " · ".join(words)

"""What each of the sixteen clauses looks at (`lifecycle.md` 2, column "proved by"). Pure.

A check answers with the reasons for which its clause does not hold; an empty list means that it does. `advise` says
what would make a clause stronger and blocks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.dossier import Competency, Dossier, Source, Task, Text
from workflows.facts import Facts, Reason
from workflows.policy import State, months_after

MATCHED = {"exact", "close", "broad", "narrow", "related"}
LANGUAGES = {"en": _("English"), "fr": _("French")}
# Verbs that nobody can observe, as a competency may begin with them (clause E3).
_INNER_VERBS = re.compile(
    r"^\W*(understand|know|appreciate|learn|believe|(is|be) (aware|familiar)"
    r"|compren(d|ne)|conna[iî](t|ss)|sa(it|voir) (que|ce)|appréci|appren(d|ne)|croi(t|re)"
    r"|(est|être) (conscient|famili))",
    re.IGNORECASE,
)
NO_IDENTITY_CHECK = {"", "unsupervised", "unsupervised with no identity verification"}
Reasons = Iterator[Reason]


def _each(codes: Iterable[str], sentence: str | Promise, facet: str) -> Reasons:
    for code in codes:
        yield Reason(str(sentence) % {"code": code}, facet, code)


# -- P: relevance, verifiability, ownership, extensibility ----------------------------------------------------------


def ages_out_on(source: Source, most: int) -> date | None:
    """The first day on which a source of demand is too old, after `most` months; None for an undated one."""
    months = min(source.age_limit_months or most, most)
    return None if source.on is None else months_after(source.on, months)


def _fresh(source: Source, facts: Facts) -> bool:
    ends_on = ages_out_on(source, facts.demand_source_months)
    return ends_on is not None and facts.today < ends_on


def p1a(facts: Facts, dossier: Dossier) -> Reasons:
    """Relevant now: a dated source that is fresh enough, and importance 3 or more on every competency, or a reply."""
    if not any(_fresh(source, facts) for source in dossier.demand.sources):
        months = facts.demand_source_months
        yield Reason(_("No dated source of demand is younger than %d months.") % months, "demand")
    for code in facts.unanswered_low_ratings:
        yield Reason(_("%(code)s was rated 1 or 2 in importance and has no reply yet.") % {"code": code}, "", code)
    for code in facts.unrated:
        yield Reason(_("Nobody has rated the importance of %(code)s yet.") % {"code": code}, "", code)


def p1b(facts: Facts, dossier: Dossier) -> Reasons:
    """By consultation and partnership: two employer voices or one sector body, and a log that says what changed."""
    if facts.employer_voices < facts.voices_needed:
        voices = facts.voices_needed
        yield Reason(_("Fewer than %d employer voices were heard; a sector body counts as two.") % voices)
    if not any(consultation.said or consultation.changed for consultation in dossier.demand.consultations):
        yield Reason(_("The consultation log does not say who was asked and what was changed."), "demand")
        return
    for consultation in dossier.demand.consultations:
        if not consultation.changed:
            name = consultation.organization
            yield Reason(_("The log does not say what was changed after asking %s.") % name, "demand", name)


def p2a(facts: Facts, _dossier: Dossier) -> Reasons:
    """Verifiable: a key, a status list, a public achievement."""
    if not facts.key_active:
        yield Reason(_("The issuing body has no active signing key."))
    if not facts.status_list_kept:
        yield Reason(_("The issuing body keeps no status list yet."))
    if not facts.achievement_published:
        yield Reason(_("The achievement is not published yet."))


def _identified(task: Task) -> bool:
    return bool(task.identity_check) or task.supervision.strip().lower() not in NO_IDENTITY_CHECK


def p2b(facts: Facts, dossier: Dossier) -> Reasons:
    """Integrity kept: identity level of each task, moderation plan, unbroken record."""
    tasks = dossier.assessment.tasks
    silent = [task.code for task in tasks if not (task.identity_check or task.supervision.strip())]
    yield from _each(silent, _("%(code)s does not say how the learner's identity is checked."), "assessment")
    if not any(_identified(task) for task in tasks) and not silent:
        yield Reason(_("No task checks who the learner is."), "assessment")
    if not dossier.assessment.moderation_after:
        yield Reason(_("There is no plan for moderation."), "assessment")
    if not facts.ledger_intact:
        yield Reason(_("The record of decisions is not intact."))


def p3a(facts: Facts, _dossier: Dossier) -> Reasons:
    """The credential belongs to the earner: what is exported verifies without us, which takes a signing key."""
    if not facts.key_active:
        yield Reason(_("Without a signing key the earner could export nothing that verifies."))


def p3b(facts: Facts, dossier: Dossier) -> Reasons:
    """The data belong to the earner: who sees which evidence and for how long; consent of each cohort."""
    policy = dossier.evidence
    if not (policy.employers_by_default or policy.with_consent or policy.never_public):
        yield Reason(_("The evidence policy does not say who sees each item."), "evidence")
    if not policy.retention_days:
        yield Reason(_("The evidence policy does not say for how long each item is kept."), "evidence")
    for name in facts.cohorts_without_consent:
        yield Reason(_("The cohort %s has no consent text.") % name)


def p4(_facts: Facts, dossier: Dossier) -> Reasons:
    """A continuous pathway: a stack, a ladder, a prior-learning route or a renewal."""
    ways = dossier.pathways
    if not (ways.stacks_into or ways.ladders or ways.prior_learning_route or dossier.validity.renewal):
        yield Reason(_("It names no stack, no ladder, no prior-learning route and no renewal."), "pathways")


# -- E: issuing body, competencies, outcomes, assessment, transcript, partners --------------------------------------


def e1(facts: Facts, dossier: Dossier) -> Reasons:
    """An established issuing body with the authority to issue."""
    if not dossier.identity.issuing_body:
        yield Reason(_("The issuing body is not stated."), "identity")
    if not facts.issuing_body_known:
        yield Reason(_("The authority on which the institution issues is not recorded."))


def _lacking(text: Text, languages: Iterable[str]) -> list[str]:
    """The offered languages in which a text is not there."""
    return [language for language in languages if not getattr(text, language, "").strip()]


def e2a(_facts: Facts, dossier: Dossier) -> Reasons:
    """Shared competency language: action, condition and standard, in each language that it is offered in."""
    if not dossier.competencies:
        yield Reason(_("There are no competencies yet."), "competencies")
    offered = [language for language in dossier.identity.languages if language in LANGUAGES]
    for competency in dossier.competencies:
        parts = {
            _("its action"): competency.action,
            _("its condition"): competency.condition,
            _("its standard"): competency.standard,
        }
        for name, text in parts.items():
            if not text:
                yield _of(competency, _("%(code)s lacks %(part)s."), part=name)
                continue
            for language in _lacking(text, offered if len(offered) > 1 else []):
                yield _of(competency, _("%(code)s lacks %(part)s in %(language)s."), part=name, language=language)


def _of(competency: Competency, sentence: str | Promise, *, part: str | Promise, language: str = "") -> Reason:
    words = {"code": competency.code, "part": part, "language": LANGUAGES.get(language, "")}
    return Reason(str(sentence) % words, "competencies", competency.code)


def e2b(_facts: Facts, dossier: Dossier) -> Reasons:
    """A common framework such as ESCO: a confirmed skill per competency, or a reasoned "no match".

    An entry "no match" is explained also where broader or related skills stand beside it.
    """
    if not dossier.competencies:
        yield Reason(_("There are no competencies yet."), "competencies")
    aligned = {
        alignment.competency
        for alignment in dossier.alignments
        if alignment.match in MATCHED and alignment.confirmed_by and (alignment.uri or alignment.framework != "ESCO")
    }
    bare = [a.competency for a in dossier.alignments if a.match == "none_in_esco" and not a.justification]
    explained = {a.competency for a in dossier.alignments if a.match == "none_in_esco"} - set(bare)
    open_ = [c.code for c in dossier.competencies if c.code not in aligned | explained | set(bare)]
    sentence = _("%(code)s has neither a confirmed skill of a shared framework nor a reasoned “no match”.")
    yield from _each(open_, sentence, "alignments")
    yield from _each(sorted(set(bare)), _("%(code)s: a “no match” lacks its justification."), "alignments")


def e3(_facts: Facts, dossier: Dossier) -> Reasons:
    """Outcomes tied to knowledge, skills and attitudes, and begun with a verb that can be observed."""
    if not dossier.competencies:
        yield Reason(_("There are no competencies yet."), "competencies")
    for competency in dossier.competencies:
        parts = {
            _("its knowledge"): competency.knowledge,
            _("its skills"): competency.skills,
            _("its attitudes"): competency.attitudes,
        }
        for name, texts in parts.items():
            if not any(texts):
                yield _of(competency, _("%(code)s lacks %(part)s."), part=name)
        if any(_INNER_VERBS.match(text) for text in (competency.action.en, competency.action.fr)):
            sentence = _("%(code)s begins with what nobody can observe. Say what the person does.")
            yield Reason(sentence % {"code": competency.code}, "competencies", competency.code)


def e4a(_facts: Facts, dossier: Dossier) -> Reasons:
    """Evidence required: task, criterion and required level per competency, evidence per task, a pass rule."""
    rubric, tasks = dossier.rubric, dossier.assessment.tasks
    if not rubric.criteria:
        yield Reason(_("The rubric has no criteria."), "rubric")
    if not rubric.pass_rule:
        yield Reason(_("The rubric has no pass rule."), "rubric")
    in_tasks = {code for task in tasks for code in task.competencies}
    in_criteria = {code for criterion in rubric.criteria for code in criterion.competencies}
    codes = [competency.code for competency in dossier.competencies]
    yield from _each([c for c in codes if c not in in_tasks], _("No task shows %(code)s."), "assessment")
    yield from _each([c for c in codes if c not in in_criteria], _("No criterion judges %(code)s."), "rubric")
    levels = {level.code for level in rubric.levels}
    unknown = [criterion.code for criterion in rubric.criteria if criterion.required_level not in levels]
    yield from _each(unknown, _("%(code)s asks for a level that the rubric does not have."), "rubric")
    loose = [criterion.code for criterion in rubric.criteria if not criterion.competencies]
    yield from _each(loose, _("%(code)s is tied to no competency."), "rubric")
    bare = [task.code for task in tasks if not any(task.evidence)]
    yield from _each(bare, _("%(code)s leaves no evidence."), "assessment")


def e4b(_facts: Facts, dossier: Dossier) -> Reasons:
    """Evidence embedded and visible to employers: at least level, task and context."""
    if not any(dossier.evidence.employers_by_default):
        yield Reason(_("Nothing of the evidence is visible to employers: level, task and context must be."), "evidence")


def e5(facts: Facts, dossier: Dossier) -> Reasons:
    """Compatible with transcripts: a rule, signed by the registrar as it stands."""
    if not dossier.pathways.transcript_rule:
        yield Reason(_("There is no rule for the transcript."), "pathways")
    if facts.registrar_signed_other_text:
        yield Reason(_("The pathways were changed after the registrar signed the transcript rule."))
    elif not facts.registrar_signed:
        yield Reason(_("The registrar has not signed the transcript rule."))


def e6a(facts: Facts, _dossier: Dossier) -> Reasons:
    """Partners confirm the demand, by quorum."""
    if facts.demand == State.OUT_OF_REACH:
        yield Reason(_("The quorum of partners who confirm the demand cannot be reached with those who were asked."))
    elif facts.demand != State.MET:
        yield Reason(_("The quorum of partners who confirm the demand is not met."))


def e6b(facts: Facts, _dossier: Dossier) -> Reasons:
    """Partners confirm that the assessment reflects the job, by quorum, on the text as it stands."""
    if facts.job == State.OUT_OF_REACH:
        yield Reason(
            _("The quorum of partners who confirm that the assessment reflects the job cannot be reached "
              "with those who were asked.")
        )  # fmt: skip
    elif facts.job != State.MET:
        yield Reason(_("The quorum of partners who confirm that the assessment reflects the job is not met."))


# -- advice ---------------------------------------------------------------------------------------------------------


def advise_p1a(_facts: Facts, dossier: Dossier) -> Reasons:
    """A source that was named and never brought."""
    for place, source in enumerate(dossier.demand.sources):
        if source.strength == "missing":
            claim = source.claim.en or source.claim.fr
            yield Reason(_("A figure is still missing: “%s”.") % claim, "demand", str(place))


def advise_p4(facts: Facts, dossier: Dossier) -> Reasons:
    """A way onwards without agreed credit, or with a part of the mapping that still waits."""
    ways = dossier.pathways
    if (ways.stacks_into or ways.ladders) and not ways.credit and (ways.credit_open or facts.past_relevance):
        yield Reason(_("A stack or a ladder is named, and no credit is agreed yet."), "pathways")
    for ladder in ways.ladders:
        for mapping in ladder.mapping:
            if mapping.status:
                target = mapping.to.en or mapping.to.fr
                yield Reason(_("Credit for “%s” waits for a check: do not advertise it yet.") % target, "pathways")


def advise_e2b(facts: Facts, dossier: Dossier) -> Reasons:
    """A reasoned "no match" that the committee has not approved yet."""
    if facts.no_match_approved:
        return
    waiting = {a.competency for a in dossier.alignments if a.match == "none_in_esco" and a.justification}
    sentence = _("%(code)s: the reasoned “no match” waits for the committee's approval at the pilot gate.")
    yield from _each(sorted(waiting), sentence, "alignments")


def advise_p1b(facts: Facts, dossier: Dossier) -> Reasons:
    """The name of whoever sells something here stays out of the title, unless the quality office agrees."""
    titles = {
        word.casefold() for text in (dossier.identity.title.en, dossier.identity.title.fr) for word in text.split()
    }
    for name in facts.sellers:
        if name.split()[0].casefold() in titles:
            yield Reason(_("The title names %s, which declared that it sells.") % name, "identity", name)

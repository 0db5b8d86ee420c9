"""The sixteen clauses of the framework and their checks: met, exempt, not met or stale, with reasons. Pure.

Clauses, what they block and where an exemption is possible: `lifecycle.md` section 2. A result is computed from
facts, never typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.dossier import Dossier, trace_holes
from workflows.policy import State

Sentence = str | Promise
DEMAND_AGES_OUT_DAYS = 730  # 24 months, lifecycle.md 8


class Result(StrEnum):
    """What a check found."""

    MET = "met"
    EXEMPT = "exempt"
    NOT_MET = "not_met"
    STALE = "stale"

    @property
    def word(self) -> Sentence:
        """The state for readers."""
        return _STATE_WORDS[self]


_STATE_WORDS: dict[Result, Sentence] = {
    Result.MET: _("Met"),
    Result.EXEMPT: _("Exempt"),
    Result.NOT_MET: _("Not met"),
    Result.STALE: _("Stale"),
}
# Which gate a transition is, for readers.
_GATES: dict[str, Sentence] = {
    "T3": _("the relevance review"),
    "T4": _("the assessment design"),
    "T7": _("the endorsement"),
    "T8": _("the pilot approval"),
    "T10": _("the pilot"),
    "T15": _("the final approval"),
    "T18": _("use"),
    "T22": _("the end of a review"),
    "C1": _("issuing a badge"),
}


@dataclass(frozen=True)
class Facts:
    """What the checks look at, gathered by `workflows.cases`."""

    content: dict[str, Any]
    today: date
    issuing_body_known: bool = False
    key_active: bool = False
    ledger_intact: bool = False
    employer_voices: int = 0
    unanswered_low_ratings: tuple[str, ...] = ()
    demand: State = State.OPEN
    demand_expired: bool = False
    job: State = State.OPEN
    job_expired: bool = False
    achievement_published: bool = False
    registrar_signed: bool = False
    exemptions: dict[str, date] = field(default_factory=dict)
    asked_exemptions: frozenset[str] = frozenset()


Check = Callable[[Facts, Dossier], list[Sentence]]


@dataclass(frozen=True)
class Clause:
    """One clause: its code, what it asks in our own words, the transitions that wait for it, its check."""

    code: str
    title: Sentence
    blocks: tuple[str, ...]
    check: Check
    exemptible: bool = False


@dataclass(frozen=True)
class ClauseResult:
    """What one check found on one version on one day."""

    code: str
    title: Sentence
    state: Result
    reasons: tuple[Sentence, ...]
    blocks: tuple[str, ...]

    @property
    def waits(self) -> str:
        """Before which gates it must be met, in a sentence."""
        return _("Must be met before %s.") % ", ".join(str(_GATES[code]) for code in self.blocks)

    def as_data(self) -> dict[str, Any]:
        """The result as JSON values, as a decision stores it."""
        return {
            "code": self.code,
            "state": self.state.value,
            "reasons": [str(reason) for reason in self.reasons],
        }


def _p1a(facts: Facts, dossier: Dossier) -> list[Sentence]:
    reasons: list[Sentence] = []
    dated = [source for source in dossier.demand.sources if source.on is not None]
    if not any((facts.today - source.on).days < DEMAND_AGES_OUT_DAYS for source in dated if source.on):
        reasons.append(_("No dated source of demand is younger than 24 months."))
    if facts.unanswered_low_ratings:
        reasons.append(_("A competency that was rated 1 or 2 has no reply yet."))
    return reasons


def _p1b(facts: Facts, dossier: Dossier) -> list[Sentence]:
    reasons: list[Sentence] = []
    if facts.employer_voices < 2:
        reasons.append(_("Fewer than two employer voices, or one sector body, were heard."))
    if not dossier.demand.consultations:
        reasons.append(_("The consultation log does not say who was asked and what was changed."))
    return reasons


def _p2a(facts: Facts, _dossier: Dossier) -> list[Sentence]:
    reasons: list[Sentence] = []
    if not facts.key_active:
        reasons.append(_("The issuing body has no active signing key."))
    if not facts.achievement_published:
        reasons.append(_("The achievement is not published yet."))
    return reasons


def _p2b(facts: Facts, dossier: Dossier) -> list[Sentence]:
    reasons: list[Sentence] = []
    if not all(task.identity_check or task.supervision for task in dossier.assessment.tasks):
        reasons.append(_("A task does not say how the learner's identity is checked."))
    if not dossier.assessment.moderation_after:
        reasons.append(_("There is no plan for moderation."))
    if not facts.ledger_intact:
        reasons.append(_("The record of decisions is not intact."))
    return reasons


def _p3a(facts: Facts, _dossier: Dossier) -> list[Sentence]:
    return [] if facts.key_active else [_("Without a signing key the earner could export nothing that verifies.")]


def _p3b(_facts: Facts, dossier: Dossier) -> list[Sentence]:
    policy = dossier.evidence
    if (policy.employers_by_default or policy.with_consent) and policy.retention_days:
        return []
    return [_("The evidence policy does not say who sees each item and for how long it is kept.")]


def _p4(_facts: Facts, dossier: Dossier) -> list[Sentence]:
    ways = dossier.pathways
    if ways.stacks_into or ways.ladders or ways.prior_learning_route or dossier.validity.renewal:
        return []
    return [_("It names no stack, no ladder, no prior-learning route and no renewal.")]


def _e1(facts: Facts, dossier: Dossier) -> list[Sentence]:
    if facts.issuing_body_known and dossier.identity.issuing_body:
        return []
    return [_("The issuing body, or the authority on which it issues, is not stated.")]


def _e2a(_facts: Facts, dossier: Dossier) -> list[Sentence]:
    loose = [c.code for c in dossier.competencies if not (c.action and c.condition and c.standard)]
    if not dossier.competencies:
        return [_("There are no competencies yet.")]
    return [_("A competency lacks its action, condition or standard.")] if loose else []


def _e2b(_facts: Facts, dossier: Dossier) -> list[Sentence]:
    good = {"exact", "close", "broad", "narrow", "related"}
    aligned = {a.competency for a in dossier.alignments if a.match in good and a.confirmed_by}
    explained = {a.competency for a in dossier.alignments if a.match == "none_in_esco" and a.justification}
    open_ = [c.code for c in dossier.competencies if c.code not in aligned | explained]
    if open_ or not dossier.competencies:
        return [_("A competency has neither a confirmed skill of a shared framework nor a reasoned “no match”.")]
    return []


def _e3(_facts: Facts, dossier: Dossier) -> list[Sentence]:
    thin = [c.code for c in dossier.competencies if not (c.knowledge and c.skills and c.attitudes)]
    if thin or not dossier.competencies:
        return [_("A competency lacks its knowledge, skills or attitudes.")]
    return []


def _e4a(_facts: Facts, dossier: Dossier) -> list[Sentence]:
    reasons: list[Sentence] = []
    if not dossier.rubric.criteria or not dossier.rubric.pass_rule:
        reasons.append(_("The rubric has no criteria or no pass rule."))
    levels = {level.code for level in dossier.rubric.levels}
    if any(criterion.required_level not in levels for criterion in dossier.rubric.criteria):
        reasons.append(_("A criterion asks for a level that the rubric does not have."))
    if trace_holes(dossier.model_dump(mode="json")):
        reasons.append(_("A competency has no task or no criterion."))
    if not all(task.evidence for task in dossier.assessment.tasks):
        reasons.append(_("A task leaves no evidence."))
    return reasons


def _e4b(_facts: Facts, dossier: Dossier) -> list[Sentence]:
    if dossier.evidence.employers_by_default:
        return []
    return [_("Nothing of the evidence is visible to employers: level, task and context must be.")]


def _e5(facts: Facts, dossier: Dossier) -> list[Sentence]:
    reasons: list[Sentence] = []
    if not dossier.pathways.transcript_rule:
        reasons.append(_("There is no rule for the transcript."))
    if not facts.registrar_signed:
        reasons.append(_("The registrar has not signed the transcript rule."))
    return reasons


def _e6a(facts: Facts, _dossier: Dossier) -> list[Sentence]:
    return [] if facts.demand == State.MET else [_("The quorum of partners who confirm the demand is not met.")]


def _e6b(facts: Facts, _dossier: Dossier) -> list[Sentence]:
    if facts.job == State.MET:
        return []
    return [_("The quorum of partners who confirm that the assessment reflects the job is not met.")]


CLAUSES: tuple[Clause, ...] = (
    Clause("P1a", _("Relevant now"), ("T4", "T15", "T22"), _p1a),
    Clause("P1b", _("By consultation and partnership"), ("T4",), _p1b),
    Clause("P2a", _("Verifiable"), ("T18",), _p2a),
    Clause("P2b", _("Integrity kept"), ("T10", "T15"), _p2b),
    Clause("P3a", _("The credential belongs to the earner"), ("T18",), _p3a),
    Clause("P3b", _("The data belong to the earner"), ("T10", "C1"), _p3b),
    Clause("P4", _("Continuous pathway"), ("T15",), _p4, exemptible=True),
    Clause("E1", _("Established issuing body"), ("T3",), _e1),
    Clause("E2a", _("Shared competency language"), ("T7",), _e2a),
    Clause("E2b", _("Common skills framework"), ("T10",), _e2b),
    Clause("E3", _("Outcomes tied to knowledge, skills and attitudes"), ("T7",), _e3),
    Clause("E4a", _("Evidence required"), ("T7",), _e4a),
    Clause("E4b", _("Evidence visible to employers"), ("T15",), _e4b),
    Clause("E5", _("Compatible with transcripts"), ("T15",), _e5, exemptible=True),
    Clause("E6a", _("Partners: in demand"), ("T4", "T15"), _e6a, exemptible=True),
    Clause("E6b", _("Partners: reflects the job"), ("T8", "T15"), _e6b, exemptible=True),
)


def _stale(clause: Clause, facts: Facts, dossier: Dossier) -> bool:
    """Whether a failing clause once held and only aged (`lifecycle.md` 8)."""
    if clause.code == "P1a":
        return any(source.on for source in dossier.demand.sources) and not facts.unanswered_low_ratings
    return {"E6a": facts.demand_expired, "E6b": facts.job_expired}.get(clause.code, False)


def check(facts: Facts) -> list[ClauseResult]:
    """All sixteen results for one version on one day, in the order of the framework."""
    dossier = Dossier.model_validate(facts.content)
    results = []
    for clause in CLAUSES:
        reasons = tuple(clause.check(facts, dossier))
        state = Result.MET
        if reasons:
            ends = facts.exemptions.get(clause.code)
            if ends is not None and clause.exemptible:
                state = Result.EXEMPT if ends >= facts.today else Result.STALE
            else:
                state = Result.STALE if _stale(clause, facts, dossier) else Result.NOT_MET
        results.append(ClauseResult(clause.code, clause.title, state, reasons, clause.blocks))
    return results


def blocking(facts: Facts, transition: str) -> list[ClauseResult]:
    """The clauses that refuse a transition. An exemption that was asked for lets T4, T6a and T8 pass: it is signed
    at T10, and only a signed one holds there (`lifecycle.md` 4)."""
    lenient = facts.asked_exemptions if transition in {"T6a", "T8"} else frozenset()
    return [
        result
        for result in check(facts)
        if transition in result.blocks
        and result.state not in {Result.MET, Result.EXEMPT}
        and result.code not in lenient
    ]

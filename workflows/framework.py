"""The sixteen clauses of the framework and their checks: met, exempt, not met or stale, with reasons. Pure.

Clauses, what they block and where an exemption is possible: `lifecycle.md` section 2. A result is computed from
facts, never typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from workflows import clauses
from workflows.dossier import Dossier, Text
from workflows.facts import Facts, Reason, Sentence

__all__ = ["CLAUSES", "Clause", "ClauseResult", "Facts", "Reason", "Result", "blocking", "check"]


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


Check = Callable[[Facts, Dossier], Iterator[Reason]]


@dataclass(frozen=True)
class Clause:
    """One clause: its code, what it asks in our own words, the transitions that wait for it, its check."""

    code: str
    title: Sentence
    blocks: tuple[str, ...]
    check: Check
    exemptible: bool = False
    advise: Check | None = None


@dataclass(frozen=True)
class ClauseResult:
    """What one check found on one version on one day."""

    code: str
    title: Sentence
    state: Result
    reasons: tuple[Reason, ...]
    blocks: tuple[str, ...]
    advice: tuple[Reason, ...] = ()

    @property
    def holds(self) -> bool:
        """Met, or exempt by a signed exemption that has not ended."""
        return self.state in {Result.MET, Result.EXEMPT}

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
            "advice": [str(reason) for reason in self.advice],
            "mend": [reason.as_data() for reason in (*self.reasons, *self.advice) if reason.facet],
        }


CLAUSES: tuple[Clause, ...] = (
    Clause("P1a", _("Relevant now"), ("T4", "T15", "T22"), clauses.p1a, advise=clauses.advise_p1a),
    Clause("P1b", _("By consultation and partnership"), ("T4",), clauses.p1b, advise=clauses.advise_p1b),
    Clause("P2a", _("Verifiable"), ("T18",), clauses.p2a),
    Clause("P2b", _("Integrity kept"), ("T10", "T15"), clauses.p2b),
    Clause("P3a", _("The credential belongs to the earner"), ("T18",), clauses.p3a),
    Clause("P3b", _("The data belong to the earner"), ("T10", "C1"), clauses.p3b),
    Clause("P4", _("Continuous pathway"), ("T15",), clauses.p4, exemptible=True, advise=clauses.advise_p4),
    Clause("E1", _("Established issuing body"), ("T3",), clauses.e1),
    Clause("E2a", _("Shared competency language"), ("T7",), clauses.e2a),
    Clause("E2b", _("Common skills framework"), ("T10",), clauses.e2b, advise=clauses.advise_e2b),
    Clause("E3", _("Outcomes tied to knowledge, skills and attitudes"), ("T7",), clauses.e3),
    Clause("E4a", _("Evidence required"), ("T7",), clauses.e4a),
    Clause("E4b", _("Evidence visible to employers"), ("T15",), clauses.e4b),
    Clause("E5", _("Compatible with transcripts"), ("T15",), clauses.e5, exemptible=True),
    Clause("E6a", _("Partners: in demand"), ("T4", "T15"), clauses.e6a, exemptible=True),
    Clause("E6b", _("Partners: reflects the job"), ("T8", "T15"), clauses.e6b, exemptible=True),
)


def _stale(code: str, facts: Facts, dossier: Dossier) -> bool:
    """Whether a failing clause once held and only aged, or was left behind by a change (`lifecycle.md` 8)."""
    if code == "P1a":
        dated = any(source.on for source in dossier.demand.sources)
        return dated and not (facts.unanswered_low_ratings or facts.unrated)
    return {
        "E5": facts.registrar_signed_other_text,
        "E6a": facts.demand_expired,
        "E6b": facts.job_expired,
    }.get(code, False)


def _judge(clause: Clause, facts: Facts, dossier: Dossier) -> ClauseResult:
    reasons = tuple(clause.check(facts, dossier))
    advice = tuple(clause.advise(facts, dossier)) if clause.advise else ()
    state = Result.MET
    if reasons:
        ends = facts.exemptions.get(clause.code)
        if ends is not None and clause.exemptible:
            state = Result.EXEMPT if ends >= facts.today else Result.STALE
        else:
            state = Result.STALE if _stale(clause.code, facts, dossier) else Result.NOT_MET
    return ClauseResult(clause.code, clause.title, state, reasons, clause.blocks, advice)


def check(facts: Facts) -> list[ClauseResult]:
    """All sixteen results for one version on one day, in the order of the framework."""
    dossier = Dossier.model_validate(facts.content)
    return [_judge(clause, facts, dossier) for clause in (*CLAUSES, *map(_added, facts.added_clauses))]


def _added(row: dict[str, Any]) -> Clause:
    """A clause that a policy adds as data: `needs` names a member of the content that may not be empty.

    {"code": "O1", "title": {"en": ..., "fr": ...}, "blocks": ["T10"], "needs": "inclusion.barriers"}
    """
    title = Text(**row["title"]).said("fr" if (get_language() or "en").startswith("fr") else "en")
    facet, _dot, member = row["needs"].partition(".")

    def look(_facts: Facts, dossier: Dossier) -> Iterator[Reason]:
        part = getattr(dossier, facet)
        if not (getattr(part, member) if member else part):
            yield Reason(_("This institution also asks for: %s.") % title, facet, member)

    return Clause(row["code"], title, tuple(row["blocks"]), look)


def _earlier(facts: Facts, transition: str, result: ClauseResult) -> tuple[str, ...]:
    """The transition too, where the policy asks for this clause at it, earlier than the framework does."""
    return (transition,) if result.code in facts.asked_earlier.get(transition, ()) else ()


def blocking(facts: Facts, transition: str) -> list[ClauseResult]:
    """The clauses that refuse a transition.

    An exemption that was asked for lets T6a and T8 pass: it is signed at T10, and only a signed one holds there
    (`lifecycle.md` 4).
    """
    lenient = facts.asked_exemptions if transition in {"T6a", "T8"} else frozenset()
    return [
        result
        for result in check(facts)
        if transition in (*result.blocks, *_earlier(facts, transition, result))
        and not result.holds
        and result.code not in lenient
    ]

"""What the checks of the framework look at and what they answer: plain values, gathered by `workflows.cases`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise

from workflows.policy import State

Sentence = str | Promise


@dataclass(frozen=True)
class Facts:
    """One version on one day, beside its content."""

    content: dict[str, Any]
    today: date
    issuing_body_known: bool = False
    key_active: bool = False
    status_list_kept: bool = False
    ledger_intact: bool = False
    employer_voices: int = 0
    voices_needed: int = 2
    demand_source_months: int = 24
    unrated: tuple[str, ...] = ()
    unanswered_low_ratings: tuple[str, ...] = ()
    demand: State = State.OPEN
    demand_expired: bool = False
    job: State = State.OPEN
    job_expired: bool = False
    achievement_published: bool = False
    registrar_signed: bool = False
    registrar_signed_other_text: bool = False
    no_match_approved: bool = False
    cohorts_without_consent: tuple[str, ...] = ()
    past_relevance: bool = False
    sellers: tuple[str, ...] = ()
    added_clauses: tuple[dict[str, Any], ...] = ()
    asked_earlier: dict[str, frozenset[str]] = field(default_factory=dict)
    exemptions: dict[str, date] = field(default_factory=dict)
    asked_exemptions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reason:
    """Why a clause does not hold, or what would make it stronger, and where that is mended.

    `facet` names a part of the content and `item` the code of a competency, task or criterion in it. Without a facet
    nothing is wrong with the content: somebody still has to act.
    """

    sentence: Sentence
    facet: str = ""
    item: str = ""

    def __str__(self) -> str:
        return str(self.sentence)

    def as_data(self) -> dict[str, str]:
        """The reason as JSON values."""
        return {"sentence": str(self), "facet": self.facet, "item": self.item}

"""The part of the format that no version holds: what partners answer in a rehearsal, and what a demo should show."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from workflows.dossier import Line
from workflows.proposals.form import NONE, Member, Named, Words


class Rating(Member):
    """How one partner rates one competency."""

    importance: Annotated[int, Field(ge=1, le=5)]
    frequency: Line = ""
    hard_to_find: Annotated[int, Field(ge=1, le=5)] | None = None


class Relevance(Member):
    """A partner's sample answer to F2; "pending" stays silent."""

    decision: Literal["support", "support_with_suggestions", "do_not_support", "cannot_judge", "pending"]
    in_demand: Line = ""
    horizon_months: Annotated[int, Field(ge=0)] | None = None
    per_competency: dict[Line, Rating] = {}
    would_interview: bool | None = None
    why: Words = NONE
    missing: list[Words] = []
    due: date | None = None
    valid_months: Annotated[int, Field(ge=1, le=36)] = 24


EndorsementChoice = Literal["endorse", "endorse_with_condition", "return", "decline"]


class ConditionAsked(Member):
    """What a partner's endorsement demands."""

    text: Words
    due: Line = ""
    owner: Line = ""


class AssessmentReview(Member):
    """A partner's sample answer to F4, round by round; a round that is left out gets no answer."""

    reflects_job: Line = ""
    changes: list[Words] = []
    evidence_sufficient: Line = ""
    decision_round_1: EndorsementChoice | None = None
    decision_round_2: EndorsementChoice | None = None
    decision_round_3: EndorsementChoice | None = None
    condition: ConditionAsked | None = None
    valid_months: Annotated[int, Field(ge=1, le=36)] = 24


class PartnerReview(Member):
    """One partner's sample answers."""

    org: Named
    fictional_content: bool = True
    relevance: Relevance | None = None
    assessment: AssessmentReview | None = None


class QuorumDemo(Member):
    """What a panel should show in the state of the demo. A statement about the sample, not content."""

    rule: Line = ""
    met: bool | None = None
    still_waiting_for: list[Line] = []
    may_close_early: bool | None = None
    why: Line = ""


class Expected(Member):
    """What the framework checks should find in the state of the demo."""

    blocking_failures: list[Line] = []
    advice: list[Line] = []

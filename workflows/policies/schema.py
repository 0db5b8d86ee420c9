"""The parts of a policy as types: what an institution sets is a field, what nobody may undercut is its bound.

What is fixed (`lifecycle.md` 6.4), such as the separation of duties, is no field at all, so nobody can switch it off.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from workflows.policies.gates import Gate

Reviewer = Literal["employer", "public_employer", "sector_body", "internal_unit", "community", "other"]
Share = Literal["majority", "two_thirds", "all"]
Interest = Literal["hires", "sells", "funds", "delivers", "owner", "member"]
Exemptible = Literal["P4", "E5", "E6a", "E6b"]
Count = Annotated[int, Field(ge=1, le=20)]
Days = Annotated[int, Field(ge=1, le=120)]
BINDING: tuple[Interest, ...] = ("sells", "funds", "delivers", "owner", "member")  # lifecycle.md 6.3


class Part(BaseModel):
    """A part of the document: nothing unknown, numbers as numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Relevance(Part):
    """Who must support the demand; `voices_of` is the m of n per class, `seats_of` who must be asked at all."""

    independent_partner_supports: Count = 1
    employer_voices: Annotated[int, Field(ge=2, le=20)] = 2
    voices_of: dict[Reviewer, Count] = {}
    seats_of: dict[Literal["partner", "voice"], Count] = {}
    veto: list[Reviewer] = []
    supports_exceed_declines: Literal[True] = True
    reply_to_importance_at_most: Annotated[int, Field(ge=2, le=4)] = 2


class Endorsement(Part):
    """Who must endorse the assessment. While one partner returns it, it does not go on."""

    independent_partner_endorsements: Count = 1
    endorsements_of: dict[Reviewer, Count] = {}
    seats_of: dict[Literal["partner", "voice"], Count] = {}
    veto: list[Reviewer] = []
    returns_open: Literal[0] = 0


class Committee(Part):
    """How the committee sits and decides at both gates."""

    members_min: Annotated[int, Field(ge=3, le=30)] = 3
    outside_proposing_unit: Annotated[int, Field(ge=1, le=30)] = 1
    present: Share = "majority"
    carries: Share = "majority"
    veto: list[Literal["outside_unit"]] = []
    tie: Literal["defer"] = "defer"


class Weights(Part):
    """How many voices an organization of each class is."""

    employer: Annotated[int, Field(ge=0, le=1)] = 1
    public_employer: Annotated[int, Field(ge=0, le=1)] = 1
    sector_body: Annotated[int, Field(ge=0, le=2)] = 2
    internal_unit: Literal[0] = 0


class Independence(Part):
    """Declared interests that end independence."""

    binding_interests: list[Interest] = [*BINDING]


class Exemptions(Part):
    """Where the institution lets somebody explain instead of comply, who may ask, and for how long at most."""

    allowed: list[Exemptible] = ["P4", "E5", "E6a", "E6b"]
    asked_by: Annotated[list[Literal["proposer", "academic_lead"]], Field(min_length=1)] = [
        "proposer",
        "academic_lead",
    ]
    longest_months: Annotated[int, Field(ge=1, le=60)] = 36


class Clocks(Part):
    """How many business days each step has."""

    screening: Days = 5
    relevance: Days = 15
    endorsement: Days = 15
    pilot_approval: Days = 15
    final_approval: Days = 15
    assessment: Days = 14
    suspension_confirm: Annotated[int, Field(ge=1, le=10)] = 10
    escalate: Days = 5
    urgent: Annotated[int, Field(ge=1, le=10)] = 2
    deferred: Days = 10


class Step(Part):
    """One step of the escalation, so many business days after a seat's time has ended."""

    to: Literal["officer", "chair"]
    days: Annotated[int, Field(ge=0, le=60)]


class Validity(Part):
    """For how many months a partner's statement and a source of demand hold (`lifecycle.md` 8)."""

    usual: Annotated[int, Field(ge=1, le=36)] = 24
    longest: Annotated[int, Field(ge=1, le=36)] = 36
    demand_source: Annotated[int, Field(ge=1, le=24)] = 24


class Reviews(Part):
    """Every how many months a version in use is reviewed."""

    light: Annotated[int, Field(ge=1, le=24)] = 12
    full: Annotated[int, Field(ge=1, le=60)] = 36
    without_award: Annotated[int, Field(ge=1, le=60)] = 24


class Limits(Part):
    """Limits in calendar days: when stale demand leads to a suspension, how long an urgent release lasts."""

    ask_suspension: Annotated[int, Field(ge=1, le=60)] = 60
    urgent_release: Annotated[int, Field(ge=1, le=90)] = 90


class CalendarRule(Part):
    """By which rule holidays are computed (`workflows.policies.calendar`)."""

    rule: Literal["none", "ontario"] = "none"
    also: list[Literal["civic_holiday", "truth_and_reconciliation"]] = []


class Holiday(Part):
    """A day on which the institution is closed, with its name in both languages."""

    on: date
    en: str = ""
    fr: str = ""

    @field_validator("on", mode="before")
    @classmethod
    def _on(cls, value: Any) -> Any:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Title(Part):
    """A name in both languages."""

    en: str = ""
    fr: str = ""


class AddedClause(Part):
    """A clause that the institution asks for beside the sixteen: `needs` names what may not be empty."""

    code: Annotated[str, Field(min_length=1, max_length=4)]
    title: Title
    blocks: Annotated[list[Literal["T3", "T4", "T7", "T8", "T10", "T15", "T18", "T22"]], Field(min_length=1)]
    needs: str


class Moderation(Part):
    """How much of the scoring a moderator looks at."""

    first: Annotated[int, Field(ge=5, le=1000)] = 5
    one_in: Annotated[int, Field(ge=1, le=5)] = 5


class Document(Part):
    """The whole policy. Each member has its default, so that a text says only what differs."""

    policy: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\w.-]+/[\w.-]+$")]
    relevance: Relevance = Relevance()
    endorsement: Endorsement = Endorsement()
    committee: Committee = Committee()
    weights: Weights = Weights()
    independence: Independence = Independence()
    gates: list[Gate] = []
    exemptions: Exemptions = Exemptions()
    clocks_days: Clocks = Clocks()
    remind_at_percent: Annotated[list[Annotated[int, Field(ge=1, le=100)]], Field(min_length=1, max_length=5)] = [
        50,
        80,
        100,
    ]
    escalation: list[Step] = []
    notice_days: Annotated[list[Annotated[int, Field(ge=1, le=365)]], Field(min_length=1, max_length=6)] = [90, 30, 7]
    validity_months: Validity = Validity()
    review_months: Reviews = Reviews()
    limits_days: Limits = Limits()
    calendar: CalendarRule = CalendarRule()
    holidays: Annotated[list[Holiday], Field(max_length=400)] = []
    clauses: Annotated[list[AddedClause], Field(max_length=40)] = []
    moderation: Moderation = Moderation()

    @field_validator("holidays", mode="before")
    @classmethod
    def _days(cls, value: Any) -> Any:
        """A bare date is a day without a name, as early editions wrote it."""
        if not isinstance(value, list):
            return value
        return [{"on": one} if isinstance(one, str | date) else one for one in value]

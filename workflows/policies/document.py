"""The policy of an institution as a typed document, and everything that can be wrong with it, each with its place.

What an institution sets is a field here; what no institution may undercut is a bound or a floor (`lifecycle.md` 6.1 to
6.4). What is fixed, such as the separation of duties, is no field at all, so nobody can switch it off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workflows.dossier import FACETS
from workflows.policies.gates import Gate, wrong_gates

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


Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong, and where: `line` counts from one, and is zero where nothing was typed there."""

    place: Place
    sentence: str
    line: int = 0

    @property
    def path(self) -> str:
        """The place as the document writes it."""
        return ".".join(str(step + 1) if isinstance(step, int) else step for step in self.place)


class BadPolicy(ValueError):
    """A policy that is refused, with everything that is wrong with it."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(f"{one.path}: {one.sentence}" for one in wrong))


def read(data: Any, lines: Mapping[Place, int] | None = None) -> Document:
    """The document in these values. Raises `BadPolicy` with each fault at its place and line."""
    try:
        document = Document.model_validate(data)
    except ValidationError as refused:
        raise BadPolicy([_at(lines, *_said(error)) for error in refused.errors()]) from refused
    wrong = [_at(lines, place, sentence) for place, sentence in _floors(document)]
    if wrong:
        raise BadPolicy(wrong)
    return document


def validated(data: dict[str, Any]) -> dict[str, Any]:
    """The policy in full, every member said. Raises `BadPolicy` when it breaks a bound or a floor."""
    return plain(read(data))


def plain(document: Document) -> dict[str, Any]:
    """The document as JSON values, as an edition keeps it."""
    return document.model_dump(mode="json")


def _at(lines: Mapping[Place, int] | None, place: Place, sentence: str) -> Wrong:
    """The fault with the line of its place, or of the nearest part around it that was typed."""
    known = lines or {}
    around = next((place[:end] for end in range(len(place), -1, -1) if place[:end] in known), ())
    return Wrong(place, sentence, known.get(around, 0))


def _said(error: Any) -> tuple[Place, str]:
    """One of pydantic's complaints in our words."""
    context = error.get("ctx", {})
    expected = str(context.get("expected", ""))
    words: dict[str, str | Promise] = {
        "missing": _("It is missing."),
        "extra_forbidden": _("A policy has no such part."),
        "greater_than_equal": _("It is at least %s; no policy goes below.") % context.get("ge"),
        "less_than_equal": _("It is at most %s.") % context.get("le"),
        "literal_error": _("It is one of these: %s.") % expected.replace(" or ", ", ").replace("'", ""),
        "int_type": _("It is a whole number."),
        "list_type": _("It is a list."),
        "dict_type": _("It has parts of its own, each on a line."),
        "model_type": _("It has parts of its own, each on a line."),
        "too_short": _("It is not empty."),
        "too_long": _("There are too many: %s at most.") % context.get("max_length"),
        "string_pattern_mismatch": _("It is written as a name, a stroke and a number, such as college/2."),
        "value_error": _("It is a date such as 2027-12-24."),
        "date_type": _("It is a date such as 2027-12-24."),
    }
    place = tuple(step for step in error["loc"] if step != "[key]")
    return place, str(words.get(error["type"], _("It cannot be read: %s.") % error["msg"]))


def _floors(document: Document) -> Iterator[tuple[Place, str]]:
    """What no bound of a single field can say."""
    yield from wrong_gates(document.gates)
    committee, months = document.committee, document.review_months
    if committee.outside_proposing_unit > committee.members_min:
        yield ("committee", "outside_proposing_unit"), _("No more members come from outside than sit.")
    missing = [kind for kind in BINDING if kind not in document.independence.binding_interests]
    if missing:
        yield ("independence", "binding_interests"), _("These always end independence: %s.") % ", ".join(missing)
    if months.light > months.full:
        yield ("review_months", "light"), _("A light review comes no later than a full one.")
    if document.exemptions.longest_months > months.full:
        yield ("exemptions", "longest_months"), _("An exemption ends no later than the next full review.")
    if document.validity_months.usual > document.validity_months.longest:
        yield ("validity_months", "usual"), _("The usual time is no longer than the longest.")
    if sorted(set(document.remind_at_percent)) != document.remind_at_percent:
        yield ("remind_at_percent",), _("The shares rise, and none stands twice.")
    yield from _steps(document.escalation)
    for number, clause in enumerate(document.clauses):
        if clause.needs.partition(".")[0] not in FACETS or not (clause.title.en or clause.title.fr):
            sentence = _("A clause that a policy adds has a title, and needs a part of the proposal: %s.")
            yield ("clauses", number, "needs"), sentence % ", ".join(FACETS)


def _steps(steps: list[Step]) -> Iterator[tuple[Place, str]]:
    if steps and (steps[0].to != "officer" or "chair" not in [step.to for step in steps]):
        yield ("escalation",), _("A silent seat goes to the officer first, and to the chair in the end.")
    days = [step.days for step in steps]
    if days != sorted(set(days)):
        yield ("escalation",), _("Each step comes later than the one before it.")

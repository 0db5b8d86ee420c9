"""The second half of the format: assessment, evidence, pathways, partners' answers, pilot; and the file as a whole."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from workflows.dossier import Line
from workflows.proposals.form import (
    NONE,
    Code,
    Competency,
    Duration,
    IssuingBody,
    Language,
    Member,
    Need,
    People,
    StandIn,
    Trap,
    Words,
    Workload,
)
from workflows.proposals.form_answers import Expected, PartnerReview, QuorumDemo
from workflows.stations import Stage


class Task(Member):
    """One assessment task."""

    code: Code
    title: Words = NONE
    type: Line = ""
    competencies: list[Code] = []
    duration_minutes: Annotated[int, Field(ge=0)] = 0
    setting: Words = NONE
    tools: Words = NONE
    hazards: Words = NONE
    supervision: Line = ""
    identity_check: Words = NONE
    assessor: Words = NONE
    evidence: list[Words] = []
    attempts: Annotated[int, Field(ge=0, le=10)] = 0
    pass_rule: Words = NONE


class Level(Member):
    """One level of the rubric and its points."""

    code: Code
    name: Words = NONE
    points: int


class Criterion(Member):
    """One criterion. A critical one cannot be offset."""

    code: Code
    name: Words = NONE
    competencies: list[Code] = []
    critical: bool = False
    required_level: Code
    level_descriptors: dict[Line, Words] = {}


class Rubric(Member):
    """Levels and criteria."""

    levels: Annotated[list[Level], Field(min_length=2)]
    criteria: Annotated[list[Criterion], Field(min_length=1)]
    pass_rule: Words = NONE


class Moderation(Member):
    """Checks before use and after, and what happens when two assessors disagree."""

    before_use: Words = NONE
    after_use: Words = NONE
    disagreement: Words = NONE


class Reassessment(Member):
    """How often it may be tried again, and what of it."""

    attempts_included: Annotated[int, Field(ge=1, le=10)] = 1
    third_attempt: Words = NONE
    scope: Words = NONE
    wait_days: Annotated[int, Field(ge=0)] = 0


class PriorLearning(Member):
    """The route by prior learning, and how the badge shows it."""

    offered: bool = False
    route: Words = NONE
    shown_in_badge: Words = NONE


class Assessment(Member):
    """Tasks, rubric and the rules around them."""

    strategy: Words = NONE
    tasks: Annotated[list[Task], Field(min_length=1)]
    rubric: Rubric
    moderation: Moderation = Moderation()
    reassessment: Reassessment = Reassessment()
    rpl: PriorLearning = PriorLearning()
    accommodations: Words = NONE
    integrity: Words = NONE


class EvidencePolicy(Member):
    """Who sees what, for how many days."""

    visible_to_employers_by_default: list[Words] = []
    only_with_earner_consent: list[Words] = []
    never_public: list[Words] = []
    third_parties: Words = NONE
    intellectual_property: Words = NONE
    retention_days: dict[Line, Annotated[int, Field(ge=0)]] = {}


class StackPart(Member):
    """A whole that this is a part of."""

    title: Words
    rule: Words = NONE


class Mapping(Member):
    """What a program recognizes for which competencies or tasks; `status` says what is still open."""

    of: Annotated[list[Code], Field(alias="from")]
    to: Words
    recognition: Words = NONE
    status: Words = NONE


class Ladder(Member):
    """A way into a program."""

    target: Words
    target_facts: dict[Line, float | Line] = {}
    mapping: list[Mapping] = []
    conditions: list[Words] = []
    approvals_needed: list[Words] = []
    review_trigger: Words = NONE


class Transcript(Member):
    """How the award stands on the transcript."""

    compatible: bool = False
    record: Words = NONE


class Pathways(Member):
    """Where it leads. `academic_credit` null: none is agreed; `credit_note` says what is spoken of."""

    stackable: bool = False
    stacks_into: list[StackPart] = []
    ladders_into: list[Ladder] = []
    academic_credit: Words | None = None
    credit_note: Words = NONE
    comparison_in_practice: Words = NONE
    transcript: Transcript = Transcript()


class Validity(Member):
    """When it ends and how it is renewed. Durations as in ISO 8601, such as P12M."""

    expires: bool = False
    period: Duration | None = None
    renewal: Words = NONE
    lapse: Words = NONE
    reason: Words = NONE
    recency_flag: Words = NONE
    pathway_use_limit: Duration | None = None

    @model_validator(mode="after")
    def _period_where_it_expires(self) -> Validity:
        if self.expires != (self.period is not None):
            raise ValueError("says whether it expires and after which period, and the two do not agree.")
        return self


class Inclusion(Member):
    """Barriers and the Indigenous question."""

    barriers: Words = NONE
    indigenous: Literal["yes", "no", ""] = ""
    involved: Words = NONE
    protocol: Words = NONE
    attribution: Words = NONE


class Measure(Member):
    """One measure of the pilot with its target."""

    name: Words
    target: Line = ""


class PilotPlan(Member):
    """Cohort, measures, go and stop rule."""

    cohort: Annotated[int, Field(ge=0, le=1000)] = 0
    duration_weeks: Annotated[float, Field(ge=0)] = 0
    measures: list[Measure] = []
    go_rule: Words = NONE
    stop_rule: Words = NONE


class Badge(Member):
    """What the badge shows beside the title."""

    achievementType: Literal["MicroCredential"] = "MicroCredential"
    inLanguage: Language | None = None
    related_language_edition: Language | None = None
    criteria: Words = NONE
    tags: list[Line] = []
    image_alt: Words = NONE


class Proposal(Member):
    """One proposal with its sample answers."""

    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,78}$")]
    pilot_id: Line = ""
    language: Language = "en"
    state_for_demo: Stage = Stage.ACTIVE
    version: Line = ""
    title: Words
    badge_short_title: Annotated[Line, Field(max_length=40)] = ""
    initiative: Words = NONE
    issuing_body: IssuingBody
    offering_unit: Line = ""
    people: People = People()
    need: Need
    workload: Workload = Workload()
    entry_requirements: list[Words] = []
    competencies: Annotated[list[Competency], Field(min_length=1)]
    alignment_traps: list[Trap] = []
    assessment: Assessment
    evidence_policy: EvidencePolicy = EvidencePolicy()
    pathways: Pathways = Pathways()
    validity: Validity = Validity()
    inclusion: Inclusion = Inclusion()
    partner_reviews: list[PartnerReview] = []
    quorum_demo: QuorumDemo | None = None
    pilot_plan: PilotPlan = PilotPlan()
    history_demo: list[tuple[date, Line, Line]] = []
    badge: Badge = Badge()
    expected_conformance: Expected | None = None
    unconfirmed_domain_facts: list[Words] = []


class ProposalFile(Member):
    """A file of proposals. `about`, `demo_rule`, `sources` and `match_values` explain the file and are not content."""

    about: Line = ""
    demo_rule: Line = ""
    demo_names: dict[Line, StandIn] = {}
    sources: dict[str, Any] = {}
    match_values: dict[str, Line] = {}
    proposals: Annotated[list[Proposal], Field(min_length=1)]

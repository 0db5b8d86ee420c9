"""The content of a version as one typed, bilingual document made of facets (`lifecycle.md` 7). Pure.

`digest` is SHA-256 over the RFC 8785 form of the document; each facet has its own over {facet, schema, content}.
A text is {"en": ..., "fr": ...}; one of the two may be empty while a proposal is written.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Annotated, Any

import rfc8785
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

SCHEMA = "1"
MOST_NOC_CODES = 3  # lifecycle.md 7, facet demand
# Canonicalizers in use disagree on these code points, so no signed text may hold them (badges.md 1.10 and 3).
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def cleaned(text: str) -> str:
    """The text as it may be signed. Raises `ValueError` with the sentence that says what cannot be."""
    if _REFUSED.search(text):
        raise ValueError(_("The text holds control characters. Paste it again as plain text."))
    return text.replace("\t", " ")  # from a pasted table; canonicalizers disagree on it too


Line = Annotated[str, AfterValidator(cleaned)]


class Part(BaseModel):
    """Every part refuses members that the schema does not know, so that nothing is dropped silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Part):
    """One text in both languages."""

    en: Line = ""
    fr: Line = ""

    def __bool__(self) -> bool:
        return bool(self.en.strip() or self.fr.strip())

    def said(self, language: str) -> str:
        """The text in this language, else in the other one."""
        return (self.fr or self.en) if language == "fr" else (self.en or self.fr)

    def language(self, wanted: str) -> str:
        """In which language `said(wanted)` answers; pages mark a text in the other one with `lang`."""
        other = "en" if wanted == "fr" else "fr"
        return wanted if getattr(self, wanted).strip() or not getattr(self, other).strip() else other


class Identity(Part):
    """What it is called and who issues it."""

    title: Text = Text()
    short_title: Annotated[Line, Field(max_length=40)] = ""
    edition: Line = ""
    issuing_body: Line = ""
    issuing_body_kind: Line = ""
    authority: Line = ""
    languages: Annotated[list[str], Field(min_length=1)] = ["en"]
    related_editions: list[str] = []


class Question(Part):
    """One question of F1 beyond the fixed ones, with its answer."""

    asked: Text = Text()
    answer: Text = Text()


class Purpose(Part):
    """What a holder can do that could not be proved before, for whom, and what happens if it is done badly."""

    purpose: Text = Text()
    audience: Text = Text()
    job_tasks: Text = Text()
    consequence: Text = Text()
    near_credentials: Text = Text()
    questions: list[Question] = []
    unconfirmed: list[Text] = []


class Source(Part):
    """One source of demand; `on` is the day of the data, `strength` says how far it carries (or is missing)."""

    kind: Line
    claim: Text = Text()
    source: Text = Text()
    on: date | None = None
    confirmed: bool = False
    strength: Line = ""
    age_limit_months: int | None = None
    note: Text = Text()


class Occupation(Part):
    """One occupation, such as a NOC 2021 code or an ESCO address."""

    scheme: Line = "NOC 2021"
    code: Line = ""
    uri: Line = ""
    isco: Line = ""
    title: Text = Text()
    basis: Text = Text()
    confirmed: bool = False


class Consultation(Part):
    """Who was asked and when, what they said, and what was changed."""

    organization: Line
    on: date | None = None
    said: Text = Text()
    changed: Text = Text()


class Demand(Part):
    """Why it is relevant now."""

    sources: list[Source] = []
    consultations: list[Consultation] = []
    occupations: list[Occupation] = []
    sector: Line = ""
    region: Line = ""
    cip: Line = ""
    classification_notes: list[Text] = []
    need_ends_on: date | None = None

    @model_validator(mode="after")
    def _three_noc_codes(self) -> Demand:
        if sum(occupation.scheme.startswith("NOC") for occupation in self.occupations) > MOST_NOC_CODES:
            raise ValueError(_("At most three NOC codes can be named."))
        return self


class Competency(Part):
    """Action, condition, standard, and the knowledge, skills and attitudes behind them (clauses E2a, E3).

    `indicators` say by what an attitude can be observed.
    """

    code: Line
    action: Text = Text()
    condition: Text = Text()
    standard: Text = Text()
    knowledge: list[Text] = []
    skills: list[Text] = []
    attitudes: list[Text] = []
    indicators: list[Text] = []
    tool_edition: Line = ""


class Alignment(Part):
    """A shared-framework skill, the label as shown that day, how close it is, and who confirmed it."""

    competency: Line
    framework: Line = "ESCO"
    edition: Line = ""
    edition_checked: bool = False
    uri: Line = ""
    label: Text = Text()
    match: Annotated[str, Field(pattern="^(exact|close|broad|narrow|related|none|none_in_esco)$")]
    confirmed_by: Line = ""
    justification: Text = Text()
    note: Text = Text()
    skill_type: Line = ""
    reuse_level: Line = ""


class Workload(Part):
    """Hours by type, weeks, mode, setting, language, entry requirements."""

    hours: dict[str, float] = {}
    weeks: float = 0
    mode: Line = ""
    setting: Text = Text()
    language: Line = ""
    entry_requirements: list[Text] = []

    @property
    def total_hours(self) -> float:
        """All hours together."""
        return sum(self.hours.values())


class Task(Part):
    """One assessment task (F3)."""

    code: Line
    title: Text = Text()
    type: Line = ""
    competencies: list[Line] = []
    setting: Text = Text()
    tools: Text = Text()
    hazards: Text = Text()
    supervision: Line = ""
    identity_check: Text = Text()
    assessor: Text = Text()
    evidence: list[Text] = []
    minutes: Annotated[int, Field(ge=0)] = 0
    attempts: Annotated[int, Field(ge=0, le=10)] = 0
    pass_rule: Text = Text()


class Assessment(Part):
    """Tasks and the rules around them."""

    strategy: Text = Text()
    tasks: list[Task] = []
    attempts: Annotated[int, Field(ge=1, le=10)] = 1
    wait_days: Annotated[int, Field(ge=0)] = 0
    reassessment: Text = Text()
    further_attempt: Text = Text()
    prior_learning: Text = Text()
    prior_learning_in_badge: Text = Text()
    moderation_before: Text = Text()
    moderation_after: Text = Text()
    disagreement: Text = Text()
    adjustments: Text = Text()
    formats: list[Text] = []
    own_work_rule: Text = Text()


class Level(Part):
    """One level of the rubric with its explicit points (their order is not signed)."""

    code: Line
    name: Text = Text()
    points: int


class Criterion(Part):
    """One criterion, tied to competencies; a critical one cannot be offset."""

    code: Line
    name: Text = Text()
    competencies: list[Line] = []
    critical: bool = False
    required_level: Line
    descriptors: dict[str, Text] = {}


class Rubric(Part):
    """Levels and criteria."""

    levels: list[Level] = []
    criteria: list[Criterion] = []
    pass_rule: Text = Text()
    summary: Text = Text()


class Evidence(Part):
    """Who sees what, for how long."""

    employers_by_default: list[Text] = []
    with_consent: list[Text] = []
    never_public: list[Text] = []
    partner_confidential: list[Text] = []
    retention_days: dict[str, int] = {}
    third_persons: Text = Text()
    intellectual_property: Text = Text()


class StackPart(Part):
    """A whole that this is a part of, and its rule."""

    title: Text = Text()
    rule: Text = Text()


class Mapping(Part):
    """What is recognized for which competencies or tasks in a program."""

    of: list[Line] = []
    to: Text = Text()
    recognition: Text = Text()
    status: Text = Text()


class Ladder(Part):
    """A way into a program: mapping, conditions, who must agree, what triggers a review."""

    target: Text = Text()
    facts: dict[str, float | str] = {}
    mapping: list[Mapping] = []
    conditions: list[Text] = []
    approvals: list[Text] = []
    approved_by: Line = ""
    effective_from: date | None = None
    effective_until: date | None = None
    review_trigger: Text = Text()


class Pathways(Part):
    """Where it leads, and how it stands on the transcript. `credit` is agreed; `credit_open` is only spoken of."""

    stackable: bool = False
    stacks_into: list[StackPart] = []
    ladders: list[Ladder] = []
    credit: Text = Text()
    credit_open: Text = Text()
    prior_learning_route: bool = False
    transcript_compatible: bool = False
    transcript_rule: Text = Text()
    comparison: Text = Text()


class Validity(Part):
    """When it ends and how it is renewed; an ISO 8601 duration such as P12M, or nothing."""

    period: Annotated[str, Field(pattern="^(P[0-9]+[YMD])?$")] = ""
    renewal: Text = Text()
    lapse: Text = Text()
    reason: Text = Text()
    recency: Text = Text()
    pathway_use_limit: Annotated[str, Field(pattern="^(P[0-9]+[YMD])?$")] = ""


class Inclusion(Part):
    """Barriers and the Indigenous question, which every proposal answers (`lifecycle.md` 13)."""

    barriers: Text = Text()
    indigenous: Annotated[str, Field(pattern="^(yes|no)?$")] = ""
    involved: Text = Text()
    protocol: Text = Text()
    attribution: Text = Text()


class Measure(Part):
    """One measure of the pilot with its target."""

    name: Text
    target: Line


class Pilot(Part):
    """Cohort, measures, go and stop rule."""

    cohort: int = 0
    weeks: float = 0
    measures: list[Measure] = []
    go_rule: Text = Text()
    stop_rule: Text = Text()


class Interests(Part):
    """Interests stated in the proposal itself."""

    statements: list[Text] = []


class Explanation(Part):
    """The criteria in plain words, in a further language; it explains and is not what was approved."""

    language: Line = ""
    words: Line = ""


class Presentation(Part):
    """What may change without asking anyone again (T23)."""

    tags: list[Line] = []
    image_alt: Text = Text()
    contact: Line = ""
    explanations: list[Explanation] = []


class Dossier(Part):
    """The whole document. A facet is one of its members."""

    identity: Identity = Identity()
    purpose: Purpose = Purpose()
    demand: Demand = Demand()
    competencies: list[Competency] = []
    alignments: list[Alignment] = []
    workload: Workload = Workload()
    assessment: Assessment = Assessment()
    rubric: Rubric = Rubric()
    evidence: Evidence = Evidence()
    pathways: Pathways = Pathways()
    validity: Validity = Validity()
    inclusion: Inclusion = Inclusion()
    pilot: Pilot = Pilot()
    interests: Interests = Interests()
    presentation: Presentation = Presentation()


FACETS = tuple(Dossier.model_fields)
# Which facets each kind of reviewer answers for (`lifecycle.md` 7); presentation is nobody's but the officer's.
COVERAGE: dict[str, tuple[str, ...]] = {
    "relevance": ("purpose", "demand", "competencies", "interests"),
    "endorsement": ("competencies", "assessment", "rubric", "evidence", "validity", "interests"),
    "quality": tuple(facet for facet in FACETS if facet != "presentation"),
    "community": ("competencies", "evidence", "inclusion"),
}


def plain(document: Dossier) -> dict[str, Any]:
    """The document as JSON values, every member present, ready to be stored and hashed."""
    return document.model_dump(mode="json")


def _sha256(value: Any) -> str:
    return "sha256:" + hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the whole document in its full form, so that an omitted default and a stated one are the same."""
    return _sha256(plain(Dossier.model_validate(content)))


def facet_digests(content: dict[str, Any]) -> dict[str, str]:
    """SHA-256 of each facet over {facet, schema, content}."""
    document = plain(Dossier.model_validate(content))
    return {name: _sha256({"facet": name, "schema": SCHEMA, "content": document[name]}) for name in FACETS}


def missing_answers(content: dict[str, Any]) -> list[str | Promise]:
    """The required answers of F1 that are not there yet, in words."""
    document = Dossier.model_validate(content)
    asked: list[tuple[str | Promise, Any]] = [
        (_("the title"), document.identity.title),
        (_("the issuing body"), document.identity.issuing_body),
        (_("what a holder will be able to do"), document.purpose.purpose),
        (_("for whom it is"), document.purpose.audience),
        (_("what shows demand"), document.demand.sources),
        (_("which employers were asked, and what you changed"), document.demand.consultations),
        (_("the competencies"), document.competencies),
        (_("the hours"), document.workload.hours),
        (_("the Indigenous question"), document.inclusion.indigenous),
        (_("who could be shut out"), document.inclusion.barriers),
    ]
    return [name for name, answer in asked if not answer]


def trace_holes(content: dict[str, Any]) -> list[str]:
    """Codes of competencies without a task or without a criterion; holes block T7 (`lifecycle.md` 7)."""
    document = Dossier.model_validate(content)
    in_tasks = {code for task in document.assessment.tasks for code in task.competencies}
    in_criteria = {code for criterion in document.rubric.criteria for code in criterion.competencies}
    return [c.code for c in document.competencies if c.code not in in_tasks or c.code not in in_criteria]

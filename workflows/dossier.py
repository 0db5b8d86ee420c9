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
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SCHEMA = "1"
# Canonicalizers in use disagree on these code points, so no signed text may hold them (badges.md 1.10 and 3).
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def _clean(text: str) -> str:
    if _REFUSED.search(text):
        raise ValueError("The text holds control characters. Paste it again as plain text.")
    return text


Line = Annotated[str, AfterValidator(_clean)]


class Part(BaseModel):
    """Every part refuses members that the schema does not know, so that nothing is dropped silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Part):
    """One text in both languages."""

    en: Line = ""
    fr: Line = ""

    def __bool__(self) -> bool:
        return bool(self.en.strip() or self.fr.strip())


class Identity(Part):
    """What it is called and who issues it."""

    title: Text = Text()
    short_title: Annotated[Line, Field(max_length=40)] = ""
    issuing_body: Line = ""
    authority: Line = ""
    languages: list[str] = ["en"]


class Purpose(Part):
    """What a holder can do that could not be proved before, for whom, and what happens if it is done badly."""

    purpose: Text = Text()
    audience: Text = Text()
    job_tasks: Text = Text()
    consequence: Text = Text()
    near_credentials: Text = Text()


class Source(Part):
    """One dated source of demand; `on` is the day of the data."""

    kind: Line
    claim: Line
    source: Line
    on: date | None = None
    confirmed: bool = False


class Occupation(Part):
    """One occupation code, such as NOC 2021."""

    scheme: Line = "NOC 2021"
    code: Line
    title: Line = ""


class Consultation(Part):
    """Who was asked, what they said, and what was changed."""

    organization: Line
    said: Line
    changed: Line


class Demand(Part):
    """Why it is relevant now."""

    sources: list[Source] = []
    consultations: list[Consultation] = []
    occupations: Annotated[list[Occupation], Field(max_length=3)] = []
    need_ends_on: date | None = None


class Competency(Part):
    """Action, condition, standard, and the knowledge, skills and attitudes behind them (clauses E2a, E3)."""

    code: Line
    action: Text = Text()
    condition: Text = Text()
    standard: Text = Text()
    knowledge: list[Line] = []
    skills: list[Line] = []
    attitudes: list[Line] = []


class Alignment(Part):
    """A shared-framework skill, the label as shown that day, how close it is, and who confirmed it."""

    competency: Line
    framework: Line = "ESCO"
    edition: Line = ""
    uri: Line = ""
    label: Text = Text()
    match: Annotated[str, Field(pattern="^(exact|close|broad|narrow|related|none|none_in_esco)$")]
    confirmed_by: Line = ""
    justification: Line = ""


class Workload(Part):
    """Hours by type, weeks, mode, language, entry requirements."""

    hours: dict[str, float] = {}
    weeks: float = 0
    mode: Line = ""
    language: Line = ""
    entry_requirements: list[Line] = []


class Task(Part):
    """One assessment task."""

    code: Line
    title: Text = Text()
    competencies: list[Line] = []
    setting: Line = ""
    supervision: Line = ""
    identity_check: Line = ""
    assessor: Line = ""
    evidence: list[Line] = []
    minutes: int = 0


class Assessment(Part):
    """Tasks and the rules around them."""

    tasks: list[Task] = []
    attempts: Annotated[int, Field(ge=1, le=10)] = 1
    wait_days: Annotated[int, Field(ge=0)] = 0
    prior_learning: Line = ""
    moderation_before: Line = ""
    moderation_after: Line = ""
    adjustments: Line = ""
    own_work_rule: Line = ""


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
    descriptors: dict[str, Line] = {}


class Rubric(Part):
    """Levels and criteria."""

    levels: list[Level] = []
    criteria: list[Criterion] = []
    pass_rule: Line = ""


class Evidence(Part):
    """Who sees what, for how long."""

    employers_by_default: list[Line] = []
    with_consent: list[Line] = []
    never_public: list[Line] = []
    retention_days: dict[str, int] = {}
    third_persons: Line = ""


class Pathways(Part):
    """Where it leads, and how it stands on the transcript."""

    stacks_into: list[Line] = []
    ladder: Line = ""
    credit: Line = ""
    prior_learning_route: bool = False
    transcript_rule: Line = ""


class Validity(Part):
    """When it ends and how it is renewed; an ISO 8601 duration such as P12M, or nothing."""

    period: Annotated[str, Field(pattern="^(P[0-9]+[YMD])?$")] = ""
    renewal: Line = ""
    reason: Line = ""


class Inclusion(Part):
    """Barriers and the Indigenous question, which every proposal answers (`lifecycle.md` 13)."""

    barriers: Line = ""
    indigenous: Annotated[str, Field(pattern="^(yes|no)?$")] = ""
    protocol: Line = ""


class Measure(Part):
    """One measure of the pilot with its target."""

    name: Line
    target: Line


class Pilot(Part):
    """Cohort, measures, go and stop rule."""

    cohort: int = 0
    weeks: float = 0
    measures: list[Measure] = []
    go_rule: Line = ""
    stop_rule: Line = ""


class Interests(Part):
    """Interests stated in the proposal itself."""

    statements: list[Line] = []


class Presentation(Part):
    """What may change without asking anyone again (T23)."""

    tags: list[Line] = []
    image_alt: Text = Text()
    contact: Line = ""


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

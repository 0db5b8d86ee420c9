"""The format of a proposal file, as types. `docs/proposal.schema.json` is made from these and says the same.

Every part refuses members that it does not know, so that nothing in a file is dropped silently. A text is a string in
the language of the proposal, or {"en": ..., "fr": ...}.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from workflows import dossier
from workflows.dossier import Line

Named = Annotated[Line, Field(min_length=1)]
Code = Annotated[Line, Field(min_length=1, max_length=40)]
Language = Literal["en", "fr"]
Match = Literal["exact", "close", "broad", "narrow", "related", "none", "none_in_esco"]
Duration = Annotated[str, Field(pattern="^P[0-9]+[YMD]$")]
Hours = Annotated[float, Field(ge=0)]


class Member(BaseModel):
    """What all parts of the file share."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Words(Member):
    """A text as the file gives it: plain, or in both languages."""

    plain: Line = Field(default="", alias="(plain)")
    en: Line = ""
    fr: Line = ""

    @model_validator(mode="before")
    @classmethod
    def _of_string(cls, value: Any) -> Any:
        return {"(plain)": value} if isinstance(value, str) else value

    def said(self, language: str) -> dossier.Text:
        """The text of the dossier: a plain one stands under the language of the proposal."""
        return dossier.Text(**{"en": self.en, "fr": self.fr, **({language: self.plain} if self.plain else {})})

    def __bool__(self) -> bool:
        return bool(self.plain.strip() or self.en.strip() or self.fr.strip())

    def __str__(self) -> str:
        return self.plain or self.en or self.fr


WORDS: dict[str, Any] = {
    "description": "A text in the language of the proposal, or in both languages.",
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"en": {"type": "string"}, "fr": {"type": "string"}},
            "additionalProperties": False,
        },
    ],
}
Words = Annotated[_Words, WithJsonSchema(WORDS)]
NONE = _Words()


class StandIn(Member):
    """The fictional name under which a real organization appears wherever an act is invented."""

    name: Named
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")] = ""
    language: Language = "en"


class IssuingBody(Member):
    """Who would issue: its name, what it is, and on what ground it may."""

    name: Named
    type: Line = ""
    authority: Line = ""


class PartnerPerson(Member):
    """One partner: who answers for it and what it declares to gain."""

    org: Named
    person: Line = ""
    interest_declared: Words = NONE
    interests: list[Literal["hires", "sells", "funds", "delivers", "owner", "member", "none"]] = []
    kind: Literal["employer", "public_employer", "sector_body", "internal_unit", "community", "other"] = "employer"


class People(Member):
    """Who acts in the proposal. A person that is left out gets a fictional name."""

    proposer: Line = ""
    academic_lead: Line = ""
    quality_office: Line = ""
    registrar: Line = ""
    partner_reviewers: list[PartnerPerson] = []


class LabourEvidence(Member):
    """One source of demand. `strength` "missing" says that the figure is still to be brought."""

    kind: Named
    claim: Words = NONE
    source: Words = NONE
    on: date | None = None
    confirmed: bool = False
    strength: Line = ""
    age_limit_months: Annotated[int, Field(ge=1, le=60)] | None = None
    note: Words = NONE


class Consultation(Member):
    """Who was asked, what was said, what was changed."""

    organization: Named
    on: date | None = None
    said: Words = NONE
    changed: Words = NONE


class Occupation(Member):
    """One occupation. The title of an ESCO occupation is its English label unless both are given."""

    scheme: Named = "NOC 2021"
    code: Line = ""
    uri: Line = ""
    title: Words = NONE
    isco_code_in_source: Line = ""
    basis: Words = NONE
    confirmed: bool = False


class Osap(Member):
    """What the proposer computed for student aid; the engine computes it anew."""

    hours_5_to_300: bool | None = None
    weeks_under_12: bool | None = None
    noc_codes_max_3: bool | None = None


class Classification(Member):
    """The program code, and what was said about it."""

    CIP_2021: Line | None = None
    CIP_status: Words = NONE
    OSAP: Osap = Osap()
    note: Words = NONE


class Need(Member):
    """Why it is needed, for whom, and what shows it. `questions` maps a question to its answer."""

    purpose: Words
    audience: Words = NONE
    job_tasks: Words = NONE
    consequence: Words = NONE
    near_credentials: Words = NONE
    labour_market_evidence: list[LabourEvidence] = []
    consultations: list[Consultation] = []
    questions: dict[Line, Line] = {}
    occupations: list[Occupation] = []
    classification: Classification = Classification()
    sector: Line = ""
    region: Line = ""
    need_ends_on: date | None = None


class Workload(Member):
    """Hours in all and by type; they must add up."""

    total_hours: Hours | None = None
    breakdown: dict[Line, Hours] = {}
    weeks: Annotated[float, Field(ge=0)] = 0
    mode: Line = ""
    learning_setting: Words = NONE
    language_of_delivery: Line = ""


class Ksa(Member):
    """Knowledge, skills and attitudes behind a competency."""

    knowledge: list[Words] = []
    skills: list[Words] = []
    attitudes: list[Words] = []


class Alignment(Member):
    """A skill of a shared framework beside a competency, with its labels as shown that day."""

    framework: Named = "ESCO"
    edition: Line = ""
    uri: Line | None = None
    label_en: Line = ""
    label_fr: Line = ""
    skill_type: Line = ""
    reuse_level: Line = ""
    match: Match
    confirmed_by: Line = ""
    justification: Words = NONE
    note: Words = NONE
    public_copies: int | None = None
    current_edition_checked: bool = False


class Trap(Member):
    """A suggestion that was looked at and rejected, and why."""

    rejected: Alignment
    why: Words


class Competency(Member):
    """Action (`statement`), condition and standard, with what lies behind them."""

    code: Code
    statement: Words
    condition: Words = NONE
    standard: Words = NONE
    tool_edition: Line = ""
    ksa: Ksa = Ksa()
    alignments: list[Alignment] = []

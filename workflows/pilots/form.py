"""The format of a list of pilots, as types. Members that it does not know are refused, so that nothing is dropped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field, ValidationError

from workflows.dossier import Line
from workflows.proposals.form import Language, Member, Named
from workflows.proposals.reading import Unusable, sentences_of


class PilotPartner(Member):
    """One partner as the list names it. Sector and `indigenous` are a classification, unconfirmed."""

    name: Named
    sector: Line = ""
    indigenous: bool | None = None
    note: Line = ""
    confirmed: bool | None = None


class Pilot(Member):
    """One pilot: an institution, its partners, what it wants to make."""

    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,78}$")]
    institution: Named
    institution_type: Line = ""
    partners: list[PilotPartner] = []
    partner_count: int | None = None
    organizations_total: int | None = None
    title: Named
    description: Line = ""
    language: Language = "en"
    language_basis: Line = ""
    kind: Literal["create", "prototype", "research"] = "create"
    micro_credentials_named: list[Named] = []
    traits: list[Line] = []
    engine_must_represent: list[Line] = []
    source_ambiguities: list[Line] = []


class PilotList(Member):
    """The file: where it comes from, how it was classified, and the pilots."""

    source: Line = ""
    round: int | None = None
    launched: Line = ""
    notes: list[Line] = []
    classification: dict[str, Any] = {}
    counts: dict[Line, Any] = {}
    trait_index: dict[Line, list[Line]] = {}
    pilots: Annotated[list[Pilot], Field(min_length=1)]

    @property
    def about(self) -> dict[str, Any]:
        """What the list says of itself; it is kept with every initiative."""
        return self.model_dump(mode="json", exclude={"pilots"})


def read_file(path: Path) -> PilotList:
    """The pilots of a file. Raises `Unusable` with a sentence per fault."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable([_("The file cannot be read: %s.") % (error.strerror or error)]) from error
    except ValueError as error:
        raise Unusable([_("The file is not complete JSON. It may have been cut off.")]) from error
    try:
        pilots = PilotList.model_validate(document)
    except ValidationError as error:
        raise Unusable(sentences_of(error, document, "pilots", PilotList)) from error
    ids = [pilot.id for pilot in pilots.pilots]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise Unusable([_("The id %s stands twice. Give each pilot its own id.") % i for i in twice])
    return pilots


def contradictions(pilots: PilotList) -> list[str]:
    """Where the list's own counts and index do not agree with its pilots: said in the report, nothing is refused."""
    found = []
    for pilot in pilots.pilots:
        if pilot.partner_count not in {None, len(pilot.partners)}:
            found.append(f"{pilot.id}: it counts {pilot.partner_count} partners and names {len(pilot.partners)}.")
        if pilot.organizations_total not in {None, len(pilot.partners) + 1}:
            found.append(f"{pilot.id}: it counts {pilot.organizations_total} organizations in all.")
        for trait in pilot.traits:
            if pilots.trait_index and pilot.id not in pilots.trait_index.get(trait, []):
                found.append(f"{pilot.id}: the index of traits does not name it under {trait}.")
    stated = pilots.counts.get("pilots")
    if stated not in {None, len(pilots.pilots)}:
        found.append(f"The list counts {stated} pilots and names {len(pilots.pilots)}.")
    return found

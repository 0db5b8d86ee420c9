"""The matches between competencies and skills of a shared framework, as changes of the content. Pure.

A match keeps framework, edition, address and the labels as shown that day, and who confirmed it (`lifecycle.md` 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows import dossier, wording
from workflows.dossier import Alignment, Competency, Dossier, Text
from workflows.models import Skill


@dataclass(frozen=True)
class Placed:
    """One match and its place among those of its competency."""

    place: int
    match: Alignment

    @property
    def words(self) -> str:
        """How close it is, for readers."""
        return str(wording.MATCHES[self.match.match])


@dataclass(frozen=True)
class Matched:
    """One competency with what it was matched to."""

    competency: Competency
    matches: tuple[Placed, ...]

    @property
    def missing(self) -> bool:
        """True while nothing stands that clause E2b counts."""
        return all(placed.match.match == "none" for placed in self.matches)


def matches(content: dict[str, Any]) -> list[Matched]:
    """Every competency with its matches, in order."""
    document = Dossier.model_validate(content)
    return [
        Matched(item, tuple(Placed(place, match) for place, match in enumerate(_of(document, item.code))))
        for item in document.competencies
    ]


def _of(document: Dossier, code: str) -> list[Alignment]:
    return [match for match in document.alignments if match.competency == code]


def with_match(
    content: dict[str, Any], code: str, skill: Skill, confirmed_by: str, *, match: str, note: Mapping[str, str]
) -> dict[str, Any]:
    """The content with a confirmed match; one to the same skill is replaced, and a reasoned "no match" falls."""
    made = Alignment(
        competency=code,
        framework="ESCO",
        edition=skill.edition,
        uri=skill.uri,
        label=Text(en=skill.label_en, fr=skill.label_fr),
        match=match,
        confirmed_by=confirmed_by,
        note=Text(**note),
        skill_type=skill.skill_type,
        reuse_level=skill.reuse_level,
    )
    kept = [
        item
        for item in Dossier.model_validate(content).alignments
        if not (item.competency == code and (item.uri == skill.uri or item.match == "none_in_esco"))
    ]
    return _content(content, [*kept, made])


def without_match(content: dict[str, Any], code: str, confirmed_by: str, reason: Mapping[str, str]) -> dict[str, Any]:
    """The content with a reasoned "no match" for a competency."""
    made = Alignment(competency=code, match="none_in_esco", confirmed_by=confirmed_by, justification=Text(**reason))
    kept = [
        item
        for item in Dossier.model_validate(content).alignments
        if not (item.competency == code and item.match == "none_in_esco")
    ]
    return _content(content, [*kept, made])


def without(content: dict[str, Any], code: str, place: int) -> dict[str, Any]:
    """The content without one match of a competency."""
    document = Dossier.model_validate(content)
    own = _of(document, code)
    gone = own[place] if place < len(own) else None
    return _content(content, [item for item in document.alignments if item is not gone])


def _content(content: dict[str, Any], alignments: list[Alignment]) -> dict[str, Any]:
    document = dossier.plain(Dossier.model_validate(content))
    return {**document, "alignments": [item.model_dump(mode="json") for item in alignments]}

"""What changed between two contents of a version: text by word, structure by item, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import wording
from workflows.dossier import FACETS, Dossier, plain

SECTIONS: dict[str, str | Promise] = {
    "identity": _("Name and issuing body"),
    "purpose": _("Purpose"),
    "demand": _("Demand"),
    "competencies": _("Competencies"),
    "alignments": _("Shared skills framework"),
    "workload": _("Workload"),
    "assessment": _("Assessment"),
    "rubric": _("Rubric"),
    "evidence": _("Evidence"),
    "pathways": _("Pathways"),
    "validity": _("Validity"),
    "inclusion": _("Inclusion"),
    "pilot": _("Pilot"),
    "interests": _("Interests"),
    "presentation": _("Presentation"),
}


@dataclass(frozen=True)
class Piece:
    """Some words that are the same, added or removed."""

    kind: str
    words: str


@dataclass(frozen=True)
class Change:
    """One place that differs. `place` is the item's code and member, such as "C2 · Condition"."""

    facet: str
    place: str
    language: str
    pieces: tuple[Piece, ...]

    @property
    def section(self) -> str | Promise:
        """The facet's name for readers."""
        return SECTIONS[self.facet]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts compared word by word."""
    old, new = before.split(), after.split()
    found = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", " ".join(old[i:j])))
            continue
        if i < j:
            found.append(Piece("removed", " ".join(old[i:j])))
        if k < m:
            found.append(Piece("added", " ".join(new[k:m])))
    return tuple(found)


def _name(item: Any, place: int) -> str:
    """What an item of a list is called: its code or competency, else its number."""
    if isinstance(item, dict):
        for member in ("code", "uri", "competency"):
            if item.get(member):
                return str(item[member])
    return str(place + 1)


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list):
        seen: dict[str, int] = {}
        for place, item in enumerate(value):
            name = _name(item, place)
            seen[name] = seen.get(name, 0) + 1
            yield from _leaves(item, (*path, name if seen[name] == 1 else f"{name} ({seen[name]})"))
    elif value not in (None, ""):
        yield path, str(value)


def between(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Every place that differs between two contents, in the order of the facets."""
    old, new = (plain(Dossier.model_validate(content)) for content in (before, after))
    changes = []
    for facet in FACETS:
        was, now = dict(_leaves(old[facet], ())), dict(_leaves(new[facet], ()))
        for path in dict.fromkeys([*now, *was]):
            if was.get(path) == now.get(path):
                continue
            language = path[-1] if path and path[-1] in {"en", "fr"} else ""
            place = wording.place(facet, path[:-1] if language else path)
            changes.append(Change(facet, place, language, pieces(was.get(path, ""), now.get(path, ""))))
    return changes

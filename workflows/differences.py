"""What changed between two contents of a version: text by word, structure by item, in both languages. Pure.

An item of a list keeps its own identity: its code, else what it is about, else what it says. So a competency that is
put in front of the others is one added item, and not a change of all that follow.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator
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
LANGUAGES = {"en", "fr"}
YES, NO = _("yes"), _("no")
# What an item without a code is about; two items that are about the same are one item.
ABOUT = ("organization", "uri", "asked", "title", "target")
ALIKE = 0.5  # how much of their words two items without a name share to be one item, changed
AROUND = 8  # words of an unchanged passage that are shown on each side of a change

Path = tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """Some words that are the same, added or removed."""

    kind: str
    words: str


@dataclass(frozen=True)
class Leaf:
    """One text of an item that came or went as a whole: what it is called, in which language, what it says."""

    place: str
    language: str
    words: str


@dataclass(frozen=True)
class Change:
    """One place that differs. `place` is the item's code and member, such as "C2 · Condition".

    A `changed` text has its `pieces`; an item that was `added` or `removed` has its `leaves`; one that was `moved` has
    its places in the list, before and after.
    """

    facet: str
    place: str
    language: str = ""
    pieces: tuple[Piece, ...] = ()
    kind: str = "changed"
    leaves: tuple[Leaf, ...] = ()
    moved: tuple[int, int] = (0, 0)

    @property
    def section(self) -> str | Promise:
        """The facet's name for readers."""
        return SECTIONS[self.facet]

    @property
    def shown(self) -> tuple[Piece, ...]:
        """The pieces with long unchanged passages cut to the words around a change, for a narrow page."""
        last = len(self.pieces) - 1

        def cut(place: int, piece: Piece) -> Piece:
            if piece.kind != "same":
                return piece
            return Piece(piece.kind, _cut(piece.words, before=place > 0, after=place < last))

        return tuple(cut(place, piece) for place, piece in enumerate(self.pieces))


def _cut(words: str, *, before: bool, after: bool) -> str:
    """The words next to the changes at either end, with a sign where some were left out."""
    told = words.split()
    if len(told) <= AROUND * (before + after) + 2:
        return words
    head = told[:AROUND] if before else []
    tail = told[-AROUND:] if after else []
    return " ".join([*head, "…", *tail])


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


def between(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Every place that differs between two contents, in the order of the facets."""
    old, new = (plain(Dossier.model_validate(content)) for content in (before, after))
    return [change for facet in FACETS for change in _compared(facet, (), old[facet], new[facet])]


def _compared(facet: str, path: Path, was: Any, now: Any) -> Iterator[Change]:
    if was == now:
        return
    if isinstance(now, dict) or isinstance(was, dict):
        was, now = was or {}, now or {}
        for name in dict.fromkeys([*now, *was]):
            yield from _compared(facet, (*path, str(name)), was.get(name), now.get(name))
    elif isinstance(now, list) or isinstance(was, list):
        yield from _listed(facet, path, was or [], now or [])
    else:
        language = path[-1] if path and path[-1] in LANGUAGES else ""
        told = pieces(_said(was), _said(now))
        if told:
            yield Change(facet, _place(facet, path), language, told)


def _said(value: Any) -> str:
    """A single value as it is compared and shown; nothing said and an empty text are the same."""
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _place(facet: str, path: Path) -> str:
    return wording.place(facet, path[:-1] if path and path[-1] in LANGUAGES else path)


def _name(item: Any, place: int) -> str:
    """What an item of a list is called: its code or competency, else its number."""
    if isinstance(item, dict):
        for member in ("code", "competency", "uri"):
            if item.get(member):
                return str(item[member])
    return str(place + 1)


def _listed(facet: str, path: Path, was: list[Any], now: list[Any]) -> Iterator[Change]:
    """Items that changed, came, went or stand elsewhere, each by its own identity."""
    pairs = _paired(was, now)
    stayed = _in_order([old for _new, old in sorted(pairs.items())])
    for place, item in enumerate(now):
        here, old = (*path, _name(item, place)), pairs.get(place)
        if old is None:
            yield _whole(facet, here, item, "added")
            continue
        if old not in stayed:
            yield Change(facet, _place(facet, here), kind="moved", moved=(old + 1, place + 1))
        yield from _compared(facet, here, was[old], item)
    for place, item in enumerate(was):
        if place not in pairs.values():
            yield _whole(facet, (*path, _name(item, place)), item, "removed")


def _whole(facet: str, path: Path, item: Any, kind: str) -> Change:
    leaves = tuple(
        Leaf(wording.place(facet, (*path, *inner))[len(_place(facet, path)) :].removeprefix(" · "), language, words)
        for inner, language, words in _leaves(item, ())
    )
    return Change(facet, _place(facet, path), kind=kind, leaves=leaves)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, _name(item, place)))
    elif value not in (None, "", False):
        language = path[-1] if path and path[-1] in LANGUAGES else ""
        yield path[:-1] if language else path, language, _said(value)


def _paired(was: list[Any], now: list[Any]) -> dict[int, int]:
    """Which item of the new list is which of the old one: place now -> place before.

    First what is equal, then what only got another code, then what has the same code or is about the same, and at last
    what says nearly the same.
    """
    pairs: dict[int, int] = {}
    for identity in (_exactly, _without_code, _about):
        _pair_by(identity, was, now, pairs)
    for place in [place for place in range(len(now)) if place not in pairs]:
        if isinstance(now[place], dict) and now[place].get("code"):
            continue
        free = [old for old in range(len(was)) if old not in pairs.values()]
        near = [(_alike(was[old], now[place]), old) for old in free]
        best, old = max(near, default=(0.0, 0), key=lambda found: (found[0], -found[1]))
        if best >= ALIKE:
            pairs[place] = old
    return pairs


def _pair_by(identity: Callable[[Any], Hashable | None], was: list[Any], now: list[Any], pairs: dict[int, int]) -> None:
    taken = set(pairs.values())
    free: dict[Hashable, list[int]] = {}
    for old, item in enumerate(was):
        key = identity(item)
        if old not in taken and key is not None:
            free.setdefault(key, []).append(old)
    for place, item in enumerate(now):
        waiting = free.get(identity(item)) if place not in pairs else None
        if waiting:
            pairs[place] = waiting.pop(0)


def _exactly(item: Any) -> str:
    return json.dumps(item, sort_keys=True)


def _without_code(item: Any) -> str | None:
    """What an item says, whatever its code; nothing for one that says nothing else."""
    if not isinstance(item, dict) or not item.get("code"):
        return None
    rest = {name: value for name, value in item.items() if name != "code"}
    return json.dumps(rest, sort_keys=True) if any(True for _leaf in _leaves(rest, ())) else None


def _about(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    if item.get("code"):
        return f"code {item['code']}"
    about = next((item[member] for member in ABOUT if item.get(member)), None)
    return json.dumps([item.get("competency"), about], sort_keys=True) if about else None


def _alike(was: Any, now: Any) -> float:
    old, new = (" ".join(words for _path, _language, words in _leaves(item, ())).split() for item in (was, now))
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def _in_order(places: list[int]) -> set[int]:
    """The most places that stand in their old order; the others were moved."""
    ends: list[int] = []
    chain: list[list[int]] = []
    for place in places:
        at = bisect_left(ends, place)
        longer = [*(chain[at - 1] if at else []), place]
        ends[at : at + 1], chain[at : at + 1] = [place], [longer]
    return set(chain[-1]) if chain else set()

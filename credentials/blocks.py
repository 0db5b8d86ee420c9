"""The blocks of a canonical text: the lines of one subject, ready for every naming of the blank nodes.

Which label a blank node gets depends on the values of each badge, so what mentions blank nodes is kept once for each
naming that it has met. There are few, because a block mentions few blank nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from credentials.quads import Format, Holes, Quad, by_predicate, line, picker

MOST_NAMINGS = 512  # kept for each block, and for each part of a text; beyond that they are made anew
Key = TypeVar("Key")
Kept = TypeVar("Kept")


def keep(kept: dict[Key, Kept], key: Key, made: Kept, most: int = MOST_NAMINGS) -> Kept:
    """Remember what was made under this key; when there are too many, begin anew."""
    if len(kept) >= most:
        kept.clear()
    kept[key] = made
    return made


class Block:
    """Lines of one subject that mention the same blank nodes."""

    __slots__ = ("_holes", "_pick", "_quads", "_ready", "has_slots", "nodes")

    def __init__(self, quads: list[Quad], nodes: tuple[int, ...], holes: Holes) -> None:
        self.nodes = nodes
        self.has_slots = any(holes.within(line(quad, str)) for quad in quads)
        self._quads, self._holes = quads, holes
        self._pick = picker(nodes)
        self._ready: dict[tuple[str, ...], Format] = {}

    def named(self, labels: Sequence[str]) -> Format:
        """The block under these labels of all blank nodes."""
        key = self._pick(labels)
        found = self._ready.get(key)
        return keep(self._ready, key, self._made(labels)) if found is None else found

    def _made(self, labels: Sequence[str]) -> Format:
        return Format.lines([line(quad, labels.__getitem__) for quad in self._quads], self._holes)


def blocks_of(quads: list[Quad], holes: Holes) -> list[Block]:
    """The lines of one subject, cut between predicates where other blank nodes are mentioned or a slot begins."""
    runs: list[tuple[tuple[int, ...], bool, list[Quad]]] = []
    for group in by_predicate(quads):
        parts = {part for quad in group for part in (quad.subject, quad.object, quad.graph)}
        nodes = tuple(sorted(part for part in parts if isinstance(part, int)))
        slots = any(holes.within(line(quad, str)) for quad in group)
        if runs and runs[-1][:2] == (nodes, slots):
            runs[-1][2].extend(group)
        else:
            runs.append((nodes, slots, group))
    return [Block(group, nodes, holes) for nodes, _slots, group in runs]


class Passage:
    """Blocks one after the other; put together once for each naming of the blank nodes that they mention."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = list(blocks)
        self._pick = picker(sorted({node for block in self._blocks for node in block.nodes}))
        self._ready: dict[tuple[str, ...], Format] = {}
        self._hashes: dict[tuple[str, ...], Any] = {}

    def named(self, labels: Sequence[str]) -> Format:
        """The passage under these labels of all blank nodes."""
        key = self._pick(labels)
        return self._ready.get(key) or keep(
            self._ready, key, Format.joined(block.named(labels) for block in self._blocks)
        )

    def hashed(self, labels: Sequence[str]) -> Any:
        """A SHA-256 that has read a passage without slots; to go on, copy it."""
        key = self._pick(labels)
        return self._hashes.get(key) or keep(self._hashes, key, hashlib.sha256(self.named(labels)(())))

"""The blocks of a canonical text: the lines of one subject, ready for every naming of the blank nodes.

Which label a blank node gets depends on the values of each badge, so a block is kept once for each naming that it has
met. There are few, because a block mentions few blank nodes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any

from credentials.quads import Format, Quad, by_predicate, line, picker

MOST_NAMINGS = 512  # kept for each block, and for each beginning of a text; beyond that they are made anew


class Block:
    """Lines of one subject that mention the same blank nodes."""

    __slots__ = ("_holes", "_pick", "_place", "_quads", "_ready", "has_slots", "nodes")

    def __init__(
        self, quads: list[Quad], nodes: tuple[int, ...], holes: re.Pattern[str], place: Callable[[str], int]
    ) -> None:
        self.nodes = nodes
        self.has_slots = any(holes.search(line(quad, str)) for quad in quads)
        self._quads, self._holes, self._place = quads, holes, place
        self._pick = picker(nodes)
        self._ready: dict[tuple[str, ...], Format] = {}

    def named(self, labels: Sequence[str]) -> Format:
        """The block under these labels of all blank nodes."""
        key = self._pick(labels)
        found = self._ready.get(key)
        return self._make(key, labels) if found is None else found

    def _make(self, key: tuple[str, ...], labels: Sequence[str]) -> Format:
        lines = [line(quad, labels.__getitem__) for quad in self._quads]
        made = Format.lines(lines, self._holes, self._place)
        if len(self._ready) >= MOST_NAMINGS:
            self._ready.clear()
        self._ready[key] = made
        return made


def blocks_of(quads: list[Quad], holes: re.Pattern[str], place: Callable[[str], int]) -> list[Block]:
    """The lines of one subject, cut between predicates where other blank nodes are mentioned or a slot begins."""
    runs: list[tuple[tuple[int, ...], bool, list[Quad]]] = []
    for group in by_predicate(quads):
        parts = {part for quad in group for part in (quad.subject, quad.object, quad.graph)}
        nodes = tuple(sorted(part for part in parts if isinstance(part, int)))
        slots = any(holes.search(line(quad, str)) for quad in group)
        if runs and runs[-1][:2] == (nodes, slots):
            runs[-1][2].extend(group)
        else:
            runs.append((nodes, slots, group))
    return [Block(group, nodes, holes, place) for nodes, _slots, group in runs]


class Beginning:
    """The blocks before the first slot: hashed once for each naming of the blank nodes that they mention."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._pick = picker(sorted({node for block in blocks for node in block.nodes}))
        self._hashes: dict[tuple[str, ...], Any] = {}

    def text(self, labels: Sequence[str]) -> bytes:
        """The blocks as text."""
        return Format.joined(block.named(labels) for block in self._blocks)(())

    def hashed(self, labels: Sequence[str]) -> Any:
        """A SHA-256 that has read the blocks; to go on, copy it."""
        key = self._pick(labels)
        found = self._hashes.get(key)
        if found is None:
            found = hashlib.sha256(self.text(labels))
            if len(self._hashes) >= MOST_NAMINGS:
                self._hashes.clear()
            self._hashes[key] = found
        return found

"""Merkle trees over the heads of streams, hashed as RFC 6962 does it (section 2.1). Pure, one pass, constant memory.

Leaves and nodes have prefixes of their own, so that a node can never be offered as a leaf. What is kept while leaves
arrive is one hash for each height, however many streams there are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import rfc8785

Head = tuple[str, int, str]  # a stream's name, the sequence and the hash of its last row
Step = tuple[str, str]  # on which side the other hash stands, and the hash


@dataclass(frozen=True)
class Inclusion:
    """The proof that one head lies under a root: the head, and what stands beside it on the way up."""

    head: Head
    path: tuple[Step, ...]

    def root(self) -> str:
        """The root to which the way leads."""
        found = leaf(self.head)
        for side, other in self.path:
            beside = bytes.fromhex(other)
            found = _node(beside, found) if side == "left" else _node(found, beside)
        return found.hex()


def leaf(head: Head) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + rfc8785.dumps(list(head))).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class _Part:
    """A full subtree; `wanted` when the head that is asked for lies in it."""

    height: int
    hash: bytes
    wanted: bool


class Tree:
    """Takes heads in the order of their names; answers the root, and the way to one head."""

    def __init__(self, wanted: str = "") -> None:
        self.size = 0
        self._wanted = wanted
        self._head: Head | None = None
        self._path: list[Step] = []
        self._parts: list[_Part] = []

    def add(self, head: Head) -> None:
        """The next head."""
        wanted = head[0] == self._wanted
        if wanted:
            self._head = head
        self.size += 1
        part = _Part(0, leaf(head), wanted)
        while self._parts and self._parts[-1].height == part.height:
            part = self._join(self._parts.pop(), part)
        self._parts.append(part)

    def _join(self, left: _Part, right: _Part) -> _Part:
        if left.wanted:
            self._path.append(("right", right.hash.hex()))
        elif right.wanted:
            self._path.append(("left", left.hash.hex()))
        return _Part(left.height + 1, _node(left.hash, right.hash), left.wanted or right.wanted)

    def root(self) -> str:
        """The root over all that was added; nothing is added afterwards."""
        if not self._parts:
            return hashlib.sha256(b"").hexdigest()
        while len(self._parts) > 1:
            right = self._parts.pop()
            self._parts.append(self._join(self._parts.pop(), right))
        return self._parts[0].hash.hex()

    def inclusion(self) -> Inclusion | None:
        """The proof for the head that was asked for; None when it was not among them."""
        self.root()
        return Inclusion(self._head, tuple(self._path)) if self._head else None

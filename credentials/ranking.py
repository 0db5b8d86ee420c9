"""Which label each blank node gets: all are ranked by the hash of their first-degree quads (RDFC-1.0, 4.4.3 and 4.6).

The hashes of blank nodes that no value touches are computed once for all badges of a shape.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

from credentials.markers import Unsound
from credentials.quads import Format, Holes, Quad, first_degree, line


class Ranking:
    """The blank nodes of one shape."""

    def __init__(self, quads: list[Quad], nodes: int, holes: Holes) -> None:
        """Raises `Unsound` when two of them tie whatever is filled in, so that the full algorithm must decide."""
        fixed: list[tuple[bytes, int]] = []
        self._touched: list[tuple[int, Format]] = []
        for node in range(nodes):
            own = [q for q in quads if node in {q.subject, q.object, q.graph}]
            lines = [line(quad, _seen_from(node)) for quad in own]
            if any(holes.within(line) for line in lines):
                self._touched.append((node, Format.lines(lines, holes)))
            else:
                fixed.append((first_degree(lines), node))
        fixed.sort()
        count = Counter(digest for digest, _node in fixed)
        self._digests = [digest for digest, _node in fixed if count[digest] == 1]
        self._nodes = [node for digest, node in fixed if count[digest] == 1]
        self._twins = [node for digest, node in fixed if count[digest] > 1]
        self._known = set(count)
        if any(_has_neighbours(node, quads) for node in self._twins):
            raise Unsound("two fixed blank nodes share their first-degree hash")

    def key(self, terms: Sequence[bytes]) -> tuple[int, ...]:
        """Place among the fixed ones, and number, of each node that a value touches. Raises `Unsound` for a tie."""
        sha256 = hashlib.sha256
        ranked = sorted([(sha256(lines(terms)).digest(), node) for node, lines in self._touched])
        key: list[int] = []
        previous = b""
        for digest, node in ranked:
            if digest == previous or digest in self._known:
                raise Unsound("two blank nodes share their first-degree hash")
            key += (bisect_left(self._digests, digest), node)
            previous = digest
        return tuple(key)

    def order(self, key: tuple[int, ...]) -> list[int]:
        """All blank nodes by rank."""
        order = self._nodes[:]
        for shift in range(len(key) // 2):
            order.insert(key[2 * shift] + shift, key[2 * shift + 1])
        return order + self._twins


def _has_neighbours(node: int, quads: list[Quad]) -> bool:
    """True when a blank node stands in one quad with another one.

    Nodes that tie and have no neighbours say the same, word for word: whichever is named first, the canonical form is
    the same. They are named after all others, by hash (RDFC-1.0, section 4.4.3, step 5).
    """
    parts = [{q.subject, q.object, q.graph} for q in quads]
    return any(node in own and any(isinstance(part, int) and part != node for part in own) for own in parts)


def _seen_from(node: int) -> Callable[[int], str]:
    """Names of blank nodes in the first-degree quads of one of them (RDFC-1.0, section 4.6.3)."""
    return lambda number: "_:a" if number == node else "_:z"

"""In which order the subjects with addresses stand: canonical lines are sorted, and some addresses are values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from credentials.blocks import Block, Passage, keep
from credentials.quads import Holes


class Arranged:
    """One order of them: what comes before the first slot, which is hashed ahead, and the rest."""

    def __init__(self, beginning: Passage, rest: Passage) -> None:
        self.beginning, self.rest = beginning, rest


class Arranging:
    """The subjects with addresses of one shape."""

    def __init__(self, blocks: Mapping[str | int, list[Block]], holes: Holes) -> None:
        self._blocks = blocks
        addresses = [subject for subject in blocks if isinstance(subject, str)]
        self._fixed = sorted(subject for subject in addresses if not holes.within(subject))
        self._slots = [subject for subject in addresses if holes.within(subject)]
        self._places = [holes.place(subject[1:-1]) for subject in self._slots]
        self._known: dict[tuple[int, ...], Arranged] = {}
        self._beginnings: dict[int, Passage] = {}

    def of(self, values: Sequence[str]) -> Arranged:
        """The order for these values."""
        key: list[int] = []
        for address, number in sorted([(f"<{values[place]}>", n) for n, place in enumerate(self._places)]):
            key += (bisect_left(self._fixed, address), number)
        known = tuple(key)
        return self._known.get(known) or keep(self._known, known, self._made(known))

    def _made(self, key: tuple[int, ...]) -> Arranged:
        """`key`: place among the fixed ones and number of each subject that is a slot."""
        subjects = self._fixed[:]
        for shift in range(len(key) // 2):
            subjects.insert(key[2 * shift] + shift, self._slots[key[2 * shift + 1]])
        blocks = [block for subject in subjects for block in self._blocks[subject]]
        before = next((place for place, block in enumerate(blocks) if block.has_slots), len(blocks))
        beginning = self._beginnings.get(before) or keep(self._beginnings, before, Passage(blocks[:before]))
        return Arranged(beginning, Passage(blocks[before:]))

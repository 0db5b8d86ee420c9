"""Compact storage of badges: what many share is kept once, each row keeps its own values (badges.md 3, "Store").

A plan is written in RFC 8785 form and cut (`credentials.storing`) where the values of one learner stand, and where its
proof will stand. The text that is put together again is the RFC 8785 form of the badge, byte for byte, so that its
SHA-256 is both the digest in the row and the one in the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

Document = dict[str, Any]
SUITE = "eddsa-rdfc-2022"
PROOF = "proof"  # the place that is empty until the badge is signed


def written(value: str) -> str:
    """A value as it stands inside the quotes of RFC 8785."""
    return encode_basestring(value)[1:-1]


def proof_text(method: str, created: str, value: str) -> str:
    """The proof as it stands in the text of a badge."""
    return (
        f'"proof":[{{"created":"{written(created)}","cryptosuite":"{SUITE}","proofPurpose":"assertionMethod",'
        f'"proofValue":"{written(value)}","type":"DataIntegrityProof","verificationMethod":"{written(method)}"}}],'
    )


@dataclass(frozen=True)
class Shape:
    """What badges share: the texts around the places where they differ, and the names of these places."""

    parts: tuple[str, ...]
    places: tuple[str, ...]

    @cached_property
    def key(self) -> UUID:
        """Its name, which follows from its content: the same fixed part is stored once, whoever comes first."""
        text = json.dumps([self.parts, self.places], ensure_ascii=False)
        return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])

    @cached_property
    def _frame(self) -> list[str]:
        """The parts with a gap for each place."""
        return [text for part in self.parts for text in (part, "")][:-1]

    @cached_property
    def _own(self) -> list[int]:
        """Where in the frame the values go, in the order in which a row keeps them."""
        return [2 * n + 1 for n, place in enumerate(self.places) if place != PROOF]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the values that a row keeps, in their order."""
        return tuple(place for place in self.places if place != PROOF)

    def text(self, slots: Sequence[str], proof: Sequence[str] | None = None) -> str:
        """The badge in RFC 8785 form. `proof` is (method, created, value); without it the text is the plan's."""
        frame = self._frame[:]
        for gap, value in zip(self._own, slots, strict=True):
            frame[gap] = written(value)
        if proof is not None:
            frame[2 * self.places.index(PROOF) + 1] = proof_text(*proof)
        return "".join(frame)

    def document(self, slots: Sequence[str], proof: Sequence[str] | None = None) -> Document:
        """The same as an object."""
        found: Document = json.loads(self.text(slots, proof))
        return found

    def named(self, slots: Sequence[str]) -> dict[str, str]:
        """The values of a row by their place."""
        return dict(zip(self.names, slots, strict=True))

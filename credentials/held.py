"""Remembers what follows from the text alone: that a signature held, that a text means what it shows, its digest.

Canonicalization is most of the work of a verdict, and the same badge is looked at again and again. Whether a key may
speak today, dates and status are never remembered: they are looked at afresh each time. Only what held is kept, under
the SHA-256 of document, proof and key, so that another byte or another key is another question. Bounded in number.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import rfc8785

from credentials import proofs
from credentials.own_shape import Shapes

Document = dict[str, Any]
MOST = 20_000  # about two mebibytes
Found = TypeVar("Found")


class Memory(Generic[Found]):
    """The last answers, by name."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, Found] = OrderedDict()
        self._lock = threading.Lock()

    def answer(
        self, name: Hashable, find: Callable[[], Found], *, holds: Callable[[Found], bool] = lambda _kept: True
    ) -> Found:
        """What was found under this name and still holds, or is found now; nothing found is not kept."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None and holds(kept):
                self._kept.move_to_end(name)
                return kept
        found = find()
        if found:
            with self._lock:
                self._kept[name] = found
                self._kept.move_to_end(name)
                if len(self._kept) > self.most:
                    self._kept.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


MEMORY: Memory[str] = Memory()
SHAPES = Shapes()


def _name(question: str, *values: Any) -> bytes:
    """A name that no other question about no other text has."""
    text = json.dumps([question, *values], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def signature_holds(document: Document, proof: Document, controller: Document, *, own: bool = False) -> bool:
    """As `proofs.signature_holds`. Ask `form_fault` and `key_fault` first, each time.

    `own` is for issuers whom the lookup knows: many of their badges are of one shape, which is then compiled.
    """
    look = SHAPES.signature_holds if own else proofs.signature_holds
    listed = controller.get("verificationMethod")
    methods = [m for m in listed if isinstance(m, dict)] if isinstance(listed, list) else []
    name = _name("signature", document, proof, [m for m in methods if m.get("id") == proof.get("verificationMethod")])
    return bool(MEMORY.answer(name, lambda: "held" if look(document, proof, controller) else ""))


def verify(document: Document, controller: Document) -> bool:
    """As `proofs.verify`: there are proofs, and every one of them holds today."""
    now, found = datetime.now(UTC), proofs.proofs_of(document)
    return bool(found) and all(
        proofs.form_fault(proof, now) is None
        and proofs.key_fault(document, proof, controller) is None
        and signature_holds(document, proof, controller)
        for proof in found
    )


def digest(document: Document) -> str:
    """SHA-256 of a document in its RFC 8785 form."""
    name = _name("digest", document)
    return MEMORY.answer(name, lambda: "sha256:" + hashlib.sha256(rfc8785.dumps(document)).hexdigest())


def means(document: Document, look: Callable[[], bool]) -> bool:
    """Whether a text means what it shows, by this look where nobody has looked yet."""
    return bool(MEMORY.answer(_name("meaning", document), lambda: "same" if look() else ""))

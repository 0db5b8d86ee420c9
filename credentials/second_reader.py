"""A second implementation of RDFC-1.0 (pyoxigraph) reads back what the first one signed (promises.md 2).

The two share no code: where they disagree about one byte, nothing is offered to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from credentials.canonical import PINNED, Contexts, context_document


def _inlined(value: Any, known: Contexts) -> Any:
    """The document with its contexts in place of their addresses: this reader loads nothing."""
    if isinstance(value, dict):
        found = {name: _inlined(inner, known) for name, inner in value.items() if name != "@context"}
        contexts = [context_document(url, known)["@context"] for url in value.get("@context", [])]
        return {"@context": contexts, **found} if "@context" in value else found
    return [_inlined(inner, known) for inner in value] if isinstance(value, list) else value


def canonical(document: dict[str, Any], known: Contexts = PINNED) -> bytes:
    """Canonical N-Quads in UTF-8."""
    text = json.dumps(_inlined(document, known), ensure_ascii=False).encode()
    dataset = Dataset(parse(text, format=RdfFormat.JSON_LD))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    # The lines of `str(quad)` are canonical; those of `serialize()` escape more than the standard does.
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def of_a_batch() -> Callable[[dict[str, Any]], bytes]:
    """The same reader for badges that were signed with one pen: it reads the proof options, which they share, once."""
    options_read: dict[str, bytes] = {}

    def canonical_once(document: dict[str, Any]) -> bytes:
        if "credentialSubject" in document:
            return canonical(document)
        text = json.dumps(document, sort_keys=True)
        if text not in options_read:
            options_read[text] = canonical(document)
        return options_read[text]

    return canonical_once

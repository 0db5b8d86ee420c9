"""RDFC-1.0 canonical form of a document under pinned contexts only; losing a member is an error (badges.md 2.12)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache, partial
from math import factorial
from pathlib import Path
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from credentials.errors import LossyDocument, TooTangled

FOLDER = Path(__file__).parent / "contexts"
V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
LEARNER_RECORD = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
PINNED = {
    V2: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    LEARNER_RECORD: (
        "clr-v2p0-context-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": (
        "security-multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
}


# Known at the conformance doors alone (docs/conformance.md): it lends a meaning to every word, which no badge may have.
EXAMPLES = {
    "https://www.w3.org/ns/credentials/examples/v2": (
        "credentials-examples-v2.json",
        "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
    ),
}
Contexts = Mapping[str, tuple[str, str]]


@cache
def _pinned(name: str, digest: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_pinned_bytes(name, digest))
    return document


def _pinned_bytes(name: str, digest: str) -> bytes:
    data = (FOLDER / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise RuntimeError(f"The pinned context {name} was changed. Restore it from the package.")
    return data


def context_bytes(url: str, known: Contexts = PINNED) -> bytes | None:
    """A pinned context as its file is; None for any other address."""
    return _pinned_bytes(*known[url]) if url in known else None


def context_document(url: str, known: Contexts = PINNED) -> dict[str, Any]:
    """A pinned context, checked by its hash. Raises `LossyDocument` for any other address."""
    if url not in known:
        raise LossyDocument
    return _pinned(*known[url])


def loader(url: str, _options: dict[str, Any], known: Contexts = PINNED) -> dict[str, Any]:
    """Document loader that knows pinned files and no network."""
    return {
        "contextUrl": None,
        "documentUrl": url,
        "contentType": "application/ld+json",
        "document": context_document(url, known),
    }


def _dropped(_name: Any) -> None:
    raise LossyDocument


# An address with its scheme; what has none is resolved by no two programs alike, and most drop it in silence.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")
MOST_WORK = 2000  # a badge needs none of it: ties arise only where two nameless parts say exactly the same


def is_absolute(address: object) -> bool:
    """True for an absolute address."""
    return isinstance(address, str) and _ABSOLUTE.fullmatch(address) is not None


class _Bounded(URDNA2015):
    """The canonicalizer with a budget: poison graphs make the work grow with the factorial of a tie (RDFC-1.0, 7.1)."""

    def __init__(self) -> None:
        super().__init__()
        self.work = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        self.work += 1 + sum(factorial(min(len(nodes), 12)) for nodes in related.values())
        if self.work > MOST_WORK:
            raise TooTangled
        return related


def _refuse_relative(value: Any) -> None:
    """Raise when an expanded document holds an id or a type that is no absolute address."""
    if isinstance(value, list):
        for inner in value:
            _refuse_relative(inner)
    elif isinstance(value, dict):
        types = value.get("@type", [])
        named = [value["@id"]] if "@id" in value else []
        if not all(is_absolute(a) for a in [*named, *(types if isinstance(types, list) else [types])] if a != "@json"):
            raise LossyDocument
        for inner in value.values():
            _refuse_relative(inner)


# Without a base: an empty one is replaced by PyLD's own made-up address, and relative names would pass as absolute.
_OPTIONS = {"documentLoader": loader, "base": None, "processingMode": "json-ld-1.1"}


def expanded(document: dict[str, Any], known: Contexts = PINNED) -> list[Any]:
    """The document with every word spelt out. Raises `LossyDocument` when a word or an address would get lost."""
    options = {**_OPTIONS, "documentLoader": partial(loader, known=known)}
    try:
        found: list[Any] = jsonld.expand(document, options, on_property_dropped=_dropped)
    except (jsonld.JsonLdError, ValueError) as error:  # PyLD lets a ValueError out for a context that is no address
        raise LossyDocument from error
    _refuse_relative(found)
    return found


def canonical(document: dict[str, Any], known: Contexts = PINNED) -> bytes:
    """Canonical N-Quads in UTF-8. Raises `LossyDocument` when a term or address would fall out of the signature."""
    # URDNA2015 is the name PyLD knows RDFC-1.0 by; the two differ on control characters alone, which no text of ours
    # may hold.
    try:
        dataset = jsonld.to_rdf(expanded(document, known), _OPTIONS)
    except jsonld.JsonLdError as error:
        raise LossyDocument from error
    text = _Bounded().main(dataset, {"format": "application/n-quads"})
    return str(text).encode()


# The context of learner records gives these two a type that no node can have, so compaction does not find their names.
_UNFOUND = {
    "https://purl.imsglobal.org/spec/vc/clr/vocab.html#identifier-1": "identifier",
    "https://purl.imsglobal.org/spec/vc/clr/vocab.html#verifiableCredential": "verifiableCredential",
}


def compacted(document: dict[str, Any]) -> dict[str, Any]:
    """The document as its own contexts would write what it says: whatever is shown must equal this (badges.md 5.23).

    Raises `LossyDocument` as `expanded` does, also for documents whose signature says nothing about their meaning.
    """
    spelt_out, options = expanded(document), {**_OPTIONS, "skipExpansion": True}
    try:
        found: dict[str, Any] = jsonld.compact(spelt_out, {"@context": document["@context"]}, options)
    except jsonld.JsonLdError as error:
        raise LossyDocument from error
    subject = found.get("credentialSubject")
    if LEARNER_RECORD in document["@context"] and isinstance(subject, dict):
        found["credentialSubject"] = {_UNFOUND.get(name, name): value for name, value in subject.items()}
    return found

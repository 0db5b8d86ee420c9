"""RDFC-1.0 canonical form of a document under pinned contexts only; losing a member is an error (badges.md 2.12)."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pyld import jsonld

from credentials.errors import LossyDocument

FOLDER = Path(__file__).parent / "contexts"
V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
PINNED = {
    V2: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
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


@cache
def context_document(url: str) -> dict[str, Any]:
    """A pinned context, checked by its hash. Raises `LossyDocument` for any other address."""
    if url not in PINNED:
        raise LossyDocument
    name, digest = PINNED[url]
    data = (FOLDER / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise RuntimeError(f"The pinned context {name} was changed. Restore it from the package.")
    document: dict[str, Any] = json.loads(data)
    return document


def _load(url: str, _options: dict[str, Any]) -> dict[str, Any]:
    """Document loader that knows pinned files and no network."""
    return {
        "contextUrl": None,
        "documentUrl": url,
        "contentType": "application/ld+json",
        "document": context_document(url),
    }


def _dropped(_name: Any) -> None:
    raise LossyDocument


def canonical(document: dict[str, Any]) -> bytes:
    """Canonical N-Quads in UTF-8. Raises `LossyDocument` when a term or address would fall out of the signature."""
    # URDNA2015 is the name PyLD knows RDFC-1.0 by; the two differ on control characters alone, which no text of ours
    # may hold.
    options = {"documentLoader": _load, "base": "", "processingMode": "json-ld-1.1"}
    try:
        jsonld.expand(document, options, on_property_dropped=_dropped)
        text = jsonld.normalize(document, {**options, "algorithm": "URDNA2015", "format": "application/n-quads"})
    except jsonld.JsonLdError as error:
        raise LossyDocument from error
    return str(text).encode()

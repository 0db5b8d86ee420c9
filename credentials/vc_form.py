"""The form that VC Data Model 2.0 and Bitstring Status List 1.0 ask of any credential or presentation.

Stricter rules for badges stand in `shape.py`. These are for the conformance doors (docs/conformance.md), which read
credentials of every kind. Each fault is a `NotConforming` in the words of the standards: only programs read them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

from credentials import shape
from credentials.canonical import V2, is_absolute
from credentials.errors import NotConforming
from credentials.multikey import multibase_bytes
from credentials.proofs import moment

Document = dict[str, Any]
MALFORMED = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
STATUS_ENTRY, STATUS_LIST = "BitstringStatusListEntry", "BitstringStatusList"
# Whose values must say their type (section 4.11 and the chapter "Advanced Concepts"); True: their id is required too.
TYPED = {
    "credentialStatus": False,
    "credentialSchema": True,
    "refreshService": False,
    "termsOfUse": False,
    "evidence": False,
    "confidenceMethod": False,
    "renderMethod": False,
    "proof": False,
}
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_SRI = re.compile(r"sha(256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}")
_MULTIBASE = re.compile(r"u[A-Za-z0-9_-]{40,200}|z[1-9A-HJ-NP-Za-km-z]{40,200}")
_WORDS = {"@value", "@language", "@direction"}


def _must(holds: object, what: str) -> None:
    if not holds:
        raise NotConforming(what, problem=MALFORMED)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def types_of(value: Document) -> list[Any]:
    """The types of an object, as a list."""
    return _listed(value.get("type", []))


def credential(document: Document) -> None:
    """Refuse a credential that does not conform. Raises `NotConforming`."""
    _common(document, "VerifiableCredential")
    issuer = document.get("issuer")
    _must(is_absolute(issuer.get("id") if isinstance(issuer, dict) else issuer), "issuer must be a URL or have one.")
    subjects = _listed(document.get("credentialSubject"))
    _must(subjects and all(isinstance(s, dict) and s for s in subjects), "credentialSubject must state something.")
    for about in (document, *([issuer] if isinstance(issuer, dict) else [])):
        for name in ("name", "description"):
            _must(_is_words(about.get(name, "")), f"{name} must be a string or a language value object.")
    _period(document)
    _related(document)
    if "BitstringStatusListCredential" in types_of(document):
        for subject in subjects:
            _status_list(subject)


def presentation(document: Document) -> None:
    """Refuse a presentation that does not conform; its credentials too. Raises `NotConforming`."""
    _common(document, "VerifiablePresentation")
    holder = document.get("holder", "urn:none")
    _must(is_absolute(holder.get("id") if isinstance(holder, dict) else holder), "holder must be a URL or have one.")
    for one in credentials_in(document):
        _must(isinstance(one, dict), "verifiableCredential must hold objects.")
        if "EnvelopedVerifiableCredential" in types_of(one):
            enveloped(one)
        else:
            credential(one)
            own = is_own(one, document)
            _must(one.get("proof") or own, "A credential in a presentation must be secured, or its holder's own.")


def is_own(one: Document, presentation: Document) -> bool:
    """True for what a holder says of himself, secured by the presentation alone (section 4.13.4)."""
    speaker, issuer = speaker_of(presentation), one.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return "proof" not in one and isinstance(one.get("@context"), list) and speaker is not None and named == speaker


def speaker_of(presentation: Document) -> Any:
    """The holder's address, or None."""
    holder = presentation.get("holder")
    return holder.get("id") if isinstance(holder, dict) else holder


def credentials_in(document: Document) -> list[Any]:
    """What a presentation presents."""
    return _listed(document.get("verifiableCredential", []))


def enveloped(document: Document, kind: str = "EnvelopedVerifiableCredential") -> None:
    """Refuse an envelope without the base context or without a token in a data: URL. Raises `NotConforming`."""
    _must(types_of(document) == [kind], f"type of an envelope must be {kind}.")
    context = document.get("@context")
    _must(context == V2 or (isinstance(context, list) and context[:1] == [V2]), "@context must begin with the base.")
    _must(str(document.get("id")).startswith("data:"), "id of an envelope must be a data: URL.")


def _common(document: Document, kind: str) -> None:
    _must(shape.too_large(document) is None, "The document has more parts than are read here.")
    context = document.get("@context")
    _must(isinstance(context, list) and context[:1] == [V2], "@context must be a list that begins with the base.")
    _must(all(isinstance(one, dict) or is_absolute(one) for one in context or []), "@context holds what is no context.")
    types = types_of(document)
    _must(kind in types and all(isinstance(one, str) and one for one in types), f"type must hold {kind}.")
    for part in _parts(document):
        _must("id" not in part or is_absolute(part["id"]), "id must be one URL.")
        _must("type" not in part or all(isinstance(one, str) for one in types_of(part)), "type must be text.")
        _must("@value" not in part or _is_words(part), "A language value object holds a member too many.")
        if STATUS_ENTRY in types_of(part):
            _status_entry(part)
    for name, with_id in TYPED.items():
        for value in _listed(document.get(name, [])):
            _must(isinstance(value, dict) and types_of(value), f"{name} must be typed objects.")
            _must(not with_id or "id" in value, f"{name} must have an id.")


def _parts(document: Document) -> Iterator[Document]:
    """Each object in the document; contexts are none of it."""
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(inner for name, inner in value.items() if name != "@context")
        elif isinstance(value, list):
            waiting.extend(value)


def _is_words(value: Any) -> bool:
    """A string, a language value object, or a list of such objects (section 11.1)."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) and _is_words(one) for one in value)
    if isinstance(value, dict):
        said = isinstance(value.get("@value"), str) and isinstance(value.get("@language", ""), str)
        return said and set(value) <= _WORDS and value.get("@direction", "ltr") in {"ltr", "rtl"}
    return isinstance(value, str)


def _period(document: Document) -> None:
    for name in ("validFrom", "validUntil"):
        stamp = document.get(name, "2000-01-01T00:00:00Z")
        plain = isinstance(stamp, str) and _STAMP.fullmatch(stamp) is not None
        _must(plain and moment(stamp) is not None, f"{name} must be a date with time and zone.")
    start, end = moment(document.get("validFrom")), moment(document.get("validUntil"))
    _must(not start or not end or start <= end, "validUntil lies before validFrom.")


def _related(document: Document) -> None:
    """Digests are checked for their form: nothing is fetched to compare them (section 5.3)."""
    resources = _listed(document.get("relatedResource", []))
    _must(all(isinstance(one, dict) for one in resources), "relatedResource must hold objects.")
    addresses = [one.get("id") for one in resources]
    _must(all(is_absolute(one) for one in addresses), "relatedResource must have an id.")
    _must(len(set(addresses)) == len(addresses), "relatedResource must name each resource once.")
    for one in resources:
        _must({"digestSRI", "digestMultibase"} & set(one), "relatedResource must have a digest.")
        _must(_SRI.fullmatch(str(one.get("digestSRI", "sha256-" + "A" * 43))), "digestSRI is malformed.")
        _must(_MULTIBASE.fullmatch(str(one.get("digestMultibase", "u" + "A" * 40))), "digestMultibase is malformed.")


def digests_hold(resource: Document, data: bytes) -> bool:
    """Whether each digest of a related resource is that of its bytes: Subresource Integrity, Multibase or Multihash."""
    algorithm, _dash, value = str(resource.get("digestSRI", "")).partition("-")
    if value and base64.b64encode(hashlib.new(algorithm, data).digest()).decode() != value:
        return False
    if "digestMultibase" not in resource:
        return True
    given = _multibase(str(resource["digestMultibase"]))
    prefixes = {"sha256": b"\x12\x20", "sha384": b"\x20\x30", "sha512": b"\x13\x40"}
    plain = {name: hashlib.new(name, data).digest() for name in prefixes}
    return given in {*plain.values(), *(prefixes[name] + digest for name, digest in plain.items())}


def _multibase(text: str) -> bytes:
    """Bytes of base58btc (`z`) or base64url (`u`); none when they cannot be read."""
    if text.startswith("u"):
        return base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    return multibase_bytes(text) or b""


def _status_entry(entry: Document) -> None:
    index, size, messages = entry.get("statusListIndex"), entry.get("statusSize", 1), entry.get("statusMessage")
    _must(isinstance(entry.get("statusPurpose"), str), "statusPurpose must be a string.")
    _must(isinstance(index, str) and re.fullmatch(r"0|[1-9][0-9]*", index), "statusListIndex must be digits.")
    _must(is_absolute(entry.get("statusListCredential")), "statusListCredential must be a URL.")
    _must(entry.get("id") != entry.get("statusListCredential"), "The id of an entry is not that of its list.")
    _must(isinstance(size, int) and not isinstance(size, bool) and size > 0, "statusSize must be more than zero.")
    _must(size == 1 or isinstance(messages, list), "statusMessage must be there for a size beyond one.")
    if messages is not None:
        _must(
            isinstance(messages, list) and len(messages) == 2 ** min(size, 20), "statusMessage must tell every value."
        )
        told = all(isinstance(m, dict) and {"status", "message"} <= set(m) for m in messages)
        _must(told, "statusMessage must hold status and message.")


def _status_list(subject: Document) -> None:
    _must(STATUS_LIST in types_of(subject), "The subject must be a BitstringStatusList.")
    _must(all(isinstance(p, str) for p in _listed(subject.get("statusPurpose"))), "statusPurpose must be a string.")
    _must(str(subject.get("encodedList")).startswith("u"), "encodedList must be Multibase base64url.")

"""Checks the signature of a badge of a known shape without reading JSON-LD again (badges.md 3).

The slots are cut out of the text, filled into the template again, and the result must be the text itself, byte for
byte: so what is checked is the text and not a reading of it. Whatever is not exactly the template takes the full way.

    checker = Checker(template, controller)     # for many badges of one shape and issuer
    checker.holds(data)                         # True, False, or None: not this shape, take the full way

`reader(template)` is the same for a document that was read already: it canonicalizes, for `proofs.signature_holds`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials import proofs
from credentials.badge_template import ending, options_hash, options_text, replaced, slots_of
from credentials.base58 import b58decode
from credentials.canonical import canonical
from credentials.compiled import ABSOLUTE, Template, Unsound
from credentials.errors import LossyDocument
from credentials.multikey import ed25519_bytes

Document = dict[str, Any]
_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*')
_PROOF = re.compile(
    rb',"proof":\[\{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","created":"([^"\\]*)",'
    rb'"verificationMethod":"([^"\\]*)","proofPurpose":"assertionMethod","proofValue":"(z[1-9A-HJ-NP-Za-km-z]{80,90})"\}\]\}'
)


def cut(template: Template, data: bytes) -> tuple[dict[str, str], int] | None:
    """The slots of a text, and where its proof begins; None where it cannot be the template.

    Only a proposal: whoever uses it fills the template again and compares.
    """
    place = 0
    slots: dict[str, str] = {}
    for fixed, name in template.parts:
        if name is None:  # the last part, up to the brace that stands after the proof
            return (slots, place + len(fixed)) if data.startswith(fixed, place) else None
        if not data.startswith(fixed, place):
            return None
        found = _STRING.match(data, place + len(fixed))
        assert found is not None  # it matches nothing, too
        place = found.end()
        try:
            slots[name] = json.loads(b'"' + found.group() + b'"') if b"\\" in found.group() else found.group().decode()
        except ValueError:
            return None
    return None


class Checker:
    """Checks badges of one shape by one issuer's keys."""

    def __init__(self, template: Template, controller: Document) -> None:
        self._template = template
        issuer = {"issuer": proofs.issuer_of(template.document(dict.fromkeys(template.names, "")))}
        self._keys: dict[str, Ed25519PublicKey] = {}
        for method in controller.get("verificationMethod", []):
            named = {"verificationMethod": method.get("id")}
            if proofs.key_fault(issuer, named, controller) is None:
                public = ed25519_bytes(method["publicKeyMultibase"])
                assert public is not None  # `key_fault` looked
                self._keys[method["id"]] = Ed25519PublicKey.from_public_bytes(public)

    def holds(self, data: bytes, now: datetime | None = None) -> bool | None:
        """What `proofs.verify` says of the badge; None for a text that is not exactly of this shape."""
        found = cut(self._template, data)
        proof = _PROOF.fullmatch(data, found[1]) if found else None
        if found is None or proof is None:
            return None
        try:
            created, method, value = (group.decode() for group in proof.groups())
            digest, again = self._template.both(found[0])
            options = options_hash(method, created) if ABSOLUTE.fullmatch(method) else b""
        except (Unsound, LossyDocument, ValueError, KeyError):
            return None
        if not options or again + ending(method, created, value) != data:
            return None
        return self._fits(method, created, value, options + digest, now or datetime.now(UTC))

    def _fits(self, method: str, created: str, value: str, hashed: bytes, now: datetime) -> bool:
        key, signature = self._keys.get(method), b58decode(value[1:])  # one text has only one spelling in base58
        moment = proofs.moment(created)
        if (
            key is None
            or len(signature) != proofs.SIGNATURE_BYTES
            or moment is None
            or moment > now + proofs.CLOCKS_DIFFER
        ):
            return False
        try:
            key.verify(signature, hashed)
        except InvalidSignature:
            return False
        return True


def reader(template: Template) -> Callable[[Document], bytes]:
    """The canonical form of badges of one shape, and of the options of their proofs; of all else by the full way.

    For a `canonicalize` of `proofs.signature_holds`. A document fits when all that is not a slot is the same, whatever
    the order of its members, since that order says nothing in RDF.
    """
    shape = _fixed(template.document(dict.fromkeys(template.names, "")), template)

    def canonicalize(document: Document) -> bytes:
        try:
            if document.get("type") == "DataIntegrityProof":
                return options_text(document)
            slots = {name: value for name, value in slots_of(document).items() if name in template.names}
            if set(slots) == set(template.names) and _fixed(document, template) == shape:
                return template.canonical(slots).encode()
        except Unsound:
            pass
        return canonical(document)

    return canonicalize


def _fixed(document: Document, template: Template) -> str:
    """All that is not a slot, as text: in it `true`, `1` and `1.0` differ, which they do not in Python."""
    names = set(template.names)
    fixed = replaced(document, lambda place, value: None if ".".join(place) in names else value)
    return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()

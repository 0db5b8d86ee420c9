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
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials import proofs
from credentials.badge_template import ending, options_hash, options_text, replaced, slots_of
from credentials.base58 import b58decode
from credentials.blocks import keep
from credentials.canonical import canonical
from credentials.compiled import Template, Unsound
from credentials.errors import LossyDocument
from credentials.markers import are_absolute
from credentials.multikey import ed25519_bytes

Document = dict[str, Any]
_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*')
_VALUE = b'"proofValue":"'
_PROOF = re.compile(
    rb',"proof":\[\{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","created":"([^"\\]*)",'
    rb'"verificationMethod":"([^"\\]*)","proofPurpose":"assertionMethod","proofValue":"'
)
_END = b'"}]}'


class Cut(NamedTuple):
    """The values of a text by their order in the template, as they stand in it, and where its proof begins."""

    plain: list[str]
    written: list[bytes]
    end: int


def cut(template: Template, data: bytes) -> Cut | None:
    """What stands in the holes of a text; None where it cannot be the template.

    Only a proposal: whoever uses it fills the template again and compares.
    """
    first, *others = template.unclosed.parts[::2]
    if not data.startswith(first):
        return None
    plain, written, end = [""] * len(template.names), list[bytes](), len(first)
    for fixed, place in zip(others, template.unclosed.places, strict=True):
        start, end = end, data.find(b'"', end)
        if data.find(b"\\", start, end) >= 0:
            end = _STRING.match(data, start).end()  # type: ignore[union-attr]  # it matches nothing, too
        value = data[start:end]
        if end < 0 or not data.startswith(fixed, end):
            return None
        try:
            plain[place] = json.loads(b'"' + value + b'"') if b"\\" in value else value.decode()
        except ValueError:
            return None
        written.append(value)
        end += len(fixed)
    return Cut(plain, written, end)


class _Proof(NamedTuple):
    """What all proofs share that say the same up to their value."""

    options: bytes
    key: Ed25519PublicKey | None
    created: datetime | None


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
        self._proofs: dict[bytes, _Proof | None] = {}

    def holds(self, data: bytes, now: datetime | None = None) -> bool | None:
        """What `proofs.verify` says of the badge; None for a text that is not exactly of this shape."""
        found = cut(self._template, data)
        if found is None or not data.endswith(_END):
            return None
        start = data.find(_VALUE, found.end) + len(_VALUE)
        head = data[found.end : start]
        proof = self._proofs[head] if head in self._proofs else keep(self._proofs, head, self._proof(head))
        if proof is None:
            return None
        try:
            values = self._template.ready(found.plain)
            signature = b58decode(data[start + 1 : -len(_END)].decode("ascii"))  # one text has only one spelling
            again = [values.escaped[place] for place in self._template.unclosed.places]
            if again != found.written or data[start : start + 1] != b"z":
                return None
            digest = self._template.digest_of(values)
        except (Unsound, ValueError):
            return None
        return self._fits(proof, signature, digest, now or datetime.now(UTC))

    def _proof(self, head: bytes) -> _Proof | None:
        """How a proof begins, up to its value; None for one that is not written as ours are."""
        found = _PROOF.fullmatch(head)
        try:
            created, method = (group.decode() for group in found.groups()) if found else ("", "")
            if not are_absolute([method]) or ending(method, created, "") != head + _END:
                return None
            return _Proof(options_hash(method, created), self._keys.get(method), proofs.moment(created))
        except (LossyDocument, ValueError):
            return None

    def _fits(self, proof: _Proof, signature: bytes, digest: bytes, now: datetime) -> bool:
        if (
            proof.key is None
            or len(signature) != proofs.SIGNATURE_BYTES
            or proof.created is None
            or proof.created > now + proofs.CLOCKS_DIFFER
        ):
            return False
        try:
            proof.key.verify(signature, proof.options + digest)
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

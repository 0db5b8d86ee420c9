"""Checks the signature of a badge of a known shape without reading JSON-LD again (badges.md 3).

The slots are cut out of the text, filled into the template again, and the result must be the text itself, byte for
byte: so what is checked is the text and not a reading of it. Whatever is not exactly the template takes the full way.

    checker = Checker(template, controller)     # for many badges of one shape and issuer
    checker.holds(data)                         # True, False, or None: not this shape, take the full way

`Shapes` does the same for documents that were read already, and finds the templates by itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials import proofs
from credentials.badge_template import compiled_badge, ending, options_hash, options_text, replaced, slots_of
from credentials.base58 import b58decode
from credentials.blocks import keep
from credentials.canonical import canonical
from credentials.compiled import Template, Unsound
from credentials.errors import LossyDocument
from credentials.markers import are_absolute
from credentials.multikey import ed25519_bytes

Document = dict[str, Any]
MOST_SHAPES = 64
LIST = "credentialStatus.statusListCredential"  # endorsements of its issuer may be on the same list, so it is no slot
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
    try:
        for fixed, place in zip(others, template.unclosed.places, strict=True):
            start, end = end, data.index(b'"', end)
            value = data[start:end]
            if b"\\" in value:
                end = _STRING.match(data, start).end()  # type: ignore[union-attr]  # it matches nothing, too
                value = data[start:end]
                plain[place] = json.loads(b'"' + value + b'"')
            else:
                plain[place] = value.decode()
            if not data.startswith(fixed, end):
                return None
            written.append(value)
            end += len(fixed)
    except ValueError:
        return None
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


class Shapes:
    """The shapes of badges whose signatures held in this process. The second badge of a shape compiles it.

    For documents that were read already, whatever the order of their members, since that order says nothing in RDF.
    """

    def __init__(self) -> None:
        self._met: dict[bytes, bool] = {}
        self._known: dict[bytes, Template | None] = {}  # None for a shape that always needs the full algorithm

    def signature_holds(self, document: Document, proof: Document, controller: Document) -> bool:
        """As `proofs.signature_holds`."""
        plan = {name: value for name, value in document.items() if name != "proof"}
        shape = _fixed(plan)
        canonicalize = partial(_canonical, self._known.get(shape))
        holds = proofs.signature_holds(document, proof, controller, canonicalize)
        if holds and shape not in self._known:
            self._learn(shape, plan)
        return holds

    def _learn(self, shape: bytes, plan: Document) -> None:
        if shape not in self._met:
            keep(self._met, shape, True, MOST_SHAPES)
            return
        try:
            listed = {name: value for name, value in slots_of(plan).items() if name == LIST}
            template = compiled_badge(plan).specialized(listed)
        except (Unsound, LossyDocument):
            template = None
        keep(self._known, shape, template, MOST_SHAPES)


def _fixed(plan: Document) -> bytes:
    """All that is not a slot, by its hash: in its text `true`, `1` and `1.0` differ, which they do not in Python."""
    fixed = replaced(plan, lambda place, value: value if ".".join(place) == LIST else None)
    return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).digest()


def _canonical(template: Template | None, document: Document) -> bytes:
    """The canonical form of a badge of this shape and of the options of its proof; of all else by the full way."""
    try:
        if document.get("type") == "DataIntegrityProof":
            return options_text(document)
        slots = slots_of(document) if template is not None and "proof" not in document else {}
        if template is not None and slots.keys() - {LIST} == set(template.names):
            return template.canonical(slots).encode()
    except Unsound:
        pass
    return canonical(document)

"""Data Integrity proofs (VC Data Integrity 1.0, EdDSA Cryptosuites 1.0): add one, check one, check a set or a chain.

We sign with `eddsa-rdfc-2022`; `eddsa-jcs-2022` of others is checked too. Every fault is a sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials import keys
from credentials.base58 import b58decode, b58encode
from credentials.canonical import canonical
from credentials.models import SigningKey

Document = dict[str, Any]
Sentence = str | Promise
SUITE, JCS_SUITE = "eddsa-rdfc-2022", "eddsa-jcs-2022"
MOST_PROOFS = 8
SIGNATURE_BYTES = 64
CLOCKS_DIFFER = timedelta(minutes=5)
# Points of small order: anybody can make signatures that they verify (RFC 8032, section 8.9; all encodings of them).
WEAK_KEYS = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)


def stamp(moment: datetime) -> str:
    """A moment in UTC, to the second, with `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(value: Any) -> datetime | None:
    """A date with time and zone, or None."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo and "T" in value else None


def _hash_data(document: Document, options: Document, canonicalize: Callable[[Document], bytes]) -> bytes:
    """SHA-256 of the proof options followed by SHA-256 of the document (sections 3.2.4 and 3.3.4)."""
    if options.get("cryptosuite") == JCS_SUITE:
        return hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()
    with_context = {**options, "@context": document["@context"]}
    return hashlib.sha256(canonicalize(with_context)).digest() + hashlib.sha256(canonicalize(document)).digest()


def sign(document: Document, key: SigningKey, *, created: datetime) -> Document:
    """The document with its proof. The document itself must not carry one."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": stamp(created),
        "verificationMethod": keys.method_of(key),
        "proofPurpose": "assertionMethod",
    }
    signature = keys.sign_bytes(key, _hash_data(document, options, canonical))
    return {**document, "proof": [{**options, "proofValue": "z" + b58encode(signature)}]}


def proofs_of(document: Document) -> list[Document]:
    """The proofs of a document; empty when it has none that can be looked at."""
    found = document.get("proof")
    listed = found if isinstance(found, list) else [found]
    proofs = [proof for proof in listed if isinstance(proof, dict)]
    return proofs if len(proofs) == len(listed) <= MOST_PROOFS else []


def form_fault(proof: Document, now: datetime) -> Sentence | None:
    """What is wrong with a proof before its key is looked up, or None."""
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") not in {SUITE, JCS_SUITE}:
        return _("Its signature is of a kind that is not used for badges here.")
    if proof.get("proofPurpose") != "assertionMethod":
        return _("Its signature was made for another purpose than to state something.")
    created = moment(proof.get("created")) if "created" in proof else now
    if created is None or created > now + CLOCKS_DIFFER:
        return _("Its signature carries a date that is not possible.")
    expires = moment(proof.get("expires")) if "expires" in proof else now
    if expires is None or expires < now:
        return _("Its signature has expired.")
    return None


def issuer_of(document: Document) -> str:
    """The id of the issuer, which may stand in an object or alone."""
    issuer = document.get("issuer")
    return str(issuer.get("id") if isinstance(issuer, dict) else issuer)


def key_fault(document: Document, proof: Document, controller: Document) -> Sentence | None:
    """Why the key of a proof may not speak for the issuer, or None (badges.md 2.13)."""
    method = _method(proof, controller)
    if method is None or proof.get("verificationMethod") not in _assertion_methods(controller):
        return _("The issuer does not list the key that signed it.")
    if not issuer_of(document) == controller.get("id") == method.get("controller"):
        return _("The key that signed it belongs to somebody else than its issuer.")
    if _public(method) is None:
        return _("The key that signed it is not a proper Ed25519 key.")
    return None


def _method(proof: Document, controller: Document) -> Document | None:
    methods = controller.get("verificationMethod")
    found = [m for m in methods if isinstance(m, dict)] if isinstance(methods, list) else []
    named = proof.get("verificationMethod")
    return next((method for method in found if isinstance(named, str) and method.get("id") == named), None)


def _assertion_methods(controller: Document) -> list[str]:
    listed = controller.get("assertionMethod")
    return [entry for entry in listed if isinstance(entry, str)] if isinstance(listed, list) else []


def _public(method: Document) -> bytes | None:
    """The 32 bytes of a Multikey, or None for one that is malformed or weak."""
    text = method.get("publicKeyMultibase")
    if method.get("type") != "Multikey" or not isinstance(text, str) or not text.startswith("z"):
        return None
    raw = multibase_bytes(text)
    if raw is None or len(raw) != 34 or not raw.startswith(keys.MULTICODEC_ED25519):
        return None
    public = raw.removeprefix(keys.MULTICODEC_ED25519)
    return None if public in WEAK_KEYS else public


def multibase_bytes(text: Any) -> bytes | None:
    """Bytes of base58btc with its `z`; None unless these are the only letters that spell them."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 200:
        return None
    try:
        raw = b58decode(text[1:])
    except ValueError:
        return None
    return raw if "z" + b58encode(raw) == text else None


def signature_holds(
    document: Document, proof: Document, controller: Document, canonicalize: Callable[[Document], bytes] = canonical
) -> bool:
    """True when the signature fits document, options and key. Ask `form_fault` and `key_fault` first.

    A proof of a chain covers the proofs that it names, so these are put back before it is checked (section 2.1.2).
    """
    before = _previous(document, proof)
    method, value = _method(proof, controller), proof.get("proofValue")
    public = _public(method) if method else None
    signature = multibase_bytes(value) if isinstance(value, str) and value.startswith("z") else None
    if before is None or public is None or signature is None or len(signature) != SIGNATURE_BYTES:
        return False
    covered = {name: inner for name, inner in document.items() if name != "proof"}
    if before:
        covered["proof"] = before
    options = {name: inner for name, inner in proof.items() if name != "proofValue"}
    try:
        hashed = _hash_data(covered, options, canonicalize)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, hashed)
    except (InvalidSignature, ValueError, rfc8785.CanonicalizationError):
        return False
    return True


def _previous(document: Document, proof: Document) -> list[Document] | None:
    """The proofs that a proof of a chain builds on; None when one of them is missing or it names itself."""
    if "previousProof" not in proof:
        return []
    named = proof["previousProof"]
    wanted = named if isinstance(named, list) else [named]
    found = [other for other in proofs_of(document) if other is not proof and other.get("id") in wanted]
    return found if wanted and len(found) == len(wanted) else None


def verify(document: Document, controller: Document, canonicalize: Callable[[Document], bytes] = canonical) -> bool:
    """True when there are proofs and every one of them holds. False for all else."""
    now = datetime.now(UTC)
    found = proofs_of(document)
    return bool(found) and all(
        form_fault(proof, now) is None
        and key_fault(document, proof, controller) is None
        and signature_holds(document, proof, controller, canonicalize)
        for proof in found
    )

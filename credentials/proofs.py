"""Data Integrity proofs (VC Data Integrity 1.0, EdDSA Cryptosuites 1.0): add one, check one, check a set or a chain.

We sign badges with `eddsa-rdfc-2022`; `eddsa-jcs-2022` is signed and checked too. Every fault is a sentence. Nothing
here knows the database or the settings: who signs comes in as a `CanSign`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.functional import Promise

from credentials.base58 import b58encode
from credentials.canonical import canonical
from credentials.errors import BrokenChain
from credentials.multikey import ed25519_bytes, multibase_bytes
from credentials.signers import CanSign
from people.words import lazy_text as _

Document = dict[str, Any]
Sentence = str | Promise
SUITE, JCS_SUITE = "eddsa-rdfc-2022", "eddsa-jcs-2022"
MOST_PROOFS = 8
SIGNATURE_BYTES = 64
CLOCKS_DIFFER = timedelta(minutes=5)


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


def hash_data(document: Document, options: Document, canonicalize: Callable[[Document], bytes]) -> bytes:
    """SHA-256 of the proof options followed by SHA-256 of the document (sections 3.2.4 and 3.3.4)."""
    if options.get("cryptosuite") == JCS_SUITE:
        return hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()
    with_context = {**options, "@context": document["@context"]}
    return hashlib.sha256(canonicalize(with_context)).digest() + hashlib.sha256(canonicalize(document)).digest()


def sign(
    document: Document,
    signer: CanSign,
    *,
    created: datetime,
    suite: str = SUITE,
    named: str = "",
    after: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
    canonicalize: Callable[[Document], bytes] = canonical,
) -> Document:
    """The document with one proof more; proofs that it has already stay beside it, and make a set (section 2.1.1).

    `named` is an address for this proof. `after` are the addresses of earlier proofs that it covers, which makes a
    chain (section 2.1.2). `more` are further options: purpose, challenge and domain of a presentation.

    Raises `LossyDocument`, and `BrokenChain` when an earlier proof is not there.
    """
    options: Document = {"id": named} if named else {}
    options |= {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": stamp(created),
        "verificationMethod": signer.method,
        "proofPurpose": "assertionMethod",
        **(more or {}),
    }
    if after:
        options["previousProof"] = after[0] if len(after) == 1 else list(after)
    if suite == JCS_SUITE:
        options["@context"] = document["@context"]
    covered = _covered(document, options)
    if covered is None:
        raise BrokenChain
    signature = signer.sign(hash_data(covered, options, canonicalize))
    proof = {**options, "proofValue": "z" + b58encode(signature)}
    return {**document, "proof": [*proofs_of(document), proof]}


def proofs_of(document: Document) -> list[Document]:
    """The proofs of a document; empty when it has none that can be looked at."""
    found = document.get("proof")
    listed = found if isinstance(found, list) else [found]
    proofs = [proof for proof in listed if isinstance(proof, dict)]
    return proofs if len(proofs) == len(listed) <= MOST_PROOFS else []


def form_fault(proof: Document, now: datetime, purpose: str = "assertionMethod") -> Sentence | None:
    """What is wrong with a proof before its key is looked up, or None."""
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") not in (SUITE, JCS_SUITE):
        return _("Its signature is of a kind that is not used for badges here.")
    if proof.get("proofPurpose") != purpose:
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
    fault = method_fault(proof, controller)
    if fault is None and issuer_of(document) != controller.get("id"):
        return _("The key that signed it belongs to somebody else than its issuer.")
    return fault


def method_fault(proof: Document, controller: Document, purpose: str = "assertionMethod") -> Sentence | None:
    """Why a controller's document does not let the key of a proof speak for it, or None."""
    method = _method(proof, controller)
    if method is None or proof.get("verificationMethod") not in methods_for(controller, purpose):
        return _("The issuer does not list the key that signed it.")
    if controller.get("id") != method.get("controller"):
        return _("The key that signed it belongs to somebody else than its issuer.")
    if _public(method) is None:
        return _("The key that signed it is not a proper Ed25519 key.")
    return None


def _method(proof: Document, controller: Document) -> Document | None:
    methods = controller.get("verificationMethod")
    found = [m for m in methods if isinstance(m, dict)] if isinstance(methods, list) else []
    named = proof.get("verificationMethod")
    return next((method for method in found if isinstance(named, str) and method.get("id") == named), None)


def methods_for(controller: Document, purpose: str) -> list[str]:
    """The keys that a controller lists for a purpose, by their address."""
    listed = controller.get(purpose)
    return [entry for entry in listed if isinstance(entry, str)] if isinstance(listed, list) else []


def _public(method: Document) -> bytes | None:
    """The 32 bytes of a Multikey, or None for one that is malformed or weak."""
    return ed25519_bytes(method.get("publicKeyMultibase")) if method.get("type") == "Multikey" else None


def signature_holds(
    document: Document, proof: Document, controller: Document, canonicalize: Callable[[Document], bytes] = canonical
) -> bool:
    """True when the signature fits document, options and key. Ask `form_fault` and `key_fault` first.

    A proof of a chain covers the proofs that it names, so these are put back before it is checked (section 2.1.2).
    """
    covered = _covered(document, proof)
    method = _method(proof, controller)
    public, signature = _public(method) if method else None, multibase_bytes(proof.get("proofValue"))
    if covered is None or public is None or signature is None or len(signature) != SIGNATURE_BYTES:
        return False
    options = {name: inner for name, inner in proof.items() if name != "proofValue"}
    try:
        hashed = hash_data(covered, options, canonicalize)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, hashed)
    except (InvalidSignature, ValueError, rfc8785.CanonicalizationError):
        return False
    return True


def _covered(document: Document, proof: Document) -> Document | None:
    """What a proof signs: the document with those proofs that it builds on; None where one of them is missing.

    A proof of the suite without RDF may carry contexts of its own. They must be the document's: others would let a
    context be added after the signature, and the same words would mean something else.
    """
    if "@context" in proof and proof["@context"] != document.get("@context"):
        return None
    covered = {name: inner for name, inner in document.items() if name != "proof"}
    before = _previous(document, proof)
    if before is None:
        return None
    return {**covered, "proof": before} if before else covered


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

"""Data Integrity proofs with `eddsa-rdfc-2022` (EdDSA Cryptosuites 1.0, section 3.2): add one, check one."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials import keys
from credentials.base58 import b58decode, b58encode
from credentials.canonical import canonical
from credentials.models import SigningKey

SUITE = "eddsa-rdfc-2022"


def stamp(moment: datetime) -> str:
    """A moment in UTC, to the second, with `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hash_data(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """SHA-256 of the proof options followed by SHA-256 of the document (section 3.2.4)."""
    with_context = {"@context": document["@context"], **options}
    return hashlib.sha256(canonical(with_context)).digest() + hashlib.sha256(canonical(document)).digest()


def sign(document: dict[str, Any], key: SigningKey, *, created: datetime) -> dict[str, Any]:
    """The document with its proof. The document itself must not carry one."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": stamp(created),
        "verificationMethod": keys.method_of(key),
        "proofPurpose": "assertionMethod",
    }
    signature = keys.sign_bytes(key, _hash_data(document, options))
    return {**document, "proof": [{**options, "proofValue": "z" + b58encode(signature)}]}


def verify(document: dict[str, Any], did_document: dict[str, Any]) -> bool:
    """True when every proof is by a key that the issuer lists for assertions. False for all else."""
    proofs = document.get("proof")
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    if not isinstance(proofs, list) or not proofs:
        return False
    return all(isinstance(proof, dict) and _holds(unsigned, proof, did_document) for proof in proofs)


def _holds(unsigned: dict[str, Any], proof: dict[str, Any], did_document: dict[str, Any]) -> bool:
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if options.get("cryptosuite") != SUITE or options.get("proofPurpose") != "assertionMethod":
        return False
    method = options.get("verificationMethod")
    issuer = unsigned.get("issuer")
    issuer_id = issuer.get("id") if isinstance(issuer, dict) else issuer
    listed = {m["id"]: m for m in did_document.get("verificationMethod", [])}
    if method not in did_document.get("assertionMethod", []) or method not in listed:
        return False
    if not issuer_id == did_document.get("id") == listed[method].get("controller"):
        return False
    try:
        raw = b58decode(listed[method]["publicKeyMultibase"].removeprefix("z"))
        signature = b58decode(str(proof.get("proofValue", "")).removeprefix("z"))
        Ed25519PublicKey.from_public_bytes(raw.removeprefix(keys.MULTICODEC_ED25519)).verify(
            signature, _hash_data(unsigned, options)
        )
    except (InvalidSignature, ValueError):
        return False
    return True

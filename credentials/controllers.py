"""Who speaks for an issuer: the controller document of did:key follows from its name; others come from the lookup."""

from __future__ import annotations

from typing import Any

from credentials.outcomes import Lookup

_KEY = "did:key:"


def controller_of(did: str, lookup: Lookup) -> dict[str, Any] | None:
    """The controller document of an issuer, or None when it is not at hand."""
    if not did.startswith(_KEY):
        return lookup.did_document(did)
    multibase = did.removeprefix(_KEY)
    method = method_of(did)
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [{"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}],
        "assertionMethod": [method],
        "authentication": [method],
    }


def did_key(multikey: str) -> str:
    """The did:key of a public key in its Multikey form; Ed25519 begins with `z6Mk`, P-256 with `zDn`."""
    return _KEY + multikey


def method_of(did: str) -> str:
    """The address of the one verification method of a did:key."""
    return f"{did}#{did.removeprefix(_KEY)}"

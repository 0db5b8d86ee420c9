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
    method = f"{did}#{multibase}"
    return {
        "id": did,
        "verificationMethod": [{"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}],
        "assertionMethod": [method],
    }

"""Signatures of an organization over plain bytes: for checkpoints of the ledger, which are no credentials."""

from __future__ import annotations

from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Q

from credentials import keys
from credentials.base58 import b58decode, b58encode
from credentials.models import SigningKey
from credentials.multikey import ed25519_bytes
from people.models import Organization


def attest(organization: Organization, data: bytes) -> dict[str, str]:
    """The organization's signature over these bytes, by its checkpoint key, which is made at the first call."""
    key = keys.ensure_key(organization, SigningKey.Purpose.CHECKPOINTS)
    return {"method": keys.method_of(key), "value": "z" + b58encode(keys.sign_bytes(key, data))}


def holds(organization: Organization, signature: dict[str, str], data: bytes, *, at: datetime) -> bool:
    """True when a checkpoint key of this organization signed these bytes, before it was compromised if ever it was.

    `at` is a date that the bytes themselves state. Who has the key can state an earlier one, but not slip it into the
    chain before checkpoints that are kept outside.
    """
    own = organization.signing_keys.filter(purpose=SigningKey.Purpose.CHECKPOINTS)
    for key in own.filter(Q(compromised_since=None) | Q(compromised_since__gt=at)):
        if keys.method_of(key) != signature.get("method"):
            continue
        public = ed25519_bytes(key.public_multibase) or b""
        try:
            value = b58decode(signature.get("value", "z")[1:])
            Ed25519PublicKey.from_public_bytes(public).verify(value, data)
        except (InvalidSignature, ValueError):
            return False
        return True
    return False


def ready(organization: Organization) -> None:
    """See to it that the organization has a checkpoint key, so that its list of keys names the one that signs."""
    keys.ensure_key(organization, SigningKey.Purpose.CHECKPOINTS)


def signer_of(organization: Organization) -> str:
    """The DID under which the organization attests."""
    return keys.did_of(organization)

"""A learner's badges of one issuer in one signed document: ClrCredential, Comprehensive Learner Record 2.0.

The badges inside keep their own signatures and their own status. The record adds that, as its issuer says, they belong
to one learner; it has no status of its own, so that nothing about a badge can be true inside it and false outside.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from credentials import documents, keys, proofs
from credentials.actions import read_back
from credentials.canonical import LEARNER_RECORD, OPEN_BADGES, V2
from credentials.models import Credential, SigningKey
from people.models import Organization, User

Document = dict[str, Any]


def composed(
    *, issuer: Organization, name: str, identities: list[Document], badges: Sequence[Document], valid_from: datetime
) -> Document:
    """An unsigned ClrCredential; the order of its contexts is the standard's."""
    return {
        "@context": [V2, LEARNER_RECORD, OPEN_BADGES],
        "id": f"urn:uuid:{uuid4()}",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": name,
        "issuer": documents.profile(issuer),
        "validFrom": proofs.stamp(valid_from),
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": identities,
            "verifiableCredential": list(badges),
        },
    }


def gathered(credential: Credential) -> list[Document]:
    """Every badge that the earner of this one accepted from the same issuer and that is valid today, oldest first."""
    rows = Credential.objects.filter(
        recipient=credential.recipient,
        issuer=credential.issuer,
        status=Credential.Status.ISSUED,
        acceptance=Credential.Acceptance.ACCEPTED,
    )
    return [dict(row.document) for row in rows.order_by("pk") if row.document is not None]


def issue(*, issuer: Organization, recipient: User, name: str, badges: Sequence[Document]) -> Document:
    """Sign a record of this person's badges, with the mail address sealed anew."""
    identity = documents.hashed_identity(recipient.email, secrets.token_hex(16))
    return sign(issuer=issuer, name=name, identities=[identity], badges=badges)


def sign(*, issuer: Organization, name: str, identities: list[Document], badges: Sequence[Document]) -> Document:
    """Sign a record with the issuer's key, and read it back with a second implementation."""
    now = timezone.now()
    unsigned = composed(issuer=issuer, name=name, identities=identities, badges=badges, valid_from=now)
    key = keys.active_key(issuer, SigningKey.Purpose.BADGES)
    signed = proofs.sign(unsigned, keys.signer(key), created=now)
    read_back(signed, issuer)
    return signed

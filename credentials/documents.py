"""Composes Open Badges 3.0 documents from plain values: profile, achievement, badge, endorsement.

Canonical JSON form (badges.md 1.3): what may be many is an array; no nulls and no empty arrays.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings

from credentials.canonical import OPEN_BADGES, V2
from credentials.keys import did_of
from credentials.proofs import stamp
from people.models import Organization


def profile(organization: Organization) -> dict[str, Any]:
    """The issuer of a credential as a Profile object."""
    filled = {
        "id": did_of(organization),
        "type": ["Profile"],
        "name": organization.name_en or organization.name_fr,
        "url": organization.url,
    }
    return {name: value for name, value in filled.items() if value}


def hashed_identity(email: str, salt: str) -> dict[str, Any]:
    """A mail address as salted hash (IdentityObject, Open Badges 3.0 B.1.13): `sha256$` + hex of identity + salt."""
    digest = hashlib.sha256((email.lower() + salt).encode()).hexdigest()
    return {
        "type": ["IdentityObject"],
        "identityHash": f"sha256${digest}",
        "identityType": "emailAddress",
        "hashed": True,
        "salt": salt,
    }


def endorsement(
    *,
    address: str,
    issuer: Organization,
    name: str,
    achievement_url: str,
    comment: str,
    snapshot_url: str,
    snapshot_digest: str,
    valid_from: datetime,
    valid_until: datetime,
    status: dict[str, Any],
) -> dict[str, Any]:
    """An unsigned EndorsementCredential bound to the digest of the exact snapshot (badges.md 1.9)."""
    subject = {"id": achievement_url, "type": ["EndorsementSubject"], "endorsementComment": comment}
    return {
        "@context": [V2, OPEN_BADGES],
        "id": address,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": name,
        "issuer": profile(issuer),
        "validFrom": stamp(valid_from),
        "validUntil": stamp(valid_until),
        "credentialSubject": {key: value for key, value in subject.items() if value},
        "relatedResource": [{"id": snapshot_url, "digestMultibase": multibase_digest(snapshot_digest)}],
        "credentialStatus": status,
    }


def multibase_digest(digest: str) -> str:
    """`sha256:<hex>` as Multibase base64url of the Multihash (VC Data Model 2.0, section 5.3)."""
    import base64

    raw = b"\x12\x20" + bytes.fromhex(digest.removeprefix("sha256:"))
    return "u" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def badge(
    *,
    address: str,
    issuer: Organization,
    achievement: dict[str, Any],
    identity: dict[str, Any],
    results: list[dict[str, Any]],
    awarded_at: datetime,
    valid_from: datetime,
    valid_until: datetime | None,
    status: dict[str, Any],
    endorsements: list[dict[str, Any]],
) -> dict[str, Any]:
    """An unsigned OpenBadgeCredential with its endorsements embedded in the achievement."""
    embedded = {**achievement, **({"endorsement": endorsements} if endorsements else {})}
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "identifier": [identity],
        "achievement": embedded,
    }
    if results:
        subject["result"] = results
    return {
        "@context": [V2, OPEN_BADGES],
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement["name"],
        "issuer": profile(issuer),
        "awardedDate": stamp(awarded_at),
        "validFrom": stamp(valid_from),
        **({"validUntil": stamp(valid_until)} if valid_until else {}),
        "credentialSubject": subject,
        "credentialStatus": status,
    }


def address(kind: str, public_id: object) -> str:
    """The public address of a thing: kind is achievements, badges, endorsements or status."""
    return f"{settings.BASE_URL}/{kind}/{public_id}"

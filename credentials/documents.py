"""Composes Open Badges 3.0 documents from plain values: profile, achievement, badge, endorsement.

Canonical JSON form (badges.md 1.3): what may be many is an array; no nulls and no empty arrays.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from credentials import claims
from credentials.canonical import OPEN_BADGES, V2
from credentials.claims import multibase_digest
from credentials.keys import did_of
from credentials.proofs import stamp
from people.models import Organization

_ABOVE = re.compile(r"/achievements/[0-9a-f-]{36}(?=/endorsements/)")


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
    """A mail address as salted hash: `sha256$` + hex of identity + salt.

    The type of an IdentityObject, like that of an Image, is one word and no list (Open Badges 3.0, B.1.12, B.1.13).
    """
    digest = hashlib.sha256((email.lower() + salt).encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "identityHash": f"sha256${digest}",
        "identityType": "emailAddress",
        "hashed": True,
        "salt": salt,
    }


def shown_name(name: str) -> dict[str, Any]:
    """A name that the earner wants to be read in the badge."""
    return {"type": "IdentityObject", "identityHash": name, "identityType": "name", "hashed": False}


def image(address: str, caption: str) -> dict[str, Any]:
    """A picture, with what it shows in words where somebody wrote them."""
    return {"id": address, "type": "Image", **({"caption": caption} if caption else {})}


def endorsement(
    *,
    address: str,
    issuer: Organization,
    kind: str,
    name: str,
    achievement_url: str,
    comment: str,
    resources: list[dict[str, Any]],
    valid_from: datetime,
    valid_until: datetime,
    status: dict[str, Any],
) -> dict[str, Any]:
    """An unsigned EndorsementCredential bound to the digests of what was endorsed (badges.md 1.9).

    What it claims stands as an absolute IRI beside the types, since no context of our own is allowed.
    """
    subject = {"id": achievement_url, "type": ["EndorsementSubject"], "endorsementComment": comment}
    return {
        "@context": [V2, OPEN_BADGES],
        "id": address,
        "type": ["VerifiableCredential", "EndorsementCredential", claim(kind)],
        "name": name,
        "issuer": profile(issuer),
        "validFrom": stamp(valid_from),
        "validUntil": stamp(valid_until),
        "credentialSubject": {key: value for key, value in subject.items() if value},
        "relatedResource": resources,
        "credentialStatus": status,
    }


def claim(kind: str) -> str:
    """The IRI of what an endorsement claims: demand, job_performance or quality_approval."""
    return claims.term(settings.BASE_URL, kind)


def snapshot_resources(achievement_url: str, digest: str, facets: Mapping[str, str]) -> list[dict[str, Any]]:
    """The exact snapshot, and each facet of it that is covered, with their digests (VC Data Model 2.0, section 5.3)."""
    url = f"{achievement_url}/snapshots/{digest.removeprefix('sha256:')}"
    return [
        {"id": url, "digestMultibase": multibase_digest(digest)},
        *(
            {"id": f"{url}#{facet}", "digestMultibase": multibase_digest(covered)}
            for facet, covered in sorted(facets.items())
        ),
    ]


def badge(
    *,
    address: str,
    issuer: Organization,
    achievement: dict[str, Any],
    identities: list[dict[str, Any]],
    results: list[dict[str, Any]],
    evidence: list[dict[str, Any]],
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
        "identifier": identities,
        "achievement": embedded,
        **({"result": results} if results else {}),
    }
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
        **({"evidence": evidence} if evidence else {}),
        "credentialStatus": status,
    }


def statement(
    *,
    address: str,
    issuer: Organization,
    name: str,
    description: str,
    achievement: dict[str, Any],
    identities: list[dict[str, Any]],
    results: list[dict[str, Any]],
    valid_from: datetime,
) -> dict[str, Any]:
    """An unsigned statement of results: a verifiable credential that is not a badge and does not look like one."""
    return {
        "@context": [V2, OPEN_BADGES],
        "id": address,
        "type": ["VerifiableCredential"],
        "name": name,
        "description": description,
        "issuer": profile(issuer),
        "validFrom": stamp(valid_from),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": identities,
            "achievement": achievement,
            "result": results,
        },
    }


def endorsement_address(achievement_url: str, public_id: object) -> str:
    """The public address of an endorsement, below what it endorses.

    There it sorts before every badge in canonical form: with five of them in a badge that is a third of its text,
    hashed once for all badges of a version.
    """
    return f"{achievement_url}/endorsements/{public_id}"


def at_root(url: str) -> str:
    """An address with the achievement above an endorsement left out: so the first endorsements were addressed."""
    return _ABOVE.sub("", url, count=1)


def address(kind: str, public_id: object) -> str:
    """The public address of a thing: kind is achievements, badges, endorsements, statements or status."""
    return f"{settings.BASE_URL}/{kind}/{public_id}"

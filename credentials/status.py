"""Bitstring Status Lists (Bitstring Status List 1.0): take an unused index; rebuild and sign a list from its rows."""

from __future__ import annotations

import base64
import gzip
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from credentials import keys, proofs
from credentials.canonical import V2
from credentials.models import SigningKey, StatusEntry, StatusList
from people.models import Organization

TTL_MILLISECONDS = 60_000
SIGNED_ANEW = timedelta(days=1)
FULLEST = 0.5  # beyond this a new list is begun, so that a random index is found at once


def list_url(status_list: StatusList) -> str:
    """The public address of a list."""
    return f"{settings.BASE_URL}/status/{status_list.public_id}"


def allocate(issuer: Organization) -> StatusEntry:
    """A random unused index in the caller's transaction; two callers wait for each other on the list's row."""
    lists = StatusList.objects.select_for_update().filter(issuer=issuer, purpose="revocation")
    status_list = lists.order_by("-pk").first()
    if status_list is None or status_list.entries.count() > status_list.size * FULLEST:
        status_list = StatusList.objects.create(issuer=issuer)
    while True:
        index = secrets.randbelow(status_list.size)
        if not status_list.entries.filter(index=index).exists():
            return StatusEntry.objects.create(status_list=status_list, index=index)


def entry_document(entry: StatusEntry) -> dict[str, Any]:
    """The `credentialStatus` member of a credential: one object, its index as a string (badges.md 4.18)."""
    url = list_url(entry.status_list)
    return {
        "id": f"{url}#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": entry.status_list.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": url,
    }


def encoded(size: int, indices: list[int]) -> str:
    """`u` + base64url(gzip(bits)), index 0 being the left-most bit (section 3.2)."""
    bits = bytearray(size // 8)
    for index in indices:
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), 6, mtime=0)).decode().rstrip("=")


def current(status_list: StatusList) -> dict[str, Any]:
    """The published document, rebuilt first when a row changed since or a day has passed since it was signed.

    So a list is never behind its rows, whichever process changed them, and needs no worker to be true (badges.md 4.18).
    """
    document: dict[str, Any] | None = status_list.document
    if document is None or status_list.published_at is None:
        return _published(status_list)
    revoked = list(status_list.entries.filter(revoked=True).values_list("index", flat=True))
    changed = document["credentialSubject"]["encodedList"] != encoded(status_list.size, revoked)
    old = timezone.now() - status_list.published_at > SIGNED_ANEW
    return _published(status_list) if changed or old else document


def _published(status_list: StatusList) -> dict[str, Any]:
    document: dict[str, Any] | None = publish(status_list).document
    assert document is not None
    return document


@transaction.atomic
def publish(status_list: StatusList) -> StatusList:
    """Rebuild a list from its rows and sign it; its sequence rises."""
    locked = StatusList.objects.select_for_update().get(pk=status_list.pk)
    revoked = list(locked.entries.filter(revoked=True).values_list("index", flat=True))
    url, now = list_url(locked), timezone.now()
    key = keys.ensure_key(locked.issuer, SigningKey.Purpose.STATUS)
    document = {
        "@context": [V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": keys.did_of(locked.issuer),
        "validFrom": proofs.stamp(now),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": locked.purpose,
            "encodedList": encoded(locked.size, revoked),
            "ttl": TTL_MILLISECONDS,
        },
    }
    locked.document = proofs.sign(document, key, created=now)
    locked.sequence += 1
    locked.published_at = now
    locked.save()
    return locked

"""Bitstring Status Lists (Bitstring Status List 1.0): take an unused index; rebuild and sign a list from its rows."""

from __future__ import annotations

import base64
import gzip
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from credentials import keys, proofs
from credentials.canonical import V2
from credentials.models import Credential, SigningKey, StatusEntry, StatusList
from people.models import Organization

SECONDS_KEPT = 60  # how long a reader may keep a list: its `ttl`, and Cache-Control of the page that serves it
SIGNED_ANEW = timedelta(days=1)
FULLEST = 0.5  # beyond this a new list is begun, so that a random index is found at once


def list_url(status_list: StatusList) -> str:
    """The public address of a list."""
    return f"{settings.BASE_URL}/status/{status_list.public_id}"


def suspensions_url(status_list: StatusList) -> str:
    """The address of the second list, of purpose suspension, with the same indices (badges.md 4.20)."""
    return f"{list_url(status_list)}/suspensions"


def open_list(issuer: Organization) -> StatusList:
    """The list that new indices come from, locked; a new one is begun when there is none or it is half full."""
    lists = StatusList.objects.select_for_update().filter(issuer=issuer, purpose="revocation")
    status_list = lists.order_by("-pk").first()
    if status_list is None or status_list.entries.count() > status_list.size * FULLEST:
        status_list = StatusList.objects.create(issuer=issuer)
        _publish_after_commit(status_list.pk)
    return status_list


def allocate(issuer: Organization) -> StatusEntry:
    """A random unused index in the caller's transaction; two callers wait for each other on the list's row."""
    status_list = open_list(issuer)
    while True:
        index = secrets.randbelow(status_list.size)
        if not status_list.entries.filter(index=index).exists():
            return StatusEntry.objects.create(status_list=status_list, index=index)


def changed(status_list_id: int) -> None:
    """Count, in the transaction of the change, that a row of a list changed; it is published after the commit.

    Not in the same transaction: a revocation must never fail because nothing can be signed. What is not published at
    once is published by the minute job or at the next reading.
    """
    StatusList.objects.filter(pk=status_list_id).update(changes=F("changes") + 1)
    _publish_after_commit(status_list_id)


def _publish_after_commit(status_list_id: int) -> None:
    transaction.on_commit(partial(publish_due, only=[status_list_id]), robust=True)


def revoke(entry: StatusEntry) -> None:
    """Set one bit, for ever."""
    StatusEntry.objects.filter(pk=entry.pk).update(revoked=True)
    entry.revoked = True
    changed(entry.status_list_id)


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


def current(status_list: StatusList) -> StatusList:
    """The list with its documents true to its rows: rebuilt first when a row changed, or a day after it was signed.

    So a list needs no worker to be true (badges.md 4.18).
    """
    old = status_list.published_at is not None and timezone.now() - status_list.published_at > SIGNED_ANEW
    return publish(status_list) if status_list.due or old else status_list


def publish_due(*, only: Collection[int] | None = None) -> int:
    """Publish every list whose rows changed, or those of `only`; how many. For the minute job; safe to run twice."""
    due = StatusList.objects.filter(Q(published_at=None) | ~Q(changes=F("shown"))).order_by("pk")
    lists = list(due if only is None else due.filter(pk__in=only))
    for status_list in lists:
        publish(status_list)
    return len(lists)


def publish(status_list: StatusList) -> StatusList:
    """Rebuild a list and its list of suspensions from the rows and sign them; the sequence rises.

    Nothing is locked while it signs, so that no revocation waits for a signature. The count of changes is read before
    the rows: every change that it counts has committed and is seen. Whoever publishes first wins; the other looks
    whether that shows all that it knows, and else begins anew.
    """
    while True:
        fresh = StatusList.objects.select_related("issuer").get(pk=status_list.pk)
        now = timezone.now()
        values = {
            "document": _signed(fresh, now, list_url(fresh), "revocation", _revoked(fresh)),
            "suspensions": _signed(fresh, now, suspensions_url(fresh), "suspension", _suspended(fresh)),
            "published_at": now,
            "shown": fresh.changes,
            "sequence": fresh.sequence + 1,
        }
        if StatusList.objects.filter(pk=fresh.pk, sequence=fresh.sequence).update(**values):
            break
        if StatusList.objects.filter(pk=fresh.pk, shown__gte=fresh.changes).exists():
            break
    return StatusList.objects.select_related("issuer").get(pk=status_list.pk)


def _revoked(status_list: StatusList) -> list[int]:
    return list(status_list.entries.filter(revoked=True).values_list("index", flat=True))


def _suspended(status_list: StatusList) -> list[int]:
    suspended = status_list.entries.filter(credential__status=Credential.Status.SUSPENDED)
    return list(suspended.values_list("index", flat=True))


def _signed(status_list: StatusList, now: datetime, url: str, purpose: str, indices: list[int]) -> dict[str, Any]:
    key = keys.ensure_key(status_list.issuer, SigningKey.Purpose.STATUS)
    document = {
        "@context": [V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        # Signed, so that an older list is known as older (H25).
        "name": f"{purpose} {status_list.sequence + 1}",
        "issuer": keys.did_of(status_list.issuer),
        "validFrom": proofs.stamp(now),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded(status_list.size, indices),
            "ttl": SECONDS_KEPT * 1000,
        },
    }
    return proofs.sign(document, key, created=now)

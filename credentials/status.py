"""Bitstring Status Lists (Bitstring Status List 1.0): take an unused index; rebuild and sign a list from its rows."""

from __future__ import annotations

import base64
import gzip
import random
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from credentials import list_documents
from credentials.models import Credential, StatusEntry, StatusList
from people.models import Organization

SECONDS_KEPT = list_documents.SECONDS_KEPT
SIGNED_ANEW = timedelta(days=1)
FULLEST = 0.5  # beyond this a new list is begun, so that a random index is found at once
LARGE = 500  # from this many indices on, a batch rather begins a list of its own than wait
STEP_AFTER_RESTORE = 1_000_000
RANDOM = random.SystemRandom()  # an index tells nothing about when, or with whose, it was taken
TAKE = """
    INSERT INTO credentials_statusentry (status_list_id, index, revoked)
    SELECT %s, drawn, false FROM unnest(%s::int[]) AS drawn
    ON CONFLICT (status_list_id, index) DO NOTHING RETURNING id, index
"""


def list_url(status_list: StatusList) -> str:
    """The public address of a list."""
    return f"{settings.BASE_URL}/status/{status_list.public_id}"


def suspensions_url(status_list: StatusList) -> str:
    """The address of the second list, of purpose suspension, with the same indices (badges.md 4.20)."""
    return f"{list_url(status_list)}/suspensions"


def open_list(issuer: Organization, *, apart: bool = False) -> StatusList:
    """The list that new indices come from, locked; a new one is begun when there is none or it is half full.

    A large batch goes `apart`: it takes a list that nobody holds, and rather begins one than wait until another
    large batch has committed.
    """
    lists = StatusList.objects.select_for_update(no_key=True, skip_locked=apart)
    status_list = lists.filter(issuer=issuer, purpose="revocation", ended_at=None).order_by("-pk").first()
    if status_list is None or _room(status_list) == 0:
        status_list = StatusList.objects.create(issuer=issuer)
        _publish_after_commit(status_list.pk)
    return status_list


def _room(status_list: StatusList) -> int:
    """How many more indices may be taken from a list."""
    return max(0, int(status_list.size * FULLEST) - status_list.taken)


def allocate(issuer: Organization) -> StatusEntry:
    """A random unused index in the caller's transaction; two callers wait for each other on the list's row."""
    return allocate_many(issuer, 1)[0]


def allocate_many(issuer: Organization, number: int) -> list[StatusEntry]:
    """That many random unused indices, each list's share set-wise; a new list is begun wherever one is half full."""
    entries: list[StatusEntry] = []
    while len(entries) < number:
        status_list = open_list(issuer, apart=number >= LARGE)
        wanted = min(number - len(entries), _room(status_list))
        entries += _taken_from(status_list, wanted)
    return entries


def _taken_from(status_list: StatusList, wanted: int) -> list[StatusEntry]:
    """Random indices that nobody had. What was drawn and is in use already is drawn again, seldom more than twice."""
    rows: list[tuple[int, int]] = []
    while len(rows) < wanted:
        drawn = RANDOM.sample(range(status_list.size), wanted - len(rows))
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [status_list.pk, drawn])
            rows += cursor.fetchall()
    status_list.taken += wanted
    StatusList.objects.filter(pk=status_list.pk).update(taken=status_list.taken)
    return [StatusEntry(pk=pk, status_list=status_list, index=index) for pk, index in rows]


def end_all_lists() -> int:
    """Take no index from any present list again; how many lists. For the hour after a restore (H25, PR3).

    A backup does not know which indices were taken after it was made. New lists have new addresses, so no index is
    used twice. The numbers rise by a step that no list takes otherwise, so that a list which was published between
    backup and loss is known as the older one.
    """
    lists = StatusList.objects.filter(ended_at=None)
    return lists.update(ended_at=timezone.now(), sequence=F("sequence") + STEP_AFTER_RESTORE, changes=F("changes") + 1)


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
    revoke_many([entry])


def revoke_many(entries: Sequence[StatusEntry]) -> None:
    """Set many bits, for ever, in one statement; each list is published once, after the commit."""
    StatusEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(revoked=True)
    for entry in entries:
        entry.revoked = True
    for status_list_id in sorted({entry.status_list_id for entry in entries}):
        changed(status_list_id)


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


def encoded(size: int, indices: Sequence[int]) -> str:
    """`u` + base64url(gzip(bits)), index 0 being the left-most bit (section 3.2)."""
    return _encoded(size, indices) if indices else _nothing_set(size)


@lru_cache(maxsize=4)
def _nothing_set(size: int) -> str:
    return _encoded(size, ())


def _encoded(size: int, indices: Sequence[int]) -> str:
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
    due = (
        StatusList.objects.filter(Q(published_at=None) | ~Q(changes=F("shown"))).select_related("issuer").order_by("pk")
    )
    lists = list(due if only is None else due.filter(pk__in=only))
    for status_list in lists:
        publish(status_list)
    return len(lists)


def publish(status_list: StatusList) -> StatusList:
    """Rebuild a list and its list of suspensions from the rows and sign them; the sequence rises.

    Nothing is locked while it signs, so that no revocation waits for a signature. `status_list` was read before the
    rows are: every change that it counts has committed and is seen. Whoever publishes first wins; the other looks
    whether that shows all that it knows, and else begins anew.
    """
    fresh = status_list
    while True:
        now, sequence = timezone.now(), fresh.sequence
        signer = list_documents.Signer(fresh.issuer, now)
        fresh.document = signer.signed(
            list_url(fresh), "revocation", sequence + 1, encoded(fresh.size, _revoked(fresh))
        )
        fresh.suspensions = signer.signed(
            suspensions_url(fresh), "suspension", sequence + 1, encoded(fresh.size, _suspended(fresh))
        )
        fresh.published_at, fresh.shown, fresh.sequence = now, fresh.changes, sequence + 1
        values = {
            name: getattr(fresh, name) for name in ("document", "suspensions", "published_at", "shown", "sequence")
        }
        if StatusList.objects.filter(pk=fresh.pk, sequence=sequence).update(**values):
            return fresh
        fresh = StatusList.objects.select_related("issuer").get(pk=status_list.pk)
        if fresh.shown >= values["shown"]:
            return fresh


def _revoked(status_list: StatusList) -> list[int]:
    return list(status_list.entries.filter(revoked=True).values_list("index", flat=True))


def _suspended(status_list: StatusList) -> list[int]:
    suspended = Credential.objects.filter(entry__status_list=status_list, status=Credential.Status.SUSPENDED)
    return list(suspended.values_list("entry__index", flat=True))


def sign_all_anew(issuer: Organization) -> None:
    """Let every list of an issuer be signed again after the commit, because the key that signed it holds no more."""
    for key in StatusList.objects.filter(issuer=issuer).order_by("pk").values_list("pk", flat=True):
        changed(key)

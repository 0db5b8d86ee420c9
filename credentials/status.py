"""Bitstring Status Lists (Bitstring Status List 1.0): take an unused index; rebuild and sign a list from its rows."""

from __future__ import annotations

import base64
import gzip
import random
import sys
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from bitarray import bitarray
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from credentials import list_documents
from credentials.models import StatusEntry, StatusList
from people.models import Organization

SECONDS_KEPT = list_documents.SECONDS_KEPT
SIGNED_ANEW = timedelta(days=1)
FULLEST = 0.5  # beyond this a new list is begun, so that a random index is found at once
LARGE = 500  # from this many indices on, a batch rather begins a list of its own than wait
STEP_AFTER_RESTORE = 1_000_000
RANDOM = random.SystemRandom()  # an index tells nothing about when, or with whose, it was taken
REVOKE = """
    WITH named AS (SELECT id FROM credentials_statuslist WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE),
    revoked AS (UPDATE credentials_statusentry SET revoked = true WHERE id = ANY(%s))
    UPDATE credentials_statuslist AS list SET changes = list.changes + 1 FROM named WHERE list.id = named.id
"""
# What a list shows: how far it is, and the indices of its rows as numbers of four bytes, all at one moment.
ROWS = """
    SELECT list.sequence, list.changes,
        (SELECT string_agg(int4send(entry.index), '') FROM credentials_statusentry AS entry
            WHERE entry.status_list_id = list.id AND entry.revoked),
        (SELECT string_agg(int4send(entry.index), '') FROM credentials_credential AS badge
            JOIN credentials_statusentry AS entry ON entry.id = badge.entry_id
            WHERE entry.status_list_id = list.id AND badge.status = 'suspended')
    FROM credentials_statuslist AS list WHERE list.id = %s
"""
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


@dataclass(slots=True)
class Taken:
    """An index that was taken just now, as a large batch holds it: an object of the model costs more than the index."""

    pk: int
    status_list: StatusList
    index: int


def allocate_many(issuer: Organization, number: int) -> list[StatusEntry]:
    """The same for many, each list's share set-wise."""
    taken = take_many(issuer, number)
    return [StatusEntry(pk=one.pk, status_list=one.status_list, index=one.index) for one in taken]


def take_many(issuer: Organization, number: int) -> list[Taken]:
    """That many random unused indices, each list's share set-wise; a new list is begun wherever one is half full."""
    entries: list[Taken] = []
    while len(entries) < number:
        status_list = open_list(issuer, apart=number >= LARGE)
        wanted = min(number - len(entries), _room(status_list))
        entries += _taken_from(status_list, wanted)
    return entries


def _taken_from(status_list: StatusList, wanted: int) -> list[Taken]:
    """Random indices that nobody had. What was drawn and is in use already is drawn again, seldom more than twice."""
    rows: list[tuple[int, int]] = []
    while len(rows) < wanted:
        drawn = RANDOM.sample(range(status_list.size), wanted - len(rows))
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [status_list.pk, drawn])
            rows += cursor.fetchall()
    status_list.taken += wanted
    StatusList.objects.filter(pk=status_list.pk).update(taken=status_list.taken)
    return [Taken(pk, status_list, index) for pk, index in rows]


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
    def published() -> None:  # no `partial`: where it fails, Django logs its name
        publish_due(only=[status_list_id])

    transaction.on_commit(published, robust=True)


def revoke(entry: StatusEntry) -> None:
    """Set one bit, for ever."""
    revoke_many([entry])


def revoke_many(entries: Sequence[StatusEntry]) -> None:
    """Set many bits, for ever, in one statement; each list is published once, after the commit.

    The lists are locked in order, so that two callers never wait for each other in a ring.
    """
    lists = sorted({entry.status_list_id for entry in entries})
    with connection.cursor() as cursor:
        cursor.execute(REVOKE, [lists, [entry.pk for entry in entries]])
    for entry in entries:
        entry.revoked = True
    for status_list_id in lists:
        _publish_after_commit(status_list_id)


def entry_document(entry: StatusEntry | Taken) -> dict[str, Any]:
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
    bits = bitarray(size, endian="big")
    bits[list(indices)] = 1
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits.tobytes(), 6, mtime=0)).decode().rstrip("=")


def current(status_list: StatusList) -> StatusList:
    """The list with its documents true to its rows: rebuilt first when a row changed, or a day after it was signed.

    So a list needs no worker to be true (badges.md 4.18).
    """
    old = status_list.published_at is not None and timezone.now() - status_list.published_at > SIGNED_ANEW
    return publish(status_list) if status_list.due or old else status_list


def publish_due(*, only: Collection[int] | None = None) -> int:
    """Publish every list whose rows changed, or those of `only`; how many. For the minute job; safe to run twice."""
    due = StatusList.objects.filter(Q(published_at=None) | ~Q(changes=F("shown"))).select_related("issuer")
    due = due.defer("document", "suspensions").order_by("pk")
    lists = list(due if only is None else due.filter(pk__in=only))
    for status_list in lists:
        publish(status_list)
    return len(lists)


def publish(status_list: StatusList) -> StatusList:
    """Rebuild a list and its list of suspensions from the rows and sign them; the sequence rises.

    Nothing is locked while it signs, so that no revocation waits for a signature. Whoever publishes first wins; the
    other looks whether that shows all that it knows, and else begins anew.
    """
    while True:
        now = timezone.now()
        sequence, changes, revoked, suspended = _rows(status_list)
        with list_documents.opened(status_list.issuer, now) as signer:
            document = signer.signed(list_url(status_list), "revocation", sequence + 1, revoked)
            suspensions = signer.signed(suspensions_url(status_list), "suspension", sequence + 1, suspended)
        values = {
            "document": document, "suspensions": suspensions, "published_at": now, "shown": changes,
            "sequence": sequence + 1,
        }  # fmt: skip
        if StatusList.objects.filter(pk=status_list.pk, sequence=sequence).update(**values):
            for name, value in {**values, "changes": changes}.items():
                setattr(status_list, name, value)
            return status_list
        fresh = StatusList.objects.select_related("issuer").get(pk=status_list.pk)
        if fresh.shown >= changes:
            return fresh


def _rows(status_list: StatusList) -> tuple[int, int, str, str]:
    """Sequence and changes of a list, and both of its lists of bits, as they are at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [status_list.pk])
        sequence, changes, revoked, suspended = cursor.fetchone()
    return (
        sequence,
        changes,
        encoded(status_list.size, _numbers(revoked)),
        encoded(status_list.size, _numbers(suspended)),
    )


def _numbers(packed: bytes | None) -> list[int]:
    numbers = array("i", packed or b"")
    if sys.byteorder == "little":  # PostgreSQL sends the first byte first
        numbers.byteswap()
    return numbers.tolist()


def sign_all_anew(issuer: Organization) -> None:
    """Let every list of an issuer be signed again after the commit, because the key that signed it holds no more."""
    for key in StatusList.objects.filter(issuer=issuer).order_by("pk").values_list("pk", flat=True):
        changed(key)

"""The ledger: append one event to a stream, chained to the one before it; check that nothing was changed.

Each row's hash is SHA-256 over the RFC 8785 form of its own members and of the hash before it
(`promises.md` 10). Personal data stays outside and is referred to by public id or digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import rfc8785
from django.db import connection
from django.utils import timezone

from people.copying import copy, reserved
from people.models import User
from people.wakeups import after_commit
from workflows.merkle import Head, Tree
from workflows.models import LedgerEvent, OutboxEvent

GENESIS = "0" * 64


@dataclass(frozen=True)
class Fault:
    """One place where the record is broken."""

    stream: str
    sequence: int
    reason: str


def body_of(event: LedgerEvent) -> dict[str, Any]:
    """What the hash of a row covers."""
    return {
        "stream": event.stream,
        "sequence": event.sequence,
        "type": event.type,
        "actor": event.actor,
        "role": event.role,
        "organization": event.organization,
        "data": event.data,
        "at": event.at,
        "previous": event.previous_hash,
    }


def as_data(event: LedgerEvent) -> dict[str, Any]:
    """A row as JSON values, so that a reader without our tables can compute its hash again."""
    return {**body_of(event), "hash": event.hash}


def event_hash(event: LedgerEvent) -> str:
    """The hash that this row must carry, as lower-case hex."""
    return hashlib.sha256(rfc8785.dumps(body_of(event))).hexdigest()


def append(
    stream: str,
    type_: str,
    *,
    actor: User | None,
    role: str = "",
    organization: str = "",
    data: dict[str, Any],
) -> LedgerEvent:
    """Add one event and its outbox row inside the caller's transaction.

    The stream is locked by an advisory lock until commit, so that two writers cannot take the same sequence.
    """
    assert connection.in_atomic_block, "A ledger row belongs to the transaction of its fact."
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream])
    last = LedgerEvent.objects.filter(stream=stream).order_by("-sequence").first()
    event = LedgerEvent(
        stream=stream,
        sequence=last.sequence + 1 if last else 1,
        type=type_,
        actor=str(actor.public_id) if actor else "system",
        role=role,
        organization=organization,
        data=data,
        at=timezone.now().isoformat(),
        previous_hash=last.hash if last else GENESIS,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    after_commit(OutboxEvent.objects.create(event=event))
    return event


@dataclass(frozen=True)
class Entry:
    """One fact of a batch: the stream it belongs to, its type, its data (texts, whole numbers, yes or no)."""

    stream: str
    type: str
    data: dict[str, str | int | bool]


HEADS = """
    SELECT wanted.stream, head.sequence, head.hash FROM unnest(%s::text[]) AS wanted (stream)
    CROSS JOIN LATERAL (
        SELECT sequence, hash FROM workflows_ledgerevent AS event WHERE event.stream = wanted.stream
        ORDER BY sequence DESC LIMIT 1
    ) AS head
"""
ALL_HEADS = """
    SELECT DISTINCT ON (stream COLLATE "C") stream, sequence, hash FROM workflows_ledgerevent
    ORDER BY stream COLLATE "C", sequence DESC
"""
COLUMNS = ("id", "stream", "sequence", "type", "actor", "role", "organization", "data", "at", "previous_hash", "hash")
WOKEN_AT_ONCE = 50  # of a larger batch the sweeper finds the rest within a minute


def append_many(entries: Sequence[Entry], *, actor: User | None, organization: str) -> None:
    """Add one event to each of many streams, with their outbox rows, set-wise, inside the caller's transaction.

    The caller holds the rows that the streams are about, so that nobody else writes to them; the unique sequence
    stands behind that.
    """
    now = timezone.now()
    heads_, ids = _heads_of([entry.stream for entry in entries]), reserved(LedgerEvent, len(entries))
    who, at = str(actor.public_id) if actor else "system", now.isoformat()
    rows = []
    for pk, entry in zip(ids, entries, strict=True):
        sequence, previous = heads_.get(entry.stream, (0, GENESIS))
        body = {
            "stream": entry.stream, "sequence": sequence + 1, "type": entry.type, "actor": who, "role": "",
            "organization": organization, "data": entry.data, "at": at, "previous": previous,
        }  # fmt: skip
        digest = hashlib.sha256(quick(body)).hexdigest()
        data = quick(entry.data).decode()
        row = (pk, entry.stream, sequence + 1, entry.type, who, "", organization, data, at, previous, digest)
        rows.append(row)
    copy(LedgerEvent, COLUMNS, rows)
    work = reserved(OutboxEvent, len(entries))
    opened = [(pk, uuid4(), 0, 0, "", now, event) for pk, event in zip(work, ids, strict=True)]
    copy(OutboxEvent, ("id", "public_id", "starts", "retries", "trouble", "created_at", "event_id"), opened)
    for pk, public_id, *_rest, event in opened[:WOKEN_AT_ONCE]:
        after_commit(OutboxEvent(pk=pk, public_id=public_id, event_id=event))


def quick(value: dict[str, Any]) -> bytes:
    """RFC 8785 for what has plain names and no fractions: there the faster writer writes the same."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _heads_of(streams: list[str]) -> dict[str, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [streams])
        return {stream: (sequence, digest) for stream, sequence, digest in cursor.fetchall()}


def faults() -> Iterator[Fault]:
    """Walk every stream from its first row and name each row that does not follow from the one before it."""
    return _faults(LedgerEvent.objects.order_by("stream", "sequence").iterator(chunk_size=2000))


def faults_of(stream: str) -> Iterator[Fault]:
    """The same for one stream."""
    return _faults(LedgerEvent.objects.filter(stream=stream).order_by("sequence").iterator(chunk_size=500))


def _faults(events: Iterable[LedgerEvent]) -> Iterator[Fault]:
    stream, expected, previous = "", 1, GENESIS
    for event in events:
        if event.stream != stream:
            stream, expected, previous = event.stream, 1, GENESIS
        if event.sequence != expected:
            yield Fault(stream, expected, f"row {expected} is missing; the next one is {event.sequence}")
        elif event.previous_hash != previous:
            yield Fault(stream, event.sequence, "it does not follow from the row before it")
        elif event.hash != event_hash(event):
            yield Fault(stream, event.sequence, "its content is not what was hashed")
        expected, previous = event.sequence + 1, event.hash


def heads() -> Iterator[Head]:
    """The last row of every stream, by the streams' names as a Merkle tree takes them, however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(ALL_HEADS)
        yield from cursor


def merkle_root(heads_: Iterable[Head]) -> str:
    """The root over heads in the order of their names."""
    tree = Tree()
    for head in heads_:
        tree.add(head)
    return tree.root()


def events_of(stream: str, *, type_: str | None = None) -> list[LedgerEvent]:
    """Every event of one stream, or those of one type, in order."""
    events = LedgerEvent.objects.filter(stream=stream).order_by("sequence")
    return list(events if type_ is None else events.filter(type=type_))


def last_event(stream: str, *types: str) -> LedgerEvent | None:
    """The last event of one of these types in a stream."""
    return LedgerEvent.objects.filter(stream=stream, type__in=types).order_by("-sequence").first()


def last_events(streams: Collection[str]) -> list[LedgerEvent]:
    """The last event of each of these streams, in one statement."""
    rows = LedgerEvent.objects.filter(stream__in=streams)
    return list(rows.order_by("stream", "-sequence").distinct("stream"))

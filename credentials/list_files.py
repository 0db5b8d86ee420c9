"""A published status list as the bytes that its readers get, and the tag by which they know that they have it.

A list is asked for far more often than it changes, and mostly by readers who have it: they cost one row of five
columns. The bytes are kept by each process under the number of the list; whether that is still its number, and
whether a row changed since, is asked every time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from credentials import queries, status
from credentials.held import Memory

MOST_LISTS = 200
ROW = "SELECT sequence, published_at, changes = shown FROM credentials_statuslist WHERE public_id = %s"
_BYTES: Memory[bytes] = Memory(MOST_LISTS)


@dataclass(frozen=True)
class ListFile:
    """One list: which, what it is for, and the number and moment of its publication."""

    public_id: UUID
    purpose: str
    sequence: int
    published_at: datetime

    @property
    def tag(self) -> str:
        """Another one for every publication, also after a backup was restored."""
        return f'"{self.purpose}-{self.sequence}-{self.published_at.timestamp():.6f}"'

    def data(self) -> bytes:
        """The signed list as JSON."""
        return _BYTES.answer((self.public_id, self.tag), self._read)

    def _read(self) -> bytes:
        return json.dumps(queries.status_document(self.public_id, self.purpose), sort_keys=True).encode()


def list_file(public_id: UUID, purpose: str) -> ListFile | None:
    """A list, true to its rows: published first when one of them changed, or a day after it was signed."""
    row = _row(public_id)
    if row is not None and not _is_true(*row):
        queries.status_document(public_id)
        row = _row(public_id)
    return ListFile(public_id, purpose, row[0], row[1]) if row is not None and row[1] is not None else None


def _row(public_id: UUID) -> tuple[int, datetime | None, bool] | None:
    with connection.cursor() as cursor:
        cursor.execute(ROW, [public_id])
        row: tuple[int, datetime | None, bool] | None = cursor.fetchone()
    return row


def _is_true(_sequence: int, published_at: datetime | None, same: bool) -> bool:
    return same and published_at is not None and timezone.now() - published_at <= status.SIGNED_ANEW

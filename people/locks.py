"""A lock that only one process of the installation holds at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one(number: int) -> Iterator[bool]:
    """Try PostgreSQL's advisory lock of this number for the block, without waiting; False when another holds it.

    It belongs to the connection, so it ends even if this process is killed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        [ours] = cursor.fetchone() or [False]
    try:
        yield bool(ours)
    finally:
        if ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])

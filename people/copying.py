"""Many rows at once: by PostgreSQL's COPY, inside the transaction of their fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def reserved(model: type[models.Model], number: int) -> list[int]:
    """That many primary keys, which nobody else gets; COPY tells none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [pk for (pk,) in cursor.fetchall()]


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows into a model's table. Constraints and triggers hold as for INSERT; JSON is handed in as text."""
    assert connection.in_atomic_block, "Rows belong to the transaction of their fact."
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"COPY {table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)

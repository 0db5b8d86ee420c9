"""The condition that a column is one of many keys, handed over as one array.

A list of some thousand parameters costs more to write, to send and to read than the statement that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func


class _Among(Func):
    output_field = BooleanField()

    def __init__(self, column: F, keys: list[Any], kind: str) -> None:
        super().__init__(column)
        self.keys, self.kind = keys, kind

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::{self.kind}[])", [*params, self.keys]


def among(column: str, keys: Iterable[Any], kind: str = "bigint") -> Func:
    """True where a column, named as in a filter, is one of these keys of this kind of PostgreSQL."""
    return _Among(F(column), list(keys), kind)

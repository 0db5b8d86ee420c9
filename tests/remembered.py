"""Steps that many tests take in the same way are taken once and then copied back, row by row.

A step is remembered by its name, its arguments and the exact state of the database before it. So a test that prepared
anything else gets the real step, and so does one that travels in time or runs outside a transaction, where what is done
after a commit counts. What a step returns is read anew from the database. `REMEMBER=0` takes every step for real.
"""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone, translation

P = ParamSpec("P")
T = TypeVar("T")
ON = os.environ.get("REMEMBER", "1") != "0"
SAME_MOMENT = timedelta(seconds=5)
_kept: dict[str, tuple[dict[str, bytes], Any]] = {}


def remembered(step: Callable[P, T]) -> Callable[P, T]:
    """A step of the course whose rows are copied when it was taken before from the same state."""

    @wraps(step)
    def taken(*args: P.args, **kwargs: P.kwargs) -> T:
        if not ON or not _plain():
            return step(*args, **kwargs)
        key = f"{step.__module__}.{step.__qualname__}({_written([args, kwargs])}) {_surroundings()} {_state()}"
        if key not in _kept:
            result = step(*args, **kwargs)
            _kept[key] = (_rows(), _named(result))
            return result
        rows, result = _kept[key]
        _copy_back(rows)
        return cast(T, _read(result))

    return taken


def _plain() -> bool:
    """True inside a test's transaction, at the real time."""
    if not connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (real,) = cursor.fetchone() or (timezone.now(),)
    return abs(real - timezone.now()) < SAME_MOMENT


def _surroundings() -> str:
    """What else shapes the rows of a step: the installation's address and kind, the language, the day."""
    return f"{settings.BASE_URL} {settings.DEMO} {translation.get_language()} {timezone.localdate()}"


def _written(value: Any) -> str:
    """Arguments as text: rows by table and key, everything else as it prints."""
    if isinstance(value, Model):
        return f"{value._meta.label}:{value.pk}"
    if is_dataclass(value) and not isinstance(value, type):
        return _written({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}={_written(each)}" for name, each in sorted(value.items())) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_written(each) for each in value) + "]"
    return repr(value)


@lru_cache(maxsize=1)
def _tables() -> list[str]:
    """Every table that a step can write; permissions, types and migrations are written before any test."""
    fixed = {"django_migrations", "django_content_type", "auth_permission"}
    return sorted(set(connection.introspection.table_names()) - fixed)


def _state() -> str:
    """A digest of every row of every table."""
    each = " UNION ALL ".join(
        f"SELECT {place} AS place, string_agg(t::text, '' ORDER BY t::text) AS rows FROM {_quoted(name)} t"
        for place, name in enumerate(_tables())
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT place, rows FROM ({each}) AS every WHERE rows IS NOT NULL ORDER BY place")
        return hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _filled() -> list[str]:
    counts = " UNION ALL ".join(
        f"SELECT {place} AS place WHERE EXISTS (SELECT FROM {_quoted(name)})" for place, name in enumerate(_tables())
    )
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return [_tables()[place] for (place,) in cursor.fetchall()]


def _rows() -> dict[str, bytes]:
    """The rows of every table that has some, in PostgreSQL's own form."""
    kept = {}
    with connection.cursor() as cursor:
        for name in _filled():
            with cursor.copy(f"COPY {_quoted(name)} TO STDOUT (FORMAT BINARY)") as copying:
                kept[name] = b"".join(bytes(part) for part in copying)
    return kept


def _copy_back(rows: dict[str, bytes]) -> None:
    """Put every table into the remembered state. The guards of append-only tables refuse that to everybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in _filled():
            cursor.execute(f"DELETE FROM {_quoted(name)}")
        for name, data in rows.items():
            with cursor.copy(f"COPY {_quoted(name)} FROM STDIN (FORMAT BINARY)") as copying:
                copying.write(data)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _named(value: Any) -> Any:
    """A result with every row in it replaced by its table and key."""
    if isinstance(value, Model):
        return (type(value), value.pk)
    if isinstance(value, tuple):
        return ("tuple", [_named(each) for each in value])
    if isinstance(value, list):
        return ("list", [_named(each) for each in value])
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: _named(getattr(value, field.name)) for field in fields(value)}
        return ("dataclass", (copy.copy(value), named))
    return ("plain", value)


def _read(named: Any) -> Any:
    kind, what = named
    if isinstance(kind, type):
        return kind._default_manager.get(pk=what)
    if kind == "dataclass":
        shell, named_fields = what
        return replace(shell, **{name: _read(each) for name, each in named_fields.items()})
    if kind in {"tuple", "list"}:
        read = [_read(each) for each in what]
        return tuple(read) if kind == "tuple" else read
    return what

"""`python benchmarks/inbox.py`: the queue and a case's page with a short and a long history, on a throw-away database.

First 100 cases, 60 of them open; then 3,000 open and 50,000 past ones with 106,000 ledger events, filled in by SQL.
Half of the open ones wait for the officer, so that both times the first page is full.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

MUST = 1.3
TIMES = 15


def copied(model: Any, source: int, first: int, last: int, **changed: str) -> None:
    """Copies of one row, set-wise: `changed` names SQL for columns that differ; `n` is the number of the copy."""
    from django.db import connection

    fields = [field for field in model._meta.concrete_fields if not field.generated and not field.primary_key]
    columns = [field.column for field in fields]
    values = [changed.get(column, f'source."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(values)} '  # noqa: S608
            f'FROM "{model._meta.db_table}" AS source, generate_series({first}, {last}) AS n WHERE source.id = {source}'
        )


def filled(version: Any, prefix: str, stage: str, number: int) -> None:
    """So many versions in a stage, with micro-credential, grants, and two events each: submitted, then approved."""
    from django.db import connection

    from workflows.models import MicroCredential, Version

    copied(
        MicroCredential, version.micro_credential_id, 1, number,
        public_id="gen_random_uuid()", code=f"'{prefix}-' || n",
    )  # fmt: skip
    copied(
        Version, version.pk, 1, number, public_id="gen_random_uuid()", stage=f"'{stage}'",
        micro_credential_id="(SELECT m.id FROM workflows_microcredential m "  # noqa: S608
        f"WHERE m.institution_id = source.institution_id AND m.code = '{prefix}-' || n)",
        title_en=f"'Practice of {prefix} number ' || n", stage_since="now() - n * interval '1 minute'",
    )  # fmt: skip
    copy = f"JOIN workflows_microcredential m ON m.id = v.micro_credential_id AND m.code LIKE '{prefix}-%%'"
    with connection.cursor() as cursor:
        for table, holder in (("versiongroup", "group_id"), ("versionuser", "user_id")):
            cursor.execute(
                f"INSERT INTO workflows_{table}objectpermission (permission_id, {holder}, content_object_id) "  # noqa: S608
                f"SELECT p.permission_id, p.{holder}, v.id FROM workflows_{table}objectpermission p, "
                f"workflows_version v {copy} WHERE p.content_object_id = %s",
                [version.pk],
            )
        for sequence, type_, before, after in ((1, "submit", "draft", "screening"), (2, "approve", "screening", stage)):
            cursor.execute(
                "INSERT INTO workflows_ledgerevent "  # noqa: S608
                "(stream, sequence, type, actor, role, organization, data, at, previous_hash, hash) "
                "SELECT 'version:' || v.public_id, %s, %s, 'system', '', o.public_id::text, %s::jsonb, "
                f"'2026-03-0{sequence}T12:00:00+00:00', '', '' FROM workflows_version v "
                f"JOIN people_organization o ON o.id = v.institution_id {copy}",
                [sequence, type_, json.dumps({"from": before, "to": after})],
            )
        cursor.execute("VACUUM ANALYZE")


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds, the median of some."""
    act()
    found = []
    for _ in range(TIMES):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1000)
    return median(found)


def measured(user: Any, version: Any) -> dict[str, tuple[float, int]]:
    """Time and statements of each page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from workflows import waiting

    client = Client()
    client.force_login(user)
    pages: dict[str, Callable[[], Any]] = {
        "what waits, alone": lambda: waiting.page_of(user),
        "the queue": lambda: client.get("/quality/"),
        "a case": lambda: client.get(f"/quality/cases/{version.public_id}"),
        "found by words": lambda: client.get("/quality/?q=practice+number"),
    }
    found = {}
    for name, act in pages.items():
        milliseconds = timed(act)
        with CaptureQueriesContext(connection) as asked:
            act()
        found[name] = (milliseconds, len(asked))
    return found


def main() -> int:
    """Measure both, print a table; 0 when every page held its ratio."""
    from benchmarks.batch import scratch_database

    with scratch_database():
        from django.db import connection

        from tests.cast import gather
        from tests.journeys import course

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # filling takes longer than a request may
        cast = gather()
        version = course.submitted(cast, course.drafted(cast))
        for filling in (("A", "screening", 30), ("B", "assessment_design", 29), ("C", "retired", 40)):
            filled(version, *filling)
        short = measured(cast.quinn, version)
        for prefix, stage, number in (
            ("D", "screening", 1470),
            ("E", "assessment_design", 1470),
            ("F", "retired", 49960),
        ):
            filled(version, prefix, stage, number)
        long = measured(cast.quinn, version)
    print(
        "| what | 100 cases, ms | 53,000 cases, ms | ratio | must | statements |\n| --- | --- | --- | --- | --- | --- |"
    )
    held = True
    for name, (before, asked) in short.items():
        after, asked_later = long[name]
        held = held and after / before <= MUST and asked == asked_later
        print(f"| {name} | {before:.0f} | {after:.0f} | {after / before:.2f} | <= {MUST} | {asked}, {asked_later} |")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())

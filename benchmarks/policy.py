"""`python benchmarks/policy.py`: a new edition of the policy over running cases: the dry run, then the roll-out.

On a throw-away database with default durability. Thirty cases come by the verbs to five stages, and are copied in the
database to as many as wanted. The edition changes what costs most: quorum, weights, clocks, reminders and committee.
Ratios: a case at the end against a case at the beginning, and the time against the minute that the design gives it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
STEP = 1_000_000  # between the keys of a case and those of its copies
MINUTE = 60.0
EACH = 6  # cases that come to each stage by the verbs
CHANGES: dict[str, Any] = {
    "relevance": {"voices_of": {"public_employer": 1}},
    "endorsement": {"veto": ["public_employer"]},
    "weights": {"sector_body": 1},
    "committee": {"carries": "two_thirds"},
    "clocks_days": {"relevance": 20, "endorsement": 18, "pilot_approval": 17},
    "remind_at_percent": [40, 70, 100],
}


def templates(cast: Any) -> None:
    """Cases in five stages, some with all their answers."""
    from tests.journeys import course

    for number in range(EACH):
        course.drafted(cast, code=f"D{number}")
        course.in_relevance_review(cast, course.drafted(cast, code=f"R{number}"))
        answered = course.drafted(cast, code=f"A{number}")
        course.answered(course.in_relevance_review(cast, answered), "support")
        design = course.drafted(cast, code=f"E{number}")
        course.in_design(cast, design)
        course.in_endorsement(cast, design)
        course.at_pilot_approval(cast, course.drafted(cast, code=f"G{number}"))


def copied(times: int) -> None:
    """So many copies of every case, in the database, with keys of their own."""
    from django.db import connection, transaction

    from people.models import Invitation
    from workflows import models

    process = models.Panel._meta.parents
    rows = [
        models.MicroCredential, models.Version, models.Snapshot, *process, models.Panel, Invitation, models.Seat,
        models.Decision, models.Validation, models.Interest,
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        for model in rows:
            columns, table = list(model._meta.local_concrete_fields), model._meta.db_table
            names = ", ".join(f'"{field.column}"' for field in columns)
            values = ", ".join(_value(field, set(rows)) for field in columns)
            copying = f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}", generate_series(1, %s) AS k'
            cursor.execute(copying, [times])
        cursor.execute("ANALYZE")


def _value(field: Any, copied_: set[Any]) -> str:
    """What a column of a copy says: keys are moved, names are its own, the rest is the same."""
    column = f'"{field.column}"'
    if field.column == "endorsement_id":
        return "NULL"
    if field.primary_key or (field.remote_field and field.remote_field.model in copied_):
        return f"{column} + k * {STEP}"
    if field.column == "public_id":
        return "gen_random_uuid()"
    return f"left({column}, 40) || '-' || k" if field.column in {"code", "token_hash"} else column


def measured(run: Any) -> dict[str, float]:
    """Seconds of a whole run, and a case of its last tenth in one of its first."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from workflows.actions import rolling

    begun, marks = time.perf_counter(), [time.perf_counter()]
    while rolling._chunk(run):
        marks.append(time.perf_counter())
    rolling._end(run)
    seconds = time.perf_counter() - begun
    steps = [after - before for before, after in pairwise(marks)]
    tenth = max(1, len(steps) // 10)
    with CaptureQueriesContext(connection) as none_left:
        rolling.work_off(run)
    flat = sum(steps[-tenth - 1 : -1]) / sum(steps[:tenth]) if len(steps) > 2 else 1.0
    return {"seconds": seconds, "flat": flat, "of_a_minute": seconds / MINUTE, "again": float(len(none_left))}


def main() -> None:
    """Measure, print, and say what was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    from benchmarks.batch import scratch_database

    with scratch_database():
        from django.utils import timezone

        from tests.cast import gather
        from tests.workflows import policies
        from workflows.actions import rolling
        from workflows.models import LedgerEvent, PolicyRun, Version

        cast = gather()
        templates(cast)
        copied(arguments.cases // (5 * EACH) - 1)
        edition = policies.adopted(cast, **CHANGES)
        run = rolling.dry_run(institution_id=cast.college.pk, actor=cast.quinn, edition_id=edition.pk)
        found = {"cases": run.total, "dry_run": measured(run)}
        PolicyRun.objects.filter(pk=run.pk).update(done_at=timezone.now())
        step = rolling.roll_out(institution_id=cast.college.pk, actor=cast.quinn, edition_id=edition.pk)
        found["roll_out"] = measured(step)
        step.refresh_from_db()
        moved = Version.objects.filter(policy=edition).count()
        assert step.summary is not None
        assert moved == step.summary["moves"] == LedgerEvent.objects.filter(type="move_policy").count()
        found["moved"], found["stayed"] = moved, step.summary["stays"]
    print(json.dumps(found, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

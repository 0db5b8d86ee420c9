"""The record cannot be rewritten, and where it was rewritten past the guards the checker names the place."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from tests.cast import Cast
from tests.journeys import course
from workflows import ledger
from workflows.models import LedgerEvent


def _past_the_guards(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = origin")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE workflows_ledgerevent SET type = 'approve'",
        "DELETE FROM workflows_ledgerevent",
        "TRUNCATE workflows_ledgerevent CASCADE",
    ],
)
def test_the_database_refuses_to_rewrite(cast: Cast, sql: str) -> None:
    course.drafted(cast)
    with connection.cursor() as cursor:
        # Checks that wait for the end of the transaction would refuse TRUNCATE before the guard is asked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            cursor.execute(sql)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE workflows_ledgerevent SET actor = 'mallory' WHERE stream = %s AND sequence = 2", "content"),
        (
            "WITH gone AS (DELETE FROM workflows_ledgerevent WHERE stream = %s AND sequence = 2 RETURNING id)"
            " DELETE FROM workflows_outboxevent WHERE event_id IN (SELECT id FROM gone)",
            "missing",
        ),
        (
            "UPDATE workflows_ledgerevent SET previous_hash = repeat('0', 64) WHERE stream = %s AND sequence = 2",
            "follow",
        ),
    ],
)
def test_every_change_is_found_and_named(cast: Cast, change: str, reason: str) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    assert list(ledger.faults()) == []
    _past_the_guards(change, f"version:{version.public_id}")
    faults = list(ledger.faults())
    assert faults[0].sequence == 2
    assert reason in faults[0].reason


def test_the_command_answers_by_exit_code(cast: Cast) -> None:
    version = course.drafted(cast)
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert json.loads(out.getvalue())["intact"] is True
    _past_the_guards("UPDATE workflows_ledgerevent SET role = 'x' WHERE stream = %s", f"version:{version.public_id}")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert json.loads(out.getvalue())["faults"][0]["sequence"] == 1


def test_a_fact_and_its_event_stand_or_fall_together(cast: Cast) -> None:
    version = course.drafted(cast)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'planted'; END $$;"
            "CREATE TRIGGER planted BEFORE INSERT ON workflows_outboxevent FOR EACH ROW EXECUTE FUNCTION fail();"
        )
    before = LedgerEvent.objects.count()
    with pytest.raises(Exception, match="planted"), transaction.atomic():
        course.submitted(cast, version)
    version.refresh_from_db()
    assert version.stage == "draft"
    assert version.snapshots.count() == 0
    assert LedgerEvent.objects.count() == before

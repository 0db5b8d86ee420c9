"""PR5: a transition, its records, its ledger row and its outbox row commit together or not at all.

Each act is played once to see which tables it writes. Then a trigger makes the insert into each of them fail in turn,
and nothing else may have changed.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import issued
from workflows.actions import deciding, keeping, proposing, reviewing, revising
from workflows.models import PanelKind, Version

Act = Callable[[], object]
ALWAYS = {"workflows_ledgerevent", "workflows_outboxevent"}
SEATED = {"workflows_panel", "viewflow_process", "viewflow_task", "viewflow_task_previous", "workflows_seat"}
BY_LINK = {*SEATED, "people_invitation", "workflows_seatuserobjectpermission", "workflows_timer"}
SAID = {
    "viewflow_task",
    "viewflow_task_previous",
    "workflows_decision",
    "workflows_interest",
    "workflows_suggestion",
    "workflows_timer",
}
SIGNED = {
    "credentials_endorsement",
    "credentials_signingkey",
    "credentials_statusentry",
    "credentials_statuslist",
    "workflows_validation",
}


def _submit(cast: Cast) -> Act:
    version = course.drafted(cast)
    number = course.number(version)
    return lambda: proposing.submit(version_id=version.pk, actor=cast.ana, expected=number)


def _accept(cast: Cast) -> Act:
    version = course.drafted(cast)
    course.submitted(cast, version)
    number = course.number(version)
    return lambda: deciding.accept(
        version_id=version.pk, actor=cast.quinn, expected=number, sheet=course.SHEET, places=cast.employers()
    )


def _answer(cast: Cast) -> Act:
    seat = course.in_relevance_review(cast, course.drafted(cast)).seats.get(person=cast.bob)
    return lambda: course.signed(seat, "support_with_suggestions", reasons="Add a drill.")


def _pass_on(cast: Cast) -> Act:
    seat = course.in_relevance_review(cast, course.drafted(cast)).seats.get(person=cast.bob)
    return lambda: reviewing.pass_on(seat_id=seat.pk, actor=cast.bob, name="Bea", email="bea@quellin.example")


def _return(cast: Cast) -> Act:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    number = course.number(version)
    return lambda: deciding.return_from_relevance(
        version_id=version.pk, actor=cast.quinn, expected=number, requests={"demand": "A newer source."}
    )


def _to_gate_2(cast: Cast) -> Act:
    version = course.drafted(cast)
    course.in_design(cast, version)
    course.answered(course.in_endorsement(cast, version), "endorse")
    number = course.number(version)
    return lambda: deciding.confirm_endorsement(
        version_id=version.pk, actor=cast.quinn, expected=number, committee=cast.committee()
    )


def _gate_2(cast: Cast) -> Act:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    number = course.number(version)
    return lambda: deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=number)


def _suspend(cast: Cast) -> Act:
    version, _credential = issued(cast)
    number = course.number(version)
    return lambda: keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=number, reason="safety")


def _revise(cast: Cast) -> Act:
    version, _credential = issued(cast)
    number = course.number(version)
    return lambda: revising.revise(version_id=version.pk, actor=cast.ana, expected=number, reason="a new standard")


ACTS: dict[str, tuple[Callable[[Cast], Act], set[str]]] = {
    "submit": (_submit, {"workflows_snapshot", "workflows_timer"}),
    "accept": (_accept, BY_LINK),
    "answer": (_answer, {*SAID, *SIGNED}),
    "pass_on": (
        _pass_on,
        {"people_user", "people_invitation", "workflows_timer"},
    ),
    "return": (_return, {"workflows_changerequest"}),
    "to_gate_2": (_to_gate_2, {*SEATED, "workflows_seatuserobjectpermission", "workflows_timer"}),
    "gate_2": (_gate_2, {"workflows_decision"}),
    "suspend": (_suspend, {"workflows_suspension", "workflows_timer"}),
    "revise": (
        _revise,
        {
            "workflows_version",
            "workflows_contribution",
            "workflows_versionuserobjectpermission",
            "workflows_versiongroupobjectpermission",
        },
    ),
}
# A new guest has groups and grants elsewhere only; content types and permissions are made once and then kept.
SCENERY = {"django_content_type", "auth_permission"}


def _counts() -> dict[str, int]:
    tables = [table for table in connection.introspection.table_names() if not table.startswith("django_migrations")]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables))
        return dict(cursor.fetchall())


def _state() -> tuple[dict[str, int], list[tuple[object, ...]]]:
    """How many rows each table has, and where every version stands."""
    versions = Version.objects.order_by("pk").values_list("pk", "stage", "number", "snapshot", "on_hold")
    return _counts(), list(versions)


class _Undo(Exception):
    """Ends a trial so that nothing of it stays."""


def _written_by(act: Act) -> set[str]:
    before = _counts()
    after: dict[str, int] = {}
    try:
        with transaction.atomic():
            act()
            after = _counts()
            raise _Undo
    except _Undo:
        pass
    return {table for table, rows in after.items() if rows > before[table]} - SCENERY


def _plant(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'planted'; END $$;"
            f'CREATE TRIGGER planted BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION fail();'
        )


def _pull(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER planted ON "{table}"')


@pytest.mark.parametrize("name", ACTS)
def test_nothing_is_half_done_whichever_insert_fails(cast: Cast, name: str) -> None:
    prepare, tables = ACTS[name]
    act = prepare(cast)
    written = _written_by(act)
    assert written == tables | ALWAYS
    before = _state()
    for table in sorted(written):
        _plant(table)
        with pytest.raises(DatabaseError, match="planted"), transaction.atomic():
            act()
        _pull(table)
        assert _state() == before, table
    act()
    assert _state() != before


def test_the_rounds_of_a_refused_act_are_still_open(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    _plant("workflows_outboxevent")
    with pytest.raises(DatabaseError, match="planted"), transaction.atomic():
        proposing.withdraw(version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="No funds.")
    _pull("workflows_outboxevent")
    assert course.open_panel(version, PanelKind.RELEVANCE) == panel
    assert {seat.state for seat in panel.seats.all()} == {"open"}
    assert all(seat.invitation.ended_at is None for seat in panel.seats.all())

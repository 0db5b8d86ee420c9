"""Moments come: reminders, lateness, lapses, reviews. Each fires once, none while on hold, and none approves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.cast import Cast, gather
from tests.journeys import course
from tests.journeys.awards import issued
from workflows import clocks, timers
from workflows.actions import deciding, keeping, seating
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.models import Award, Enrolment, LedgerEvent, Seat, SeatState, Timer, Version
from workflows.policy import DEFAULT_POLICY


def events(version: Version, *types: str) -> list[dict[str, Any]]:
    rows = LedgerEvent.objects.filter(stream=f"version:{version.public_id}", type__in=types).order_by("sequence")
    return [{"type": event.type, **event.data} for event in rows]


def at(moment: datetime) -> Any:
    return time_machine.travel(moment + timedelta(minutes=1), tick=False)


@pytest.fixture
def seat(cast: Cast) -> Iterator[Seat]:
    with time_machine.travel(timezone.now(), tick=False):
        yield course.in_relevance_review(cast, course.drafted(cast)).seats.get(person=cast.bob)


def test_a_reviewer_is_reminded_at_half_at_four_fifths_and_at_the_end(seat: Seat, cast: Cast) -> None:
    version = seat.panel.version
    course.signed(seat.panel.seats.get(person=cast.vera), "support")
    number = course.number(version)
    span = seat.due_at - seat.opened_at
    assert clocks.fire_due() == []
    for share in (50, 80):
        with at(seat.opened_at + span * share / 100):
            assert [fired.kind for fired in clocks.fire_due()] == ["remind"]
            assert clocks.fire_due() == []
    with at(seat.due_at):
        assert [fired.kind for fired in clocks.fire_due()] == ["remind", "seat_overdue"]
    with at(timers.after_business_days(version, 5, start=timezone.localtime(seat.due_at).date())):
        assert [fired.kind for fired in clocks.fire_due()] == ["seat_escalated"]
    told = events(version, "remind", "seat_overdue", "seat_escalated")
    assert [event.get("percent") for event in told] == [50, 80, 100, None, None]
    assert {event["seat"] for event in told} == {str(seat.public_id)}
    seat.refresh_from_db()
    assert seat.state == SeatState.OPEN
    assert course.number(version) == number, "a reminder makes nobody's page stale"


def test_an_answered_seat_is_reminded_of_nothing(seat: Seat) -> None:
    for asked in seat.panel.seats.all():
        course.signed(asked, "support")
    with at(seat.due_at + timedelta(days=30)):
        assert clocks.fire_due() == []
    assert Timer.objects.filter(seat=seat, fired_at=None).count() == 0


def test_more_time_moves_the_clock(seat: Seat, cast: Cast) -> None:
    course.signed(seat.panel.seats.get(person=cast.vera), "support")
    old = seat.due_at
    with at(seat.opened_at + (old - seat.opened_at) * 8 / 10):
        clocks.fire_due()
        seating.extend_seat(seat_id=seat.pk, actor=cast.quinn, until=timezone.localdate() + timedelta(days=25))
    with at(old):
        assert "seat_overdue" not in {fired.kind for fired in clocks.fire_due()}
    seat.refresh_from_db()
    with at(seat.due_at):
        assert "seat_overdue" in {fired.kind for fired in clocks.fire_due()}


def test_a_clock_stands_still_on_hold_and_gets_its_days_back(seat: Seat, cast: Cast) -> None:
    version, old = seat.panel.version, seat.due_at
    until = timezone.localdate() + timedelta(days=40)
    deciding.hold(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="strike", until=until
    )
    with at(old):
        assert clocks.fire_due() == []
    with at(timers.begin_of(until)):
        assert [fired.kind for fired in clocks.fire_due()] == ["hold_over"]
        deciding.resume(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
        assert clocks.fire_due() == []
    seat.refresh_from_db()
    with at(seat.due_at):
        assert {"remind", "seat_overdue"} <= {fired.kind for fired in clocks.fire_due()}


def test_a_hold_ends_in_the_future(seat: Seat, cast: Cast) -> None:
    version = seat.panel.version
    with pytest.raises(Missing, match="later than today"):
        deciding.hold(
            version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x",
            until=timezone.localdate(),
        )  # fmt: skip


def test_a_resumed_version_is_not_told_that_its_hold_is_over(seat: Seat, cast: Cast) -> None:
    version = seat.panel.version
    until = timezone.localdate() + timedelta(days=9)
    deciding.hold(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x", until=until)
    deciding.resume(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    with at(timers.begin_of(until)):
        assert "hold_over" not in {fired.kind for fired in clocks.fire_due()}


def test_screening_is_late_after_its_business_days(cast: Cast) -> None:
    version = course.drafted(cast)
    with time_machine.travel("2026-12-23 10:00-05:00"):
        version.policy.data = {**DEFAULT_POLICY, "holidays": ["2026-12-25", "2026-12-28", "2027-01-01"]}
        version.policy.save()
        course.submitted(cast, version)
    due = Timer.objects.get(kind="screening_overdue").due_at
    assert timezone.localtime(due).date().isoformat() == "2027-01-04"
    with at(due):
        assert [fired.kind for fired in clocks.fire_due()] == ["screening_overdue"]


def test_a_screened_proposal_is_not_late(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    with at(Timer.objects.get(kind="screening_overdue").due_at):
        assert "screening_overdue" not in {fired.kind for fired in clocks.fire_due()}


def test_an_overdue_condition_puts_the_version_at_risk_until_it_is_closed(cast: Cast) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve_with_conditions", "approve")
    due = timezone.localdate() + timedelta(days=20)
    deciding.close_committee(
        version_id=version.pk, actor=cast.chair, expected=course.number(version),
        conditions=[{"text": "A mirror", "owner": cast.ana, "due_on": due}],
    )  # fmt: skip
    with at(timers.begin_of(due + timedelta(days=1))):
        assert [fired.kind for fired in clocks.fire_due()] == ["condition_overdue"]
        assert Version.objects.get(pk=version.pk).at_risk
        deciding.close_condition(condition_id=version.conditions.get().pk, actor=cast.chair, proof="Seen.")
        assert not Version.objects.get(pk=version.pk).at_risk
        assert clocks.fire_due() == []
    assert [event["type"] for event in events(version, "at_risk", "risk_over")] == ["at_risk", "risk_over"]


def _in_use(cast: Cast) -> Version:
    version, _credential = issued(cast)
    return Version.objects.get(pk=version.pk)


def _kinds_at(moment: datetime) -> list[str]:
    with at(moment):
        return [fired.kind for fired in clocks.fire_due()]


def test_an_unconfirmed_suspension_lapses_into_the_stage_before(cast: Cast) -> None:
    version = _in_use(cast)
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="safety")
    order = version.suspensions.get()
    with at(order.confirm_by):
        assert [fired.kind for fired in clocks.fire_due()] == ["suspension_lapses"]
    version.refresh_from_db()
    assert version.stage == "active"
    order.refresh_from_db()
    assert order.outcome == "lapsed"


def test_a_review_that_was_suspended_is_a_review_again_when_the_order_lapses(cast: Cast) -> None:
    version = _in_use(cast)
    keeping.open_review(version_id=version.pk, trigger="date")
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="safety")
    with at(version.suspensions.get().confirm_by):
        clocks.fire_due()
    version.refresh_from_db()
    assert version.stage == "periodic_review"
    assert keeping.replayed_stage(version) == "periodic_review"


def test_a_confirmed_suspension_stays_and_nobody_confirms_an_own_order(cast: Cast) -> None:
    from workflows import rights

    version = _in_use(cast)
    rights.add_member(user=cast.quinn, organization=cast.college, role="committee_chair")
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="safety")

    def confirm(actor: object, reason: str = "an incident") -> object:
        return keeping.confirm_suspension(
            version_id=version.pk, actor=actor, expected=course.number(version), reason=reason
        )

    with pytest.raises(OwnWork, match="interim order"):
        confirm(cast.quinn)
    with pytest.raises(NotAllowed):
        confirm(cast.members[0])
    with pytest.raises(Missing):
        confirm(cast.chair, " ")
    assert confirm(cast.chair).confirmed_by == cast.chair
    with pytest.raises(Refusal, match="already confirmed"):
        confirm(cast.chair)
    with at(version.suspensions.get().confirm_by):
        assert clocks.fire_due() == []
    assert Version.objects.get(pk=version.pk).stage == "suspended"


def test_the_review_opens_on_its_date(cast: Cast) -> None:
    version = _in_use(cast)
    assert "review_due" in _kinds_at(timers.begin_of(version.review_due_on))
    version.refresh_from_db()
    assert version.stage == "periodic_review"
    assert events(version, "open_review")[0]["trigger"] == "date"


def test_partners_and_office_are_told_before_a_statement_ends_and_its_end_opens_the_review(cast: Cast) -> None:
    version = _in_use(cast)
    statement = version.validations.get(organization=cast.hospital, kind="demand")
    with at(statement.valid_until - timedelta(days=90)):
        Version.objects.filter(pk=version.pk).update(review_due_on=None)
        assert "statement_ends" in {fired.kind for fired in clocks.fire_due()}
    days = {event["days"] for event in events(version, "statement_ends")}
    assert days == {90}
    with at(statement.valid_until):
        clocks.fire_due()
    version.refresh_from_db()
    assert (version.stage, version.issuing_paused, version.at_risk) == ("periodic_review", True, True)
    assert events(version, "pause_issuing")[0]["reasons"]


def test_two_years_without_an_award_open_the_review(cast: Cast) -> None:
    version = _in_use(cast)
    Version.objects.filter(pk=version.pk).update(review_due_on=None)
    Timer.objects.exclude(kind="no_awards").delete()
    award = Award.objects.get(version=version)
    award.awarded_at = timezone.now() + timedelta(days=40)
    award.save()
    first = Timer.objects.get(kind="no_awards").due_at
    assert _kinds_at(first) == []
    second = Timer.objects.get(kind="no_awards", fired_at=None).due_at
    assert _kinds_at(second) == ["no_awards"]
    assert Version.objects.get(pk=version.pk).stage == "periodic_review"


def test_an_offer_closes_by_the_clock_when_its_last_learner_is_through(cast: Cast) -> None:
    version = _in_use(cast)
    today = timezone.localdate()
    with pytest.raises(Missing, match="plan"):
        keeping.wind_down(
            version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="end of need",
            last_start_on=today, teach_out_ends_on=today + timedelta(days=30),
        )  # fmt: skip
    keeping.wind_down(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="end of need",
        last_start_on=today, teach_out_ends_on=today + timedelta(days=30), plan="Everybody finishes by May.",
    )  # fmt: skip
    end = timers.begin_of(today + timedelta(days=31))
    assert "offer_ends" not in _kinds_at(end)
    Enrolment.objects.filter(cohort__version=version, stage="not_yet").update(stage="failed")
    assert "offer_ends" in _kinds_at(end + timedelta(days=1))
    assert Version.objects.get(pk=version.pk).stage == "retired"


def test_a_timer_that_keeps_failing_is_set_aside_and_the_others_go_on(seat: Seat, monkeypatch: Any) -> None:
    def poison(*_given: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setitem(clocks.HANDLERS, timers.Kind.SCREENING_OVERDUE, poison)
    half = seat.opened_at + (seat.due_at - seat.opened_at) / 2
    with at(max(half, Timer.objects.get(kind="screening_overdue").due_at)):
        for _minute in range(3):
            with pytest.raises(ZeroDivisionError):
                clocks.fire_due()
        clocks.fire_due()
        assert Timer.objects.get(kind="screening_overdue").fired_at is None
        assert not Timer.objects.filter(kind="remind", due_at__lte=timezone.now(), fired_at=None).exists()


def test_no_timer_ever_approves(cast: Cast) -> None:
    version = course.drafted(cast)
    course.at_pilot_approval(cast, version)
    with at(timezone.now() + timedelta(days=400)):
        clocks.fire_due()
    assert Version.objects.get(pk=version.pk).stage == "pilot_approval"


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_fire_each_timer_once() -> None:
    cast = gather()
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    due = panel.due_at
    gate, results = threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        try:
            results.append(clocks.fire_due())
        finally:
            connection.close()

    with at(due):
        both = [threading.Thread(target=run) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join(timeout=60)
    assert len(results) == 2
    told = events(version, "remind")
    assert len(told) == 6
    assert len({(event["seat"], event["percent"]) for event in told}) == 6
    assert len(events(version, "seat_overdue")) == 2

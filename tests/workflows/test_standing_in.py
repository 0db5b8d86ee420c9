"""Mia is away: Uma of the same committee stands in for stated days, with the same duties, and the seat comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from people.models import Membership, User
from tests.cast import Cast
from tests.journeys import course
from workflows import rights, waiting
from workflows.actions import reviewing, standing_in
from workflows.errors import Missing, NotYours, OwnWork, Refusal
from workflows.models import Absence, LedgerEvent, Seat, Version


@pytest.fixture
def uma(cast: Cast) -> User:
    person = User.objects.create_user("uma@taravelle.example", name="Uma")
    rights.add_member(user=person, organization=cast.college, role="committee_member")
    return person


@pytest.fixture
def seat(cast: Cast, uma: User) -> Seat:
    panel = course.at_pilot_approval(cast, course.drafted(cast))
    return Seat.objects.get(panel=panel, person=cast.members[0])


def _now(seat: Seat) -> Seat:
    return Seat.objects.get(pk=seat.pk)


def _lent(cast: Cast, seat: Seat, uma: User, days: int = 3) -> None:
    until = timezone.localdate() + timedelta(days=days)
    standing_in.delegate_seat(seat_id=seat.pk, actor=cast.members[0], person=uma, until=until)


def test_a_stand_in_answers_and_the_record_says_for_whom(cast: Cast, seat: Seat, uma: User) -> None:
    due = seat.due_at
    _lent(cast, seat, uma)
    assert (_now(seat).person, _now(seat).stands_for, _now(seat).due_at) == (uma, cast.members[0], due)
    with pytest.raises(NotYours):
        reviewing.answer(seat_id=seat.pk, actor=cast.members[0], choice="approve", reasons="x")
    decision = reviewing.answer(seat_id=seat.pk, actor=uma, choice="approve", reasons="as the rubric shows")
    assert decision.actor == uma
    event = LedgerEvent.objects.get(type="delegate_seat")
    assert (event.data["before"], event.data["to"]) == (str(cast.members[0].public_id), str(uma.public_id))
    with pytest.raises(Refusal):
        standing_in.give_back(seat_id=seat.pk, actor=cast.members[0])


def test_an_open_seat_comes_back_when_the_days_are_over(cast: Cast, seat: Seat, uma: User) -> None:
    _lent(cast, seat, uma, days=1)
    assert standing_in.look_after_seats() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert standing_in.look_after_seats() == 1
        assert standing_in.look_after_seats() == 0
    assert (_now(seat).person, _now(seat).stands_for) == (cast.members[0], None)


def test_nobody_passes_a_seat_on_twice_or_to_whom_it_may_not_go(cast: Cast, seat: Seat, uma: User) -> None:
    until, mia = timezone.localdate(), cast.members[0]
    with pytest.raises(NotYours):
        standing_in.delegate_seat(seat_id=seat.pk, actor=cast.chair, person=uma, until=until)
    with pytest.raises(OwnWork):
        standing_in.delegate_seat(seat_id=seat.pk, actor=mia, person=cast.ana, until=until)
    with pytest.raises(Refusal, match="a seat in this round already"):
        standing_in.delegate_seat(seat_id=seat.pk, actor=mia, person=cast.chair, until=until)
    for stranger in (cast.mallory, cast.moe, cast.bob):
        with pytest.raises(Refusal, match="same committee"):
            standing_in.delegate_seat(seat_id=seat.pk, actor=mia, person=stranger, until=until)
    for day in (until - timedelta(days=1), until + timedelta(days=300)):
        with pytest.raises(Missing):
            standing_in.delegate_seat(seat_id=seat.pk, actor=mia, person=uma, until=day)
    _lent(cast, seat, uma)
    other = User.objects.create_user("uli@taravelle.example", name="Uli")
    rights.add_member(user=other, organization=cast.college, role="committee_member")
    with pytest.raises(Refusal, match="cannot pass the seat on"):
        standing_in.delegate_seat(seat_id=seat.pk, actor=uma, person=other, until=until)
    with pytest.raises(NotYours):
        standing_in.give_back(seat_id=seat.pk, actor=cast.chair)


def test_a_letter_is_not_delegated(cast: Cast, uma: User) -> None:
    panel = course.in_relevance_review(cast, course.drafted(cast))
    letter = Seat.objects.get(panel=panel, person=cast.bob)
    with pytest.raises(Refusal, match="pass it on"):
        standing_in.delegate_seat(seat_id=letter.pk, actor=cast.bob, person=uma, until=timezone.localdate())


def test_while_mia_is_away_her_seats_go_over_and_come_back(cast: Cast, seat: Seat, uma: User) -> None:
    mia, today = cast.members[0], timezone.localdate()
    standing_in.be_away(actor=mia, starts_on=today, ends_on=today + timedelta(days=5), stand_in=uma)
    assert standing_in.look_after_seats() == 1
    assert _now(seat).person == uma
    standing_in.be_back(actor=mia)
    assert _now(seat).person == mia
    assert standing_in.look_after_seats() == 0


def test_a_stand_in_who_may_not_sit_leaves_the_seat_where_it_is(cast: Cast, seat: Seat) -> None:
    mia, today = cast.members[0], timezone.localdate()
    standing_in.be_away(actor=mia, starts_on=today, ends_on=today, stand_in=cast.chair)
    assert standing_in.look_after_seats() == 0
    assert _now(seat).person == mia


def test_no_clock_stops_on_hold_nothing_moves_and_days_are_checked(cast: Cast, seat: Seat, uma: User) -> None:
    mia, today = cast.members[0], timezone.localdate()
    for first, last in ((today, today - timedelta(days=1)), (today, today + timedelta(days=400))):
        with pytest.raises(Missing):
            standing_in.be_away(actor=mia, starts_on=first, ends_on=last, stand_in=uma)
    with pytest.raises(Refusal, match="same committee"):
        standing_in.be_away(actor=mia, starts_on=today, ends_on=today, stand_in=cast.mallory)
    standing_in.be_away(actor=mia, starts_on=today, ends_on=today, stand_in=uma)
    standing_in.be_away(actor=mia, starts_on=today, ends_on=today, stand_in=None)
    assert Absence.objects.filter(ended_at=None).count() == 1
    standing_in.be_away(actor=mia, starts_on=today, ends_on=today, stand_in=uma)
    Version.objects.filter(pk=seat.panel.version_id).update(on_hold=True)
    assert standing_in.look_after_seats() == 0


def test_it_is_done_on_pages(cast: Cast, seat: Seat, uma: User) -> None:
    mia, today = Client(), timezone.localdate()
    mia.force_login(cast.members[0])
    page = f"/quality/cases/{seat.panel.version.public_id}/delegate"
    assert "Uma" in mia.get(page).content.decode()
    assert mia.post(page, {"member": uma.pk, "until": ""}).status_code == 422
    assert mia.post(page, {"member": uma.pk, "until": today.isoformat()}).status_code == 302
    assert "Take it back" in mia.get("/quality/away").content.decode()
    assert mia.post(f"/quality/seats/{seat.public_id}/back").status_code == 303
    assert _now(seat).person == cast.members[0]
    sent = {"starts_on": today.isoformat(), "ends_on": today.isoformat(), "stand_in": uma.pk}
    assert mia.post("/quality/away", {**sent, "ends_on": "2020-01-01"}).status_code == 422
    assert mia.post("/quality/away", sent).status_code == 303
    assert "Uma stands in" in mia.get("/quality/away").content.decode()
    assert mia.post("/quality/away/back").status_code == 303
    mallory = Client()
    mallory.force_login(cast.mallory)
    assert mallory.get(page).status_code == 404
    assert mallory.post(f"/quality/seats/{seat.public_id}/back").status_code == 404


def test_who_left_the_committee_gets_no_vote_back(cast: Cast, seat: Seat, uma: User) -> None:
    mia = cast.members[0]
    _lent(cast, seat, uma, days=1)
    membership = Membership.objects.get(user=mia, role="committee_member", ended_at=None)
    rights.add_member(user=mia, organization=cast.college, role="proposer")  # so that she can still sign in
    rights.end_membership(membership)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert standing_in.look_after_seats() == 1
        with pytest.raises(Refusal):
            reviewing.answer(seat_id=seat.pk, actor=mia, choice="approve", reasons="x")
        assert "vacant" in [item.kind for item in waiting.items(cast.quinn)]
    assert LedgerEvent.objects.filter(type="vacate_seat").count() == 1


def test_without_the_right_to_decide_a_seat_is_worth_nothing(cast: Cast, seat: Seat) -> None:
    mia = cast.members[0]
    membership = Membership.objects.get(user=mia, role="committee_member", ended_at=None)
    rights.add_member(user=mia, organization=cast.college, role="proposer")
    rights.end_membership(membership)
    with pytest.raises(Refusal):
        reviewing.answer(seat_id=seat.pk, actor=mia, choice="approve", reasons="x")

"""A seat changes hands, waits, asks, ends: never by time alone, never to the wrong person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from people.models import Invitation, Organization, User
from tests.cast import Cast
from tests.journeys import course
from workflows import rights
from workflows.actions import deciding, reviewing, seating
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import LedgerEvent, Seat, SeatUserObjectPermission
from workflows.panels import Place, task_of


def _bobs_seat(cast: Cast) -> Seat:
    return course.in_relevance_review(cast, course.drafted(cast)).seats.get(person=cast.bob)


def test_not_me_gives_the_seat_the_task_and_the_right_to_a_colleague(cast: Cast) -> None:
    seat = _bobs_seat(cast)
    old = seat.invitation
    reviewing.keep_draft(seat_id=seat.pk, actor=cast.bob, draft={"typed": "by Bob"})
    passed = reviewing.pass_on(seat_id=seat.pk, actor=cast.bob, name="Bea", email="Bea@Quellin.example", language="fr")
    bea = User.objects.get(email="bea@quellin.example")
    assert (bea.is_guest, bea.language, passed.person, passed.draft) == (True, "fr", bea, {})
    old.refresh_from_db()
    assert old.ended_at is not None
    assert old.passed_on_to == passed.invitation
    assert passed.invitation.person == bea
    with pytest.raises(NotYours):
        course.signed(Seat(pk=seat.pk, person=cast.bob), "support")
    assert course.signed(Seat.objects.get(pk=seat.pk), "support").actor == bea
    assert task_of(passed) is None
    assert not SeatUserObjectPermission.objects.filter(content_object=seat).exists()
    event = LedgerEvent.objects.get(type="pass_on")
    assert event.data["to"] == str(bea.public_id)
    assert "bea@" not in str(event.data).lower()


@pytest.mark.parametrize(
    ("name", "email", "refusal", "sentence"),
    [
        ("", "bea@quellin.example", Missing, "name"),
        ("Bea", "bea@rival.example", Refusal, "quellin.example"),
        ("Bea", "bea@notquellin.example", Refusal, "quellin.example"),
        ("Bob", "bob@quellin.example", Refusal, "seat in this round already"),
    ],
)
def test_a_seat_is_passed_on_only_inside_its_organization(
    cast: Cast, name: str, email: str, refusal: type[Refusal], sentence: str
) -> None:
    seat = _bobs_seat(cast)
    with pytest.raises(refusal, match=sentence):
        reviewing.pass_on(seat_id=seat.pk, actor=cast.bob, name=name, email=email)
    seat.refresh_from_db()
    assert seat.person == cast.bob
    assert seat.invitation.ended_at is None


def test_a_seat_without_a_mail_domain_still_never_goes_to_the_asking_institution(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.hospital.pk).update(domain="")
    seat = _bobs_seat(cast)
    for author_or_member in (cast.ana, cast.moe):
        with pytest.raises(OwnWork):
            reviewing.pass_on(seat_id=seat.pk, actor=cast.bob, name="x", email=author_or_member.email)
    assert reviewing.pass_on(seat_id=seat.pk, actor=cast.bob, name="Bea", email="bea@home.example").person.name == "Bea"


def test_only_the_persons_own_open_seat_is_passed_on_or_asks(cast: Cast) -> None:
    seat = _bobs_seat(cast)
    with pytest.raises(NotYours):
        reviewing.pass_on(seat_id=seat.pk, actor=cast.vera, name="Bea", email="bea@quellin.example")
    with pytest.raises(NotYours):
        reviewing.ask_question(seat_id=seat.pk, actor=cast.mallory, text="?")
    with pytest.raises(NotYours):
        reviewing.ask_question(seat_id=10**6, actor=cast.bob, text="?")
    course.signed(seat, "support")
    for act in (
        lambda: reviewing.pass_on(seat_id=seat.pk, actor=cast.bob, name="Bea", email="bea@quellin.example"),
        lambda: reviewing.ask_question(seat_id=seat.pk, actor=cast.bob, text="?"),
        lambda: reviewing.recuse(seat_id=seat.pk, actor=cast.bob, reason="x"),
    ):
        with pytest.raises(Refusal, match="no longer open"):
            act()


def test_a_committee_seat_is_not_passed_on(cast: Cast) -> None:
    version = course.drafted(cast)
    seat = course.at_pilot_approval(cast, version).seats.get(person=cast.chair)
    with pytest.raises(Refusal, match="committee"):
        reviewing.pass_on(seat_id=seat.pk, actor=cast.chair, name="Zoe", email="zoe@taravelle.example")


def test_a_question_is_asked_and_answered_once(cast: Cast) -> None:
    seat = _bobs_seat(cast)
    with pytest.raises(Missing):
        reviewing.ask_question(seat_id=seat.pk, actor=cast.bob, text="  ")
    question = reviewing.ask_question(seat_id=seat.pk, actor=cast.bob, text="Which gowns?")
    with pytest.raises(NotYours):
        seating.answer_question(question_id=question.pk, actor=cast.mallory, text="x")
    with pytest.raises(NotAllowed):
        seating.answer_question(question_id=question.pk, actor=cast.vera, text="x")
    with pytest.raises(Missing):
        seating.answer_question(question_id=question.pk, actor=cast.ana, text=" ")
    assert seating.answer_question(question_id=question.pk, actor=cast.ana, text="All sizes.").answered_by == cast.ana
    with pytest.raises(Refusal, match="already answered"):
        seating.answer_question(question_id=question.pk, actor=cast.quinn, text="x")
    told = LedgerEvent.objects.filter(type__contains="question").order_by("pk")
    assert [event.type for event in told] == ["ask_question", "answer_question"]


def test_an_extended_seat_takes_its_link_and_its_round_along(cast: Cast) -> None:
    seat = _bobs_seat(cast)
    until = timezone.localdate() + timedelta(days=29)
    extended = seating.extend_seat(seat_id=seat.pk, actor=cast.quinn, until=until)
    assert timezone.localtime(extended.due_at).date() == until
    assert Invitation.objects.get(seat=seat).expires_at == extended.due_at
    seat.panel.refresh_from_db()
    assert seat.panel.due_at == extended.due_at


@pytest.mark.parametrize(("days", "sentence"), [(-1, "later"), (1, "later"), (31, "30 calendar days")])
def test_a_seat_is_extended_forwards_and_a_month_at_most(cast: Cast, days: int, sentence: str) -> None:
    seat = _bobs_seat(cast)
    with pytest.raises(Refusal, match=sentence):
        seating.extend_seat(seat_id=seat.pk, actor=cast.quinn, until=timezone.localdate() + timedelta(days=days))


def test_only_the_quality_office_touches_other_peoples_seats(cast: Cast) -> None:
    seat = _bobs_seat(cast)
    until = timezone.localdate() + timedelta(days=28)
    for actor, refusal in ((cast.ana, NotAllowed), (cast.vera, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            seating.extend_seat(seat_id=seat.pk, actor=actor, until=until)
        with pytest.raises(refusal):
            seating.replace_seat(seat_id=seat.pk, actor=actor, person=cast.vera, organization=cast.clinic, reason="x")
        with pytest.raises(refusal):
            seating.close_seat(seat_id=seat.pk, actor=actor, reason="x")


def test_an_officer_who_wrote_touches_no_seat(cast: Cast) -> None:
    rights.add_member(user=cast.ana, organization=cast.college, role="qa_officer")
    seat = _bobs_seat(cast)
    with pytest.raises(OwnWork):
        seating.close_seat(seat_id=seat.pk, actor=cast.ana, reason="x")


def test_a_silent_seat_is_closed_after_its_time_with_a_reason_and_the_round_goes_on(cast: Cast) -> None:
    seat = _bobs_seat(cast)
    course.signed(seat.panel.seats.get(person=cast.vera), "support")
    with pytest.raises(Refusal, match="has not ended"):
        seating.close_seat(seat_id=seat.pk, actor=cast.quinn, reason="silent")
    with time_machine.travel(seat.due_at + timedelta(hours=1)):
        with pytest.raises(Missing):
            seating.close_seat(seat_id=seat.pk, actor=cast.quinn, reason=" ")
        with pytest.raises(Refusal, match="Extend it first"):
            seating.replace_seat(
                seat_id=seat.pk, actor=cast.quinn, person=cast.grant, organization=cast.clinic, reason="x"
            )
        closed = seating.close_seat(seat_id=seat.pk, actor=cast.quinn, reason="three reminders, no answer")
        assert (closed.state, closed.closing_reason) == ("no_answer", "three reminders, no answer")
        with pytest.raises(Refusal, match="round is closed"):
            course.signed(seat, "support")
    assert seat.panel.__class__.objects.get(pk=seat.panel_id).outcome == "all_answered"


def test_another_organization_is_asked_instead_and_weighed_anew(cast: Cast) -> None:
    seat = _bobs_seat(cast)
    body = Organization.objects.create(slug="velmora", kind="sector_body", name_en="Velmora Association")
    sam = User.objects.create_user("sam@velmora.example", name="Sam")
    with pytest.raises(Missing):
        seating.replace_seat(seat_id=seat.pk, actor=cast.quinn, person=sam, organization=body, reason="")
    with pytest.raises(OwnWork):
        seating.replace_seat(seat_id=seat.pk, actor=cast.quinn, person=cast.moe, organization=body, reason="x")
    replaced = seating.replace_seat(seat_id=seat.pk, actor=cast.quinn, person=sam, organization=body, reason="left")
    assert (replaced.person, replaced.organization, replaced.weight) == (sam, body, 2)
    with pytest.raises(NotYours):
        course.signed(Seat(pk=seat.pk, person=cast.bob), "support")


def test_a_committee_seat_goes_to_a_member_and_keeps_one_from_outside(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    outside = panel.seats.get(outside_unit=True)
    zoe = User.objects.create_user("zoe@taravelle.example", name="Zoe")
    rights.add_member(user=zoe, organization=cast.college, role="committee_member")
    with pytest.raises(NotAllowed):
        seating.replace_seat(
            seat_id=outside.pk, actor=cast.quinn, person=cast.issuer, organization=cast.college, reason="x",
            outside_unit=True,
        )  # fmt: skip
    with pytest.raises(Missing, match="outside"):
        seating.replace_seat(seat_id=outside.pk, actor=cast.quinn, person=zoe, organization=cast.college, reason="x")
    replaced = seating.replace_seat(
        seat_id=outside.pk, actor=cast.quinn, person=zoe, organization=cast.college, reason="ill", outside_unit=True
    )
    assert replaced.invitation is None
    course.voted(panel, "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=zoe, expected=course.number(version))


def test_a_round_asks_nobody_twice_and_nobody_of_its_own(cast: Cast) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    bob = Place(cast.bob, cast.hospital, "partner")

    def accept(*places: Place) -> object:
        return deciding.accept(
            version_id=version.pk, actor=cast.quinn, expected=course.number(version), sheet=course.SHEET,
            places=list(places),
        )  # fmt: skip

    with pytest.raises(Missing, match="reviewer"):
        accept()
    with pytest.raises(Refusal, match="named twice"):
        accept(bob, Place(cast.bob, cast.clinic, "voice"))
    for insider in (cast.ana, cast.moe):
        with pytest.raises(OwnWork):
            accept(bob, Place(insider, cast.clinic, "voice"))
    assert accept(bob).seats.count() == 1


def test_a_committee_seats_nobody_twice(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    course.answered(course.in_endorsement(cast, version), "endorse")
    with pytest.raises(Refusal, match="named twice"):
        deciding.confirm_endorsement(
            version_id=version.pk, actor=cast.quinn, expected=course.number(version),
            committee=[*cast.committee(), cast.committee()[0]],
        )  # fmt: skip

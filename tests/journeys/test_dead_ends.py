"""No case is stuck, no clock lies, and a stranger cannot tell a case that is not theirs from none at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import approved, held, issued, pilot
from workflows.actions import assessing, awarding, deciding, keeping, piloting, proposing, reviewing, revoking
from workflows.errors import Blocked, Missing, NotYours, Refusal
from workflows.models import Enrolment, Version


def test_a_low_rating_waits_for_a_reply_and_not_for_ever(cast: Cast) -> None:
    version = course.drafted(cast)
    low = {"per_competency": {"C1": {"importance": 2}, "C2": {"importance": 5}}}
    for seat in course.in_relevance_review(cast, version).seats.all():
        course.signed(seat, "support", answers=low)
    with pytest.raises(Blocked, match="P1a"):
        deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    with pytest.raises(Missing):
        proposing.reply_to_rating(version_id=version.pk, actor=cast.ana, competency="C1", text=" ")
    with pytest.raises(Refusal, match="not rated"):
        proposing.reply_to_rating(version_id=version.pk, actor=cast.ana, competency="C2", text="x")
    proposing.reply_to_rating(version_id=version.pk, actor=cast.ana, competency="C1", text="A regulator asks for it.")
    moved = deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    assert moved.stage == "assessment_design"


def test_a_hold_gives_back_the_days_it_took(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    seat = panel.seats.get(person=cast.bob)
    due, link = seat.due_at, seat.invitation.expires_at
    until = timezone.localdate() + timedelta(days=30)
    deciding.hold(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x", until=until)
    with pytest.raises(Refusal, match="on hold"):
        reviewing.answer(seat_id=seat.pk, actor=cast.bob, choice="support", interests=["hires"])
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        deciding.resume(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    seat.refresh_from_db()
    panel.refresh_from_db()
    for later, before in (
        (seat.due_at, due),
        (panel.due_at, due),
        (seat.invitation.__class__.objects.get(pk=seat.invitation_id).expires_at, link),
    ):
        assert timedelta(days=9, hours=23) < later - before < timedelta(days=10, hours=1)


def test_a_tie_is_voted_again(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    course.voted(panel, "approve", "return", "abstain")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    again = course.open_panel(version, panel.kind)
    assert again.round == 2
    assert again.due_at > timezone.now()
    states = dict(again.seats.values_list("person__name", "state"))
    assert states == {"Cato": "carried", "Mia": "open", "Max": "open"}
    for seat in again.seats.filter(state="open"):
        reviewing.answer(seat_id=seat.pk, actor=seat.person, choice="approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    assert Version.objects.get(pk=version.pk).stage == "pilot_ready"


def test_a_version_with_exempt_demand_can_be_activated(cast: Cast) -> None:
    version = course.drafted(cast)
    for seat in course.in_relevance_review(cast, version).seats.all():
        reviewing.answer(
            seat_id=seat.pk, actor=seat.person, choice="do_not_support", reasons="no", interests=["hires"],
            answers=course.RATINGS,
        )  # fmt: skip
    deciding.ask_exemption(
        version_id=version.pk, actor=cast.ana, clause="E6a", reason="new field", tried="two",
        ends_on=timezone.localdate() + timedelta(days=300),
    )  # fmt: skip
    keeping.go_on_without_partner(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="new field"
    )
    deciding.sign_moderation(version_id=version.pk, actor=cast.moe)
    course.answered(course.in_endorsement(cast, version), "endorse")
    panel = deciding.confirm_endorsement(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), committee=cast.committee()
    )
    course.voted(panel, "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    cohort = pilot(cast, version)
    held(cast, cohort.enrolments.order_by("pk")[0])
    approved(cast, version)
    active = piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    assert active.stage == "active"


def test_what_does_not_exist_and_what_is_not_yours_look_the_same(cast: Cast) -> None:
    version, credential = issued(cast)
    cohort = version.cohorts.get()
    enrolment = Enrolment.objects.filter(cohort=cohort).first()
    mallory, number = cast.mallory, course.number(version)
    for id_ in (version.pk, 10**6):
        with pytest.raises(NotYours):
            keeping.suspend(version_id=id_, actor=mallory, expected=number, reason="x")
        with pytest.raises(NotYours):
            deciding.sign_transcript_rule(version_id=id_, actor=mallory)
        with pytest.raises(NotYours):
            proposing.submit(version_id=id_, actor=mallory, expected=number)
    for id_ in (cohort.pk, 10**6):
        with pytest.raises(NotYours):
            piloting.sign_off_roster(cohort_id=id_, actor=mallory)
        with pytest.raises(NotYours):
            piloting.enter_roster(cohort_id=id_, actor=mallory, learners=[])
    for id_ in (enrolment.pk, 10**6):
        with pytest.raises(NotYours):
            assessing.take(enrolment_id=id_, actor=mallory)
        with pytest.raises(NotYours):
            awarding.award(enrolment_id=id_, actor=mallory)
    for id_ in (credential.pk, 10**6):
        with pytest.raises(NotYours):
            revoking.suspend_badge(credential_id=id_, actor=mallory, reason="x")
        with pytest.raises(NotYours):
            revoking.ask_revocation(credential_id=id_, actor=mallory, kind="x", reason="x")
    with pytest.raises(NotYours):
        proposing.answer_request(request_id=10**6, actor=mallory, text="x")
    with pytest.raises(NotYours):
        deciding.close_condition(condition_id=10**6, actor=mallory, proof="x")

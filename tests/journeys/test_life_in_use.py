"""What happens to a version in use: suspension, review, winding down, retirement; and the ways out before."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from credentials.models import Credential
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import issued
from workflows.actions import deciding, keeping, reviewing
from workflows.errors import Blocked, Missing, NotAllowed, NotFromHere, NotYours, Refusal
from workflows.models import Enrolment, PanelKind, Version


def _in_use(cast: Cast) -> Version:
    version, _credential = issued(cast)
    return Version.objects.get(pk=version.pk)


def test_a_suspended_version_stops_and_its_holders_keep_their_badges(cast: Cast) -> None:
    version = _in_use(cast)
    number = course.number(version)
    with pytest.raises(NotAllowed):
        keeping.suspend(version_id=version.pk, actor=cast.ana, expected=number, reason="x")
    with pytest.raises(NotYours):
        keeping.suspend(version_id=version.pk, actor=cast.mallory, expected=number, reason="x")
    with pytest.raises(Missing):
        keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=number, reason=" ")
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=number, reason="safety")
    assert Credential.objects.get().status == "issued"
    version = keeping.lift(version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="mended")
    assert version.stage == "active"
    assert keeping.replayed_stage(version) == "active"


def test_a_review_closes_into_use_only_with_demand_in_force(cast: Cast) -> None:
    version = _in_use(cast)
    keeping.open_review(version_id=version.pk, trigger="date")
    for validation in version.validations.filter(kind="demand"):
        reviewing.withdraw_validation(
            validation_id=validation.pk, actor=validation.decision.actor, reason="no vacancies"
        )
    with pytest.raises(Blocked, match="E6a"):
        keeping.close_review(version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="kept")
    closed = keeping.close_review(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="no demand", wind_down=True
    )
    assert closed.stage == "expiring"


def test_an_offer_retires_when_the_last_learner_has_finished(cast: Cast) -> None:
    version = _in_use(cast)
    today = timezone.localdate()
    keeping.wind_down(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="end of need",
        last_start_on=today, teach_out_ends_on=today + timedelta(days=90), plan="Everybody finishes in May.",
    )  # fmt: skip
    with pytest.raises(Refusal, match="still under way"):
        keeping.retire(version_id=version.pk)
    Enrolment.objects.filter(stage="not_yet").update(stage="failed")
    with pytest.raises(Refusal, match="end of teaching"):
        keeping.retire(version_id=version.pk)
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert keeping.retire(version_id=version.pk).stage == "retired"
        with pytest.raises(NotFromHere):
            keeping.retire(version_id=version.pk)


def _declined(cast: Cast) -> Version:
    version = course.drafted(cast)
    for seat in course.in_relevance_review(cast, version).seats.all():
        reviewing.answer(
            seat_id=seat.pk, actor=seat.person, choice="do_not_support", reasons="no need", interests=["hires"],
            answers=course.RATINGS,
        )  # fmt: skip
    return version


def test_declined_partners_lead_to_an_override_with_an_exemption_asked_for(cast: Cast) -> None:
    version = _declined(cast)
    with pytest.raises(Missing, match="E6a"):
        keeping.go_on_without_partner(
            version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="new field"
        )
    deciding.ask_exemption(
        version_id=version.pk, actor=cast.ana, clause="E6a", reason="new field", tried="two employers",
        ends_on=timezone.localdate() + timedelta(days=300),
    )  # fmt: skip
    moved = keeping.go_on_without_partner(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="new field"
    )
    assert moved.stage == "assessment_design"
    override = moved.decisions.get(choice="go_on_without_partner")
    assert (override.actor, override.reasons, len(override.conformance)) == (cast.chair, "new field", 16)


def test_no_override_runs_ahead_of_a_partners_answer(cast: Cast) -> None:
    version = course.drafted(cast)
    bob, _vera = course.in_relevance_review(cast, version).seats.order_by("pk")
    ends = timezone.localdate() + timedelta(days=300)
    deciding.ask_exemption(
        version_id=version.pk, actor=cast.ana, clause="E6a", reason="new field", tried="two", ends_on=ends
    )

    def override() -> Version:
        return keeping.go_on_without_partner(
            version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="new field"
        )

    with pytest.raises(Refusal, match="can still answer"):
        override()
    course.signed(bob, "support")
    course.answered(course.open_panel(version, PanelKind.RELEVANCE), "support")
    with pytest.raises(Refusal, match="Confirm the demand"):
        override()


def test_a_chair_may_reject_in_writing(cast: Cast) -> None:
    version = _declined(cast)
    with pytest.raises(NotAllowed):
        keeping.reject_at_relevance(
            version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="no need"
        )
    rejected = keeping.reject_at_relevance(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="no need"
    )
    assert rejected.stage == "rejected"
    assert rejected.decisions.get(choice="reject_at_relevance").reasons == "no need"
    assert keeping.replayed_stage(rejected) == "rejected"

"""Relevance ages, and age has effect: issuing stops with the demand, goes on with it, and nobody can switch it on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import issued
from tests.journeys.test_next_version import edited, revised
from workflows import clocks, timers
from workflows.actions import deciding, keeping, piloting, reviewing, seating
from workflows.errors import Blocked, Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import LedgerEvent, Panel, PanelKind, Seat, Timer, Version
from workflows.panels import Place


@pytest.fixture
def version(cast: Cast) -> Version:
    made, _credential = issued(cast)
    return Version.objects.get(pk=made.pk)


def now(version: Version) -> Version:
    return Version.objects.get(pk=version.pk)


def flags(version: Version) -> tuple[str, bool, bool]:
    fresh = now(version)
    return (fresh.stage, fresh.issuing_paused, fresh.at_risk)


def withdrawn(version: Version, kind: str) -> None:
    for statement in version.validations.filter(kind=kind, withdrawn_at=None):
        reviewing.withdraw_validation(validation_id=statement.pk, actor=statement.decision.actor, reason="no vacancies")


def asked_again(cast: Cast, version: Version, *places: Place, kind: PanelKind = PanelKind.RELEVANCE) -> Panel:
    return keeping.ask_again(
        version_id=version.pk, actor=cast.quinn, kind=kind, places=list(places) or cast.employers()
    )


def closed(cast: Cast, version: Version, **more: Any) -> Version:
    return keeping.close_review(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="seen", **more
    )


def test_lost_demand_stops_issuing_at_once_and_renewed_demand_starts_it(cast: Cast, version: Version) -> None:
    assert flags(version) == ("active", False, False)
    withdrawn(version, "demand")
    assert flags(version) == ("periodic_review", True, True)
    today = timezone.localdate()
    with pytest.raises(Refusal, match="No cohort"):
        piloting.make_cohort(
            version_id=version.pk, actor=cast.ana, name="Next", starts_on=today, ends_on=today, stop_rule="x",
            consent={"en": "x"},
        )  # fmt: skip
    with pytest.raises(Blocked, match="E6a"):
        closed(cast, version)
    panel = asked_again(cast, version)
    assert {seat.state for seat in panel.seats.all()} == {"open"}
    course.answered(panel, "support")
    assert flags(version) == ("periodic_review", False, False)
    panel.refresh_from_db()
    assert panel.outcome == "asked_again"
    kept = closed(cast, version)
    assert kept.stage == "active"
    assert kept.review_due_on == timers.begin_of(kept.review_due_on).date()
    told = LedgerEvent.objects.filter(type__in=["pause_issuing", "resume_issuing"]).order_by("pk")
    assert [(event.type, event.actor) for event in told] == [("pause_issuing", "system"), ("resume_issuing", "system")]


def test_one_withdrawal_opens_the_review_though_the_quorum_holds(cast: Cast, version: Version) -> None:
    vera = version.validations.get(organization=cast.clinic, kind="job_performance")
    reviewing.withdraw_validation(validation_id=vera.pk, actor=cast.vera, reason="moved")
    assert flags(version) == ("periodic_review", False, False)


def test_a_lost_job_validation_is_a_risk_and_does_not_stop_issuing(cast: Cast, version: Version) -> None:
    withdrawn(version, "job_performance")
    assert flags(version) == ("periodic_review", False, True)
    course.answered(asked_again(cast, version, kind=PanelKind.ENDORSEMENT), "endorse")
    assert flags(version) == ("periodic_review", False, False)


def test_sources_that_age_out_stop_issuing_until_a_fresh_one_is_found(cast: Cast, version: Version) -> None:
    Version.objects.filter(pk=version.pk).update(review_due_on=None)
    version.validations.update(valid_until=timezone.now() + timedelta(days=2000))
    with time_machine.travel(timezone.now() + timedelta(days=600), tick=False):
        clocks.fire_due()
        assert flags(version) == ("active", False, False)
    with time_machine.travel(timezone.now() + timedelta(days=680), tick=False):
        clocks.fire_due()
        assert flags(version) == ("periodic_review", True, True)
        fresh = {"kind": "survey", "claim": {"en": "Fifty vacancies"}, "on": timezone.localdate().isoformat()}
        facets = now(version).snapshot.facets

        def add(actor: object, **changes: object) -> Version:
            return keeping.add_demand_source(version_id=version.pk, actor=actor, source={**fresh, **changes})

        for actor, refusal in ((cast.bob, NotAllowed), (cast.mallory, NotYours)):
            with pytest.raises(refusal):
                add(actor)
        for wrong in ({"on": None}, {"on": "2999-01-01"}, {"claim": {}}):
            with pytest.raises(Missing):
                add(cast.ana, **wrong)
        add(cast.ana)
        assert flags(version) == ("periodic_review", False, False)
        assert now(version).snapshot.facets == facets


def test_before_use_a_source_belongs_to_the_proposal(cast: Cast) -> None:
    draft = course.drafted(cast)
    with pytest.raises(Refusal, match="belong to the proposal"):
        keeping.add_demand_source(version_id=draft.pk, actor=cast.ana, source={"kind": "survey"})


def test_the_end_of_the_stated_need_ends_statements_and_opens_the_review(cast: Cast) -> None:
    ends = timezone.localdate() + timedelta(days=200)
    draft = course.drafted(cast)
    edited(cast, draft, lambda content: content["demand"].update(need_ends_on=ends.isoformat()))
    course.answered(course.in_relevance_review(cast, draft), "support", valid_months=36)
    for statement in draft.validations.all():
        assert timezone.localtime(statement.valid_until).date() == ends


def test_the_day_after_the_need_the_review_opens(cast: Cast, version: Version) -> None:
    ends = timezone.localdate() + timedelta(days=20)
    content = {**version.content, "demand": {**version.content["demand"], "need_ends_on": ends.isoformat()}}
    Version.objects.filter(pk=version.pk).update(content=content)
    closing = keeping.open_review(version_id=version.pk, trigger="date")
    closed(cast, closing)
    with time_machine.travel(timers.begin_of(ends + timedelta(days=1)), tick=False):
        clocks.fire_due()
    assert flags(version) == ("periodic_review", False, False)
    assert LedgerEvent.objects.filter(type="open_review").order_by("-pk")[0].data["trigger"] == "need_ended"


def test_an_exemption_is_signed_with_the_review_and_its_end_is_stale(cast: Cast, version: Version) -> None:
    withdrawn(version, "demand")
    ends = timezone.localdate() + timedelta(days=100)
    for wrong in (timezone.localdate(), timezone.localdate() + timedelta(days=1200)):
        with pytest.raises(Missing, match="next full review"):
            deciding.ask_exemption(
                version_id=version.pk, actor=cast.ana, clause="E6a", reason="new field", tried="two", ends_on=wrong
            )
    deciding.ask_exemption(
        version_id=version.pk, actor=cast.ana, clause="E6a", reason="new field", tried="two", ends_on=ends
    )
    assert flags(version)[1], "asking alone starts nothing"
    closed(cast, version)
    assert flags(version) == ("active", False, False)
    with time_machine.travel(timers.begin_of(ends + timedelta(days=1)), tick=False):
        clocks.fire_due()
    assert flags(version) == ("periodic_review", True, True)


def test_after_sixty_days_the_officer_is_asked_for_a_suspension(cast: Cast, version: Version) -> None:
    withdrawn(version, "demand")
    due = Timer.objects.get(kind="ask_suspension").due_at
    with time_machine.travel(due, tick=False):
        assert "ask_suspension" in {fired.kind for fired in clocks.fire_due()}
    assert flags(version)[0] == "periodic_review", "the officer decides, not the clock"


def test_a_pause_that_is_over_asks_for_nothing(cast: Cast, version: Version) -> None:
    withdrawn(version, "demand")
    course.answered(asked_again(cast, version), "support")
    with time_machine.travel(Timer.objects.get(kind="ask_suspension").due_at, tick=False):
        assert "ask_suspension" not in {fired.kind for fired in clocks.fire_due()}


def test_while_somebody_is_asked_again_the_earlier_answer_counts(cast: Cast, version: Version) -> None:
    panel = asked_again(cast, version, Place(cast.bob, cast.hospital, "partner"))
    seat = panel.seats.get()
    assert flags(version) == ("active", False, False)
    reviewing.pass_on(seat_id=seat.pk, actor=cast.bob, name="Bea", email="bea@quellin.example")
    keeping.add_demand_source(
        version_id=version.pk, actor=cast.ana,
        source={"kind": "survey", "claim": {"en": "Fifty"}, "on": timezone.localdate().isoformat()},
    )  # fmt: skip
    assert flags(version) == ("active", False, False), "Bob's statement stands until Bea answers"
    with time_machine.travel(seat.due_at + timedelta(hours=1), tick=False):
        seating.close_seat(seat_id=seat.pk, actor=cast.quinn, reason="silent")
    panel.refresh_from_db()
    assert panel.outcome == "asked_again"
    assert flags(version) == ("active", False, False)


def test_an_answer_against_it_stops_issuing_though_the_old_one_had_time_left(cast: Cast, version: Version) -> None:
    panel = asked_again(cast, version, Place(cast.bob, cast.hospital, "partner"))
    course.signed(Seat.objects.get(panel=panel), "do_not_support", reasons="Machines do it now.")
    assert flags(version) == ("periodic_review", True, True)


def test_who_asks_again_what_and_when(cast: Cast, version: Version) -> None:
    draft = revised(cast, version)
    with pytest.raises(Refusal, match="in use"):
        asked_again(cast, draft)
    with pytest.raises(Refusal, match="Only partners"):
        asked_again(cast, version, kind=PanelKind.FINAL_APPROVAL)
    with pytest.raises(Missing):
        keeping.ask_again(version_id=version.pk, actor=cast.quinn, kind=PanelKind.RELEVANCE, places=[])
    for actor, refusal in ((cast.ana, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            keeping.ask_again(version_id=version.pk, actor=actor, kind=PanelKind.RELEVANCE, places=cast.employers())
    asked_again(cast, version)
    with pytest.raises(Refusal, match="already"):
        asked_again(cast, version)


def test_a_withdrawn_statement_reaches_the_version_that_follows(cast: Cast, version: Version) -> None:
    following = revised(cast, version)
    Version.objects.filter(pk=following.pk).update(stage="active", snapshot=version.snapshot)
    withdrawn(version, "demand")
    assert flags(following) == ("periodic_review", True, True)


# -- suspended, and out of the review --------------------------------------------------------------------------------


def test_a_suspended_version_is_mended_in_a_new_one_that_begins_at_the_design(cast: Cast, version: Version) -> None:
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="an incident")

    def mend(actor: object, reason: str = "the task is unsafe") -> Version:
        return keeping.mend_while_suspended(
            version_id=version.pk, actor=actor, expected=course.number(version), reason=reason
        )

    for actor, refusal in ((cast.quinn, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            mend(actor)
    with pytest.raises(Missing):
        mend(cast.chair, " ")
    following = mend(cast.chair)
    assert (following.stage, following.successor_of) == ("assessment_design", version)
    assert keeping.replayed_stage(following) == "assessment_design"
    assert flags(version)[0] == "suspended"
    with pytest.raises(Refusal, match="already in work"):
        mend(cast.chair)
    edited(cast, following, lambda content: content["assessment"]["tasks"][0]["title"].update(en="Safer gownings"))
    deciding.sign_moderation(version_id=following.pk, actor=cast.moe)
    course.answered(course.in_endorsement(cast, following), "endorse")
    deciding.confirm_endorsement(
        version_id=following.pk, actor=cast.quinn, expected=course.number(following), committee=cast.committee()
    )
    assert now(following).stage == "pilot_approval"


def test_a_proposer_who_left_mends_nothing(cast: Cast, version: Version) -> None:
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="an incident")
    cast.ana.is_active = False
    cast.ana.save()
    with pytest.raises(Refusal, match="proposer has left"):
        keeping.mend_while_suspended(
            version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="unsafe"
        )


def test_a_suspension_is_lifted_into_the_end_of_the_offer(cast: Cast, version: Version) -> None:
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="an incident")
    lifted = keeping.lift(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="closed", wind_down=True
    )
    assert (lifted.stage, lifted.last_start_on) == ("expiring", timezone.localdate())
    assert lifted.suspensions.get().outcome == "wound_down"
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="again")
    with pytest.raises(Missing, match="not before the last start"):
        keeping.lift(
            version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="x", wind_down=True,
            last_start_on=date(2030, 1, 2), teach_out_ends_on=date(2030, 1, 1),
        )  # fmt: skip


@pytest.mark.parametrize("wind_down", [False, True])
def test_a_review_may_begin_a_new_version_whichever_way_it_closes(
    cast: Cast, version: Version, wind_down: bool
) -> None:
    keeping.open_review(version_id=version.pk, trigger="date")
    done = closed(cast, version, new_version=True, wind_down=wind_down, answers={"keep": "revise"})
    assert done.stage == ("expiring" if wind_down else "active")
    assert done.successors.get().stage == "draft"
    record = done.decisions.get(choice__startswith="close_review")
    answers = {"keep": "revise", "pack": done.review_packs.get().digest}
    assert (record.answers, record.reasons, len(record.conformance)) == (answers, "seen", 16)


def test_whoever_wrote_closes_no_review(cast: Cast, version: Version) -> None:
    from workflows.actions import proposing

    keeping.open_review(version_id=version.pk, trigger="date")
    proposing.note_contribution(version, cast.chair)
    with pytest.raises(OwnWork):
        closed(cast, version)


def test_a_version_whose_successor_is_in_use_does_not_come_back(cast: Cast, version: Version) -> None:
    keeping.suspend(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="an incident")
    following = Version.objects.create(
        micro_credential=version.micro_credential, institution=version.institution, ordinal=2, stage="active",
        policy=version.policy, proposer=version.proposer, successor_of=version, content=version.content,
    )  # fmt: skip

    def lift(**more: Any) -> Version:
        return keeping.lift(
            version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="closed", **more
        )

    with pytest.raises(Refusal, match="newer version is in use"):
        lift()
    with time_machine.travel(version.suspensions.get().confirm_by + timedelta(minutes=1), tick=False):
        clocks.fire_due()
    assert flags(version)[0] == "expiring"
    Version.objects.filter(pk=version.pk).update(stage="periodic_review")
    with pytest.raises(Refusal, match="newer version is in use"):
        closed(cast, version)
    assert closed(cast, version, wind_down=True).stage == "expiring"
    assert following.ordinal == 2

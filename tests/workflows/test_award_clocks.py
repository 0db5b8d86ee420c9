"""What time does to awards and badges; each clock does its work once, however often it is run."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from credentials.models import Credential
from tests.cast import Cast
from tests.journeys.awards import WEAK, approved, assessed, held, issued, piloting_version
from tests.journeys.course import number
from workflows import ledger
from workflows.actions import awarding, evidencing, learning, piloting, revoking
from workflows.award_clocks import fire_award_clocks
from workflows.evidence import Item
from workflows.models import Cohort, Enrolment, EvidenceItem, LedgerEvent, Version


def _in(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def _events(credential: Credential, type_: str) -> list[dict]:
    enrolment = Enrolment.objects.get(award__public_id=credential.award_reference)
    return [event.data for event in ledger.events_of(f"award:{enrolment.public_id}", type_=type_)]


@pytest.fixture
def badge(cast: Cast) -> Credential:
    _version, credential = issued(cast)
    return credential


def test_on_a_quiet_day_nothing_happens(badge: Credential) -> None:
    before = LedgerEvent.objects.count()
    assert set(fire_award_clocks().values()) == {0}
    assert LedgerEvent.objects.count() == before


def test_an_offer_is_reminded_of_twice_then_unclaimed_and_still_open(badge: Credential) -> None:
    for days, reminders in ((14, 0), (15, 1), (16, 1), (24, 2), (29, 2)):
        fire_award_clocks(_in(days))
        assert len(_events(badge, "remind_badge")) == reminders
    assert fire_award_clocks(_in(30))["unclaimed"] == 1
    assert fire_award_clocks(_in(31))["unclaimed"] == 0
    badge.refresh_from_db()
    assert badge.acceptance == "unclaimed"
    accepted = awarding.answer_badge(credential_id=badge.pk, actor=badge.recipient, accept=True)
    assert accepted.acceptance == "accepted"
    assert fire_award_clocks(_in(90))["unclaimed"] == 0


def test_a_badge_that_nobody_agreed_to_becomes_unclaimed_too(cast: Cast) -> None:
    version, cohort = piloting_version(cast)
    first = cohort.enrolments.order_by("pk")[0]
    held(cast, first)
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    prepared = awarding.award(enrolment_id=first.pk, actor=cast.grant)
    fire_award_clocks(_in(31))
    prepared.refresh_from_db()
    assert (prepared.status, prepared.acceptance) == ("prepared", "unclaimed")
    offered = awarding.consent_to_badge(credential_id=prepared.pk, actor=first.learner, name_shown=False)
    assert (offered.status, offered.acceptance) == ("issued", "offered")


def test_a_suspension_ends_by_itself_after_twenty_business_days(badge: Credential, cast: Cast) -> None:
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="a report")
    assert fire_award_clocks(_in(19))["suspensions_lapsed"] == 0
    assert fire_award_clocks(_in(35))["suspensions_lapsed"] == 1
    assert fire_award_clocks(_in(36))["suspensions_lapsed"] == 0
    badge.refresh_from_db()
    assert (badge.status, badge.suspended_at) == ("issued", None)
    assert _events(badge, "reinstate_badge")[0]["by"] == "time"


def test_a_badge_given_back_ends_after_seven_days_unless_it_is_kept(badge: Credential) -> None:
    revoking.surrender_badge(credential_id=badge.pk, actor=badge.recipient)
    assert fire_award_clocks(_in(6))["surrendered"] == 0
    revoking.keep_badge(credential_id=badge.pk, actor=badge.recipient)
    assert fire_award_clocks(_in(8))["surrendered"] == 0
    revoking.surrender_badge(credential_id=badge.pk, actor=badge.recipient)
    assert fire_award_clocks(_in(8))["surrendered"] == 1
    badge.refresh_from_db()
    assert (badge.status, badge.entry.revoked) == ("revoked", True)
    assert fire_award_clocks(_in(9))["surrendered"] == 0


def test_an_end_is_announced_three_times_and_comes_once(badge: Credential) -> None:
    Credential.objects.update(valid_until=_in(100), acceptance="accepted")
    for days, told in ((9, []), (11, [90]), (50, [90]), (71, [90, 30]), (94, [90, 30, 7]), (99, [90, 30, 7])):
        fire_award_clocks(_in(days))
        assert [data["days"] for data in _events(badge, "warn_of_expiry")] == told
    assert fire_award_clocks(_in(101))["expired"] == 1
    assert fire_award_clocks(_in(102))["expired"] == 0
    badge.refresh_from_db()
    assert (badge.status, badge.entry.revoked) == ("expired", False)


def test_a_clock_that_stood_still_sends_the_nearest_notice_alone(badge: Credential) -> None:
    Credential.objects.update(valid_until=_in(25), acceptance="accepted")
    fire_award_clocks()
    fire_award_clocks()
    assert [data["days"] for data in _events(badge, "warn_of_expiry")] == [30]


def test_a_place_lapses_after_two_notices_two_weeks_apart(cast: Cast) -> None:
    _version, cohort = piloting_version(cast)
    lena, other = cohort.enrolments.order_by("pk")
    assessed(cast, lena, WEAK)
    Enrolment.objects.filter(pk=other.pk).update(stage="submitted")
    Cohort.objects.update(starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate())
    # The notices carry the time at which they were really written, so that day 17 lies two weeks after both.
    told = lambda: len(ledger.events_of(f"award:{lena.public_id}", type_="remind_learner"))  # noqa: E731
    counts = []
    for days in (0, 1, 2, 16, 17, 18):
        lapsed = fire_award_clocks(_in(days))["lapsed"]
        counts.append((told(), lapsed))
    assert counts == [(0, 0), (1, 0), (1, 0), (2, 0), (2, 1), (2, 0)]
    assert Enrolment.objects.get(pk=lena.pk).stage == "lapsed"
    assert Enrolment.objects.get(pk=other.pk).stage == "submitted"


def test_held_results_of_a_version_that_ended_are_closed_with_a_statement(cast: Cast) -> None:
    version, cohort = piloting_version(cast)
    first = cohort.enrolments.order_by("pk")[0]
    held(cast, first)
    assert fire_award_clocks()["held_closed"] == 0
    Version.objects.filter(pk=version.pk).update(stage="rejected")
    assert fire_award_clocks()["held_closed"] == 1
    assert fire_award_clocks()["held_closed"] == 0
    first.refresh_from_db()
    assert first.stage == "closed"
    assert first.statements.get().document["credentialSubject"]["result"][-1]["status"] == "OnHold"


def test_content_goes_when_its_time_is_over_and_the_digest_stays(cast: Cast) -> None:
    _version, cohort = piloting_version(cast)
    lena = cohort.enrolments.order_by("pk")[0]
    learning.enrol(enrolment_id=lena.pk, actor=lena.learner, consent=True)
    learning.submit_evidence(
        enrolment_id=lena.pk, actor=lena.learner, items=[Item("T1", text="x", what="checklist")], own_work=True
    )
    assert fire_award_clocks(_in(365))["evidence_deleted"] == 0
    assert fire_award_clocks(_in(366))["evidence_deleted"] == 1
    assert fire_award_clocks(_in(367))["evidence_deleted"] == 0
    item = EvidenceItem.objects.get()
    assert (item.content, item.digest.startswith("sha256:")) == (None, True)
    assert evidencing.shown_to("earner", lena)[0].closed

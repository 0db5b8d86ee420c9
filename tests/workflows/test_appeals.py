"""An appeal is filed in time, judged by three new people, and what follows happens at once; the rest waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from credentials.models import Credential
from people.models import User
from tests.cast import Cast, gather
from tests.journeys import awards, course
from tests.threads import at_once
from workflows import appeals, evidence
from workflows.actions import appealing, assessing, keeping, revoking
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import Appeal, Award, Enrolment, LedgerEvent, Version

SAID = {"ground": "wrong_fact", "statement": "The checklist is mine.", "remedy": "Let it hold."}


@pytest.fixture
def badge(cast: Cast) -> Credential:
    _version, credential = awards.issued(cast)
    return credential


def _lena(badge: Credential) -> Enrolment:
    return Enrolment.objects.get(award__public_id=badge.award_reference)


def _filed(badge: Credential, **changes: str) -> Appeal:
    enrolment = _lena(badge)
    return appealing.appeal_result(enrolment_id=enrolment.pk, actor=badge.recipient, **{**SAID, **changes})


def _seated(cast: Cast, appeal: Appeal) -> list[User]:
    panel = awards.hearing(cast)
    appealing.seat_appeal(appeal_id=appeal.pk, actor=cast.quinn, panel=panel)
    return panel


def _decided(cast: Cast, appeal: Appeal, outcome: str) -> Appeal:
    for person in _seated(cast, appeal)[:2]:
        appealing.decide_appeal(appeal_id=appeal.pk, actor=person, outcome=outcome, reasons="seen and heard")
    return Appeal.objects.get(pk=appeal.pk)


def _suspended(cast: Cast, badge: Credential) -> None:
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="The checklist may be another's.")


def test_a_suspension_is_set_aside_by_two_of_three(cast: Cast, badge: Credential) -> None:
    _suspended(cast, badge)
    appeal = _filed(badge)
    panel = _seated(cast, appeal)
    appealing.decide_appeal(appeal_id=appeal.pk, actor=panel[0], outcome="vary", reasons="It is hers.")
    badge.refresh_from_db()
    assert badge.status == "suspended"
    appealing.decide_appeal(appeal_id=appeal.pk, actor=panel[1], outcome="stands", reasons="I doubt it.")
    appealing.decide_appeal(appeal_id=appeal.pk, actor=panel[2], outcome="vary", reasons="The log says so.")
    badge.refresh_from_db()
    appeal.refresh_from_db()
    assert (badge.status, appeal.outcome) == ("issued", "vary")
    assert appeal.reasons == "It is hers.\n\nThe log says so."
    assert [e.type for e in LedgerEvent.objects.filter(stream=f"award:{_lena(badge).public_id}").order_by("sequence")][
        -2:
    ] == ["decide_appeal", "reinstate_badge"]
    with pytest.raises(Refusal, match="decided already"):
        appealing.decide_appeal(appeal_id=appeal.pk, actor=panel[2], outcome="vary", reasons="x")


def test_a_decision_that_stands_changes_nothing(cast: Cast, badge: Credential) -> None:
    _suspended(cast, badge)
    assert _decided(cast, _filed(badge), "stands").outcome == "stands"
    badge.refresh_from_db()
    assert badge.status == "suspended"


def test_a_revocation_waits_for_the_appeal_and_falls_with_it(cast: Cast, badge: Credential) -> None:
    asked = revoking.ask_revocation(
        credential_id=badge.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    appeal = _filed(badge)
    with pytest.raises(Refusal, match="waits until the appeal is decided"):
        revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    _decided(cast, appeal, "vary")
    with pytest.raises(Refusal, match="set this finding aside"):
        revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    assert revoking.pending(badge) is None
    badge.refresh_from_db()
    assert badge.status == "issued"


def test_where_somebody_is_in_danger_the_revocation_does_not_wait(cast: Cast, badge: Credential) -> None:
    asked = revoking.ask_revocation(
        credential_id=badge.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person", safety=True
    )
    _filed(badge)
    assert revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn).status == "revoked"


def test_after_a_revocation_the_same_award_gets_a_new_badge(cast: Cast, badge: Credential) -> None:
    asked = revoking.ask_revocation(
        credential_id=badge.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    _decided(cast, _filed(badge), "vary")
    old, new = Credential.objects.filter(award_reference=badge.award_reference).order_by("pk")
    assert (old.status, new.status, new.recipient) == ("revoked", "prepared", badge.recipient)
    assert old.entry_id != new.entry_id
    assert Award.objects.get(public_id=badge.award_reference).ended_at is None


def test_a_last_attempt_is_assessed_anew_by_others(cast: Cast) -> None:
    version, cohort = awards.piloting_version(cast)
    lena = cohort.enrolments.order_by("pk")[0]
    for _ in range(2):
        awards.assessed(cast, lena, awards.WEAK)
        lena.refresh_from_db()
    appeal = appealing.appeal_result(enrolment_id=lena.pk, actor=lena.learner, **SAID)
    assert appeal.against in {"not_yet", "confirm_not_yet"}
    with pytest.raises(Missing, match="what you find"):
        _decided(cast, appeal, "vary")
    panel = [seat.person for seat in appeal.seats.all()]
    assert evidence.reader_of(panel[0], lena) == "appeal"
    for person in panel[:2]:
        appealing.decide_appeal(appeal_id=appeal.pk, actor=person, outcome="reassess", reasons="A level was misread.")
    lena.refresh_from_db()
    assert lena.stage == "submitted"
    assert str(cast.assessor.public_id) in lena.conflicts
    with pytest.raises(Refusal):
        assessing.take(enrolment_id=lena.pk, actor=cast.assessor)
    assert version.appeals.count() == 1


def test_a_proposer_appeals_how_a_rejection_came_about(cast: Cast) -> None:
    version = course.drafted(cast)
    course.answered(course.in_relevance_review(cast, version), "do_not_support", reasons="no need")
    keeping.reject_at_relevance(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="no need"
    )
    with pytest.raises(NotYours):
        appealing.appeal_procedure(version_id=version.pk, actor=cast.mallory, statement="x", remedy="y")
    with pytest.raises(NotAllowed):
        appealing.appeal_procedure(version_id=version.pk, actor=cast.moe, statement="x", remedy="y")
    appeal = appealing.appeal_procedure(
        version_id=version.pk, actor=cast.ana, statement="The letter came before the last answer.", remedy="Hear it."
    )
    with pytest.raises(OwnWork, match="new"):
        appealing.seat_appeal(
            appeal_id=appeal.pk, actor=cast.quinn, panel=[cast.chair, cast.members[0], cast.members[1]]
        )
    assert _decided(cast, appeal, "remit").outcome == "remit"
    assert Version.objects.get(pk=version.pk).stage == "rejected"


def test_who_had_a_part_in_the_case_judges_no_appeal(cast: Cast, badge: Credential) -> None:
    _suspended(cast, badge)
    appeal = _filed(badge)
    new = awards.hearing(cast)
    for partial in (cast.quinn, cast.assessor, cast.moe, cast.grant, badge.recipient, cast.ana, cast.mallory):
        with pytest.raises(OwnWork):
            appealing.seat_appeal(appeal_id=appeal.pk, actor=cast.quinn, panel=[*new[:2], partial])
    for actor in (cast.ana, cast.registrar):
        with pytest.raises(NotAllowed):
            appealing.seat_appeal(appeal_id=appeal.pk, actor=actor, panel=new)
    with pytest.raises(Missing):
        appealing.seat_appeal(appeal_id=appeal.pk, actor=cast.quinn, panel=new[:2])
    appealing.seat_appeal(appeal_id=appeal.pk, actor=cast.quinn, panel=new)
    with pytest.raises(Refusal, match="already"):
        appealing.seat_appeal(appeal_id=appeal.pk, actor=cast.quinn, panel=new)
    with pytest.raises(NotAllowed):
        appealing.decide_appeal(appeal_id=appeal.pk, actor=cast.quinn, outcome="stands", reasons="x")
    with pytest.raises(NotYours):
        appealing.decide_appeal(appeal_id=appeal.pk, actor=cast.mallory, outcome="stands", reasons="x")


def test_an_appeal_is_filed_in_thirty_days_once_and_in_full(cast: Cast, badge: Credential) -> None:
    enrolment = _lena(badge)
    with pytest.raises(NotYours, match="no decision"):
        _filed(badge)
    asked = revoking.ask_revocation(
        credential_id=badge.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    for missing in ("ground", "statement", "remedy"):
        with pytest.raises(Missing):
            _filed(badge, **{missing: " "})
    with pytest.raises(NotYours):
        appealing.appeal_result(enrolment_id=enrolment.pk, actor=cast.quinn, **SAID)
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(Refusal, match="30 calendar days"):
        _filed(badge)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert _filed(badge).against == "revoke_badge"
    with pytest.raises(Refusal, match="filed already"):
        _filed(badge)


def test_only_the_panel_and_the_office_find_it(cast: Cast, badge: Credential) -> None:
    _suspended(cast, badge)
    appeal = _filed(badge)
    assert appeals.appeal_for(cast.quinn, appeal.public_id) == appeal
    for stranger in (cast.mallory, cast.ana, badge.recipient):
        with pytest.raises(NotYours):
            appeals.appeal_for(stranger, appeal.public_id)


@pytest.mark.django_db(transaction=True)
def test_two_findings_at_once_decide_once() -> None:
    cast = gather()
    _version, badge = awards.issued(cast)
    _suspended(cast, badge)
    appeal = _filed(badge)
    panel = _seated(cast, appeal)
    ended = at_once(
        *(
            lambda person=person: appealing.decide_appeal(  # type: ignore[misc]
                appeal_id=appeal.pk, actor=person, outcome="vary", reasons="It is hers."
            )
            for person in panel
        )
    )
    assert sum(isinstance(one, Refusal) for one in ended) == 1
    assert LedgerEvent.objects.filter(type="decide_appeal").count() == 1
    badge.refresh_from_db()
    assert badge.status == "issued"

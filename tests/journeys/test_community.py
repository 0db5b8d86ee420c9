"""A community gives or withholds its agreement; it is counted apart, and its silence is never consent."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from people.models import Organization, User
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.journeys.awards import approved, held, pilot
from workflows import clocks, questions
from workflows.actions import community, deciding, piloting, reviewing, seating
from workflows.errors import Blocked, Missing, NotAllowed, NotYours, Refusal
from workflows.models import Agreement, Panel, PanelKind, Validation, Version
from workflows.panels import Place

TERMS = dict.fromkeys(questions.TERMS, "as the community's council wrote it")


@pytest.fixture
def nation(db: None) -> Organization:
    return Organization.objects.create(
        slug="wenora", kind="community", name_en="Wenora Community (fictional)", domain="wenora.example"
    )


@pytest.fixture
def winona(nation: Organization) -> User:
    return User.objects.create_user("winona@wenora.example", name="Winona")


def _at_gate_2(cast: Cast) -> Version:
    version = course.drafted(cast, inclusion={**proposal()["inclusion"], "indigenous": "yes"})
    panel = course.at_pilot_approval(cast, version)
    course.voted(panel, "approve", "approve", "approve")
    return version


def _close(cast: Cast, version: Version) -> Version:
    return deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))


def _agreement(cast: Cast, version: Version, *parties: Organization, **more: object) -> Agreement:
    given = {"actor": cast.quinn, "terms": TERMS, "in_force_from": timezone.localdate(), **more}
    return community.record_agreement(version_id=version.pk, parties=list(parties), **given)


def _ask(cast: Cast, version: Version, person: User, organization: Organization) -> Panel:
    return community.ask_community(
        version_id=version.pk, actor=cast.quinn, places=[Place(person, organization, "community")]
    )


def test_gate_2_waits_for_the_agreement_and_for_every_named_party(
    cast: Cast, nation: Organization, winona: User
) -> None:
    version = _at_gate_2(cast)
    with pytest.raises(Blocked, match="no agreement with the community"):
        _close(cast, version)
    with pytest.raises(Missing, match="named"):
        _ask(cast, version, winona, nation)
    _agreement(cast, version, nation)
    with pytest.raises(Blocked, match=r"Wenora .* has not agreed"):
        _close(cast, version)
    panel = _ask(cast, version, winona, nation)
    with pytest.raises(Blocked, match="Silence is never consent"):
        _close(cast, version)
    seat = panel.seats.get()
    assert (seat.weight, seat.related_group) == (0, "wenora")
    with pytest.raises(Missing, match="reasons"):
        reviewing.answer(seat_id=seat.pk, actor=winona, choice="withhold")
    reviewing.answer(seat_id=seat.pk, actor=winona, choice="agree")
    assert not Validation.objects.filter(organization=nation).exists()
    assert _close(cast, version).stage == "pilot_ready"


def test_no_clock_runs_against_a_community_and_nobody_closes_its_seat(
    cast: Cast, nation: Organization, winona: User
) -> None:
    version = _at_gate_2(cast)
    _agreement(cast, version, nation)
    seat = _ask(cast, version, winona, nation).seats.get()
    assert not seat.timers.exists()
    with time_machine.travel(timezone.now() + timedelta(days=500), tick=False):
        assert not [fired for fired in clocks.fire_due() if fired.subject.startswith(str(seat.public_id))]
        with pytest.raises(Refusal, match="No clock runs against a community"):
            seating.close_seat(seat_id=seat.pk, actor=cast.quinn, reason="silent")


def test_a_link_of_a_community_is_renewed(cast: Cast, nation: Organization, winona: User) -> None:
    version = _at_gate_2(cast)
    _agreement(cast, version, nation)
    seat = _ask(cast, version, winona, nation).seats.get()
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        until = timezone.localdate() + timedelta(days=30)
        seating.extend_seat(seat_id=seat.pk, actor=cast.quinn, until=until)
        seat.invitation.refresh_from_db()
        assert timezone.localtime(seat.invitation.expires_at).date() == until
        reviewing.answer(seat_id=seat.pk, actor=winona, choice="withhold", reasons="Not this season.")
    with pytest.raises(Blocked):
        _close(cast, version)


def test_a_changed_content_asks_the_community_again(cast: Cast, nation: Organization, winona: User) -> None:
    from workflows import cases
    from workflows.actions import proposing

    version = course.drafted(cast, inclusion={**proposal()["inclusion"], "indigenous": "yes"})
    course.in_design(cast, version)
    _agreement(cast, version, nation)
    reviewing.answer(seat_id=_ask(cast, version, winona, nation).seats.get().pk, actor=winona, choice="agree")
    assert cases.community_open(Version.objects.get(pk=version.pk)) == []
    content = Version.objects.get(pk=version.pk).content
    content["evidence"]["third_persons"] = {"en": "Elders may be recorded."}
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    course.in_endorsement(cast, version)
    assert cases.community_open(Version.objects.get(pk=version.pk)) != []


def test_an_agreement_is_whole_and_recorded_by_the_office(cast: Cast, nation: Organization) -> None:
    version = course.drafted(cast)
    for actor, refusal in ((cast.ana, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            _agreement(cast, version, nation, actor=actor)
    with pytest.raises(Missing, match="party"):
        _agreement(cast, version)
    with pytest.raises(Missing, match="steward"):
        _agreement(cast, version, nation, terms={**TERMS, "steward": " "})
    assert _agreement(cast, version, nation, kind="partner", terms={}).kind == "partner"
    with pytest.raises(Refusal, match="not submitted"):
        _ask(cast, version, cast.bob, nation)


def test_a_withdrawal_opens_the_review_and_holders_keep_their_badges(
    cast: Cast, nation: Organization, winona: User
) -> None:
    version = _at_gate_2(cast)
    agreement = _agreement(cast, version, nation)
    reviewing.answer(seat_id=_ask(cast, version, winona, nation).seats.get().pk, actor=winona, choice="agree")
    _close(cast, version)
    held(cast, pilot(cast, version).enrolments.order_by("pk")[0])
    approved(cast, version)
    active = piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    assert (active.stage, active.at_risk) == ("active", False)
    with pytest.raises(NotYours):
        community.withdraw_agreement(agreement_id=agreement.pk, actor=cast.bob, reason="x")
    with pytest.raises(NotYours):
        community.withdraw_agreement(agreement_id=agreement.pk, actor=cast.mallory, reason="x")
    with pytest.raises(Missing):
        community.withdraw_agreement(agreement_id=agreement.pk, actor=winona, reason=" ")
    community.withdraw_agreement(agreement_id=agreement.pk, actor=winona, reason="The protocol was not kept.")
    active.refresh_from_db()
    assert (active.stage, active.at_risk, active.issuing_paused) == ("periodic_review", True, False)
    assert active.awards.filter(ended_at__isnull=False).count() == 0
    with pytest.raises(Refusal, match="already withdrawn"):
        community.withdraw_agreement(agreement_id=agreement.pk, actor=cast.quinn, reason="x")


def test_where_no_community_is_concerned_nothing_is_asked(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    course.voted(panel, "approve", "approve", "approve")
    assert _close(cast, version).stage == "pilot_ready"
    assert not version.panels.filter(kind=PanelKind.COMMUNITY).exists()

"""A partner's condition: its owner sees it with its day, brings the proof, and whoever set it closes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.journeys import course
from tests.portal_faculty.pages import number, opened, sent
from workflows import running
from workflows.actions import undertaking
from workflows.actions.reviewing import PartnerCondition
from workflows.errors import Missing, NotAllowed, Refusal
from workflows.models import Condition, Version


@pytest.fixture
def condition(cast: Cast) -> Condition:
    version = course.drafted(cast)
    course.in_design(cast, version)
    bob, _vera = course.in_endorsement(cast, version).seats.order_by("pk")
    due = timezone.localdate() + timedelta(days=20)
    wanted = PartnerCondition("Name a second assessor.", cast.ana, due)
    course.signed(bob, "endorse_with_condition", reasons="One assessor is few", condition=wanted)
    return version.conditions.get()


def test_ana_sees_her_condition_and_brings_the_proof(cast: Cast, client: Client, condition: Condition) -> None:
    home = opened(client, cast.ana, "/faculty/")
    assert "A condition that you own" in home
    page = f"/faculty/{condition.version.public_id}/answers"
    body = opened(client, cast.ana, page)
    assert "Name a second assessor." in body
    assert "How was it kept?" in body
    path = f"{page}/condition/{condition.public_id}"
    field = f"condition-{condition.public_id}-text"
    sent(client, cast.ana, path, {field: ""}, 422)
    sent(client, cast.ana, path, {field: "Noor is named."})
    assert "Proof brought" in opened(client, cast.ana, page)
    assert "A condition that you own" not in opened(client, cast.ana, "/faculty/")
    undertaking.close_condition(condition_id=condition.pk, actor=cast.bob, proof="Seen.")
    assert "Closed" in opened(client, cast.ana, page)


def test_only_the_owner_brings_proof_and_only_while_it_is_open(cast: Cast, condition: Condition) -> None:
    for other in (cast.quinn, cast.bob):
        with pytest.raises(NotAllowed):
            undertaking.bring_proof(condition_id=condition.pk, actor=other, proof="x")
    with pytest.raises(Missing):
        undertaking.bring_proof(condition_id=condition.pk, actor=cast.ana, proof=" ")
    undertaking.close_condition(condition_id=condition.pk, actor=cast.bob, proof="Seen.")
    with pytest.raises(Refusal, match="already closed"):
        undertaking.bring_proof(condition_id=condition.pk, actor=cast.ana, proof="late")


def test_an_exemption_is_asked_for_with_its_reason(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    path = f"/faculty/{version.public_id}/exemption"
    sent(client, cast.ana, path, {"clause": "E5"}, 422)
    until = timezone.localdate() + timedelta(days=200)
    data = {"clause": "E5", "reason": "No transcript yet", "tried": "Asked the registrar", "ends_on": until}
    sent(client, cast.ana, path, {**data, "clause": "P1b"}, 422)
    sent(client, cast.ana, path, data)
    assert version.exemptions.get().clause == "E5"


def test_interests_are_declared_and_none_stands_alone(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    path = f"/faculty/{version.public_id}/interests"
    assert "Declared before" in opened(client, cast.ana, path)
    sent(client, cast.ana, path, {"kinds": []}, 422)
    assert "cannot stand beside" in sent(client, cast.ana, path, {"kinds": ["none", "hires"]}, 422)
    sent(client, cast.ana, path, {"kinds": ["hires"], "note": "We place learners."})
    assert version.interests.count() == 2


def test_a_draft_that_was_never_reviewed_has_nobody_asked_before(cast: Cast) -> None:
    assert running.asked_before(course.drafted(cast)) == []


def test_a_submitted_proposal_is_not_checked_again(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    client.force_login(cast.ana)
    assert client.get(f"/faculty/{version.public_id}/check")["Location"] == f"/faculty/{version.public_id}"
    assert client.post(f"/faculty/{version.public_id}/returned", {"request": "0"}).status_code == 404


def test_a_lead_who_opens_the_design_too_early_is_led_to_the_case(cast: Cast, client: Client) -> None:
    version = Version.objects.get(pk=course.drafted(cast).pk)
    client.force_login(cast.ana)
    answer = client.get(f"/faculty/{version.public_id}/design")
    assert answer["Location"] == f"/faculty/{version.public_id}"
    assert number(version) == version.number

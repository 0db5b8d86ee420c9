"""From the form to the pilot gate, by the verbs that the portals call."""

from __future__ import annotations

import pytest

from credentials import keys, proofs
from tests.cast import Cast, proposal
from tests.journeys import course
from workflows import ledger
from workflows.actions import deciding, proposing, reviewing
from workflows.errors import (
    AlreadyAnswered,
    Blocked,
    Missing,
    MovedOn,
    NotAllowed,
    NotFromHere,
    NotYours,
    OwnWork,
)
from workflows.models import LedgerEvent, OutboxEvent, PanelKind, Seat, Validation, Version


def test_a_proposal_reaches_the_pilot(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    course.voted(panel, "approve", "approve", "return")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))

    version.refresh_from_db()
    assert version.stage == "pilot_ready"
    events = LedgerEvent.objects.filter(stream=f"version:{version.public_id}").order_by("sequence")
    verbs = list(events.values_list("type", flat=True))
    assert [verb for verb in verbs if verb not in {"answer", "sign_moderation", "duplicates_seen"}] == [
        "start", "declare_interest", "submit", "accept", "confirm_demand", "design_ready",
        "confirm_endorsement", "approve_pilot",
    ]  # fmt: skip
    assert list(ledger.faults()) == []
    assert OutboxEvent.objects.count() == LedgerEvent.objects.count()


def test_each_validation_is_signed_by_the_partners_own_key_over_the_snapshot(cast: Cast) -> None:
    version = course.drafted(cast)
    course.at_pilot_approval(cast, version)
    validations = Validation.objects.filter(version=version, organization=cast.hospital)
    assert sorted(validations.values_list("kind", flat=True)) == ["demand", "job_performance"]
    for validation in validations:
        document = validation.endorsement.document
        assert document["issuer"]["id"] == keys.did_of(cast.hospital)
        assert proofs.verify(document, keys.did_document(cast.hospital))
        assert not proofs.verify(document, keys.did_document(cast.college))
        forged = {**document, "validUntil": "2099-01-01T00:00:00Z"}
        assert not proofs.verify(forged, keys.did_document(cast.hospital))


def test_a_return_asks_again_only_those_whose_facets_changed(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    first = course.in_endorsement(cast, version)
    bob, vera = first.seats.order_by("pk")
    reviewing.answer(seat_id=bob.pk, actor=cast.bob, choice="return", reasons="Add a tear drill", interests=["hires"])
    reviewing.answer(seat_id=vera.pk, actor=cast.vera, choice="endorse", interests=["hires"])
    deciding.return_from_endorsement(
        version_id=version.pk,
        actor=cast.quinn,
        expected=course.number(version),
        requests={"assessment": "Tear drill"},
    )
    request = version.change_requests.get()
    proposing.answer_request(request_id=request.pk, actor=cast.ana, text="Explained in the guide for assessors.")
    unchanged = course.in_endorsement(cast, version)
    assert [seat.state for seat in unchanged.seats.order_by("pk")] == ["open", "carried"]
    assert unchanged.seats.get(person=cast.vera).decision.carried_from.panel == first


def test_a_changed_comma_reopens_the_seat(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    course.answered(course.in_endorsement(cast, version), "endorse")
    deciding.return_from_endorsement(
        version_id=version.pk,
        actor=cast.quinn,
        expected=course.number(version),
        requests={"assessment": "A comma"},
    )
    proposing.answer_request(request_id=version.change_requests.get().pk, actor=cast.ana, text="Done.")
    content = proposal()
    content["assessment"]["moderation_after"]["en"] += ","
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    deciding.sign_moderation(version_id=version.pk, actor=cast.moe)
    panel = course.in_endorsement(cast, version)
    assert {seat.state for seat in panel.seats.all()} == {"open"}


def test_demand_is_not_confirmed_without_an_independent_partner(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    bob, vera = panel.seats.order_by("pk")
    reviewing.answer(seat_id=bob.pk, actor=cast.bob, choice="support", interests=["sells"])
    reviewing.answer(seat_id=vera.pk, actor=cast.vera, choice="support", interests=["hires"])
    with pytest.raises(Blocked, match="E6a"):
        deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))


def test_missing_answers_are_named(cast: Cast) -> None:
    version = course.drafted(cast, inclusion={})
    with pytest.raises(Missing, match="Indigenous"):
        course.submitted(cast, version)
    assert Version.objects.get(pk=version.pk).stage == "draft"


def test_a_stale_page_is_refused(cast: Cast) -> None:
    version = course.drafted(cast)
    with pytest.raises(MovedOn):
        proposing.submit(version_id=version.pk, actor=cast.ana, expected=0)


def test_a_second_click_is_refused_by_name(cast: Cast) -> None:
    version = course.drafted(cast)
    seat = course.in_relevance_review(cast, version).seats.get(person=cast.bob)
    reviewing.answer(seat_id=seat.pk, actor=cast.bob, choice="support", interests=["hires"])
    with pytest.raises(AlreadyAnswered, match="signed by Bob"):
        reviewing.answer(seat_id=seat.pk, actor=cast.bob, choice="support", interests=["hires"])
    assert Validation.objects.filter(organization=cast.hospital).count() == 1


def test_nobody_takes_a_step_that_is_not_theirs(cast: Cast) -> None:
    version = course.drafted(cast)
    with pytest.raises(NotAllowed):
        proposing.submit(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    with pytest.raises(NotYours):
        proposing.submit(version_id=version.pk, actor=cast.mallory, expected=course.number(version))
    with pytest.raises(NotFromHere):
        deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    panel = course.in_relevance_review(cast, version)
    seat = panel.seats.get(person=cast.bob)
    with pytest.raises(NotYours):
        reviewing.answer(seat_id=seat.pk, actor=cast.mallory, choice="support", interests=["hires"])


def test_whoever_edited_is_not_seated_on_the_committee(cast: Cast) -> None:
    version = course.drafted(cast)
    proposing.note_contribution(version, cast.chair)
    with pytest.raises(OwnWork):
        course.at_pilot_approval(cast, version)
    assert Version.objects.get(pk=version.pk).stage == "endorsement"


def test_a_tie_defers(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    course.voted(panel, "approve", "return", "abstain")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    version.refresh_from_db()
    assert version.stage == "pilot_approval"


def test_a_competency_without_a_shared_skill_stops_at_the_pilot_gate(cast: Cast) -> None:
    version = course.drafted(cast, alignments=proposal()["alignments"][:1])
    panel = course.at_pilot_approval(cast, version)
    course.voted(panel, "approve", "approve", "approve")
    with pytest.raises(Blocked, match="E2b"):
        deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))


def test_withdrawing_ends_the_open_links(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    proposing.withdraw(version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="No funds.")
    for seat in Seat.objects.filter(panel__version=version):
        assert seat.state == "no_answer"
        assert seat.invitation.ended_at is not None
    assert not version.panels.filter(kind=PanelKind.RELEVANCE, closed_at=None).exists()

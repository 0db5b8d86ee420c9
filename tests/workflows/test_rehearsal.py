"""A rehearsal carries every sample from form to badge by the verbs of the portals, with the story of the sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credentials.models import Credential
from workflows import ledger
from workflows.actions import keeping
from workflows.door import stream_of
from workflows.errors import Refusal
from workflows.models import Agreement, Decision, Enrolment, Seat, Snapshot, Version
from workflows.proposals import read, read_file
from workflows.rehearsal import Rehearsal, conformance
from workflows.stations import Stage

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "workflows" / "samples"


def played(name: str, stage: Stage = Stage.ACTIVE) -> Rehearsal:
    reading = read_file(SAMPLES / f"{name}.json")
    play = Rehearsal(reading, reading.under_stand_ins[0])
    play.until(stage)
    return play


def moves(version: Version) -> list[str]:
    return [event.type for event in ledger.events_of(stream_of(version)) if "to" in event.data]


def test_the_gowning_is_returned_once_by_a_partner_and_approved_with_a_condition() -> None:
    play = played("algonquin-gowning")
    credentials = play.finish()
    version = play.version
    assert moves(version) == [
        "submit", "accept", "confirm_demand", "design_ready", "return_from_endorsement", "design_ready",
        "confirm_endorsement", "approve_pilot", "start_pilot", "close_pilot", "report", "approve_with_conditions",
        "activate",
    ]  # fmt: skip
    first, second = Snapshot.objects.filter(version=version).order_by("ordinal")
    changed = {name for name, digest in first.facets.items() if second.facets[name] != digest}
    assert changed == {"assessment"}
    assert "planned disturbance" in second.content["assessment"]["strategy"]["en"]
    assert Enrolment.objects.filter(cohort__version=version).count() == 6
    assert Enrolment.objects.filter(cohort__version=version, stage="not_yet").count() == 1
    assert len(credentials) == Credential.objects.filter(acceptance="accepted").count() == 5
    assert version.conditions.filter(set_at_gate="final_approval", closed_at__isnull=False).count() == 1
    assert keeping.replayed_stage(version) == "active"
    assert list(ledger.faults()) == []


def test_the_assistant_is_screened_twice_and_its_condition_is_closed_before_the_final_gate() -> None:
    play = played("cambrian-pca", Stage.PILOTING)
    version = play.version
    assert moves(version)[:4] == ["submit", "return_from_screening", "submit", "accept"]
    assert version.conditions_open
    assert version.conditions.get(closed_at=None).text == "add home-care station before first regular cohort"
    exemption = version.exemptions.get()
    assert exemption.clause == "E5"
    assert exemption.signed_at is not None
    play.until(Stage.ACTIVE)
    version.refresh_from_db()
    assert not version.conditions_open
    assert version.registrar_signed_by is None
    assert {result["code"]: result["state"] for result in play.strips[-1].strip}["E5"] == "exempt"


def test_the_french_one_is_blocked_at_the_gate_and_its_decisions_carry_over() -> None:
    play = played("hearst-offre-active")
    version = play.version
    assert len(play.refusals) == 1
    assert "E2b" in play.refusals[0]
    assert "C2" in play.refusals[0]
    assert "return_pilot_approval" in moves(version)
    assert play.demand_panel == {"met": True, "still_waiting_for": ["Ardoival"]}
    assert conformance.quorum_compared(play.proposal, play.demand_panel)["agrees"] is True
    assert conformance.quorum_compared(play.proposal, None)["agrees"] is None
    silent = Seat.objects.get(panel__version=version, state="no_answer")
    assert silent.organization.name_fr == "Ardoival"
    endorsed = Decision.objects.filter(version=version, panel__kind="endorsement", panel__round=2)
    assert endorsed.count() == 3
    assert all(decision.carried_from is not None for decision in endorsed)
    assert version.language == "fr"
    texts = [alignment["justification"]["fr"] for alignment in version.content["alignments"]]
    assert any("compétence locale" in text for text in texts)


@pytest.mark.parametrize("stage", list(Stage))
def test_it_stops_right_at_any_stage(stage: Stage) -> None:
    play = played("algonquin-gowning", stage)
    assert play.version.stage == stage
    assert play.strips[-1].stage == stage
    assert not any(gate.stage == stage for gate in play.strips[:-1]) or stage == Stage.DRAFT


def _changed(name: str, **members: object) -> Rehearsal:
    document = json.loads((SAMPLES / f"{name}.json").read_text())
    document["proposals"][0].update(members)
    reading = read(json.dumps(document).encode())
    return Rehearsal(reading, reading.under_stand_ins[0])


def test_where_a_community_is_concerned_its_agreement_comes_first() -> None:
    play = _changed("algonquin-gowning", inclusion={"indigenous": "yes"})
    version = play.until(Stage.PILOT_READY)
    agreement = Agreement.objects.get(initiative=version.micro_credential.initiative)
    assert [party.name_en for party in agreement.parties.all()] == ["Community (sample)"]
    assert version.panels.get(kind="community").decisions.get(seat__isnull=False).choice == "agree"


def test_a_competency_without_any_skill_is_blocked_returned_and_explained() -> None:
    document = json.loads((SAMPLES / "algonquin-gowning.json").read_text())
    competencies = document["proposals"][0]["competencies"]
    competencies[3]["alignments"] = []
    play = _changed("algonquin-gowning", competencies=competencies)
    version = play.until(Stage.PILOT_READY)
    assert "C4" in play.refusals[0]
    [entry] = [a for a in version.content["alignments"] if a["competency"] == "C4"]
    assert entry["match"] == "none_in_esco"
    assert entry["justification"]["en"]


@pytest.mark.parametrize(
    ("reviews", "stage", "reason"),
    [
        ([{"relevance": {"decision": "do_not_support"}}] * 2, "relevance_review", "E6a"),
        ([{"relevance": {"decision": "pending"}}] * 2, "relevance_review", "P1b"),
        (
            [{"relevance": {"decision": "support"}, "assessment": {"decision_round_1": "decline"}}] * 2,
            "endorsement",
            "E6b",
        ),
    ],
)
def test_without_the_partners_it_stops_with_the_reason(reviews: list[dict], stage: str, reason: str) -> None:
    names = ["Quellin Research Institute", "Brevanth Therapy Network"]
    given = [{"org": name, **review} for name, review in zip(names, reviews, strict=True)]
    play = _changed("algonquin-gowning", partner_reviews=given)
    with pytest.raises(Refusal, match=reason):
        play.until(Stage.ACTIVE)
    play.version.refresh_from_db()
    assert play.version.stage == stage


def test_sample_answers_are_marked_and_listed() -> None:
    play = played("algonquin-gowning", Stage.SCREENING)
    places = [answer.place for answer in play.answers.answers]
    assert "demand.sources[0].on" in places
    assert "inclusion.indigenous" in places
    assert "sample answer" in play.version.content["demand"]["sources"][0]["note"]["en"]
    assert play.version.content["demand"]["sources"][4]["on"] is None
    confirmer = play.version.content["alignments"][0]["confirmed_by"]
    assert confirmer == "Prof. Wei Lindqvist (sample answer)"


def test_everybody_in_it_is_fictional_and_under_a_reserved_name() -> None:
    play = played("algonquin-gowning", Stage.ACTIVE)
    people = {seat.person for seat in Seat.objects.filter(panel__version=play.version)}
    people |= {enrolment.learner for enrolment in Enrolment.objects.filter(cohort__version=play.version)}
    assert all(person.email.endswith(".example") for person in people)
    assert play.players.institution.name_en == "Taravelle College"
    assert play.players.institution.is_sample

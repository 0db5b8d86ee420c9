"""The two gates and the activation, as a rehearsal plays them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from workflows import cases
from workflows.actions import community, deciding, piloting, reviewing
from workflows.errors import Blocked
from workflows.models import PanelKind, Seat, SeatState
from workflows.panels import Place
from workflows.questions import TERMS
from workflows.rehearsal.design import unjustified

if TYPE_CHECKING:
    from workflows.rehearsal.course import Rehearsal

ASKED_DAYS = 60  # how long the owner of a condition has


def pilot_gate(play: Rehearsal) -> None:
    """Gate 2. It is tried; where a "no match" lacks its justification the refusal is kept and the committee returns.

    The attempt runs in a savepoint: what the verb refused leaves nothing behind, and the votes are cast again.
    """
    _ask_exemption(play)
    _agree_with_community(play)
    try:
        with transaction.atomic():
            _decide(play, PanelKind.PILOT_APPROVAL, [])
    except Blocked as blocked:
        if not unjustified(play):
            raise
        play.refusals.append(str(blocked))
        play.tell(f"{play.script.id}: refused at gate 2: {blocked}")
        for seat in _seats(play, PanelKind.PILOT_APPROVAL):
            reviewing.answer(seat_id=seat.pk, actor=seat.person, choice="return", reasons=play.say("return"))
        play.act(deciding.close_committee, "committee_chair", requests={"alignments": play.say("return")})


def _ask_exemption(play: Rehearsal) -> None:
    """Where a ladder still waits for a check the registrar does not sign yet: an exemption from E5 is asked for."""
    if not credit_waits(play) or play.version.exemptions.exists():
        return
    play.note(
        deciding.ask_exemption,
        "academic_lead",
        clause="E5",
        reason=play.say("exemption"),
        tried=play.say("tried"),
        ends_on=timezone.localdate() + timedelta(days=365),
    )
    play.answers.note("exemption E5", play.say("exemption"))


def _agree_with_community(play: Rehearsal) -> None:
    """Where Indigenous peoples, lands or knowledge are concerned: a sample agreement, asked for and given."""
    if play.answers.content["inclusion"]["indigenous"] != "yes" or cases.agreements_in_force(play.version):
        return
    organization, speaker = play.players.community()
    play.note(
        community.record_agreement,
        "qa_officer",
        parties=[organization],
        terms=dict.fromkeys(TERMS, play.say("terms")),
        in_force_from=timezone.localdate(),
    )
    panel = play.note(community.ask_community, "qa_officer", places=[Place(speaker, organization, "community")])
    for seat in panel.seats.filter(state=SeatState.OPEN):
        reviewing.answer(seat_id=seat.pk, actor=speaker, choice="agree", interests=["none"], proved_at=timezone.now())
    play.answers.note("community agreement", play.say("terms"))


def credit_waits(play: Rehearsal) -> bool:
    """Whether what a program recognizes still waits for a check."""
    return any(mapping.status for ladder in play.proposal.pathways.ladders_into for mapping in ladder.mapping)


def _seats(play: Rehearsal, kind: PanelKind) -> list[Seat]:
    seats = Seat.objects.filter(panel__version=play.version, panel__kind=kind, panel__closed_at=None)
    return list(seats.filter(state=SeatState.OPEN).select_related("person").order_by("pk"))


def _decide(play: Rehearsal, kind: PanelKind, conditions: list[dict[str, Any]]) -> None:
    choice = "approve_with_conditions" if conditions else "approve"
    for seat in _seats(play, kind):
        reviewing.answer(
            seat_id=seat.pk,
            actor=seat.person,
            choice=choice,
            reasons="; ".join(condition["text"] for condition in conditions),
        )
    play.act(deciding.close_committee, "committee_chair", conditions=conditions)


def final_gate(play: Rehearsal) -> None:
    """Gate 3, with a condition for each figure that is still missing; it blocks the activation."""
    if not credit_waits(play):
        play.note(deciding.sign_transcript_rule, "registrar")
    missing = [source for source in play.answers.content["demand"]["sources"] if source["strength"] == "missing"]
    conditions = [
        {
            "text": play.answers.labelled("condition", source["claim"][play.script.language]),
            "owner": play.players["academic_lead"],
            "due_on": timezone.localdate() + timedelta(days=ASKED_DAYS),
            "blocks": "activate",
        }
        for source in missing
    ]
    _decide(play, PanelKind.FINAL_APPROVAL, conditions)


def activate(play: Rehearsal) -> None:
    """The conditions that block issuing are closed by whoever set them, then T18."""
    close_conditions(play)
    play.act(piloting.activate, "issuer")


def close_conditions(play: Rehearsal) -> None:
    """Every open condition, closed by the person who set it."""
    for condition in play.version.conditions.filter(closed_at=None).select_related("set_by"):
        deciding.close_condition(condition_id=condition.pk, actor=condition.set_by, proof=play.say("condition_met"))
        play.tell(f"{play.script.id}: condition closed: {condition.text}")

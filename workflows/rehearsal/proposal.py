"""Draft, screening and relevance, as a rehearsal plays them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from workflows import cases, voices
from workflows.actions import deciding, proposing, reviewing
from workflows.models import PanelKind, Seat, SeatState, Suggestion
from workflows.panels import Place
from workflows.policy import State, quorum
from workflows.rehearsal.script import Partner

if TYPE_CHECKING:
    from workflows.rehearsal.course import Rehearsal

SHEET = {"in_scope": "yes", "indigenous_question": "answered", "partner_relations": "recorded"}
RETURNED_FACET = "purpose"


def submit(play: Rehearsal) -> None:
    """T1, after answering what a return asked for."""
    requests = play.version.change_requests.filter(answered_at=None)
    if requests.exists():
        questions = play.answers.content["purpose"]["questions"]
        for request in requests:
            clarified = play.answers.text(play.say("clarified"))
            questions.append({"asked": play.answers.text(request.text), "answer": clarified})
            play.answers.note(f"purpose.questions: {request.text}", play.say("clarified"))
        play.act(proposing.save_content, "proposer", content=play.answers.content)
        answer_requests(play, "proposer")
    else:
        play.note(proposing.note_duplicates_seen, "proposer")
        play.note(proposing.declare_interest, "proposer", kinds=["none"])
    play.act(proposing.submit, "proposer")


def answer_requests(play: Rehearsal, role: str) -> None:
    """A written answer to every request of the last return."""
    for request in play.version.change_requests.filter(answered_at=None):
        proposing.answer_request(request_id=request.pk, actor=play.players[role], text=play.say("clarified"))


def screen(play: Rehearsal) -> None:
    """T2 as often as the invented history returns it, else T3."""
    returned = play.version.change_requests.count()
    if returned < len(play.script.screening_returns):
        reason = play.script.screening_returns[returned]
        play.act(deciding.return_from_screening, "qa_officer", requests={RETURNED_FACET: reason})
        return
    play.act(deciding.accept, "qa_officer", sheet=SHEET, places=places(play, play.partners))


def places(play: Rehearsal, partners: tuple[Partner, ...]) -> list[Place]:
    """The seats of partners; a sample voice is heard and is no partner."""
    seats = []
    for partner in partners:
        organization, reviewer = play.players.partners[partner.organization]
        seats.append(Place(reviewer, organization, "voice" if partner.sample else "partner"))
    return seats


def open_seats(play: Rehearsal, kind: PanelKind) -> list[tuple[Seat, Partner]]:
    """The seats of the open round that wait for an answer, each with its partner."""
    by_organization = {play.players.partners[p.organization][0].pk: p for p in play.partners}
    seats = Seat.objects.filter(panel__version=play.version, panel__kind=kind, panel__closed_at=None)
    waiting = seats.filter(state=SeatState.OPEN).select_related("person").order_by("pk")
    return [(seat, by_organization[seat.organization_id]) for seat in waiting]


def relevance(play: Rehearsal) -> None:
    """The partners answer F2, the proposer replies, T4 confirms. The seat of a silent partner closes unanswered."""
    answer_relevance(play)
    play.demand_panel = _demand_panel(play)
    for competency in cases.low_ratings(play.version):
        play.note(proposing.reply_to_rating, "proposer", competency=competency, text=play.say("rating"))
    for suggestion in Suggestion.objects.filter(decision__version=play.version, replied_at=None):
        proposing.reply_to_suggestion(
            suggestion_id=suggestion.pk, actor=play.players["proposer"], text=play.say("suggestion")
        )
    play.act(deciding.confirm_demand, "qa_officer")


def _demand_panel(play: Rehearsal) -> dict[str, Any]:
    """What the relevance panel shows when everybody who answers has answered."""
    heard = voices.voices(play.version, PanelKind.RELEVANCE)
    met = quorum(play.version.policy.data, "relevance", heard) == State.MET
    waiting = [partner.organization for _seat, partner in open_seats(play, PanelKind.RELEVANCE)]
    return {"met": met, "still_waiting_for": waiting}


def answer_relevance(play: Rehearsal) -> None:
    """Every partner that has an answer gives it."""
    for seat, partner in open_seats(play, PanelKind.RELEVANCE):
        if partner.relevance is None:
            play.tell(f"{play.script.id}: {partner.organization} stays silent")
            continue
        reviewing.answer(
            seat_id=seat.pk,
            actor=seat.person,
            choice=partner.relevance,
            reasons=reasons(play, partner.relevance, partner.relevance_reasons),
            suggestions=list(partner.relevance_reasons),
            answers=_with_ratings(play, partner),
            valid_months=partner.relevance_months,
            interests=list(partner.interests),
            signed_role=partner.role,
            proved_at=timezone.now(),
        )


def reasons(play: Rehearsal, choice: str, given: tuple[str, ...]) -> str:
    """The reasons in the file; where a choice asks for some and none are given, a sample one."""
    return "; ".join(given) or ("" if choice in reviewing.PLAIN_SUPPORT else play.say("why"))


def _with_ratings(play: Rehearsal, partner: Partner) -> dict[str, Any]:
    """The partner's answers; where nobody at all rates the competencies, the first one gives sample ratings."""
    rated = any(p.relevance_answers.get("per_competency") for p in play.partners)
    if rated or partner != play.partners[0]:
        return partner.relevance_answers
    ratings = {competency.code: {"importance": 4} for competency in play.proposal.competencies}
    play.answers.note(f"partner_reviews: {partner.organization}", "importance 4")
    return {**partner.relevance_answers, "per_competency": ratings}

"""Assessment design and endorsement, as a rehearsal plays them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows import cases, dossier
from workflows.actions import deciding, proposing, reviewing
from workflows.models import PanelKind, Seat
from workflows.rehearsal.proposal import answer_requests, open_seats, places, reasons
from workflows.rehearsal.script import Partner

if TYPE_CHECKING:
    from workflows.rehearsal.course import Rehearsal


def ready(play: Rehearsal) -> None:
    """T7, after mending what a return asked for and with the signature of a moderator who did not write."""
    requests = list(play.version.change_requests.filter(answered_at=None))
    if requests:
        _mend(play, [request.facet for request in requests])
        answer_requests(play, "academic_lead")
    play.note(deciding.sign_moderation, "moderator")
    endorsing = tuple(partner for partner in play.partners if partner.endorses)
    play.act(deciding.design_ready, "academic_lead", places=places(play, endorsing))


def _mend(play: Rehearsal, facets: list[str]) -> None:
    """Change exactly those facets that a return named, so that every other decision stands."""
    content = play.answers.content
    if "alignments" in facets:
        _justify(play)
    if "assessment" in facets:
        changes = [reason for partner in play.partners for reason in partner.endorsement_reasons]
        added = play.answers.labelled("mended", "; ".join(changes) or play.say("clarified"))
        strategy = content["assessment"]["strategy"]
        strategy[play.script.language] = f"{strategy[play.script.language]} {added}".strip()
        play.answers.note("assessment.strategy", added)
    play.act(proposing.save_content, "academic_lead", content=content)


def _justify(play: Rehearsal) -> None:
    """Give every competency without a skill its reasoned "no match"."""
    alignments = play.answers.content["alignments"]
    for code in unjustified(play):
        entries = [a for a in alignments if a["competency"] == code and a["match"] == "none_in_esco"]
        if not entries:
            entries = [dossier.Alignment(competency=code, framework="local", match="none_in_esco").model_dump()]
            alignments += entries
        for entry in entries:
            entry["justification"] = play.answers.text(play.say("justification"))
        play.answers.note(f"alignments: {code}", play.say("justification"))


def unjustified(play: Rehearsal) -> list[str]:
    """The competencies that clause E2b still asks about."""
    strip = {result["code"]: result for result in cases.strip(play.version)}
    return sorted({reason["item"] for reason in strip["E2b"]["mend"] if reason["sentence"] in strip["E2b"]["reasons"]})


def endorse(play: Rehearsal) -> None:
    """The partners answer F4; a return leads back by T9, else T8."""
    panel = play.version.panels.filter(kind=PanelKind.ENDORSEMENT, closed_at=None).get()
    returned = []
    for seat, partner in open_seats(play, PanelKind.ENDORSEMENT):
        choice = partner.in_round(panel.round)
        if choice is None:
            play.tell(f"{play.script.id}: {partner.organization} stays silent in round {panel.round}")
            continue
        _answer(play, seat, partner, choice)
        if choice == "return":
            returned.append(reasons(play, choice, partner.endorsement_reasons))
    if returned:
        play.act(deciding.return_from_endorsement, "qa_officer", requests={"assessment": "; ".join(returned)})
        return
    play.act(deciding.confirm_endorsement, "qa_officer", committee=play.players.committee())


def _answer(play: Rehearsal, seat: Seat, partner: Partner, choice: str) -> None:
    said = () if choice in reviewing.PLAIN_SUPPORT else partner.endorsement_reasons
    reviewing.answer(
        seat_id=seat.pk,
        actor=seat.person,
        choice=choice,
        reasons=reasons(play, choice, said),
        condition=_condition(play, partner) if choice == "endorse_with_condition" else None,
        answers=partner.endorsement_answers,
        valid_months=partner.endorsement_months,
        interests=list(partner.interests),
        signed_role=partner.role,
        proved_at=timezone.now(),
    )


def _condition(play: Rehearsal, partner: Partner) -> reviewing.PartnerCondition:
    """What the endorsement depends on: the academic lead owns it, until after the pilot."""
    text = partner.condition[0] if partner.condition else reasons(play, "return", partner.endorsement_reasons)
    due = timezone.localdate() + timedelta(weeks=play.script.weeks + 4)
    return reviewing.PartnerCondition(text, play.players["academic_lead"], due)

"""What lies beside the straight course, for a rehearsal that stops there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows.actions import keeping, proposing, reviewing, revising, urgent
from workflows.models import SeatState, Version
from workflows.panels import Place
from workflows.rehearsal import learners

if TYPE_CHECKING:
    from workflows.rehearsal.course import Rehearsal

TEACH_OUT_DAYS = 180


def withdraw(play: Rehearsal) -> None:
    """T28: the proposer takes it back."""
    play.act(proposing.withdraw, "proposer", reason=play.say("reason"))


def reject(play: Rehearsal) -> None:
    """T6b: the chair rejects."""
    play.act(keeping.reject_at_relevance, "committee_chair", reason=play.say("reason"))


def suspend(play: Rehearsal) -> None:
    """T19: the officer stops issuing."""
    play.act(keeping.suspend, "qa_officer", reason=play.say("reason"))


def review(play: Rehearsal) -> None:
    """T21: the system opens the periodic review."""
    play.finish()
    keeping.open_review(version_id=play.version.pk, trigger="rehearsal")


def wind_down(play: Rehearsal) -> None:
    """T25: the chair sets the last start and the end of teaching."""
    today = timezone.localdate()
    _wind_down(play, today, today + timedelta(days=TEACH_OUT_DAYS))


def wind_down_at_once(play: Rehearsal) -> None:
    """T25 on the way to retirement: the teaching ended yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    _wind_down(play, yesterday, yesterday)


def _wind_down(play: Rehearsal, last_start_on: date, teach_out_ends_on: date) -> None:
    play.finish()
    play.act(
        keeping.wind_down,
        "committee_chair",
        reason=play.say("reason"),
        last_start_on=last_start_on,
        teach_out_ends_on=teach_out_ends_on,
        plan=play.say("plan"),
    )


def supersede(play: Rehearsal) -> None:
    """T24, T31 and T27: guidance on safety changes; the next version is released urgently and takes its place."""
    play.finish()
    learners.leave_the_rest(play)
    lead, chair = play.players["academic_lead"], play.players["committee_chair"]
    following = play.act(revising.revise, "proposer", reason=play.say("guidance"))
    content = following.content
    content["assessment"]["strategy"][play.script.language] += f" {play.say('guidance')}"
    proposing.save_content(version_id=following.pk, actor=lead, expected=fresh(following), content=content)
    partner = next(p for p in play.partners if p.endorses)
    organization, reviewer = play.players.partners[partner.organization]
    panel = urgent.ask_urgent_release(
        version_id=following.pk,
        actor=chair,
        expected=fresh(following),
        place=Place(reviewer, organization, "partner"),
        reason=play.say("guidance"),
    )
    for seat in panel.seats.filter(state=SeatState.OPEN):
        reviewing.answer(
            seat_id=seat.pk,
            actor=reviewer,
            choice="endorse",
            interests=list(partner.interests),
            proved_at=timezone.now(),
        )
    urgent.release_urgently(
        version_id=following.pk, actor=chair, expected=fresh(following), reason=play.say("guidance")
    )


def fresh(version: Version) -> int:
    """The number that a fresh page of a version carries."""
    version.refresh_from_db()
    return version.number


def retire(play: Rehearsal) -> None:
    """T26: the system closes the offer when the last learner has finished."""
    learners.leave_the_rest(play)
    keeping.retire(version_id=play.version.pk)

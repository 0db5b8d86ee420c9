"""What lies beside the straight course, for a rehearsal that stops there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows.actions import keeping, proposing
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
    play.finish()
    play.act(
        keeping.wind_down,
        "committee_chair",
        reason=play.say("reason"),
        last_start_on=today,
        teach_out_ends_on=today + timedelta(days=TEACH_OUT_DAYS),
    )


def retire(play: Rehearsal) -> None:
    """T26: the system closes the offer when the last learner has finished."""
    learners.leave_the_rest(play)
    keeping.retire(version_id=play.version.pk)

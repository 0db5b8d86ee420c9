"""The clocks: what the system does when a moment has come. Nothing is ever approved by time.

`fire_due` runs each minute. It may run twice and in two processes: a timer is claimed under the version's lock, looked
at again, and fires once. A timer that keeps failing is set aside after three starts, so that the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import OperationalError
from django.db.models import F, Q
from django.utils import timezone

from workflows.actions.ending import close_offer
from workflows.actions.standing_by import ask_to_renew, ask_yearly
from workflows.actions.suspending import lapse_suspension, order
from workflows.door import Passage, opened
from workflows.freshness import (
    in_use,
    last_source_ends,
    limit,
    open_review,
    pathway_ends,
    refresh,
    stale_since,
    without_award_on,
)
from workflows.models import Award, Condition, Decision, SeatState, Timer, Validation
from workflows.policy import setting
from workflows.stations import Stage
from workflows.timers import Kind, arm, begin_of, moments, screening_due

MOST_STARTS = 3
SLACK = timedelta(minutes=1)  # a timer is set a moment before the event that it looks back to


@dataclass(frozen=True)
class Fired:
    """One timer that did something."""

    kind: str
    version: UUID
    subject: str


def fire_due() -> list[Fired]:
    """Fire every timer whose moment has come; the versions on hold keep theirs. Answers those that had an effect."""
    waiting = Timer.objects.filter(fired_at=None, due_at__lte=timezone.now(), starts__lt=MOST_STARTS)
    waiting = waiting.filter(Q(version__on_hold=False) | Q(kind=Kind.HOLD_OVER))
    fired = []
    for key, version_id in waiting.order_by("due_at", "pk").values_list("pk", "version_id"):
        # Counted in a transaction of its own, before the work, so that a timer that kills its process is seen.
        Timer.objects.filter(pk=key).update(starts=F("starts") + 1)
        try:
            done = _fire(key, version_id)
        except OperationalError:  # somebody held the version for too long: that is no fault of the timer
            Timer.objects.filter(pk=key).update(starts=F("starts") - 1)
            continue
        if done is not None:
            fired.append(done)
    return fired


def _fire(key: int, version_id: int) -> Fired | None:
    with opened(version_id=version_id, actor=None) as passage:
        timer = Timer.objects.select_for_update(skip_locked=True).filter(pk=key, fired_at=None).first()
        if timer is None:
            return None
        effect = HANDLERS[Kind(timer.kind)](passage, timer)
        timer.fired_at = timezone.now()
        timer.save(update_fields=["fired_at"])
        return Fired(timer.kind, passage.version.public_id, timer.subject) if effect else None


def _seat_clock(passage: Passage, timer: Timer) -> bool:
    """Remind, tell the officer, tell the chair; only while the seat is open and this is still its moment."""
    seat = timer.seat
    if seat is None or seat.state != SeatState.OPEN or seat.panel.closed_at is not None:
        return False
    meant = [(kind, due_at) for kind, _share, due_at in moments(seat)]
    if (Kind(timer.kind), timer.due_at) not in meant:
        return False
    share = timer.subject.partition(":")[2]
    more = {"percent": int(share)} if share else {}
    data = {"panel": seat.panel.kind, "seat": str(seat.public_id), **more}
    if timer.kind == Kind.REMIND:
        passage.remark("remind", **data)
    else:
        passage.remark("seat_overdue" if timer.kind == Kind.SEAT_OVERDUE else "seat_escalated", **data)
    return True


def _screening_late(passage: Passage, timer: Timer) -> bool:
    version = passage.version
    if version.stage != Stage.SCREENING or screening_due(version) != timer.due_at:
        return False
    passage.remark("screening_overdue")
    return True


def _hold_over(passage: Passage, timer: Timer) -> bool:
    version = passage.version
    if not version.on_hold or version.hold_until is None or begin_of(version.hold_until) != timer.due_at:
        return False
    passage.remark("hold_over", until=version.hold_until.isoformat())
    return True


def _condition_late(passage: Passage, timer: Timer) -> bool:
    condition = Condition.objects.filter(public_id=timer.subject, closed_at=None).first()
    if condition is None or condition.due_on is None or begin_of(condition.due_on + timedelta(days=1)) != timer.due_at:
        return False
    passage.remark("condition_overdue", condition=str(condition.public_id))
    refresh(passage)
    return True


def _statement(timer: Timer) -> Validation | None:
    """The statement that a timer is about, unless its partner withdrew it or has renewed it."""
    reference = timer.subject.partition(":")[0]
    decision = Decision.objects.filter(public_id=reference).first()
    statement = Validation.objects.filter(decision=decision, withdrawn_at=None).first() if decision else None
    if statement is None:
        return None
    newer = Validation.objects.filter(
        version=statement.version, kind=statement.kind, organization=statement.organization
    )
    return None if newer.filter(valid_from__gt=statement.valid_from).exists() else statement


def _statement_ends(passage: Passage, timer: Timer) -> bool:
    """Tell the office and the partner; the first notice brings the short form by which the partner renews it."""
    statement = _statement(timer)
    if statement is None:
        return False
    days = int(timer.subject.partition(":")[2])
    if days not in setting(passage.version.policy.data, "notice_days"):
        return False
    passage.remark("statement_ends", validation=str(statement.decision.public_id), kind=statement.kind, days=days)
    if days == max(setting(passage.version.policy.data, "notice_days")):
        ask_to_renew(passage, statement)
    return True


def _still_in_demand(passage: Passage, timer: Timer) -> bool:
    """Once a year the partner is asked by a link with one button."""
    statement = _statement(timer)
    return statement is not None and ask_yearly(passage, statement)


def _sources_end(passage: Passage, timer: Timer) -> bool:
    """The last source of demand ages out soon, unless a younger one was found since."""
    day, _colon, days = timer.subject.partition(":")
    ends = last_source_ends(passage.version)
    if not in_use(passage.version) or ends is None or ends.isoformat() != day:
        return False
    passage.remark("sources_end", on=day, days=int(days))
    return True


def _trigger(passage: Passage, timer: Timer) -> bool:
    """Something outside the version changed: its review opens, unless it is open already."""
    if passage.version.stage != Stage.ACTIVE:
        return False
    open_review(passage, timer.subject.partition(":")[0])
    return True


def _freshness(passage: Passage, timer: Timer) -> bool:
    """Something ages: a statement, a source, an exemption, the stated need. The first and last open the review."""
    before = passage.version.number
    statement = None if _is_day(timer.subject) else _statement(timer)
    ended = statement is not None and statement.valid_until <= timezone.now()
    trigger = "statement_ended" if ended else ""
    need = (passage.version.content.get("demand") or {}).get("need_ends_on")
    if need and begin_of(date.fromisoformat(need) + timedelta(days=1)) == timer.due_at:
        trigger = "need_ended"
    if _is_day(timer.subject) and pathway_ends(passage.version, date.fromisoformat(timer.subject)):
        trigger = "pathway"
    refresh(passage, trigger=trigger)
    return passage.version.number != before


def _is_day(subject: str) -> bool:
    try:
        date.fromisoformat(subject)
    except ValueError:
        return False
    return True


def _review_due(passage: Passage, timer: Timer) -> bool:
    version = passage.version
    if (
        version.stage != Stage.ACTIVE
        or version.review_due_on is None
        or begin_of(version.review_due_on) != timer.due_at
    ):
        return False
    open_review(passage, "date")
    return True


def _no_awards(passage: Passage, timer: Timer) -> bool:
    """No award for so many months opens the review; an award since then moves the look (`lifecycle.md` 8)."""
    version = passage.version
    last = Award.objects.filter(version=version).order_by("-awarded_at").first()
    if last is not None:
        again = without_award_on(version, timezone.localtime(last.awarded_at).date())
        if again > timer.due_at:
            arm(version, Kind.NO_AWARDS, again)
            return False
    if version.stage != Stage.ACTIVE:
        return False
    open_review(passage, "no_awards")
    return True


def _ask_suspension(passage: Passage, timer: Timer) -> bool:
    """For 60 days without a break demand or job validation was stale; the officer decides, not the clock."""
    since = stale_since(passage.version)
    if not in_use(passage.version) or since is None or since + limit(passage.version) > timer.due_at + SLACK:
        return False
    passage.remark("ask_suspension")
    return True


def _suspension_lapses(passage: Passage, _timer: Timer) -> bool:
    return lapse_suspension(passage)


def _urgent_lapses(passage: Passage, _timer: Timer) -> bool:
    """An urgent release whose full course did not end in time is suspended (T31)."""
    version = passage.version
    if version.stage != Stage.ACTIVE or version.urgent_until is None or version.urgent_until >= timezone.localdate():
        return False
    order(passage, "The urgent release lapsed before its full course ended.")
    return True


def _offer_ends(passage: Passage, _timer: Timer) -> bool:
    return close_offer(passage)


HANDLERS: dict[Kind, Callable[[Passage, Timer], bool]] = {
    Kind.REMIND: _seat_clock,
    Kind.SEAT_OVERDUE: _seat_clock,
    Kind.SEAT_ESCALATED: _seat_clock,
    Kind.SCREENING_OVERDUE: _screening_late,
    Kind.HOLD_OVER: _hold_over,
    Kind.CONDITION_OVERDUE: _condition_late,
    Kind.STATEMENT_ENDS: _statement_ends,
    Kind.SOURCES_END: _sources_end,
    Kind.STILL_IN_DEMAND: _still_in_demand,
    Kind.TRIGGER: _trigger,
    Kind.FRESHNESS: _freshness,
    Kind.REVIEW_DUE: _review_due,
    Kind.NO_AWARDS: _no_awards,
    Kind.ASK_SUSPENSION: _ask_suspension,
    Kind.SUSPENSION_LAPSES: _suspension_lapses,
    Kind.URGENT_LAPSES: _urgent_lapses,
    Kind.OFFER_ENDS: _offer_ends,
}

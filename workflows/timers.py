"""Timers as rows: a verb that sets a date leaves one, in its own transaction; `workflows.clocks` fires it.

A row is only added, never moved. When a date moves, a new row joins, and the old one finds at its time that it is no
longer meant. So no verb ever waits for a timer's lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils import timezone

from workflows.models import Condition, PanelKind, Seat, SeatState, Timer, Version
from workflows.policy import clock_days, due_after, escalation, months_after, setting


class Kind(StrEnum):
    """What the system looks at when the time has come."""

    REMIND = "remind"
    SEAT_OVERDUE = "seat_overdue"
    SEAT_ESCALATED = "seat_escalated"
    SCREENING_OVERDUE = "screening_overdue"
    HOLD_OVER = "hold_over"
    CONDITION_OVERDUE = "condition_overdue"
    STATEMENT_ENDS = "statement_ends"
    SOURCES_END = "sources_end"
    STILL_IN_DEMAND = "still_in_demand"
    TRIGGER = "trigger"
    FRESHNESS = "freshness"
    REVIEW_DUE = "review_due"
    NO_AWARDS = "no_awards"
    ASK_SUSPENSION = "ask_suspension"
    SUSPENSION_LAPSES = "suspension_lapses"
    URGENT_LAPSES = "urgent_lapses"
    OFFER_ENDS = "offer_ends"


STEPS = {"officer": Kind.SEAT_OVERDUE, "chair": Kind.SEAT_ESCALATED}


def end_of(day: date) -> datetime:
    """The last moment of a day in the institution's zone."""
    return timezone.make_aware(datetime.combine(day, time.max))


def begin_of(day: date) -> datetime:
    """The first moment of a day in the institution's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def after_business_days(version: Version, days: int, *, start: date | None = None) -> datetime:
    """The end of the day that is so many business days of the institution's calendar away."""
    return end_of(due_after(version.policy.data, start or timezone.localdate(), days))


def arm(version: Version, kind: Kind, due_at: datetime, *, seat: Seat | None = None, subject: str = "") -> None:
    """Look again at this moment; saying it twice leaves one timer."""
    Timer.objects.bulk_create([_timer(version, kind, due_at, seat, subject)], ignore_conflicts=True)


def _timer(version: Version, kind: Kind, due_at: datetime, seat: Seat | None, subject: str) -> Timer:
    about = subject or (str(seat.public_id) if seat is not None else "")
    key = f"{version.public_id}:{kind}:{about}:{due_at.isoformat()}"
    return Timer(version=version, seat=seat, kind=kind, subject=subject, due_at=due_at, key=key)


def moments(seat: Seat) -> list[tuple[Kind, str, datetime]]:
    """When a seat's clock speaks: reminders at the policy's shares of its time, then each step of its escalation."""
    version = seat.panel.version
    policy, span = version.policy.data, seat.due_at - seat.opened_at
    found = [
        (Kind.REMIND, str(percent), seat.opened_at + span * percent / 100)
        for percent in setting(policy, "remind_at_percent")
    ]
    ended = timezone.localtime(seat.due_at).date()
    for to, days in escalation(policy):
        moment = after_business_days(version, days, start=ended) if days else seat.due_at
        found.append((STEPS[to], "", moment))
    return found


def arm_seat(seat: Seat) -> None:
    """Set the clock of an open seat."""
    arm_seats([seat])


def arm_seats(seats: Iterable[Seat]) -> None:
    """Set the clocks of open seats, in one statement. No clock runs against a community (`lifecycle.md` 13)."""
    rows = []
    for seat in seats:
        if seat.panel.kind == PanelKind.COMMUNITY or seat.state != SeatState.OPEN:
            continue
        for kind, share, due_at in moments(seat):
            if due_at > timezone.now():
                subject = f"{seat.public_id}:{share}" if share else ""
                rows.append(_timer(seat.panel.version, kind, due_at, seat, subject))
    Timer.objects.bulk_create(rows, ignore_conflicts=True)


def screening_due(version: Version) -> datetime:
    """When the screening is late, by the pinned policy."""
    days = clock_days(version.policy.data, "screening")
    return after_business_days(version, days, start=timezone.localtime(version.stage_since).date())


def arm_condition(condition: Condition) -> None:
    """Look at a condition when its day is over."""
    if condition.due_on is not None:
        moment = begin_of(condition.due_on + timedelta(days=1))
        arm(condition.version, Kind.CONDITION_OVERDUE, moment, subject=str(condition.public_id))


MONTHS_BETWEEN_QUESTIONS = 12  # once a year: is it still in demand?


def arm_statement(version: Version, reference: str, ends_at: datetime) -> None:
    """Notices before a partner's statement ends, and the look at what it means when it has ended."""
    for days in setting(version.policy.data, "notice_days"):
        moment = ends_at - timedelta(days=days)
        if moment > timezone.now():
            arm(version, Kind.STATEMENT_ENDS, moment, subject=f"{reference}:{days}")
    arm(version, Kind.FRESHNESS, ends_at, subject=reference)


def arm_yearly(version: Version, reference: str, begun_at: datetime, ends_at: datetime) -> None:
    """The yearly question about a statement of demand, until the notices before its end begin."""
    last, day = (
        ends_at - timedelta(days=max(setting(version.policy.data, "notice_days"))),
        timezone.localtime(begun_at).date(),
    )
    months = MONTHS_BETWEEN_QUESTIONS
    while begin_of(months_after(day, months)) < last:
        arm(version, Kind.STILL_IN_DEMAND, begin_of(months_after(day, months)), subject=reference)
        months += MONTHS_BETWEEN_QUESTIONS

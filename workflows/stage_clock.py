"""The clock of a stage as a day on the version's row, so that lists of any length are sorted by it without asking."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from workflows.models import Version
from workflows.policy import clock_days, due_after
from workflows.stations import STATIONS, Stage


def stage_due_on(version: Version) -> date | None:
    """When the clock of the stage in which a version stands ends, by its pinned policy; None where no clock runs."""
    clock = STATIONS[Stage(version.stage)].clock
    if clock is None:
        return None
    rules = version.policy.data
    return due_after(rules, timezone.localtime(version.stage_since).date(), clock_days(rules, clock))


def given_back(version: Version, held: timedelta) -> date | None:
    """The same day, later by the time that a hold took."""
    if version.stage_due_on is None:
        return None
    moved = timezone.make_aware(datetime.combine(version.stage_due_on, datetime.min.time())) + held
    return timezone.localtime(moved).date()

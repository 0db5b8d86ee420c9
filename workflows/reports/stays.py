"""How long versions stayed in each stage, read from the ledger alone, in business days of the institution's calendar.

A day counts as worked when the record shows an act of a person on the case, and as waited otherwise. Time on hold is in
neither, because clocks stand still (`lifecycle.md` 6.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from people.models import Organization
from workflows.models import LedgerEvent
from workflows.models.ledger import DECIDED
from workflows.policies.editions import in_force
from workflows.policy import DEFAULT_POLICY, holidays

FIELDS = ("stream", "type", "actor", "at", "before", "after")


@dataclass(frozen=True)
class Stay:
    """One version in one stage: from which day to which, how many business days were worked and waited."""

    version: str
    stage: str
    entered: date
    left: date
    worked: int
    waited: int

    @property
    def days(self) -> int:
        """Business days in all, those on hold left out."""
        return self.worked + self.waited


@dataclass(frozen=True)
class Course:
    """One version's stays in order, and the day of the decision that ended its course, if there was one."""

    version: str
    stays: tuple[Stay, ...]
    decided: date | None


class Days:
    """Business days of an institution, asked many times."""

    def __init__(self, institution: Organization) -> None:
        rules = in_force(institution)
        self._closed = holidays(rules.data if rules else DEFAULT_POLICY)
        self._known: dict[date, bool] = {}

    def open(self, day: date) -> bool:
        """True on a business day."""
        if day not in self._known:
            self._known[day] = day.weekday() < 5 and day not in self._closed
        return self._known[day]

    def between(self, start: date, end: date) -> list[date]:
        """The business days after `start` up to `end`; a stay within one day has none."""
        return [day for n in range(1, (end - start).days + 1) if self.open(day := start + timedelta(days=n))]

    def after(self, start: date, number: int) -> date:
        """The day that is so many business days after `start`."""
        day = start
        while number > 0:
            day += timedelta(days=1)
            number -= self.open(day)
        return day


def _events(institution: Organization) -> QuerySet[LedgerEvent, Any]:
    rows = LedgerEvent.objects.filter(organization=str(institution.public_id), stream__startswith="version:")
    rows = rows.annotate(before=KT("data__from"), after=KT("data__to"))
    return rows.order_by("stream", "sequence").values_list(*FIELDS)


def courses(institution: Organization, streams: Iterable[str] | None = None) -> Iterator[Course]:
    """The course of every version of an institution, or of those named."""
    rows, days = _events(institution), Days(institution)
    if streams is not None:
        rows = rows.filter(stream__in=list(streams))
    for stream, events in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        yield _course(stream, list(events), days)


def last_decided(institution: Organization, most: int) -> list[str]:
    """The streams of the versions that were decided last."""
    rows = LedgerEvent.objects.filter(organization=str(institution.public_id), type__in=DECIDED).order_by("-id")
    return list(rows.values_list("stream", flat=True)[:most])


def _day(at: str) -> date:
    return timezone.localtime(datetime.fromisoformat(at)).date()


def _course(stream: str, events: list[tuple[str, str, str, str, str | None, str | None]], days: Days) -> Course:
    acted, held, stays = set[date](), set[date](), list[Stay]()
    stage, entered, on_hold, decided = "", None, None, None
    for _stream, type_, actor, at, before, after in events:
        day = _day(at)
        if actor != "system":
            acted.add(day)
        if type_ == "hold":
            on_hold = day
        elif on_hold is not None and (type_ == "resume" or before != after):
            held |= set(days.between(on_hold, day))
            on_hold = None
        if type_ in DECIDED:
            decided = day
        if after is None or before == after:
            continue
        if entered is not None and before:
            spent = [one for one in days.between(entered, day) if one not in held]
            worked = sum(one in acted for one in spent)
            stays.append(Stay(stream.partition(":")[2], stage or before, entered, day, worked, len(spent) - worked))
        stage, entered = after, day
    return Course(stream.partition(":")[2], tuple(stays), decided)

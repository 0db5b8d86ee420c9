"""Figures of an institution for its quality office: time per stage, returns, load per reviewer, and a forecast.

Percentiles are nearest-rank, so each is a number of days that some case took. Below `FEW` cases a figure says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from django.db.models import Count, Max, Q
from django.utils import timezone

from people.models import Organization
from workflows.models import ChangeRequest, Seat, SeatState, Version
from workflows.reports.stays import Course, Days, Stay, courses, last_decided
from workflows.stations import STATIONS, Stage

FEW = 10
FEWEST = 3  # with fewer like cases nothing is foretold
BASIS = 100
TIMED = [stage for stage in Stage if STATIONS[stage].stop is not None and stage not in {Stage.ACTIVE, Stage.EXPIRING}]


@dataclass(frozen=True)
class Period:
    """What a report covers: days from and until (both included), and a unit and a stage, when named."""

    since: date
    until: date
    unit: str = ""
    stage: str = ""

    def covers(self, day: date) -> bool:
        """True for a day within it."""
        return self.since <= day <= self.until


@dataclass(frozen=True)
class StageTime:
    """How long stays in one stage took, in business days."""

    stage: Stage
    number: int
    median: int
    slow: int
    worked: float
    waited: float

    @property
    def few(self) -> bool:
        """True when there are too few cases to lean on."""
        return self.number < FEW


@dataclass(frozen=True)
class Load:
    """What one reviewer was asked and did in a period, and what is open now."""

    person: str
    organization: str
    asked: int
    answered: int
    open: int
    late: int


@dataclass(frozen=True)
class Forecast:
    """When a case is likely decided: for half and for nine in ten of the like cases it rests on."""

    number: int
    likely: date
    latest: date

    @property
    def few(self) -> bool:
        """True when there are too few cases to lean on."""
        return self.number < FEW


def percentile(values: Sequence[int], share: float) -> int:
    """The nearest-rank percentile of values that are not empty."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def stage_times(stays: Sequence[Stay]) -> list[StageTime]:
    """Median and 90th percentile per stage, in the order of the course."""
    by_stage: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_stage[stay.stage].append(stay)
    found = []
    for stage in TIMED:
        rows = by_stage.get(stage)
        if rows:
            days = [row.days for row in rows]
            worked, waited = (sum(getattr(row, name) for row in rows) / len(rows) for name in ("worked", "waited"))
            found.append(StageTime(stage, len(rows), percentile(days, 0.5), percentile(days, 0.9), worked, waited))
    return found


def times(institution: Organization, period: Period) -> list[StageTime]:
    """Time per stage of all stays that ended in the period."""
    kept = None
    if period.unit:
        rows = Version.objects.filter(institution=institution, unit=period.unit).values_list("public_id", flat=True)
        kept = {f"version:{public_id}" for public_id in rows}
    stays = [stay for course in courses(institution, kept) for stay in course.stays if period.covers(stay.left)]
    return stage_times([stay for stay in stays if period.stage in {"", stay.stage}])


def units(institution: Organization) -> list[str]:
    """The faculties or units that propose, by name."""
    rows = Version.objects.filter(institution=institution).exclude(unit="")
    return list(rows.order_by("unit").values_list("unit", flat=True).distinct())


def returns(institution: Organization, period: Period) -> list[tuple[str, int]]:
    """For which sections changes were asked, the most frequent first."""
    rows = ChangeRequest.objects.filter(
        version__institution=institution, asked_at__date__range=(period.since, period.until)
    )
    if period.unit:
        rows = rows.filter(version__unit=period.unit)
    return Counter(rows.values_list("facet", flat=True)).most_common()


def loads(institution: Organization, period: Period) -> list[Load]:
    """Per reviewer: asked and answered in the period, open and late now; the fullest hands first."""
    rows = Seat.objects.filter(panel__version__institution=institution)
    if period.unit:
        rows = rows.filter(panel__version__unit=period.unit)
    within = Q(opened_at__date__range=(period.since, period.until))
    waits = Q(state=SeatState.OPEN, panel__closed_at=None)
    counted = rows.values("person__name").annotate(
        place=Max("organization__name_en"),
        asked=Count("pk", filter=within),
        answered=Count("pk", filter=within & Q(state__in=[SeatState.ANSWERED, SeatState.CARRIED])),
        waiting=Count("pk", filter=waits),
        late=Count("pk", filter=waits & Q(due_at__lt=timezone.now())),
    )
    found = counted.filter(Q(asked__gt=0) | Q(waiting__gt=0)).order_by("-waiting", "-asked", "person__name")
    return [
        Load(row["person__name"], row["place"], row["asked"], row["answered"], row["waiting"], row["late"])
        for row in found
    ]


@dataclass(frozen=True)
class Pace:
    """What the last decided cases of an institution say: time per stage, and when this case is likely decided."""

    times: list[StageTime]
    forecast: Forecast | None


def pace_of(version: Version) -> Pace:
    """Rests on the last cases that were decided, so that it costs the same whatever the history."""
    decided = list(courses(version.institution, last_decided(version.institution, BASIS)))
    times_ = stage_times([stay for course in decided for stay in course.stays])
    return Pace(times_, _forecast(version, decided))


def _forecast(version: Version, decided: Sequence[Course]) -> Forecast | None:
    """From the days that like cases still needed, among those that had stood in this stage as long as this one."""
    days, today = Days(version.institution), timezone.localdate()
    stood = len(days.between(timezone.localtime(version.stage_since).date(), today))
    left = []
    for course in decided:
        stay = next((one for one in course.stays if one.stage == version.stage), None)
        if stay is not None and course.decided is not None and stay.entered <= course.decided:
            left.append(len(days.between(stay.entered, course.decided)) - stood)
    left = [number for number in left if number > 0]
    if version.on_hold or len(left) < FEWEST:
        return None
    return Forecast(len(left), days.after(today, percentile(left, 0.5)), days.after(today, percentile(left, 0.9)))

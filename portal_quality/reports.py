"""Reports as rows of words, the same for the page, CSV and XLSX; and as bars for the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people.models import Organization
from workflows.differences import SECTIONS
from workflows.reports import figures
from workflows.reports.figures import Period, StageTime
from workflows.stations import Stage

YEAR = timedelta(days=365)
BAR = 520  # units of the picture's width that its longest bar takes


@dataclass(frozen=True)
class Table:
    """One report: its name in addresses, title, headings and rows, and what is shown without rows."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    empty: str

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """Each row as cells with their headings, which narrow pages show beside them."""
        return [list(zip(self.headings, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Bar:
    """One stage of the picture: lengths of the worked and waited parts, and where the parts lie."""

    label: str
    words: str
    top: int
    worked: int
    waited: int

    @property
    def middle(self) -> int:
        """Where the text of the row stands."""
        return self.top + 15


def _date(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def period_of(asked: QueryDict) -> Period:
    """The period that an address names; the last year otherwise."""
    today = timezone.localdate()
    until = _date(asked.get("until", ""), today)
    stage = asked.get("stage", "")
    since = _date(asked.get("since", ""), until - YEAR)
    return Period(since, until, asked.get("unit", ""), stage if stage in Stage.values else "")


def _head(words: str) -> str:
    return words[:1].upper() + words[1:]


def _one(number: float) -> str:
    return f"{number:.1f}"


def _stage_row(row: StageTime) -> tuple[str, ...]:
    whole = (str(row.number), str(row.median), str(row.slow))
    return (_head(str(row.stage.label)), *whole, _one(row.worked), _one(row.waited))


def stages(rows: Sequence[StageTime]) -> Table:
    """Time per stage."""
    return Table(
        "stages", _("Time per stage, in business days"),
        (_("Stage"), _("Cases"), _("Median"), _("9 of 10 within"), _("Worked, on average"), _("Waited, on average")),
        [_stage_row(row) for row in rows],
        _("No stage was left in this period."),
    )  # fmt: skip


def returned(institution: Organization, period: Period) -> Table:
    """Returns by section."""
    rows = [(str(SECTIONS.get(facet, facet)), str(number)) for facet, number in figures.returns(institution, period)]
    empty = _("No changes were asked for in this period.")
    return Table("returns", _("Returns by section"), (_("Section"), _("Changes asked for")), rows, empty)


def loads(institution: Organization, period: Period) -> Table:
    """Load per reviewer."""
    headings = (
        _("Reviewer"), _("Organization"), _("Asked"), pgettext("reviews", "Answered"), _("Open now"), _("Late now")
    )  # fmt: skip
    rows = [
        (one.person, one.organization, str(one.asked), str(one.answered), str(one.open), str(one.late))
        for one in figures.loads(institution, period)
    ]
    return Table("load", _("Load per reviewer"), headings, rows, _("Nobody was asked in this period."))


def bars(rows: Sequence[StageTime]) -> list[Bar]:
    """The picture of the first table."""
    longest = max((row.worked + row.waited for row in rows), default=0) or 1
    found = []
    for place, row in enumerate(rows):
        words = _("%(worked)s worked, %(waited)s waited") % {"worked": _one(row.worked), "waited": _one(row.waited)}
        worked, waited = (round(BAR * part / longest) for part in (row.worked, row.waited))
        found.append(Bar(_head(str(row.stage.label)), words, 34 * place, worked, waited))
    return found

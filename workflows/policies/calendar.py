"""The days on which an institution is closed: Ontario's public holidays by rule, and days typed in. Pure.

The nine public holidays of Ontario's Employment Standards Act, 2000. One that falls on a Saturday or Sunday is observed
on the next day that is no holiday. Two days that many colleges keep besides can be added by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
MONDAY, FRIDAY = 0, 4


class Rule(StrEnum):
    """By which rule holidays are computed, besides the days that are typed in."""

    NONE = "none"
    ONTARIO = "ontario"


class Extra(StrEnum):
    """Days that are no public holiday of Ontario, and that many colleges keep."""

    CIVIC = "civic_holiday"
    RECONCILIATION = "truth_and_reconciliation"


NAMES: dict[str, Words] = {
    "new_year": _("New Year’s Day"),
    "family_day": _("Family Day"),
    "good_friday": _("Good Friday"),
    "victoria_day": _("Victoria Day"),
    "canada_day": _("Canada Day"),
    "civic_holiday": _("Civic Holiday"),
    "labour_day": _("Labour Day"),
    "truth_and_reconciliation": _("National Day for Truth and Reconciliation"),
    "thanksgiving": _("Thanksgiving Day"),
    "christmas": _("Christmas Day"),
    "boxing_day": _("Boxing Day"),
}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7 + 7 * (nth - 1))


def _monday_before(day: date) -> date:
    return day - timedelta(days=(day.weekday() - MONDAY) % 7 or 7)


@lru_cache(maxsize=64)
def ontario(year: int, extras: frozenset[str] = frozenset()) -> Mapping[date, str]:
    """The days of one year on which an institution in Ontario is closed, each with the name of its holiday."""
    movable = {
        _nth_monday(year, 2, 3): "family_day",
        easter(year) - timedelta(days=2): "good_friday",
        _monday_before(date(year, 5, 25)): "victoria_day",
        _nth_monday(year, 9, 1): "labour_day",
        _nth_monday(year, 10, 2): "thanksgiving",
    }
    if Extra.CIVIC in extras:
        movable[_nth_monday(year, 8, 1)] = Extra.CIVIC.value
    fixed = [("new_year", 1, 1), ("canada_day", 7, 1), ("christmas", 12, 25), ("boxing_day", 12, 26)]
    if Extra.RECONCILIATION in extras:
        fixed.append((Extra.RECONCILIATION.value, 9, 30))
    closed = dict(movable)
    for name, month, day in fixed:
        kept = date(year, month, day)
        while kept.weekday() > FRIDAY or kept in closed:
            kept += timedelta(days=1)
        closed[kept] = name
    return dict(sorted(closed.items()))


@dataclass(frozen=True)
class Calendar:
    """Whether an institution is closed on a day, besides Saturday and Sunday."""

    rule: str = Rule.NONE.value
    extras: frozenset[str] = frozenset()
    typed: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        """True when the institution is closed."""
        if not isinstance(day, date):
            return False
        # New Year's Day on a weekend is observed in the same year, so one year's table answers for its days.
        return day in self.typed or (self.rule == Rule.ONTARIO and day in ontario(day.year, self.extras))

"""The fit with student aid: each rule with its answer, and no answer while nothing was said."""

from __future__ import annotations

import pytest

from tests.cast import proposal
from workflows.osap import fit


def fits(**changes: object) -> list[bool | None]:
    return [row.fits for row in fit({**proposal(), **changes})]


def test_nothing_said_is_no_answer() -> None:
    assert fits(workload={}) == [None] * 5


@pytest.mark.parametrize(
    ("hours", "weeks", "expected"),
    [(5, 11, [True, True]), (300, 12, [True, False]), (4, 1, [False, True]), (301, 11.5, [False, True])],
)
def test_the_limits_of_hours_and_weeks(hours: float, weeks: float, expected: list[bool]) -> None:
    assert fits(workload={"hours": {"practice": hours}, "weeks": weeks})[:2] == expected


def test_codes_and_mode_count_when_they_are_there() -> None:
    demand = {"cip": "51.0899", "occupations": [{"code": "22110"}, {"scheme": "ESCO", "uri": "http://x"}]}
    assert fits(demand=demand, workload={"mode": "blended"})[2:] == [True, True, True]

"""Reports: what the record says about time, returns and load, for the office and the auditor, and for nobody else."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from workflows import rights
from workflows.actions import deciding, keeping
from workflows.models import Version
from workflows.reports import figures
from workflows.reports.figures import Period, percentile
from workflows.reports.stays import courses

MONDAY = datetime(2026, 3, 2, 15, tzinfo=timezone.get_default_timezone())


def walked(cast: Cast, code: str = "GOWN") -> Version:
    """Submitted on a Monday, on hold from Wednesday to Friday, returned on the Wednesday after."""
    version = course.drafted(cast, code=code)
    with time_machine.travel(MONDAY, tick=False):
        course.submitted(cast, version)
    until = (MONDAY + timedelta(days=30)).date()
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        deciding.hold(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x", until=until)
    with time_machine.travel(MONDAY + timedelta(days=4), tick=False):
        deciding.resume(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        deciding.return_from_screening(
            version_id=version.pk, actor=cast.quinn, expected=course.number(version), requests={"demand": "Where?"}
        )
    return version


def period() -> Period:
    return Period(MONDAY.date(), (MONDAY + timedelta(days=60)).date())


def test_days_are_business_days_and_a_hold_is_neither_worked_nor_waited(cast: Cast) -> None:
    walked(cast)
    (stay,) = next(iter(courses(cast.college))).stays[-1:]
    # Tuesday to Wednesday of the next week are seven business days; Thursday and Friday of the hold are not counted.
    assert (stay.stage, stay.worked, stay.waited) == ("screening", 2, 3)
    (row,) = figures.times(cast.college, period())
    assert (row.number, row.median, row.slow, row.few) == (1, 5, 5, True)
    assert figures.returns(cast.college, period()) == [("demand", 1)]


def test_a_percentile_is_a_number_of_days_that_some_case_took() -> None:
    assert [percentile([9, 1, 5], share) for share in (0.5, 0.9)] == [5, 9]
    assert percentile(list(range(1, 11)), 0.9) == 9


def test_a_report_is_a_page_and_files_and_no_cell_is_a_formula(cast: Cast, client: Client) -> None:
    cast.bob.name = "=HYPERLINK(1)"
    cast.bob.save()
    course.in_relevance_review(cast, course.drafted(cast))
    client.force_login(cast.quinn)
    body = client.get("/quality/reports").content.decode()
    assert "Time per stage" in body
    assert "=HYPERLINK(1)" in body
    assert 'data-head="Open now">1<' in body, "a narrow page says what each figure is"
    text = client.get("/quality/reports/load.csv").content.decode("utf-8-sig")
    assert '"\'=HYPERLINK(1)"' in text
    book = zipfile.ZipFile(io.BytesIO(client.get("/quality/reports/load.xlsx").content))
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert client.get("/quality/reports/other.csv").status_code == 404


def test_nothing_happened_is_said_and_a_wrong_day_is_read_as_none(cast: Cast, client: Client) -> None:
    client.force_login(cast.quinn)
    body = client.get("/quality/reports?since=soon&stage=nowhere").content.decode()
    assert body.count('class="empty"') == 3


def test_a_forecast_says_on_how_many_cases_it_rests_and_says_nothing_on_too_few(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast, code="NEW"))
    assert figures.pace_of(version).forecast is None
    for number in range(figures.FEWEST):
        with time_machine.travel(MONDAY, tick=False):
            decided = course.drafted(cast, code=f"OLD{number}")
            course.in_relevance_review(cast, decided)
        with time_machine.travel(MONDAY + timedelta(days=7), tick=False):
            keeping.reject_at_relevance(
                version_id=decided.pk, actor=cast.chair, expected=course.number(decided), reason="no demand"
            )
    forecast = figures.pace_of(version).forecast
    assert forecast is not None
    assert (forecast.number, forecast.few) == (figures.FEWEST, True)
    assert forecast.likely == forecast.latest > timezone.localdate()


@pytest.mark.parametrize("path", ["/quality/reports", "/quality/reports/load.csv"])
def test_only_the_office_and_the_auditor_read_reports(cast: Cast, client: Client, path: str) -> None:
    auditor = User.objects.create_user("aud@taravelle.example", name="Aud")
    rights.add_member(user=auditor, organization=cast.college, role="auditor")
    for reader, status in ((cast.quinn, 200), (auditor, 200), (cast.chair, 404), (cast.grant, 404), (cast.bob, 404)):
        client.force_login(reader)
        assert client.get(path).status_code == status, reader
    course.in_relevance_review(cast, course.drafted(cast))
    client.force_login(cast.mallory)
    assert "Quellin" not in client.get(path).content.decode()

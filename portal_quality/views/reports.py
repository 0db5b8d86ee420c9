"""Reports for the quality office and the auditor, as page, CSV and XLSX."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from people.models import Organization, Role
from people.queries import institutions_of
from people.sheets import CSV, XLSX, csv_file, xlsx_file
from people.web import for_roles, person, show
from portal_quality import reports
from workflows.reports import figures
from workflows.stations import Stage

READERS = (Role.QA_OFFICER, Role.AUDITOR)
readers = for_roles(*READERS)


def _institution(request: HttpRequest) -> Organization:
    """The institution whose figures this person reads; of several, the one that the address names."""
    own = institutions_of(person(request), *READERS)
    wanted = request.GET.get("institution", "")
    found = next((one for one in own if not wanted or one.slug == wanted), None)
    if found is None:
        raise Http404
    return found


@readers
def report(request: HttpRequest) -> HttpResponse:
    """All figures of a period."""
    institution, period = _institution(request), reports.period_of(request.GET)
    rows = figures.times(institution, period)
    context = {
        "period": period,
        "bars": reports.bars(rows),
        "few": any(row.few for row in rows),
        "tables": [reports.stages(rows), reports.returned(institution, period), reports.loads(institution, period)],
        "units": figures.units(institution),
        "stages": Stage.choices,
        "institution": institution,
        "institutions": institutions_of(person(request), *READERS),
    }
    return show(request, "quality/reports.html", context)


@readers
def save_report(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """One table as a file that spreadsheets open; no cell is taken for a formula (`promises.md` H16)."""
    institution, period = _institution(request), reports.period_of(request.GET)
    tables = {
        "stages": lambda: reports.stages(figures.times(institution, period)),
        "returns": lambda: reports.returned(institution, period),
        "load": lambda: reports.loads(institution, period),
    }
    if name not in tables or form not in {"csv", "xlsx"}:
        raise Http404
    table = tables[name]()
    data = csv_file(table.headings, table.rows) if form == "csv" else xlsx_file(table.title, table.headings, table.rows)
    response = HttpResponse(data, content_type=CSV if form == "csv" else XLSX)
    file = f"{name}-{period.since}-{period.until}.{form}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file) or ""
    response.headers["Cache-Control"] = "no-store"
    return response

"""The approval record of a case as one page, as a sealed bundle and as paper."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from people.web import show
from portal_quality.doors import carries_record, case_for, office
from workflows import approval_paper, approval_record
from workflows import record as records
from workflows.errors import NotYours
from workflows.queries import Case


def _case(request: HttpRequest, public_id: UUID) -> Case:
    """A case whose whole record this person may carry away. Raises `NotYours`."""
    case = case_for(request, public_id)
    if not carries_record(case):
        raise NotYours
    return case


@office
def approval_record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Timeline, rounds, who decided what over which digest, conditions, exemptions, framework."""
    case = _case(request, public_id)
    return show(request, "quality/record.html", {"case": case, "told": approval_record.told(case.version)})


@office
@require_POST
def save_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The sealed bundle; a POST, because sealing signs."""
    case = _case(request, public_id)
    return _file(records.bundle(case.version), f"{_name(case)}.zip", "application/zip")


@office
@require_POST
def save_paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page as PDF/A with the bundle attached."""
    case = _case(request, public_id)
    pdf = approval_paper.pdf(case.version, (get_language() or "en")[:2])
    return _file(pdf, f"{_name(case)}.pdf", "application/pdf")


def _name(case: Case) -> str:
    code = slugify(case.version.micro_credential.code) or "case"
    return f"record-{code}-{case.version.ordinal}"


def _file(data: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response

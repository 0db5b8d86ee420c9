"""What waits, and all proposals."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from people.models import Role
from people.queries import institutions_of
from people.web import person, show
from portal_quality.desk import desk_of, row_of, view_of
from portal_quality.doors import office
from portal_quality.views.cases import page_of
from workflows import house
from workflows.search import found
from workflows.stations import Stage

PAGE = 50
RECENT = 8


@office
def home(request: HttpRequest) -> HttpResponse:
    """The queue; where there is room, the case that is due first stands beside it."""
    desk = desk_of(person(request), view_of(request.GET))
    context: dict[str, Any] = {
        "desk": desk,
        "here": None,
        "home": True,
        "stopped": house.stopped_issuing(person(request)),
    }
    first = next((row for row in desk.rows if row.opens_case), None)
    if first is not None:
        context |= {**page_of(request, first.version.public_id), "here": first.version.public_id}
    else:
        context["recent"] = [row_of(version) for version in found(person(request))[:RECENT]]
    return show(request, "quality/home.html", context)


@office
def proposals(request: HttpRequest) -> HttpResponse:
    """Every version of the person's institutions, by stage and by words of the title, code or proposer."""
    stage, words = request.GET.get("stage", ""), request.GET.get("q", "").strip()
    page = Paginator(found(person(request), stage=stage, words=words), PAGE).get_page(request.GET.get("page"))
    rows = [row_of(version) for version in page]
    context: dict[str, Any] = {"page": page, "rows": rows, "stages": Stage.choices, "stage": stage, "words": words}
    context["may_import"] = bool(institutions_of(person(request), Role.QA_OFFICER))
    return show(request, "quality/proposals.html", context)

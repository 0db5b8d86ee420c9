"""The learners' work that waits for an assessor or a moderator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from people.web import show
from portal_faculty.doors import assessors


@assessors
def assessing(request: HttpRequest) -> HttpResponse:
    """What waits for this assessor or moderator."""
    return show(request, "faculty/assessing.html", {})

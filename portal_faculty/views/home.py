"""First screen of the faculty portal: what waits, then all proposals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from people.web import person, show
from portal_faculty.doors import faculty
from portal_faculty.wanted import row_of
from workflows import authoring


@faculty
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the proposer or lead, then all of his or her proposals."""
    user = person(request)
    waiting = [row_of(item) for item in authoring.items(user)]
    versions = len({row.version.pk for row in waiting})
    context = {"waiting": waiting, "versions": versions, "own": authoring.own_rows(user)}
    return show(request, "faculty/home.html", context)

"""First screens of the faculty portal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from people.models import Role
from people.web import for_roles, person, show
from workflows import queries


@for_roles(Role.PROPOSER, Role.ACADEMIC_LEAD)
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the proposer or lead, then all of his or her proposals."""
    user = person(request)
    context = {"waiting": queries.versions_waiting(user), "versions": queries.versions_of(user)}
    return show(request, "faculty/home.html", context)


@for_roles(Role.ASSESSOR, Role.MODERATOR, Role.ACADEMIC_LEAD)
def assessing(request: HttpRequest) -> HttpResponse:
    """The learners' work that waits for this assessor or moderator."""
    return show(request, "faculty/assessing.html", {})

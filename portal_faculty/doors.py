"""Who may enter the faculty portal, and which versions its pages open."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from people.models import Role
from people.web import for_roles, person
from workflows import queries
from workflows.errors import NotYours
from workflows.models import Version
from workflows.queries import Case

faculty = for_roles(Role.PROPOSER, Role.ACADEMIC_LEAD)
assessors = for_roles(Role.ASSESSOR, Role.MODERATOR, Role.ACADEMIC_LEAD)
AUTHORS = ("submit", "design")
MOST_READ = 2 * 1024 * 1024  # of an uploaded file; more than any of its readers takes, so that they refuse it by name


def own_case(request: HttpRequest, public_id: UUID, *grants: str) -> Case:
    """A case on which this person holds one of these grants (an author's, when none is named). Else `NotYours`."""
    case = queries.case_of(person(request), public_id)
    if not case.grants & set(grants or AUTHORS):
        raise NotYours
    return case


def own_version(request: HttpRequest, public_id: UUID, *grants: str) -> Version:
    """The same, for pages that show no more of the case than the version itself."""
    user = person(request)
    version = queries.version_for(user, public_id)
    if not queries.grants_of(user, version) & set(grants or AUTHORS):
        raise NotYours
    return version


def expected(request: HttpRequest) -> int:
    """The number that the page was made from; none at all is older than every page."""
    posted = request.POST.get("expected", "")
    return int(posted) if posted.isdecimal() else -1

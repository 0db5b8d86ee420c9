"""First screen of the faculty portal: what waits, then all proposals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.web import person, show
from portal_faculty.doors import faculty
from portal_faculty.wanted import row_of
from workflows import authoring

# Small numbers are written out at the head of a sentence.
NUMBERS: dict[int, str | Promise] = {
    2: _("Two"),
    3: _("Three"),
    4: _("Four"),
    5: _("Five"),
    6: _("Six"),
    7: _("Seven"),
    8: _("Eight"),
    9: _("Nine"),
}


@faculty
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the proposer or lead, then all of his or her proposals."""
    user = person(request)
    waiting = [row_of(item) for item in authoring.items(user)]
    versions = len({row.version.pk for row in waiting})
    number = NUMBERS.get(versions, str(versions))
    context = {"waiting": waiting, "versions": versions, "number": number, "own": authoring.own_rows(user)}
    return show(request, "faculty/home.html", context)

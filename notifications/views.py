"""A person's notices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from notifications import queries
from people.web import person, signed_in


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """What happened in the cases of this person, newest first."""
    return render(request, "notifications/list.html", {"notices": queries.notices_of(person(request))})

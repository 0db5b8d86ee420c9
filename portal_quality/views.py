"""First screen of the quality portal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from people.web import show, signed_in


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person."""
    return show(request, "quality/home.html", {})

"""The register of badges, and what may be done with one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from people.web import show
from portal_quality.doors import office


@office
def register(request: HttpRequest) -> HttpResponse:
    """All badges of the person's institutions."""
    return show(request, "quality/register.html", {})

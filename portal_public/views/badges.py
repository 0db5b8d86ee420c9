"""A badge under its own address: only when its earner made it public, or under a link that the earner made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from credentials import queries
from credentials.picture import picture_of, svg
from portal_public.views.answers import CREDENTIAL, document, page, unlisted, wants_page
from workflows.judgement import Judgement, judge


def _public(public_id: UUID) -> dict[str, Any]:
    """The document of a public badge; one that is not public looks like one that does not exist."""
    found = queries.badge_in_public(public_id)
    if found is None:
        raise Http404
    return found


def document_under(path: str) -> dict[str, Any] | None:
    """The badge under one of our addresses, if its earner shows it there."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name == "public:badge":
        return queries.badge_in_public(match.kwargs["public_id"])
    return None


def show_verdict(request: HttpRequest, judgement: Judgement, more: dict[str, Any]) -> HttpResponse:
    """The verdict page of a badge."""
    drawn = svg(judgement.picture) if judgement.picture else ""
    context = {"judgement": judgement, "reading": judgement.reading, "drawn": drawn, "now": timezone.now(), **more}
    return unlisted(page(request, "public/verdict.html", context))


@csrf_exempt  # The post compares an address with the badge and changes nothing; a token would need a cookie.
@require_http_methods(["GET", "HEAD", "POST"])
def badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A public badge: its document for programs, its verdict for people."""
    content = _public(public_id)
    if request.method != "POST" and not wants_page(request):
        return unlisted(document(request, content, CREDENTIAL, seconds=0))
    judgement = judge(content, address=request.POST.get("em"))
    address = reverse("public:badge", args=[public_id])
    more = {
        "own": True,
        "json_address": address,
        "picture_address": f"{address}/picture.svg",
        "file_name": slugify(judgement.reading.title) or "badge",
    }
    return show_verdict(request, judgement, more)


@require_safe
def picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The picture of a public badge."""
    drawn = svg(picture_of(_public(public_id), sample=bool(settings.DEMO)))
    return unlisted(document(request, drawn.encode(), "image/svg+xml", seconds=0))

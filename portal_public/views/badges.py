"""A badge under its own address: only when its earner made it public, or under a link that the earner made."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from credentials import baking, sharing, stored
from credentials.models import ShareLink
from credentials.picture import picture_of
from credentials.stored import Stored
from portal_public.views.answers import (
    CREDENTIAL,
    document,
    from_any_origin,
    picture_file,
    private,
    unlisted,
    wants_page,
)
from portal_public.views.verdict_pages import show_public, show_verdict
from workflows import public
from workflows.actions import evidencing
from workflows.evidence import Shown
from workflows.judgement import Judgement, judge


def _public(public_id: UUID) -> Stored:
    """A public badge; one that is not public looks like one that does not exist."""
    found = stored.in_public(public_id)
    if found is None:
        raise Http404
    return found


def _shared(token: str) -> ShareLink:
    """A link that is open; one that has ended looks like one that never was."""
    link = sharing.opened_by(token)
    if link is None:
        raise Http404
    return link


def _stored(link: ShareLink) -> Stored:
    found = stored.of(link.credential)
    if found is None:
        raise Http404
    return found


def badge_under(path: str) -> Stored | None:
    """The badge under one of our addresses, if its earner shows it there."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name == "public:badge":
        return stored.in_public(match.kwargs["public_id"])
    if match.view_name == "public:shared":
        link = sharing.opened_by(match.kwargs["token"])
        if link is not None:
            sharing.note_opening(link)
            return _stored(link)
    return None


def _own(judgement: Judgement, address: str, items: list[Shown]) -> dict[str, Any]:
    """What the page of a stored badge adds: files to take along, and the evidence that its earner shows."""
    return {
        "own": True,
        "json_address": address,
        "picture_address": f"{address}/picture.png",
        "file_name": slugify(judgement.reading.title) or "badge",
        "evidence": [(item, f"{address}/evidence/{item.item.public_id}") for item in items],
    }


@csrf_exempt  # The post compares an address with the badge and changes nothing; a token would need a cookie.
@from_any_origin
@require_http_methods(["GET", "HEAD", "POST"])
def badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A public badge: its document for programs, its verdict for people."""
    found = _public(public_id)
    if request.method != "POST" and not wants_page(request):
        return unlisted(document(request, found.text.encode(), CREDENTIAL, seconds=0))
    judgement = judge(found, address=request.POST.get("em"))
    if judgement.evidence:
        items = public.shown_evidence(found.award_reference, "public")
        return show_verdict(request, judgement, _own(judgement, request.path, items))
    return show_public(request, judgement, _own(judgement, request.path, []), str(public_id))


@from_any_origin
@require_safe
def picture(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The picture of a public badge, with the badge baked into it."""
    return unlisted(_picture(request, _public(public_id), kind))


def _picture(request: HttpRequest, found: Stored, kind: str) -> HttpResponse:
    content = json.loads(found.text)
    drawn, text = picture_of(content, sample=bool(settings.DEMO)), baking.text_of(content)
    if kind == "png":
        return picture_file(request, baking.baked_png(drawn, text), "image/png")
    return picture_file(request, baking.baked_svg(drawn, text), "image/svg+xml")


@csrf_exempt  # As above: nothing changes by the post, and there is nobody to act for.
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A badge under its earner's link; the earner is told that it was opened, and the page says so."""
    link = _shared(token)
    found = _stored(link)
    if request.method == "GET":
        sharing.note_opening(link)
    if request.method != "POST" and not wants_page(request):
        return private(document(request, found.text.encode(), CREDENTIAL, seconds=0))
    judgement = judge(found, address=request.POST.get("em"))
    items = public.shown_evidence(found.award_reference, "employers", link.items)
    return private(show_verdict(request, judgement, {**_own(judgement, request.path, items), "shared": link}))


@require_safe
def shared_picture(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """The picture of a shared badge, with the badge baked into it."""
    return private(_picture(request, _stored(_shared(token)), kind))


@require_safe
def evidence(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    """An item of evidence that the earner shows to everybody."""
    return _item(public.shown_evidence(_public(public_id).award_reference, "public"), item, "public")


@require_safe
def shared_evidence(request: HttpRequest, token: str, item: UUID) -> HttpResponse:
    """An item of evidence that the earner chose for a link."""
    link = _shared(token)
    return _item(public.shown_evidence(link.credential.award_reference, "employers", link.items), item, "employers")


def _item(shown: list[Shown], wanted: UUID, audience: str) -> HttpResponse:
    """The file itself, always as a download: nothing that a learner hands in is ever run on this site."""
    found = next((s.item for s in shown if s.item.public_id == wanted and not s.closed), None)
    if found is None:
        raise Http404
    data = evidencing.read_outside(item_id=found.pk, audience=audience)
    response = HttpResponse(data, content_type=found.media_type)
    name = found.file_name or f"{slugify(found.what) or 'note'}.txt"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return private(response)

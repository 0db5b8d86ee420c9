"""Approved micro-credentials: the register, one page for each, and who issues them."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from credentials import baking, keys, queries
from credentials.held import Memory
from credentials.picture import Picture, required_level, svg
from credentials.surroundings import around
from portal_public.forms import RegisterForm
from portal_public.views.answers import (
    JSON,
    LINKED_DATA,
    document,
    finished_page,
    from_any_origin,
    page,
    picture_file,
    wants_page,
)
from workflows import offers, public, register

_PAGES: Memory[str] = Memory(500)  # of about thirty kilobytes
KINDS = {"demand": "demand", "job": "job_performance", "quality": "quality_approval"}


@from_any_origin
@require_safe
def achievement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A published micro-credential: its Achievement for programs, all that the public may read for people."""
    seen = offers.seen(around(public_id))
    content = queries.achievement_document(public_id)
    if seen.offer is None or content is None:
        raise Http404
    if not wants_page(request):
        return document(request, content, LINKED_DATA)
    draw = partial(_achievement_page, request, seen.offer, content)
    if set(request.GET) - {"lang"}:
        return finished_page(request, draw(), seconds=60)
    return finished_page(
        request, _PAGES.answer((seen.number, request.LANGUAGE_CODE, *request.GET.items()), draw), seconds=60
    )


def _achievement_page(request: HttpRequest, offer: public.Offer, content: dict[str, Any]) -> str:
    """Drawn once for as long as the offer stays as it is."""
    context = {
        "offer": offer,
        "dossier": offer.dossier,
        "version": offer.version,
        "drawn": svg(_drawn(offer, content, request.LANGUAGE_CODE)),
        "json_address": request.path,
        **{kind: offer.backing(name) for kind, name in KINDS.items()},
    }
    return render_to_string("public/achievement.html", context, request)


def _drawn(offer: public.Offer, content: dict[str, Any], language: str) -> Picture:
    """What the picture of a micro-credential shows before anybody has earned it."""
    title, year = offer.dossier.identity.title.said(language), str(offer.published_at.year)
    institution = offer.version.institution.name
    return Picture(title, institution, year, required_level(content), len(offer.backers), bool(settings.DEMO))


@from_any_origin
@require_safe
def achievement_picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The picture that the Achievement names, in the language of the version; nobody's badge is in it."""
    offer, content = public.offer_of(public_id), queries.achievement_document(public_id)
    if offer is None or content is None:
        raise Http404
    with translation.override(offer.version.language):
        drawn = baking.drawn(_drawn(offer, content, offer.version.language))
    return picture_file(request, drawn, "image/png", seconds=3600)


@from_any_origin
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """The register, filtered; the same rows as JSON for programs."""
    form = RegisterForm(request.GET)
    form.is_valid()
    rows = register.register(**form.asked())
    more = len(rows) > register.MOST_ROWS
    rows = rows[: register.MOST_ROWS]
    if not wants_page(request, page_first=True):
        return document(request, {"items": [row.as_data() for row in rows], "more": more}, JSON, seconds=60)
    context = {"form": form, "rows": rows, "more": more, "asked": any(form.asked().values())}
    return page(request, "public/register.html", context, seconds=60)


@from_any_origin
@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """Who an issuer or endorser is: its Profile for programs; for people also by which keys it is known."""
    organization = queries.organization_with_keys(slug)
    if organization is None:
        raise Http404
    if not wants_page(request):
        return document(request, queries.profile_document(organization), LINKED_DATA)
    context = {
        "organization": organization,
        "did": keys.did_of(organization),
        "keys": keys.did_document(organization).get("verificationMethod", []),
        "rows": register.register(institution=slug),
    }
    return page(request, "public/issuer.html", context, seconds=300)

"""A badge of one's own as files: certificate, picture with the badge in it, JSON, everything."""

from __future__ import annotations

import json
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from credentials import baking
from credentials.certificate import Certificate
from credentials.models import Credential
from credentials.picture import picture_of
from people.web import person, signed_in
from portal_learner.views.badges import accepted
from portal_learner.views.courses import as_file
from workflows import export, own_data
from workflows.actions import handing, sharing

CREDENTIAL, TOKEN = "application/vc+ld+json", "application/vc+jwt"


def _name(badge: Credential) -> str:
    return slugify(str(badge.achievement)) or "badge"


@require_GET
@signed_in
def download(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The signed badge as a file."""
    found, _course = accepted(request, public_id)
    body = json.dumps(found.document, ensure_ascii=False, indent=1, sort_keys=True)
    return as_file(body.encode(), f"{_name(found)}.json", CREDENTIAL)


@require_GET
@signed_in
def picture(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The picture of the badge with the badge baked into it, as PNG or SVG."""
    found, _course = accepted(request, public_id)
    document = dict(found.document or {})
    drawn, text = picture_of(document, sample=bool(settings.DEMO)), baking.text_of(document)
    if kind == "png":
        return as_file(baking.baked_png(drawn, text), f"{_name(found)}.png", "image/png")
    return as_file(baking.baked_svg(drawn, text), f"{_name(found)}.svg", "image/svg+xml")


@require_GET
@signed_in
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The badge on paper, in the language of the page; its code leads to the public page, where there is one."""
    found, _course = accepted(request, public_id)
    shown = Certificate(dict(found.document or {}), language=(get_language() or "en")[:2], public=found.public)
    return as_file(shown.pdf(), f"{_name(found)}.pdf", "application/pdf")


@require_POST
@signed_in
def as_token(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The badge as a JSON Web Token, signed when it is asked for."""
    found, _course = accepted(request, public_id)
    text = handing.take_as_token(credential_id=found.pk, actor=person(request))
    return as_file(text.encode(), f"{_name(found)}.jwt", TOKEN)


@require_POST
@signed_in
def record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All one's badges of this badge's institution in one signed record (CLR 2.0)."""
    found, _course = accepted(request, public_id)
    signed = sharing.gather_record(credential_id=found.pk, actor=person(request))
    name = slugify(found.issuer.name) or "badges"
    return as_file(baking.text_of(signed).encode(), f"{name}.clr.json", CREDENTIAL)


@require_GET
@signed_in
def take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything, as one archive that can be checked without us."""
    found, course = accepted(request, public_id)
    return as_file(export.bundle(person(request), found, course), f"{_name(found)}.zip", "application/zip")


@require_POST
@signed_in
def everything(request: HttpRequest) -> FileResponse:
    """All that is kept about the person as a learner. Asked for by post: it is a long piece of work."""
    archive = own_data.everything(person(request))
    answer = FileResponse(archive, as_attachment=True, filename="imprimatur.zip", content_type="application/zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer

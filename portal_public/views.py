"""The documents that a verifier needs, for anybody, without cookies and from any origin."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from credentials import queries
from credentials.keys import did_document as document_of
from credentials.status import SECONDS_KEPT
from people.web import show

CREDENTIAL = "application/vc+ld+json"


def _public(request: HttpRequest, document: dict[str, Any] | None, media_type: str, seconds: int) -> HttpResponse:
    """One public document with its ETag; 304 when the reader has it already."""
    if document is None:
        raise Http404
    body = json.dumps(document, ensure_ascii=False).encode()
    etag = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
    response = (
        HttpResponseNotModified()
        if request.headers.get("If-None-Match") == etag
        else HttpResponse(body, content_type=media_type)
    )
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page for everybody."""
    return show(request, "public/home.html", {})


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def did_document(request: HttpRequest, slug: str) -> HttpResponse:
    """The controller document of an organization that has keys."""
    organization = queries.organization_with_keys(slug)
    return _public(request, document_of(organization) if organization else None, "application/did+json", 300)


@require_safe
def achievement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A published achievement."""
    return _public(request, queries.achievement_document(public_id), "application/ld+json", 300)


@require_safe
def endorsement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A signed endorsement."""
    return _public(request, queries.endorsement_document(public_id), CREDENTIAL, 300)


@require_safe
def status_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A signed status list; it may be kept for a minute, as its `ttl` says."""
    return _public(request, queries.status_document(public_id), CREDENTIAL, SECONDS_KEPT)


@require_safe
def suspension_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The second list beside it, of purpose suspension, with the same indices."""
    return _public(request, queries.status_document(public_id, "suspension"), CREDENTIAL, SECONDS_KEPT)

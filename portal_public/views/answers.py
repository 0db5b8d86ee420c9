"""How public pages and documents are answered: by negotiation on one address, cacheable, from any origin, no cookie."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

CREDENTIAL = "application/vc+ld+json"
LINKED_DATA = "application/ld+json"
JSON = "application/json"
HTML = "text/html"
DOCUMENTS = (CREDENTIAL, LINKED_DATA, JSON)


def wants_page(request: HttpRequest, *, page_first: bool = False) -> bool:
    """True for a browser. Who accepts anything gets the document, or the page where that comes first."""
    offered = [HTML, *DOCUMENTS] if page_first else [*DOCUMENTS, HTML]
    return request.get_preferred_type(offered) == HTML


def _finished(request: HttpRequest, response: HttpResponse, cached: str) -> HttpResponse:
    """Headers that every public answer carries; 304 when the reader has it already."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if request.method in {"GET", "HEAD"} and response.status_code == 200:
        if request.headers.get("If-None-Match") == etag:
            response = HttpResponseNotModified()
        response["ETag"] = etag
    response["Cache-Control"] = cached
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def document(
    request: HttpRequest, content: dict[str, Any] | bytes, media_type: str, *, seconds: int = 300, status: int = 200
) -> HttpResponse:
    """One public document, under the plain name of JSON where that is what was asked for."""
    # sorted, so that the same document has the same bytes and ETag whether it comes from memory or from the database
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    asked = request.get_preferred_type([media_type, JSON])
    response = HttpResponse(body, content_type=JSON if asked == JSON else media_type, status=status)
    return _finished(request, response, f"public, max-age={seconds}" if seconds else "no-cache")


def any_origin() -> HttpResponse:
    """The answer to a browser that asks, for a page of another site, whether it may send a badge here."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
    response["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
    response["Access-Control-Max-Age"] = "86400"
    return response


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, seconds: int = 0, status: int = 200
) -> HttpResponse:
    """One public page. `seconds` 0: ask again each time; a page that answers a post is never stored."""
    response = HttpResponse(render_to_string(template, context, request), status=status)
    if request.method not in {"GET", "HEAD"}:
        return _finished(request, response, "no-store")
    return _finished(request, response, f"public, max-age={seconds}" if seconds else "no-cache")


def unlisted(response: HttpResponse) -> HttpResponse:
    """Keep a learner's page out of search engines."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def private(response: HttpResponse) -> HttpResponse:
    """What stands under a secret address: kept by no cache, told to no other site, found by no search engine."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    del response["Access-Control-Allow-Origin"]
    return unlisted(response)

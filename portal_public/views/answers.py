"""How public pages and documents are answered: by negotiation on one address, cacheable, from any origin, no cookie."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers

CREDENTIAL = "application/vc+ld+json"
# The name that the final VC Data Model 2.0 registered; Open Badges 3.0 still uses the older one, so both are known.
PLAIN_CREDENTIAL = "application/vc"
LINKED_DATA = "application/ld+json"
JSON = "application/json"
HTML = "text/html"
DOCUMENTS = (CREDENTIAL, PLAIN_CREDENTIAL, LINKED_DATA, JSON)
READING = "GET, HEAD"
READING_HEADERS = ("Accept", "Accept-Language", "Content-Type", "If-None-Match")


def wants_page(request: HttpRequest, *, page_first: bool = False) -> bool:
    """True for a browser. Who accepts anything gets the document, or the page where that comes first."""
    offered = [HTML, *DOCUMENTS] if page_first else [*DOCUMENTS, HTML]
    return request.get_preferred_type(offered) == HTML


def _finished(request: HttpRequest, response: HttpResponse, cached: str) -> HttpResponse:
    """Headers that every public answer carries; 304 when the reader has it already (RFC 9110, section 13)."""
    response["Cache-Control"] = cached
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    if request.method not in {"GET", "HEAD"} or response.status_code != 200:
        return response
    etag = response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=etag, response=response) or response


def document(
    request: HttpRequest, content: dict[str, Any] | bytes, media_type: str, *, seconds: int = 300, status: int = 200
) -> HttpResponse:
    """One public document, under the name that was asked for, readable by pages of any origin."""
    # sorted, so that the same document has the same bytes and ETag whether it comes from memory or from the database
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    names = [media_type, *([PLAIN_CREDENTIAL] if media_type == CREDENTIAL else []), JSON]
    asked = request.get_preferred_type(names) or media_type
    response = HttpResponse(body, content_type=asked, status=status)
    finished = _finished(request, response, f"public, max-age={seconds}" if seconds else "no-cache")
    return _from_anywhere(finished)


def kept_document(
    request: HttpRequest, tag: str, read: Callable[[], bytes], media_type: str, *, seconds: int
) -> HttpResponse:
    """One public document that is read only for those who do not have it; `tag` is another for every other content."""
    names = [media_type, *([PLAIN_CREDENTIAL] if media_type == CREDENTIAL else []), JSON]
    asked = request.get_preferred_type(names) or media_type
    response = HttpResponse(content_type=asked, headers={"Cache-Control": f"public, max-age={seconds}", "ETag": tag})
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    known = get_conditional_response(request, etag=tag, response=response)
    if known is None or known.status_code != 304:
        response.content = read()
    return _from_anywhere(response if known is None else known)


def picture_file(request: HttpRequest, data: bytes, media_type: str, *, seconds: int = 0) -> HttpResponse:
    """One public picture, which has one form only."""
    cached = f"public, max-age={seconds}" if seconds else "no-cache"
    return _from_anywhere(_finished(request, HttpResponse(data, content_type=media_type), cached))


def _from_anywhere(response: HttpResponse) -> HttpResponse:
    """Let wallets and verifiers that run in a browser read the answer and its ETag."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag"
    return response


def any_origin(methods: str = f"{READING}, POST", *, more: tuple[str, ...] = ()) -> HttpResponse:
    """The answer to a browser that asks, for a page of another site, whether it may read or send something here.

    `more` names headers that may be sent beside those of reading.
    """
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = methods
    response["Access-Control-Allow-Headers"] = ", ".join((*READING_HEADERS, *more))
    response["Access-Control-Max-Age"] = "86400"
    return response


def from_any_origin(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A document that pages of other sites may read. The answer to OPTIONS tells nothing about what exists here."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return any_origin(READING)
        return view(request, *args, **named)

    return answered


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, seconds: int = 0, status: int = 200
) -> HttpResponse:
    """One public page. `seconds` 0: ask again each time; a page that answers a post is never stored."""
    return finished_page(request, render_to_string(template, context, request), seconds=seconds, status=status)


def finished_page(request: HttpRequest, text: str, *, seconds: int = 0, status: int = 200) -> HttpResponse:
    """The same for a page that is drawn already."""
    response = HttpResponse(text, status=status)
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
    del response["Access-Control-Allow-Origin"], response["Access-Control-Expose-Headers"]
    return unlisted(response)

"""Doors for the conformance suites of others (VCALM; docs/conformance.md): shut by default, and without a token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from credentials import conformance, vc_check
from credentials.errors import NotConforming
from credentials.strictjson import Unreadable, read
from people.errors import Refusal
from portal_public.forms import too_large
from portal_public.views.answers import CREDENTIAL, document, from_any_origin

View = Callable[[HttpRequest], HttpResponse]
Verb = Callable[[Mapping[str, Any]], dict[str, Any]]
SCHEME = "Bearer"


def _token() -> str:
    """The token of these doors; empty when there is none, or when they are off."""
    if not settings.VCALM:
        return ""
    if settings.VCALM_TOKEN or not settings.VCALM_TOKEN_FILE:
        return str(settings.VCALM_TOKEN)
    return Path(settings.VCALM_TOKEN_FILE).read_text(encoding="utf-8").strip()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _open(view: View) -> View:
    """Nothing is here unless the operator opened it; whoever comes then must know the token."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        token, given = _token(), request.headers.get("Authorization", "")
        if not token:
            raise Http404
        if not hmac.compare_digest(_digest(given), _digest(f"{SCHEME} {token}")):
            return JsonResponse({"errors": [{"title": "A bearer token is needed."}]}, status=401)
        return view(request)

    return guarded


def _answered(request: HttpRequest, verb: Verb, status: int = 200) -> HttpResponse:
    """What a verb answers, or its refusal as a problem (RFC 9457)."""
    if too_large(request):
        return _problem("The request is larger than any that is read here.", vc_check.PARSING, 413)
    try:
        return JsonResponse(verb(read(request.body)), status=status)
    except Unreadable as refused:
        return _problem(str(refused.sentence), vc_check.PARSING, 400)
    except NotConforming as refused:
        return _problem(str(refused.sentence), refused.problem, refused.status)
    except Refusal as refused:
        return _problem(str(refused.sentence), vc_check.PARSING, refused.status)


def _problem(sentence: str, kind: str, status: int) -> HttpResponse:
    problem = {"type": kind, "title": kind.rpartition("#")[2], "detail": sentence}
    return JsonResponse({"verified": False, "errors": [problem], "status": status, **problem}, status=status)


@csrf_exempt  # The token stands in a header that no page of others can send; there is no cookie here.
@require_POST
@_open
def issue(request: HttpRequest) -> HttpResponse:
    """Sign what conforms."""
    return _answered(request, conformance.issue, 201)


@csrf_exempt  # As above.
@require_POST
@_open
def verify_credential(request: HttpRequest) -> HttpResponse:
    """Look at a credential."""
    return _answered(request, conformance.verify_credential)


@csrf_exempt  # As above.
@require_POST
@_open
def verify_presentation(request: HttpRequest) -> HttpResponse:
    """Look at a presentation."""
    return _answered(request, conformance.verify_presentation)


@csrf_exempt  # As above.
@require_POST
@_open
def set_status(request: HttpRequest) -> HttpResponse:
    """Revoke, suspend, reinstate what was issued here."""
    return _answered(request, conformance.set_status)


@from_any_origin
@require_safe
def status_list(request: HttpRequest, purpose: str) -> HttpResponse:
    """A signed list of these doors: for every verifier, as status lists are."""
    if not _token() or purpose not in conformance.PURPOSES:
        raise Http404
    return document(request, conformance.status_list(purpose), CREDENTIAL, seconds=0)

"""Checks a badge that somebody hands in. Nothing of it is kept: not in a table, not on disk, not in a log."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal_public.forms import TOO_LARGE, UNPROCESSABLE, BadgeForm, HandedIn, too_large, understood
from portal_public.views import samples
from portal_public.views.answers import DOCUMENTS, JSON, any_origin, document, page, wants_page
from portal_public.views.badges import document_under, show_verdict
from workflows.judgement import Judgement, judge


@csrf_exempt  # Nothing changes here and nobody is signed in; a token would need a cookie, and we set none.
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a badge; answer a badge with its verdict."""
    if request.method == "OPTIONS":
        return any_origin()
    if request.method != "POST":
        return page(request, "public/verify.html", {"form": BadgeForm(), "samples": samples.shown()}, seconds=60)
    handed = _handed_in(request)
    if handed.path:
        return _linked(request, handed.path)
    if handed.document is None:
        return _unreadable(request, handed)
    return _answer(request, judge(handed.document, address=request.POST.get("em")), handed.document)


def _handed_in(request: HttpRequest) -> HandedIn:
    """What the request holds; its size is looked at before anything is parsed, and files stay in memory."""
    if too_large(request):
        return HandedIn(sentence=_("This is larger than any badge that we read."), status=TOO_LARGE)
    if request.content_type in DOCUMENTS:
        return understood(request.body, request.get_host())
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    if "sample" in request.POST:
        sample = samples.document_of(request.POST["sample"])
        return HandedIn(document=sample, sentence=_("There is no such sample here."), status=UNPROCESSABLE)
    form = BadgeForm(request.POST, request.FILES)
    form.is_valid()
    return understood(form.data_in(), request.get_host())


def _linked(request: HttpRequest, path: str) -> HttpResponse:
    """One of our links: a browser is sent there; a program gets the verdict at once."""
    if wants_page(request, page_first=True):
        language = request.GET.get("lang")
        return redirect(f"{path}?lang={language}" if language in {"en", "fr"} else path)
    found = document_under(path)
    if found is None:
        sentence = _("There is no badge under this link that its earner shares.")
        return _unreadable(request, HandedIn(sentence=sentence, status=UNPROCESSABLE))
    return _answer(request, judge(found), found)


def _unreadable(request: HttpRequest, handed: HandedIn) -> HttpResponse:
    if not wants_page(request, page_first=True):
        content = {"verdict": "unreadable", "sentence": str(handed.sentence)}
        return document(request, content, JSON, seconds=0, status=handed.status)
    form = BadgeForm({} if handed.status == TOO_LARGE else request.POST)
    form.is_valid()
    form.add_error(None, str(handed.sentence))
    context = {"form": form, "samples": samples.shown()}
    return page(request, "public/verify.html", context, status=handed.status)


def _answer(request: HttpRequest, judgement: Judgement, content: dict[str, Any]) -> HttpResponse:
    if not wants_page(request, page_first=True):
        return document(request, judgement.as_data(), JSON, seconds=0)
    return show_verdict(request, judgement, {"handed": json.dumps(content, ensure_ascii=False)})

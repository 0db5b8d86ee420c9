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

from credentials.apart import Busy
from credentials.report import unreadable
from credentials.strictjson import Unreadable
from people.limits import TooOften, refuse_too_often
from portal_public.forms import TOO_LARGE, UNPROCESSABLE, BadgeForm, HandedIn, linked, too_large, understood
from portal_public.views import samples
from portal_public.views.answers import JSON, any_origin, document, page, unlisted, wants_page
from portal_public.views.badges import badge_under
from portal_public.views.verdict_pages import show_verdict
from workflows.judgement import Bundle, Judgement, judge, judge_handed


@csrf_exempt  # Nothing changes here and nobody is signed in; a token would need a cookie, and we set none.
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a badge; answer a badge with its verdict."""
    if request.method == "OPTIONS":
        return any_origin()
    if request.method != "POST":
        return page(request, "public/verify.html", {"form": BadgeForm(), "samples": samples.shown()}, seconds=60)
    try:
        refuse_too_often(request)
        return _answered(request, _handed_in(request))
    except Unreadable as refused:
        status = TOO_LARGE if refused.too_large else UNPROCESSABLE
        return _unreadable(request, HandedIn(sentence=refused.sentence, detail=refused.detail, status=status))
    except (Busy, TooOften) as refused:
        return _unreadable(request, HandedIn(sentence=refused.sentence, status=refused.status))


def _answered(request: HttpRequest, handed: HandedIn) -> HttpResponse:
    if handed.path:
        return _linked(request, handed.path)
    if handed.sentence:
        return _unreadable(request, handed)
    opened, judgement = judge_handed(handed.data, listed=handed.listed, address=request.POST.get("em"))
    if opened.link:
        return _answered(request, linked(opened.link, request.get_host()))
    return _answer(request, judgement, opened.text, handed.listed)


def _is_form(request: HttpRequest) -> bool:
    return request.content_type in {"multipart/form-data", "application/x-www-form-urlencoded", ""}


def _wants_page(request: HttpRequest) -> bool:
    """A form is answered by a page unless JSON is asked for; whatever else is sent comes from a program."""
    return wants_page(request, page_first=_is_form(request))


class InMemory(MemoryFileUploadHandler):
    """Keeps every file in memory, also a large one: the size of the whole request was looked at before."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Always at work."""
        self.activated = True


def _handed_in(request: HttpRequest) -> HandedIn:
    """What the request holds; its size is looked at before anything is parsed, and files stay in memory."""
    if too_large(request):
        return HandedIn(sentence=_("This is larger than any badge that we read."), status=TOO_LARGE)
    if not _is_form(request):
        return understood(request.body, request.get_host())
    request.upload_handlers = [InMemory(request)]
    if "sample" in request.POST:
        sample = samples.document_of(request.POST["sample"])
        if sample is None:
            return HandedIn(sentence=_("There is no such sample here."))
        return HandedIn(data=json.dumps(sample).encode())
    form = BadgeForm(request.POST, request.FILES)
    form.is_valid()
    return understood(form.data_in(), request.get_host(), form.list_in())


def _linked(request: HttpRequest, path: str) -> HttpResponse:
    """One of our links: a browser is sent there; a program gets the verdict at once."""
    if _wants_page(request):
        language = request.GET.get("lang")
        return redirect(f"{path}?lang={language}" if language in {"en", "fr"} else path)
    found = badge_under(path)
    if found is None:
        return _unreadable(request, HandedIn(sentence=_("There is no badge under this link that its earner shares.")))
    return document(request, judge(found, address=request.POST.get("em")).as_data(), JSON, seconds=0)


def _unreadable(request: HttpRequest, handed: HandedIn) -> HttpResponse:
    if not _wants_page(request):
        content = unreadable(str(handed.sentence), handed.detail)
        return document(request, content, JSON, seconds=0, status=handed.status)
    form = BadgeForm({} if handed.status == TOO_LARGE else request.POST)
    form.is_valid()
    form.add_error(None, str(handed.sentence))
    context = {"form": form, "samples": samples.shown(), "detail": handed.detail}
    return page(request, "public/verify.html", context, status=handed.status)


def _answer(request: HttpRequest, judgement: Judgement | Bundle, text: str, listed: bytes) -> HttpResponse:
    if not _wants_page(request):
        return document(request, judgement.as_data(), JSON, seconds=0)
    if isinstance(judgement, Bundle):
        context = {"bundle": judgement, "handed": text, "listed": listed.decode(errors="replace")}
        return unlisted(page(request, "public/bundle.html", context))
    return show_verdict(request, judgement, {"handed": text, "listed": listed.decode(errors="replace")})

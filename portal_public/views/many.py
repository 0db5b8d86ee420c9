"""Checks many badges at once. Nothing is kept: files stay in memory, and the answer is all that there is of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from credentials.apart import Busy
from people.limits import CHECKING_MANY, TooOften, refuse_too_often
from portal_public import sheets
from portal_public.forms import MOST_MANY_BYTES, TOO_LARGE, UNPROCESSABLE, ManyForm, too_large
from portal_public.views.answers import page
from portal_public.views.verify import InMemory
from workflows.many import Row, headings, rows_of, words_of

MOST_SECONDS = 120.0  # for one pile; what comes later in it is not looked at
SECONDS_TO_WAIT = 20.0
_ONE_PILE = threading.Lock()  # in each process, so that single badges find a place beside it
Files = list[tuple[str, bytes]]


@csrf_exempt  # As on /verify: nothing changes, nobody is signed in, and no cookie is set.
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponseBase:
    """Ask for files; answer with a row for each."""
    if request.method != "POST":
        return page(request, "public/many.html", {"form": ManyForm()}, seconds=60)
    if too_large(request, MOST_MANY_BYTES):
        return _refused(request, ManyForm(), _("These files are more than 25 MB in all. Hand in fewer."), TOO_LARGE)
    request.upload_handlers = [InMemory(request)]
    try:
        refuse_too_often(request, CHECKING_MANY)
        form = ManyForm(request.POST, request.FILES)
    except TooManyFilesSent:
        return _refused(request, ManyForm(), _("These are more than 200 files. Hand in fewer."), TOO_LARGE)
    except TooOften as refused:
        return _refused(request, ManyForm(), str(refused.sentence), refused.status)
    if not form.is_valid():
        return _refused(request, form, "", UNPROCESSABLE)
    files = [(file.name or "", file.read()) for file in form.cleaned_data["badges"]]
    return _answered(request, form.cleaned_data["answer"], files)


def _refused(request: HttpRequest, form: ManyForm, sentence: str, status: int) -> HttpResponse:
    return page(request, "public/many.html", {"form": form, "sentence": sentence}, status=status)


def _answered(request: HttpRequest, kind: str, files: Files) -> HttpResponseBase:
    response: HttpResponseBase
    if kind == "page":
        response = StreamingHttpResponse(_page(request, files))
    else:
        cells = [row.cells for row in _rows(files)]
        if kind == "csv":
            response = HttpResponse(sheets.csv_file(headings(), cells), content_type=sheets.CSV)
        else:
            response = HttpResponse(sheets.xlsx_file(_("Badges"), headings(), cells), content_type=sheets.XLSX)
        response["Content-Disposition"] = f'attachment; filename="badges.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this pile is the only one of its process by now."""
    got = _ONE_PILE.acquire(timeout=SECONDS_TO_WAIT)
    try:
        yield got
    finally:
        if got:
            _ONE_PILE.release()


def _rows(files: Files) -> Iterator[Row]:
    """Row by row, until the time is over."""
    ends = time.monotonic() + MOST_SECONDS
    with _alone() as alone:
        for name, data in files:
            if not alone:
                yield Row(name, "cannot_tell", words_of(""), str(Busy.sentence))
            elif time.monotonic() > ends:
                late = _("Not looked at, because the files before it took too long. Hand it in again.")
                yield Row(name, "cannot_tell", words_of(""), late)
            else:
                yield from rows_of(name, data)


def _page(request: HttpRequest, files: Files) -> Iterator[str]:
    """The page up to its rows, each row as soon as it is there, then what came of all."""
    language, mark = request.LANGUAGE_CODE, uuid4().hex
    found: dict[str, int] = dict.fromkeys(("valid", "not_valid", "cannot_tell", "unreadable"), 0)
    context: dict[str, Any] = {"form": ManyForm(), "mark": mark, "headings": [], "number": len(files)}
    with translation.override(language):
        head, tail = render_to_string("public/many.html", context, request).split(mark)
        yield head
        for row in _rows(files):
            found[row.verdict] += 1
            yield render_to_string("public/_many_row.html", {"row": row})
        yield tail.replace("</table>", "</table>" + render_to_string("public/_many_sum.html", found), 1)

"""Every refusal as a problem (RFC 9457): a code for programs, a sentence for people in the language they asked for."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from people.errors import Refusal
from people.tokens import NoToken
from workflows.errors import Blocked, NotYours, WrongRows

MEDIA_TYPE = "application/problem+json"


def code_of(kind: type[Exception]) -> str:
    """The code of a refusal: its name in the code, such as `moved_on`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def problem(status: int, code: str, sentence: str, **more: Any) -> HttpResponse:
    """The answer."""
    body = {"type": f"{reverse('api:guide')}#problems", "title": code, "status": status, "code": code}
    answer = HttpResponse(
        json.dumps({**body, "detail": sentence, **more}, ensure_ascii=False), status=status, content_type=MEDIA_TYPE
    )
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Imprimatur"'
    if status == 429:
        answer.headers["Retry-After"] = "60"
    return answer


def _of_refusal(_request: HttpRequest, refusal: Any) -> HttpResponse:
    more: dict[str, Any] = {}
    if isinstance(refusal, Blocked):
        more["reasons"] = [str(reason) for reason in refusal.reasons]
    if isinstance(refusal, WrongRows):
        faults = refusal.preview.faults
        more["rows"] = [{"line": fault.line, "detail": force_str(fault.sentence)} for fault in faults]
    return problem(refusal.status, code_of(type(refusal)), str(refusal.sentence), **more)


def _of_validation(_request: HttpRequest, error: Any) -> HttpResponse:
    places = [{"where": ".".join(map(str, one["loc"])), "detail": one["msg"]} for one in error.errors]
    return problem(422, "not_readable", _("The call is not as its description says."), errors=places)


def _of_stranger(request: HttpRequest, _error: Any) -> HttpResponse:
    return _of_refusal(request, NoToken())


def _of_nothing(request: HttpRequest, _error: Any) -> HttpResponse:
    return _of_refusal(request, NotYours())


def _of_http(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, "http_error", str(error))


def register(api: NinjaAPI) -> None:
    """Let an API answer refusals in this form."""
    api.add_exception_handler(Refusal, _of_refusal)
    api.add_exception_handler(ValidationError, _of_validation)
    api.add_exception_handler(AuthenticationError, _of_stranger)
    api.add_exception_handler(Http404, _of_nothing)
    api.add_exception_handler(HttpError, _of_http)

"""The language of a page, what a named refusal looks like, and forms on pages that hide where they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from people.errors import Refusal

Answer = Callable[[HttpRequest], HttpResponseBase]
CODES = {code for code, _name in settings.LANGUAGES}


# Pages of mailed links answer `Referrer-Policy: no-referrer` (promises.md 5.7). Browsers then send their forms with
# `Origin: null`, also the form of the language toggle.
HIDDEN = ("/reviews/", "/language")


class Csrf(CsrfViewMiddleware):
    """Django's own, which also takes the hidden origin of the pages that we ourselves told to hide it.

    The token in form and cookie is asked for all the same, and that cookie never travels from another site.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        hidden = request.headers.get("Origin") == "null" and request.path.startswith(HIDDEN)
        return hidden or bool(super()._origin_verified(request))  # type: ignore[misc]


class Language:
    """Each page is in one of two languages: `?lang=`, else the person's own, else the cookie, else the browser's.

    Public pages look at the address and the browser only, so that they need no cookie and can be cached.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose before the address is resolved, so that error pages have a language too."""
        self._use(request, self._asked(request) or translation.get_language_from_request(request))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Choose again once it is known whether the page is public."""
        match = request.resolver_match
        if match is None or self._asked(request):
            return
        if match.namespace == "public":
            self._use(request, self._of_browser(request))
        else:
            own = getattr(request.user, "language", None)
            self._use(request, own or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.LANGUAGE_CODE)

    @staticmethod
    def _of_browser(request: HttpRequest) -> str:
        """What the browser asks for, and no cookie: else one reader's choice would be another's cached page."""
        wanted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
        return next((code[:2] for code, _weight in wanted if code[:2] in CODES), settings.LANGUAGE_CODE)

    @staticmethod
    def _asked(request: HttpRequest) -> str | None:
        asked = request.GET.get("lang")
        return asked if asked in CODES else None

    @staticmethod
    def _use(request: HttpRequest, language: str) -> None:
        translation.activate(language if language in CODES else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


class Refusals:
    """Answers a named refusal with its status and its sentence: a page to a browser, JSON to a program."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; pages and fragments share an address, so caches must tell them apart."""
        response = self.get_response(request)
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
        # A lost sign-in must not swap a sign-in page into a panel (stack.md 7).
        if "HX-Request" in request.headers and response.headers.get("Location", "").startswith("/sign-in"):
            moved = HttpResponse(status=204)
            moved.headers["HX-Redirect"] = response.headers["Location"]
            return moved
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into its answer; anything else is not ours."""
        if not isinstance(exception, Refusal):
            return None
        if request.accepts("text/html"):
            return render(request, "refused.html", {"sentence": exception.sentence}, status=exception.status)
        return JsonResponse({"sentence": str(exception.sentence)}, status=exception.status)

"""Pages of the whole house: where a person begins, the language, and what errors look like."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.navigation import portals_of
from people.actions import choose_language
from people.models import Language
from people.web import person, signed_in

YEAR = 365 * 24 * 3600


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The first screen of the first portal that this person works in."""
    entries = portals_of(person(request))
    return redirect(entries[0].address if entries else "learner:home")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language: with the person when signed in, else in a cookie. The page stays the same."""
    chosen = request.POST.get("language", "")
    next_ = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(next_, allowed_hosts={request.get_host()}):
        next_ = "/"
    response = redirect(next_)
    if chosen in Language.values:
        if request.user.is_authenticated:
            choose_language(person=request.user, language=chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or not open to this person; the two look the same."""
    del exception  # Django passes it by this name; it says nothing that a stranger may read
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 and 400: the page was too old, or the browser keeps no cookies."""
    del exception
    return render(request, "403.html", status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token does not fit, most often because the page is from an earlier session."""
    del reason  # it speaks to developers
    return forbidden(request)


def failed(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. The page uses neither database nor session."""
    return render(request, "500.html", status=500)

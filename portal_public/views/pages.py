"""Pages about this installation."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from credentials.models import Endorsement
from portal_public.views.answers import page


def _version() -> str:
    try:
        return version("imprimatur")
    except PackageNotFoundError:
        return "0.1.0"


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, who runs it, where its source code is (AGPL, section 13)."""
    return page(request, "public/about.html", {"version": _version(), "source": settings.SOURCE_URL}, seconds=300)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (AODA, O. Reg. 191/11)."""
    return page(request, "public/accessibility.html", {}, seconds=300)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored about whom, and what is not."""
    return page(request, "public/privacy.html", {}, seconds=300)


@require_safe
def term(request: HttpRequest, kind: str) -> HttpResponse:
    """What an endorsement of a kind claims; its address stands among the endorsement's types."""
    if kind not in Endorsement.Kind.values:
        raise Http404
    return page(request, "public/term.html", {"kind": kind}, seconds=300)

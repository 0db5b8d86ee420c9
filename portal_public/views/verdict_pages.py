"""The verdict page; that of a public badge is drawn once for all badges that look the same, and filled in for each.

As with badges themselves (badges.md 3), the structure costs and the values do not. A page is drawn with marks where
the badge's own values stand: its id, the earner's name where the badge says it, the moment of the check. Everything
else that it shows is part of the name under which it is kept.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language

from credentials.held import Memory
from credentials.picture import svg
from portal_public.views.answers import finished_page, unlisted
from workflows.judgement import Judgement

MOST_PAGES = 1000  # of about fifteen kilobytes
ID, EARNER, CHECKED = (f"slot{secrets.token_hex(8)}" for _slot in range(3))
_SLOTS = re.compile(f"({ID}|{EARNER}|{CHECKED})")
_FORMS: Memory[list[str]] = Memory(MOST_PAGES)


def _now() -> str:
    """The moment of the check, in the words of the page."""
    return engines["django"].from_string("{{ now|moment }}").render({"now": timezone.now()})


def show_verdict(request: HttpRequest, judgement: Judgement, more: dict[str, Any]) -> HttpResponse:
    """The verdict page of a badge."""
    text = _drawn(request, judgement, more, _now())
    return unlisted(finished_page(request, text))


def _drawn(request: HttpRequest, judgement: Judgement, more: dict[str, Any], checked: str) -> str:
    picture = svg(judgement.picture) if judgement.picture else ""
    context = {"judgement": judgement, "reading": judgement.reading, "drawn": picture, "checked": checked, **more}
    return render_to_string("public/verdict.html", context, request)


def show_public(request: HttpRequest, judgement: Judgement, more: dict[str, Any], badge_id: str) -> HttpResponse:
    """The same for a public badge without evidence, by its form. `badge_id` stands in its address and in `more`."""
    if judgement.alike is None or set(request.GET) - {"lang"} or request.method == "POST":
        return show_verdict(request, judgement, more)
    reading = judgement.reading
    days = (reading.awarded, reading.starts, reading.ends)
    look = (
        get_language(), request.GET.get("lang"), judgement.alike, judgement.found, judgement.picture, reading.proved,
        reading.keys, reading.suites, bool(reading.earner), *(day and timezone.localdate(day) for day in days),
    )  # fmt: skip
    parts = _FORMS.answer(look, lambda: _form(request, judgement, more, badge_id))
    values = {ID: badge_id, EARNER: escape(reading.earner), CHECKED: _now()}
    return unlisted(finished_page(request, "".join(values.get(part, part) for part in parts)))


def _form(request: HttpRequest, judgement: Judgement, more: dict[str, Any], badge_id: str) -> list[str]:
    """The page of a badge in parts, with the mark of a slot between two of them."""
    reading = judgement.reading
    address, earner = reading.address.replace(badge_id, ID), EARNER if reading.earner else ""
    marked = replace(judgement, reading=replace(reading, address=address, earner=earner))
    texts = {name: text.replace(badge_id, ID) if isinstance(text, str) else text for name, text in more.items()}
    return _SLOTS.split(_drawn(request, marked, texts, CHECKED))

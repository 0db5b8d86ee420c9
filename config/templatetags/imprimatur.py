"""The words of every template: icons, dates, bilingual texts, the bar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from config.navigation import portals_of
from notifications.queries import unread_count
from people.dates import long_day
from people.queries import institutions_of
from workflows import wording
from workflows.dossier import Text

register = template.Library()
NO_BREAK = "\u00a0"


def _french() -> bool:
    return (get_language() or "en").startswith("fr")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon of the page's sprite; with a label it speaks, without one it is ornament."""
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="#i-{}"/></svg>', label, name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.filter
def day(value: date | datetime | None) -> str | SafeString:
    """12 June 2027, 12 juin 2027: as a time element; a day and its month never part."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), long_day(local))


@register.filter
def short_day(value: date | datetime | None) -> str | SafeString:
    """4 Sep, 4 sept.: where many days stand close together; the element itself holds the year."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    words = f"{local.day}{NO_BREAK}{date_format(local, 'N').lower() if _french() else date_format(local, 'M')}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """A day with its time: 14:02 in English, 14 h 02 in French."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    clock = f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02}" if _french() else f"{local.hour}:{local.minute:02}"
    return format_html('<time datetime="{}">{}, {}</time>', local.isoformat(), long_day(local.date()), clock)


@register.filter
def said(text: Text | dict[str, str] | str | None) -> str | SafeString:
    """A bilingual text in the reader's language; one that exists in the other language only carries `lang`."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    words = text if isinstance(text, Text) else Text.model_validate(text)
    wanted = "fr" if _french() else "en"
    language = words.language(wanted)
    if language == wanted:
        return words.said(wanted)
    return format_html('<span lang="{}">{}</span>', language, words.said(wanted))


@register.filter
def both(text: Text | dict[str, str] | None) -> list[tuple[str, str]]:
    """A bilingual text as (language, words), the reader's language first; an empty one is left out."""
    if not text:
        return []
    words = text if isinstance(text, Text) else Text.model_validate(text)
    order = ("fr", "en") if _french() else ("en", "fr")
    return [(language, getattr(words, language)) for language in order if getattr(words, language).strip()]


@register.filter
def lookup(mapping: dict[str, Any], key: str) -> Any:
    """A value by a key that is itself a variable."""
    return mapping.get(key, "")


@register.filter
def in_words(value: str) -> str:
    """An open value of the content, such as a mode or a supervision, in the reader's words."""
    return str(wording.common(value))


@register.filter
def time_needed(minutes: int) -> str:
    """Minutes as one says them: 40 minutes, 18 hours."""
    if minutes >= 180 and minutes % 60 == 0:
        return ngettext("%(hours)d hour", "%(hours)d hours", minutes // 60) % {"hours": minutes // 60}
    return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}


@register.filter
def duration(period: str) -> str:
    """An ISO 8601 duration in the reader's words."""
    return str(wording.duration(period))


@register.filter
def short_digest(digest: str) -> str:
    """The first two groups of a digest, enough for a person to compare."""
    bare = digest.removeprefix("sha256:")
    return f"{bare[:4]} {bare[4:8]}"


@register.inclusion_tag("_navigation.html", takes_context=True)
def navigation(context: Context) -> dict[str, Any]:
    """The portals of the signed-in person; the current one is marked by its address."""
    request: HttpRequest = context["request"]
    match = request.resolver_match
    entries = []
    if request.user.is_authenticated and match is not None:
        portals = portals_of(request.user)
        named = {name for entry in portals if entry.namespace == match.namespace for name in entry.names}
        for entry in portals:
            same = entry.namespace == match.namespace
            here = same and (match.url_name in entry.names if entry.names else match.url_name not in named)
            entries.append({"address": entry.address, "label": entry.label, "here": here})
    return {"entries": entries}


@register.simple_tag(takes_context=True)
def public_url(context: Context, name: str, *args: Any) -> str:
    """The address of a public page in the language of this one, where the browser alone would not choose it.

    Public pages read the language from the address, because they set no cookie.
    """
    request: HttpRequest = context["request"]
    match = request.resolver_match
    address = reverse(f"public:{name}", args=args)
    chosen = "lang" in request.GET or (match is not None and match.namespace != "public")
    return f"{address}?lang={'fr' if _french() else 'en'}" if chosen else address


@register.inclusion_tag("_toggle.html", takes_context=True)
def toggle(context: Context) -> dict[str, Any]:
    """The other language: a link on public pages, which need no cookie, and a form elsewhere."""
    request: HttpRequest = context["request"]
    other = "en" if _french() else "fr"
    match = request.resolver_match
    public = match is None or match.namespace == "public"
    query = request.GET.copy()
    query["lang"] = other
    kept = request.GET.copy()
    kept.pop("lang", None)
    return {
        "public": public,
        "other": other,
        "name": {"en": "English", "fr": "Français"}[other],
        "link": f"?{query.urlencode()}",
        "next": request.path + (f"?{kept.urlencode()}" if kept else ""),
        "csrf_token": None if public else context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def unread(context: Context) -> int:
    """How many notices the signed-in person has not read."""
    return unread_count(context["request"].user)


@register.simple_tag(takes_context=True)
def institution(context: Context) -> str:
    """The name of the one institution that the signed-in person works in; empty for strangers and for several."""
    user = context["request"].user
    match = context["request"].resolver_match
    if not user.is_authenticated or match is None or match.namespace == "public":
        return ""
    houses = institutions_of(user)
    return houses[0].name if len(houses) == 1 else ""


@register.simple_tag
def sample_installation() -> bool:
    """True in the demo: every page then carries the sample banner."""
    return bool(settings.DEMO)

"""A day in words, the same on pages, in sentences and on paper: 12 June 2027, 12 juin 2027, 1er juin 2027."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def long_day(value: date | datetime) -> str:
    """The day in the language of whoever reads it, a moment in the time zone of the house; its parts never part."""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    first = "1er" if local.day == 1 and (get_language() or "en").startswith("fr") else str(local.day)
    return f"{first}\u00a0{date_format(local, 'F')}\u00a0{local.year}"

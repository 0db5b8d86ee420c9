"""Texts in the reader's language where an installation has one, and in English where a room is used as a library.

`credentials` can be used without a Django project (docs/library.md): its sentences then have no settings to ask.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.conf import ENVIRONMENT_VARIABLE, settings
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy


def has_settings() -> bool:
    """True in a Django project; False in a program that only imports a room of ours."""
    return settings.configured or bool(os.environ.get(ENVIRONMENT_VARIABLE))


def _said(message: str) -> str:
    return gettext(message) if has_settings() else message


lazy_text = gettext_lazy if TYPE_CHECKING else lazy(_said, str)

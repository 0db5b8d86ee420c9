"""Texts that ninja asks for as plain strings and that wait for the reader's language all the same."""

from collections.abc import Callable
from typing import Any, cast

from django.utils.translation import gettext_lazy

lazy = cast(Callable[[str], Any], gettext_lazy)

"""What a person may read of the notices."""

from __future__ import annotations

from typing import Any

from people.models import User


def notices_of(_user: User) -> list[Any]:
    """This person's notices, newest first."""
    return []


def unread_count(_user: User) -> int:
    """How many of them were not read yet."""
    return 0

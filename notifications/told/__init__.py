"""Which event tells whom what: the "Told" columns of `lifecycle.md` 4 and 5 as tables. What is in none tells nobody.

Where an event has several notices, a person gets the first that is meant for him or her.
"""

from __future__ import annotations

from notifications.told.awards import AWARD
from notifications.told.between import BETWEEN
from notifications.told.notice import Notice
from notifications.told.transitions import TRANSITIONS

__all__ = ["AWARD", "VERSION", "Notice", "notices_of"]

VERSION: dict[str, tuple[Notice, ...]] = {**TRANSITIONS, **BETWEEN}
TABLES: dict[str, dict[str, tuple[Notice, ...]]] = {"version": VERSION, "award": AWARD}


def notices_of(stream: str, type_: str) -> tuple[Notice, ...]:
    """What an event of this stream and type says; empty for one that tells nobody."""
    return TABLES.get(stream.partition(":")[0], {}).get(type_, ())

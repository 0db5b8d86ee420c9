"""An institution's rules as data, what they say of a round, and its clocks (`lifecycle.md` 6). Pure.

Nobody may go below one independent supporter and two voices; `validated` refuses a policy that does.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

DEFAULT_POLICY: dict[str, Any] = {
    "policy": "default/1",
    "relevance": {"independent_partner_supports": 1, "employer_voices": 2},
    "endorsement": {"independent_partner_endorsements": 1},
    "committee": {"members_min": 3, "outside_proposing_unit": 1},
    "weights": {"employer": 1, "public_employer": 1, "sector_body": 2, "internal_unit": 0},
    "clocks_days": {
        "screening": 5,
        "relevance": 15,
        "endorsement": 15,
        "pilot_approval": 15,
        "final_approval": 15,
        "assessment": 14,
        "suspension_confirm": 10,
        "escalate": 5,
        "urgent": 2,
    },
    "remind_at_percent": [50, 80, 100],
    "review_months": {"light": 12, "full": 36},
    "holidays": [],
}
SUPPORTS = {"support", "support_with_suggestions", "endorse", "endorse_with_condition"}
OPPOSES = {"do_not_support", "decline"}


class State(StrEnum):
    """Whether a quorum is met, may still be met, or cannot be any more."""

    MET = "met"
    OPEN = "open"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True)
class Voice:
    """One seat as the rules see it: `choice` is None while it is open; `counts` is False once it ended silent."""

    organization: str
    weight: int
    independent: bool
    partner: bool
    choice: str | None
    related_group: str = ""
    counts: bool = True


def setting(data: dict[str, Any], name: str) -> Any:
    """One part of a policy; an older edition that lacks it has the default's."""
    return data.get(name, DEFAULT_POLICY[name])


def clock_days(data: dict[str, Any], clock: str) -> int:
    """How many business days a clock has."""
    return int({**DEFAULT_POLICY["clocks_days"], **data["clocks_days"]}[clock])


def holidays(data: dict[str, Any]) -> list[date]:
    """The days on which the institution is closed, besides Saturday and Sunday."""
    return [date.fromisoformat(day) for day in setting(data, "holidays")]


def months_after(start: date, months: int) -> date:
    """The same day so many months later; the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def due_on(start: date, days: int, holidays: Iterable[date]) -> date:
    """The day that is `days` business days after `start` (Monday to Friday, without the holidays)."""
    closed, day = set(holidays), start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in closed:
            days -= 1
    return day


def validated(data: dict[str, Any]) -> dict[str, Any]:
    """The policy itself. Raises ValueError when it goes below the fixed minimum of `lifecycle.md` 6.1."""
    if data["relevance"]["independent_partner_supports"] < 1 or data["relevance"]["employer_voices"] < 2:
        raise ValueError("A policy asks for at least one independent supporter and two employer voices.")
    if data["endorsement"]["independent_partner_endorsements"] < 1 or data["committee"]["members_min"] < 3:
        raise ValueError("A policy asks for at least one independent endorsement and a committee of three.")
    for clause in data.get("clauses", []):
        if not {"code", "title", "blocks", "needs"} <= set(clause):
            raise ValueError("A clause that a policy adds has a code, a title, what it blocks and what it needs.")
    return data


def _once(voices: Sequence[Voice]) -> list[Voice]:
    """Related organizations count once together: the first answer stands for the group."""
    seen: set[str] = set()
    kept = []
    for voice in voices:
        key = voice.related_group or voice.organization
        if key not in seen:
            seen.add(key)
            kept.append(voice)
    return kept


def heard(voices: Iterable[Voice]) -> int:
    """How many employer voices were heard: every answer but "cannot judge", related organizations once together."""
    return sum(voice.weight for voice in _once([v for v in voices if v.choice not in {None, "cannot_judge"}]))


def _relevance_holds(data: dict[str, Any], voices: Sequence[Voice]) -> bool:
    rule = data["relevance"]
    supporters = [voice for voice in voices if voice.choice in SUPPORTS]
    independent = [voice for voice in supporters if voice.independent and voice.partner and voice.weight]
    opposed = [voice for voice in voices if voice.choice in OPPOSES]
    return (
        len(_once(independent)) >= rule["independent_partner_supports"]
        and heard(voices) >= rule["employer_voices"]
        and sum(v.weight for v in _once(supporters)) > sum(v.weight for v in _once(opposed))
    )


def _endorsement_holds(data: dict[str, Any], voices: Sequence[Voice]) -> bool:
    endorsing = [v for v in voices if v.choice in SUPPORTS and v.independent and v.partner and v.weight]
    returned = any(voice.choice == "return" for voice in voices)
    return not returned and len(_once(endorsing)) >= data["endorsement"]["independent_partner_endorsements"]


_RULES = {"relevance": (_relevance_holds, "support"), "endorsement": (_endorsement_holds, "endorse")}


def quorum(data: dict[str, Any], kind: str, voices: Sequence[Voice]) -> State:
    """Met now; else still open if it would be met by everybody open supporting; else out of reach."""
    holds, best = _RULES[kind]
    if holds(data, voices):
        return State.MET
    hoped = [
        Voice(v.organization, v.weight, v.independent, v.partner, best, v.related_group)
        if v.choice is None and v.counts
        else v
        for v in voices
    ]
    return State.OPEN if holds(data, hoped) else State.OUT_OF_REACH

"""An institution's rules as data, what they say of a round, and its clocks (`lifecycle.md` 6). Pure.

Nobody may go below one independent supporter and two voices; `workflows.policies.document` refuses what does. A case
reads the edition that it is pinned to, and nothing else.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from workflows.policies.calendar import Calendar

DEFAULT_POLICY: dict[str, Any] = {
    "policy": "default/1",
    "relevance": {
        "independent_partner_supports": 1,
        "employer_voices": 2,
        "voices_of": {},
        "seats_of": {},
        "veto": [],
        "supports_exceed_declines": True,
        "reply_to_importance_at_most": 2,
    },
    "endorsement": {
        "independent_partner_endorsements": 1,
        "endorsements_of": {},
        "seats_of": {},
        "veto": [],
        "returns_open": 0,
    },
    "committee": {
        "members_min": 3,
        "outside_proposing_unit": 1,
        "present": "majority",
        "carries": "majority",
        "veto": [],
        "tie": "defer",
    },
    "weights": {"employer": 1, "public_employer": 1, "sector_body": 2, "internal_unit": 0},
    "independence": {"binding_interests": ["sells", "funds", "delivers", "owner", "member"]},
    "gates": [],
    "exemptions": {
        "allowed": ["P4", "E5", "E6a", "E6b"],
        "asked_by": ["proposer", "academic_lead"],
        "longest_months": 36,
    },
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
        "deferred": 10,
    },
    "remind_at_percent": [50, 80, 100],
    "escalation": [],
    "notice_days": [90, 30, 7],
    "validity_months": {"usual": 24, "longest": 36, "demand_source": 24},
    "review_months": {"light": 12, "full": 36, "without_award": 24},
    "limits_days": {"ask_suspension": 60, "urgent_release": 90},
    "calendar": {"rule": "none", "also": []},
    "holidays": [],
    "clauses": [],
    "moderation": {"first": 5, "one_in": 5},
}
SUPPORTS = {"support", "support_with_suggestions", "endorse", "endorse_with_condition"}
OPPOSES = {"do_not_support", "decline"}
GOES_ON = {"approve", "approve_with_conditions", "waive_pilot"}
STOPS = {"return", "reject"}


class State(StrEnum):
    """Whether a quorum is met, may still be met, or cannot be any more."""

    MET = "met"
    OPEN = "open"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True)
class Voice:
    """One seat as the rules see it: `choice` is None while it is open; `counts` is False once it ended silent.

    `kind` is the class of reviewer: what its organization is.
    """

    organization: str
    weight: int
    independent: bool
    partner: bool
    choice: str | None
    related_group: str = ""
    counts: bool = True
    kind: str = ""


def setting(data: dict[str, Any], name: str) -> Any:
    """One part of a policy; what an older edition does not say is as in the default."""
    default, given = DEFAULT_POLICY[name], data.get(name)
    if given is None:
        return default
    return {**default, **given} if isinstance(default, dict) and name != "weights" else given


def clock_days(data: dict[str, Any], clock: str) -> int:
    """How many business days a clock has."""
    return int(setting(data, "clocks_days")[clock])


def holidays(data: dict[str, Any]) -> Calendar:
    """The days on which the institution is closed, besides Saturday and Sunday."""
    typed = [day if isinstance(day, str) else day["on"] for day in setting(data, "holidays")]
    rule = setting(data, "calendar")
    return Calendar(rule["rule"], frozenset(rule["also"]), frozenset(date.fromisoformat(day) for day in typed))


def escalation(data: dict[str, Any]) -> list[tuple[str, int]]:
    """Who hears of a silent seat how many business days after its time: the officer, then the chair (6.2)."""
    steps = [(step["to"], int(step["days"])) for step in setting(data, "escalation")]
    return steps or [("officer", 0), ("chair", clock_days(data, "escalate"))]


def due_after(data: dict[str, Any], start: date, days: int) -> date:
    """The day that is so many business days of the institution's calendar after `start`."""
    return due_on(start, days, holidays(data))


def months_after(start: date, months: int) -> date:
    """The same day so many months later; the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def due_on(start: date, days: int, closed: Container[date]) -> date:
    """The day that is `days` business days after `start` (Monday to Friday, without the days that are closed)."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in closed:
            days -= 1
    return day


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


def _classes_heard(needed: dict[str, int], voices: Iterable[Voice]) -> bool:
    """Whether enough organizations of each class that the policy names are among these, m of n per class."""
    once = _once(list(voices))
    return all(sum(voice.kind == kind for voice in once) >= number for kind, number in needed.items())


def vetoed(rule: dict[str, Any], voices: Iterable[Voice]) -> bool:
    """Whether a class that has a veto opposes."""
    return any(voice.choice in OPPOSES and voice.kind in rule["veto"] for voice in voices)


def _relevance_holds(data: dict[str, Any], voices: Sequence[Voice]) -> bool:
    rule = setting(data, "relevance")
    supporters = [voice for voice in voices if voice.choice in SUPPORTS]
    independent = [voice for voice in supporters if voice.independent and voice.partner and voice.weight]
    opposed = [voice for voice in voices if voice.choice in OPPOSES]
    spoken = [voice for voice in voices if voice.choice not in {None, "cannot_judge"}]
    return (
        len(_once(independent)) >= rule["independent_partner_supports"]
        and heard(voices) >= rule["employer_voices"]
        and sum(v.weight for v in _once(supporters)) > sum(v.weight for v in _once(opposed))
        and _classes_heard(rule["voices_of"], spoken)
        and not vetoed(rule, voices)
    )


def _endorsement_holds(data: dict[str, Any], voices: Sequence[Voice]) -> bool:
    rule = setting(data, "endorsement")
    endorsing = [v for v in voices if v.choice in SUPPORTS and v.independent and v.partner and v.weight]
    returned = any(voice.choice == "return" for voice in voices)
    enough = len(_once(endorsing)) >= rule["independent_partner_endorsements"]
    return not returned and enough and _classes_heard(rule["endorsements_of"], endorsing) and not vetoed(rule, voices)


_RULES = {"relevance": (_relevance_holds, "support"), "endorsement": (_endorsement_holds, "endorse")}


def supposing(kind: str, voices: Iterable[Voice]) -> list[Voice]:
    """The same voices if everybody who is still open supported."""
    best = _RULES[kind][1]
    return [replace(voice, choice=best) if voice.choice is None and voice.counts else voice for voice in voices]


def quorum(data: dict[str, Any], kind: str, voices: Sequence[Voice]) -> State:
    """Met now; else still open if it would be met by everybody open supporting; else out of reach."""
    holds = _RULES[kind][0]
    if holds(data, voices):
        return State.MET
    return State.OPEN if holds(data, supposing(kind, voices)) else State.OUT_OF_REACH


def enough(share: str, number: int, of: int) -> bool:
    """Whether so many of so many are a majority, two thirds, or all, as the policy asks."""
    return {"majority": number * 2 > of, "two_thirds": number * 3 >= of * 2 > 0, "all": number == of > 0}[share]


def needed(share: str, of: int) -> int:
    """The least number of so many that is enough."""
    return next((number for number in range(of + 1) if enough(share, number, of)), of)


def carried(rule: dict[str, Any], votes: Sequence[tuple[str, bool]], seats: int) -> str:
    """What a committee's votes carry: a choice of its form, or `defer` on a tie, without a quorum, or on a veto.

    Each vote says its choice, and whether its member is from outside the proposing unit; `seats` counts all who count.
    """
    cast = [choice for choice, _outside in votes if choice != "abstain"]
    if not cast or not enough(rule["present"], len(votes), seats):
        return "defer"
    if enough(rule["carries"], sum(choice in GOES_ON for choice in cast), len(cast)):
        if "outside_unit" in rule["veto"] and any(outside and choice in STOPS for choice, outside in votes):
            return "defer"
        if enough(rule["carries"], cast.count("waive_pilot"), len(cast)):
            return "waive_pilot"
        return "approve_with_conditions" if "approve_with_conditions" in cast else "approve"
    choice, number = Counter(cast).most_common(1)[0]
    return choice if enough(rule["carries"], number, len(cast)) else "defer"

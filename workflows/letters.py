"""The letter of a decision: what was decided, by whom, why, section by section, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from people.models import User
from workflows import ledger, timeline
from workflows.differences import SECTIONS
from workflows.door import stream_of
from workflows.errors import NotYours
from workflows.models import Condition, Decision, LedgerEvent, Version
from workflows.standing import NEXT
from workflows.stations import Stage

Words = str | Promise
LETTERS = frozenset(
    {
        "return_from_screening", "return_from_relevance", "return_from_endorsement", "reject_at_relevance",
        "go_on_without_partner", "approve_pilot", "waive_pilot", "return_pilot_approval",
        "return_pilot_approval_to_draft", "defer_pilot_approval", "reject_pilot", "redesign", "redesign_from_draft",
        "approve", "approve_with_conditions", "return_final", "return_final_to_draft", "defer_final", "reject_final",
    }
)  # fmt: skip
REJECTIONS = frozenset({"reject_at_relevance", "reject_pilot", "reject_final"})


@dataclass(frozen=True)
class Letter:
    """One decision letter. `requests` are the sections that are to be changed, each with its reason."""

    version: Version
    sequence: int
    words: Words
    at: datetime
    by: str
    reasons: str
    requests: tuple[tuple[Words, str], ...]
    conditions: tuple[Condition, ...]
    next: Words
    rejects: bool


def last_letter(version: Version) -> int | None:
    """The sequence of the newest event that makes a letter."""
    found = [event.sequence for event in ledger.events_of(stream_of(version)) if event.type in LETTERS]
    return found[-1] if found else None


def letter(version: Version, sequence: int) -> Letter:
    """The letter of one event of a version. Raises `NotYours` when the event makes none."""
    events = {event.sequence: event for event in ledger.events_of(stream_of(version))}
    event = events.get(sequence)
    if event is None or event.type not in LETTERS:
        raise NotYours
    at = datetime.fromisoformat(event.at)
    decision = Decision.objects.filter(public_id=event.data["decision"]).first() if "decision" in event.data else None
    author = User.objects.filter(public_id=event.actor).first()
    before = max((e.at for e in events.values() if e.sequence < sequence and e.type in LETTERS), default="")
    return Letter(
        version=version,
        sequence=sequence,
        words=timeline.WORDS[event.type],
        at=at,
        by=author.name if author else "",
        reasons=decision.reasons if decision else str(event.data.get("reason") or event.data.get("findings") or ""),
        requests=_requests(version, at, before),
        conditions=_conditions(version, decision, event),
        next=NEXT[Stage(event.data["to"])],
        rejects=event.type in REJECTIONS,
    )


def _requests(version: Version, at: datetime, before: str) -> tuple[tuple[Words, str], ...]:
    """What this decision asked to be changed: the requests written since the decision before it."""
    rows = version.change_requests.filter(asked_at__lte=at).order_by("pk")
    if before:
        rows = rows.filter(asked_at__gt=datetime.fromisoformat(before))
    return tuple((SECTIONS[row.facet], row.text) for row in rows)


def _conditions(version: Version, decision: Decision | None, event: LedgerEvent) -> tuple[Condition, ...]:
    if decision is None or decision.panel is None or event.data.get("outcome") != "approve_with_conditions":
        return ()
    rows = version.conditions.filter(set_at_gate=decision.panel.kind, set_by=decision.actor)
    return tuple(rows.select_related("owner").order_by("due_on"))

"""The simulator: who can still decide, block or be missing, and what happens if a seat stays silent. Pure.

It asks the rules themselves, with the answers that were given and those that could still be: so a page can say what a
silence means, under the edition that a case is pinned to or under a draft that nobody has adopted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from workflows.policy import GOES_ON, State, Voice, carried, quorum, setting

NO = {"relevance": "do_not_support", "endorsement": "return"}


@dataclass(frozen=True)
class Place:
    """One seat of a round: `key` and `who` name it, `voice` is how the rules see it."""

    key: str
    who: str
    voice: Voice


@dataclass(frozen=True)
class Prospect:
    """What one seat that is still open can do, and what its silence means while the others support."""

    key: str
    who: str
    blocks: bool
    silent: State


@dataclass(frozen=True)
class Outlook:
    """A round as it could go on. `missing` ended without an answer; `silence` is what comes if nobody answers more."""

    state: State
    open: tuple[Prospect, ...]
    missing: tuple[str, ...]
    silence: State

    @property
    def pivotal(self) -> tuple[Prospect, ...]:
        """Those without whom it cannot be met."""
        return tuple(prospect for prospect in self.open if prospect.silent == State.OUT_OF_REACH)

    @property
    def blockers(self) -> tuple[Prospect, ...]:
        """Those whose no alone puts it out of reach."""
        return tuple(prospect for prospect in self.open if prospect.blocks)


def of_partners(data: dict[str, Any], kind: str, places: Sequence[Place]) -> Outlook:
    """The outlook of a round that partners and employers answer."""
    voices = [place.voice for place in places]

    def with_(changed: int, **values: Any) -> State:
        return quorum(data, kind, [replace(v, **values) if at == changed else v for at, v in enumerate(voices)])

    waiting = [at for at, voice in enumerate(voices) if voice.choice is None and voice.counts]
    prospects = tuple(
        Prospect(
            places[at].key,
            places[at].who,
            blocks=with_(at, choice=NO[kind]) == State.OUT_OF_REACH,
            silent=with_(at, counts=False),
        )
        for at in waiting
    )
    quiet = [replace(voice, counts=voice.counts and voice.choice is not None) for voice in voices]
    missing = tuple(place.who for place in places if place.voice.choice is None and not place.voice.counts)
    return Outlook(quorum(data, kind, voices), prospects, missing, quorum(data, kind, quiet))


@dataclass(frozen=True)
class Member:
    """One seat of a committee: its vote, or None; `counts` is False once it ended silent."""

    key: str
    who: str
    vote: str | None
    outside_unit: bool = False
    counts: bool = True


def of_committee(data: dict[str, Any], members: Sequence[Member]) -> Outlook:
    """The outlook of a committee: whether an approval is carried now, can still be, or cannot be any more."""
    waiting = [at for at, member in enumerate(members) if member.vote is None and member.counts]

    def with_(changed: int, **values: Any) -> State:
        return _approval(data, [replace(m, **values) if at == changed else m for at, m in enumerate(members)])

    prospects = tuple(
        Prospect(
            members[at].key,
            members[at].who,
            blocks=with_(at, vote="reject") == State.OUT_OF_REACH,
            silent=with_(at, counts=False),
        )
        for at in waiting
    )
    quiet = [replace(member, counts=member.counts and member.vote is not None) for member in members]
    missing = tuple(member.who for member in members if member.vote is None and not member.counts)
    return Outlook(_approval(data, members), prospects, missing, _approval(data, quiet))


def _approval(data: dict[str, Any], members: Sequence[Member]) -> State:
    """Whether the votes carry an approval: certainly, possibly, or no more, whatever the open seats do."""
    rule = setting(data, "committee")

    def approves(rest: str) -> bool:
        votes = [(m.vote or (rest if m.counts else ""), m.outside_unit) for m in members]
        return carried(rule, [vote for vote in votes if vote[0]], len(members)) in GOES_ON

    waiting = any(member.vote is None and member.counts for member in members)
    if waiting and not all(map(approves, ("reject", "abstain", ""))):
        return State.OPEN if approves("approve") else State.OUT_OF_REACH
    return State.MET if approves("") else State.OUT_OF_REACH

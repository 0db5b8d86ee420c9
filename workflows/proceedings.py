"""The rounds of a version as its page shows them: who was asked, who answered what, who is silent, what carries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import wording
from workflows.actions.gates import carried_by
from workflows.differences import Change
from workflows.errors import Refusal
from workflows.models import Condition, Decision, Exemption, Interest, Panel, PanelKind, Seat, SeatState, Version
from workflows.panels import BY_LINK
from workflows.policy import GOES_ON, State, quorum
from workflows.queries import Case, changes_since
from workflows.voices import voices

Words = str | Promise
CLASSES: dict[str, Words] = {
    "partner": _("partner"),
    "voice": _("employer voice"),
    "member": _("member"),
    "community": _("community"),
}
INTERESTS: dict[str, Words] = {
    "hires": _("hires"),
    "sells": _("sells to it"),
    "funds": _("funds it"),
    "delivers": _("delivers it"),
    "owner": _("owns it or is owned by it"),
    "member": _("is a member"),
    "none": _("none"),
}
OUTCOMES: dict[str, Words] = {
    "demand_met": _("demand confirmed"),
    "endorsed": _("endorsed"),
    "returned": _("returned"),
    "overridden": _("taken further without a partner"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
    "all_answered": _("all were heard"),
    "approve": _("approved"),
    "approve_with_conditions": _("approved with conditions"),
    "return": _("returned"),
    "defer": _("deferred"),
    "reject": _("rejected"),
    "waive_pilot": _("approved without a new pilot"),
}
HEARD = {SeatState.ANSWERED, SeatState.CARRIED}


@dataclass(frozen=True)
class Rests:
    """What a carried answer rests on: the round in which it was given, of which version, when, over which text."""

    round: int
    version: int
    day: datetime
    digest: str

    @property
    def short(self) -> str:
        """The first characters of the digest, as the record shows it."""
        return self.digest.removeprefix("sha256:")[:12]


@dataclass(frozen=True)
class Place:
    """One seat with its answer, the interests that its organization declared, and what a carried answer rests on."""

    seat: Seat
    decision: Decision | None
    interests: tuple[str, ...] = ()
    rests_on: Rests | None = None

    @property
    def answer_words(self) -> Words:
        """The answer for readers."""
        return wording.CHOICES.get(self.decision.choice, self.decision.choice) if self.decision else ""

    @property
    def interest_words(self) -> str:
        """What the organization declared to gain, for readers."""
        return ", ".join(str(INTERESTS.get(kind, kind)) for kind in self.interests)

    @property
    def kind_words(self) -> Words:
        """What kind of voice it is."""
        return CLASSES.get(self.seat.seat_class, self.seat.seat_class)

    @property
    def late(self) -> bool:
        """True when its time has ended without an answer."""
        return self.seat.state == SeatState.OPEN and self.seat.due_at < timezone.now()


@dataclass(frozen=True)
class Round:
    """One round. `state` is the quorum of a partners' round; `votes` counts the choices of a committee."""

    panel: Panel
    places: tuple[Place, ...]
    state: State | None
    votes: tuple[tuple[str, int], ...]

    @property
    def title(self) -> str:
        """What the round is called."""
        words = str(PanelKind(self.panel.kind).label)
        number = " " + _("round %d") % self.panel.round if self.panel.round > 1 else ""
        return words[:1].upper() + words[1:] + ("," + number if number else "")

    @property
    def outcome_words(self) -> Words:
        """How it ended, for readers."""
        return OUTCOMES.get(self.panel.outcome, self.panel.outcome)

    @property
    def open(self) -> bool:
        """True while answers can still be given or carried out."""
        return self.panel.closed_at is None

    @property
    def by_link(self) -> bool:
        """True for partners, who answer by link."""
        return self.panel.kind in BY_LINK

    @property
    def waiting(self) -> tuple[Place, ...]:
        """Who has not answered yet: they can still change what the round says."""
        return tuple(place for place in self.places if place.seat.state == SeatState.OPEN)

    @property
    def heard(self) -> int:
        """How many have answered, in this round or before."""
        return sum(place.seat.state in HEARD for place in self.places)

    @property
    def counting(self) -> int:
        """How many seats count: those who stepped back do not."""
        return sum(place.seat.state != SeatState.RECUSED for place in self.places)

    @property
    def needed(self) -> int:
        """How many members must be present: a majority of those who count."""
        return self.counting // 2 + 1


def rounds(version: Version) -> list[Round]:
    """All rounds of a version, the newest first."""
    origin = ("carried_from__panel", "carried_from__snapshot", "carried_from__version")
    decisions = Decision.objects.select_related("actor", *origin, "validation")
    seats = Seat.objects.select_related("person", "organization", "stands_for").prefetch_related(
        Prefetch("decision", decisions), "questions__asked_by", "questions__answered_by"
    )
    panels = list(
        version.panels.select_related("snapshot")
        .prefetch_related(Prefetch("seats", seats.order_by("pk")))
        .order_by("-created", "-pk")
    )
    declared = _declared(version)
    last = {kind: max(p.round for p in panels if p.kind == kind) for kind in {panel.kind for panel in panels}}
    return [_round(version, panel, declared, newest=panel.round == last[panel.kind]) for panel in panels]


@dataclass(frozen=True)
class Declaration:
    """What somebody declared to gain in a case."""

    who: str
    words: str


def declarations(version: Version) -> list[Declaration]:
    """Every declaration of interest in a case, the oldest first."""
    rows = version.interests.select_related("person", "organization").order_by("declared_at")
    return [
        Declaration(
            str(row.organization or row.person), ", ".join(str(INTERESTS.get(kind, kind)) for kind in row.kinds)
        )
        for row in rows
    ]


def _declared(version: Version) -> dict[int, tuple[str, ...]]:
    rows = Interest.objects.filter(version=version, organization__isnull=False).order_by("declared_at")
    return {row.organization_id: tuple(row.kinds) for row in rows if row.organization_id is not None}


def _round(version: Version, panel: Panel, declared: dict[int, tuple[str, ...]], *, newest: bool) -> Round:
    places = tuple(_place(seat, declared) for seat in panel.seats.all())
    kind = PanelKind(panel.kind)
    rules = {PanelKind.RELEVANCE, PanelKind.ENDORSEMENT}
    state = quorum(version.policy.data, kind.value, voices(version, kind)) if newest and kind in rules else None
    votes = Counter(place.decision.choice for place in places if place.decision is not None)
    return Round(panel, places, state, tuple(votes.most_common()))


def _place(seat: Seat, declared: dict[int, tuple[str, ...]]) -> Place:
    decision = getattr(seat, "decision", None)
    origin = decision.carried_from if decision is not None else None
    return Place(seat, decision, declared.get(seat.organization_id, ()), rests_on(origin))


def rests_on(origin: Decision | None) -> Rests | None:
    """How the record names the answer that a carried one stands for."""
    if origin is None or origin.panel is None or origin.snapshot is None:
        return None
    return Rests(origin.panel.round, origin.version.ordinal, origin.decided_at, origin.snapshot.digest)


def changes_since_round(case: Case, rounds_: list[Round]) -> list[Change]:
    """What changed between the last two rounds of the panel that is open, or was open last."""
    if not rounds_:
        return []
    newest = rounds_[0].panel
    before = next((r.panel for r in rounds_ if r.panel.kind == newest.kind and r.panel.round < newest.round), None)
    return changes_since(before.snapshot, case.version.content) if before is not None else []


def conditions(version: Version) -> list[Condition]:
    """The conditions of a version: the open ones first, by their day."""
    rows = version.conditions.select_related("owner", "set_by", "closed_by")
    return list(rows.order_by(F("closed_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk"))


def exemptions(version: Version) -> list[Exemption]:
    """The exemptions that were asked for, signed or not."""
    return list(version.exemptions.select_related("asked_by").order_by("pk"))


def outcomes(version: Version) -> list[Decision]:
    """What panels decided, the newest first."""
    rows = version.decisions.filter(seat=None, panel__isnull=False).select_related("actor", "panel")
    return list(rows.order_by("-decided_at"))


@dataclass(frozen=True)
class Tally:
    """What the votes of a committee carry, and how many say so."""

    round: Round
    outcome: str

    @property
    def words(self) -> Words:
        """The outcome for readers."""
        return OUTCOMES.get(self.outcome, self.outcome)

    @property
    def goes_on(self) -> bool:
        """True when the outcome approves: then clauses and conditions can still stand in its way."""
        return self.outcome in GOES_ON

    @property
    def votes(self) -> list[tuple[Words, int]]:
        """Each choice with its number, for readers."""
        return [(wording.CHOICES.get(choice, choice), number) for choice, number in self.round.votes]


def tally(case: Case) -> Tally:
    """What the open committee of a case carries now. Raises `Refusal` while its members can still vote."""
    if case.panel is None:
        raise Refusal(_("No round of this panel is open."))
    newest = next(round_ for round_ in rounds(case.version) if round_.panel.pk == case.panel.pk)
    return Tally(newest, carried_by(case.panel))

"""What another edition would mean for one case that is under way: computed from the case, changing nothing.

A case moves only if nothing that was answered or decided is lost by it. Time that was promised to somebody is never
shortened; nobody is asked again. Where an edition would undo something, the case is named and stays with its own.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from workflows import cases, voices
from workflows.clauses import ages_out_on
from workflows.dossier import Dossier
from workflows.models import Panel, PanelKind, Policy, Seat, SeatState, Version
from workflows.panels import BY_LINK, PARTNER_KINDS
from workflows.policies.gates import ORDER, asked_at
from workflows.policies.outlook import Place
from workflows.policy import State, Voice, carried, clock_days, due_after, quorum, setting
from workflows.stations import STATIONS, Stage
from workflows.timers import end_of

HEARD = {SeatState.ANSWERED, SeatState.CARRIED}
COMMITTEES = (PanelKind.PILOT_APPROVAL, PanelKind.FINAL_APPROVAL)
# The gates that still lie ahead of each stage.
AHEAD: dict[str, tuple[str, ...]] = {
    stage: tuple(ORDER)[place:]
    for place, stages in enumerate(
        [
            (Stage.DRAFT, Stage.SCREENING),
            (Stage.RELEVANCE_REVIEW,),
            (Stage.ASSESSMENT_DESIGN,),
            (Stage.ENDORSEMENT,),
            (Stage.PILOT_APPROVAL,),
            (Stage.PILOT_READY, Stage.PILOTING, Stage.PILOT_EVALUATION, Stage.FINAL_APPROVAL),
            (Stage.APPROVED,),
        ]
    )
    for stage in stages
}


@dataclass
class Effect:
    """What is different for a case. Each `lost` is a reason why it stays; `asked` says who has more to do."""

    lost: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    quorum: dict[str, list[str]] = field(default_factory=dict)
    clocks: list[dict[str, str]] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    independent: dict[str, bool] = field(default_factory=dict)

    @property
    def moves(self) -> bool:
        """True when nothing would be lost."""
        return not self.lost

    @property
    def changes(self) -> bool:
        """True when anything is different at all."""
        differs = any(before != after for before, after in self.quorum.values())
        return bool(self.lost or self.asked or self.clocks or self.weights or self.independent or differs)

    def as_data(self) -> dict[str, Any]:
        """The effect as JSON values."""
        return asdict(self)


def effect_of(version: Version, after: Policy, rows: voices.Rows | None = None) -> Effect:
    """What this edition would mean for the case today; `rows` where many cases are looked at together."""
    before, effect = version.policy, Effect()
    panels = [panel for panel in version.panels.all() if panel.closed_at is None]
    for kind in PARTNER_KINDS:
        _partners(effect, version, kind, after, rows)
    for panel in panels:
        if panel.kind in COMMITTEES:
            _committee(effect, panel, after)
        _clocks(effect, panel, before.data, after.data)
    _stage_clock(effect, version, after.data)
    _sources(effect, version, after.data)
    _exemptions(effect, version, after.data)
    _ratings(effect, version, after)
    _gates(effect, version, after.data)
    return effect


def same(before: dict[str, Any], after: dict[str, Any], *parts: str) -> bool:
    """Whether two editions say the same in these parts."""
    return all(setting(before, part) == setting(after, part) for part in parts)


def places_of(version: Version, kind: PanelKind, rules: Policy | None = None) -> list[Place]:
    """Everybody who was asked as the rules of an edition see them: weighed and judged anew by that edition."""
    places = []
    for seat, voice in voices.asked(version, kind):
        name = str(seat.organization)
        places.append(Place(str(seat.public_id), name, voice if rules is None else _seen(version, seat, voice, rules)))
    return places


def _seen(version: Version, seat: Seat, voice: Voice, after: Policy) -> Voice:
    """A voice as another edition weighs it; what both editions say alike stays as it was counted."""
    before = version.policy.data
    weight, independent = voice.weight, voice.independent
    if before["weights"].get(voice.kind, 0) != after.data["weights"].get(voice.kind, 0):
        weight = voices.weight_of(after.data, seat.organization)
    if not same(before, after.data, "independence"):
        independent = voices.is_independent(version, seat.organization, after.data)
    return replace(voice, weight=weight, independent=independent)


def _partners(effect: Effect, version: Version, kind: PanelKind, after: Policy, rows: voices.Rows | None) -> None:
    """A quorum that is met must stay met, and one that can be met must stay within reach."""
    if same(version.policy.data, after.data, kind.value, "weights", "independence"):
        return
    asked = voices.asked(version, kind, rows)
    if not asked:
        return
    now = [voice for _seat, voice in asked]
    then = [_seen(version, seat, voice, after) for seat, voice in asked]
    was, becomes = quorum(version.policy.data, kind, now), quorum(after.data, kind, then)
    effect.quorum[kind.value] = [was.value, becomes.value]
    rank = [State.OUT_OF_REACH, State.OPEN, State.MET]
    if rank.index(becomes) < rank.index(was):
        effect.lost.append({"what": "quorum", "kind": kind.value, "before": was.value, "after": becomes.value})
    for (seat, voice), seen in zip(asked, then, strict=True):
        if seen.weight != voice.weight:
            effect.weights[str(seat.public_id)] = seen.weight
        if seen.independent != voice.independent:
            effect.independent[str(seat.public_id)] = seen.independent


def _committee(effect: Effect, panel: Panel, after: Policy) -> None:
    """A committee that sits must be one under the new edition too, and its votes must carry the same."""
    seats = [seat for seat in panel.seats.all() if seat.state != SeatState.RECUSED]
    rule, mine = setting(after.data, "committee"), setting(panel.policy.data, "committee")
    if rule == mine:
        return
    outside = sum(seat.outside_unit for seat in seats)
    if len(seats) < rule["members_min"] or outside < rule["outside_proposing_unit"]:
        needs = {"members": rule["members_min"], "outside": rule["outside_proposing_unit"]}
        effect.lost.append({"what": "committee", "kind": panel.kind, "seats": len(seats), **needs})
        return
    votes = [(seat.decision.choice, seat.outside_unit) for seat in seats if seat.state in HEARD]
    was, becomes = carried(mine, votes, len(seats)), carried(rule, votes, len(seats))
    if was != becomes and not any(seat.state == SeatState.OPEN for seat in seats):
        effect.lost.append({"what": "votes", "kind": panel.kind, "before": was, "after": becomes})


def later_due(seat: Seat, kind: str, before: dict[str, Any], after: dict[str, Any]) -> datetime:
    """When an open seat is due under another edition: never before the time that its person was given."""
    begun = timezone.localtime(seat.opened_at).date()
    if kind in BY_LINK and kind not in PARTNER_KINDS:
        return seat.due_at
    given = end_of(due_after(before, begun, clock_days(before, kind)))
    then = end_of(due_after(after, begun, clock_days(after, kind)))
    return max(seat.due_at, then) if then > given else seat.due_at


def _clocks(effect: Effect, panel: Panel, before: dict[str, Any], after: dict[str, Any]) -> None:
    reminders = same(before, after, "remind_at_percent", "escalation")
    if reminders and same(before, after, "clocks_days", "calendar", "holidays"):
        return
    for seat in panel.seats.all():
        if seat.state != SeatState.OPEN or panel.kind == PanelKind.COMMUNITY:
            continue
        due = later_due(seat, panel.kind, before, after)
        if due != seat.due_at or not reminders:
            who = seat.person.name if panel.kind in COMMITTEES else str(seat.organization)
            effect.clocks.append({"seat": str(seat.public_id), "who": who, **_days(seat.due_at, due)})


def _days(before: datetime, after: datetime) -> dict[str, str]:
    was, becomes = timezone.localtime(before).date(), timezone.localtime(after).date()
    return {"before": was.isoformat(), "after": becomes.isoformat()}


def _stage_clock(effect: Effect, version: Version, after: dict[str, Any]) -> None:
    clock = STATIONS[Stage(version.stage)].clock
    if clock != "screening":  # the others are clocks of seats, or of an order that has its day
        return
    begun = timezone.localtime(version.stage_since).date()
    was, becomes = (due_after(data, begun, clock_days(data, clock)) for data in (version.policy.data, after))
    if was != becomes:
        effect.clocks.append({"seat": "", "who": "", "before": was.isoformat(), "after": becomes.isoformat()})


def _sources(effect: Effect, version: Version, after: dict[str, Any]) -> None:
    """A proposal whose demand is fresh must not turn stale by the edition."""
    was = setting(version.policy.data, "validity_months")["demand_source"]
    becomes = setting(after, "validity_months")["demand_source"]
    if becomes >= was:
        return
    sources = Dossier.model_validate(cases.content_today(version)).demand.sources
    today = timezone.localdate()

    def fresh(most: int) -> bool:
        ends: list[date | None] = [ages_out_on(source, most) for source in sources]
        return any(end is not None and today < end for end in ends)

    if fresh(was) and not fresh(becomes):
        effect.lost.append({"what": "sources", "months": becomes})


def _exemptions(effect: Effect, version: Version, after: dict[str, Any]) -> None:
    """An exemption that was asked for or signed must still be one that the edition allows."""
    if same(version.policy.data, after, "exemptions"):
        return
    allowed = set(setting(after, "exemptions")["allowed"])
    asked = {exemption.clause for exemption in version.exemptions.all()} - allowed
    effect.lost += [{"what": "exemption", "clause": clause} for clause in sorted(asked)]


def _ratings(effect: Effect, version: Version, after: Policy) -> None:
    """Ratings that were high enough and need a reply under the edition: the proposer has more to do."""
    was = setting(version.policy.data, "relevance")["reply_to_importance_at_most"]
    becomes = setting(after.data, "relevance")["reply_to_importance_at_most"]
    if becomes > was:
        more = set(cases.low_ratings(version, becomes)) - set(cases.low_ratings(version, was))
        if more:
            effect.asked.append({"what": "ratings", "competencies": sorted(more), "who": str(version.proposer)})


def _gates(effect: Effect, version: Version, after: dict[str, Any]) -> None:
    """Clauses that the edition asks for at a gate that still lies ahead."""
    mine, theirs = asked_at(setting(version.policy.data, "gates")), asked_at(setting(after, "gates"))
    for gate in AHEAD.get(version.stage, ()):
        more = theirs.get(ORDER[gate], frozenset()) - mine.get(ORDER[gate], frozenset())
        if more:
            effect.asked.append({"what": "gate", "gate": gate, "clauses": sorted(more)})
    for clause in setting(after, "clauses"):
        known = [one["code"] for one in setting(version.policy.data, "clauses")]
        if clause["code"] not in known and version.stage in AHEAD:
            effect.asked.append({"what": "clause", "clauses": [clause["code"]]})

"""The two gates: seating the committee, and carrying out what its votes say (T10, T10b, T15, T16, T17)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import cases, rights
from workflows.door import Passage, opened
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.guards import not_own, own_work, request_changes, unblocked
from workflows.models import Condition, Decision, Panel, PanelKind, Seat, SeatState, Version
from workflows.panels import Place
from workflows.rounds import close_round, days_of, open_panel, open_round, places_of
from workflows.stations import Stage

COMMITTEE_VERBS = {
    (PanelKind.PILOT_APPROVAL, "approve"): "approve_pilot",
    (PanelKind.PILOT_APPROVAL, "return"): "return_pilot_approval",
    (PanelKind.PILOT_APPROVAL, "defer"): "defer_pilot_approval",
    (PanelKind.PILOT_APPROVAL, "reject"): "reject_pilot",
    (PanelKind.FINAL_APPROVAL, "approve"): "approve",
    (PanelKind.FINAL_APPROVAL, "approve_with_conditions"): "approve_with_conditions",
    (PanelKind.FINAL_APPROVAL, "return"): "return_final",
    (PanelKind.FINAL_APPROVAL, "defer"): "defer_final",
    (PanelKind.FINAL_APPROVAL, "reject"): "reject_final",
}


def open_committee(passage: Passage, kind: PanelKind, committee: list[Place]) -> Panel:
    """Seat a committee of at least the policy's number, nobody of whom wrote, one from outside the unit."""
    version = passage.version
    rule = version.policy.data["committee"]
    if len(committee) < rule["members_min"]:
        raise Missing(what=_("a committee of at least %d members") % rule["members_min"])
    _refuse_inside(version, sum(place.outside_unit for place in committee))
    for place in committee:
        _refuse_member(version, place.person)
    return open_round(version, kind, committee, days_of(version, kind.value))


def _refuse_inside(version: Version, outside: int) -> None:
    if outside < version.policy.data["committee"]["outside_proposing_unit"]:
        raise Missing(what=_("a committee member from outside the proposing unit"))


def _refuse_member(version: Version, person: User) -> None:
    if not rights.holds(person, version, "decide"):
        raise NotAllowed(_("Only members of the institution's committee can be seated on it."))
    if own_work(version, person):
        raise OwnWork(_("A committee member who wrote part of the version cannot be seated."))


def refuse_committee(seat: Seat, version: Version, person: User, *, outside_unit: bool) -> None:
    """The guards of `open_committee` for one person who takes over a seat."""
    others = seat.panel.seats.exclude(pk=seat.pk).exclude(state=SeatState.RECUSED)
    _refuse_inside(version, others.filter(outside_unit=True).count() + outside_unit)
    _refuse_member(version, person)


def close_committee(
    *,
    version_id: int,
    actor: User,
    expected: int,
    conditions: list[dict[str, Any]] | None = None,
    requests: dict[str, str] | None = None,
    new_due_in_days: int = 10,
) -> Version:
    """Carry out what the votes say at gate 2 or 3 (T10, T10b, T15, T16, T17). Nobody can choose another outcome.

    Majority of votes cast, a majority of members present, a tie defers (`lifecycle.md` 6.1): then a new round of
    the same members opens for `new_due_in_days` business days, in which approvals stand and the others are asked
    again. The one who closes holds a seat on the panel.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        kind = PanelKind.PILOT_APPROVAL if version.stage == Stage.PILOT_APPROVAL else PanelKind.FINAL_APPROVAL
        panel = open_panel(version, kind)
        outcome = carried_by(panel)
        verb = COMMITTEE_VERBS[
            (kind, "approve" if kind == PanelKind.PILOT_APPROVAL and "approve" in outcome else outcome)
        ]
        passage.ask(verb)
        not_own(passage)
        if not panel.seats.filter(person=actor).exists():
            raise NotAllowed(_("Only a member of this panel closes it."))
        if "approve" in outcome:
            _approve(passage, kind, outcome, conditions or [])
        elif outcome == "return":
            request_changes(passage, requests or {})
        close_round(panel, outcome)
        _outcome(passage, panel, outcome)
        if outcome == "defer":
            open_round(version, kind, places_of(panel), new_due_in_days)
        passage.move(verb, outcome=outcome, round=panel.round)
        return version


def carried_by(panel: Panel) -> str:
    """What the votes carry: a choice of the form, or `defer` on a tie or without a quorum.

    Raises `Refusal` while seats are open and more votes could change the outcome.
    """
    seats = [seat for seat in panel.seats.select_related("decision") if seat.state != SeatState.RECUSED]
    votes = [seat.decision.choice for seat in seats if seat.state in {SeatState.ANSWERED, SeatState.CARRIED}]
    still_open = sum(seat.state == SeatState.OPEN for seat in seats)
    if still_open and timezone.now() < panel.due_at:
        raise Refusal(_("Some members have not voted yet, and their time has not ended."))
    if len(votes) * 2 <= len(seats):
        return "defer"
    cast = [vote for vote in votes if vote != "abstain"]
    approving = sum(vote.startswith("approve") for vote in cast)
    if approving * 2 > len(cast):
        return "approve_with_conditions" if "approve_with_conditions" in cast else "approve"
    choice, number = Counter(cast).most_common(1)[0] if cast else ("defer", 0)
    return choice if number * 2 > len(cast) and not choice.startswith("approve") else "defer"


def _approve(passage: Passage, kind: PanelKind, outcome: str, conditions: list[dict[str, Any]]) -> None:
    version = passage.version
    assert passage.actor is not None
    for exemption in version.exemptions.filter(signed_at=None):
        exemption.signed_at = timezone.now()
        exemption.save(update_fields=["signed_at"])
    if kind == PanelKind.FINAL_APPROVAL:
        waiting = Q(set_at_gate=PanelKind.PILOT_APPROVAL) | Q(blocks="approve")
        if version.conditions.filter(waiting, closed_at=None).exists():
            raise Refusal(
                _("A condition of the pilot approval or of a partner is still open. Whoever set it closes it first.")
            )
        unblocked(passage, "T15")
    else:
        unblocked(passage, "T10")
    if outcome == "approve_with_conditions" and not conditions:
        raise Missing(what=_("the conditions, each with owner and date"))
    for condition in conditions:
        Condition.objects.create(version=version, set_by=passage.actor, set_at_gate=kind, **condition)
    version.conditions_open = version.conditions.filter(closed_at=None).exists()


def _outcome(passage: Passage, panel: Panel, outcome: str) -> Decision:
    version = passage.version
    assert passage.actor is not None
    return Decision.objects.create(
        version=version,
        panel=panel,
        snapshot=panel.snapshot,
        actor=passage.actor,
        organization=version.institution,
        role="committee",
        choice=outcome,
        facets=panel.snapshot.facets,
        conformance=cases.strip(version),
    )

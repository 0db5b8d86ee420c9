"""Pinning cases to another edition, set-wise, in the caller's transaction and under the locks of the cases."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from people.models import Invitation, User
from workflows import ledger
from workflows.door import stream_of
from workflows.freshness import arm_ageing, in_use
from workflows.models import Panel, Policy, Seat, Version
from workflows.policies import editions
from workflows.policies.effects import Effect, effect_of, later_due, same
from workflows.rounds import LONGEST_LINK
from workflows.stage_clock import stage_due_on
from workflows.stations import Stage
from workflows.timers import Kind, arm, arm_seats, arm_statement, screening_due
from workflows.voices import Rows


class Looked:
    """One case, the rules that it is looked at with, and what they would mean for it."""

    def __init__(self, version: Version, edition: Policy, rows: Rows) -> None:
        self.version, self.edition, self.before = version, edition, version.policy
        self.effect = effect_of(version, edition, rows)


def move(moved: list[Looked], actor: User) -> None:
    """Pin these locked cases to their new rules, with clocks, weights and record; nothing is asked again."""
    if not moved:
        return
    _reweigh([one.effect for one in moved])
    seats = [seat for one in moved for seat in _later(one)]
    for one in moved:
        one.version.policy, one.version.number = one.edition, one.version.number + 1
        one.version.stage_due_on = stage_due_on(one.version)
    Version.objects.bulk_update([one.version for one in moved], ["policy", "number", "stage_due_on"])
    for edition in {one.edition for one in moved}:
        keys = [one.version.pk for one in moved if one.edition == edition]
        Panel.objects.filter(version__in=keys, closed_at=None).update(policy=edition)
    _promise_later(seats)
    for one in moved:
        _rearm(one)
    entries = [ledger.Entry(stream_of(one.version), "move_policy", _facts(one)) for one in moved]
    ledger.append_many(entries, actor=actor, organization=str(moved[0].version.institution.public_id))


def _facts(one: Looked) -> dict[str, str | int | bool]:
    return {
        "version": str(one.version.public_id),
        "number": one.version.number,
        "before": one.before.edition,
        "edition": one.edition.edition,
        "rules": editions.digest(one.edition.data),
    }


def _reweigh(effects: Iterable[Effect]) -> None:
    """Give seats the weight and the independence that the new rules see in them."""
    weights: dict[int, list[str]] = {}
    independent: dict[bool, list[str]] = {}
    for effect in effects:
        for seat, weight in effect.weights.items():
            weights.setdefault(weight, []).append(seat)
        for seat, value in effect.independent.items():
            independent.setdefault(value, []).append(seat)
    for weight, seats in weights.items():
        Seat.objects.filter(public_id__in=seats).update(weight=weight)
    for value, seats in independent.items():
        Seat.objects.filter(public_id__in=seats).update(independent=value)


def _later(one: Looked) -> list[Seat]:
    """The open seats whose clock speaks otherwise, with the later day that they get."""
    touched = {clock["seat"] for clock in one.effect.clocks}
    seats = [seat for panel in one.version.panels.all() for seat in panel.seats.all() if str(seat.public_id) in touched]
    for seat in seats:
        seat.due_at = later_due(seat, seat.panel.kind, one.before.data, one.edition.data)
    return seats


def _promise_later(seats: list[Seat]) -> None:
    """Move the ends of seats, their rounds and their links, never to an earlier day, and set their clocks anew."""
    Seat.objects.bulk_update(seats, ["due_at"])
    latest: dict[int, Seat] = {}
    for seat in seats:
        if seat.panel_id not in latest or latest[seat.panel_id].due_at < seat.due_at:
            latest[seat.panel_id] = seat
    rounds = [seat.panel for seat in latest.values()]
    for panel in rounds:
        panel.due_at = max(panel.due_at, latest[panel.pk].due_at)
    Panel.objects.bulk_update(rounds, ["due_at"])
    links = [seat.invitation for seat in seats if seat.invitation is not None]
    furthest = timezone.now() + LONGEST_LINK
    for seat in seats:
        if seat.invitation is not None:
            seat.invitation.expires_at = max(seat.invitation.expires_at, min(seat.due_at, furthest))
    Invitation.objects.bulk_update(links, ["expires_at"])
    arm_seats(seats)


def _rearm(one: Looked) -> None:
    """Set the clocks that follow from the new rules and are no seat's."""
    version, before, after = one.version, one.before.data, one.edition.data
    if version.stage == Stage.SCREENING and not same(before, after, "clocks_days", "calendar", "holidays"):
        arm(version, Kind.SCREENING_OVERDUE, screening_due(version))
    if not same(before, after, "notice_days"):
        for statement in version.validations.filter(withdrawn_at=None, valid_until__gt=timezone.now()):
            arm_statement(version, str(statement.decision.public_id), statement.valid_until)
    if in_use(version) and not same(before, after, "validity_months"):
        arm_ageing(version)

"""Rounds of a panel: opening one over a snapshot, carrying answers that stand, seating, extending, closing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.status import PROCESS

from people import invitations
from people.models import Invitation, Organization, User
from workflows import lineage, voices
from workflows.errors import Refusal
from workflows.models import Panel, PanelKind, Seat, SeatState, Version
from workflows.panels import BY_LINK, FLOWS, Place, carry, end_seat, task_of
from workflows.policy import clock_days
from workflows.rights import open_seat
from workflows.stations import STATIONS, Stage
from workflows.timers import after_business_days, arm_seat

LONGEST_LINK = timedelta(days=30)  # promises.md 5.3


def open_round(version: Version, kind: PanelKind, places: list[Place], days: int, *, afresh: bool = False) -> Panel:
    """Open the next round of a panel over the version's snapshot; `afresh` asks everybody again.

    A decision of an earlier round whose facets are all unchanged stands: its seat is carried over (`lifecycle.md`
    7). When every seat is carried the panel is opened closed, with nobody asked again.
    """
    assert version.snapshot is not None
    due = after_business_days(version, days)
    seats = [_seat(version, kind, place, due, afresh=afresh) for place in places]
    panel = {
        "version": version,
        "snapshot": version.snapshot,
        "policy": version.policy,
        "kind": kind,
        "round": version.panels.filter(kind=kind).count() + 1,
        "due_at": due,
    }
    if all("carried" in seat for seat in seats):
        process = Panel(flow_class=FLOWS[kind], status=PROCESS.DONE, finished=timezone.now(), **panel)
        process.outcome = "all_answered"
        process.save()
        for seat in seats:
            carried = seat.pop("carried")
            carry(Seat.objects.create(panel=process, **seat), carried)
        return process
    opened: Panel = FLOWS[kind].start.run(panel=panel, seats=seats)
    return opened


def days_of(version: Version, clock: str) -> int:
    """How many business days a clock of the pinned policy has."""
    return clock_days(version.policy.data, clock)


def open_panel(version: Version, kind: PanelKind) -> Panel:
    """The round of this kind that is open. Raises a refusal when none is."""
    panel = version.panels.filter(kind=kind, closed_at=None).first()
    if panel is None:
        raise Refusal(_("No round of this panel is open."))
    return panel


def voice_of(version: Version, kind: PanelKind, organization: Organization) -> dict[str, Any]:
    """Weight, independence and relations of an organization's seat, as the case itself tells them."""
    if kind not in BY_LINK:
        return {"weight": 1, "independent": True, "related_group": ""}
    return {
        "weight": voices.weight_of(version.policy.data, organization),
        "independent": voices.is_independent(version, organization),
        "related_group": voices.root_of(organization).slug,
    }


def _seat(version: Version, kind: PanelKind, place: Place, due: datetime, *, afresh: bool) -> dict[str, Any]:
    seat: dict[str, Any] = {
        "person": place.person,
        "organization": place.organization,
        "seat_class": place.seat_class,
        "outside_unit": place.outside_unit,
        "due_at": due,
        **voice_of(version, kind, place.organization),
    }
    earlier = None if afresh else voices.standing_decision(version, kind, place.person)
    if earlier is not None:
        seat["carried"] = earlier
    elif kind in BY_LINK:
        seat["invitation"] = _invitation(place.person, place.organization, due)
    return seat


def _invitation(person: User, organization: Organization, due: datetime) -> Invitation:
    ends = min(due, timezone.now() + LONGEST_LINK)
    return invitations.make(person=person, organization=organization, expires_at=ends)[0]


def reseat(seat: Seat, person: User, organization: Organization) -> None:
    """Give an open seat, its task and its right to another person; the old link ends with a pointer to the new one."""
    end_seat(seat)
    old, kind = seat.invitation, PanelKind(seat.panel.kind)
    seat.person, seat.organization, seat.draft = person, organization, {}
    seat.opened_at = timezone.now()
    for name, value in voice_of(seat.panel.version, kind, organization).items():
        setattr(seat, name, value)
    if kind in BY_LINK:
        seat.invitation = _invitation(person, organization, seat.due_at)
    seat.save()
    if old is not None:
        old.passed_on_to = seat.invitation
        old.save(update_fields=["passed_on_to"])
    open_seat(seat)
    arm_seat(seat)


def extend(seat: Seat, due: datetime) -> None:
    """Give a seat, its link and, where needed, its round a later end."""
    seat.due_at = due
    seat.save(update_fields=["due_at"])
    if seat.invitation is not None:
        Invitation.objects.filter(pk=seat.invitation.pk).update(expires_at=min(due, timezone.now() + LONGEST_LINK))
    Panel.objects.filter(pk=seat.panel_id, due_at__lt=due).update(due_at=due)
    arm_seat(seat)


def close_round(panel: Panel, outcome: str) -> None:
    """End a round: silent seats become "no answer", their links and rights end in this transaction."""
    for seat in panel.seats.filter(state=SeatState.OPEN).select_related("invitation"):
        seat.state, seat.draft = SeatState.NO_ANSWER, {}
        seat.save(update_fields=["state", "draft"])
        end_seat(seat)
        task = task_of(seat)
        if task is not None:
            with task.activation() as activation:
                activation.cancel()
    panel.refresh_from_db()
    if panel.status != PROCESS.DONE:
        panel.status, panel.finished = PROCESS.DONE, timezone.now()
    panel.outcome, panel.closed_at = outcome, timezone.now()
    panel.save()


def settle(panel: Panel) -> None:
    """A round that asks again about a version in use ends with its last answer; nothing waits for it."""
    panel.refresh_from_db()
    if panel.outcome == "all_answered" and panel.kind in BY_LINK and STATIONS[Stage(panel.version.stage)].issues:
        close_round(panel, "asked_again")


def close_heard(version: Version) -> None:
    """End a round of the community in which nobody is awaited any more, so that its parties can be asked anew."""
    for panel in version.panels.filter(kind=PanelKind.COMMUNITY, closed_at=None):
        if panel.seats.filter(state=SeatState.OPEN).exists():
            raise Refusal(_("A round of this kind is open already."))
        close_round(panel, "all_answered")


def places_of(panel: Panel) -> list[Place]:
    """The places of a panel, to be opened again in its next round; those who stepped back are not asked."""
    seats = panel.seats.exclude(state=SeatState.RECUSED).select_related("person", "organization__part_of")
    return [
        Place(seat.person, seat.organization, seat.seat_class, outside_unit=seat.outside_unit)
        for seat in seats.order_by("pk")
    ]


CONFIRMED = {PanelKind.RELEVANCE: "demand_met", PanelKind.ENDORSEMENT: "endorsed"}


def reopen_changed(version: Version, *kinds: PanelKind) -> None:
    """Ask those again whose answer no longer covers the content, beside the round that opens (`lifecycle.md` 7)."""
    assert version.snapshot is not None
    for kind in kinds:
        rounds = Panel.objects.filter(version__in=lineage.ids(version), kind=kind).order_by(
            "-version__ordinal", "-round"
        )
        confirmed = rounds.filter(outcome=CONFIRMED[kind]).first()
        if confirmed is None or rounds.filter(closed_at=None).exists():
            continue
        covered = voices.covered_digests(version.snapshot.facets, kind)
        if covered != voices.covered_digests(confirmed.snapshot.facets, kind):
            open_round(version, kind, places_of(rounds[0]), days_of(version, kind.value))


def close_rounds(version: Version, outcome: str) -> None:
    """End every open round of a version that moves back or out."""
    for panel in version.panels.filter(closed_at=None):
        close_round(panel, outcome)


def close_reopened(version: Version, *kinds: PanelKind) -> None:
    """End the rounds that were asked again beside another one, once their quorum holds on the present content."""
    for panel in version.panels.filter(kind__in=kinds, closed_at=None):
        close_round(panel, CONFIRMED[PanelKind(panel.kind)])


def give_back(version: Version, time_held: timedelta) -> None:
    """Move the due dates of open rounds, seats and links by the time that a hold took."""
    seats = Seat.objects.filter(panel__version=version, panel__closed_at=None, state=SeatState.OPEN)
    Invitation.objects.filter(seat__in=seats).update(expires_at=F("expires_at") + time_held)
    seats.update(due_at=F("due_at") + time_held, opened_at=F("opened_at") + time_held)
    for seat in seats.select_related("panel__version__policy"):
        arm_seat(seat)
    version.panels.filter(closed_at=None).update(due_at=F("due_at") + time_held)

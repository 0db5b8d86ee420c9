"""Panels as flows: start, one task per seat, wait for all, note the outcome, end. A flow lives for one round.

A panel never moves a stage by itself: reaching its quorum does not cut off the others, and nothing is approved by
time. The officer or the committee closes the round through a verb (`lifecycle.md` 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import new_class
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import timezone
from viewflow import this
from viewflow.workflow import flow, nodes
from viewflow.workflow.status import PROCESS, STATUS

from people import invitations
from people.models import Invitation, Organization, User
from workflows.dossier import COVERAGE
from workflows.locks import VersionLock
from workflows.models import Decision, Panel, PanelKind, Seat, SeatState, Version
from workflows.nodes import FanOut, SeatTask
from workflows.policy import SUPPORTS, due_on
from workflows.rights import close_seat, open_seat

# Which facets each kind of panel answers for (`lifecycle.md` 7).
COVERS = {
    PanelKind.RELEVANCE: "relevance",
    PanelKind.ENDORSEMENT: "endorsement",
    PanelKind.PILOT_APPROVAL: "quality",
    PanelKind.FINAL_APPROVAL: "quality",
    PanelKind.COMMUNITY: "community",
}
BY_LINK = {PanelKind.RELEVANCE, PanelKind.ENDORSEMENT, PanelKind.COMMUNITY}


class PanelFlow(flow.Flow):
    """What the four panels share. Module path, class and node names are schema: a test pins them."""

    process_class = Panel
    lock_impl = VersionLock()

    def open_panel(self, activation: Any, *, panel: dict[str, Any], seats: list[dict[str, Any]]) -> Panel:
        """Fill the new process with its panel and seat it."""
        process: Panel = activation.process
        for name, value in panel.items():
            setattr(process, name, value)
        process.save()
        for seat in seats:
            carried = seat.pop("carried", None)
            place = Seat.objects.create(panel=process, **seat)
            if carried is not None:
                _carry(place, carried)
            else:
                open_seat(place)
        return process

    def note_all_answered(self, activation: Any) -> None:
        """Everybody has answered: the officer or the committee can close the round."""
        activation.process.outcome = "all_answered"
        activation.process.save(update_fields=["outcome"])


def _flow(name: str, meaning: str) -> type[PanelFlow]:
    """One panel's flow, with nodes of its own: viewflow binds inherited nodes to the class that declared them."""
    members = {
        "__module__": __name__,
        "__doc__": meaning,
        "start": nodes.StartHandle(this.open_panel).Next(this.fan_out),
        "fan_out": FanOut().Next(this.seat),
        "seat": SeatTask(lambda request: None).Next(this.quorum),
        "quorum": nodes.Join().Next(this.decide),
        "decide": nodes.Function(this.note_all_answered).Next(this.end),
        "end": nodes.End(),
    }
    return new_class(name, (PanelFlow,), exec_body=lambda namespace: namespace.update(members))


RelevancePanel = _flow("RelevancePanel", "Employers say whether the competency is in demand.")
EndorsementPanel = _flow("EndorsementPanel", "Partners say whether the assessment reflects the job.")
PilotApprovalPanel = _flow("PilotApprovalPanel", "The committee decides gate 2.")
FinalApprovalPanel = _flow("FinalApprovalPanel", "The committee decides gate 3.")

FLOWS: dict[str, type[PanelFlow]] = {
    PanelKind.RELEVANCE: RelevancePanel,
    PanelKind.ENDORSEMENT: EndorsementPanel,
    PanelKind.PILOT_APPROVAL: PilotApprovalPanel,
    PanelKind.FINAL_APPROVAL: FinalApprovalPanel,
}


@dataclass(frozen=True)
class Place:
    """A seat to be opened: who, for which organization, with which voice."""

    person: User
    organization: Organization
    seat_class: str
    independent: bool = True
    weight: int = 1
    related_group: str = ""
    outside_unit: bool = False


def open_round(version: Version, kind: PanelKind, places: list[Place], days: int) -> Panel:
    """Open the next round of a panel over the version's snapshot.

    A decision of an earlier round whose facets are all unchanged stands: its seat is carried over (`lifecycle.md`
    7). When every seat is carried the panel is opened closed, with nobody asked again.
    """
    assert version.snapshot is not None
    due = timezone.make_aware(datetime.combine(due_on(timezone.localdate(), days, []), time.max))
    seats = [_seat(version, kind, place, due) for place in places]
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
            _carry(Seat.objects.create(panel=process, **seat), carried)
        return process
    opened: Panel = FLOWS[kind].start.run(panel=panel, seats=seats)
    return opened


def _seat(version: Version, kind: PanelKind, place: Place, due: Any) -> dict[str, Any]:
    seat: dict[str, Any] = {
        "person": place.person,
        "organization": place.organization,
        "seat_class": place.seat_class,
        "independent": place.independent,
        "weight": place.weight,
        "related_group": place.related_group,
        "outside_unit": place.outside_unit,
        "due_at": due,
    }
    earlier = standing_decision(version, kind, place.person)
    if earlier is not None:
        seat["carried"] = earlier
    elif kind in BY_LINK:
        seat["invitation"] = invitations.make(
            person=place.person,
            organization=place.organization,
            expires_at=min(due, timezone.now() + timedelta(30)),
        )[0]
    return seat


def covered_digests(facets: dict[str, str], kind: str) -> dict[str, str]:
    """The digests of those facets that this kind of panel answers for."""
    return {name: facets[name] for name in COVERAGE[COVERS[PanelKind(kind)]] if name in facets}


def standing_decision(version: Version, kind: PanelKind, person: User) -> Decision | None:
    """This person's last answer of this kind, when it supports and every facet it covers is unchanged."""
    last = (
        Decision.objects.filter(version=version, panel__kind=kind, actor=person, seat__isnull=False)
        .order_by("-decided_at")
        .first()
    )
    if last is None or last.choice not in SUPPORTS | {"approve", "approve_with_conditions"}:
        return None
    assert version.snapshot is not None
    return last if last.facets == covered_digests(version.snapshot.facets, kind) else None


def _carry(seat: Seat, earlier: Decision) -> None:
    """Let an earlier answer stand in the new round; the record names the round it came from."""
    seat.state = SeatState.CARRIED
    seat.save(update_fields=["state"])
    Decision.objects.create(
        version=seat.panel.version,
        panel=seat.panel,
        seat=seat,
        snapshot=seat.panel.snapshot,
        actor=earlier.actor,
        organization=earlier.organization,
        role=earlier.role,
        choice=earlier.choice,
        reasons=earlier.reasons,
        answers=earlier.answers,
        form_edition=earlier.form_edition,
        facets=earlier.facets,
        conformance=earlier.conformance,
        carried_from=earlier.carried_from or earlier,
        name_public=earlier.name_public,
    )


def task_of(seat: Seat) -> Any:
    """The open human task of a seat, or None."""
    flow_class = FLOWS[seat.panel.kind]
    return flow_class.task_class._default_manager.filter(
        process_id=seat.panel_id,
        flow_task=flow_class.seat,
        seed_content_type=ContentType.objects.get_for_model(Seat),
        seed_object_id=seat.pk,
        status__in=[STATUS.NEW, STATUS.ASSIGNED],
    ).first()


def finish_task(seat: Seat, actor: User) -> None:
    """Complete a seat's task and let the flow go on. The caller holds the version's lock and has asked."""
    task = task_of(seat)
    if task is None:
        return
    with task.activation() as activation:
        activation.assign(actor)
        activation.start(None)
        activation.execute()


def close_round(panel: Panel, outcome: str) -> None:
    """End a round: silent seats become "no answer", their links and rights end in this transaction."""
    for seat in panel.seats.filter(state=SeatState.OPEN).select_related("invitation"):
        seat.state = SeatState.NO_ANSWER
        seat.save(update_fields=["state"])
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


def places_of(panel: Panel) -> list[Place]:
    """The places of a panel, to be opened again in its next round; those who stepped back are not asked."""
    return [
        Place(
            seat.person,
            seat.organization,
            seat.seat_class,
            seat.independent,
            seat.weight,
            seat.related_group,
            seat.outside_unit,
        )
        for seat in panel.seats.exclude(state=SeatState.RECUSED).select_related("person", "organization").order_by("pk")
    ]


def give_back(version: Version, time_held: timedelta) -> None:
    """Move the due dates of open rounds, seats and links by the time that a hold took."""
    seats = Seat.objects.filter(panel__version=version, panel__closed_at=None, state=SeatState.OPEN)
    Invitation.objects.filter(seat__in=seats).update(expires_at=F("expires_at") + time_held)
    seats.update(due_at=F("due_at") + time_held)
    version.panels.filter(closed_at=None).update(due_at=F("due_at") + time_held)


def end_seat(seat: Seat) -> None:
    """Take away a seat's right and its link."""
    close_seat(seat)
    if seat.invitation is not None:
        invitations.end(seat.invitation)

"""Panels as flows: start, one task per seat, wait for all, note the outcome, end. A flow lives for one round.

A panel never moves a stage by itself: reaching its quorum does not cut off the others, and nothing is approved by
time. The officer or the committee closes the round through a verb (`lifecycle.md` 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import new_class
from typing import Any

from django.contrib.contenttypes.models import ContentType
from viewflow import this
from viewflow.workflow import flow, nodes
from viewflow.workflow.status import STATUS

from people import invitations
from people.models import Organization, User
from workflows.locks import VersionLock
from workflows.models import Decision, Panel, PanelKind, Seat, SeatState
from workflows.nodes import FanOut, SeatTask
from workflows.rights import close_seat, open_seat
from workflows.timers import arm_seat

# Which facets each kind of panel answers for (`lifecycle.md` 7).
COVERS = {
    PanelKind.RELEVANCE: "relevance",
    PanelKind.ENDORSEMENT: "endorsement",
    PanelKind.PILOT_APPROVAL: "quality",
    PanelKind.FINAL_APPROVAL: "quality",
    PanelKind.COMMUNITY: "community",
}
PARTNER_KINDS = (PanelKind.RELEVANCE, PanelKind.ENDORSEMENT)
BY_LINK = {PanelKind.RELEVANCE, PanelKind.ENDORSEMENT, PanelKind.COMMUNITY}


class PanelFlow(flow.Flow):
    """What the panels share. Module path, class and node names are schema: a test pins them."""

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
                carry(place, carried)
            else:
                open_seat(place)
                arm_seat(place)
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
CommunityPanel = _flow("CommunityPanel", "A community gives or withholds its agreement, counted apart.")

FLOWS: dict[str, type[PanelFlow]] = {
    PanelKind.RELEVANCE: RelevancePanel,
    PanelKind.ENDORSEMENT: EndorsementPanel,
    PanelKind.PILOT_APPROVAL: PilotApprovalPanel,
    PanelKind.FINAL_APPROVAL: FinalApprovalPanel,
    PanelKind.COMMUNITY: CommunityPanel,
}


@dataclass(frozen=True)
class Place:
    """A seat to be opened: who, and for which organization. Its weight and independence are derived."""

    person: User
    organization: Organization
    seat_class: str
    outside_unit: bool = False


def carry(seat: Seat, earlier: Decision) -> None:
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


def end_seat(seat: Seat) -> None:
    """Take away a seat's right and its link."""
    close_seat(seat)
    if seat.invitation is not None:
        invitations.end(seat.invitation)

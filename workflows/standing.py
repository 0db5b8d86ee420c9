"""The three things that every screen and mail about a version answers: where is it, who has it, what happens next.

And the rail: the eight stops with the days on which they were passed and the returns in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows import ledger, stations
from workflows.models import LedgerEvent, Panel, PanelKind, SeatState, Version
from workflows.stations import STATIONS, RailStop, Stage

PANEL_OF = {
    Stage.RELEVANCE_REVIEW: PanelKind.RELEVANCE,
    Stage.ENDORSEMENT: PanelKind.ENDORSEMENT,
    Stage.PILOT_APPROVAL: PanelKind.PILOT_APPROVAL,
    Stage.FINAL_APPROVAL: PanelKind.FINAL_APPROVAL,
}
NEXT: dict[Stage, str | Promise] = {
    Stage.DRAFT: gettext_lazy("When it is submitted, the quality office looks at it first."),
    Stage.SCREENING: gettext_lazy("When it is accepted, employers are asked by mail whether the skill is in demand."),
    Stage.RELEVANCE_REVIEW: gettext_lazy("When the demand is confirmed, the assessment is designed."),
    Stage.ASSESSMENT_DESIGN: gettext_lazy("When the design is ready, partners are asked whether it reflects the job."),
    Stage.ENDORSEMENT: gettext_lazy("When partners endorse it, the committee decides on the pilot."),
    Stage.PILOT_APPROVAL: gettext_lazy("When it is approved, a pilot cohort may be planned and started."),
    Stage.PILOT_READY: gettext_lazy("When cohort, assessors and consent text stand, the pilot starts."),
    Stage.PILOTING: gettext_lazy("When all assessments are closed, the pilot is evaluated."),
    Stage.PILOT_EVALUATION: gettext_lazy("When the pilot is reported, the committee decides for good."),
    Stage.FINAL_APPROVAL: gettext_lazy("When it is approved, the issuer can open it to everybody."),
    Stage.APPROVED: gettext_lazy("When it is activated, held results are awarded and it enters the public register."),
    Stage.ACTIVE: gettext_lazy("Learners enrol and earn it. It is reviewed on its date, or earlier if demand ends."),
    Stage.PERIODIC_REVIEW: gettext_lazy("When the review closes it stays in use or winds down."),
    Stage.SUSPENDED: gettext_lazy("When the cause is closed it goes back into use. Holders keep their badges."),
    Stage.EXPIRING: gettext_lazy("When the last learner has finished, it retires. Badges stay verifiable."),
    Stage.RETIRED: gettext_lazy("Nothing. Badges that were issued stay verifiable."),
    Stage.SUPERSEDED: gettext_lazy("Nothing. A newer version took its place; badges stay verifiable."),
    Stage.WITHDRAWN: gettext_lazy("Nothing. The proposer took it back."),
    Stage.REJECTED: gettext_lazy("Nothing, unless it is proposed anew with the reasons answered."),
}


@dataclass(frozen=True)
class Standing:
    """Where a version is, who has it, what happens next; `due` is the day on which its holder must have acted."""

    where: str
    who: str
    next: str
    due: date | None = None
    days_late: int = 0

    @property
    def late(self) -> bool:
        """True when the day has passed."""
        return self.days_late > 0

    @property
    def late_words(self) -> str:
        """How late, in words."""
        return ngettext("%d day over", "%d days over", self.days_late) % self.days_late


@dataclass(frozen=True)
class Stop:
    """One stop of the rail: `state` is done, here or ahead; a return is drawn from here back over so many stops."""

    name: str
    state: str
    on: datetime | None = None
    note: str = ""
    returned_on: datetime | None = None
    returned_by: int = 0


def open_panel(version: Version) -> Panel | None:
    """The open round of the stage in which a version stands, if the stage has one."""
    kind = PANEL_OF.get(Stage(version.stage))
    if kind is None:
        return None
    return version.panels.filter(kind=kind, closed_at=None).prefetch_related("seats__organization").first()


def _who(version: Version, panel: Panel | None) -> str:
    stage = Stage(version.stage)
    if panel is not None:
        seats = list(panel.seats.all())
        waiting = [seat for seat in seats if seat.state == SeatState.OPEN]
        given = sum(seat.state in {SeatState.ANSWERED, SeatState.CARRIED} for seat in seats)
        heard = _("%(given)d of %(all)d have answered.") % {"given": given, "all": len(seats)}
        if not waiting:
            return _("The quality office: everybody was heard.") + " " + heard
        if panel.kind in {PanelKind.RELEVANCE, PanelKind.ENDORSEMENT}:
            return ", ".join(seat.organization.name for seat in waiting) + ". " + heard
        return _("The committee.") + " " + heard
    if stage == Stage.DRAFT:
        return str(version.proposer)
    if stage in {Stage.ASSESSMENT_DESIGN, Stage.PILOTING, Stage.PILOT_EVALUATION}:
        return str(version.academic_lead or version.proposer)
    roles = STATIONS[stage].roles
    return _("Nobody: it is in use.") if not roles and STATIONS[stage].issues else _roles(roles)


def _roles(roles: Sequence[object]) -> str:
    words = ", ".join(str(getattr(role, "label", role)) for role in roles)
    return words[:1].upper() + words[1:] + "." if words else _("Nobody: its course has ended.")


def standing(version: Version, panel: Panel | None = None) -> Standing:
    """The three answers for one version, in the reader's language."""
    stage = Stage(version.stage)
    panel = panel or open_panel(version)
    where = str(stage.label)
    if panel is not None and panel.round > 1:
        where += ", " + _("round %d") % panel.round
    where = where[:1].upper() + where[1:] + "."
    if version.on_hold:
        where += " " + _("On hold; its clocks stand still.")
    due = timezone.localtime(panel.due_at).date() if panel is not None else None
    late = 0 if due is None or version.on_hold else max(0, (timezone.localdate() - due).days)
    return Standing(where, _who(version, panel), str(NEXT[stage]), due, late)


def rail(version: Version, standing_: Standing) -> list[Stop]:
    """The eight stops with the days on which the ledger says they were passed, and the last return over each."""
    order = list(RailStop)
    stops = [
        Stop(stop.name, stop.state, note=standing_.who if stop.state == "here" else "")
        for stop in stations.rail(Stage(version.stage))
    ]
    for event in ledger.events_of(f"version:{version.public_id}"):
        moved = _moved(event)
        if moved is None:
            continue
        before, after = (order.index(stop) for stop in moved)
        at = datetime.fromisoformat(event.at)
        if after > before:
            for place in range(before, after):
                stops[place] = replace(stops[place], on=at)
        elif after < before:
            stops[before] = replace(stops[before], returned_on=at, returned_by=before - after)
    return stops


def _moved(event: LedgerEvent) -> tuple[RailStop, RailStop] | None:
    """From which stop to which an event moved a version; None when it moved none."""
    if "from" not in event.data or "to" not in event.data:
        return None
    before, after = (STATIONS[Stage(event.data[end])].stop for end in ("from", "to"))
    return (before, after) if before is not None and after is not None else None

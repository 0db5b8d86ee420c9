"""The stations of the course as data: what each stage is called, who works there, on which stop it lies.

The README's table, the rail and the tests read this (`lifecycle.md` 4, `interface.md` 6).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Role


class Stage(TextChoices):
    """Every stage that a version can be in."""

    DRAFT = "draft", _("draft")
    SCREENING = "screening", _("screening")
    RELEVANCE_REVIEW = "relevance_review", _("employer relevance review")
    ASSESSMENT_DESIGN = "assessment_design", _("assessment design")
    ENDORSEMENT = "endorsement", _("partner endorsement")
    PILOT_APPROVAL = "pilot_approval", _("pilot approval")
    PILOT_READY = "pilot_ready", _("pilot ready")
    PILOTING = "piloting", _("pilot running")
    PILOT_EVALUATION = "pilot_evaluation", _("pilot evaluation")
    FINAL_APPROVAL = "final_approval", _("final approval")
    APPROVED = "approved", _("approved")
    ACTIVE = "active", _("active")
    PERIODIC_REVIEW = "periodic_review", _("periodic review")
    SUSPENDED = "suspended", _("suspended")
    EXPIRING = "expiring", _("expiring")
    RETIRED = "retired", _("retired")
    SUPERSEDED = "superseded", _("superseded")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REJECTED = "rejected", _("rejected")


class RailStop(TextChoices):
    """The eight stops that the rail draws."""

    PROPOSAL = "proposal", _("Proposal")
    RELEVANCE = "relevance", _("Relevance")
    ASSESSMENT = "assessment", _("Assessment")
    ENDORSEMENT = "endorsement", _("Endorsement")
    PILOT_APPROVAL = "pilot_approval", _("Pilot approval")
    PILOT = "pilot", _("Pilot")
    FINAL_APPROVAL = "final_approval", _("Final approval")
    IN_USE = "in_use", _("In use")


@dataclass(frozen=True)
class Station:
    """One stage: who works there, where the rail shows it, which clock runs (a key of the policy's `clocks_days`)."""

    stage: Stage
    roles: tuple[Role, ...]
    stop: RailStop | None
    clock: str | None = None
    issues: bool = False

    @property
    def name(self) -> str | Promise:
        """The stage in the reader's language."""
        return self.stage.label


_COMMITTEE = (Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR)
STATIONS: dict[Stage, Station] = {
    station.stage: station
    for station in (
        Station(Stage.DRAFT, (Role.PROPOSER,), RailStop.PROPOSAL),
        Station(Stage.SCREENING, (Role.QA_OFFICER,), RailStop.PROPOSAL, "screening"),
        Station(Stage.RELEVANCE_REVIEW, (Role.REVIEWER,), RailStop.RELEVANCE, "relevance"),
        Station(Stage.ASSESSMENT_DESIGN, (Role.ACADEMIC_LEAD,), RailStop.ASSESSMENT),
        Station(Stage.ENDORSEMENT, (Role.SIGNATORY,), RailStop.ENDORSEMENT, "endorsement"),
        Station(Stage.PILOT_APPROVAL, _COMMITTEE, RailStop.PILOT_APPROVAL, "pilot_approval"),
        Station(Stage.PILOT_READY, (Role.QA_OFFICER,), RailStop.PILOT),
        Station(Stage.PILOTING, (Role.ACADEMIC_LEAD,), RailStop.PILOT),
        Station(Stage.PILOT_EVALUATION, (Role.ACADEMIC_LEAD,), RailStop.PILOT),
        Station(Stage.FINAL_APPROVAL, _COMMITTEE, RailStop.FINAL_APPROVAL, "final_approval"),
        Station(Stage.APPROVED, (Role.ISSUER,), RailStop.FINAL_APPROVAL),
        Station(Stage.ACTIVE, (), RailStop.IN_USE, issues=True),
        Station(Stage.PERIODIC_REVIEW, _COMMITTEE, RailStop.IN_USE, issues=True),
        Station(Stage.SUSPENDED, _COMMITTEE, RailStop.IN_USE, "suspension_confirm"),
        Station(Stage.EXPIRING, (Role.QA_OFFICER,), RailStop.IN_USE, issues=True),
        Station(Stage.RETIRED, (), None),
        Station(Stage.SUPERSEDED, (), None),
        Station(Stage.WITHDRAWN, (), None),
        Station(Stage.REJECTED, (), None),
    )
}


@dataclass(frozen=True)
class Stop:
    """One stop of a drawn rail: `state` is done, here or ahead."""

    name: str
    state: str


def rail(stage: Stage) -> list[Stop]:
    """The eight stops as they look from a stage. An end stage stands at no stop: everything is ahead."""
    here = STATIONS[stage].stop
    order = list(RailStop)
    at = order.index(here) if here else -1
    states = ["done" if i < at else "here" if i == at else "ahead" for i in range(len(order))]
    return [Stop(str(stop.label), state) for stop, state in zip(order, states, strict=True)]

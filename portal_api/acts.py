"""The steps of a version that a program can carry out, each with its own body, scope and verb.

A step that a person must take in person stays in the portal (`IN_PORTAL`): votes and signatures, where a fresh code
or the reading of the whole page is part of the act, and what names people who will be asked by mail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ninja import Field, Schema

from portal_api.words import lazy as _
from workflows.actions import deciding, ending, keeping, piloting, proposing, revising, suspending

PROPOSE, DECIDE = "cases:propose", "cases:decide"


class StepIn(Schema):
    """What every step needs: the `number` of the version as the caller last read it."""

    number: int


class ReasonIn(StepIn):
    """A step with its reason."""

    reason: str = Field(min_length=1)


class ReturnIn(StepIn):
    """What is asked to be changed, by facet."""

    requests: dict[str, str]


class HoldIn(ReasonIn):
    """Why, and until when the clocks stand still."""

    until: date


class WindDownIn(ReasonIn):
    """When the last learners may start, when teaching ends, and what becomes of those under way."""

    last_start_on: date
    teach_out_ends_on: date
    plan: str = ""


class ClosePilotIn(StepIn):
    """Why it is stopped early, where it is."""

    stop_reason: str = ""


@dataclass(frozen=True)
class Act:
    """One step: its verb, the scope and the body that it needs, and what it is called."""

    verb: Callable[..., Any]
    scope: str
    body: type[StepIn]
    summary: str

    @property
    def name(self) -> str:
        """Its name in the table of transitions."""
        return self.verb.__name__


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(proposing.submit, PROPOSE, StepIn, _("Submit a proposal (T1)")),
        Act(proposing.withdraw, PROPOSE, ReasonIn, _("Withdraw a proposal (T28)")),
        Act(revising.revise, PROPOSE, ReasonIn, _("Begin the next version (T24)")),
        Act(piloting.close_pilot, PROPOSE, ClosePilotIn, _("Close the pilot (T12)")),
        Act(deciding.return_from_screening, DECIDE, ReturnIn, _("Return from screening (T2)")),
        Act(deciding.confirm_demand, DECIDE, StepIn, _("Confirm the demand (T4)")),
        Act(deciding.return_from_relevance, DECIDE, ReturnIn, _("Return after the relevance review (T5)")),
        Act(keeping.go_on_without_partner, DECIDE, ReasonIn, _("Go on without a partner (T6a)")),
        Act(deciding.return_from_endorsement, DECIDE, ReturnIn, _("Return to the design (T9)")),
        Act(piloting.start_pilot, DECIDE, StepIn, _("Start the pilot (T11)")),
        Act(piloting.activate, DECIDE, StepIn, _("Open for use (T18)")),
        Act(suspending.suspend, DECIDE, ReasonIn, _("Suspend by an interim order (T19)")),
        Act(ending.wind_down, DECIDE, WindDownIn, _("Wind down (T25)")),
        Act(deciding.hold, DECIDE, HoldIn, _("Put on hold (T29)")),
        Act(deciding.resume, DECIDE, StepIn, _("Resume (T29)")),
    )
}
IN_PORTAL = (
    "accept",
    "reject_at_relevance",
    "design_ready",
    "confirm_endorsement",
    "vote",
    "recuse",
    "close_committee",
    "sign_transcript_rule",
    "report",
    "redesign",
    "confirm_suspension",
    "lift",
    "mend_while_suspended",
    "close_review",
    "import_approved",
    "release_urgently",
)


def arguments(body: StepIn) -> dict[str, Any]:
    """The body as the verb takes it."""
    given = body.model_dump()
    return {"expected": given.pop("number"), **given}

"""The course of a version: every transition of `lifecycle.md` section 4, declared, and nothing else.

Only `workflows.door` fires these. `permission` names the grant on the version that the actor must hold (none:
the system's own steps, which no person takes); guards and records belong to the verbs in `workflows.actions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from viewflow import fsm

from workflows.stations import Stage

if TYPE_CHECKING:
    from people.models import User
    from workflows.models import Version

BEFORE_ACTIVE = [
    Stage.DRAFT,
    Stage.SCREENING,
    Stage.RELEVANCE_REVIEW,
    Stage.ASSESSMENT_DESIGN,
    Stage.ENDORSEMENT,
    Stage.PILOT_APPROVAL,
    Stage.PILOT_READY,
    Stage.PILOTING,
    Stage.PILOT_EVALUATION,
    Stage.FINAL_APPROVAL,
    Stage.APPROVED,
]


def granted(*codenames: str) -> Callable[[VersionCourse, User], bool]:
    """True when the person holds one of these grants on the version itself (never a global one).

    Without any grant it is nobody's way: viewflow would let everybody go where no permission is named.
    """

    def allowed(course: VersionCourse, user: User) -> bool:
        from workflows.rights import holds

        return any(holds(user, course.version, codename) for codename in codenames)

    allowed.codenames = codenames  # type: ignore[attr-defined]
    return allowed


def _steps(code: str, *sources: Stage, to: Stage | None, by: tuple[str, ...]) -> Any:
    """One row of the table: a transition for each source, with its number and its permission."""

    def declare(method: Any) -> Any:
        for source in sources:
            options: dict[str, Any] = {} if to is None else {"target": to}
            method = VersionCourse_stage.transition(
                source=source, permission=granted(*by), custom={"code": code}, **options
            )(method)
        return method

    return declare


VersionCourse_stage = fsm.State(Stage, default=Stage.DRAFT)


class VersionCourse:
    """The state machine over one locked `Version` row."""

    stage = VersionCourse_stage

    def __init__(self, version: Version) -> None:
        self.version = version

    @stage.setter()
    def _set_stage(self, value: str) -> None:
        self.version.stage = value

    @stage.getter()
    def _get_stage(self) -> str:
        return self.version.stage

    @_steps("T1", Stage.DRAFT, to=Stage.SCREENING, by=("submit",))
    def submit(self) -> None:
        """T1: the proposer hands the proposal to the quality office."""

    @_steps("T2", Stage.SCREENING, to=Stage.DRAFT, by=("screen",))
    def return_from_screening(self) -> None:
        """T2: the quality office returns it with a reason per question."""

    @_steps("T3", Stage.SCREENING, to=Stage.RELEVANCE_REVIEW, by=("screen",))
    def accept(self) -> None:
        """T3: accepted; the relevance round opens."""

    @_steps("T4", Stage.RELEVANCE_REVIEW, to=Stage.ASSESSMENT_DESIGN, by=("screen",))
    def confirm_demand(self) -> None:
        """T4: demand is met by quorum."""

    @_steps("T5", Stage.RELEVANCE_REVIEW, to=Stage.DRAFT, by=("screen",))
    def return_from_relevance(self) -> None:
        """T5: support is missing or changes were asked."""

    @_steps("T6a", Stage.RELEVANCE_REVIEW, to=Stage.ASSESSMENT_DESIGN, by=("chair",))
    def go_on_without_partner(self) -> None:
        """T6a: partners declined, other voices carry; an E6a exemption is asked for."""

    @_steps("T6b", Stage.RELEVANCE_REVIEW, to=Stage.REJECTED, by=("chair",))
    def reject_at_relevance(self) -> None:
        """T6b: rejected with reasons and the right to resubmit."""

    @_steps("T7", Stage.ASSESSMENT_DESIGN, to=Stage.ENDORSEMENT, by=("design",))
    def design_ready(self) -> None:
        """T7: the assessment is designed and moderated; the endorsement round opens."""

    @_steps("T8", Stage.ENDORSEMENT, to=Stage.PILOT_APPROVAL, by=("screen",))
    def confirm_endorsement(self) -> None:
        """T8: partners endorsed these digests; the committee's panel opens."""

    @_steps("T9", Stage.ENDORSEMENT, to=Stage.ASSESSMENT_DESIGN, by=("screen",))
    def return_from_endorsement(self) -> None:
        """T9: a partner or the officer returns the design."""

    @_steps("T10", Stage.PILOT_APPROVAL, to=Stage.PILOT_READY, by=("decide",))
    def approve_pilot(self) -> None:
        """T10: gate 2."""

    @_steps("T10b", Stage.PILOT_APPROVAL, to=Stage.ASSESSMENT_DESIGN, by=("decide",))
    def return_pilot_approval(self) -> None:
        """T10b: returned to the design."""

    @_steps("T10b", Stage.PILOT_APPROVAL, to=Stage.DRAFT, by=("decide",))
    def return_pilot_approval_to_draft(self) -> None:
        """T10b: returned to the proposal."""

    @_steps("T10b", Stage.PILOT_APPROVAL, to=None, by=("decide",))
    def defer_pilot_approval(self) -> None:
        """T10b: stays, with a new date."""

    @_steps("T10b", Stage.PILOT_APPROVAL, to=Stage.REJECTED, by=("decide",))
    def reject_pilot(self) -> None:
        """T10b: rejected."""

    @_steps("T10c", Stage.PILOT_APPROVAL, to=Stage.FINAL_APPROVAL, by=("decide",))
    def waive_pilot(self) -> None:
        """T10c: a later version whose assessment is unchanged needs no new pilot."""

    @_steps("T11", Stage.PILOT_READY, to=Stage.PILOTING, by=("screen",))
    def start_pilot(self) -> None:
        """T11: cohort, consent text, assessors and stop rule stand."""

    @_steps("T12", Stage.PILOTING, to=Stage.PILOT_EVALUATION, by=("design", "screen"))
    def close_pilot(self) -> None:
        """T12: assessments are closed."""

    @_steps("T13", Stage.PILOT_EVALUATION, to=Stage.ASSESSMENT_DESIGN, by=("decide",))
    def redesign(self) -> None:
        """T13: targets were missed; back to the design."""

    @_steps("T13", Stage.PILOT_EVALUATION, to=Stage.DRAFT, by=("decide",))
    def redesign_from_draft(self) -> None:
        """T13: targets were missed; back to the proposal."""

    @_steps("T14", Stage.PILOT_EVALUATION, to=Stage.FINAL_APPROVAL, by=("design",))
    def report(self) -> None:
        """T14: the pilot is reported; the final panel opens."""

    @_steps("T15", Stage.FINAL_APPROVAL, to=Stage.APPROVED, by=("decide",))
    def approve(self) -> None:
        """T15: gate 3."""

    @_steps("T16", Stage.FINAL_APPROVAL, to=Stage.APPROVED, by=("decide",))
    def approve_with_conditions(self) -> None:
        """T16: gate 3 with conditions."""

    @_steps("T17", Stage.FINAL_APPROVAL, to=Stage.ASSESSMENT_DESIGN, by=("decide",))
    def return_final(self) -> None:
        """T17: returned to the design."""

    @_steps("T17", Stage.FINAL_APPROVAL, to=Stage.DRAFT, by=("decide",))
    def return_final_to_draft(self) -> None:
        """T17: returned to the proposal."""

    @_steps("T17", Stage.FINAL_APPROVAL, to=None, by=("decide",))
    def defer_final(self) -> None:
        """T17: stays, with a new date."""

    @_steps("T17", Stage.FINAL_APPROVAL, to=Stage.REJECTED, by=("decide",))
    def reject_final(self) -> None:
        """T17: rejected."""

    @_steps("T18", Stage.APPROVED, to=Stage.ACTIVE, by=("activate",))
    def activate(self) -> None:
        """T18: open to everybody; held results can be awarded."""

    @_steps("T19", Stage.ACTIVE, Stage.PERIODIC_REVIEW, Stage.EXPIRING, to=Stage.SUSPENDED, by=("screen",))
    def suspend(self) -> None:
        """T19: issuing stops at once; holders keep their badges."""

    @_steps("T20", Stage.SUSPENDED, to=Stage.ACTIVE, by=("chair",))
    def lift(self) -> None:
        """T20: the cause is closed."""

    @_steps("T20", Stage.SUSPENDED, to=Stage.EXPIRING, by=("chair",))
    def lift_to_expiring(self) -> None:
        """T20: the cause is closed, and the version winds down."""

    @_steps("T20", Stage.SUSPENDED, to=None, by=("chair",))
    def mend_while_suspended(self) -> None:
        """T20: it stays suspended; a new version begins at the assessment design."""

    @_steps("T21", Stage.ACTIVE, to=Stage.PERIODIC_REVIEW, by=())
    def open_review(self) -> None:
        """T21: a date or a trigger opens the periodic review."""

    @_steps("T22", Stage.PERIODIC_REVIEW, to=Stage.ACTIVE, by=("chair",))
    def close_review(self) -> None:
        """T22: demand is fresh; the version stays in use."""

    @_steps("T22", Stage.PERIODIC_REVIEW, to=Stage.EXPIRING, by=("chair",))
    def close_review_to_expiring(self) -> None:
        """T22: the version winds down."""

    @_steps("T23", Stage.ACTIVE, to=None, by=("screen",))
    def patch(self) -> None:
        """T23: wording of the presentation, released by the quality office."""

    @_steps("T24", Stage.ACTIVE, to=None, by=("submit",))
    def revise(self) -> None:
        """T24: a new version is drafted beside this one."""

    @_steps("T25", Stage.ACTIVE, Stage.PERIODIC_REVIEW, Stage.SUSPENDED, to=Stage.EXPIRING, by=("chair",))
    def wind_down(self) -> None:
        """T25: a last start date and a plan for learners."""

    @_steps("T26", Stage.EXPIRING, to=Stage.RETIRED, by=())
    def retire(self) -> None:
        """T26: no open enrolment, award or appeal is left."""

    @_steps("T26", Stage.EXPIRING, to=Stage.SUPERSEDED, by=())
    def close_superseded(self) -> None:
        """T26: closed with an active successor."""

    @_steps("T27", Stage.ACTIVE, to=Stage.SUPERSEDED, by=())
    def supersede(self) -> None:
        """T27: the next version is active and nobody is under way."""

    @_steps("T27", Stage.ACTIVE, to=Stage.EXPIRING, by=())
    def supersede_slowly(self) -> None:
        """T27: the next version is active while learners are under way."""

    @_steps("T28", *BEFORE_ACTIVE, to=Stage.WITHDRAWN, by=("submit",))
    def withdraw(self) -> None:
        """T28: the proposer takes it back."""

    @_steps("T29", *BEFORE_ACTIVE, to=None, by=("screen",))
    def hold(self) -> None:
        """T29: clocks stop."""

    @_steps("T29", *BEFORE_ACTIVE, to=None, by=("screen",))
    def resume(self) -> None:
        """T29: clocks go on."""

    @_steps("T30", Stage.DRAFT, to=Stage.ACTIVE, by=("chair",))
    def import_approved(self) -> None:
        """T30: approved elsewhere before; the clauses are computed now and no stage is pretended."""

    @_steps("T31", Stage.DRAFT, to=Stage.ACTIVE, by=("chair",))
    def release_urgently(self) -> None:
        """T31: changed safety guidance; ninety days."""

"""Statements of results: signed proof of what was shown, where no badge can be issued, or not yet (A8, A12)."""

from __future__ import annotations

from uuid import uuid4

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials import actions as badges
from people.models import User
from workflows import achievements
from workflows.award_course import AwardPassage, opened_award
from workflows.errors import Refusal
from workflows.models import AwardStage, Enrolment, Statement
from workflows.stations import Stage

# The Open Badges status of a result in each stage that has one (lifecycle.md 5, last column).
STATUS = {
    AwardStage.ASSESSED: "Provisional",
    AwardStage.MODERATING: "Provisional",
    AwardStage.RECOMMENDED: "Provisional",
    AwardStage.HELD: "OnHold",
    AwardStage.AWARDED: "Completed",
    AwardStage.CLOSED: "Completed",
}
ENDED = {Stage.REJECTED, Stage.WITHDRAWN}


def state_results(*, enrolment_id: int, actor: User) -> Statement:
    """A8: the learner asks for a signed statement of the results; unpaid fees are no reason to withhold it."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.own()
        if AwardStage(passage.enrolment.stage) not in STATUS:
            raise Refusal(gettext_lazy("There are no results to state yet, or none that were met."))
        return _state(passage)


def close_held(*, enrolment_id: int) -> Enrolment:
    """A12: the version was rejected or withdrawn; the learner gets a statement of results instead of a badge."""
    with opened_award(enrolment_id=enrolment_id, actor=None) as passage:
        passage.ask("close_held")
        if passage.enrolment.cohort.version.stage not in ENDED:
            raise Refusal(gettext_lazy("The version may still be approved, so the result stays on hold."))
        statement = _state(passage)
        passage.move("close_held", statement=str(statement.public_id))
        return passage.enrolment


def _state(passage: AwardPassage) -> Statement:
    enrolment = passage.enrolment
    version, attempt = enrolment.cohort.version, enrolment.attempts.latest("ordinal")
    with translation.override(version.language):
        name, description = _("Statement of results"), _("What was shown in an assessment. This is not a badge.")
    statement = Statement(public_id=uuid4(), enrolment=enrolment)
    statement.document = badges.sign_statement(
        public_id=statement.public_id,
        issuer=version.institution,
        recipient=enrolment.learner,
        name=name,
        description=description,
        achievement=achievements.document(version),
        results=achievements.results(version, attempt.scores, STATUS[AwardStage(enrolment.stage)]),
    )
    statement.save()
    passage.record("state_results", statement=str(statement.public_id))
    return statement

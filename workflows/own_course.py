"""A learner's own courses and badges, person first: where each stands, who has it, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from credentials.models import Credential
from people.models import User
from workflows import appeals, evidence, ledger
from workflows.actions import learning
from workflows.actions.stating import STATUS as STATED
from workflows.award_course import BEFORE_AWARD, enrolment_of
from workflows.dossier import Criterion, Dossier, Level, Task
from workflows.errors import NotYours
from workflows.evidence import Shown
from workflows.learner_standing import standing_of
from workflows.models import (
    Attempt,
    AwardStage,
    Cohort,
    Decision,
    Enrolment,
    EvidenceConsent,
    EvidenceItem,
    Statement,
    Version,
)
from workflows.reissued import ids_of
from workflows.standing import Standing
from workflows.stations import Stage

S, A = AwardStage, Credential.Acceptance
# A badge that can be accepted now; while it is suspended, its earner reads why.
OFFERABLE = {Credential.Status.PREPARED, Credential.Status.ISSUED}
# While these last, scores may still change, so the learner does not read them yet.
PROVISIONAL = {S.ASSESSING, S.ASSESSED, S.MODERATING}


@dataclass(frozen=True)
class Scored:
    """One criterion as the learner reads it after an assessment."""

    criterion: Criterion
    level: Level
    required: Level
    rung: int
    rungs: int
    met: bool
    comment: str


@dataclass(frozen=True)
class Course:
    """One course of a learner. `waits` is what the learner has to do now: enrol, submit, accept, or nothing."""

    enrolment: Enrolment
    dossier: Dossier
    badge: Credential | None
    waits: str
    standing: Standing

    @property
    def version(self) -> Version:
        """The version that is learned."""
        return self.enrolment.cohort.version

    @property
    def cohort(self) -> Cohort:
        """The run of learners that it belongs to."""
        return self.enrolment.cohort

    @property
    def open_tasks(self) -> list[Task]:
        """The tasks that the next try covers."""
        codes = learning.open_tasks(self.enrolment)
        return [task for task in self.dossier.assessment.tasks if task.code in codes]

    @property
    def opens_on(self) -> date | None:
        """The first day of the next try, while it lies ahead."""
        return learning.opens_on(self.enrolment)

    @property
    def attempts_left(self) -> int:
        """How many more times each of the open tasks may be tried."""
        tried = [set(tasks) for tasks in self.enrolment.attempts.values_list("tasks", flat=True)]
        allowed = self.dossier.assessment.attempts
        left = [(t.attempts or allowed) - sum(t.code in tasks for tasks in tried) for t in self.open_tasks]
        return max(0, min(left, default=0))

    @property
    def last(self) -> Attempt | None:
        """The last try, once its scores stand."""
        if self.enrolment.stage in PROVISIONAL:
            return None
        return self.enrolment.attempts.exclude(assessed_at=None).order_by("-ordinal").first()

    @property
    def scored(self) -> list[Scored]:
        """The result of the last try, what is not met first."""
        last, rubric = self.last, self.dossier.rubric
        levels = {level.code: level for level in rubric.levels}
        order = sorted(rubric.levels, key=lambda level: level.points)
        found = []
        for criterion in rubric.criteria if last else []:
            score: dict[str, Any] = last.scores.get(criterion.code, {}) if last else {}
            level, required = levels.get(score.get("level", "")), levels.get(criterion.required_level)
            if level is not None and required is not None:
                met, rung = level.points >= required.points, order.index(level) + 1
                found.append(Scored(criterion, level, required, rung, len(order), met, str(score.get("comment", ""))))
        return sorted(found, key=lambda each: each.met)

    @property
    def may_leave(self) -> bool:
        """Whether the course has not ended."""
        return self.enrolment.stage in BEFORE_AWARD

    @property
    def may_appeal(self) -> bool:
        """Whether a decision can be challenged today, or was."""
        attacked = appeals.of_learner(self.enrolment)
        return (attacked is not None and attacked.open) or self.enrolment.appeals.exists()

    @property
    def may_state(self) -> bool:
        """Whether there are results that a signed statement can say."""
        return self.enrolment.stage in STATED

    @property
    def may_evaluate(self) -> bool:
        """Whether the pilot asks for the learner's view, and she has not given it since the pilot began."""
        if not self.cohort.pilot or self.version.stage not in {Stage.PILOTING, Stage.PILOT_EVALUATION}:
            return False
        if self.enrolment.stage in {S.INVITED, S.ENROLLED}:
            return False
        return not self.version.pilot_answers.filter(person=self.enrolment.learner, audience="learner").exists()

    @property
    def evidence(self) -> list[Shown]:
        """Everything that she handed in."""
        return evidence.shown_to("earner", self.enrolment)

    @property
    def statements(self) -> list[Statement]:
        """The signed statements of results that she asked for."""
        return list(self.enrolment.statements.order_by("-made_at"))


def _course(enrolment: Enrolment) -> Course:
    badge = None
    if enrolment.stage == S.AWARDED:
        badges = Credential.objects.filter(award_reference=enrolment.award.public_id)
        badge = badges.order_by("-pk").select_related("issuer", "replaced_by").first()
    dossier = Dossier.model_validate(enrolment.cohort.version.content)
    return Course(enrolment, dossier, badge, _waits(enrolment, badge), standing_of(enrolment, badge))


def _waits(enrolment: Enrolment, badge: Credential | None) -> str:
    if badge is not None and badge.status in OFFERABLE and badge.acceptance in {"", A.OFFERED, A.UNCLAIMED}:
        return "accept"
    if enrolment.stage == S.NOT_YET and not learning.may_try_again(enrolment):
        return ""
    return {S.INVITED: "enrol", S.ENROLLED: "submit", S.NOT_YET: "submit"}.get(AwardStage(enrolment.stage), "")


def _rows() -> Any:
    related = ("cohort__version__institution", "cohort__version__policy", "learner", "award")
    return Enrolment.objects.select_related(*related)


def courses_of(user: User) -> list[Course]:
    """The courses of a learner; what waits for her first, then the newest."""
    found = [_course(enrolment) for enrolment in _rows().filter(learner=user).order_by("-pk")]
    return sorted(found, key=lambda course: not course.waits)


def course_of(user: User, public_id: UUID) -> Course:
    """One course of this learner. Raises `NotYours` for everybody else, also for those who assess it."""
    enrolment = _rows().filter(public_id=public_id, learner=user).first()
    if enrolment is None:
        raise NotYours
    return _course(enrolment)


def badge_of(user: User, public_id: UUID) -> tuple[Credential, Course]:
    """One badge of this earner with the course that it came from. Raises `NotYours`."""
    rows = Credential.objects.select_related("issuer", "replaced_by", "achievement")
    badge = rows.filter(public_id=public_id, recipient=user).first()
    if badge is None:
        raise NotYours
    return badge, course_of(user, enrolment_of(badge).public_id)


def reasons_for(user: User, badge: Credential) -> list[Decision]:
    """Why the badge was suspended or revoked, which its earner reads and nobody outside (`lifecycle.md` 12)."""
    if badge.recipient_id != user.pk:
        raise NotYours
    told = {"suspend_badge", "answer_suspension", "reinstate_badge", "ask_revocation", "ask_correction"}
    rows = Decision.objects.filter(answers__badge__in=ids_of(badge), choice__in=told)
    return list(rows.order_by("decided_at"))


def consents_of(user: User, item: EvidenceItem) -> list[EvidenceConsent]:
    """The consents of this learner to show an item that are in force today."""
    today = timezone.localdate()
    rows = item.consents.filter(withdrawn_at=None, item__enrolment__learner=user).order_by("given_at")
    return [consent for consent in rows if consent.ends_on is None or today <= consent.ends_on]


def who_read(user: User, course: Course) -> list[tuple[datetime, str]]:
    """When each item of evidence was read, and in which circle its reader stands; for its learner alone."""
    if course.enrolment.learner_id != user.pk:
        raise NotYours
    events = ledger.events_of(f"award:{course.enrolment.public_id}", type_="read_evidence")
    return [(datetime.fromisoformat(event.at), str(event.data.get("circle", ""))) for event in events]

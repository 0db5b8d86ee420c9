"""What waits for an assessor or a moderator, and one learner's work as they see it: without the name.

Work is known by a short code of its public id; the name is hidden where that is possible (`lifecycle.md` A3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from people.models import Membership, Role, User
from workflows import marking
from workflows.actions.assessing import carried_scores
from workflows.actions.learning import may_try_again
from workflows.dossier import Dossier, Text
from workflows.errors import NotYours
from workflows.evidence import Shown, evidence_for
from workflows.models import Attempt, AwardStage, Enrolment, Version
from workflows.outline import Row, rubric_grid
from workflows.stations import Stage
from workflows.waiting import title_of

MODERATED = (AwardStage.MODERATING, AwardStage.NOT_YET)


@dataclass(frozen=True)
class Task:
    """One row of the list: the kind of act that waits, on which work or version."""

    kind: str
    subject: UUID
    code: str
    title: Text
    cohort: str
    since: datetime


def code_of(enrolment: Enrolment) -> str:
    """By what a learner's work is called where the name stays hidden."""
    return enrolment.public_id.hex[:6].upper()


def _last_attempts(user: User, *, moderator: bool) -> QuerySet[Attempt]:
    """The last try of each learner where this person has such a place, without own work and declared conflicts."""
    later = Attempt.objects.filter(enrolment=OuterRef("enrolment"), ordinal__gt=OuterRef("ordinal"))
    rows = Attempt.objects.filter(
        ~Exists(later),
        enrolment__cohort__assessors__person=user,
        enrolment__cohort__assessors__moderator=moderator,
    )
    rows = rows.exclude(enrolment__learner=user).exclude(enrolment__conflicts__contains=[str(user.public_id)])
    return rows.select_related("enrolment__cohort__version")


def _task(kind: str, attempt: Attempt) -> Task:
    enrolment = attempt.enrolment
    title, cohort = title_of(enrolment.cohort.version), str(enrolment.cohort)
    return Task(kind, enrolment.public_id, code_of(enrolment), title, cohort, attempt.submitted_at)


def tasks(user: User) -> list[Task]:
    """Everything that waits for this assessor or moderator: own work first, then what others may take too."""
    assess = _last_attempts(user, moderator=False)
    waiting = Q(moderation_needed=True, moderated_at=None)
    scored_by_me = Attempt.objects.filter(enrolment=OuterRef("enrolment"), assessor=user)
    moderate = _last_attempts(user, moderator=True).exclude(Exists(scored_by_me))
    spent = assess.filter(enrolment__stage=AwardStage.NOT_YET, assessor=user, failure_reasons="").exclude(waiting)
    found = [_task("score", row) for row in assess.filter(enrolment__stage=AwardStage.ASSESSING, assessor=user)]
    found += [_task("moderate", row) for row in moderate.filter(waiting, enrolment__stage__in=MODERATED)]
    found += [_task("take", row) for row in assess.filter(enrolment__stage=AwardStage.SUBMITTED)]
    found += [_task("fail", row) for row in spent if not may_try_again(row.enrolment)]
    return [*_unsigned(user), *sorted(found, key=lambda task: (ORDER.index(task.kind), task.since))]


ORDER = ("score", "moderate", "take", "fail")


def _unsigned(user: User) -> list[Task]:
    """Designs that wait for the signature of a moderator who did not write."""
    rows = to_sign(user).select_related("micro_credential").order_by("stage_since")
    return [Task("sign", row.public_id, row.micro_credential.code, title_of(row), "", row.stage_since) for row in rows]


def to_sign(user: User) -> QuerySet[Version]:
    """Versions in design at the institutions where this person moderates, which he or she did not write."""
    homes = Membership.objects.filter(user=user, role=Role.MODERATOR, ended_at=None).values("organization")
    rows = Version.objects.filter(institution__in=homes, stage=Stage.ASSESSMENT_DESIGN, moderated_before_use_by=None)
    return rows.exclude(proposer=user).exclude(contributions__person=user)


def design_for(user: User, public_id: UUID) -> Version:
    """A design that this moderator may sign, or has signed. Raises `NotYours`."""
    homes = Membership.objects.filter(user=user, role=Role.MODERATOR, ended_at=None).values("organization")
    row = Version.objects.filter(institution__in=homes, stage=Stage.ASSESSMENT_DESIGN, public_id=public_id).first()
    if row is None:
        raise NotYours
    return row


@dataclass(frozen=True)
class Work:
    """One learner's work as an assessor or moderator of the cohort reads it."""

    enrolment: Enrolment
    attempt: Attempt | None
    code: str
    title: Text
    dossier: Dossier
    grid: tuple[Row, ...]
    evidence: list[Shown]
    carried: dict[str, dict[str, Any]]
    assesses: bool
    moderates: bool
    conflicted: bool

    @property
    def tasks(self) -> dict[str, Text]:
        """What each task is, by its code."""
        return {task.code: task.title for task in self.dossier.assessment.tasks}

    @property
    def result(self) -> marking.Result | None:
        """What the rule says of the scores that were given."""
        if self.attempt is None or not self.attempt.scores:
            return None
        return marking.judge(self.dossier, self.attempt.scores)

    @property
    def waits_for_moderator(self) -> bool:
        """True while a moderator has to look at it."""
        attempt = self.attempt
        return attempt is not None and attempt.moderation_needed and attempt.moderated_at is None

    @property
    def spent(self) -> bool:
        """True when it is not yet shown and no attempt is left."""
        return self.enrolment.stage == AwardStage.NOT_YET and not may_try_again(self.enrolment)

    def may(self, act: str, person: User) -> bool:
        """Whether this act is open to this person now, as far as a page can know."""
        attempt, stage = self.attempt, self.enrolment.stage
        if attempt is None or self.conflicted:
            return False
        mine = attempt.assessor_id == person.pk
        assessed = self.enrolment.attempts.filter(assessor=person).exists()
        return {
            "take": self.assesses and stage == AwardStage.SUBMITTED,
            "score": mine and stage == AwardStage.ASSESSING,
            "moderate": self.moderates and not assessed and stage in MODERATED and self.waits_for_moderator,
            "fail": mine and self.spent and not attempt.failure_reasons,
            "conflict": not mine or stage == AwardStage.ASSESSING,
        }[act]


def work_for(user: User, public_id: UUID) -> Work:
    """One learner's work in a cohort in which this person assesses or moderates. Raises `NotYours`."""
    rows = Enrolment.objects.select_related("cohort__version__institution", "learner")
    enrolment = rows.filter(public_id=public_id, cohort__assessors__person=user).exclude(learner=user).first()
    if enrolment is None:
        raise NotYours
    attempt = enrolment.attempts.order_by("-ordinal").first()
    document = Dossier.model_validate(enrolment.cohort.version.content)
    places = set(enrolment.cohort.assessors.filter(person=user).values_list("moderator", flat=True))
    return Work(
        enrolment=enrolment,
        attempt=attempt,
        code=code_of(enrolment),
        title=title_of(enrolment.cohort.version),
        dossier=document,
        grid=rubric_grid(document),
        evidence=evidence_for(user, enrolment),
        carried=carried_scores(attempt) if attempt is not None else {},
        assesses=False in places,
        moderates=True in places,
        conflicted=str(user.public_id) in enrolment.conflicts,
    )

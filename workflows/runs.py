"""A run of learners as the quality office reads it: who is on the roster, and whose result can be awarded by whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.queries import agreed_and_offered, revoked_of
from people.models import User
from workflows.models import Attempt, Award, AwardStage, Cohort, CohortAssessor, Enrolment, Version

READY = frozenset({AwardStage.RECOMMENDED, AwardStage.HELD})


@dataclass(frozen=True)
class Result:
    """One learner's result as a grantor sees it; `obstacle` says why this grantor may not award it."""

    enrolment: Enrolment
    attempt: Attempt | None
    obstacle: str | Promise = ""

    @property
    def ready(self) -> bool:
        """True when it is recommended or on hold, and nothing of this grantor stands in the way."""
        return self.enrolment.stage in READY and not self.obstacle


def results(cohort: Cohort, user: User) -> list[Result]:
    """Every learner of a cohort, those whose result waits first."""
    attempts = Attempt.objects.select_related("assessor", "moderator").order_by("ordinal")
    rows = cohort.enrolments.select_related("learner").prefetch_related(Prefetch("attempts", attempts))
    found = [_result(enrolment, user) for enrolment in rows.order_by("roster_name", "pk")]
    return sorted(found, key=lambda result: result.enrolment.stage not in READY)


def _result(enrolment: Enrolment, user: User) -> Result:
    attempts = list(enrolment.attempts.all())
    obstacle: str | Promise = ""
    if enrolment.learner_id == user.pk:
        obstacle = _("Nobody decides about an own award.")
    elif any(attempt.assessor_id == user.pk for attempt in attempts):
        obstacle = _("You assessed this work, so somebody else grants it.")
    return Result(enrolment, attempts[-1] if attempts else None, obstacle)


def assessors(cohort: Cohort) -> list[CohortAssessor]:
    """Who assesses and who moderates in a cohort, with the qualification declared."""
    return list(cohort.assessors.select_related("person").order_by("moderator", "person__name"))


@dataclass(frozen=True)
class Progress:
    """How far the awards and badges of a cohort are, counted now."""

    waiting: int
    awarded: int
    agreed: int
    offered: int


def progress(cohort: Cohort) -> Progress:
    """Results that wait, awards, badges agreed to and not signed yet, badges in their earners' hands."""
    awards = Award.objects.filter(enrolment__cohort=cohort)
    agreed, offered = agreed_and_offered(awards.values("public_id"))
    return Progress(cohort.enrolments.filter(stage__in=READY).count(), awards.count(), agreed, offered)


def cohorts(version: Version) -> list[Cohort]:
    """The runs of a version, the newest first, each with the number of its learners."""
    rows = version.cohorts.select_related("made_by", "signed_off_by").annotate(learners=Count("enrolments"))
    return list(rows.order_by("-starts_on", "-pk"))


@dataclass(frozen=True)
class Figures:
    """What a version in use has done so far, for its review (F7)."""

    learners: int
    awarded: int
    first_try: int
    assessed: int
    appeals: int
    revoked: int


def figures(version: Version) -> Figures:
    """Counted now, over all runs of the version."""
    enrolments = Enrolment.objects.filter(cohort__version=version)
    first = Attempt.objects.filter(enrolment__in=enrolments, ordinal=1, assessed_at__isnull=False)
    return Figures(
        learners=enrolments.exclude(stage=AwardStage.INVITED).count(),
        awarded=enrolments.filter(stage=AwardStage.AWARDED).count(),
        first_try=first.filter(passed=True).count(),
        assessed=first.count(),
        appeals=version.appeals.count(),
        revoked=revoked_of(version.awards.values_list("public_id", flat=True)),
    )

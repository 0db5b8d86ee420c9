"""A cohort as its academic lead sees it: who learns and how far, who assesses, what may be recommended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from people.models import Role, User
from people.queries import members_of
from workflows.models import Attempt, AwardStage, Cohort, Enrolment, PilotAnswer, Version
from workflows.panels import Place

SMALL = 10  # under so many learners no percentage is said (interface.md 6)
FINISHED = (AwardStage.ASSESSED, AwardStage.RECOMMENDED, AwardStage.HELD, AwardStage.AWARDED)


@dataclass(frozen=True)
class Run:
    """One cohort with its learners, and which of them can be recommended now."""

    cohort: Cohort
    learners: list[Enrolment]
    ready: frozenset[int]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many learners stand in each stage, in the order of the course."""
        numbers = Counter(row.stage for row in self.learners)
        return [(str(stage.label), numbers[stage]) for stage in AwardStage if numbers[stage]]

    @property
    def waits_for(self) -> list[str]:
        """What a cohort still lacks before it can start: names of the parts, for the page to say."""
        named = {assessor.moderator for assessor in self.cohort.assessors.all()}
        lacking = [("roster", not self.learners), ("assessor", False not in named), ("moderator", True not in named)]
        lacking.append(("signature", self.cohort.signed_off_by_id is None))
        return [part for part, lacks in lacking if lacks]


def runs(version: Version) -> list[Run]:
    """The cohorts of a version, the newest first, in a fixed number of statements."""
    learners = Enrolment.objects.select_related("learner").order_by("roster_name", "pk")
    rows = version.cohorts.select_related("signed_off_by", "made_by").prefetch_related(
        Prefetch("enrolments", learners), "assessors__person"
    )
    ready = set(_recommendable(version).values_list("pk", flat=True))
    found = []
    for cohort in rows.order_by("-starts_on", "-pk"):
        own = list(cohort.enrolments.all())
        found.append(Run(cohort, own, frozenset(row.pk for row in own if row.pk in ready)))
    return found


def _recommendable(version: Version) -> QuerySet[Enrolment]:
    """Learners whose work is assessed, and moderated where it was sampled."""
    waiting = Attempt.objects.filter(enrolment=OuterRef("pk"), moderation_needed=True, moderated_at=None)
    return Enrolment.objects.filter(~Exists(waiting), cohort__version=version, stage=AwardStage.ASSESSED)


def could_assess(version: Version) -> list[User]:
    """The people of the institution who may assess or moderate."""
    return members_of(version.institution, Role.ASSESSOR, Role.MODERATOR, Role.ACADEMIC_LEAD)


def results(version: Version) -> dict[str, Any]:
    """What the pilot showed in numbers. A share is said only when there are enough learners to mean something."""
    rows = Enrolment.objects.filter(cohort__version=version, cohort__pilot=True)
    first = Attempt.objects.filter(enrolment=OuterRef("pk"), ordinal=1, passed=True)
    everybody = rows.count()
    done = rows.filter(stage__in=FINISHED).count()
    return {
        "learners": everybody,
        "completed": done,
        "first_try": rows.filter(Exists(first)).count(),
        "share": round(100 * done / everybody) if everybody >= SMALL else None,
    }


def answers(version: Version) -> dict[str, list[PilotAnswer]]:
    """The answers to the pilot evaluation by audience."""
    found: dict[str, list[PilotAnswer]] = {"learner": [], "employer": [], "staff": []}
    for row in version.pilot_answers.select_related("person").order_by("answered_at"):
        found.setdefault(row.audience, []).append(row)
    return found


def asked_before(version: Version) -> list[Place]:
    """Whom the last round of partners asked; the next one offers them first."""
    panel = version.panels.filter(kind__in=["relevance", "endorsement"]).order_by("-created", "-pk").first()
    if panel is None:
        return []
    seats = panel.seats.select_related("person", "organization__part_of").exclude(state="recused").order_by("pk")
    return [Place(seat.person, seat.organization, seat.seat_class) for seat in seats]

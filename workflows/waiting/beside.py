"""What waits for a person beside the course of a version: conditions, questions, rosters, results, revocations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, UUIDField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from credentials.models import Credential
from credentials.queries import live_badges
from people.models import User
from workflows.actions.revoking import KINDS, LIVE
from workflows.models import Appeal, AppealSeat, AwardStage, Cohort, Condition, Decision, Enrolment, SeatQuestion
from workflows.models.appeals import DAYS_TO_DECIDE, Outcome
from workflows.reissued import present_ids
from workflows.stations import STATIONS
from workflows.waiting.finders import holds
from workflows.waiting.item import Rows, asked, how_many

AWARDABLE = (AwardStage.RECOMMENDED, AwardStage.HELD)
ISSUING = [stage for stage, station in STATIONS.items() if station.issues]
CONDITION_NEAR_DAYS = 14


def conditions(user: User) -> Iterator[Rows]:
    """Conditions that this person set, when their day is near; and a partner's that lack owner or date."""
    near = timezone.localdate() + timedelta(days=CONDITION_NEAR_DAYS)
    about = {"version": "version_id", "since": "version__stage_since"}
    mine = Condition.objects.filter(set_by=user, closed_at=None, owner__isnull=False, due_on__lte=near)
    yield asked("close_condition", mine, due="due_on", **about)
    loose = Condition.objects.filter(Q(owner=None) | Q(due_on=None), holds(user, "screen", "version"), closed_at=None)
    yield asked("complete_condition", loose, **about)


def questions(user: User) -> Iterator[Rows]:
    """What reviewers asked and nobody answered."""
    rows = SeatQuestion.objects.filter(holds(user, "screen", "seat__panel__version"), answered_at=None)
    yield asked("answer_question", rows, version="seat__panel__version_id", since="asked_at")


def rosters(user: User) -> Iterator[Rows]:
    """Rosters that a second person signs."""
    rows = Cohort.objects.filter(holds(user, "screen", "version"), signed_off_by=None, closed_at=None)
    rows = rows.exclude(made_by=user).exclude(Exists(Enrolment.objects.filter(cohort=OuterRef("pk"), learner=user)))
    learners = how_many(Enrolment.objects.filter(cohort=OuterRef("pk")), "cohort")
    yield asked(
        "sign_roster", rows.annotate(learners=learners).filter(learners__gt=0),
        version="version_id", since="version__stage_since", due="starts_on", count="learners",
    )  # fmt: skip


def awards(user: User) -> Iterator[Rows]:
    """Results that can be awarded today, by cohort; the grantor's own work and own learning excepted."""
    ready = Enrolment.objects.filter(stage__in=AWARDABLE).exclude(learner=user)
    rows = Cohort.objects.filter(
        holds(user, "grant", "version"),
        pk__in=ready.values("cohort"),
        version__stage__in=ISSUING,
        version__issuing_paused=False,
        version__on_hold=False,
    )
    number = how_many(ready.filter(cohort=OuterRef("pk")), "cohort")
    yield asked("award", rows.annotate(ready=number), version="version_id", since="version__stage_since", count="ready")


def revocations(user: User) -> Iterator[Rows]:
    """Revocations that wait for their second person, while the badge is still live.

    The second person neither asked nor was heard. A badge that was signed anew stands in the place of the one that was
    asked about; those few are followed one by one.
    """
    may = Q()
    for name, kind in KINDS.items():
        may |= Q(holds(user, kind.confirms, "version"), answers__kind=name)
    rows = Decision.objects.filter(may, choice="ask_revocation").exclude(actor=user)
    rows = rows.exclude(appeals__outcome=Outcome.VARY)
    rows = rows.filter(~Q(answers__contains={"panel": [str(user.public_id)]}))
    rows = rows.annotate(badge=Cast(KT("answers__badge"), UUIDField()))
    badge = Credential.objects.filter(public_id=OuterRef("badge"))
    replaced = rows.filter(Exists(badge.filter(status=Credential.Status.REPLACED)))
    now = present_ids({str(public_id) for public_id in replaced.values_list("badge", flat=True)})
    live = live_badges(set(now.values()))
    anew = Q(badge__in=[before for before, after in now.items() if after in live])
    yield asked(
        "confirm_revocation", rows.filter(Exists(badge.filter(status__in=LIVE)) | anew),
        version="version_id", since="decided_at",
    )  # fmt: skip


def appeals(user: User) -> Iterator[Rows]:
    """Appeals that need their three people, for the office; and those where this person's finding is awaited."""
    about = {"version": "version_id", "since": "filed_at"}
    due = TruncDate(F("filed_at") + Value(DAYS_TO_DECIDE), tzinfo=timezone.get_default_timezone())
    unseated = Appeal.objects.filter(holds(user, "screen", "version"), seated_at=None, decided_at=None)
    yield asked("seat_appeal", unseated.exclude(filed_by=user), due=due, **about)
    seat = AppealSeat.objects.filter(appeal=OuterRef("pk"), person=user, voted_at=None)
    yield asked("decide_appeal", Appeal.objects.filter(Exists(seat), decided_at=None), due=due, **about)

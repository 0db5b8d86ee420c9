"""What waits for a member of the quality office, by kind, in a number of statements that does not grow.

Each finder answers one question about all versions at once. Silence waits for the officer, never for time
(`lifecycle.md` 6.2); what a person wrote does not wait for that person's decision (6.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from credentials.queries import live_badges
from people.models import User
from workflows.actions.revoking import KINDS
from workflows.dossier import Text
from workflows.models import (
    Appeal,
    AwardStage,
    ChangeRequest,
    Cohort,
    Condition,
    Decision,
    Panel,
    Patch,
    Seat,
    SeatQuestion,
    SeatState,
    SeatUserObjectPermission,
    Suspension,
    Version,
)
from workflows.models.appeals import Outcome
from workflows.panels import BY_LINK, PARTNER_KINDS
from workflows.policy import clock_days, due_after
from workflows.possible import GATES, SIGNED_IN
from workflows.queries import granted
from workflows.reissued import present_ids
from workflows.stations import STATIONS, Stage
from workflows.withdrawals import AFTER_PILOT_APPROVAL, unanswered

AWARDABLE = (AwardStage.RECOMMENDED, AwardStage.HELD)
ISSUING = [stage for stage, station in STATIONS.items() if station.issues]


@dataclass(frozen=True)
class Item:
    """One thing that waits: `kind` names the act, `subject` is the public id of what its page opens."""

    kind: str
    subject: UUID
    version: Version
    since: datetime
    due: date | None = None
    round: int = 1
    count: int = 1

    @property
    def title(self) -> Text:
        """The version's title in both languages."""
        return title_of(self.version)

    @property
    def days_left(self) -> int | None:
        """Calendar days until it is due; negative when the day has passed."""
        return None if self.due is None else (self.due - timezone.localdate()).days

    @property
    def late(self) -> bool:
        """True when its day has passed."""
        return self.days_left is not None and self.days_left < 0


def title_of(version: Version) -> Text:
    """A version's title in both languages, from the row itself."""
    return Text(en=version.title_en, fr=version.title_fr)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _clock(version: Version) -> date | None:
    """When the stage's own clock ends, by the pinned policy."""
    clock = STATIONS[Stage(version.stage)].clock
    if clock is None:
        return None
    rules = version.policy.data
    return due_after(rules, _day(version.stage_since), clock_days(rules, clock))


def _of(user: User, grant: str, *stages: str, own: bool = False) -> QuerySet[Version]:
    """Versions in these stages on which the person holds a grant, and which he or she did not write."""
    rows = granted(user, grant).filter(stage__in=stages, on_hold=False).select_related("policy", "proposer")
    return rows if own else rows.exclude(proposer=user).exclude(contributions__person=user)


def _staged(kind: str, versions: Iterable[Version]) -> Iterator[Item]:
    for version in versions:
        yield Item(kind, version.public_id, version, version.stage_since, _clock(version))


def _stages(user: User) -> Iterator[Item]:
    """What waits by the stage alone."""
    yield from _staged("screen", _of(user, "screen", Stage.SCREENING))
    yield from _staged("activate", _of(user, "activate", Stage.APPROVED))
    yield from _staged("close_review", _of(user, "chair", Stage.PERIODIC_REVIEW))
    yield from _suspended(user)
    ready = _of(user, "screen", Stage.PILOT_READY, own=True)
    yield from _staged(
        "start_pilot", ready.filter(cohorts__pilot=True, cohorts__signed_off_by__isnull=False).distinct()
    )
    for asked in unanswered(_of(user, "screen", *AFTER_PILOT_APPROVAL)):
        yield Item("agree_to_withdrawal", asked.version.public_id, asked.version, asked.decided_at)
    unsigned = _of(user, "register", *SIGNED_IN - {Stage.ASSESSMENT_DESIGN}).filter(registrar_signed_by=None)
    yield from _staged("sign_transcript_rule", unsigned)


def _suspended(user: User) -> Iterator[Item]:
    """Interim orders to be confirmed in time by somebody else, then a cause to be closed."""
    open_order = Suspension.objects.filter(version__in=_of(user, "chair", Stage.SUSPENDED), ended_at=None)
    for order in open_order.select_related("version"):
        if order.confirmed_at is None and order.ordered_by_id != user.pk:
            yield Item(
                "confirm_suspension", order.version.public_id, order.version, order.ordered_at, _day(order.confirm_by)
            )
        elif order.confirmed_at is not None:
            yield Item("lift", order.version.public_id, order.version, order.confirmed_at)


def _entries(user: User) -> Iterator[Item]:
    """Imports and urgent releases that wait for the chair, patches that wait for an officer."""
    proved = Decision.objects.filter(version=OuterRef("pk"), choice="prove_import")
    for version in _of(user, "chair", Stage.DRAFT).filter(Exists(proved)):
        yield Item("import_approved", version.public_id, version, version.stage_since)
    patches = Patch.objects.filter(released_at=None, version__in=_of(user, "screen", Stage.ACTIVE))
    for patch in patches.exclude(proposed_by=user).select_related("version"):
        yield Item("release_patch", patch.public_id, patch.version, patch.proposed_at)


def _open_rounds(user: User) -> Iterator[Item]:
    """Partners' rounds that can be closed, or where somebody is silent after the time.

    A community's answer closes nothing, and no clock runs against it (`lifecycle.md` 13).
    """
    own = _of(user, "screen", Stage.RELEVANCE_REVIEW, Stage.ENDORSEMENT, own=True)
    open_seats = Count("seats", filter=Q(seats__state=SeatState.OPEN))
    panels = Panel.objects.filter(version__in=own, closed_at=None, kind__in=PARTNER_KINDS).annotate(waiting=open_seats)
    for panel in panels.select_related("version"):
        if panel.waiting == 0 or panel.due_at < timezone.now():
            kind = "close_round" if panel.waiting == 0 else "chase"
            due = _day(panel.due_at)
            yield Item(kind, panel.version.public_id, panel.version, panel.due_at, due, panel.round, panel.waiting)


def _seats(user: User) -> Iterator[Item]:
    """The person's own votes, and panels of the person's whose members were all heard."""
    rows = Seat.objects.filter(person=user, panel__closed_at=None, panel__version__on_hold=False)
    rows = rows.exclude(panel__kind__in=BY_LINK).filter(panel__version__stage__in=GATES)
    others = Seat.objects.filter(panel=OuterRef("panel"), state=SeatState.OPEN)
    for seat in rows.select_related("panel__version").annotate(waits=Exists(others)):
        version, since = seat.panel.version, seat.panel.created
        if seat.state == SeatState.OPEN:
            yield Item("vote", version.public_id, version, since, _day(seat.due_at), seat.panel.round)
        elif seat.state != SeatState.RECUSED and (not seat.waits or seat.panel.due_at < timezone.now()):
            yield Item("close_committee", version.public_id, version, since, _day(seat.panel.due_at), seat.panel.round)


def _vacant(user: User) -> Iterator[Item]:
    """Committee seats whose person has left: somebody else must be named."""
    right = SeatUserObjectPermission.objects.filter(content_object=OuterRef("pk"), user=OuterRef("person"))
    rows = Seat.objects.filter(~Exists(right), state=SeatState.OPEN, panel__closed_at=None)
    rows = rows.exclude(panel__kind__in=BY_LINK).filter(panel__version__in=_all(user, "screen"))
    for seat in rows.select_related("panel__version"):
        yield Item(
            "vacant", seat.public_id, seat.panel.version, seat.panel.created, _day(seat.due_at), seat.panel.round
        )


def _conditions(user: User) -> Iterator[Item]:
    """Conditions that this person set, when their day has come; and a partner's that lack owner or date."""
    today = timezone.localdate()
    mine = Condition.objects.filter(set_by=user, closed_at=None, due_on__isnull=False, owner__isnull=False)
    for condition in mine.select_related("version"):
        version = condition.version
        if condition.due_on is not None and (condition.due_on - today).days <= CONDITION_NEAR_DAYS:
            yield Item("close_condition", condition.public_id, version, version.stage_since, condition.due_on)
    loose = Condition.objects.filter(Q(owner=None) | Q(due_on=None), closed_at=None, version__in=_all(user, "screen"))
    for condition in loose.select_related("version"):
        yield Item("complete_condition", condition.public_id, condition.version, condition.version.stage_since)


CONDITION_NEAR_DAYS = 14


def _all(user: User, grant: str) -> QuerySet[Version]:
    return granted(user, grant)


def _questions(user: User) -> Iterator[Item]:
    """What reviewers asked and nobody answered."""
    rows = SeatQuestion.objects.filter(answered_at=None, seat__panel__version__in=_all(user, "screen"))
    for question in rows.select_related("seat__panel__version"):
        yield Item("answer_question", question.public_id, question.seat.panel.version, question.asked_at)


def _rosters(user: User) -> Iterator[Item]:
    """Rosters that a second person signs."""
    rows = Cohort.objects.filter(version__in=_all(user, "screen"), signed_off_by=None, closed_at=None)
    rows = rows.exclude(made_by=user).exclude(enrolments__learner=user)
    for cohort in rows.annotate(learners=Count("enrolments")).filter(learners__gt=0).select_related("version"):
        version = cohort.version
        yield Item(
            "sign_roster", cohort.public_id, version, version.stage_since, cohort.starts_on, count=cohort.learners
        )


def _awards(user: User) -> Iterator[Item]:
    """Results that can be awarded today, by cohort; the grantor's own work and own learning excepted."""
    ready = Q(enrolments__stage__in=AWARDABLE) & ~Q(enrolments__learner=user)
    rows = Cohort.objects.filter(
        version__in=granted(user, "grant").filter(stage__in=ISSUING, issuing_paused=False, on_hold=False)
    ).annotate(ready=Count("enrolments", filter=ready, distinct=True))
    for cohort in rows.filter(ready__gt=0).select_related("version"):
        yield Item("award", cohort.public_id, cohort.version, cohort.version.stage_since, count=cohort.ready)


def revocations_asked(user: User) -> list[Decision]:
    """Revocations that wait for this person as the second one: asked by somebody else, and not heard by this person."""
    asked = Q()
    for name, kind in KINDS.items():
        asked |= Q(answers__kind=name, version__in=_all(user, kind.confirms))
    rows = Decision.objects.filter(asked, choice="ask_revocation").exclude(actor=user)
    rows = rows.exclude(appeals__outcome=Outcome.VARY)
    heard = str(user.public_id)
    asked_for = rows.select_related("version", "actor").order_by("decided_at")
    return [decision for decision in asked_for if heard not in decision.answers.get("panel", [])]


def _revocations(user: User) -> Iterator[Item]:
    """Revocations that wait for their second person, while the badge is still live."""
    asked = revocations_asked(user)
    now = present_ids({str(decision.answers["badge"]) for decision in asked})
    live = live_badges(set(now.values()))
    for decision in asked:
        if now[str(decision.answers["badge"])] in live:
            yield Item("confirm_revocation", decision.public_id, decision.version, decision.decided_at)


def _appeals(user: User) -> Iterator[Item]:
    """Appeals that need their three people, for the office; and those where this person's finding is awaited."""
    unseated = Appeal.objects.filter(version__in=_all(user, "screen"), seated_at=None, decided_at=None)
    for appeal in unseated.exclude(filed_by=user).select_related("version"):
        yield Item("seat_appeal", appeal.public_id, appeal.version, appeal.filed_at, appeal.due_on)
    mine = Appeal.objects.filter(seats__person=user, seats__voted_at=None, decided_at=None)
    for appeal in mine.select_related("version"):
        yield Item("decide_appeal", appeal.public_id, appeal.version, appeal.filed_at, appeal.due_on)


def items(user: User) -> list[Item]:
    """Everything that waits for this person: what is due first stands first, then what has waited longest."""
    found = [
        item
        for finder in (
            _stages,
            _entries,
            _open_rounds,
            _seats,
            _vacant,
            _conditions,
            _questions,
            _rosters,
            _awards,
            _revocations,
            _appeals,
        )
        for item in finder(user)
    ]
    return sorted(found, key=_order)


def _order(item: Item) -> tuple[date, datetime]:
    return (item.due or date.max, item.since)


def returned(user: User) -> list[Version]:
    """Versions that were sent back and whose answers are awaited."""
    asked = ChangeRequest.objects.filter(version=OuterRef("pk"), answered_at=None)
    rows = granted(user, "audit").filter(Exists(asked), stage__in=[Stage.DRAFT, Stage.ASSESSMENT_DESIGN])
    return list(rows.select_related("proposer").order_by("stage_since"))


UNDER_WAY = [stage for stage in Stage if STATIONS[stage].stop is not None and stage not in {Stage.DRAFT, Stage.ACTIVE}]


def with_others(user: User, mine: Iterable[Item]) -> list[Version]:
    """Versions under way that wait for somebody else, the longest first."""
    own = {item.version.pk for item in mine}
    rows = granted(user, "audit").filter(stage__in=UNDER_WAY).exclude(pk__in=own)
    due = Min("panels__due_at", filter=Q(panels__closed_at=None))
    return list(
        rows.select_related("proposer").annotate(due_at=due).order_by(F("due_at").asc(nulls_last=True), "stage_since")
    )


def found(user: User, *, stage: str = "", words: str = "") -> QuerySet[Version]:
    """Every version that this person reads as a member of the quality office, by stage and by words."""
    rows = granted(user, "audit").select_related("proposer", "micro_credential").order_by("-stage_since")
    if stage in Stage.values:
        rows = rows.filter(stage=stage)
    for word in words.split():
        rows = rows.filter(
            Q(title_en__icontains=word)
            | Q(title_fr__icontains=word)
            | Q(micro_credential__code__icontains=word)
            | Q(proposer__name__icontains=word)
        )
    return rows

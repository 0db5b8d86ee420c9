"""What time does to an award and its badge (`lifecycle.md` 5, 10, 12): one function for the clock, safe to run twice.

Each step finds what is due from the rows and the ledger, and does it by the same door as a person would: an act that
was done, or that somebody else just did, is found done and left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from credentials import life
from credentials.errors import WrongStatus
from credentials.models import Credential
from workflows import ledger
from workflows.actions.awarding import opened_badge
from workflows.actions.stating import ENDED, close_held
from workflows.award_course import AwardPassage, opened_award, stream_of
from workflows.errors import Refusal
from workflows.models import AwardStage, Enrolment, EvidenceItem
from workflows.policy import due_on

UNCLAIMED_AFTER = timedelta(days=30)
REMINDED_AFTER = (timedelta(days=15), timedelta(days=24))
SUSPENSION_DAYS = 20  # business days
COOLING_OFF = timedelta(days=7)
EXPIRY_NOTICES = (7, 30, 90)  # calendar days before; the nearest one alone is sent when several are due
LAPSES = {AwardStage.INVITED, AwardStage.ENROLLED, AwardStage.NOT_YET}
LAPSE_NOTICES = 2
BETWEEN_NOTICES = timedelta(days=14)


def fire_award_clocks(now: datetime | None = None) -> dict[str, int]:
    """Do everything that is due at this moment; how often each thing was done."""
    moment = now or timezone.now()
    steps: dict[str, Callable[[datetime], int]] = {
        "unclaimed": _unclaimed,
        "suspensions_lapsed": _suspensions_lapsed,
        "surrendered": _surrendered,
        "expired": _expired,
        "expiry_notices": _expiry_notices,
        "lapsed": _lapsed,
        "held_closed": _held_closed,
        "evidence_deleted": _evidence_deleted,
    }
    return {name: step(moment) for name, step in steps.items()}


def _each(credentials: Iterable[Credential], act: Callable[[AwardPassage, Credential], None]) -> int:
    """Do one act on each badge in a transaction of its own; whoever came first is not disturbed."""
    done = 0
    for credential in credentials:
        try:
            with opened_badge(credential, None) as passage:
                act(passage, credential)
        except WrongStatus:
            continue
        done += 1
    return done


def _said(passage: AwardPassage, type_: str, **data: Any) -> bool:
    """True when the stream of this award already holds this event."""
    events = ledger.events_of(stream_of(passage.enrolment), type_=type_)
    return any(data.items() <= event.data.items() for event in events)


def _unclaimed(now: datetime) -> int:
    """C3: two reminders, then unclaimed; the offer stays open without a public page."""
    waiting = Credential.objects.filter(
        Q(status=Credential.Status.PREPARED, acceptance="")
        | Q(status=Credential.Status.ISSUED, acceptance=Credential.Acceptance.OFFERED),
        awarded_at__lte=now - REMINDED_AFTER[0],
    )

    def act(passage: AwardPassage, credential: Credential) -> None:
        badge, age = str(credential.public_id), now - (credential.offered_at or credential.awarded_at)
        if age >= UNCLAIMED_AFTER:
            life.unclaim(credential=credential)
            passage.record("unclaim_badge", badge=badge)
            return
        due = [n + 1 for n, after in enumerate(REMINDED_AFTER) if age >= after]
        if not due or _said(passage, "remind_badge", badge=badge, reminder=due[-1]):
            raise WrongStatus
        passage.record("remind_badge", badge=badge, reminder=due[-1])

    return _each(waiting.order_by("pk"), act)


def _suspensions_lapsed(now: datetime) -> int:
    """C4: an interim order that nobody confirmed ends by itself after 20 days."""
    today = timezone.localtime(now).date()

    def act(passage: AwardPassage, credential: Credential) -> None:
        since = credential.suspended_at
        if since is None or today <= due_on(timezone.localtime(since).date(), SUSPENSION_DAYS, ()):
            raise WrongStatus
        life.reinstate(credential=credential)
        passage.record("reinstate_badge", badge=str(credential.public_id), by="time")

    return _each(Credential.objects.filter(status=Credential.Status.SUSPENDED).order_by("pk"), act)


def _surrendered(now: datetime) -> int:
    """C7: the cooling-off time has passed."""

    def act(passage: AwardPassage, credential: Credential) -> None:
        if credential.surrender_asked_at is None or credential.surrender_asked_at > now - COOLING_OFF:
            raise WrongStatus
        life.revoke(credential=credential)
        passage.record("surrender_badge", badge=str(credential.public_id))

    asked = Credential.objects.filter(status=Credential.Status.ISSUED, surrender_asked_at__lte=now - COOLING_OFF)
    return _each(asked.order_by("pk"), act)


def _expired(now: datetime) -> int:
    """C8: the last day has passed."""

    def act(passage: AwardPassage, credential: Credential) -> None:
        life.expire(credential=credential, now=now)
        passage.record("expire_badge", badge=str(credential.public_id))

    over = Credential.objects.filter(status=Credential.Status.ISSUED, valid_until__lte=now)
    return _each(over.order_by("pk"), act)


def _expiry_notices(now: datetime) -> int:
    """C8: notices 90, 30 and 7 days before the end, each once."""

    def act(passage: AwardPassage, credential: Credential) -> None:
        assert credential.valid_until is not None
        left = credential.valid_until - now
        days = next(days for days in EXPIRY_NOTICES if left <= timedelta(days=days))
        if _said(passage, "warn_of_expiry", badge=str(credential.public_id), days=days):
            raise WrongStatus
        passage.record("warn_of_expiry", badge=str(credential.public_id), days=days)

    soon = Credential.objects.filter(
        status=Credential.Status.ISSUED,
        valid_until__gt=now,
        valid_until__lte=now + timedelta(days=max(EXPIRY_NOTICES)),
    )
    return _each(soon.order_by("pk"), act)


def _lapsed(now: datetime) -> int:
    """A11: the cohort is over and the learner's turn; two notices, two weeks apart, and two weeks later it lapses."""
    today, done = timezone.localtime(now).date(), 0
    for enrolment in Enrolment.objects.filter(stage__in=LAPSES, cohort__ends_on__lt=today).order_by("pk"):
        with opened_award(enrolment_id=enrolment.pk, actor=None) as passage:
            if passage.enrolment.stage not in LAPSES:
                continue
            told = ledger.events_of(stream_of(passage.enrolment), type_="remind_learner")
            if told and now - datetime.fromisoformat(told[-1].at) < BETWEEN_NOTICES:
                continue
            if len(told) < LAPSE_NOTICES:
                passage.record("remind_learner", notice=len(told) + 1)
            else:
                passage.move("lapse")
                done += 1
    return done


def _held_closed(_now: datetime) -> int:
    """A12: results on hold of a version that was rejected or withdrawn."""
    held = Enrolment.objects.filter(stage=AwardStage.HELD, cohort__version__stage__in=ENDED)
    done = 0
    for enrolment in held.order_by("pk"):
        try:
            close_held(enrolment_id=enrolment.pk)
        except Refusal:
            continue
        done += 1
    return done


def _evidence_deleted(now: datetime) -> int:
    """After its time of keeping the content of an item goes; digest and name stay."""
    today, done = timezone.localtime(now).date(), 0
    over = EvidenceItem.objects.filter(delete_after__lt=today, deleted_at=None)
    for item in over.order_by("pk"):
        with opened_award(enrolment_id=item.enrolment_id, actor=None) as passage:
            gone = EvidenceItem.objects.filter(pk=item.pk, deleted_at=None).update(deleted_at=now, content=None)
            if gone:
                passage.record("delete_evidence", item=str(item.public_id), digest=item.digest)
                done += 1
    return done

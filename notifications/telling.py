"""From one ledger event to its deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from notifications import links, told, webhooks, wording
from notifications.audiences import Case, Recipient
from notifications.models import Channel, Delivery
from people.among import among
from people.wakeups import after_commit
from workflows.award_course import stream_of
from workflows.models import Enrolment, LedgerEvent, OutboxEvent, Version

VERSIONS = Version.objects.select_related("institution", "proposer", "academic_lead")
ENROLMENTS = Enrolment.objects.select_related("learner", "cohort__version__institution")


def case_of(event: LedgerEvent) -> Case | None:
    """What an event is about, or None when its stream belongs to no version and no award."""
    kind, _colon, public_id = event.stream.partition(":")
    if kind == "version":
        version = VERSIONS.get(public_id=public_id)
        return Case(event, version)
    if kind == "award":
        enrolment = ENROLMENTS.get(public_id=public_id)
        return Case(event, enrolment.cohort.version, enrolment)
    return None


@transaction.atomic
def tell(outbox: OutboxEvent) -> dict[str, Any]:
    """Write the deliveries of an event; a second run finds them there. Whoever acted is not told of the own act."""
    event = outbox.event
    webhooks.spread(event)
    notices = told.notices_of(event.stream, event.type)
    case = case_of(event) if notices else None
    if case is None:
        return {}
    Delivery.objects.bulk_create(_composed(case, notices), ignore_conflicts=True)
    for delivery in Delivery.objects.filter(event=event, channel=Channel.MAIL, done_at=None).order_by("pk"):
        after_commit(delivery)
    return {}


@transaction.atomic
def tell_many(works: Sequence[OutboxEvent]) -> None:
    """The same for many events, written by one statement. Their mails are left to the sweeper, which paces them."""
    events = LedgerEvent.objects.in_bulk([work.event_id for work in works])
    enrolments = _enrolments_of(event for event in events.values() if told.notices_of(event.stream, event.type))
    listened = webhooks.listened_to({event.organization for event in events.values() if event.organization})
    rows: list[Delivery] = []
    for work in works:
        event = events[work.event_id]
        if event.organization in listened:
            webhooks.spread(event)
        notices = told.notices_of(event.stream, event.type)
        enrolment = enrolments.get(event.stream)
        case = Case(event, enrolment.cohort.version, enrolment) if enrolment is not None else None
        if notices and case is None:
            case = case_of(event)
        if notices and case is not None:
            rows += _composed(case, notices)
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def _enrolments_of(events: Iterable[LedgerEvent]) -> dict[str, Enrolment]:
    """The courses that events are about, by stream."""
    streams = {event.stream for event in events if event.stream.startswith("award:")}
    rows = ENROLMENTS.filter(among("public_id", [stream.partition(":")[2] for stream in streams], "uuid"))
    return {stream_of(row): row for row in rows}


def _composed(case: Case, notices: Sequence[told.Notice]) -> list[Delivery]:
    """What each person is told of an event, once each."""
    rows: dict[tuple[int, str], Delivery] = {}
    for notice in notices:
        for recipient in notice.audience(case):
            if str(recipient.person.public_id) == case.event.actor or (recipient.person.pk, Channel.MAIL) in rows:
                continue
            for delivery in _deliveries(case, notice, recipient):
                rows[delivery.recipient_id, delivery.channel] = delivery
    return list(rows.values())


def _deliveries(case: Case, notice: told.Notice, recipient: Recipient) -> list[Delivery]:
    """By mail to everybody; also in the list of the portal to those who have an account."""
    person = recipient.person
    with translation.override(person.language):
        subject, text = wording.notice(notice, case, recipient.door)
    now = timezone.now()
    common = {
        "event": case.event,
        "recipient": person,
        "kind": case.event.type,
        "language": person.language,
        "subject": subject,
        "text": text,
        "path": links.path(case, recipient),
    }
    mail = Delivery(channel=Channel.MAIL, invitation=recipient.link, asks=notice.asks, **common)
    if person.is_guest:
        return [mail]
    return [mail, Delivery(channel=Channel.IN_APP, done_at=now, sent_at=now, **common)]

"""What a person does with notices and with work that was set aside."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from notifications.leases import WORK
from notifications.models import Alert, Channel, Delivery
from notifications.queries import alerts_of
from people.models import User
from people.wakeups import after_commit
from workflows.errors import NotYours


def mark_read(*, notice_id: UUID, actor: User) -> Delivery:
    """Mark one notice of one's own list as read; a second time changes nothing."""
    notice = Delivery.objects.filter(public_id=notice_id, recipient=actor, channel=Channel.IN_APP).first()
    if notice is None:
        raise NotYours
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(*, actor: User) -> int:
    """Mark everything in one's own list as read, and answer how many were not yet."""
    unread = Delivery.objects.filter(recipient=actor, channel=Channel.IN_APP, read_at=None)
    return unread.update(read_at=timezone.now())


@transaction.atomic
def try_again(*, alert_id: int, actor: User) -> Alert:
    """Close an alert and give its work three new starts, at once. Raises `NotYours` for an alert of others."""
    alert = next((alert for alert in alerts_of(actor) if alert.pk == alert_id), None)
    if alert is None or not Alert.objects.filter(pk=alert_id, closed_at=None).update(
        closed_at=timezone.now(), closed_by=actor
    ):
        raise NotYours
    table, _colon, public_id = alert.work.partition(":")
    model = next(model for model in WORK if model._meta.model_name == table)
    work = model._default_manager.get(public_id=public_id)
    work.set_aside_at, work.next_at, work.starts = None, None, 0
    work.save(update_fields=["set_aside_at", "next_at", "starts"])
    after_commit(work)
    return alert

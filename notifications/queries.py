"""What a person may read of the notices, person first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Now

from notifications import beats
from notifications.leases import WORK
from notifications.models import WORKER, Alert, Channel, Delivery
from people.models import Membership, Role, User

SHOWN = 200


def notices_of(user: User) -> list[Delivery]:
    """This person's notices in the portal, newest first."""
    rows = Delivery.objects.filter(recipient=user, channel=Channel.IN_APP)
    return list(rows.order_by("-pk")[:SHOWN])


def unread_count(user: User) -> int:
    """How many of them were not read yet."""
    return Delivery.objects.filter(recipient=user, channel=Channel.IN_APP, read_at=None).count()


def alerts_of(user: User) -> list[Alert]:
    """Work that was set aside and that this person can try again: of the own institutions, and all for operators.

    What belongs to no institution, such as a code to sign in, is shown to administrators.
    """
    live = Membership.objects.filter(user=user, ended_at=None)
    caring = live.filter(role__in=(Role.QA_OFFICER, Role.ADMINISTRATOR))
    mine = Q(institution__in=caring.values("organization"))
    if live.filter(role=Role.ADMINISTRATOR).exists():
        mine |= Q(institution=None)
    rows = Alert.objects.filter(closed_at=None)
    return list((rows if user.is_superuser else rows.filter(mine)).order_by("-pk")[:SHOWN])


@dataclass(frozen=True)
class Machinery:
    """How the delivery of notices stands, for the health view."""

    oldest_waiting: datetime | None
    waiting: int
    set_aside: int
    worker: datetime | None


def machinery() -> Machinery:
    """The oldest work that could be done now and is not, how much waits or was set aside, the worker's last beat."""
    firsts, waiting = [], 0
    for model in WORK:
        rows = model._default_manager.filter(done_at=None, set_aside_at=None)
        waiting += rows.count()
        first = rows.filter(Q(next_at=None) | Q(next_at__lte=Now())).order_by("pk").first()
        if first is not None:
            firsts.append(first.next_at or first.created_at)
    beat = beats.beats().get(WORKER)
    return Machinery(
        oldest_waiting=min(firsts, default=None),
        waiting=waiting,
        set_aside=Alert.objects.filter(closed_at=None).count(),
        worker=beat.at if beat is not None else None,
    )

"""What a person may read of the notices, person first."""

from __future__ import annotations

from django.db.models import Q

from notifications.models import Alert, Channel, Delivery
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

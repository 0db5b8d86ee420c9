"""What is told to whom and whether it arrived; what needs a person's eye; when the machinery last ran."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Invitation, Language, Organization
from people.work import Work
from workflows.models import LedgerEvent

WORKER = "worker"  # the name of the worker's beat


class Channel(models.TextChoices):
    """How a notice reaches its person."""

    MAIL = "mail", _("e-mail")
    IN_APP = "in_app", _("list in the portal")


class DeliveryState(models.TextChoices):
    """Where one delivery stands; computed from its row, never stored."""

    PENDING = "pending", _("waiting to be sent")
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("no longer needed")
    SET_ASIDE = "set_aside", _("set aside")


class Delivery(Work):
    """One notice of one ledger event to one person by one channel, in the person's language.

    A link by mail carries a token; the token is made when the mail is made and stands in no row.
    """

    event = models.ForeignKey(LedgerEvent, on_delete=models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    kind = models.CharField(max_length=60, help_text="The notice's name in `notifications.told`.")
    language = models.CharField(max_length=2, choices=Language.choices)
    subject = models.CharField(max_length=300)
    text = models.TextField(help_text="Without the link.")
    path = models.CharField(max_length=300, help_text="Where the notice leads, without any token.")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    asks = models.BooleanField(default=False, help_text="Dropped when its link has ended before it left.")
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(Work.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "recipient", "channel"], name="one_delivery_per_channel")
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def state(self) -> DeliveryState:
        """Where this delivery stands."""
        if self.set_aside_at is not None:
            return DeliveryState.SET_ASIDE
        if self.sent_at is not None:
            return DeliveryState.SENT
        return DeliveryState.PENDING if self.done_at is None else DeliveryState.DROPPED


class WebhookEndpoint(models.Model):
    """An address to which an institution lets the events of its record be sent."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    institution = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list, help_text="Such as `version` for all of a kind, or `version.approve`.")
    secret = models.BinaryField(help_text="Sealed by a key outside the database.")
    old_secret = models.BinaryField(null=True, help_text="Signs beside the new one until `old_until`.")
    old_until = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=20, blank=True, help_text="`person`, or `gone`: it answered 410.")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(Work):
    """One event to one endpoint; the same public id with every try, so that a receiver knows a repeat."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(LedgerEvent, on_delete=models.PROTECT, null=True, help_text="Empty: a test.")
    asked_at = models.DateTimeField(default=timezone.now, help_text="From here its days are counted.")
    answered = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The status of the last answer.")
    tries = models.PositiveIntegerField(default=0)

    class Meta(Work.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_endpoint")
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def state(self) -> DeliveryState:
        """Where it stands."""
        if self.set_aside_at is not None:
            return DeliveryState.SET_ASIDE
        if self.done_at is None:
            return DeliveryState.PENDING
        return DeliveryState.SENT if 200 <= (self.answered or 0) < 300 else DeliveryState.DROPPED


class Alert(models.Model):
    """Work that was set aside: somebody of the quality office or an administrator looks at it and tries again."""

    work = models.CharField(max_length=80, help_text="The table and public id of the work, such as `delivery:<uuid>`.")
    trouble = models.CharField(max_length=200)
    institution = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: administrators only."
    )
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["work"], condition=models.Q(closed_at__isnull=True), name="one_open_alert_per_work"
            )
        ]

    def __str__(self) -> str:
        return f"{self.work}: {self.trouble}"


class Beat(models.Model):
    """When a part of the machinery last ran: each job of the clock, and the worker."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    trouble = models.CharField(max_length=200, blank=True, help_text="The last kind of error; empty when it went well.")

    def __str__(self) -> str:
        return self.name

"""Keys of organizations, and what stops their use."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organization


class SigningKey(models.Model):
    """One Ed25519 key of an organization; the private half is wrapped by a key outside the database.

    It goes one way: prepared, active, retired. From each of these it may be marked compromised, and that is for ever.
    """

    class Purpose(models.TextChoices):
        BADGES = "badges", _("badges")
        ENDORSEMENTS = "endorsements", _("endorsements")
        STATUS = "status", _("status lists")
        CHECKPOINTS = "checkpoints", _("checkpoints")

    class Status(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")
        COMPROMISED = "compromised", _("compromised")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="signing_keys")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    public_multibase = models.CharField(max_length=80, unique=True)
    wrapped = models.BinaryField()
    wrapped_with = models.CharField(max_length=120, default="", help_text="The name of the wrapping key.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    created_at = models.DateTimeField(default=timezone.now)
    compromised_since = models.DateTimeField(null=True, blank=True, help_text="Others may have signed from then on.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organization", "purpose"],
                condition=models.Q(status="active"),
                name="one_active_key_per_purpose",
            ),
            models.CheckConstraint(
                condition=models.Q(status="compromised", compromised_since__isnull=False)
                | models.Q(~models.Q(status="compromised"), compromised_since__isnull=True),
                name="a_compromised_key_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.purpose}"


class IssuingStop(models.Model):
    """Nothing is signed for learners while one of these is open (`promises.md` 2): of one issuer, or of all."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="issuing_stops", null=True, blank=True
    )
    reason = models.TextField()
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_open_stop_of_issuing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization or '*'} · {self.began_at:%Y-%m-%d %H:%M}"


class KeyDrill(models.Model):
    """What follows from one compromised key, from the first step to the last; while it is open nothing is issued."""

    key = models.OneToOneField(SigningKey, on_delete=models.PROTECT, related_name="drill")
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.key} · {self.began_at:%Y-%m-%d %H:%M}"

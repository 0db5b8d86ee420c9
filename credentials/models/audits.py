"""Tables of the audit: how far it has read, and what it found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from credentials.models.badges import Credential


class AuditRound(models.Model):
    """One reading of every stored badge, a portion each hour; the next begins when it has ended."""

    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    last = models.BigIntegerField(default=0, help_text="The row that was read last.")
    read = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ended_at"], name="one_open_round_of_audit", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} · {self.read}"


class AuditFinding(models.Model):
    """A badge that is not as it was signed; `gone_at` when a later reading found it whole again."""

    badge = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="findings")
    reason = models.CharField(max_length=200)
    found_at = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["badge"], condition=models.Q(gone_at__isnull=True), name="one_open_finding_per_badge"
            )
        ]

    def __str__(self) -> str:
        return f"{self.badge} · {self.reason}"

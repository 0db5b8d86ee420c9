"""Status lists and their indices."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from people.models import Organization


class StatusList(models.Model):
    """A Bitstring Status List of one issuer; its document is always rebuilt from the entries."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="status_lists")
    purpose = models.CharField(max_length=20, default="revocation")
    size = models.PositiveIntegerField(default=131072)
    taken = models.PositiveIntegerField(default=0, db_default=0, help_text="How many of its indices were ever taken.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Since then no index is taken from it.")
    sequence = models.PositiveIntegerField(default=0)
    changes = models.PositiveBigIntegerField(default=0, help_text="Counts every change of a row that it shows.")
    shown = models.PositiveBigIntegerField(default=0, help_text="The count up to which its documents are true.")
    document = models.JSONField(null=True, blank=True)
    suspensions = models.JSONField(null=True, blank=True, help_text="The second signed list, of purpose suspension.")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(size__gte=131072), name="status_list_is_large_enough")
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def due(self) -> bool:
        """True when a row changed since it was published, or when it never was."""
        return self.published_at is None or self.changes != self.shown


class StatusEntry(models.Model):
    """One index of one list, used once for ever."""

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="entries")
    index = models.PositiveIntegerField()
    revoked = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["status_list", "index"], name="one_use_per_status_index")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status_list", "index"], condition=models.Q(revoked=True), name="statusentry_revoked")
        ]

    def __str__(self) -> str:
        return f"{self.status_list} #{self.index}"


class ConformanceEntry(models.Model):
    """A status index of the conformance doors, whose lists are no organization's (docs/conformance.md)."""

    index = models.PositiveIntegerField(unique=True)
    credential = models.CharField(max_length=300, unique=True)
    revoked = models.BooleanField(default=False)
    suspended = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.credential} #{self.index}"

"""The record: hash-chained events per stream, signed checkpoints, and the outbox that notices are made from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from people.work import Work

# The events with which the course of a proposal ends in a decision.
DECIDED = ("approve", "approve_with_conditions", "reject_at_relevance", "reject_pilot", "reject_final")


class LedgerEvent(models.Model):
    """One act, chained to the one before it in its stream (`promises.md` 10). Append-only by trigger."""

    stream = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    type = models.CharField(max_length=60)
    actor = models.CharField(max_length=80, help_text="Public id of the person, or `system`.")
    role = models.CharField(max_length=40, blank=True)
    organization = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)
    at = models.CharField(max_length=40, help_text="RFC 3339 with offset, exactly as hashed.")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="one_event_per_sequence")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Times per stage and forecasts read the moves of versions and nothing else.
            models.Index(
                fields=["organization", "stream", "sequence"],
                condition=models.Q(stream__startswith="version:", data__has_key="to"),
                name="moves_of_versions",
            ),
            models.Index(
                fields=["organization", "id"], condition=models.Q(type__in=DECIDED), name="decisions_of_courses"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence} {self.type}"


class Checkpoint(models.Model):
    """A signed Merkle root over the heads of all streams, chained to the one before it. Append-only by trigger."""

    root = models.CharField(max_length=64)
    heads = models.JSONField(help_text="Those that moved since the checkpoint before: stream -> [sequence, hash].")
    signature = models.JSONField(default=dict, help_text="Per institution: {method, value}.")
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    form = models.PositiveSmallIntegerField(
        default=1, help_text="1: the heads themselves are signed; 2: their digest and number."
    )
    streams = models.PositiveIntegerField(default=0, help_text="How many streams the root covers; from form 2 on.")

    def __str__(self) -> str:
        return self.root[:12]


class OutboxEvent(Work):
    """Work that follows from one ledger event, written in its transaction; the broker only wakes."""

    event = models.OneToOneField(LedgerEvent, on_delete=models.PROTECT, related_name="outbox")

    def __str__(self) -> str:
        return str(self.event)

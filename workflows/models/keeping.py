"""Records of a version in use: suspensions, patches, reviews, yearly questions; and the timers of every clock."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from people.models import Invitation
from workflows.models.content import Version
from workflows.models.panels import Seat, Validation

USER = settings.AUTH_USER_MODEL


class Suspension(models.Model):
    """One interim order of T19; the committee confirms it in time, or it lapses."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="suspensions")
    from_stage = models.CharField(max_length=24, help_text="The stage that it goes back to when the order lapses.")
    reason = models.TextField()
    ordered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ordered_at = models.DateTimeField(default=timezone.now)
    confirm_by = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, help_text="lifted, lapsed or wound_down")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(ended_at__isnull=True), name="one_open_suspension"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.ordered_at:%Y-%m-%d}"


class Patch(models.Model):
    """A small change of a version in use (T23): the academic lead proposes it, an officer releases it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="patches")
    content = models.JSONField(help_text="The whole dossier with the change made.")
    facets = models.JSONField(help_text="The facets that change.")
    reason = models.TextField()
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.version} · {self.reason[:40]}"


class ReviewPack(models.Model):
    """What the system gathered when a review opened (T21). Never changed: the decision rests on it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="review_packs")
    trigger = models.CharField(max_length=80, help_text="Why the review opened, such as `date` or `demand`.")
    data = models.JSONField()
    digest = models.CharField(max_length=80)
    built_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.version} · {self.trigger}"


class DemandQuestion(models.Model):
    """Once a year a partner is asked whether what it said is in demand still is. An answer is no new signature."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    validation = models.ForeignKey(Validation, on_delete=models.PROTECT, related_name="questions")
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="demand_question")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    still = models.BooleanField(null=True)
    words = models.TextField(blank=True)
    language = models.CharField(max_length=2, blank=True)

    def __str__(self) -> str:
        return f"{self.validation} · {self.asked_at:%Y-%m-%d}"


class Timer(models.Model):
    """One moment at which the system looks again. A row is only ever added and fired, never moved."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="timers")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="timers", null=True, blank=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True, help_text="What it is about, such as a condition's id.")
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)
    starts = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=160, unique=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(fired_at__isnull=True), name="timers_that_wait")
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.due_at:%Y-%m-%d %H:%M}"

"""Challenges to decisions, and the three new people who decide each (`lifecycle.md` 12)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.models.awards import Enrolment
from workflows.models.content import Version
from workflows.models.panels import Decision

USER = settings.AUTH_USER_MODEL
DAYS_TO_FILE = DAYS_TO_DECIDE = timedelta(days=30)


class Ground(models.TextChoices):
    """On what an appeal rests."""

    PROCEDURE = "procedure", _("the procedure was not kept")
    BIAS = "bias", _("somebody who decided was not impartial")
    NEW_EVIDENCE = "new_evidence", _("there is evidence that could not be shown before")
    WRONG_FACT = "wrong_fact", _("a fact that it rests on is wrong")


class Outcome(models.TextChoices):
    """What the panel of an appeal decides."""

    STANDS = "stands", _("the decision stands")
    REASSESS = "reassess", _("the work is assessed anew, by others")
    VARY = "vary", _("the decision is set aside")
    REMIT = "remit", _("the case is to be decided anew")


class Appeal(models.Model):
    """A challenge to one decision; a new panel of three decides."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="appeals")
    filed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    against = models.CharField(max_length=20, help_text="The type of the event that is challenged.")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals")
    ground = models.CharField(max_length=40, choices=Ground.choices)
    statement = models.TextField()
    remedy = models.TextField(default="", help_text="What should change.")
    filed_at = models.DateTimeField(default=timezone.now)
    seated_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome.choices)
    reasons = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=models.Q(decided_at__isnull=True, enrolment__isnull=False),
                name="one_open_appeal_per_learner",
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(decided_at__isnull=True, enrolment__isnull=True),
                name="one_open_appeal_per_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.against} · {self.ground}"

    @property
    def due_on(self) -> date:
        """The last day on which it is to be decided."""
        return timezone.localtime(self.filed_at).date() + DAYS_TO_DECIDE


class AppealSeat(models.Model):
    """One of the three people, and what he or she found."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome.choices)
    reasons = models.TextField(blank=True)
    voted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["appeal", "person"], name="one_seat_per_person_and_appeal")
        ]

    def __str__(self) -> str:
        return str(self.person)

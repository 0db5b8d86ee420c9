"""What a learner shows: items with digest and retention, and the learner's consent per item and audience."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.models.awards import Attempt, Enrolment


class Visibility(models.TextChoices):
    """How far the learner lets an item be seen. Assessors and moderators always see it; the rest needs consent."""

    PRIVATE = "private", _("private reflection: those who assess it")
    ASSESSORS = "assessors", _("those who assess it, and the quality office")
    EMPLOYERS = "employers", _("also employers with your link")
    PUBLIC = "public", _("also everybody")


class EvidenceItem(models.Model):
    """One thing shown (`lifecycle.md` 10). After its retention the content goes; digest and name stay."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        FILE = "file", _("file")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="evidence")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="items", null=True, blank=True)
    task = models.CharField(max_length=40)
    what = models.CharField(max_length=200, blank=True, help_text="Which evidence of the task it is.")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    content = models.BinaryField(null=True, blank=True, help_text="Sealed by a key outside the database.")
    size = models.PositiveIntegerField(default=0)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=80)
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.ASSESSORS)
    withheld_at = models.DateTimeField(null=True, blank=True, help_text="A reviewer saw a third person in it.")
    made_at = models.DateTimeField(default=timezone.now)
    delete_after = models.DateField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.file_name or self.what or self.kind


class EvidenceConsent(models.Model):
    """The learner lets one audience see one item, from a day to a day; withdrawing ends future views."""

    item = models.ForeignKey(EvidenceItem, on_delete=models.CASCADE, related_name="consents")
    audience = models.CharField(max_length=20, choices=Visibility.choices)
    given_at = models.DateTimeField(default=timezone.now)
    ends_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["item", "audience"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_live_consent_per_audience",
            )
        ]

    def __str__(self) -> str:
        return f"{self.audience} · {self.item}"

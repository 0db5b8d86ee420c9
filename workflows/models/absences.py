"""When somebody is away, and who stands in meanwhile (`lifecycle.md` 6.5)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Absence(models.Model):
    """Somebody is away from a day to a day. Open seats go to the stand-in meanwhile; no clock stops for it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    said_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} · {self.starts_on:%Y-%m-%d}"

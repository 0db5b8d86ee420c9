"""What members of a committee write to each other before they decide."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from workflows.models.panels import Panel


class PanelNote(models.Model):
    """One remark in a round, about a section or the whole: private, or kept back for the letter of the decision."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    facet = models.CharField(max_length=40, blank=True, help_text="The section that it is about; empty for the whole.")
    text = models.TextField()
    goes_out = models.BooleanField(default=False, help_text="Meant for the letter, if the version is returned.")
    written_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.text[:60]

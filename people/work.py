"""Work that a worker does after the act has committed: the row is the truth (`promises.md` 2)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone


class Work(models.Model):
    """One piece of work, written in the transaction of the fact that it follows from.

    Open while neither done nor set aside. A worker takes it by a conditional update: `starts` is raised and the lease
    is written before the work begins, so that work which kills its worker is seen.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    starts = models.PositiveSmallIntegerField(default=0, help_text="Starts without an orderly end since the last one.")
    retries = models.PositiveIntegerField(default=0, help_text="Orderly retries, which lengthen the wait.")
    next_at = models.DateTimeField(null=True, blank=True, help_text="Not before this moment; empty is now.")
    lease_owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True, help_text="The last kind of error; never an address.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(done_at__isnull=True, set_aside_at__isnull=True),
                name="%(class)s_open",
            )
        ]

"""How an institution's rules change: drafts, and runs of an edition over the cases that are under way."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organization, User
from people.work import Work
from workflows.models.content import Policy, Version

USER = settings.AUTH_USER_MODEL


class PolicyDraft(models.Model):
    """A policy being written. `number` rises with every act on it; a stale page is refused by it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    institution = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="policy_drafts")
    begun_from = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(help_text="The policy in its text form, as it was saved last.")
    reason = models.TextField(blank=True, help_text="Why the rules change.")
    writers = models.ManyToManyField(User, related_name="+")
    number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    in_force_from = models.DateField(null=True, blank=True)
    put_forward_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    put_forward_at = models.DateTimeField(null=True, blank=True)
    seconded_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seconded_at = models.DateTimeField(null=True, blank=True)
    sent_back = models.TextField(blank=True, help_text="Why the committee sent it back, until it is put forward again.")
    edition = models.OneToOneField(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="draft")
    dropped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.institution} · {self.created_at:%Y-%m-%d}"

    @property
    def state(self) -> str:
        """Where it stands: written, put_forward, seconded, adopted or dropped."""
        if self.edition_id is not None:
            return "adopted"
        if self.dropped_at is not None:
            return "dropped"
        if self.seconded_at is not None:
            return "seconded"
        return "put_forward" if self.put_forward_at is not None else "written"


class PolicyRun(Work):
    """One pass of an edition, or of a draft, over every running case: a dry run, or the roll-out itself.

    It may be begun any number of times: each case's own finding says that it was done.
    """

    class Act(models.TextChoices):
        DRY_RUN = "dry_run", _("dry run")
        ROLL_OUT = "roll_out", _("roll-out")

    institution = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="policy_runs")
    act = models.CharField(max_length=10, choices=Act.choices)
    edition = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    data = models.JSONField(help_text="The rules that the cases are looked at with.")
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveIntegerField(help_text="How many cases were running when it was asked for.")
    summary = models.JSONField(null=True, blank=True, help_text="How many moved and how many stay, once it is over.")

    class Meta(Work.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["institution", "act"],
                condition=models.Q(done_at__isnull=True, set_aside_at__isnull=True),
                name="one_open_policy_run_per_act",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} · {self.data.get('policy', '')}"


class PolicyFinding(models.Model):
    """What one run found about one case, and whether the case moves, or moved."""

    run = models.ForeignKey(PolicyRun, on_delete=models.CASCADE, related_name="findings")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=24)
    before = models.CharField(max_length=60, help_text="The edition that the case was pinned to.")
    moves = models.BooleanField()
    changes = models.BooleanField(help_text="Whether anything is different for the case.")
    effect = models.JSONField()
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "version"], name="one_finding_per_case")
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.stage}"

"""How earners show badges to others and take them along."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from credentials.models.badges import Credential


class ShareLink(models.Model):
    """A link by which the earner shows a badge to somebody until a day, with chosen items. Only the hash is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="shares")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=120, help_text="For whom, in the earner's words; only the earner reads it.")
    items = models.JSONField(default=list, help_text="Public ids of the items of evidence that it shows.")
    created_at = models.DateTimeField(default=timezone.now)
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.public_id)


class ShareOpening(models.Model):
    """One moment at which a link was opened; only the earner sees it."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="openings")
    opened_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.link} · {self.opened_at:%Y-%m-%d %H:%M}"


class WalletOffer(models.Model):
    """One offer of a badge to its earner's wallet (`credentials.wallet`). Of what opens it only hashes are kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="wallet_offers")
    code_hash = models.CharField(max_length=64, unique=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often wrong digits were given.")
    created_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    token_ends_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    told = models.CharField(max_length=40, blank=True, help_text="What the wallet said became of the badge.")

    def __str__(self) -> str:
        return str(self.public_id)

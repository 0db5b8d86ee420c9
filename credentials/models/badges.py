"""Published achievements, endorsements of them, and badges, stored compactly."""

from __future__ import annotations

import json
import uuid
from functools import lru_cache
from typing import Any, ClassVar

import rfc8785
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials.compact import Shape
from credentials.models.lists import StatusEntry
from people.models import Organization


class PublishedAchievement(models.Model):
    """The public Achievement of one approved version."""

    public_id = models.UUIDField(unique=True, editable=False)
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="achievements")
    document = models.JSONField()
    snapshot_digest = models.CharField(max_length=80)
    facets = models.JSONField(default=dict, help_text="Digest of each facet of the published snapshot.")
    published_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.document.get("name", self.public_id))

    def is_bound(self, endorsement: Endorsement) -> bool:
        """True when an endorsement is about this very snapshot, or about parts of it that have not changed since."""
        if endorsement.snapshot_digest == self.snapshot_digest:
            return True
        covered: dict[str, str] = endorsement.facets
        return bool(covered) and all(self.facets.get(facet) == digest for facet, digest in covered.items())


class Endorsement(models.Model):
    """One signed EndorsementCredential over the exact snapshot of an achievement."""

    class Kind(models.TextChoices):
        DEMAND = "demand", _("in demand")
        JOB = "job_performance", _("reflects job performance")
        QUALITY = "quality_approval", _("quality approval")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="endorsements")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    achievement_url = models.CharField(max_length=300, db_index=True)
    snapshot_digest = models.CharField(max_length=80)
    facets = models.JSONField(default=dict, help_text="Digest of each facet that it covers.")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    entry = models.OneToOneField(StatusEntry, on_delete=models.PROTECT)
    document = models.JSONField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.issuer} · {self.kind}"


class BadgeTemplate(models.Model):
    """What many badges share, kept once under a name that follows from its content (`credentials.compact`)."""

    id = models.UUIDField(primary_key=True, editable=False)
    parts = models.JSONField(help_text="The texts around the places where badges differ.")
    places = models.JSONField(help_text="The names of these places, in their order.")

    def __str__(self) -> str:
        return str(self.id)


@lru_cache(maxsize=1024)
def shape_under(key: uuid.UUID) -> Shape:
    """The stored shape of this name; rows of templates never change."""
    row = BadgeTemplate.objects.get(pk=key)
    return Shape(tuple(row.parts), tuple(row.places))


class Credential(models.Model):
    """One signed badge for an award. Intent and status index are stored before anything is signed."""

    class Status(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        ISSUED = "issued", _("issued")
        SUSPENDED = "suspended", _("suspended")
        REVOKED = "revoked", _("revoked")
        REPLACED = "replaced", _("replaced")
        EXPIRED = "expired", _("expired")

    class Acceptance(models.TextChoices):
        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        UNCLAIMED = "unclaimed", _("unclaimed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="badges")
    achievement = models.ForeignKey(PublishedAchievement, on_delete=models.PROTECT, related_name="badges")
    award_reference = models.UUIDField(db_index=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="badges")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PREPARED)
    acceptance = models.CharField(max_length=20, choices=Acceptance.choices, blank=True)
    entry = models.OneToOneField(StatusEntry, on_delete=models.PROTECT)
    template = models.ForeignKey(BadgeTemplate, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    slots = models.JSONField(null=True, help_text="Its own values, stored before it is signed.")
    proof = models.JSONField(null=True, help_text="Method, moment and value of its signature.")
    text_digest = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of its text in RFC 8785 form.")
    whole_plan = models.JSONField(null=True, db_column="plan", help_text="As rows before compact storage kept it.")
    whole_document = models.JSONField(null=True, db_column="document")
    awarded_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True, help_text="Consent 2: to what the badge says.")
    name_shown = models.BooleanField(default=False, help_text="The earner wants the name in the badge itself.")
    offered_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaces", null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    surrender_asked_at = models.DateTimeField(null=True, blank=True)
    public = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["award_reference"],
                condition=models.Q(status__in=["prepared", "issued", "suspended"]),
                name="one_live_badge_per_award",
            ),
            models.CheckConstraint(
                condition=models.Q(template__isnull=False) | models.Q(whole_plan__isnull=False),
                name="a_badge_is_planned_first",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["entry"], condition=models.Q(status="suspended"), name="credential_suspended")
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def plan(self) -> dict[str, Any]:
        """The unsigned badge, stored before it was signed."""
        if self.template_id is None:
            return dict(self.whole_plan or {})
        return shape_under(self.template_id).document(self.slots or ())

    @property
    def text(self) -> str | None:
        """The signed badge in RFC 8785 form, rendered from its row; None before it is signed."""
        if self.proof is not None:
            return self.text_with(self.proof)
        return rfc8785.dumps(self.whole_document).decode() if self.whole_document is not None else None

    def text_with(self, proof: list[str]) -> str:
        """The badge in RFC 8785 form with this proof: method, moment, value."""
        assert self.template_id is not None
        return shape_under(self.template_id).text(self.slots or (), proof)

    @property
    def document(self) -> dict[str, Any] | None:
        """The signed badge; None before it is signed."""
        text = self.text
        return json.loads(text) if text is not None else None

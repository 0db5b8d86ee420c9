"""What is approved: initiative, micro-credential, version, snapshot, and the records that hang on them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from people.models import Organization
from workflows.models.searching import found_by
from workflows.stations import Stage


class Policy(models.Model):
    """One edition of an institution's rules as data (`lifecycle.md` 6.1). Never edited, only followed."""

    institution = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="policies")
    edition = models.CharField(max_length=60)
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    in_force_from = models.DateField(null=True, blank=True, help_text="For cases that begin from this day on.")
    reason = models.TextField(blank=True)
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    tightened_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="tightenings", null=True, blank=True,
        help_text="The institution's edition of which this one is stricter, for one initiative.",
    )  # fmt: skip
    initiative = models.ForeignKey(
        "Initiative", on_delete=models.PROTECT, related_name="policies", null=True, blank=True
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["institution", "edition"], name="one_policy_per_edition")
        ]

    def __str__(self) -> str:
        return self.edition


class Initiative(models.Model):
    """A project with partners; may hold several micro-credentials, each decided alone."""

    class Kind(models.TextChoices):
        CREATE = "create", _("create")
        PROTOTYPE = "prototype", _("prototype")
        RESEARCH = "research", _("research")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    institution = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="initiatives")
    title_en = models.CharField(max_length=300, blank=True)
    title_fr = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.CREATE)
    pilot_reference = models.CharField(max_length=80, blank=True, db_index=True)
    facts = models.JSONField(default=dict, blank=True, help_text="What was imported, as it was given.")
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True, help_text="What came of it, also where no credential did.")
    tightening = models.JSONField(default=dict, blank=True, help_text="Where its rules are stricter than the policy.")

    def __str__(self) -> str:
        return self.title_en or self.title_fr


class InitiativePartner(models.Model):
    """One organization's part in an initiative."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="partners")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    role = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="What was imported about it, unconfirmed.")

    def __str__(self) -> str:
        return str(self.organization)


class MicroCredential(models.Model):
    """The lasting identity of a micro-credential; its public page never disappears."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    institution = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="micro_credentials")
    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="micro_credentials")
    code = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["institution", "code"], name="one_code_per_institution")
        ]

    def __str__(self) -> str:
        return self.code


class Version(models.Model):
    """What is approved. `stage` moves only through `workflows.door`; `number` counts every change of the row."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    micro_credential = models.ForeignKey(MicroCredential, on_delete=models.PROTECT, related_name="versions")
    institution = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="versions")
    ordinal = models.PositiveIntegerField(default=1, help_text="First, second ... version of the micro-credential.")
    number = models.PositiveIntegerField(default=0, help_text="Rises with every act; a stale page is refused by it.")
    stage = models.CharField(max_length=24, choices=Stage.choices, default=Stage.DRAFT)
    stage_since = models.DateTimeField(default=timezone.now)
    stage_due_on = models.DateField(null=True, blank=True, help_text="When the stage's own clock ends.")
    title_en = models.CharField(max_length=200, blank=True)
    title_fr = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="en")
    content = models.JSONField(default=dict, help_text="The dossier as it stands now; frozen in snapshots.")
    snapshot = models.ForeignKey("Snapshot", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)
    framework_edition = models.CharField(max_length=20, default="1")
    unit = models.CharField(max_length=120, blank=True)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    academic_lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    duplicates_seen_at = models.DateTimeField(null=True, blank=True)
    moderated_before_use_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    registrar_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    screening = models.JSONField(default=dict, blank=True, help_text="The screening sheet of T3.")
    on_hold = models.BooleanField(default=False)
    hold_reason = models.TextField(blank=True)
    hold_until = models.DateField(null=True, blank=True)
    conditions_open = models.BooleanField(default=False)
    at_risk = models.BooleanField(default=False)
    issuing_paused = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)
    urgent_until = models.DateField(null=True, blank=True)
    last_start_on = models.DateField(null=True, blank=True)
    teach_out_ends_on = models.DateField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    fresh_sources = models.JSONField(
        default=list, blank=True, help_text="Sources of demand gathered for a review; they change no facet."
    )
    successor_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors")
    search = found_by()

    class Meta:
        permissions = (
            ("submit", "Propose and submit"),
            ("design", "Design assessment and run the pilot"),
            ("screen", "Screen, close rounds, hold"),
            ("decide", "Decide as a committee member"),
            ("chair", "Decide as the committee's chair"),
            ("register", "Sign the transcript rule"),
            ("activate", "Activate and issue"),
            ("grant", "Grant awards"),
            ("audit", "Read everything"),
        )
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["micro_credential", "ordinal"], name="one_version_per_ordinal")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["institution", "stage"]),
            models.Index(fields=["stage", "stage_since"], name="versions_by_stage"),
            GinIndex(fields=["search"], name="versions_by_words"),
        ]

    def __str__(self) -> str:
        return self.title_en or self.title_fr


class VersionUserObjectPermission(UserObjectPermissionBase):
    """Direct table of grants on versions to people."""

    content_object = models.ForeignKey(Version, on_delete=models.CASCADE)


class VersionGroupObjectPermission(GroupObjectPermissionBase):
    """Direct table of grants on versions to groups that mirror roles."""

    content_object = models.ForeignKey(Version, on_delete=models.CASCADE)


class Contribution(models.Model):
    """Who proposed, wrote or edited; separation of duties follows it (`lifecycle.md` 6.4)."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="contributions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    first_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "person"], name="one_contribution_per_person")
        ]

    def __str__(self) -> str:
        return str(self.person)


class Snapshot(models.Model):
    """One frozen content document with the digest of the whole and of each facet. Never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="snapshots")
    ordinal = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=80)
    facets = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "ordinal"], name="one_snapshot_per_ordinal")
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.ordinal}"


class ChangeRequest(models.Model):
    """A reason for one section of a returned proposal; the proposer answers it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="change_requests")
    facet = models.CharField(max_length=40)
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["version"], condition=models.Q(answered_at__isnull=True), name="unanswered_requests")
        ]

    def __str__(self) -> str:
        return f"{self.facet}: {self.text[:40]}"


class Condition(models.Model):
    """A promise demanded by a decision; closed by whoever set it, never by its owner."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="conditions")
    text = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at_gate = models.CharField(max_length=24)
    decision = models.ForeignKey("Decision", on_delete=models.PROTECT, related_name="conditions", null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    due_on = models.DateField(null=True, blank=True)
    blocks = models.CharField(max_length=40, blank=True, help_text="Verb that waits for it; empty when none does.")
    proof = models.TextField(blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["set_by"], condition=models.Q(closed_at__isnull=True), name="open_conditions")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Exemption(models.Model):
    """Comply or explain: why a clause that may be exempt is not met (`lifecycle.md` 2)."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="exemptions")
    clause = models.CharField(max_length=4)
    reason = models.TextField()
    tried = models.TextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField()

    def __str__(self) -> str:
        return self.clause


class Interest(models.Model):
    """An interest declared for one case by a person or an organization (`lifecycle.md` 6.3)."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="interests")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    kinds = models.JSONField(default=list, help_text="hires, sells, funds, delivers, owner, member, none")
    note = models.TextField(blank=True)
    declared_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return ", ".join(self.kinds)


class Agreement(models.Model):
    """Parties, rights and terms: partner agreement or a community's protocol (`lifecycle.md` 13)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="agreements")
    kind = models.CharField(max_length=30)
    parties = models.ManyToManyField(Organization)
    terms = models.JSONField(default=dict)
    in_force_from = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.kind


class Pathway(models.Model):
    """A ladder into a program: mapping, credit, conditions, dates."""

    micro_credential = models.ForeignKey(MicroCredential, on_delete=models.CASCADE, related_name="pathways")
    program = models.CharField(max_length=300)
    terms = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.program


class Stack(models.Model):
    """Parts of a whole: all, n of m, or ordered."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="stacks")
    title_en = models.CharField(max_length=200)
    title_fr = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=20, default="all")
    needed = models.PositiveSmallIntegerField(null=True, blank=True)
    parts = models.ManyToManyField(MicroCredential, related_name="stacks")

    def __str__(self) -> str:
        return self.title_en or self.title_fr


class Study(models.Model):
    """Research without a credential: instruments, consent, sample, findings."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="studies")
    record = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.initiative)


class Skill(models.Model):
    """One skill of a shared framework, in both languages; retired when an edition drops it."""

    uri = models.URLField(max_length=200, unique=True)
    label_en = models.CharField(max_length=300)
    label_fr = models.CharField(max_length=300, blank=True)
    alt_en = models.JSONField(default=list, blank=True)
    skill_type = models.CharField(max_length=40, blank=True)
    reuse_level = models.CharField(max_length=40, blank=True)
    edition = models.CharField(max_length=20)
    retired = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.label_en

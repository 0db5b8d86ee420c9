"""People who decide one thing: panels, seats, decisions, and the validations that follow from them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from viewflow.workflow.models import Process

from credentials.models import Endorsement
from people.models import Invitation, Organization
from workflows.models.content import Policy, Snapshot, Version


class PanelKind(models.TextChoices):
    """What a panel decides (`lifecycle.md` 3)."""

    RELEVANCE = "relevance", _("employer relevance review")
    ENDORSEMENT = "endorsement", _("partner endorsement")
    PILOT_APPROVAL = "pilot_approval", _("pilot approval")
    FINAL_APPROVAL = "final_approval", _("final approval")
    COMMUNITY = "community", _("community agreement")
    REVIEW = "review", _("periodic review")
    HEARING = "hearing", _("hearing")
    APPEAL = "appeal", _("appeal")


class Panel(Process):
    """One round of one panel over one snapshot. The viewflow process of its flow."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="panels")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="panels")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=PanelKind.choices)
    round = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "kind", "round"], name="one_panel_per_round"),
            models.UniqueConstraint(
                fields=["version", "kind"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_panel_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.round}"


class SeatState(models.TextChoices):
    """Where one place on a panel stands."""

    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    CARRIED = "carried", _("carried over")
    RECUSED = "recused", _("recused")
    NO_ANSWER = "no_answer", _("no answer")


class Seat(models.Model):
    """One place on a panel: whose voice, which weight, until when."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="seats")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    seat_class = models.CharField(max_length=30)
    independent = models.BooleanField(default=True)
    weight = models.PositiveSmallIntegerField(default=1)
    related_group = models.CharField(max_length=80, blank=True)
    outside_unit = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=SeatState.choices, default=SeatState.OPEN)
    opened_at = models.DateTimeField(
        default=timezone.now, help_text="When its person was asked; its clock runs from here."
    )
    due_at = models.DateTimeField()
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, null=True, blank=True, related_name="seat")
    draft = models.JSONField(default=dict, blank=True, help_text="Answers as typed, before they are given.")
    stands_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="Whose seat it is, while `person` stands in.",
    )  # fmt: skip
    stands_until = models.DateField(null=True, blank=True, help_text="The last day of standing in.")
    recusal_reason = models.TextField(blank=True)
    closing_reason = models.TextField(blank=True, help_text="Why the officer closed a silent seat.")

    class Meta:
        permissions = (("answer", "Answer in this seat"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["panel", "person"], name="one_seat_per_person_and_panel")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "panel"], condition=models.Q(state="open"), name="open_seats_of_person"),
            models.Index(fields=["panel"], condition=models.Q(state="open"), name="open_seats_of_panel"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.panel}"


class SeatUserObjectPermission(UserObjectPermissionBase):
    """Direct table of grants on seats to people."""

    content_object = models.ForeignKey(Seat, on_delete=models.CASCADE)


class SeatGroupObjectPermission(GroupObjectPermissionBase):
    """Direct table of grants on seats to groups."""

    content_object = models.ForeignKey(Seat, on_delete=models.CASCADE)


class SeatQuestion(models.Model):
    """What a reviewer asks before answering, and the reply of the institution."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["seat"], condition=models.Q(answered_at__isnull=True), name="unanswered_questions")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Decision(models.Model):
    """One answer of a seat, or a panel's outcome; frozen with what it rested on."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="decisions")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="decision")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    role = models.CharField(max_length=40)
    choice = models.CharField(max_length=40)
    reasons = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    form_edition = models.CharField(max_length=20, default="1")
    facets = models.JSONField(default=dict, help_text="Digest of each facet that this decision covers.")
    conformance = models.JSONField(default=list, help_text="The framework strip as it stood.")
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name_public = models.BooleanField(default=False)
    questions = models.JSONField(default=list, blank=True, help_text="The questions in the words that were shown.")
    language = models.CharField(max_length=2, blank=True, help_text="In which language the questions were answered.")
    signed_name = models.CharField(max_length=150, blank=True)
    signed_role = models.CharField(max_length=150, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True, help_text="When a mailed code proved the mailbox.")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["version"], condition=models.Q(choice="ask_revocation"), name="revocations_asked_for"),
        ]

    def __str__(self) -> str:
        return f"{self.choice} · {self.actor}"


class Suggestion(models.Model):
    """A suggestion of a supporter: it needs a reply, not consent, before the demand is confirmed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="suggestions")
    text = models.TextField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    replied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.text[:60]


class Validation(models.Model):
    """A partner's statement in force: 1 = in demand, 2 = the assessment reflects the job."""

    class Kind(models.TextChoices):
        DEMAND = "demand", _("in demand")
        JOB = "job_performance", _("reflects job performance")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="validations")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="validation")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    independent = models.BooleanField()
    assurance = models.CharField(max_length=1, default="b")
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True)
    endorsement = models.OneToOneField(Endorsement, on_delete=models.PROTECT, null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.organization}"

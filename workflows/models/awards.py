"""The course of one learner: cohort, enrolment, evidence, attempt, award."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.work import Work
from workflows.models.content import Version

USER = settings.AUTH_USER_MODEL


class AwardStage(models.TextChoices):
    """Stages of an award (`lifecycle.md` 5)."""

    INVITED = "invited", _("invited")
    ENROLLED = "enrolled", _("enrolled")
    SUBMITTED = "submitted", _("submitted")
    ASSESSING = "assessing", _("being assessed")
    NOT_YET = "not_yet", _("not yet competent")
    ASSESSED = "assessed", _("assessed")
    MODERATING = "moderating", _("in moderation")
    RECOMMENDED = "recommended", _("recommended")
    HELD = "held", _("on hold")
    AWARDED = "awarded", _("awarded")
    FAILED = "failed", _("not demonstrated")
    WITHDREW = "withdrew", _("withdrew")
    LAPSED = "lapsed", _("lapsed")
    CLOSED = "closed", _("closed")


class Cohort(models.Model):
    """Learners of one run; the roster is signed off by a second person."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=120)
    pilot = models.BooleanField(default=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    consent_text = models.JSONField(default=dict)
    stop_rule = models.TextField(blank=True)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    signed_off_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["version"],
                condition=models.Q(signed_off_by__isnull=True, closed_at__isnull=True),
                name="unsigned_rosters",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CohortAssessor(models.Model):
    """A person who may assess or moderate in a cohort, with the qualification declared."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="assessors")
    person = models.ForeignKey(USER, on_delete=models.PROTECT)
    qualification = models.CharField(max_length=300)
    moderator = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cohort", "person", "moderator"], name="one_assessor_place")
        ]

    def __str__(self) -> str:
        return str(self.person)


class Enrolment(models.Model):
    """One learner in a cohort. `stage` moves only through `workflows.award_course`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    learner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="enrolments")
    roster_name = models.CharField(max_length=150)
    student_number = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=20, choices=AwardStage.choices, default=AwardStage.INVITED)
    number = models.PositiveIntegerField(default=0)
    identity_level = models.CharField(max_length=40, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    consent = models.JSONField(default=dict)
    conflicts = models.JSONField(default=list, help_text="Public ids of assessors who declared a conflict.")
    renews = models.ForeignKey("self", on_delete=models.PROTECT, related_name="renewals", null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cohort", "learner"], name="one_enrolment_per_learner")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["cohort"], condition=models.Q(stage__in=["recommended", "held"]), name="results_to_award"
            )
        ]

    def __str__(self) -> str:
        return self.roster_name


class Attempt(models.Model):
    """One try: scores per criterion and the computed result."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    ordinal = models.PositiveSmallIntegerField()
    manifest = models.JSONField(default=list)
    own_work = models.BooleanField(default=False)
    prior_learning = models.BooleanField(default=False, help_text="Earlier learning, shown by other evidence.")
    tasks = models.JSONField(default=list, help_text="Codes of the tasks that this try covers.")
    submitted_at = models.DateTimeField(default=timezone.now)
    assessor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    scores = models.JSONField(default=dict, help_text="criterion code -> {level, comment}")
    passed = models.BooleanField(null=True)
    borderline = models.BooleanField(default=False)
    assessed_at = models.DateTimeField(null=True, blank=True)
    moderation_needed = models.BooleanField(default=False)
    moderator = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    moderation_note = models.TextField(blank=True)
    moderated_at = models.DateTimeField(null=True, blank=True)
    failure_reasons = models.TextField(blank=True, help_text="Why the last try ends the course; a moderator confirms.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrolment", "ordinal"], name="one_attempt_per_ordinal")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.ordinal}"


class PilotAnswer(models.Model):
    """One answer to the pilot evaluation F5, by a learner, an employer or staff."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="pilot_answers")
    audience = models.CharField(max_length=20)
    person = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True)
    answers = models.JSONField()
    answered_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.audience


class Award(models.Model):
    """The institution's act; once per (achievement, learner, occasion)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="awards")
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="award")
    learner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="awards")
    occasion = models.CharField(max_length=80)
    granted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    awarded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "learner", "occasion"], name="one_award_per_occasion")
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.learner}"


class CohortWork(Work):
    """An act on a whole cohort that a worker does: the row is the truth, and each learner's own row says how far it is.

    It may be begun any number of times: what is done is left out.
    """

    class Act(models.TextChoices):
        AWARD = "award", _("award")
        ISSUE = "issue", _("issue")
        REPLACE = "replace", _("replace")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="works")
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act.choices)
    kind = models.CharField(max_length=20, blank=True, help_text="Why badges are replaced: name, correction or key.")
    reason = models.TextField(blank=True)

    class Meta(Work.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["cohort", "act"],
                condition=models.Q(done_at__isnull=True, set_aside_at__isnull=True),
                name="one_open_work_per_act",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cohort} · {self.act}"


class Statement(models.Model):
    """A signed statement of results: what was shown, when no badge can be issued or not yet (A8, A12)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="statements")
    document = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.public_id)

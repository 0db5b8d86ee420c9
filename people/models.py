"""People, the organizations they act for, and what lets them act: memberships, invitations, codes by mail."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.work import Work


class UserManager(BaseUserManager["User"]):
    """Makes users by mail address; a person without a password signs in by a mailed code."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store one person; `password=None` leaves an unusable password."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store one technical operator (decides no case, `promises.md` H19)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Language(models.TextChoices):
    """The two languages of every page and message."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"


class User(AbstractBaseUser, PermissionsMixin):
    """One person. Rights come from memberships and seats, never from the account itself."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_guest = models.BooleanField(default=False, help_text="Acts by link only, without an account.")
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class OrganizationKind(models.TextChoices):
    """What an organization is; weights of voices follow from it (`lifecycle.md` 6.1)."""

    INSTITUTION = "institution", _("institution")
    EMPLOYER = "employer", _("employer")
    PUBLIC_EMPLOYER = "public_employer", _("public employer")
    SECTOR_BODY = "sector_body", _("sector body")
    INTERNAL_UNIT = "internal_unit", _("internal unit")
    COMMUNITY = "community", _("community")
    OTHER = "other", _("other organization")


class Organization(models.Model):
    """A legal entity or unit: an institution that issues, or a partner that reviews and endorses."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=OrganizationKind.choices)
    name_en = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200, blank=True)
    domain = models.CharField(max_length=200, blank=True, help_text="Verified mail domain; empty when none is.")
    url = models.URLField(blank=True)
    authority = models.CharField(max_length=300, blank=True, help_text="On what ground it may issue (clause E1).")
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in the other one."""
        french = (get_language() or "en").startswith("fr")
        return (self.name_fr or self.name_en) if french else (self.name_en or self.name_fr)


class Role(models.TextChoices):
    """What a person does for an organization (`lifecycle.md` 1)."""

    PROPOSER = "proposer", _("proposer")
    ACADEMIC_LEAD = "academic_lead", _("academic lead")
    QA_OFFICER = "qa_officer", _("quality assurance officer")
    COMMITTEE_MEMBER = "committee_member", _("committee member")
    COMMITTEE_CHAIR = "committee_chair", _("committee chair")
    REGISTRAR = "registrar", _("registrar")
    GRANTOR = "grantor", _("grantor")
    ISSUER = "issuer", _("issuer")
    ASSESSOR = "assessor", _("assessor")
    MODERATOR = "moderator", _("moderator")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")
    SIGNATORY = "signatory", _("partner signatory")
    REVIEWER = "reviewer", _("partner reviewer")


class Membership(models.Model):
    """One role of one person in one organization, from a day until it ends."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    unit = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=models.Q(ended_at__isnull=True),
                name="one_live_membership_per_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organization}"


class Invitation(models.Model):
    """A mailed link for one person and one task (`promises.md` 5). The token is stored only as a SHA-256."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    passed_on_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} · {self.expires_at:%Y-%m-%d}"


class MailCode(models.Model):
    """A six-digit code sent to a mailbox: ten minutes, five tries, one browser (`promises.md` 5.3)."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=80, help_text="What the code opens, such as `invitation:<uuid>`.")
    code_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} · {self.expires_at:%H:%M}"


class OutgoingMail(Work):
    """A mail that the ground floor asks for: a code, or word that the main address changed (`people.post`)."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("code to sign in")
        INVITATION = "invitation", _("code to open an invitation")
        SIGNATURE = "signature", _("code to sign a decision")
        MAILBOX = "mailbox", _("code to add an address")
        MAIN_CHANGED = "main_changed", _("the main address changed")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    good_until = models.DateTimeField(help_text="Not sent any more after this moment.")
    address = models.EmailField(blank=True, help_text="Where to, when not to the person's main address.")

    def __str__(self) -> str:
        return f"{self.kind} · {self.created_at:%H:%M}"


class AccessToken(models.Model):
    """What a program shows to act as one person in one institution; stored only as a SHA-256 (`people.tokens`)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    institution = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80, help_text="What it is for, in the words of its maker.")
    token_hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4, help_text="Its last letters, by which people tell tokens apart.")
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.label} · {self.ending}"


class AnsweredCall(models.Model):
    """The answer to a call that changed something: the same key with the same body gets it again, once done."""

    token = models.ForeignKey(AccessToken, on_delete=models.CASCADE, related_name="calls")
    key = models.CharField(max_length=100)
    asked = models.CharField(max_length=64, help_text="SHA-256 over method, address and body.")
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.status}"

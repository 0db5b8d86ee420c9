"""The badges of an institution as its quality office finds them: with award, learner, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from credentials.models import Credential
from people.models import User
from workflows.actions.revoking import pending
from workflows.dossier import Text
from workflows.errors import NotYours
from workflows.models import Award, Decision, Enrolment, Version
from workflows.queries import granted
from workflows.reissued import ids_of


@dataclass(frozen=True)
class Badge:
    """One badge with the award that it is for. `asked` is a revocation that waits for its second person."""

    credential: Credential
    award: Award
    asked: Decision | None = None

    @property
    def version(self) -> Version:
        """The version that it was earned in."""
        return self.award.version

    @property
    def title(self) -> Text:
        """The version's title in both languages."""
        return Text(en=self.version.title_en, fr=self.version.title_fr)

    @property
    def enrolment(self) -> Enrolment:
        """The learner's course."""
        return self.award.enrolment


def found(user: User, *, status: str = "", words: str = "") -> QuerySet[Credential]:
    """Every badge that this person reads as a member of the quality office, the newest first."""
    awards = Award.objects.filter(version__in=granted(user, "audit"))
    for word in words.split():
        awards = awards.filter(
            Q(learner__name__icontains=word)
            | Q(learner__email__icontains=word)
            | Q(enrolment__student_number__icontains=word)
            | Q(version__title_en__icontains=word)
            | Q(version__title_fr__icontains=word)
            | Q(version__micro_credential__code__icontains=word)
        )
    rows = Credential.objects.filter(award_reference__in=awards.values("public_id")).select_related("recipient")
    if status in Credential.Status.values:
        rows = rows.filter(status=status)
    return rows.order_by("-awarded_at", "-pk")


def counts(user: User) -> dict[str, int]:
    """How many badges of this person's institutions stand in each state."""
    rows = found(user).order_by().values_list("status").annotate(Count("pk"))
    return dict(rows)


def shelved(credentials: Iterable[Credential]) -> list[Badge]:
    """These badges with their awards, in one statement more."""
    rows = list(credentials)
    awards = Award.objects.select_related("version__micro_credential", "enrolment", "learner")
    by_reference = awards.in_bulk([row.award_reference for row in rows], field_name="public_id")
    return [Badge(row, by_reference[row.award_reference]) for row in rows]


def badge(public_id: UUID) -> Badge:
    """One badge, whoever asks; its page then asks whether the case is open to the reader. Raises `NotYours`."""
    rows = Credential.objects.select_related("recipient", "achievement", "replaced_by")
    credential = rows.filter(public_id=public_id).first()
    award = (
        Award.objects.filter(public_id=credential.award_reference) if credential is not None else Award.objects.none()
    )
    given = award.select_related("version", "enrolment__cohort", "granted_by", "learner").first()
    if credential is None or given is None:
        raise NotYours
    return Badge(credential, given, pending(credential))


def decisions(credential: Credential) -> QuerySet[Decision]:
    """What was decided and answered about a badge, the oldest first. The reasons are private."""
    rows = Decision.objects.filter(answers__badge__in=ids_of(credential)).select_related("actor")
    return rows.order_by("decided_at", "pk")

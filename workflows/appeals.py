"""What may be challenged, until when, and who may not judge it (`lifecycle.md` 6.4, 12). Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential
from people.models import Membership, Role, User
from workflows import ledger, rights
from workflows.actions import learning
from workflows.actions.revoking import acted_before, pending, sat_in_hearings
from workflows.award_course import stream_of as award_stream
from workflows.door import stream_of as version_stream
from workflows.errors import NotYours
from workflows.models import Appeal, AwardStage, Decision, Enrolment, LedgerEvent, Version
from workflows.models.appeals import DAYS_TO_FILE, Ground, Outcome
from workflows.reissued import ids_of
from workflows.stations import Stage

PANEL_OF = 3
# Who may sit: those who enter the quality office, the auditor excepted.
SITTERS = (
    Role.QA_OFFICER,
    Role.COMMITTEE_MEMBER,
    Role.COMMITTEE_CHAIR,
    Role.REGISTRAR,
    Role.GRANTOR,
    Role.ISSUER,
)
Words = str | Promise
# The event that is challenged, what it is called, and what a panel may decide about it.
ATTACKED: dict[str, tuple[Words, tuple[Outcome, ...]]] = {
    "not_yet": (_("the result of the last attempt"), (Outcome.STANDS, Outcome.REASSESS)),
    "confirm_not_yet": (_("the result of the last attempt"), (Outcome.STANDS, Outcome.REASSESS)),
    "fail": (_("the end of the course without the award"), (Outcome.STANDS, Outcome.REASSESS)),
    "suspend_badge": (_("the suspension of the badge"), (Outcome.STANDS, Outcome.VARY)),
    "ask_revocation": (_("the finding that the badge is to be revoked"), (Outcome.STANDS, Outcome.VARY)),
    "revoke_badge": (_("the revocation of the badge"), (Outcome.STANDS, Outcome.VARY)),
    "reject_at_relevance": (_("the rejection"), (Outcome.STANDS, Outcome.REMIT)),
    "reject_pilot": (_("the rejection"), (Outcome.STANDS, Outcome.REMIT)),
    "reject_final": (_("the rejection"), (Outcome.STANDS, Outcome.REMIT)),
}
OF_LEARNERS = frozenset({"not_yet", "confirm_not_yet", "fail", "suspend_badge", "ask_revocation", "revoke_badge"})


@dataclass(frozen=True)
class Attacked:
    """A decision that stands and may be challenged until the end of `last_day`."""

    type: str
    at: datetime
    decision: Decision | None = None

    @property
    def words(self) -> Words:
        """What it is called."""
        return ATTACKED[self.type][0]

    @property
    def last_day(self) -> date:
        """30 calendar days after it."""
        return timezone.localtime(self.at).date() + DAYS_TO_FILE

    @property
    def open(self) -> bool:
        """Whether there is still time."""
        return timezone.localdate() <= self.last_day


def _badge_of(enrolment: Enrolment) -> Credential | None:
    if enrolment.stage != AwardStage.AWARDED:
        return None
    return Credential.objects.filter(award_reference=enrolment.award.public_id).order_by("-pk").first()


def of_learner(enrolment: Enrolment) -> Attacked | None:
    """The newest decision about this learner's course or badge that stands and can be challenged."""
    events = [event for event in ledger.events_of(award_stream(enrolment)) if event.type in OF_LEARNERS]
    return next((found for event in reversed(events) if (found := _stands(enrolment, event))), None)


def _stands(enrolment: Enrolment, event: LedgerEvent) -> Attacked | None:
    """The event as something to challenge, while what it did is still so."""
    badge, at = _badge_of(enrolment), datetime.fromisoformat(event.at)
    status, statuses = badge.status if badge is not None else None, Credential.Status
    if event.type in {"not_yet", "confirm_not_yet"}:
        last = enrolment.stage == AwardStage.NOT_YET and not learning.may_try_again(enrolment)
        return Attacked(event.type, at) if last else None
    if event.type == "fail":
        return Attacked(event.type, at) if enrolment.stage == AwardStage.FAILED else None
    if badge is None or str(event.data.get("badge")) not in ids_of(badge):
        return None
    if event.type == "suspend_badge":
        return Attacked(event.type, at) if status == statuses.SUSPENDED else None
    asked = Decision.objects.filter(public_id=event.data.get("decision")).first()
    if event.type == "ask_revocation":
        waits = pending(badge)
        return Attacked(event.type, at, waits) if waits is not None and waits == asked else None
    return Attacked(event.type, at, asked) if status == statuses.REVOKED else None


def of_proposer(version: Version) -> Attacked | None:
    """The rejection of a version, which can be challenged on procedure only."""
    if version.stage != Stage.REJECTED:
        return None
    events = [event for event in ledger.events_of(version_stream(version)) if event.type in ATTACKED]
    return Attacked(events[-1].type, datetime.fromisoformat(events[-1].at)) if events else None


def grounds(attacked: Attacked) -> list[Ground]:
    """On what an appeal against it may rest."""
    return list(Ground) if attacked.type in OF_LEARNERS else [Ground.PROCEDURE]


def outcomes(appeal: Appeal) -> tuple[Outcome, ...]:
    """What its panel may decide."""
    return ATTACKED[appeal.against][1]


def words_of(appeal: Appeal) -> Words:
    """What is challenged, in words."""
    return ATTACKED[appeal.against][0]


def barred(appeal: Appeal) -> set[int]:
    """The keys of everybody who had a part in the case, so that a panel is new: whoever acted in its record too."""
    version, enrolment = appeal.version, appeal.enrolment
    persons = {appeal.filed_by_id, version.proposer_id, version.academic_lead_id}
    persons |= set(version.contributions.values_list("person_id", flat=True))
    if enrolment is None:
        persons |= set(version.decisions.values_list("actor_id", flat=True)) | _acted(version_stream(version))
    else:
        badge = _badge_of(enrolment)
        persons |= set(enrolment.appeals.values_list("seats__person_id", flat=True)) | _acted(award_stream(enrolment))
        if badge is not None:
            persons |= acted_before(enrolment, badge) | sat_in_hearings(badge)
    return {pk for pk in persons if pk}


def _acted(stream: str) -> set[int]:
    """The keys of everybody whose act stands in a stream of the record."""
    acted = {event.actor for event in ledger.events_of(stream)} - {"", "system"}
    return set(User.objects.filter(public_id__in=acted).values_list("pk", flat=True))


def candidates(appeal: Appeal, *, without: User) -> list[User]:
    """Members of the institution who may judge it, by name."""
    held = Membership.objects.filter(organization=appeal.version.institution_id, ended_at=None, role__in=SITTERS)
    apart = held.exclude(user__in={*barred(appeal), without.pk})
    return list(User.objects.filter(pk__in=apart.values("user"), is_active=True).order_by("name", "pk"))


def filed_by(user: User, *, enrolment: Enrolment | None = None, version: Version | None = None) -> list[Appeal]:
    """This person's own appeals about one course or one version, the newest first."""
    rows = Appeal.objects.filter(filed_by=user, enrolment=enrolment)
    if version is not None:
        rows = rows.filter(version=version)
    return list(rows.order_by("-pk"))


def appeal_for(user: User, public_id: UUID) -> Appeal:
    """One appeal, for its panel and for who reads the version as quality office or auditor. Raises `NotYours`."""
    rows = Appeal.objects.select_related("version", "enrolment__learner", "filed_by", "decision")
    appeal = rows.filter(public_id=public_id).first()
    if appeal is None:
        raise NotYours
    sits = appeal.seats.filter(person=user).exists()
    if not (sits or rights.holds(user, appeal.version, "audit")):
        raise NotYours
    return appeal

"""What a partner's reviewer may read: the letter, what changed since the last look, what was signed and still holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from people import invitations
from people.models import Invitation, User
from workflows import cases, differences, lineage
from workflows.dossier import Dossier
from workflows.errors import NotYours
from workflows.models import (
    Agreement,
    Condition,
    Decision,
    DemandQuestion,
    Interest,
    PanelKind,
    Seat,
    SeatQuestion,
    SeatState,
    Validation,
    Version,
)
from workflows.questions import FORMS
from workflows.voices import covered_facets

_RELATED = (
    "panel__version__institution",
    "panel__version__proposer",
    "panel__version__academic_lead",
    "panel__snapshot",
    "organization",
    "person",
    "invitation",
)


class Link(StrEnum):
    """How a link stands."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    PASSED_ON = "passed_on"
    CLOSED = "closed"


@dataclass(frozen=True)
class ReviewLetter:
    """One seat as its person sees it."""

    seat: Seat
    version: Version
    content: Dossier
    contact: User
    earlier: Decision | None
    demand: Validation | None
    agreements: tuple[Agreement, ...] = ()

    @property
    def kind(self) -> str:
        """Which form: relevance (F2), endorsement (F4) or a community's agreement."""
        return str(self.seat.panel.kind)


def seat_of_link(invitation: Invitation) -> Seat | None:
    """The seat that a link opens; None once the seat went to somebody else."""
    return Seat.objects.select_related(*_RELATED).filter(invitation=invitation).first()


def invitation_of(public_id: UUID) -> Invitation | None:
    """The invitation that a browser has opened before."""
    return Invitation.objects.select_related("person", "organization").filter(public_id=public_id).first()


def state_of(invitation: Invitation, seat: Seat | None) -> Link:
    """How a link stands; the seat is the truth, the link follows it."""
    if seat is None:
        return Link.PASSED_ON
    if seat.state == SeatState.ANSWERED:
        return Link.ANSWERED
    if seat.state != SeatState.OPEN or invitation.ended_at is not None:
        return Link.CLOSED
    return Link.OPEN if invitations.is_open(invitation) else Link.EXPIRED


def yearly_of(invitation: Invitation) -> DemandQuestion | None:
    """The yearly question that a link asks; None for a link to a seat."""
    related = ("validation__decision__snapshot", "validation__organization", "validation__version__institution")
    return DemandQuestion.objects.select_related(*related, "invitation").filter(invitation=invitation).first()


def yearly_is_open(question: DemandQuestion) -> bool:
    """True while the question can still be answered."""
    return question.answered_at is None and invitations.is_open(question.invitation)


def seat_for(user: User, public_id: UUID) -> Seat:
    """A seat of this person on a panel that answers by letter. Raises `NotYours`."""
    seat = Seat.objects.select_related(*_RELATED).filter(public_id=public_id, person=user).first()
    if seat is None or seat.panel.kind not in FORMS:
        raise NotYours
    return seat


def holds(user: User, public_id: UUID) -> bool:
    """True when this seat is this person's."""
    return Seat.objects.filter(public_id=public_id, person=user).exists()


def contact_of(version: Version) -> User:
    """Whom a reviewer may ask."""
    return version.academic_lead or version.proposer


def contact_of_link(invitation: Invitation) -> User | None:
    """Whom the holder of a link may ask, also when the seat has gone to somebody else since."""
    link: Invitation | None = invitation
    while link is not None:
        seat = seat_of_link(link)
        if seat is not None:
            return contact_of(seat.panel.version)
        link = link.passed_on_to
    return None


def letter_of(seat: Seat) -> ReviewLetter:
    """Everything that the pages of one seat show."""
    version = seat.panel.version
    return ReviewLetter(
        seat=seat,
        version=version,
        content=Dossier.model_validate(seat.panel.snapshot.content),
        contact=contact_of(version),
        earlier=_earlier(seat),
        demand=_in_force(Validation.Kind.DEMAND, seat),
        agreements=agreements_of(seat),
    )


def agreements_of(seat: Seat) -> tuple[Agreement, ...]:
    """The agreements in force that name the seat's community as a party; none for other seats."""
    if seat.panel.kind != PanelKind.COMMUNITY:
        return ()
    return tuple(
        agreement
        for agreement in cases.agreements_in_force(seat.panel.version)
        if seat.organization in agreement.parties.all()
    )


def own_conditions(decision: Decision) -> list[Condition]:
    """The conditions that an answer set, the open ones first."""
    return list(decision.conditions.select_related("owner").order_by(F("closed_at").asc(nulls_first=True), "pk"))


def own_condition(decision: Decision, public_id: UUID) -> Condition:
    """One of the conditions that an answer set. Raises `NotYours`."""
    condition = decision.conditions.select_related("owner").filter(public_id=public_id).first()
    if condition is None:
        raise NotYours
    return condition


def waiting_conditions(user: User) -> list[Condition]:
    """The open conditions that this person set by letter; the soonest due first."""
    rows = Condition.objects.filter(set_by=user, closed_at=None, decision__panel__kind__in=FORMS)
    return list(rows.select_related("version", "owner", "decision__seat").order_by(F("due_on").asc(nulls_last=True)))


def _earlier(seat: Seat) -> Decision | None:
    """This person's last look: the last own answer to the same kind of panel, here or on a version before this one.

    An answer that was carried over is no look; it stands for the one that was given.
    """
    rows = Decision.objects.select_related("snapshot", "panel", "version").filter(
        version__in=lineage.ids(seat.panel.version),
        panel__kind=seat.panel.kind,
        actor=seat.person_id,
        seat__isnull=False,
        carried_from=None,
    )
    return rows.exclude(seat=seat).order_by("-decided_at", "-pk").first()


def _in_force(kind: str, seat: Seat) -> Validation | None:
    """The statement of this seat's organization that holds today."""
    rows = Validation.objects.filter(version=seat.panel.version_id, organization=seat.organization_id, kind=kind)
    return rows.filter(withdrawn_at=None, valid_until__gt=timezone.now()).order_by("-valid_from").first()


def changes_of(letter: ReviewLetter) -> list[differences.Change]:
    """What changed, in the sections that this reviewer answers for, since the snapshot of the earlier answer."""
    if letter.earlier is None or letter.earlier.snapshot is None:
        return []
    covered = covered_facets(letter.seat.panel.kind)
    between = differences.between(letter.earlier.snapshot.content, letter.seat.panel.snapshot.content)
    return [change for change in between if change.facet in covered]


def new_things(letter: ReviewLetter) -> tuple[str, ...]:
    """Codes of competencies or tasks that the earlier answer never spoke about, so that it cannot simply stand."""
    if letter.earlier is None or letter.earlier.snapshot is None:
        return ()
    before = Dossier.model_validate(letter.earlier.snapshot.content)
    known = _asked_one_by_one(letter, before)
    return tuple(code for code in _asked_one_by_one(letter, letter.content) if code not in known)


def _asked_one_by_one(letter: ReviewLetter, content: Dossier) -> list[str]:
    if letter.kind == PanelKind.RELEVANCE:
        return [competency.code for competency in content.competencies]
    return [task.code for task in content.assessment.tasks] if letter.kind == PanelKind.ENDORSEMENT else []


def statement_of(decision: Decision) -> Validation | None:
    """The validation that an answer became, if it supported."""
    return Validation.objects.select_related("endorsement").filter(decision=decision).first()


def answer_in(seat: Seat) -> Decision | None:
    """The answer of a seat."""
    rows = Decision.objects.select_related("panel", "snapshot", "organization", "version__institution")
    return rows.filter(seat=seat).first()


def interests_of(decision: Decision) -> list[str]:
    """The interests that were declared last before an answer, by its person for its organization."""
    declared = Interest.objects.filter(
        version=decision.version_id, person=decision.actor_id, organization=decision.organization_id
    )
    last = declared.order_by("-pk").first()
    return list(last.kinds) if last else []


def questions_of(seat: Seat) -> list[SeatQuestion]:
    """What this seat's reviewers asked, with the replies, oldest first."""
    return list(seat.questions.order_by("asked_at"))


def last_role(user: User) -> str:
    """The role under which this person signed last; a form offers it again."""
    signed = Decision.objects.filter(actor=user).exclude(signed_role="").order_by("-decided_at").first()
    return signed.signed_role if signed else ""


def waiting_letters(user: User) -> list[Seat]:
    """The letters that wait for this person's answer; the soonest due first."""
    rows = Seat.objects.select_related(*_RELATED).filter(person=user, state=SeatState.OPEN, panel__kind__in=FORMS)
    return list(rows.filter(panel__closed_at=None).order_by("due_at"))


def answered_letters(user: User) -> list[Decision]:
    """This person's own answers by letter, newest first."""
    rows = Decision.objects.select_related("version", "seat")
    return list(rows.filter(actor=user, panel__kind__in=FORMS, carried_from=None).order_by("-decided_at"))


def statements_of(user: User) -> list[Validation]:
    """The statements that this person signed and that hold today; the soonest to end first."""
    rows = Validation.objects.select_related(
        "version__institution", "organization", "decision__seat", "decision__panel"
    )
    rows = rows.filter(decision__actor=user, withdrawn_at=None, valid_until__gt=timezone.now())
    return list(rows.order_by("valid_until"))

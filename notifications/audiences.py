"""Who is told: small functions from a case to people. The table `notifications.told` names them per event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from people.models import Invitation, Membership, Organization, Role, User
from workflows.models import (
    Appeal,
    AwardStage,
    Cohort,
    DemandQuestion,
    Enrolment,
    LedgerEvent,
    Panel,
    PanelKind,
    Seat,
    SeatState,
    Version,
)
from workflows.panels import BY_LINK

COMMITTEES = (PanelKind.PILOT_APPROVAL, PanelKind.FINAL_APPROVAL)
UNDER_WAY = (
    AwardStage.INVITED,
    AwardStage.ENROLLED,
    AwardStage.SUBMITTED,
    AwardStage.ASSESSING,
    AwardStage.NOT_YET,
    AwardStage.ASSESSED,
    AwardStage.MODERATING,
    AwardStage.RECOMMENDED,
    AwardStage.HELD,
)


class Door(Enum):
    """Through which portal a person enters the case."""

    FACULTY = "faculty"
    QUALITY = "quality"
    LETTER = "letter"
    LEARNER = "learner"
    WORK = "work"


@dataclass(frozen=True)
class Case:
    """What an event is about."""

    event: LedgerEvent
    version: Version
    enrolment: Enrolment | None = None


@dataclass(frozen=True)
class Recipient:
    """One person to be told, and the door that the notice opens; a seat where the person is asked by link."""

    person: User
    door: Door
    seat: Seat | None = None
    invitation: Invitation | None = None

    @property
    def link(self) -> Invitation | None:
        """The mailed link that opens the door without an account."""
        return self.invitation or (self.seat.invitation if self.seat is not None else None)


Audience = Callable[[Case], Iterable[Recipient]]


def _with_role(organization: Organization, *roles: Role) -> Iterable[User]:
    members = Membership.objects.filter(organization=organization, role__in=roles, ended_at=None)
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("pk")


def officers(case: Case) -> Iterable[Recipient]:
    """The quality office of the version's institution."""
    return [Recipient(person, Door.QUALITY) for person in _with_role(case.version.institution, Role.QA_OFFICER)]


def chairs(case: Case) -> Iterable[Recipient]:
    """The chair of the institution's committee."""
    return [Recipient(person, Door.QUALITY) for person in _with_role(case.version.institution, Role.COMMITTEE_CHAIR)]


def grantors(case: Case) -> Iterable[Recipient]:
    """Those who may grant awards."""
    return [Recipient(person, Door.QUALITY) for person in _with_role(case.version.institution, Role.GRANTOR)]


def issuers(case: Case) -> Iterable[Recipient]:
    """Those who may activate a version."""
    return [Recipient(person, Door.QUALITY) for person in _with_role(case.version.institution, Role.ISSUER)]


def proposer(case: Case) -> Iterable[Recipient]:
    """Who proposed."""
    return [Recipient(case.version.proposer, Door.FACULTY)]


def lead(case: Case) -> Iterable[Recipient]:
    """The academic lead."""
    return [Recipient(case.version.academic_lead or case.version.proposer, Door.FACULTY)]


def _seats(panels: Iterable[Panel], door: Door) -> list[Recipient]:
    """One entry per person, with his or her latest seat."""
    rows = Seat.objects.filter(panel__in=panels).exclude(state=SeatState.RECUSED).select_related("person", "invitation")
    latest = {seat.person_id: Recipient(seat.person, door, seat) for seat in rows.order_by("pk")}
    return list(latest.values())


def partners(case: Case) -> Iterable[Recipient]:
    """Everybody who was asked by link in this version's rounds and did not step back."""
    return _seats(case.version.panels.filter(kind__in=BY_LINK), Door.LETTER)


def asked(case: Case) -> Iterable[Recipient]:
    """Those whose seat by link is open and waits for an answer."""
    panels = case.version.panels.filter(kind__in=BY_LINK, closed_at=None)
    return [one for one in _seats(panels, Door.LETTER) if one.seat is not None and one.seat.state == SeatState.OPEN]


def committee(case: Case) -> Iterable[Recipient]:
    """The members who are seated in the open round of the committee."""
    return _seats(case.version.panels.filter(kind__in=COMMITTEES, closed_at=None), Door.QUALITY)


def seated(case: Case) -> Iterable[Recipient]:
    """Everybody who ever sat on this version's committee."""
    return _seats(case.version.panels.filter(kind__in=COMMITTEES), Door.QUALITY)


def _seat_of_event(case: Case) -> Seat | None:
    rows = Seat.objects.select_related("person", "invitation", "panel")
    return rows.filter(public_id=case.event.data.get("seat")).first()


def seat_by_link(case: Case) -> Iterable[Recipient]:
    """Who sits now in the partner's seat that the event names."""
    seat = _seat_of_event(case)
    return [Recipient(seat.person, Door.LETTER, seat)] if seat is not None and seat.panel.kind in BY_LINK else []


def seat_on_committee(case: Case) -> Iterable[Recipient]:
    """Who sits now in the committee's seat that the event names."""
    seat = _seat_of_event(case)
    return [Recipient(seat.person, Door.QUALITY, seat)] if seat is not None and seat.panel.kind in COMMITTEES else []


def former_person(case: Case) -> Iterable[Recipient]:
    """Who sat in the seat before somebody else was asked instead."""
    person = User.objects.filter(public_id=case.event.data.get("before")).first()
    return [Recipient(person, Door.LETTER)] if person is not None else []


def statement_person(case: Case) -> Iterable[Recipient]:
    """Who made the partner's statement that the event names."""
    made = case.version.decisions.filter(public_id=case.event.data.get("validation")).select_related("actor", "seat")
    return [Recipient(decision.actor, Door.LETTER, decision.seat) for decision in made]


def yearly_person(case: Case) -> Iterable[Recipient]:
    """Who is asked whether it is still in demand, by a link of its own."""
    asked = DemandQuestion.objects.filter(public_id=case.event.data.get("question"))
    return [
        Recipient(question.invitation.person, Door.LETTER, invitation=question.invitation)
        for question in asked.select_related("invitation__person")
    ]


def everybody(case: Case) -> Iterable[Recipient]:
    """Proposer, lead, quality office, partners and seated committee members."""
    return [*proposer(case), *lead(case), *officers(case), *partners(case), *seated(case)]


def when_all_answered(case: Case) -> Iterable[Recipient]:
    """Who closes the round, once its last open seat has answered: the office, or the members of the committee."""
    panel = case.version.panels.filter(
        kind=case.event.data.get("panel"), round=case.event.data.get("round"), closed_at=None
    ).first()
    if panel is None or panel.seats.filter(state=SeatState.OPEN).exists():
        return []
    return committee(case) if panel.kind in COMMITTEES else officers(case)


def condition_owners(case: Case) -> Iterable[Recipient]:
    """Those who owe something under an open condition."""
    owners = case.version.conditions.filter(closed_at=None, owner__isnull=False).values("owner")
    return [Recipient(person, Door.FACULTY) for person in User.objects.filter(pk__in=owners).order_by("pk")]


def condition_setter(case: Case) -> Iterable[Recipient]:
    """Who set the condition that the event names: a partner by the own link, else a member of the committee."""
    condition = case.version.conditions.filter(public_id=case.event.data.get("condition")).first()
    if condition is None:
        return []
    sat = Seat.objects.filter(panel__version=case.version, panel__kind__in=BY_LINK, person=condition.set_by)
    seat = sat.select_related("invitation").order_by("-pk").first()
    return [Recipient(condition.set_by, Door.QUALITY if seat is None else Door.LETTER, seat)]


def _learners(case: Case, *stages: AwardStage) -> Iterable[Recipient]:
    rows = Enrolment.objects.filter(cohort__version=case.version, stage__in=stages).select_related("learner")
    return [Recipient(row.learner, Door.LEARNER) for row in rows.order_by("pk")]


def learners_under_way(case: Case) -> Iterable[Recipient]:
    """Learners who have begun and have no result yet."""
    return _learners(case, *UNDER_WAY)


def learners_on_hold(case: Case) -> Iterable[Recipient]:
    """Learners whose results wait."""
    return _learners(case, AwardStage.HELD)


def holders(case: Case) -> Iterable[Recipient]:
    """Those who earned the badge."""
    return _learners(case, AwardStage.AWARDED)


def assessors_of_version(case: Case) -> Iterable[Recipient]:
    """Those who assess in a cohort of the version."""
    return _assessors(case.version.cohorts.all(), moderator=False)


def _assessors(cohorts: Iterable[Cohort], *, moderator: bool) -> Iterable[Recipient]:
    rows = User.objects.filter(cohortassessor__cohort__in=cohorts, cohortassessor__moderator=moderator)
    return [Recipient(person, Door.WORK) for person in rows.distinct().order_by("pk")]


def learner(case: Case) -> Iterable[Recipient]:
    """The learner of this award."""
    assert case.enrolment is not None
    return [Recipient(case.enrolment.learner, Door.LEARNER)]


def assessors(case: Case) -> Iterable[Recipient]:
    """Those who may assess in this learner's cohort."""
    assert case.enrolment is not None
    return _assessors([case.enrolment.cohort], moderator=False)


def moderators(case: Case) -> Iterable[Recipient]:
    """Those who may moderate in this learner's cohort."""
    assert case.enrolment is not None
    return _assessors([case.enrolment.cohort], moderator=True)


def own_assessor(case: Case) -> Iterable[Recipient]:
    """Who assessed this learner's last attempt."""
    assert case.enrolment is not None
    attempt = case.enrolment.attempts.select_related("assessor").order_by("-ordinal").first()
    return [Recipient(attempt.assessor, Door.WORK)] if attempt is not None and attempt.assessor is not None else []


def named_person(case: Case) -> Iterable[Recipient]:
    """The person that the event names, such as an assessor who was just appointed."""
    person = User.objects.filter(public_id=case.event.data.get("person")).first()
    return [Recipient(person, Door.WORK)] if person is not None else []


def _appeal(case: Case) -> Appeal | None:
    rows = Appeal.objects.select_related("filed_by")
    return rows.filter(public_id=case.event.data.get("appeal")).first()


def appellant(case: Case) -> Iterable[Recipient]:
    """Who filed the appeal that the event names."""
    appeal = _appeal(case)
    door = Door.LEARNER if case.enrolment is not None else Door.FACULTY
    return [Recipient(appeal.filed_by, door)] if appeal is not None else []


def appeal_panel(case: Case) -> Iterable[Recipient]:
    """The three people who decide the appeal that the event names."""
    appeal = _appeal(case)
    seats = appeal.seats.select_related("person").order_by("pk") if appeal is not None else ()
    return [Recipient(seat.person, Door.QUALITY) for seat in seats]

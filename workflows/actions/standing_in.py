"""A member of a committee is away: one seat is delegated, or all of them while an absence lasts (`lifecycle.md` 6.5).

The stand-in takes the seat itself, with its right, its draft left behind and its due day unchanged, and passes the same
checks as anybody who sits there. If it is still open when the time ends, it goes back.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import rights
from workflows.actions.gates import refuse_committee
from workflows.door import Passage, opened
from workflows.errors import Missing, NotYours, Refusal
from workflows.guards import seat_of
from workflows.models import Absence, Seat, SeatState
from workflows.panels import BY_LINK
from workflows.rounds import reseat
from workflows.standing_in import away, colleagues, refuse_stand_in

LONGEST = timedelta(days=183)


def delegate_seat(*, seat_id: int, actor: User, person: User, until: date) -> Seat:
    """Let a named member of the same committee answer in one's seat, until the end of a day."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        seat.refresh_from_db()
        if seat.person_id != actor.pk:
            raise NotYours
        passage.refuse_on_hold()
        _hand(passage, seat, person, until)
        return seat


def _hand(passage: Passage, seat: Seat, person: User, until: date) -> None:
    member, owner = refuse_stand_in(seat, person, until), seat.person
    refuse_committee(seat, passage.version, person, outside_unit=member.outside)
    seat.outside_unit, seat.stands_for, seat.stands_until = member.outside, owner, until
    reseat(seat, person, seat.organization)
    passage.record(
        "delegate_seat",
        panel=seat.panel.kind,
        seat=str(seat.public_id),
        before=str(owner.public_id),
        to=str(person.public_id),
        until=until.isoformat(),
    )


def give_back(*, seat_id: int, actor: User) -> Seat:
    """The stand-in gives an open seat back, or its owner takes it back."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        seat.refresh_from_db()
        if seat.stands_for_id is None or actor.pk not in {seat.person_id, seat.stands_for_id}:
            raise NotYours
        if seat.state != SeatState.OPEN:
            raise Refusal(_("This seat is no longer open: it was answered, passed on or closed."))
        _return(passage, seat)
        return seat


def _return(passage: Passage, seat: Seat) -> None:
    stand_in, owner = seat.person, seat.stands_for
    assert owner is not None
    seat.stands_for, seat.stands_until = None, None
    reseat(seat, owner, seat.organization)
    passage.record(
        "return_seat",
        panel=seat.panel.kind,
        seat=str(seat.public_id),
        before=str(stand_in.public_id),
        to=str(owner.public_id),
    )
    if not rights.holds(owner, passage.version, "decide"):  # left the committee meanwhile: the office names another
        rights.close_seat(seat)
        passage.record("vacate_seat", panel=seat.panel.kind, seat=str(seat.public_id))


@transaction.atomic
def be_away(*, actor: User, starts_on: date, ends_on: date, stand_in: User | None) -> Absence:
    """Say that one is away; the seats that are open then go to the stand-in. An earlier word about it ends."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    today = timezone.localdate()
    if not (max(starts_on, today) <= ends_on <= today + LONGEST):
        raise Missing(what=_("a first day and a last day, within half a year from today"))
    if stand_in is not None and stand_in not in colleagues(actor):
        raise Refusal(_("Only a member of the same committee can stand in."))
    Absence.objects.filter(person=actor, ended_at=None).update(ended_at=timezone.now())
    return Absence.objects.create(person=actor, starts_on=starts_on, ends_on=ends_on, stand_in=stand_in)


def be_back(*, actor: User) -> int:
    """The absence ends now; seats that are still open come back. Answers how many."""
    Absence.objects.filter(person=actor, ended_at=None).update(ended_at=timezone.now())
    seats = Seat.objects.filter(stands_for=actor, state=SeatState.OPEN, panel__closed_at=None)
    keys = list(seats.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        give_back(seat_id=key, actor=actor)
    return len(keys)


def look_after_seats() -> int:
    """What the clock does: seats of who is away go to the stand-in, and go back when the time is over."""
    today, done = timezone.localdate(), 0
    for absence in away(today).exclude(stand_in=None).select_related("person", "stand_in"):
        seats = Seat.objects.filter(person=absence.person, stands_for=None, state=SeatState.OPEN)
        for key in seats.exclude(panel__kind__in=BY_LINK).filter(panel__closed_at=None).values_list("pk", flat=True):
            done += _covered(key, absence)
    over = Seat.objects.filter(stands_until__lt=today, state=SeatState.OPEN, panel__closed_at=None)
    for key in over.values_list("pk", flat=True):
        done += _went_back(key, today)
    return done


def _covered(seat_id: int, absence: Absence) -> bool:
    """Whether the seat went to the stand-in; one who may not sit there leaves it where it is, for the office to see."""
    seat = seat_of(seat_id)
    try:
        with opened(version_id=seat.panel.version_id, actor=None) as passage:
            seat.refresh_from_db()
            if seat.person_id != absence.person_id or absence.stand_in is None or passage.version.on_hold:
                return False
            _hand(passage, seat, absence.stand_in, min(absence.ends_on, timezone.localtime(seat.due_at).date()))
    except (Refusal, Missing):
        return False
    return True


def _went_back(seat_id: int, today: date) -> bool:
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=None) as passage:
        seat.refresh_from_db()
        ours = seat.state == SeatState.OPEN and seat.stands_for_id is not None
        if not ours or seat.stands_until is None or seat.stands_until >= today:
            return False
        _return(passage, seat)
    return True

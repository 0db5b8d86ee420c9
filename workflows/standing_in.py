"""Who may stand in for whom on a committee, and who is away (`lifecycle.md` 6.5). Reads only."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Role, User
from workflows import candidates
from workflows.candidates import Member
from workflows.errors import Missing, Refusal
from workflows.guards import refuse_seat
from workflows.models import Absence, Seat, SeatState
from workflows.panels import BY_LINK

COMMITTEE = (Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR)


def members_for(seat: Seat) -> list[Member]:
    """Those who may stand in for the person of a seat: of the committee, not seated here, no authors."""
    seated = [other.person for other in seat.panel.seats.select_related("person")]
    return candidates.committee(seat.panel.version, without=seated)


def colleagues(person: User) -> list[User]:
    """Those who sit on the same committees as this person, by name."""
    held = Membership.objects.filter(user=person, ended_at=None, role__in=COMMITTEE)
    others = Membership.objects.filter(
        organization__in=held.values("organization"), ended_at=None, role__in=COMMITTEE
    ).exclude(user=person)
    return list(User.objects.filter(pk__in=others.values("user"), is_active=True).order_by("name", "pk"))


def refuse_stand_in(seat: Seat, person: User, until: date) -> Member:
    """The member who would stand in. Refuses a letter, a second delegation, a wrong day, and whoever may not sit."""
    if seat.state != SeatState.OPEN or seat.panel.closed_at is not None:
        raise Refusal(_("This seat is no longer open: it was answered, passed on or closed."))
    if seat.panel.kind in BY_LINK:
        raise Refusal(_("A letter is not delegated: pass it on to the right person from its page."))
    if seat.stands_for_id is not None:
        raise Refusal(_("Whoever stands in for somebody cannot pass the seat on again. Give it back instead."))
    if not timezone.localdate() <= until <= timezone.localtime(seat.due_at).date():
        raise Missing(what=_("a last day, from today until the seat is due"))
    refuse_seat(seat, person)
    member = next((one for one in members_for(seat) if one.person.pk == person.pk), None)
    if member is None:
        raise Refusal(_("Only a member of the same committee can stand in."))
    return member


def away(day: date) -> QuerySet[Absence]:
    """The absences of a day."""
    return Absence.objects.filter(starts_on__lte=day, ends_on__gte=day, ended_at=None)


def absence_of(person: User) -> Absence | None:
    """The absence of a person that is under way or lies ahead, the earliest first."""
    rows = Absence.objects.filter(person=person, ended_at=None, ends_on__gte=timezone.localdate())
    return rows.select_related("stand_in").order_by("starts_on").first()

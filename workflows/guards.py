"""Guards that several verbs share. Each raises a named refusal or lets the act go on (`lifecycle.md` 6.4)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people import mailboxes
from people.models import Membership, User
from workflows import cases
from workflows.door import Passage
from workflows.errors import Blocked, Missing, NotYours, OwnWork, Refusal
from workflows.lineage import followed
from workflows.models import ChangeRequest, PanelKind, Seat, Version
from workflows.panels import BY_LINK, Place
from workflows.policy import setting

SEAT_CLASSES: dict[str, str | Promise] = {"partner": _("partner"), "voice": _("employer voice")}


def own_work(version: Version, person: User) -> bool:
    """True when the person proposed, wrote or edited."""
    return version.contributions.filter(person=person).exists() or version.proposer_id == person.pk


def not_own(passage: Passage) -> None:
    """Nobody decides about what he or she proposed, wrote or edited."""
    if passage.actor is not None and own_work(passage.version, passage.actor):
        raise OwnWork


def reasoned(passage: Passage, verb: str, reason: str) -> None:
    """Ask the table and the grant, refuse authors, and demand a reason."""
    passage.ask(verb)
    not_own(passage)
    if not reason.strip():
        raise Missing(what=_("a reason"))


def not_followed(passage: Passage) -> None:
    """A version whose successor is in use does not come back beside it."""
    if followed(passage.version):
        raise Refusal(_("A newer version is in use. This one can only wind down."))


def unblocked(passage: Passage, code: str) -> None:
    """Refuse while a clause of the framework blocks this transition."""
    reasons = cases.blocking(passage.version, code)
    if reasons:
        raise Blocked(reasons)


def replied(passage: Passage) -> None:
    """Refuse while a supporter's suggestion waits for its reply."""
    waiting = cases.unanswered_suggestions(passage.version)
    if waiting:
        raise Blocked(waiting)


def demand_still_met(passage: Passage) -> None:
    """An edit after T4 that touches what employers answered for makes T8 wait for their quorum too."""
    version = passage.version
    if version.panels.filter(kind=PanelKind.RELEVANCE, closed_at=None).exists():
        replied(passage)
        if not version.exemptions.filter(clause="E6a").exists():
            reasons = cases.unmet(version, "E6a")
            if reasons:
                raise Blocked(reasons)


def request_changes(passage: Passage, requests: dict[str, str]) -> None:
    """Keep a reason for each section that is asked to be changed; there is at least one."""
    given = {facet: text for facet, text in requests.items() if text.strip()}
    if not given:
        raise Missing(what=_("a reason for at least one section"))
    assert passage.actor is not None
    for facet, text in given.items():
        ChangeRequest.objects.create(version=passage.version, facet=facet, text=text, asked_by=passage.actor)


def seat_of(seat_id: int) -> Seat:
    """A seat with what its verbs look at. Raises `NotYours` when there is none."""
    related = ("panel__version__institution", "panel__snapshot", "organization__part_of", "person", "invitation")
    seat = Seat.objects.select_related(*related).filter(pk=seat_id).first()
    if seat is None:
        raise NotYours
    return seat


def refuse_member(person: User, version: Version) -> None:
    """A partner's reviewer is never a member of the institution that asks."""
    if Membership.objects.filter(user=person, organization=version.institution, ended_at=None).exists():
        raise OwnWork(_("A partner's reviewer is never a member of the institution that asks."))


def refuse_seat(seat: Seat, person: User) -> None:
    """Refuse a person who may not sit here: an author, a member of the asking institution, somebody seated already."""
    if own_work(seat.panel.version, person):
        raise OwnWork(_("Whoever proposed, wrote or edited cannot be seated."))
    if seat.panel.kind in BY_LINK:
        refuse_member(person, seat.panel.version)
    if seat.panel.seats.filter(person=person).exists():
        raise Refusal(_("This person has a seat in this round already."))


def refuse_places(version: Version, kind: PanelKind, places: list[Place]) -> None:
    """Refuse a list of people to be asked that is empty, names somebody twice, or names somebody who may not sit."""
    if not places:
        raise Missing(what=_("at least one reviewer to ask"))
    if len({place.person.pk for place in places}) < len(places):
        raise Refusal(_("The same person is named twice. One person holds one seat."))
    for place in places:
        if own_work(version, place.person):
            raise OwnWork(_("Whoever proposed, wrote or edited cannot be seated."))
        if kind in BY_LINK:
            refuse_member(place.person, version)


def refuse_too_few(version: Version, kind: PanelKind, places: list[Place]) -> None:
    """Refuse a round that asks fewer of a class than the policy wants to be asked."""
    for seat_class, number in setting(version.policy.data, kind.value)["seats_of"].items():
        if sum(place.seat_class == seat_class for place in places) < number:
            words = SEAT_CLASSES[seat_class]
            raise Missing(
                what=_("at least %(number)d to ask of this kind: %(words)s") % {"number": number, "words": words}
            )


def newcomer(*, name: str, email: str, language: str) -> User:
    """The person of a mail address; somebody new becomes a guest, who acts by link only."""
    address = email.strip().lower()
    return mailboxes.owner(address) or User.objects.create_user(
        address, name=name.strip(), language=language, is_guest=True
    )

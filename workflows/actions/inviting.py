"""From what an officer typed about a reviewer to a place on a panel: the organization, the person, the seat.

Call it in the transaction of the verb that opens the round, so that a refused round leaves nobody behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from people.models import Language, Organization, OrganizationKind
from workflows.errors import Missing, Refusal
from workflows.guards import newcomer
from workflows.models import InitiativePartner, Version
from workflows.panels import Place

SEAT_CLASSES = ("partner", "voice", "community")


@dataclass(frozen=True)
class Asked:
    """Somebody to be asked: at a known organization, or at one that is named here for the first time."""

    name: str
    email: str
    seat_class: str
    organization: Organization | None = None
    new_organization: str = ""
    kind: str = OrganizationKind.EMPLOYER
    language: str = Language.ENGLISH


def places_for(*, version: Version, asked: list[Asked], community: bool = False) -> list[Place]:
    """One place for each. New organizations and people are made; a partner joins the initiative's partners.

    A `community` seat is counted apart, whatever was said about partner or voice.
    """
    assert connection.in_atomic_block, "People are made in the transaction of the round that asks them."
    places = [_place(version, replace(one, seat_class="community") if community else one) for one in asked]
    people = {place.person.pk for place in places}
    if len(people) != len(places):
        raise Refusal(_("The same person is named twice. One person holds one seat."))
    return places


def _place(version: Version, one: Asked) -> Place:
    if not one.name.strip() or not one.email.strip():
        raise Missing(what=_("the name and the mail address of each reviewer"))
    if one.seat_class not in SEAT_CLASSES:
        raise Missing(what=_("whether each reviewer answers as a partner or as a voice"))
    organization = one.organization or _founded(one)
    if organization.kind == OrganizationKind.INSTITUTION:
        raise Refusal(_("An institution cannot validate an offer. Name an employer or a sector body."))
    person = newcomer(name=one.name, email=one.email, language=one.language)
    if one.seat_class == "partner":
        InitiativePartner.objects.get_or_create(
            initiative=version.micro_credential.initiative, organization=organization
        )
    return Place(person, organization, one.seat_class)


def _founded(one: Asked) -> Organization:
    """An organization that is new here. It has no verified mail domain yet, so it is heard and signs nothing."""
    name = one.new_organization.strip()
    if not name:
        raise Missing(what=_("the organization of each reviewer"))
    same = Organization.objects.filter(name_en__iexact=name) | Organization.objects.filter(name_fr__iexact=name)
    known = same.first()
    if known is not None:
        return known
    slug = slugify(name)[:60] or "organization"
    taken = Organization.objects.filter(slug=slug).exists()
    french = one.language == Language.FRENCH
    return Organization.objects.create(
        slug=f"{slug}-{uuid4().hex[:6]}" if taken else slug,
        kind=one.kind,
        name_en="" if french else name,
        name_fr=name if french else "",
    )

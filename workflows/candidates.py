"""Who may be asked and who may be seated: partners with the people known there, the members of a committee.

Pages offer these; the verbs refuse whoever does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from people.models import Membership, Organization, OrganizationKind, Role, User
from workflows.actions.revoking import acted_before
from workflows.models import Seat, Version
from workflows.shelf import Badge


@dataclass(frozen=True)
class Contact:
    """An organization, and the person who answered for it last or is its reviewer, if there is one."""

    organization: Organization
    person: User | None = None
    partner: bool = False


@dataclass(frozen=True)
class Member:
    """Somebody who may sit on the committee of a version; `outside` is derived from the units, where both are known."""

    person: User
    unit: str
    outside: bool


def contacts(version: Version) -> list[Contact]:
    """The partners of the version's initiative, each with the person who was asked there last."""
    rows = version.micro_credential.initiative.partners.select_related("organization").order_by("pk")
    return [Contact(row.organization, _known(row.organization), partner=True) for row in rows]


def _known(organization: Organization) -> User | None:
    seat = Seat.objects.filter(organization=organization).select_related("person").order_by("-pk").first()
    if seat is not None:
        return seat.person
    held = Membership.objects.filter(
        organization=organization, ended_at=None, role__in=[Role.SIGNATORY, Role.REVIEWER], user__is_active=True
    )
    first = held.select_related("user").order_by("-role", "pk").first()
    return first.user if first is not None else None


def organizations() -> list[Organization]:
    """Every organization that can be asked: all but the institutions themselves, by name."""
    rows = Organization.objects.exclude(kind=OrganizationKind.INSTITUTION)
    return sorted(rows, key=lambda organization: organization.name.casefold())


def committee(version: Version, *, without: Iterable[User] = ()) -> list[Member]:
    """The committee of the institution, without those who proposed or wrote, by name."""
    roles = [Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR]
    held = Membership.objects.filter(
        organization=version.institution_id, ended_at=None, role__in=roles, user__is_active=True
    )
    barred = Q(user__in=version.contributions.values("person")) | Q(user=version.proposer)
    members: dict[int, Member] = {}
    for membership in held.exclude(barred).select_related("user").order_by("user__name", "pk"):
        unit = membership.unit
        known = bool(unit and version.unit)
        members.setdefault(membership.user_id, Member(membership.user, unit, known and unit != version.unit))
    barred_people = {person.pk for person in without}
    return [member for pk, member in members.items() if pk not in barred_people]


def owners(version: Version) -> list[User]:
    """Who may own a condition: the proposer, the academic lead and those who wrote, by name."""
    wanted = Q(pk=version.proposer_id) | Q(pk=version.academic_lead_id)
    rows = User.objects.filter(wanted | Q(pk__in=version.contributions.values("person")), is_active=True)
    return list(rows.order_by("name"))


def hearing(case: Badge, *, without: User) -> list[User]:
    """Who may hear a case about a badge: members of the institution who had no part in it so far, by name."""
    barred = {*acted_before(case.enrolment, case.credential), without.pk}
    held = Membership.objects.filter(organization=case.version.institution_id, ended_at=None, user__is_active=True)
    rows = User.objects.filter(pk__in=held.exclude(user__in=barred).values("user"))
    return list(rows.order_by("name", "pk"))

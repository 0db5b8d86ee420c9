"""What others may ask about people: live roles and where they are held."""

from __future__ import annotations

from uuid import UUID

from people.models import Membership, Organization, User


def roles_of(user: User) -> set[str]:
    """Every role that this person holds somewhere today."""
    return set(Membership.objects.filter(user=user, ended_at=None).values_list("role", flat=True))


def institutions_of(user: User, *roles: str) -> list[Organization]:
    """The institutions where this person holds one of these roles (any, when none is named), by name."""
    held = Membership.objects.filter(user=user, ended_at=None, organization__kind="institution")
    if roles:
        held = held.filter(role__in=roles)
    return list(Organization.objects.filter(pk__in=held.values("organization")).order_by("name_en", "name_fr"))


def members_of(organization: Organization, *roles: str) -> list[User]:
    """The people who hold one of these roles in an organization today, by name."""
    held = Membership.objects.filter(organization=organization, ended_at=None, role__in=roles)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name"))


def person_of(public_id: UUID) -> User | None:
    """The active person of a public id."""
    return User.objects.filter(public_id=public_id, is_active=True).first()


def roles_in_words(user: User) -> list[str]:
    """What this person does, and where, in the reader's language."""
    held = Membership.objects.filter(user=user, ended_at=None).select_related("organization").order_by("pk")
    return [f"{membership.get_role_display()}, {membership.organization}" for membership in held]

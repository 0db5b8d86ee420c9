"""Who may do what on which version: guardian grants to groups that mirror an institution's roles.

Groups are named `<organization slug>:<role>`. A live membership puts its person into the group, its end takes the
person out in the same transaction (`promises.md` H4).
"""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from guardian.shortcuts import assign_perm

from people import invitations
from people.models import Membership, Organization, Role, User
from people.sessions import end_sessions
from workflows.models import Enrolment, Seat, SeatState, SeatUserObjectPermission, Version
from workflows.models import VersionGroupObjectPermission as GroupGrant
from workflows.models import VersionUserObjectPermission as UserGrant

# Which role holds which grant on every version of its institution.
ROLE_GRANTS: dict[str, tuple[str, ...]] = {
    Role.QA_OFFICER: ("screen", "audit"),
    Role.COMMITTEE_MEMBER: ("decide", "audit"),
    Role.COMMITTEE_CHAIR: ("decide", "chair", "audit"),
    Role.REGISTRAR: ("register", "audit"),
    Role.GRANTOR: ("grant", "audit"),
    Role.ISSUER: ("activate", "audit"),
    Role.AUDITOR: ("audit",),
}


def group_of(organization: Organization, role: str) -> Group:
    """The group that mirrors one role in one organization."""
    group, _ = Group.objects.get_or_create(name=f"{organization.slug}:{role}")
    return group


def add_member(*, user: User, organization: Organization, role: str, unit: str = "") -> Membership:
    """Give a person a role, with the rights that go with it."""
    membership, _ = Membership.objects.get_or_create(
        user=user, organization=organization, role=role, ended_at=None, defaults={"unit": unit}
    )
    user.groups.add(group_of(organization, role))
    for version in Version.objects.filter(Q(proposer=user) | Q(academic_lead=user), institution=organization):
        _grant_authors(version)  # of somebody who comes back
    return membership


@transaction.atomic
def end_membership(membership: Membership) -> None:
    """Take a role away, with its rights, at once; the last one takes the person's sessions along."""
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    membership.user.groups.remove(group_of(membership.organization, membership.role))
    live = Membership.objects.filter(user=membership.user_id, ended_at=None)
    if not live.filter(organization=membership.organization_id).exists():
        _leave(membership.user, membership.organization)
    if not live.exists():
        end_sessions(membership.user)


def _leave(user: User, organization: Organization) -> None:
    """Grants by name, open seats and their links go with the last role; the office seats somebody else (6.5)."""
    UserGrant.objects.filter(user=user, content_object__institution=organization).delete()
    open_seats = Seat.objects.filter(person=user, organization=organization, state=SeatState.OPEN)
    for seat in open_seats.select_related("invitation"):
        close_seat(seat)
        if seat.invitation is not None:
            invitations.end(seat.invitation)


def _grant_authors(version: Version) -> None:
    assign_perm("submit", version.proposer, version)
    assign_perm("design", version.academic_lead or version.proposer, version)


def open_version(version: Version) -> None:
    """Write the grants of a new version: its proposer, its academic lead, and the institution's roles."""
    _grant_authors(version)
    for role, codenames in ROLE_GRANTS.items():
        group = group_of(version.institution, role)
        for codename in codenames:
            assign_perm(codename, group, version)


def holds(user: User, version: Version, codename: str) -> bool:
    """True when the person has this grant on this version, by name or through a live role. Asks the tables."""
    if not user.is_active:
        return False
    by_name = UserGrant.objects.filter(user=user, content_object=version, permission__codename=codename)
    by_role = GroupGrant.objects.filter(group__user=user, content_object=version, permission__codename=codename)
    return by_name.exists() or by_role.exists()


def works_on(user: User, version: Version) -> bool:
    """True when the person belongs to the version's institution, or holds any grant on the version by name."""
    if not user.is_active:
        return False
    member = Membership.objects.filter(user=user, organization=version.institution_id, ended_at=None)
    return member.exists() or UserGrant.objects.filter(user=user, content_object=version).exists()


def sees(user: User, version: Version) -> bool:
    """True when the case exists for this person: also with a seat in it, or as its learner. Else it is a 404."""
    return (
        works_on(user, version)
        or Seat.objects.filter(panel__version=version, person=user).exists()
        or Enrolment.objects.filter(cohort__version=version, learner=user).exists()
    )


def sees_enrolment(user: User, enrolment: Enrolment) -> bool:
    """True for the learner, the cohort's assessors and moderators, and those who work on the version."""
    return user.is_active and (
        enrolment.learner_id == user.pk
        or enrolment.cohort.assessors.filter(person=user).exists()
        or works_on(user, enrolment.cohort.version)
    )


def open_seat(seat: Seat) -> None:
    """Let the seat's person answer in it."""
    assign_perm("answer", seat.person, seat)


def close_seat(seat: Seat) -> None:
    """Take the right to answer away, in the transaction that ends the seat."""
    SeatUserObjectPermission.objects.filter(content_object=seat).delete()


def may_answer(user: User, seat: Seat) -> bool:
    """True when this person may answer in this seat; a global grant opens none."""
    return SeatUserObjectPermission.objects.filter(
        user=user, content_object=seat, permission__codename="answer"
    ).exists()

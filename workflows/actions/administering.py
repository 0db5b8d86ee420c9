"""What an administrator does: give and end roles, describe the organizations that an institution works with.

An administrator decides no case and acts as nobody else (`lifecycle.md` 1): nobody gives or ends a role of his or her
own, and nobody makes an institution sign for a partner.
"""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people import mailboxes
from people.models import Membership, Organization, OrganizationKind, Role, User
from workflows import ledger, rights
from workflows.door import found, opened
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import InitiativePartner, Seat, SeatState
from workflows.panels import BY_LINK

# Roles that an institution gives; signatories and reviewers act for partners.
INSTITUTION_ROLES = tuple(role for role in Role if role not in {Role.SIGNATORY, Role.REVIEWER})
HOST_NAME = re.compile(r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$")
# A mailbox there is open to everybody, so it proves no organization.
OPEN_TO_ALL = frozenset(
    {"gmail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "yahoo.ca", "icloud.com", "proton.me"}
)


def _administers(actor: User, institution: Organization, *others: str) -> None:
    roles = (Role.ADMINISTRATOR, *others)
    held = Membership.objects.filter(user=actor, organization=institution, ended_at=None)
    if not held.exists():
        raise NotYours
    if not held.filter(role__in=roles).exists():
        raise NotAllowed


@transaction.atomic
def give_role(*, institution_id: int, actor: User, email: str, name: str, role: str, unit: str = "") -> Membership:
    """Give somebody a role in the institution; whoever is new gets an account and signs in by a mailed code."""
    institution = found(Organization, institution_id)
    _administers(actor, institution)
    address = email.strip().lower()
    if not address or not name.strip():
        raise Missing(what=_("the name and the mail address"))
    if role not in INSTITUTION_ROLES:
        raise Missing(what=_("one of the roles of an institution"))
    if address == actor.email:
        raise OwnWork(_("Nobody gives a role to himself or herself. Another administrator can."))
    person = mailboxes.owner(address) or User.objects.create_user(address, name=name.strip())
    if Membership.objects.filter(user=person, organization=institution, role=role, ended_at=None).exists():
        raise Refusal(_("%(name)s holds this role already."), name=person.name)
    User.objects.filter(pk=person.pk, is_guest=True).update(is_guest=False)
    membership = rights.add_member(user=person, organization=institution, role=role, unit=unit.strip())
    _record(institution, actor, "give_role", person=str(person.public_id), role=role)
    return membership


@transaction.atomic
def end_role(*, membership_id: int, actor: User) -> Membership:
    """Take a role away at once. Open seats on committees go back to the quality office (`lifecycle.md` 6.5)."""
    membership = found(Membership, membership_id)
    _administers(actor, membership.organization)
    if membership.user_id == actor.pk:
        raise OwnWork(_("Nobody ends a role of his or her own. Another administrator can."))
    if membership.ended_at is not None:
        raise Refusal(_("This role has ended already."))
    rights.end_membership(membership)
    for seat in _seats_lost(membership):
        with opened(version_id=seat.panel.version_id, actor=None) as passage:
            rights.close_seat(seat)
            passage.record("vacate_seat", panel=seat.panel.kind, seat=str(seat.public_id))
    person = str(membership.user.public_id)
    _record(membership.organization, actor, "end_role", person=person, role=membership.role)
    return membership


def _seats_lost(membership: Membership) -> list[Seat]:
    """The person's open committee seats in versions on which he or she can decide no more."""
    seats = Seat.objects.filter(
        person=membership.user, state=SeatState.OPEN, panel__version__institution=membership.organization
    ).exclude(panel__kind__in=BY_LINK)
    return [
        seat
        for seat in seats.select_related("panel__version")
        if not rights.holds(membership.user, seat.panel.version, "decide")
    ]


@transaction.atomic
def describe_organization(
    *,
    organization_id: int,
    institution_id: int,
    actor: User,
    kind: str,
    domain: str,
    part_of: Organization | None,
    name_en: str,
    name_fr: str,
) -> Organization:
    """Say what a partner is, whose part it is, and at which mail domain its people sign.

    Weight and independence of its voices follow from this, in rounds that are opened from now on.
    """
    institution, organization = found(Organization, institution_id), found(Organization, organization_id)
    _administers(actor, institution, Role.QA_OFFICER)
    _refuse_foreign(organization, institution)
    if kind not in OrganizationKind.values or kind == OrganizationKind.INSTITUTION:
        raise Missing(what=_("the kind of the organization"))
    if not (name_en.strip() or name_fr.strip()):
        raise Missing(what=_("a name"))
    if part_of is not None and _within(part_of, organization):
        raise Refusal(_("An organization is not a part of itself, nor of one of its own parts."))
    organization.kind, organization.part_of = kind, part_of
    organization.name_en, organization.name_fr = name_en.strip(), name_fr.strip()
    organization.domain = _domain(domain, institution)
    organization.save()
    _record(
        institution,
        actor,
        "describe_organization",
        about=str(organization.public_id),
        kind=kind,
        domain=organization.domain,
        part_of=str(part_of.public_id) if part_of else "",
    )
    return organization


def _refuse_foreign(organization: Organization, institution: Organization) -> None:
    """Institutions describe only partners of their own, and none that another institution works with too."""
    if organization.kind == OrganizationKind.INSTITUTION:
        raise NotYours
    at_home = {institution.pk}
    partners = InitiativePartner.objects.filter(organization=organization)
    asked = Seat.objects.filter(organization=organization)
    works_with = set(partners.values_list("initiative__institution", flat=True)) | set(
        asked.values_list("panel__version__institution", flat=True)
    )
    if institution.pk not in works_with:
        raise NotYours
    if works_with - at_home:
        raise Refusal(
            _("Another institution works with this organization too. The operator of this service changes it.")
        )


def _within(organization: Organization, whole: Organization) -> bool:
    """True when an organization is another one or lies below it."""
    seen: set[int] = set()
    at: Organization | None = organization
    while at is not None and at.pk not in seen:
        if at.pk == whole.pk:
            return True
        seen.add(at.pk)
        at = at.part_of
    return False


def _domain(domain: str, institution: Organization) -> str:
    """A mail domain that can prove the organization, in lower case; empty when none is verified."""
    host = domain.strip().lower().removeprefix("@")
    if not host:
        return ""
    if not HOST_NAME.match(host):
        raise Missing(what=_("a mail domain such as hospital.example"))
    if host in OPEN_TO_ALL:
        raise Refusal(_("Everybody can have a mailbox at %(domain)s, so it proves no organization."), domain=host)
    own = institution.domain.strip().lower()
    if own and (host == own or host.endswith("." + own) or own.endswith("." + host)):
        raise OwnWork(_("This is your own mail domain. An institution never signs for a partner."))
    return host


def _record(institution: Organization, actor: User, type_: str, **data: str) -> None:
    public_id = str(institution.public_id)
    ledger.append(f"institution:{public_id}", type_, actor=actor, organization=public_id, data=data)

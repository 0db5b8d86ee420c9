"""An institution as its settings show it: people with their roles, partners, rules, keys."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from credentials import audit, stops
from credentials import queries as credential_queries
from credentials.models import AuditFinding, IssuingStop, SigningKey
from people.models import Membership, Organization, OrganizationKind, User
from workflows import key_uses, ledger
from workflows.actions.keeping import replayed_stage
from workflows.actions.stopping import MAY_STOP
from workflows.door import stream_of
from workflows.errors import NotYours
from workflows.key_uses import KeyEvent
from workflows.ledger import Fault
from workflows.models import Enrolment, LedgerEvent, Policy, Version
from workflows.policies import editions


def institution_for(user: User, public_id: UUID, *roles: str) -> Organization:
    """An institution in which this person holds one of these roles. Raises `NotYours`."""
    held = Membership.objects.filter(user=user, ended_at=None, role__in=roles, organization__public_id=public_id)
    membership = held.filter(organization__kind=OrganizationKind.INSTITUTION).select_related("organization").first()
    if membership is None:
        raise NotYours
    return membership.organization


def badges_not_as_signed(institution: Organization) -> list[AuditFinding]:
    """What the audit found of an institution's badges, and nobody has mended yet."""
    return audit.findings(institution)


def people(institution: Organization) -> QuerySet[Membership]:
    """Every live role in an institution, by person."""
    rows = Membership.objects.filter(organization=institution, ended_at=None).select_related("user")
    return rows.order_by("user__name", "user", "role")


def membership(institution: Organization, key: int) -> Membership:
    """One live role in an institution. Raises `NotYours`."""
    found = people(institution).filter(pk=key).first()
    if found is None:
        raise NotYours
    return found


def partners(institution: Organization) -> list[Organization]:
    """The organizations that an institution works with: partners of its projects and whoever was asked, by name."""
    mine = Q(initiativepartner__initiative__institution=institution) | Q(seat__panel__version__institution=institution)
    rows = Organization.objects.filter(mine).exclude(kind=OrganizationKind.INSTITUTION)
    return sorted(rows.select_related("part_of").distinct(), key=lambda partner: partner.name.casefold())


def partner(institution: Organization, public_id: UUID) -> Organization:
    """One of them. Raises `NotYours`."""
    found = next((one for one in partners(institution) if one.public_id == public_id), None)
    if found is None:
        raise NotYours
    return found


def policy(institution: Organization) -> Policy | None:
    """The edition that a case which begins today is pinned to; None before the first proposal."""
    return editions.in_force(institution)


def keys(institution: Organization) -> list[SigningKey]:
    """The public parts of the institution's signing keys, the active ones first."""
    return credential_queries.keys_of(institution)


def key_events(institution: Organization) -> list[KeyEvent]:
    """What was done with its keys."""
    return key_uses.of_organizations([institution])


def issuing_stop(institution: Organization) -> IssuingStop | None:
    """The order of this institution by which issuing is stopped, if one is in force."""
    return stops.open_stop(institution)


def stopped_issuing(user: User) -> list[Organization]:
    """The institutions at which issuing is stopped, of those where this person may let it go on."""
    mine = Membership.objects.filter(user=user, ended_at=None, role__in=MAY_STOP).select_related("organization")
    held = {membership.organization_id: membership.organization for membership in mine}
    return [organization for organization in held.values() if stops.open_stop(organization) is not None]


@dataclass(frozen=True)
class Stream:
    """One stream of the ledger, read and checked."""

    name: str
    rows: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class LedgerCheck:
    """What checking a case's ledger found: its own stream, those of its learners, and the stage that they lead to."""

    streams: tuple[Stream, ...]
    replayed: str
    stage: str

    @property
    def intact(self) -> bool:
        """True when no row is broken and the history leads to the present stage."""
        return not any(stream.faults for stream in self.streams) and self.replayed == self.stage

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return sum(stream.rows for stream in self.streams)


def check_ledger(version: Version) -> LedgerCheck:
    """Walk every row of a case, from the first to the last."""
    learners = Enrolment.objects.filter(cohort__version=version).order_by("pk").values_list("public_id", flat=True)
    names = [stream_of(version), *(f"award:{public_id}" for public_id in learners)]
    streams = [
        Stream(name, LedgerEvent.objects.filter(stream=name).count(), tuple(ledger.faults_of(name))) for name in names
    ]
    return LedgerCheck(tuple(streams), replayed_stage(version), str(version.stage))

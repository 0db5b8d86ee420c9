"""The stop switch of issuing: one person stops it at once, another lets it go on (`promises.md` 2).

It is an emergency act: nobody waits for a second person to stop. To go on takes somebody else's eyes.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from credentials import stops
from credentials.models import IssuingStop
from people.models import Membership, Organization, Role, User
from workflows import ledger
from workflows.door import found
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal

MAY_STOP = (Role.QA_OFFICER, Role.COMMITTEE_CHAIR, Role.ISSUER)
OF_ALL = "service"


def may_stop(person: User, institution: Organization) -> bool:
    """Whether this person may stop issuing at an institution, and let it go on."""
    held = Membership.objects.filter(user=person, organization=institution, ended_at=None)
    return held.filter(role__in=MAY_STOP).exists()


def _refuse_others(actor: User, institution: Organization) -> None:
    if not Membership.objects.filter(user=actor, organization=institution, ended_at=None).exists():
        raise NotYours
    if not may_stop(actor, institution):
        raise NotAllowed


@transaction.atomic
def stop_issuing(*, institution_id: int, actor: User, reason: str) -> IssuingStop:
    """Nothing is signed for learners of this institution from now on; approvals and awards go on."""
    institution = found(Organization, institution_id)
    _refuse_others(actor, institution)
    if not reason.strip():
        raise Missing(what=_("a reason"))
    order = stops.stop(institution, reason=reason.strip(), ordered_by=actor)
    _record(institution, "stop_issuing", actor, reason=order.reason)
    return order


@transaction.atomic
def let_issuing_go_on(*, institution_id: int, actor: User) -> IssuingStop:
    """Issuing goes on; not by the person who stopped it."""
    institution = found(Organization, institution_id)
    _refuse_others(actor, institution)
    order = stops.open_stop(institution)
    if order is None:
        raise Refusal(_("Issuing is not stopped by an order of this institution."))
    if order.ordered_by_id == actor.pk:
        raise OwnWork(_("Somebody else than the person who stopped issuing lets it go on."))
    stops.end(order)
    _record(institution, "let_issuing_go_on", actor)
    return order


@transaction.atomic
def stop_by_operator(*, institution: Organization | None, reason: str) -> IssuingStop:
    """The operator of the service stops it for one institution, or for all."""
    order = stops.stop(institution, reason=reason, ordered_by=None)
    _record(institution, "stop_issuing", None, reason=reason)
    return order


@transaction.atomic
def go_on_by_operator(*, institution: Organization | None) -> IssuingStop:
    """The operator lets it go on."""
    order = stops.open_stop(institution)
    if order is None:
        raise Refusal(_("Issuing is not stopped by such an order."))
    stops.end(order)
    _record(institution, "let_issuing_go_on", None)
    return order


def _record(institution: Organization | None, type_: str, actor: User | None, **data: str) -> None:
    public_id = str(institution.public_id) if institution else ""
    stream = f"institution:{public_id}" if institution else OF_ALL
    ledger.append(stream, type_, actor=actor, organization=public_id, data=data)

"""Who may enter the quality portal, and which cases its pages open."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from people.models import Role
from people.web import for_roles, person
from workflows.errors import NotYours
from workflows.queries import Case, case_of

ROLES = (
    Role.QA_OFFICER,
    Role.COMMITTEE_MEMBER,
    Role.COMMITTEE_CHAIR,
    Role.REGISTRAR,
    Role.GRANTOR,
    Role.ISSUER,
    Role.AUDITOR,
)
office = for_roles(*ROLES)


def case_for(request: HttpRequest, public_id: UUID) -> Case:
    """A case of the institution in whose quality office this person works. Raises `NotYours`."""
    case = case_of(person(request), public_id)
    if "audit" not in case.grants:
        raise NotYours
    return case


def reads_reasons(case: Case) -> bool:
    """True for who decides about badges and for the auditor: reasons are private to them and the earner."""
    return bool(case.grants & {"screen", "register", "chair", "activate"}) or case.grants == {"audit"}


def carries_record(case: Case) -> bool:
    """True for who may carry the whole record away: the office, the chair and the auditor."""
    return bool(case.grants & {"screen", "chair"}) or case.grants == {"audit"}

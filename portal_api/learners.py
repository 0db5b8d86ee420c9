"""Rosters, awards and badges, and what waits, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from portal_api import schemas as s
from portal_api.door import BEARERS, caller, cohort_for, once, version_for
from portal_api.paging import Place, page
from portal_api.words import lazy as _
from workflows import rights, shelf, waiting
from workflows.actions import piloting
from workflows.actions.piloting import Learner
from workflows.errors import NotAllowed
from workflows.models import Cohort
from workflows.register import register

router = Router(tags=["learners"])
READ = BEARERS["awards:read"]


def _roster(cohort: Cohort) -> s.RosterOut:
    return s.RosterOut(
        cohort=cohort.public_id,
        name=cohort.name,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        signed_off=cohort.signed_off_by_id is not None,
        learners=[s.of_enrolment(one) for one in cohort.enrolments.order_by("pk")],
    )


@router.get(
    "/versions/{uuid:version_id}/cohorts", auth=READ, response=list[s.RosterOut], summary=_("Cohorts of a version")
)
def cohorts(request: HttpRequest, version_id: UUID) -> list[s.RosterOut]:
    """With their learners, for who works on the version."""
    version, person = version_for(request, version_id), caller(request).person
    if not rights.works_on(person, version):
        raise NotAllowed
    return [_roster(cohort) for cohort in version.cohorts.prefetch_related("enrolments").order_by("pk")]


@router.get("/cohorts/{uuid:cohort_id}/roster", auth=READ, response=s.RosterOut, summary=_("The roster of a cohort"))
def roster(request: HttpRequest, cohort_id: UUID) -> s.RosterOut:
    """Who takes part, and how far each is."""
    return _roster(cohort_for(request, cohort_id))


@router.put(
    "/cohorts/{uuid:cohort_id}/roster",
    auth=BEARERS["rosters:write"],
    response=s.RosterOut,
    summary=_("Invite learners into a cohort"),
)
@once
def put_roster(request: HttpRequest, cohort_id: UUID, body: s.RosterIn) -> tuple[int, s.RosterOut]:
    """Those who are not there yet; nobody is taken out, because a learner leaves by his or her own act."""
    cohort = cohort_for(request, cohort_id)
    there = set(cohort.enrolments.values_list("learner__email", flat=True))
    learners = [Learner(**one.model_dump()) for one in body.learners if one.email.lower() not in there]
    if learners:
        piloting.enter_roster(cohort_id=cohort.pk, actor=caller(request).person, learners=learners)
    return 200, _roster(cohort_for(request, cohort_id))


@router.get("/badges", auth=READ, response=s.BadgesOut, summary=_("Badges of your institution, the newest first"))
def badges(request: HttpRequest, place: Query[Place], status: str = "") -> s.BadgesOut:
    """For members of the quality office."""
    who = caller(request)
    found, following = page(shelf.found(who.person, status=status).filter(issuer=who.institution), place)
    return s.BadgesOut(items=[s.of_badge(one.credential, one.version) for one in shelf.shelved(found)], next=following)


@router.get(
    "/waiting",
    auth=BEARERS["reports:read"],
    response=list[s.WaitingOut],
    summary=_("What waits for you"),
)
def waits(request: HttpRequest) -> list[s.WaitingOut]:
    """The same as the queue of the quality office."""
    who = caller(request)
    items = [item for item in waiting.items(who.person) if item.version.institution_id == who.institution.pk]
    return [
        s.WaitingOut(
            kind=item.kind, subject=item.subject, version=item.version.public_id, since=item.since, due=item.due
        )
        for item in items
    ]


@router.get("/register", auth=None, response=list[dict[str, Any]], summary=_("The public register"))
def public_register(request: HttpRequest, words: str = "", institution: str = "") -> list[dict[str, Any]]:
    """What is in use, expiring or retired. Open to everybody, without a token."""
    return [row.as_data() for row in register(words=words, institution=institution)]

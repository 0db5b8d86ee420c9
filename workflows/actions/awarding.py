"""From a recommended result to a signed badge in the learner's hand: award, issue, answer."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from credentials import queries as badge_queries
from credentials.models import Credential
from people.models import User
from workflows import achievements, cases, rights
from workflows.award_course import enrolment_of, opened_award
from workflows.errors import NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import Award, Enrolment
from workflows.stations import STATIONS, Stage


def award(*, enrolment_id: int, actor: User) -> Credential:
    """A9 and C1, C2: a grantor who did not assess awards; the badge is planned, signed, read back and offered."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        enrolment = passage.enrolment
        version = enrolment.cohort.version
        passage.ask("award")
        if not rights.holds(actor, version, "grant"):
            raise NotAllowed
        if enrolment.learner_id == actor.pk or enrolment.attempts.filter(assessor=actor).exists():
            raise OwnWork(_("The grantor did not assess the work and is not the learner."))
        if not STATIONS[Stage(version.stage)].issues or version.issuing_paused:
            raise Refusal(_("The version is not issuing now. The result stays on hold and is not lost."))
        granted = Award.objects.create(
            version=version,
            enrolment=enrolment,
            learner=enrolment.learner,
            occasion=str(enrolment.cohort.public_id),
            granted_by=actor,
        )
        credential = _issue(granted, enrolment)
        passage.move("award", award=str(granted.public_id), badge=str(credential.public_id))
        return credential


def _issue(granted: Award, enrolment: Enrolment) -> Credential:
    """The one function that makes a badge of an award."""
    version = granted.version
    now = timezone.now()
    in_force = [
        endorsement
        for endorsement in badge_queries.endorsements_of(cases.achievement_url(version))
        if endorsement.withdrawn_at is None and endorsement.valid_until > now
    ]
    prepared = badges.prepare(
        achievement=badge_queries.achievement_of(version.public_id),
        recipient=granted.learner,
        award_reference=granted.public_id,
        results=achievements.results(version, enrolment.attempts.latest("ordinal").scores),
        awarded_at=granted.awarded_at,
        valid_until=None,
        endorsements=in_force,
    )
    return badges.issue(credential=prepared)


def answer_badge(*, credential_id: int, actor: User, accept: bool) -> Credential:
    """C3: the earner accepts or declines."""
    credential = Credential.objects.filter(pk=credential_id, recipient=actor).first()
    if credential is None:
        raise NotYours
    with opened_award(enrolment_id=enrolment_of(credential).pk, actor=actor) as passage:
        answered = badges.answer(credential=credential, accept=accept)
        passage.record("accept_badge" if accept else "decline_badge", badge=str(credential.public_id))
        return answered

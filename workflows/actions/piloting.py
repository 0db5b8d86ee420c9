"""The pilot: a cohort, its roster, start, close, report; and the way from approval to use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from people import mailboxes
from people.models import User
from workflows import rights
from workflows.actions.evaluating import activate, answer_pilot, close_pilot, redesign, report
from workflows.award_course import AwardPassage
from workflows.door import found, opened
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.freshness import job_is_stale
from workflows.models import AwardStage, Cohort, CohortAssessor, Enrolment, Version
from workflows.stations import STATIONS, Stage

__all__ = [
    "Learner",
    "activate",
    "answer_pilot",
    "close_pilot",
    "enter_roster",
    "make_cohort",
    "name_assessor",
    "redesign",
    "report",
    "sign_off_roster",
    "start_pilot",
]

COHORT_STAGES = {Stage.PILOT_READY, *(stage for stage, station in STATIONS.items() if station.issues)}


@dataclass(frozen=True)
class Learner:
    """One row of a roster; `language` sets what a new account is addressed in."""

    email: str
    name: str
    number: str = ""
    language: str = ""


def make_cohort(
    *, version_id: int, actor: User, name: str, starts_on: date, ends_on: date, stop_rule: str, consent: dict[str, Any]
) -> Cohort:
    """Plan a run of learners; a pilot one before the version is active."""
    with opened(version_id=version_id, actor=actor) as passage:
        version = passage.version
        if not rights.holds(actor, version, "design"):
            raise NotAllowed
        if version.stage not in COHORT_STAGES or version.issuing_paused:
            raise Refusal(_("No cohort can be planned in this stage."))
        if job_is_stale(version):
            raise Refusal(
                _("Partners no longer confirm that the assessment reflects the job. Ask them before a new cohort.")
            )
        if ends_on < starts_on:
            raise Missing(what=_("an end that is not before the start"))
        cohort = Cohort.objects.create(
            version=version,
            name=name,
            pilot=version.stage == Stage.PILOT_READY,
            starts_on=starts_on,
            ends_on=ends_on,
            stop_rule=stop_rule,
            consent_text=consent,
            made_by=actor,
        )
        passage.record("make_cohort", cohort=str(cohort.public_id))
        return cohort


def enter_roster(*, cohort_id: int, actor: User, learners: list[Learner]) -> list[Enrolment]:
    """Invite learners; one who is there already is left as is, so that a roster can be read twice."""
    cohort = found(Cohort, cohort_id)
    with opened(version_id=cohort.version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "design"):
            raise NotAllowed
        if cohort.closed_at is not None:
            raise Refusal(_("This cohort is closed."))
        entered = [_invite(cohort, learner, actor) for learner in learners]
        cohort.signed_off_by = None
        cohort.save(update_fields=["signed_off_by"])
        passage.record("enter_roster", cohort=str(cohort.public_id), learners=len(entered))
        return entered


def _invite(cohort: Cohort, learner: Learner, actor: User) -> Enrolment:
    email = learner.email.lower()
    person = mailboxes.owner(email) or User.objects.create_user(
        email, name=learner.name, language=learner.language or cohort.version.language
    )
    if cohort.assessors.filter(person=person).exists():
        raise OwnWork(
            _("Somebody on the roster assesses or moderates in the cohort. Nobody assesses his or her own work.")
        )
    enrolment, made = Enrolment.objects.get_or_create(
        cohort=cohort,
        learner=person,
        defaults={
            "roster_name": learner.name,
            "student_number": learner.number,
            "renews": _earned_before(cohort, person),
        },
    )
    if made:
        AwardPassage(enrolment, actor).record("invite")
    return enrolment


def _earned_before(cohort: Cohort, person: User) -> Enrolment | None:
    """The course in which this person last earned the same micro-credential: being invited again renews it (C8)."""
    earned = Enrolment.objects.filter(
        learner=person,
        stage=AwardStage.AWARDED,
        cohort__version__micro_credential=cohort.version.micro_credential,
    )
    return earned.order_by("-pk").first()


def sign_off_roster(*, cohort_id: int, actor: User) -> Cohort:
    """A second person of the quality office signs the roster (`promises.md` H9)."""
    cohort = found(Cohort, cohort_id)
    with opened(version_id=cohort.version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "screen"):
            raise NotAllowed
        wrote = cohort.made_by_id == actor.pk or rights.holds(actor, passage.version, "design")
        if wrote or cohort.enrolments.filter(learner=actor).exists():
            raise OwnWork(_("A roster is signed off by a second person who is not on it."))
        cohort.signed_off_by = actor
        cohort.save(update_fields=["signed_off_by"])
        passage.record("sign_off_roster", cohort=str(cohort.public_id))
        return cohort


def name_assessor(
    *, cohort_id: int, actor: User, person: User, qualification: str, moderator: bool = False
) -> CohortAssessor:
    """Say who may assess or moderate, and on what qualification."""
    cohort = found(Cohort, cohort_id)
    with opened(version_id=cohort.version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "design"):
            raise NotAllowed
        if not qualification.strip():
            raise Missing(what=_("the assessor's qualification"))
        if cohort.enrolments.filter(learner=person).exists():
            raise OwnWork(_("A learner of the cohort cannot assess in it."))
        place = CohortAssessor.objects.create(
            cohort=cohort, person=person, qualification=qualification, moderator=moderator
        )
        passage.record("name_assessor", person=str(person.public_id), moderator=moderator)
        return place


def start_pilot(*, version_id: int, actor: User, expected: int) -> Version:
    """T11: a signed roster, consent text, qualified assessors and a stop rule stand; no condition waits."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("start_pilot")
        cohort = version.cohorts.filter(pilot=True, closed_at=None).order_by("-pk").first()
        if cohort is None or cohort.signed_off_by_id is None or not cohort.enrolments.exists():
            raise Missing(what=_("a pilot cohort with a roster signed off by a second person"))
        if not cohort.consent_text or not cohort.stop_rule:
            raise Missing(what=_("the consent text and the stop rule"))
        if not cohort.assessors.filter(moderator=False).exists():
            raise Missing(what=_("a qualified assessor"))
        if version.conditions.filter(closed_at=None, blocks="start_pilot").exists():
            raise Refusal(_("A condition on the start is still open. Whoever set it closes it first."))
        passage.move("start_pilot", cohort=str(cohort.public_id))
        return version

"""The pilot: a cohort, its roster, start, close, report; and the way from approval to use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from people.models import User
from workflows import achievements, cases, rights
from workflows.actions.gates import open_committee
from workflows.actions.proposing import freeze
from workflows.award_course import AwardPassage
from workflows.door import found, opened
from workflows.dossier import Dossier
from workflows.errors import Blocked, Missing, NotAllowed, OwnWork, Refusal
from workflows.models import (
    AwardStage,
    Cohort,
    CohortAssessor,
    Enrolment,
    Panel,
    PanelKind,
    PilotAnswer,
    Version,
)
from workflows.panels import Place
from workflows.stations import STATIONS, Stage

UNDER_ASSESSMENT = {AwardStage.SUBMITTED, AwardStage.ASSESSING, AwardStage.ASSESSED, AwardStage.MODERATING}
FULL_REVIEW = timedelta(days=3 * 365)  # the full periodic review is due after 36 months (lifecycle.md 8)
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
    person = User.objects.filter(email=email).first() or User.objects.create_user(
        email, name=learner.name, language=learner.language or cohort.version.language
    )
    if cohort.assessors.filter(person=person).exists():
        raise OwnWork(
            _("Somebody on the roster assesses or moderates in the cohort. Nobody assesses his or her own work.")
        )
    enrolment, made = Enrolment.objects.get_or_create(
        cohort=cohort,
        learner=person,
        defaults={"roster_name": learner.name, "student_number": learner.number},
    )
    if made:
        AwardPassage(enrolment, actor).record("invite")
    return enrolment


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
        cohort = version.cohorts.filter(pilot=True).first()
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


def close_pilot(*, version_id: int, actor: User, expected: int) -> Version:
    """T12: no assessment is under way."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("close_pilot")
        if Enrolment.objects.filter(cohort__version=passage.version, stage__in=UNDER_ASSESSMENT).exists():
            raise Refusal(_("Assessments are still under way. Finish them first."))
        passage.version.cohorts.filter(pilot=True).update(closed_at=timezone.now())
        passage.move("close_pilot")
        return passage.version


def answer_pilot(
    *, version_id: int, actor: User, audience: str, answers: dict[str, Any], person: User | None = None
) -> PilotAnswer:
    """Keep one answer of the pilot evaluation F5; a learner answers for herself, the lead enters an employer's."""
    with opened(version_id=version_id, actor=actor) as passage:
        learner = Enrolment.objects.filter(cohort__version=passage.version, learner=actor).exists()
        lead = rights.holds(actor, passage.version, "design")
        if audience not in {"learner", "employer", "staff"} or not (learner if audience == "learner" else lead):
            raise NotAllowed
        answer = PilotAnswer.objects.create(
            version=passage.version, audience=audience, person=person or actor, answers=answers
        )
        passage.record("answer_pilot", audience=audience)
        return answer


def report(
    *, version_id: int, actor: User, expected: int, measures: dict[str, dict[str, Any]], committee: list[Place]
) -> Panel:
    """T14: the views of learners and employers are in, each target is met or its miss explained; gate 3 opens.

    `measures` maps the place of each planned measure ("0", "1" ...) to {"met": bool, "explanation": str}.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("report")
        for audience in ("learner", "employer"):
            if not version.pilot_answers.filter(audience=audience).exists():
                raise Missing(what=_("the view of a learner and of an employer"))
        for place in range(len(Dossier.model_validate(version.content).pilot.measures)):
            result = measures.get(str(place))
            if result is None or not (result.get("met") or str(result.get("explanation", "")).strip()):
                raise Missing(what=_("each target met, or its miss explained"))
        snapshot = freeze(passage)
        panel = open_committee(passage, PanelKind.FINAL_APPROVAL, committee)
        passage.move("report", digest=snapshot.digest, measures=measures)
        return panel


def activate(*, version_id: int, actor: User, expected: int) -> Version:
    """T18: publish the achievement with its quality approval, and open it to everybody."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("activate")
        if version.contributions.filter(person=actor).exists():
            raise OwnWork
        if version.conditions.filter(closed_at=None, blocks="activate").exists():
            raise Refusal(_("A condition that blocks issuing is still open. Whoever set it closes it first."))
        assert version.snapshot is not None
        badges.publish_achievement(
            public_id=version.public_id,
            issuer=version.institution,
            document=achievements.document(version),
            snapshot_digest=version.snapshot.digest,
        )
        badges.issue_endorsement(
            issuer=version.institution,
            kind="quality_approval",
            achievement_url=cases.achievement_url(version),
            snapshot_digest=version.snapshot.digest,
            comment="",
            valid_until=timezone.now() + FULL_REVIEW,
        )
        reasons = cases.blocking(version, "T18")
        if reasons:
            raise Blocked(reasons)
        passage.move("activate", digest=version.snapshot.digest)
        return version

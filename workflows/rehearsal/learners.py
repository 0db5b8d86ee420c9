"""The learners of a rehearsal: cohort, evidence, scores, report, awards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from credentials.models import Credential
from workflows.actions import assessing, awarding, learning, piloting
from workflows.dossier import Dossier
from workflows.evidence import Item
from workflows.models import AwardStage, Enrolment, Version
from workflows.rehearsal import gates
from workflows.rehearsal.people import LEARNERS

if TYPE_CHECKING:
    from workflows.rehearsal.course import Rehearsal


def start(play: Rehearsal) -> None:
    """A cohort with its roster, assessor and moderator; signed off by a second person; then T11."""
    today = timezone.localdate()
    cohort = play.note(
        piloting.make_cohort, "academic_lead", name=f"Pilot {play.script.id}"[:120], starts_on=today,
        ends_on=today + timedelta(weeks=play.script.weeks),
        stop_rule=Dossier.model_validate(play.version.content).pilot.stop_rule.said(play.script.language),
        consent=play.answers.text(play.say("consent")),
    )  # fmt: skip
    domain, names = play.script.institution_domain, LEARNERS[play.script.language]
    rows = [
        piloting.Learner(f"learner{place + 1}@learners.{domain}", names[place % len(names)])
        for place in range(play.script.learners)
    ]
    lead = play.players["academic_lead"]
    piloting.enter_roster(cohort_id=cohort.pk, actor=lead, learners=rows)
    for role, moderator in (("assessor", False), ("moderator", True)):
        piloting.name_assessor(
            cohort_id=cohort.pk, actor=lead, person=play.players[role],
            qualification=play.say("qualification"), moderator=moderator,
        )  # fmt: skip
    piloting.sign_off_roster(cohort_id=cohort.pk, actor=play.players["qa_officer"])
    play.act(piloting.start_pilot, "qa_officer")


def pilot(play: Rehearsal) -> None:
    """Everybody enrols and hands in; the last one is not yet competent. Then T12."""
    enrolments = roster(play)
    for place, enrolment in enumerate(enrolments):
        hand_in(play, enrolment)
        weak = place == len(enrolments) - 1 and len(enrolments) > 1
        if not judge(play, enrolment, weak=weak):
            play.tell(f"{play.script.id}: {enrolment.roster_name} is not yet competent")
            continue
        assessing.recommend(enrolment_id=enrolment.pk, actor=play.players["academic_lead"])
    gates.close_conditions(play)
    play.act(piloting.close_pilot, "academic_lead")


def roster(play: Rehearsal) -> list[Enrolment]:
    """The learners of the pilot, in the order of their list."""
    enrolments = Enrolment.objects.filter(cohort__version=play.version, cohort__pilot=True)
    return list(enrolments.select_related("learner").order_by("pk"))


def enrol(play: Rehearsal, enrolment: Enrolment) -> None:
    """A1: consent to what is stored."""
    learning.enrol(enrolment_id=enrolment.pk, actor=enrolment.learner, consent=True, identity_level="photo")


def hand_in(play: Rehearsal, enrolment: Enrolment) -> None:
    """A1 and A2: enrol, and one note for each task."""
    enrol(play, enrolment)
    tasks = Dossier.model_validate(play.version.content).assessment.tasks
    items = [Item(task.code, text=f"{task.title.said(play.script.language)}. {play.say('evidence')}") for task in tasks]
    learning.submit_evidence(enrolment_id=enrolment.pk, actor=enrolment.learner, items=items, own_work=True)


def judge(play: Rehearsal, enrolment: Enrolment, *, weak: bool, moderated: bool = True) -> bool:
    """A3 to A6: the assessor scores, a moderator confirms what was sampled. Answers whether it is competent."""
    assessor, document = play.players["assessor"], Dossier.model_validate(play.version.content)
    assessing.take(enrolment_id=enrolment.pk, actor=assessor)
    given = scores(document, play.say("feedback"), weak=weak)
    scored = assessing.score(enrolment_id=enrolment.pk, actor=assessor, scores=given)
    if scored.moderation_needed and moderated:
        assessing.moderate(enrolment_id=enrolment.pk, actor=play.players["moderator"], confirm=True, note="")
    return bool(scored.passed)


def scores(document: Dossier, feedback: str, *, weak: bool) -> dict[str, dict[str, Any]]:
    """A level per criterion by the proposal's own rubric: the required one, or for the weak one a level below it."""
    points = {level.code: level.points for level in document.rubric.levels}
    given: dict[str, dict[str, Any]] = {
        criterion.code: {"level": criterion.required_level, "comment": ""} for criterion in document.rubric.criteria
    }
    if not weak:
        return given
    for criterion in document.rubric.criteria:
        below = [code for code, n in points.items() if n < points[criterion.required_level]]
        if criterion.critical and below:
            given[criterion.code] = {"level": max(below, key=points.__getitem__), "comment": feedback}
            break
    return given


def report(play: Rehearsal) -> None:
    """F5 with the views of a learner and of an employer; each measure met, or its miss explained. Then T14."""
    learner = Enrolment.objects.filter(cohort__version=play.version).order_by("pk")[0].learner
    piloting.answer_pilot(
        version_id=play.version.pk, actor=learner, audience="learner", answers={"view": play.say("learner_view")}
    )
    play.note(piloting.answer_pilot, "academic_lead", audience="employer", answers={"view": play.say("employer_view")})
    measures = {
        str(place): {"met": place != 0, "explanation": play.say("explanation")}
        for place in range(len(Dossier.model_validate(play.version.content).pilot.measures))
    }
    play.act(piloting.report, "academic_lead", measures=measures, committee=play.players.committee())


def held(version: Version) -> list[Enrolment]:
    """Results that wait for the version to become active."""
    waiting = Enrolment.objects.filter(cohort__version=version, stage__in=[AwardStage.HELD, AwardStage.RECOMMENDED])
    return list(waiting.order_by("pk"))


def award(play: Rehearsal, enrolment: Enrolment) -> Credential:
    """A9, C1 to C3: awarded; the learner sees what the badge will say, agrees, and accepts it."""
    prepared = awarding.award(enrolment_id=enrolment.pk, actor=play.players["grantor"])
    awarding.consent_to_badge(credential_id=prepared.pk, actor=prepared.recipient, name_shown=False)
    return awarding.answer_badge(credential_id=prepared.pk, actor=prepared.recipient, accept=True)


def leave_the_rest(play: Rehearsal) -> None:
    """Whoever has not finished leaves, so that the offer can close."""
    for enrolment in Enrolment.objects.filter(cohort__version=play.version, stage=AwardStage.NOT_YET):
        learning.leave(enrolment_id=enrolment.pk, actor=enrolment.learner)

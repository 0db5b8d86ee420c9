"""What is done with a learner's evidence: take it, score it by the rubric, moderate, recommend, or end the course."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import marking, rights
from workflows.actions.learning import may_try_again
from workflows.award_course import AwardPassage, opened_award
from workflows.dossier import Dossier
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.models import Attempt, AwardStage, Enrolment
from workflows.policy import setting
from workflows.stations import STATIONS, Stage


def _place(passage: AwardPassage, actor: User, *, moderator: bool) -> None:
    """Refuse a person who has no such place in the cohort, is the learner, or declared a conflict."""
    enrolment = passage.enrolment
    if not enrolment.cohort.assessors.filter(person=actor, moderator=moderator).exists():
        raise NotAllowed
    if enrolment.learner_id == actor.pk:
        raise OwnWork(_("Nobody assesses his or her own work."))
    if str(actor.public_id) in enrolment.conflicts:
        raise OwnWork(_("You declared a conflict of interest in this learner's work. Somebody else looks at it."))


def take(*, enrolment_id: int, actor: User) -> Enrolment:
    """A3: a qualified assessor without a conflict takes the work."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.ask("take")
        _place(passage, actor, moderator=False)
        attempt = passage.enrolment.attempts.latest("ordinal")
        attempt.assessor = actor
        attempt.save(update_fields=["assessor"])
        passage.move("take", attempt=attempt.ordinal)
        return passage.enrolment


def declare_conflict(*, enrolment_id: int, actor: User) -> Enrolment:
    """An assessor or moderator steps back from one learner's work; work that was taken goes back."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        enrolment = passage.enrolment
        if not enrolment.cohort.assessors.filter(person=actor).exists():
            raise NotAllowed
        if str(actor.public_id) not in enrolment.conflicts:
            enrolment.conflicts = [*enrolment.conflicts, str(actor.public_id)]
        attempt = enrolment.attempts.order_by("-ordinal").first()
        if enrolment.stage == AwardStage.ASSESSING and attempt is not None and attempt.assessor_id == actor.pk:
            attempt.assessor = None
            attempt.save(update_fields=["assessor"])
            passage.move("release", attempt=attempt.ordinal)
        passage.record("declare_conflict")
        return enrolment


def carried_scores(attempt: Attempt) -> dict[str, dict[str, Any]]:
    """The scores of criteria that an earlier try met; they stand and are not given again."""
    earlier = attempt.enrolment.attempts.filter(ordinal__lt=attempt.ordinal, assessed_at__isnull=False)
    last = earlier.order_by("-ordinal").first()
    if last is None:
        return {}
    unmet = marking.judge(Dossier.model_validate(attempt.enrolment.cohort.version.content), last.scores).unmet
    return {code: value for code, value in last.scores.items() if code not in unmet}


def _complete(attempt: Attempt, dossier: Dossier, scores: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The scores given now over those that stand from earlier. Raises when one lacks or would change what stands."""
    codes, levels = {c.code for c in dossier.rubric.criteria}, {level.code for level in dossier.rubric.levels}
    carried = carried_scores(attempt)
    if set(scores) - codes:
        raise Missing(what=_("scores for the criteria of this rubric alone"))
    for code, stands in carried.items():
        if code in scores and scores[code].get("level") != stands["level"]:
            raise Refusal(_("Criterion %(code)s was met by an earlier attempt and is not scored again."), code=code)
    complete = {**scores, **carried}
    if any(complete.get(code, {}).get("level") not in levels for code in codes):
        raise Missing(what=_("a level for every criterion"))
    return complete


def score(*, enrolment_id: int, actor: User, scores: dict[str, dict[str, Any]]) -> Attempt:
    """A4 and A5: a level per criterion, and feedback on each that is not met; the result is computed, never typed."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.ask("score")
        enrolment = passage.enrolment
        attempt = enrolment.attempts.latest("ordinal")
        if attempt.assessor_id != actor.pk:
            raise NotAllowed
        dossier = Dossier.model_validate(enrolment.cohort.version.content)
        complete = _complete(attempt, dossier, scores)
        result = marking.judge(dossier, complete)
        if not result.passed and any(not str(complete[code].get("comment", "")).strip() for code in result.unmet):
            raise Missing(what=_("feedback on each criterion that is not met yet"))
        attempt.scores, attempt.assessed_at = complete, timezone.now()
        attempt.passed, attempt.borderline = result.passed, result.borderline
        sample = _sample(enrolment, attempt, result)
        attempt.moderation_needed, attempt.moderated_at = bool(sample), None
        attempt.save()
        facts = {"attempt": attempt.ordinal, "passed": result.passed, "sample": sample}
        scored = "sha256:" + hashlib.sha256(rfc8785.dumps(complete)).hexdigest()
        passage.move("score" if result.passed else "not_yet", **facts, scores=scored)
        if result.passed and sample:
            passage.move("open_moderation", sample=sample)
        return attempt


def _sample(enrolment: Enrolment, attempt: Attempt, result: marking.Result) -> str:
    """Why this work is moderated, by the institution's rule."""
    assessed = Attempt.objects.filter(enrolment__cohort=enrolment.cohort, assessed_at__isnull=False)
    rule = setting(enrolment.cohort.version.policy.data, "moderation")
    return marking.sampled(rule, str(enrolment.public_id), assessed.exclude(pk=attempt.pk).count(), result)


def moderate(*, enrolment_id: int, actor: User, confirm: bool, note: str) -> Attempt:
    """A6, A10: a moderator who did not score confirms the result, or sends the work back to be scored again.

    On work that is not yet competent, confirming lets the result stand, and ends the course when the assessor has
    said that no attempt is left.
    """
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        enrolment = passage.enrolment
        passage.ask("confirm_not_yet" if enrolment.stage == AwardStage.NOT_YET else "confirm_scores")
        _place(passage, actor, moderator=True)
        if enrolment.attempts.filter(assessor=actor).exists():
            raise OwnWork(_("The moderator is never the assessor of the same work."))
        if not confirm and not note.strip():
            raise Missing(what=_("a note that says why"))
        attempt = enrolment.attempts.latest("ordinal")
        attempt.moderator, attempt.moderation_note, attempt.moderated_at = actor, note, timezone.now()
        if not confirm:
            attempt.failure_reasons = ""
        attempt.save()
        passage.move(_after_moderation(enrolment, attempt, confirm=confirm), attempt=attempt.ordinal)
        return attempt


def _after_moderation(enrolment: Enrolment, attempt: Attempt, *, confirm: bool) -> str:
    if not confirm:
        return "score_again"
    if enrolment.stage == AwardStage.MODERATING:
        return "confirm_scores"
    return "fail" if attempt.failure_reasons else "confirm_not_yet"


def fail(*, enrolment_id: int, actor: User, reasons: str) -> Attempt:
    """A10, first person: the assessor of the last attempt says why the course ends; a moderator confirms."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.ask("fail")
        attempt = passage.enrolment.attempts.latest("ordinal")
        if attempt.assessor_id != actor.pk:
            raise NotAllowed
        if may_try_again(passage.enrolment):
            raise Refusal(_("An attempt is left, so the learner may try again first."))
        if not reasons.strip():
            raise Missing(what=_("your reasons, which the learner reads"))
        attempt.failure_reasons, attempt.moderation_needed, attempt.moderated_at = reasons, True, None
        attempt.save()
        passage.record("propose_fail", attempt=attempt.ordinal)
        return attempt


def recommend(*, enrolment_id: int, actor: User) -> Enrolment:
    """A7, and A8 while the version may not issue: the academic lead recommends; the result then waits on hold."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.ask("recommend")
        version = passage.enrolment.cohort.version
        if not rights.holds(actor, version, "design"):
            raise NotAllowed
        if passage.enrolment.learner_id == actor.pk:
            raise OwnWork(_("Nobody recommends his or her own work."))
        attempt = passage.enrolment.attempts.latest("ordinal")
        if attempt.moderation_needed and attempt.moderated_at is None:
            raise Refusal(_("This work was sampled and waits for its moderator."))
        passage.move("recommend")
        if not STATIONS[Stage(version.stage)].issues or version.issuing_paused:
            passage.actor = None
            passage.move("hold")
        return passage.enrolment

"""What is done with a learner's evidence: take it, score it by the rubric, moderate, recommend."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import rights
from workflows.award_course import opened_award
from workflows.dossier import Dossier
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.models import Attempt, Cohort, Enrolment
from workflows.stations import STATIONS, Stage

FIRST_MODERATED = 5  # always the first n of a cohort, the borderline and the unsuccessful (lifecycle.md A6)


def _assessor(cohort: Cohort, person: User, *, moderator: bool = False) -> None:
    if not cohort.assessors.filter(person=person, moderator=moderator).exists():
        raise NotAllowed


def take(*, enrolment_id: int, actor: User) -> Enrolment:
    """A3: a qualified assessor without a conflict takes the work."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        _assessor(passage.enrolment.cohort, actor)
        if passage.enrolment.learner_id == actor.pk:
            raise OwnWork(_("Nobody assesses his or her own work."))
        attempt = passage.enrolment.attempts.latest("ordinal")
        attempt.assessor = actor
        attempt.save(update_fields=["assessor"])
        passage.move("take", attempt=attempt.ordinal)
        return passage.enrolment


def competent(dossier: Dossier, scores: dict[str, dict[str, Any]]) -> tuple[bool, bool]:
    """The non-compensatory rule: (met, borderline). Every criterion reaches its required level, none is offset.

    Borderline: met, with some criterion exactly at its required level.
    """
    points = {level.code: level.points for level in dossier.rubric.levels}
    gaps = [
        points[scores[criterion.code]["level"]] - points[criterion.required_level]
        for criterion in dossier.rubric.criteria
        if criterion.critical
    ]
    return all(gap >= 0 for gap in gaps), all(gap >= 0 for gap in gaps) and 0 in gaps


def score(*, enrolment_id: int, actor: User, scores: dict[str, dict[str, Any]]) -> Attempt:
    """A4 and A5: a level and a comment per criterion; the result is computed, never typed."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.ask("score")
        enrolment = passage.enrolment
        attempt = enrolment.attempts.latest("ordinal")
        if attempt.assessor_id != actor.pk:
            raise NotAllowed
        dossier = Dossier.model_validate(enrolment.cohort.version.content)
        levels = {level.code for level in dossier.rubric.levels}
        for criterion in dossier.rubric.criteria:
            if scores.get(criterion.code, {}).get("level") not in levels:
                raise Missing(what=_("a level for every criterion"))
        attempt.passed, attempt.borderline = competent(dossier, scores)
        if not attempt.passed and not any(str(s.get("comment", "")).strip() for s in scores.values()):
            raise Missing(what=_("feedback on each criterion that is not met yet"))
        attempt.scores, attempt.assessed_at = scores, timezone.now()
        earlier = Attempt.objects.filter(enrolment__cohort=enrolment.cohort, assessed_at__isnull=False).count()
        attempt.moderation_needed = attempt.borderline or earlier < FIRST_MODERATED
        attempt.save()
        passage.move("score" if attempt.passed else "not_yet", attempt=attempt.ordinal, passed=attempt.passed)
        if attempt.passed and attempt.moderation_needed:
            passage.move("open_moderation")
        return attempt


def moderate(*, enrolment_id: int, actor: User, confirm: bool, note: str) -> Attempt:
    """A6: a moderator who did not score confirms, or sends the work back to be scored again."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.ask("confirm_scores")
        _assessor(passage.enrolment.cohort, actor, moderator=True)
        attempt = passage.enrolment.attempts.latest("ordinal")
        if attempt.assessor_id == actor.pk:
            raise OwnWork(_("The moderator is never the assessor of the same work."))
        if not confirm and not note.strip():
            raise Missing(what=_("a note that says why"))
        attempt.moderator, attempt.moderation_note, attempt.moderated_at = actor, note, timezone.now()
        attempt.save()
        passage.move("confirm_scores" if confirm else "score_again", attempt=attempt.ordinal)
        return attempt


def recommend(*, enrolment_id: int, actor: User) -> Enrolment:
    """A7, and A8 while the version may not issue: the academic lead recommends; the result then waits on hold."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        version = passage.enrolment.cohort.version
        if not rights.holds(actor, version, "design"):
            raise NotAllowed
        attempt = passage.enrolment.attempts.latest("ordinal")
        if attempt.moderation_needed and attempt.moderated_at is None:
            raise Refusal(_("This work was sampled and waits for its moderator."))
        passage.move("recommend")
        if not STATIONS[Stage(version.stage)].issues or version.issuing_paused:
            passage.actor = None
            passage.move("hold")
        return passage.enrolment

"""From a learner's consent to a signed badge, and its end: enrol, submit, score, moderate, award, accept, revoke."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from credentials import queries as badge_queries
from credentials.models import Credential
from people.models import User
from workflows import achievements, cases, rights
from workflows.award_course import AwardPassage, opened_award
from workflows.dossier import Dossier
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import Attempt, Award, AwardStage, Cohort, Decision, Enrolment, EvidenceItem
from workflows.stations import STATIONS, Stage

FIRST_MODERATED = 5  # always the first n of a cohort, the borderline and the unsuccessful (lifecycle.md A6)


def _own(passage: AwardPassage, actor: User) -> None:
    if passage.enrolment.learner_id != actor.pk:
        raise NotYours


def enrol(*, enrolment_id: int, actor: User, consent: bool, identity_level: str = "") -> Enrolment:
    """A1: the learner consents to what is stored and who sees it (F9, consent 1)."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        _own(passage, actor)
        if not consent:
            raise Missing(what=_("your consent"))
        cohort = passage.enrolment.cohort
        if cohort.closed_at is not None:
            raise Refusal(_("This cohort is closed."))
        passage.enrolment.consented_at = timezone.now()
        passage.enrolment.consent = cohort.consent_text
        passage.enrolment.identity_level = identity_level
        passage.move("enrol")
        return passage.enrolment


def submit_evidence(*, enrolment_id: int, actor: User, items: list[dict[str, Any]], own_work: bool) -> Attempt:
    """A2: hand in evidence. An item is {"task", "text", "visibility", "third_person"}."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        _own(passage, actor)
        passage.ask("submit")
        if not own_work:
            raise Missing(what=_("the statement that this is your own work"))
        if not items:
            raise Missing(what=_("at least one item of evidence"))
        if any(item.get("third_person") for item in items):
            raise Refusal(_("An item shows another person. Remove what shows them, then hand it in."))
        enrolment = passage.enrolment
        allowed = Dossier.model_validate(enrolment.cohort.version.content).assessment.attempts
        ordinal = enrolment.attempts.count() + 1
        if ordinal > allowed:
            raise Refusal(_("No attempt is left. Your academic lead can say what comes next."))
        attempt = Attempt.objects.create(enrolment=enrolment, ordinal=ordinal, own_work=True)
        for item in items:
            text = str(item["text"])
            EvidenceItem.objects.create(
                enrolment=enrolment,
                attempt=attempt,
                task=item["task"],
                kind="text",
                text=text,
                visibility=item.get("visibility", "assessors"),
                digest="sha256:" + hashlib.sha256(text.encode()).hexdigest(),
            )
        attempt.manifest = sorted(attempt.items.values_list("digest", flat=True))
        attempt.save(update_fields=["manifest"])
        passage.move("submit", attempt=ordinal, manifest=attempt.manifest)
        return attempt


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
    with opened_award(enrolment_id=_enrolment_of(credential).pk, actor=actor) as passage:
        answered = badges.answer(credential=credential, accept=accept)
        passage.record("accept_badge" if accept else "decline_badge", badge=str(credential.public_id))
        return answered


def _enrolment_of(credential: Credential) -> Enrolment:
    return Enrolment.objects.get(award__public_id=credential.award_reference, stage=AwardStage.AWARDED)


def suspend_badge(*, credential_id: int, actor: User, reason: str) -> Credential:
    """C4: an officer suspends at once; the reason stays private."""
    return _interim(credential_id, actor, reason, "suspend_badge")


def reinstate_badge(*, credential_id: int, actor: User, reason: str) -> Credential:
    """C5: the suspension ends."""
    return _interim(credential_id, actor, reason, "reinstate_badge")


@transaction.atomic
def _interim(credential_id: int, actor: User, reason: str, verb: str) -> Credential:
    credential = Credential.objects.filter(pk=credential_id).first()
    if credential is None:
        raise NotYours
    with opened_award(enrolment_id=_enrolment_of(credential).pk, actor=actor) as passage:
        if not rights.holds(actor, passage.enrolment.cohort.version, "screen"):
            raise NotAllowed
        if not reason.strip():
            raise Missing(what=_("a reason"))
        act = badges.suspend if verb == "suspend_badge" else badges.reinstate
        changed = act(credential=credential)
        digest = "sha256:" + hashlib.sha256(reason.encode()).hexdigest()
        passage.record(verb, badge=str(credential.public_id), reason_digest=digest)
        return changed


def ask_revocation(*, credential_id: int, actor: User, kind: str, reason: str) -> Decision:
    """C6, first person: the registrar asks for a revocation, with its kind and reason, which stay private."""
    credential = Credential.objects.filter(pk=credential_id).first()
    if credential is None:
        raise NotYours
    with opened_award(enrolment_id=_enrolment_of(credential).pk, actor=actor) as passage:
        version = passage.enrolment.cohort.version
        if not rights.holds(actor, version, "register"):
            raise NotAllowed
        if not reason.strip():
            raise Missing(what=_("a reason"))
        asked = Decision.objects.create(
            version=version,
            actor=actor,
            organization=version.institution,
            role="registrar",
            choice="ask_revocation",
            reasons=reason,
            answers={"badge": str(credential.public_id), "kind": kind},
        )
        passage.record("ask_revocation", badge=str(credential.public_id), decision=str(asked.public_id))
        return asked


def confirm_revocation(*, decision_id: int, actor: User) -> Credential:
    """C6, second person: an officer who did not ask, and is not the earner, revokes for ever."""
    asked = Decision.objects.filter(pk=decision_id, choice="ask_revocation").first()
    if asked is None:
        raise NotYours
    credential = Credential.objects.get(public_id=asked.answers["badge"])
    with opened_award(enrolment_id=_enrolment_of(credential).pk, actor=actor) as passage:
        if not rights.holds(actor, asked.version, "screen"):
            raise NotAllowed
        if credential.recipient_id in {actor.pk, asked.actor_id} or asked.actor_id == actor.pk:
            raise OwnWork(_("Two different persons revoke, and neither is the earner."))
        revoked = badges.revoke(credential=credential)
        passage.record("revoke_badge", badge=str(credential.public_id), decision=str(asked.public_id))
        return revoked

"""From a recommended result to a signed badge in the learner's hand: award, agree, issue, answer, replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from credentials import life
from credentials import queries as badge_queries
from credentials.batch import Planned, prepare_many
from credentials.models import Credential
from people.among import among
from people.collector import put_off
from people.copying import copy
from people.models import User
from workflows import badge_contents, rights
from workflows.award_course import (
    COURSE,
    AwardPassage,
    CohortPassage,
    enrolment_of,
    next_free,
    not_from_here,
    opened_award,
    opened_awards,
)
from workflows.door import found
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.locks import shared_version
from workflows.models import Attempt, Award, AwardStage, Cohort, Enrolment, Version
from workflows.stations import STATIONS, Stage

CHUNK = 4000  # learners in one transaction of an act on a cohort
REPLACEMENTS = ("name", "correction", "key")


def award(*, enrolment_id: int, actor: User) -> Credential:
    """A9 and C1 for one learner: the same as for many, and a refusal is raised."""
    enrolment = found(Enrolment, enrolment_id)
    batch = _award_chunk(enrolment.cohort_id, [enrolment_id], actor)
    for _enrolment, refusal in batch.refused:
        raise refusal
    return Credential.objects.select_related("issuer", "achievement", "recipient").get(public_id=batch.badges[0])


@dataclass
class Batch:
    """What came of an act on a cohort: public ids of badges, and for each learner left out the sentence why."""

    badges: list[UUID] = field(default_factory=list)
    refused: list[tuple[Enrolment, Refusal]] = field(default_factory=list)

    def add(self, other: Batch) -> None:
        """What came of a further part of the same act."""
        self.badges += other.badges
        self.refused += other.refused


def nothing() -> None:
    """What happens between two parts of an act when nobody waits to hear that it moves forward."""


def award_cohort(*, cohort_id: int, actor: User, between: Callable[[], None] = nothing) -> Batch:
    """A9 for everybody in a cohort who is recommended or on hold, some thousand at a time.

    A refusal of one learner's award holds up nobody else. What another run holds is that run's. Stopped in the middle,
    it is whole up to there, and running it again does the rest; nobody is awarded twice. `between` is called after each
    part that has committed.
    """
    cohort = _seen_cohort(cohort_id, actor)
    waiting = cohort.enrolments.filter(stage__in=[AwardStage.RECOMMENDED, AwardStage.HELD])
    batch, last = Batch(), 0
    while True:
        with transaction.atomic():
            chosen = next_free(waiting, last, CHUNK)
            if not chosen:
                return batch
            batch.add(_award_chunk(cohort.pk, chosen, actor))
            last = chosen[-1]
        between()


def _seen_cohort(cohort_id: int, actor: User) -> Cohort:
    cohort = found(Cohort, cohort_id)
    if not rights.sees(actor, cohort.version):
        raise NotYours
    return cohort


def award_chosen(*, cohort_id: int, actor: User, chosen: list[int]) -> Batch:
    """A9 for those learners of a cohort, in the order of the roster; the same for each as `award_cohort` does."""
    cohort = _seen_cohort(cohort_id, actor)
    batch = Batch()
    keys = list(cohort.enrolments.filter(pk__in=chosen).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        batch.add(_award_chunk(cohort.pk, keys[start : start + CHUNK], actor))
    return batch


def _award_chunk(cohort_id: int, chosen: list[int], actor: User) -> Batch:
    """A9 and C1: a grantor who did not assess awards; what each badge will say and its status index are stored.

    Nothing is signed yet: each learner first sees what the badge will say, and agrees. One transaction.
    """
    with put_off(), opened_awards(cohort_id=cohort_id, enrolments=chosen, actor=actor) as passage:
        assert passage.actor is not None
        batch, granted = Batch(), []
        version = shared_version(passage.version.pk)  # so that no suspension comes between
        if not passage.enrolments:
            raise NotYours
        ask = _Questions(passage, version, passage.actor)
        now = timezone.now()
        for enrolment in passage.enrolments:
            refusal = ask.refusal(enrolment)
            if refusal is not None:
                batch.refused.append((enrolment, refusal))
                continue
            granted.append(
                Award(
                    version=version,
                    enrolment=enrolment,
                    learner_id=enrolment.learner_id,
                    occasion=str(enrolment.cohort.public_id),
                    granted_by_id=passage.actor.pk,
                    awarded_at=now,
                )
            )
        if granted:
            batch.badges = _prepare(passage, granted)
        return batch


class _Questions:
    """What may refuse an award: asked once for all where the answer is the same for all."""

    def __init__(self, passage: CohortPassage, version: Version, actor: User) -> None:
        self._actor = actor
        self._grants = rights.holds(actor, version, "grant")
        self._issues = STATIONS[Stage(version.stage)].issues and not version.issuing_paused
        rows = Attempt.objects.filter(among("enrolment_id", [enrolment.pk for enrolment in passage.enrolments]))
        own = rows.filter(assessor=actor)
        self._assessed = set(own.values_list("enrolment_id", flat=True))

    def refusal(self, enrolment: Enrolment) -> Refusal | None:
        """Why this learner's award is refused, or None."""
        if enrolment.stage not in COURSE["award"][0]:
            return not_from_here(enrolment, "award")
        if not self._grants:
            return NotAllowed()
        if enrolment.learner_id == self._actor.pk or enrolment.pk in self._assessed:
            return OwnWork(_("The grantor did not assess the work and is not the learner."))
        if not self._issues:
            return Refusal(_("The version is not issuing now. The result stays on hold and is not lost."))
        return None


AWARD_COLUMNS = ("public_id", "version_id", "enrolment_id", "learner_id", "occasion", "granted_by_id", "awarded_at")


def _prepare(passage: CohortPassage, granted: list[Award]) -> list[UUID]:
    """Store the awards and the planned badges, and record them."""
    copy(Award, AWARD_COLUMNS, ([getattr(one, name) for name in AWARD_COLUMNS] for one in granted))
    shared = badge_contents.SharedContents(granted)
    planned = []
    for one in granted:
        contents, own = shared.of(one, name_shown=False)
        planned.append(Planned(one.enrolment.learner, one.public_id, contents, own))
    achievement = badge_queries.achievement_of(passage.version.public_id)
    prepared = [public_id for _pk, public_id in prepare_many(achievement=achievement, planned=planned)]
    facts = {
        one.enrolment_id: {"award": str(one.public_id), "badge": str(badge)}
        for one, badge in zip(granted, prepared, strict=True)
    }
    passage.move("award", facts)
    return prepared


def own_badge(credential_id: int, actor: User) -> Credential:
    """A badge of this person. Raises `NotYours`."""
    credential = Credential.objects.filter(pk=credential_id, recipient=actor).first()
    if credential is None:
        raise NotYours
    return credential


@contextmanager
def opened_badge(credential: Credential, actor: User | None) -> Iterator[AwardPassage]:
    """The one door of an award for an act on its badge, which is read again behind the lock."""
    with opened_award(enrolment_id=enrolment_of(credential).pk, actor=actor) as passage:
        credential.refresh_from_db()
        yield passage


def preview_badge(*, credential_id: int, actor: User, name_shown: bool = False) -> dict[str, object]:
    """C1: what the badge will say, as its earner reads it before agreeing. Nothing is signed and nothing changes."""
    credential = own_badge(credential_id, actor)
    signed = credential.document
    if signed is not None:
        return dict(signed)
    award_ = badge_contents.award_of(credential)
    return badges.planned(credential, badge_contents.contents(award_, name_shown=name_shown))


def consent_to_badge(*, credential_id: int, actor: User, name_shown: bool) -> Credential:
    """C1 and C2: the earner agrees (F9, consent 2) and says whether the name stands in the badge; it is then signed."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        return _agree(passage, credential, name_shown=name_shown)


def _agree(passage: AwardPassage, credential: Credential, *, name_shown: bool) -> Credential:
    _refuse_stopped(passage)
    contents = badge_contents.contents(badge_contents.award_of(credential), name_shown=name_shown)
    agreed = badges.consent(credential=credential, contents=contents, name_shown=name_shown)
    passage.record("consent_to_badge", badge=str(credential.public_id), name_shown=name_shown)
    return _issue(passage, [agreed])[0]


def _refuse_stopped(passage: AwardPassage) -> None:
    """Awards decided before a pause are still issued (`lifecycle.md` 8); a suspension of the version stops them."""
    if passage.enrolment.cohort.version.stage == Stage.SUSPENDED:
        raise Refusal(_("This micro-credential is suspended, so nothing is issued now. Your award stands; try later."))


def _issue(passage: AwardPassage, agreed: list[Credential]) -> list[Credential]:
    """C2, with the digest of each signed document on record: it tells true badges from forged ones."""
    issued = badges.issue_batch(credentials=agreed)
    passage.actor, person = None, passage.actor
    for credential in issued:
        passage.record("issue_badge", badge=str(credential.public_id), digest=badge_queries.digest_of(credential))
    passage.actor = person
    return issued


def answer_badge(*, credential_id: int, actor: User, accept: bool, name_shown: bool = False) -> Credential:
    """C3: the earner accepts or declines, once. Declining keeps the award.

    To accept a badge that is only prepared is one step: agree to what it says, have it signed, and accept it.
    """
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        if accept and credential.status == Credential.Status.PREPARED:
            credential = _agree(passage, credential, name_shown=name_shown)
        answered = life.answer(credential=credential, accept=accept)
        passage.record("accept_badge" if accept else "decline_badge", badge=str(credential.public_id))
        return answered


def replace_badge(*, credential_id: int, actor: User, kind: str, reason: str) -> Credential:
    """C9: a corrected badge for the same award: a new name, a corrected fact, or a new key.

    The new badge is made of the facts of today, signed and offered before the old one ends.
    """
    credential = found(Credential, credential_id)
    with opened_badge(credential, actor) as passage:
        version = passage.enrolment.cohort.version
        if not rights.holds(actor, version, "activate"):
            raise NotAllowed
        if credential.recipient_id == actor.pk or passage.enrolment.attempts.filter(assessor=actor).exists():
            raise OwnWork(_("The issuer did not assess the work and is not the earner."))
        if kind not in REPLACEMENTS:
            raise Missing(what=_("why it is replaced: the name, a correction, or a new key"))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        award_ = badge_contents.award_of(credential)
        contents = badge_contents.contents(award_, name_shown=credential.name_shown)
        fresh = badges.replace(credential=credential, contents=contents)
        passage.record(
            "replace_badge",
            badge=str(credential.public_id),
            by=str(fresh.public_id),
            kind=kind,
            digest=badge_queries.digest_of(fresh),
        )
        return fresh

"""Acts on the badges of a whole cohort, set-wise: sign what was agreed to, replace what was issued.

Some thousand learners make one transaction, which is whole or nothing. Whoever runs the act a second time, or at the
same moment, leaves out what is done and what another holds; so a killed worker's work is taken up where it stood.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from credentials import queries as badge_queries
from credentials.batch import Offered, Planned, replace_many, sign_many
from credentials.errors import LossyDocument, NotReadBack
from credentials.models import Credential
from people.among import among
from people.collector import put_off
from people.models import User
from people.wakeups import after_commit
from workflows import badge_contents, rights
from workflows.actions.awarding import CHUNK, REPLACEMENTS, award_cohort, nothing
from workflows.award_course import CohortPassage, next_free, opened_awards
from workflows.door import found
from workflows.errors import Missing, NotAllowed, NotYours, Refusal
from workflows.locks import shared_version
from workflows.models import Attempt, Award, AwardStage, Cohort, CohortWork, Enrolment, Version
from workflows.stations import Stage

logger = logging.getLogger(__name__)
PARTS = 8  # a chunk that is not confirmed is done again in parts of this number
ISSUED, PREPARED = Credential.Status.ISSUED, Credential.Status.PREPARED


def ask(*, cohort_id: int, actor: User, act: str, kind: str = "", reason: str = "") -> CohortWork:
    """Have a worker do an act on a whole cohort. A second request while the first is open is the first one."""
    cohort = found(Cohort, cohort_id)
    _refuse(cohort.version, actor, "grant" if act == CohortWork.Act.AWARD else "activate")
    if act == CohortWork.Act.REPLACE:
        _refuse_unexplained(kind, reason)
    with transaction.atomic():
        open_work = CohortWork.objects.filter(done_at=None, set_aside_at=None)
        work, made = open_work.get_or_create(
            cohort=cohort, act=act, defaults={"actor": actor, "kind": kind, "reason": reason}
        )
        if made:
            after_commit(work)
    return work


def work_off(work: CohortWork, between: Callable[[], None] = nothing) -> None:
    """Do what was asked, as the person who asked; rights are read anew. `between` is called after each part."""
    if work.act == CohortWork.Act.AWARD:
        award_cohort(cohort_id=work.cohort_id, actor=work.actor, between=between)
    elif work.act == CohortWork.Act.ISSUE:
        issue_agreed(cohort_id=work.cohort_id, actor=work.actor, between=between)
    else:
        replace_cohort(
            cohort_id=work.cohort_id, actor=work.actor, kind=work.kind, reason=work.reason, before=work.created_at,
            between=between,
        )  # fmt: skip


def _refuse(version: Version, actor: User, grant: str) -> None:
    if not rights.sees(actor, version):
        raise NotYours
    if not rights.holds(actor, version, grant):
        raise NotAllowed


def _refuse_unexplained(kind: str, reason: str) -> None:
    if kind not in REPLACEMENTS:
        raise Missing(what=_("why it is replaced: the name, a correction, or a new key"))
    if not reason.strip():
        raise Missing(what=_("a reason"))


def issue_agreed(*, cohort_id: int, actor: User, between: Callable[[], None] = nothing) -> list[UUID]:
    """C2 for everybody in a cohort who agreed to a badge that is not signed yet; public ids of what was offered."""
    _refuse(found(Cohort, cohort_id).version, actor, "activate")
    return _in_chunks(cohort_id, lambda last, most: _issue_chunk(cohort_id, last, most), between)


def _in_chunks(
    cohort_id: int, act: Callable[[int, int], tuple[int, list[UUID]]], between: Callable[[], None]
) -> list[UUID]:
    """Do an act chunk after chunk; what came of it.

    A badge that the second reader does not confirm takes its chunk back with it. The chunk is then done in smaller
    parts, until that badge stands alone and is left as it was, so that one odd name holds up nobody else.
    """
    made: list[UUID] = []
    last, most = 0, CHUNK
    while True:
        try:
            reached, fresh = act(last, most)
        except (NotReadBack, LossyDocument):
            if most > 1:
                most = max(1, most // PARTS)
                continue
            reached, fresh = _awarded(cohort_id).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[0], []
            logger.error("The badge of enrolment %s was left as it was: no second reader confirms it.", reached)
        if not reached:
            return made
        made += fresh
        last, most = reached, min(CHUNK, most * PARTS)
        between()


@transaction.atomic
def _issue_chunk(cohort_id: int, last: int, most: int) -> tuple[int, list[UUID]]:
    agreed = Credential.objects.filter(status=PREPARED, consented_at__isnull=False)
    agreed = agreed.exclude(acceptance=Credential.Acceptance.DECLINED)
    chosen = next_free(_awarded(cohort_id), last, most)
    if not chosen:
        return 0, []
    with put_off(), opened_awards(cohort_id=cohort_id, enrolments=chosen, actor=None) as passage:
        _refuse_stopped(passage)
        awards = dict(Award.objects.filter(among("enrolment_id", chosen)).values_list("public_id", "enrolment_id"))
        badges = list(agreed.filter(among("award_reference", awards, "uuid")).values_list("pk", flat=True))
        issuer = badge_queries.achievement_of(passage.version.public_id).issuer
        offered = sign_many(issuer=issuer, badges=badges) if badges else []
        facts = {awards[one.award_reference]: _fact(one) for one in offered}
        passage.record("issue_badge", facts)
    return chosen[-1], [one.public_id for one in offered]


def _awarded(cohort_id: int) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(cohort=cohort_id, stage=AwardStage.AWARDED)


def _fact(one: Offered) -> dict[str, str]:
    return {"badge": str(one.public_id), "digest": one.digest}


def _refuse_stopped(passage: CohortPassage) -> None:
    if shared_version(passage.version.pk).stage == Stage.SUSPENDED:
        raise Refusal(_("This micro-credential is suspended, so nothing is issued now. The awards stand; try later."))


def replace_cohort(
    *, cohort_id: int, actor: User, kind: str, reason: str, before: datetime, between: Callable[[], None] = nothing
) -> list[UUID]:
    """C9 for every badge of a cohort that was issued before a moment: a corrected fact, or a new key.

    The same moment makes the act the same: a second run replaces nothing twice. The actor's own badge, and those of
    work that the actor assessed, are left to somebody else.
    """
    _refuse(found(Cohort, cohort_id).version, actor, "activate")
    _refuse_unexplained(kind, reason)
    return _in_chunks(cohort_id, lambda last, most: _replace_chunk(cohort_id, last, most, actor, kind, before), between)


@transaction.atomic
def _replace_chunk(
    cohort_id: int, last: int, most: int, actor: User, kind: str, before: datetime
) -> tuple[int, list[UUID]]:
    live = Credential.objects.filter(status=ISSUED, offered_at__lt=before)
    own = Attempt.objects.filter(assessor=actor).values("enrolment_id")
    chosen = next_free(_awarded(cohort_id).exclude(learner=actor).exclude(pk__in=own), last, most)
    if not chosen:
        return 0, []
    with put_off(), opened_awards(cohort_id=cohort_id, enrolments=chosen, actor=actor) as passage:
        version = shared_version(passage.version.pk)
        awards = _awards(passage, version)
        rows = live.select_for_update(of=("self",)).filter(among("award_reference", awards, "uuid")).order_by("pk")
        old = list(rows.select_related("entry"))
        if not old:
            return chosen[-1], []
        shared = badge_contents.SharedContents([awards[one.award_reference] for one in old])
        planned = [_planned(one, awards[one.award_reference], shared) for one in old]
        achievement = badge_queries.achievement_of(version.public_id)
        fresh = replace_many(achievement=achievement, old=old, planned=planned)
        facts = {
            awards[was.award_reference].enrolment_id: {
                "badge": str(was.public_id), "by": str(one.public_id), "kind": kind, "digest": one.digest,
            }
            for was, one in zip(old, fresh, strict=True)
        }  # fmt: skip
        passage.record("replace_badge", facts)
    return chosen[-1], [one.public_id for one in fresh]


def _awards(passage: CohortPassage, version: Version) -> dict[UUID, Award]:
    """The awards of these enrolments by public id, with the rows that are at hand already."""
    courses = {enrolment.pk: enrolment for enrolment in passage.enrolments}
    awards = {}
    for award in Award.objects.filter(among("enrolment_id", courses)).only("public_id", "enrolment_id", "awarded_at"):
        award.enrolment, award.version = courses[award.enrolment_id], version
        awards[award.public_id] = award
    return awards


def _planned(old: Credential, award: Award, shared: badge_contents.SharedContents) -> Planned:
    contents, own = shared.of(award, name_shown=old.name_shown)
    learner = award.enrolment.learner
    return Planned(learner, award.public_id, contents, own, consented_at=old.consented_at, name_shown=old.name_shown)

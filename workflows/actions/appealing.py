"""Appeals: filed in 30 calendar days, judged by three people who are new to the case (`lifecycle.md` 12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import life
from credentials import queries as badge_queries
from credentials.batch import Planned, prepare_many
from credentials.models import Credential
from people.dates import long_day
from people.models import User
from workflows import appeals, badge_contents, rights
from workflows.appeals import PANEL_OF, Attacked
from workflows.award_course import AwardPassage, opened_award
from workflows.door import Passage, found, opened
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import Appeal, AppealSeat, Attempt, Award, Enrolment, Version
from workflows.models.appeals import Ground, Outcome

AnyPassage = AwardPassage | Passage


def appeal_result(*, enrolment_id: int, actor: User, ground: str, statement: str, remedy: str) -> Appeal:
    """The learner challenges the result of the last attempt, or a decision about the badge."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.own()
        enrolment = passage.enrolment
        attacked = _in_time(appeals.of_learner(enrolment))
        if enrolment.appeals.filter(decided_at=None).exists():
            raise Refusal(_("Your appeal is filed already, and is not decided yet."))
        filed = _filed(attacked, enrolment.cohort.version, enrolment, actor, (ground, statement, remedy))
        passage.record("file_appeal", appeal=str(filed.public_id), against=attacked.type, ground=ground)
        return filed


def appeal_procedure(*, version_id: int, actor: User, statement: str, remedy: str) -> Appeal:
    """The proposer or the academic lead challenges how a rejection came about."""
    version = found(Version, version_id)
    with opened(version_id=version.pk, actor=actor) as passage:
        version = passage.version
        if actor.pk not in {version.proposer_id, version.academic_lead_id}:
            raise NotAllowed
        attacked = _in_time(appeals.of_proposer(version))
        if version.appeals.filter(decided_at=None, enrolment=None).exists():
            raise Refusal(_("Your appeal is filed already, and is not decided yet."))
        filed = _filed(attacked, version, None, actor, (Ground.PROCEDURE, statement, remedy))
        passage.record("file_appeal", appeal=str(filed.public_id), against=attacked.type, ground=filed.ground)
        return filed


def _in_time(attacked: Attacked | None) -> Attacked:
    if attacked is None:
        raise NotYours(_("There is no decision here that can be appealed."))
    if not attacked.open:
        raise Refusal(
            _("An appeal is filed within 30 calendar days. The time ended on %(day)s."), day=long_day(attacked.last_day)
        )
    return attacked


def _filed(
    attacked: Attacked, version: Version, enrolment: Enrolment | None, actor: User, said: tuple[str, str, str]
) -> Appeal:
    ground, statement, remedy = said
    if ground not in appeals.grounds(attacked):
        raise Missing(what=_("the ground of the appeal"))
    if not statement.strip():
        raise Missing(what=_("what was wrong, and how one can see it"))
    if not remedy.strip():
        raise Missing(what=_("what should change"))
    return Appeal.objects.create(
        version=version,
        enrolment=enrolment,
        filed_by=actor,
        against=attacked.type,
        decision=attacked.decision,
        ground=ground,
        statement=statement.strip(),
        remedy=remedy.strip(),
    )


@contextmanager
def _opened(appeal_id: int, actor: User) -> Iterator[tuple[AnyPassage, Appeal]]:
    """The door of the case that an appeal is about, and the appeal read behind its lock."""
    appeal = found(Appeal, appeal_id)
    door = (
        opened_award(enrolment_id=appeal.enrolment_id, actor=actor)
        if appeal.enrolment_id is not None
        else opened(version_id=appeal.version_id, actor=actor)
    )
    with door as passage:
        appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal_id)
        if appeal.decided_at is not None:
            raise Refusal(_("This appeal is decided already."))
        yield passage, appeal


def seat_appeal(*, appeal_id: int, actor: User, panel: Sequence[User]) -> Appeal:
    """The office names the three people: of the institution, and new to the case."""
    with _opened(appeal_id, actor) as (passage, appeal):
        if not any(rights.holds(actor, appeal.version, grant) for grant in ("screen", "chair")):
            raise NotAllowed
        refuse_seated(appeal)
        ids = {person.pk for person in panel}
        if len(panel) != PANEL_OF or len(ids) != PANEL_OF:
            raise Missing(what=_("the three members of the panel"))
        if ids & {*appeals.barred(appeal), actor.pk}:
            raise OwnWork(_("The panel of an appeal is new: none of its members acted in this case before."))
        if ids - {person.pk for person in appeals.candidates(appeal, without=actor)}:
            raise OwnWork(_("The members of the panel belong to the institution and its quality office or committee."))
        AppealSeat.objects.bulk_create(AppealSeat(appeal=appeal, person=person) for person in panel)
        appeal.seated_at = timezone.now()
        appeal.save(update_fields=["seated_at"])
        seated = [str(person.public_id) for person in panel]
        passage.record("seat_appeal", appeal=str(appeal.public_id), panel=seated)
        return appeal


def refuse_seated(appeal: Appeal) -> None:
    """The panel of an appeal is named once."""
    if appeal.seated_at is not None:
        raise Refusal(_("Three people were named for this appeal already."))


def refuse_finding(appeal: Appeal, actor: User) -> AppealSeat:
    """The place in which this person gives a finding. Raises `NotAllowed`, or a refusal at the second time."""
    seat = appeal.seats.filter(person=actor).first()
    if seat is None:
        raise NotAllowed
    if seat.voted_at is not None:
        raise Refusal(_("You gave your finding in this appeal already."))
    if appeal.decided_at is not None:
        raise Refusal(_("This appeal is decided already."))
    return seat


def decide_appeal(*, appeal_id: int, actor: User, outcome: str, reasons: str) -> Appeal:
    """A member says what he or she finds; the second of two who agree decides the appeal."""
    with _opened(appeal_id, actor) as (passage, appeal):
        seat = refuse_finding(appeal, actor)
        if outcome not in appeals.outcomes(appeal):
            raise Missing(what=_("what you find"))
        if not reasons.strip():
            raise Missing(what=_("your reasons"))
        seat.outcome, seat.reasons, seat.voted_at = outcome, reasons.strip(), timezone.now()
        seat.save(update_fields=["outcome", "reasons", "voted_at"])
        passage.record("vote_appeal", appeal=str(appeal.public_id), outcome=outcome)
        found_so_far = Counter(appeal.seats.exclude(outcome="").values_list("outcome", flat=True))
        if found_so_far[outcome] * 2 > PANEL_OF:
            _decide(passage, appeal, outcome)
        return appeal


def _decide(passage: AnyPassage, appeal: Appeal, outcome: str) -> None:
    """The majority has spoken: keep it with its reasons, and do what follows from it."""
    agreed = appeal.seats.filter(outcome=outcome).order_by("voted_at").values_list("reasons", flat=True)
    appeal.outcome, appeal.reasons, appeal.decided_at = outcome, "\n\n".join(agreed), timezone.now()
    appeal.save(update_fields=["outcome", "reasons", "decided_at"])
    passage.record("decide_appeal", appeal=str(appeal.public_id), against=appeal.against, outcome=outcome)
    if isinstance(passage, AwardPassage) and outcome != Outcome.STANDS:
        _follow(passage, appeal)


def _follow(passage: AwardPassage, appeal: Appeal) -> None:
    """What an appeal that was granted changes for the learner."""
    if appeal.outcome == Outcome.REASSESS:
        _assess_anew(passage)
        return
    award = Award.objects.get(enrolment=passage.enrolment)
    credential = Credential.objects.filter(award_reference=award.public_id).order_by("-pk").first()
    if credential is None:
        raise NotYours
    if appeal.against == "suspend_badge" and credential.status == Credential.Status.SUSPENDED:
        life.reinstate(credential=credential)
        passage.record("reinstate_badge", badge=str(credential.public_id), appeal=str(appeal.public_id))
    if appeal.against == "revoke_badge":
        _make_anew(passage, award, credential)


def _assess_anew(passage: AwardPassage) -> None:
    """The same work goes to assessors who did not judge it; it is no further attempt of the learner's."""
    enrolment = passage.enrolment
    last = enrolment.attempts.order_by("-ordinal").first()
    assert last is not None, "What was assessed was handed in."
    judged = {person for person in (last.assessor, last.moderator) if person is not None}
    enrolment.conflicts = sorted({*enrolment.conflicts, *(str(person.public_id) for person in judged)})
    Attempt.objects.create(
        enrolment=enrolment,
        ordinal=last.ordinal + 1,
        manifest=last.manifest,
        own_work=last.own_work,
        prior_learning=last.prior_learning,
        tasks=last.tasks,
    )
    passage.move("assess_anew", attempt=last.ordinal + 1, manifest=last.manifest)


def _make_anew(passage: AwardPassage, award: Award, revoked: Credential) -> None:
    """A revocation is for ever, so the same award gets a new badge, which its earner accepts like the first."""
    Award.objects.filter(pk=award.pk).update(ended_at=None)
    contents, own = badge_contents.SharedContents([award]).of(award, name_shown=False)
    achievement = badge_queries.achievement_of(award.version.public_id)
    planned = [Planned(award.learner, award.public_id, contents, own)]
    (_pk, public_id) = prepare_many(achievement=achievement, planned=planned)[0]
    passage.record("make_badge_anew", badge=str(public_id), after=str(revoked.public_id))

"""The course of an award: every way that there is, and that there is no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.journeys.awards import GOOD, WEAK, assessed, piloting_version
from workflows import ledger
from workflows.actions import assessing, awarding, learning, piloting
from workflows.award_course import COURSE, NAMES
from workflows.errors import Missing, NotAllowed, NotFromHere, NotYours, OwnWork, Refusal
from workflows.evidence import Item
from workflows.models import AwardStage, Cohort, Enrolment, LedgerEvent

# The specification: from which stages each verb of a person is possible (lifecycle.md 5). All else is refused.
ALLOWED = {
    "enrol": {"invited"},
    "submit": {"enrolled", "not_yet"},
    "take": {"submitted"},
    "score": {"assessing"},
    "moderate": {"moderating", "not_yet"},
    "fail": {"not_yet"},
    "recommend": {"assessed"},
    "award": {"recommended", "held"},
    "leave": {
        "invited", "enrolled", "submitted", "assessing", "not_yet", "assessed", "moderating", "recommended", "held",
    },
}  # fmt: skip


def _verbs(enrolment: Enrolment, cast: Cast) -> dict[str, Callable[[], object]]:
    one, learner = enrolment.pk, enrolment.learner
    return {
        "enrol": lambda: learning.enrol(enrolment_id=one, actor=learner, consent=True),
        "submit": lambda: learning.submit_evidence(
            enrolment_id=one, actor=learner, items=[Item("T1", text="x")], own_work=True
        ),
        "take": lambda: assessing.take(enrolment_id=one, actor=cast.assessor),
        "score": lambda: assessing.score(enrolment_id=one, actor=cast.assessor, scores=GOOD),
        "moderate": lambda: assessing.moderate(enrolment_id=one, actor=cast.moe, confirm=True, note=""),
        "fail": lambda: assessing.fail(enrolment_id=one, actor=cast.assessor, reasons="x"),
        "recommend": lambda: assessing.recommend(enrolment_id=one, actor=cast.ana),
        "award": lambda: awarding.award(enrolment_id=one, actor=cast.grant),
        "leave": lambda: learning.leave(enrolment_id=one, actor=learner),
    }


@pytest.mark.parametrize("verb", ALLOWED)
def test_what_the_table_does_not_name_is_refused(cast: Cast, verb: str) -> None:
    _version, cohort = piloting_version(cast)
    enrolment = cohort.enrolments.order_by("pk")[0]
    for stage in set(AwardStage.values) - ALLOWED[verb]:
        Enrolment.objects.filter(pk=enrolment.pk).update(stage=stage)
        events = LedgerEvent.objects.count()
        with pytest.raises(NotFromHere, match=str(AwardStage(stage).label)):
            _verbs(enrolment, cast)[verb]()
        assert Enrolment.objects.get(pk=enrolment.pk).stage == stage
        assert LedgerEvent.objects.count() == events


def test_the_table_names_every_stage_and_every_verb() -> None:
    assert set(COURSE) == set(NAMES)
    assert {stage for _from, stage in COURSE.values()} == set(AwardStage) - {AwardStage.INVITED}
    ends = {AwardStage.AWARDED, AwardStage.WITHDREW, AwardStage.LAPSED, AwardStage.CLOSED}
    assert not ends & {stage for starts, _to in COURSE.values() for stage in starts}
    after_failing = {verb for verb, (starts, _to) in COURSE.items() if AwardStage.FAILED in starts}
    assert after_failing == {"assess_anew"}, "only an appeal leads out of it"


@pytest.fixture
def cohort(cast: Cast) -> Cohort:
    _version, cohort = piloting_version(cast)
    return cohort


@pytest.fixture
def lena(cohort: Cohort) -> Enrolment:
    return cohort.enrolments.order_by("pk")[0]


def _stage(enrolment: Enrolment) -> str:
    return Enrolment.objects.get(pk=enrolment.pk).stage


def _content(cohort: Cohort, **assessment: object) -> None:
    version = cohort.version
    version.content["assessment"].update(assessment)
    version.save()


def test_a_learner_enrols_only_where_the_cohort_is_open_and_signed(lena: Enrolment, cast: Cast) -> None:
    enrol = lambda: learning.enrol(enrolment_id=lena.pk, actor=lena.learner, consent=True)  # noqa: E731
    Cohort.objects.update(closed_at=timezone.now())
    with pytest.raises(Refusal, match="closed"):
        enrol()
    Cohort.objects.update(closed_at=None, signed_off_by=None)
    with pytest.raises(Refusal, match="signed the roster"):
        enrol()
    Cohort.objects.update(signed_off_by=cast.quinn, pilot=False)
    with pytest.raises(Refusal, match="closed"):
        enrol()
    Cohort.objects.update(pilot=True)
    with pytest.raises(Missing, match="consent"):
        learning.enrol(enrolment_id=lena.pk, actor=lena.learner, consent=False)
    assert enrol().consented_at is not None


def test_each_unmet_criterion_needs_its_own_feedback(cohort: Cohort, lena: Enrolment, cast: Cast) -> None:
    with pytest.raises(Missing, match="feedback on each"):
        assessed(cast, lena, {"R1": {"level": "L1", "comment": "Touched"}, "R2": {"level": "L1", "comment": " "}})
    assert _stage(lena) == "assessing"


def test_only_what_is_not_met_is_repeated_and_scored_again(cohort: Cohort, lena: Enrolment, cast: Cast) -> None:
    _content(
        cohort,
        tasks=[
            {"code": "T1", "competencies": ["C1"], "identity_check": {"en": "x"}, "evidence": [{"en": "x"}]},
            {"code": "T2", "competencies": ["C2"], "identity_check": {"en": "x"}, "evidence": [{"en": "x"}]},
        ],
    )
    assessed(cast, lena, WEAK)
    submit = lambda task: learning.submit_evidence(  # noqa: E731
        enrolment_id=lena.pk, actor=lena.learner, items=[Item(task, text="again")], own_work=True
    )
    with pytest.raises(Refusal, match="Only tasks that are not met yet are repeated: T1"):
        submit("T2")
    assert submit("T1").tasks == ["T1"]
    assessing.take(enrolment_id=lena.pk, actor=cast.assessor)
    with pytest.raises(Refusal, match="R2 was met"):
        assessing.score(
            enrolment_id=lena.pk, actor=cast.assessor, scores={"R1": {"level": "L2"}, "R2": {"level": "L1"}}
        )
    with pytest.raises(Missing, match="this rubric alone"):
        assessing.score(enrolment_id=lena.pk, actor=cast.assessor, scores={"R9": {"level": "L2"}})
    with pytest.raises(Missing, match="every criterion"):
        assessing.score(enrolment_id=lena.pk, actor=cast.assessor, scores={})
    attempt = assessing.score(enrolment_id=lena.pk, actor=cast.assessor, scores={"R1": {"level": "L2"}})
    assert (attempt.passed, attempt.scores["R2"]["level"]) == (True, "L2")


def test_the_waiting_time_of_the_design_is_kept(cohort: Cohort, lena: Enrolment, cast: Cast) -> None:
    _content(cohort, wait_days=3)
    assessed(cast, lena, WEAK)
    submit = lambda: learning.submit_evidence(  # noqa: E731
        enrolment_id=lena.pk, actor=lena.learner, items=[Item("T1", text="x")], own_work=True
    )
    with pytest.raises(Refusal, match="opens on"):
        submit()
    lena.attempts.update(assessed_at=timezone.now() - timedelta(days=7))
    assert submit().ordinal == 2


def test_after_the_last_attempt_assessor_and_moderator_end_the_course(lena: Enrolment, cast: Cast) -> None:
    assessed(cast, lena, WEAK)
    fail = lambda actor, reasons="Two tries": assessing.fail(enrolment_id=lena.pk, actor=actor, reasons=reasons)  # noqa: E731
    with pytest.raises(Refusal, match="attempt is left"):
        fail(cast.assessor)
    assessed(cast, lena, WEAK)
    with pytest.raises(Refusal, match="No attempt is left"):
        assessed(cast, lena, WEAK)
    with pytest.raises(NotAllowed):
        fail(cast.moe)
    with pytest.raises(Missing):
        fail(cast.assessor, " ")
    fail(cast.assessor)
    assert _stage(lena) == "not_yet"
    with pytest.raises(NotAllowed):
        assessing.moderate(enrolment_id=lena.pk, actor=cast.assessor, confirm=True, note="")
    assessing.moderate(enrolment_id=lena.pk, actor=cast.moe, confirm=True, note="")
    assert _stage(lena) == "failed"
    assert ledger.events_of(f"award:{lena.public_id}")[-1].type == "fail"


def test_a_moderator_may_send_unsuccessful_work_back(lena: Enrolment, cast: Cast) -> None:
    assessed(cast, lena, WEAK)
    assessed(cast, lena, WEAK)
    assessing.fail(enrolment_id=lena.pk, actor=cast.assessor, reasons="Two tries")
    with pytest.raises(Missing, match="note"):
        assessing.moderate(enrolment_id=lena.pk, actor=cast.moe, confirm=False, note="")
    attempt = assessing.moderate(enrolment_id=lena.pk, actor=cast.moe, confirm=False, note="The sleeve was clean")
    assert (_stage(lena), attempt.failure_reasons) == ("assessing", "")
    assessing.score(enrolment_id=lena.pk, actor=cast.assessor, scores=GOOD)
    assert _stage(lena) == "moderating"


def test_a_moderator_confirms_a_not_yet_without_ending_the_course(lena: Enrolment, cast: Cast) -> None:
    assessed(cast, lena, WEAK)
    assessing.moderate(enrolment_id=lena.pk, actor=cast.moe, confirm=True, note="")
    assert _stage(lena) == "not_yet"
    assert lena.attempts.get().moderator == cast.moe


def test_scores_sent_back_may_also_fall(lena: Enrolment, cast: Cast) -> None:
    assessed(cast, lena, GOOD)
    assessing.moderate(enrolment_id=lena.pk, actor=cast.moe, confirm=False, note="R1 was not shown")
    attempt = assessing.score(enrolment_id=lena.pk, actor=cast.assessor, scores=WEAK)
    assert (attempt.passed, attempt.moderated_at, _stage(lena)) == (False, None, "not_yet")


def test_a_conflict_of_interest_gives_the_work_to_somebody_else(lena: Enrolment, cohort: Cohort, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        assessing.declare_conflict(enrolment_id=lena.pk, actor=cast.ana)
    learning.enrol(enrolment_id=lena.pk, actor=lena.learner, consent=True)
    learning.submit_evidence(enrolment_id=lena.pk, actor=lena.learner, items=[Item("T1", text="x")], own_work=True)
    assessing.take(enrolment_id=lena.pk, actor=cast.assessor)
    assessing.declare_conflict(enrolment_id=lena.pk, actor=cast.assessor)
    assert _stage(lena) == "submitted"
    with pytest.raises(OwnWork, match="conflict"):
        assessing.take(enrolment_id=lena.pk, actor=cast.assessor)
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.vera, qualification="site assessor")
    assessing.take(enrolment_id=lena.pk, actor=cast.vera)
    assert _stage(lena) == "assessing"


def test_a_learner_leaves_and_nobody_else_can_do_that_for_her(lena: Enrolment, cast: Cast) -> None:
    for other in (cast.quinn, cast.mallory):
        with pytest.raises(NotYours):
            learning.leave(enrolment_id=lena.pk, actor=other)
    learning.leave(enrolment_id=lena.pk, actor=lena.learner)
    assert _stage(lena) == "withdrew"


def test_somebody_who_was_removed_has_no_rights_left(lena: Enrolment, cast: Cast) -> None:
    assessed(cast, lena, GOOD)
    cast.moe.__class__.objects.filter(pk=cast.moe.pk).update(is_active=False)
    with pytest.raises(NotYours):
        assessing.moderate(enrolment_id=lena.pk, actor=cast.moe, confirm=True, note="")

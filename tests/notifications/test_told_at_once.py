"""What a whole cohort did is told set-wise: everybody once, few statements, and one bad event holds up nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from notifications import beats, leases, tasks, wake
from notifications.models import WORKER, Alert, Channel, Delivery
from tests import worker
from tests.cast import Cast
from tests.workflows import cohorts
from workflows.actions import awarding, issuing
from workflows.models import Cohort, CohortWork, Enrolment, OutboxEvent

pytestmark = pytest.mark.django_db
MANY = 60


@pytest.fixture
def cohort(cast: Cast) -> Cohort:
    version, _pilot = cohorts.active(cast)
    made = cohorts.recommended(cast, version, MANY)
    OutboxEvent.objects.update(done_at=Now())
    return made


def _told(cohort: Cohort) -> int:
    learners = Enrolment.objects.filter(cohort=cohort).values("learner")
    return Delivery.objects.filter(recipient__in=learners, channel=Channel.IN_APP, kind="award").count()


def test_the_sweeper_calls_once_for_a_cohort_and_everybody_is_told_once(cohort: Cohort, cast: Cast) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    beats.beat(WORKER)
    assert wake.sweep() == MANY
    calls = worker.messages()
    assert [call.actor_name for call in calls] == ["tell_waiting", "beat"]
    with CaptureQueriesContext(connection) as asked:
        worker.run(*calls)
    assert len(asked) < 30, "their number does not grow with the cohort"
    assert _told(cohort) == MANY
    assert not OutboxEvent.objects.filter(done_at=None).exists()
    OutboxEvent.objects.filter(event__type="award").update(done_at=None, starts=0)
    tasks.tell_waiting.fn()
    assert _told(cohort) == MANY, "told again, it finds them there"


def test_one_event_that_cannot_be_told_is_counted_and_the_others_are_told(cohort: Cohort, cast: Cast) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    odd = OutboxEvent.objects.filter(done_at=None).order_by("pk")[7]
    Delivery.objects.all().delete()
    Enrolment.objects.filter(public_id=odd.event.stream.partition(":")[2]).update(public_id=cohort.public_id)
    tasks.tell_waiting.fn()
    odd.refresh_from_db()
    assert (odd.done_at, odd.starts, odd.trouble) == (None, 1, "DoesNotExist in get")
    assert _told(cohort) == MANY - 1


def test_what_another_worker_is_taking_is_left_to_it(cohort: Cohort, cast: Cast) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    first, second = leases.claim_many(OutboxEvent, 40), leases.claim_many(OutboxEvent, 40)
    assert (len(first), len(second)) == (40, MANY - 40)
    assert not {work.pk for work in first} & {work.pk for work in second}
    OutboxEvent.objects.filter(pk=first[0].pk).update(lease_owner=None, lease_until=None)
    leases.finish_many(first)
    assert OutboxEvent.objects.filter(done_at=None).count() == MANY - 40 + 1, "what was taken away is not ended"


def test_an_act_that_moves_forward_outlives_its_lease_and_one_that_does_not_is_set_aside(
    cohort: Cohort, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cohort that needs longer than any lease: its worker dies again and again, each time a part further on."""
    monkeypatch.setattr(awarding, "CHUNK", 12)
    work = issuing.ask(cohort_id=cohort.pk, actor=cast.grant, act=CohortWork.Act.AWARD)

    class Died(BaseException):
        pass

    def one_part_then_death() -> None:
        assert taken is not None
        leases.hold_on(taken)
        raise Died

    taken: CohortWork | None = None
    for life in range(4):
        taken = leases.claim(CohortWork, work.pk, suspect=life > 0)
        assert taken is not None, "what moved forward is taken up again, however often"
        with pytest.raises(Died):
            issuing.work_off(taken, between=one_part_then_death)
        CohortWork.objects.update(lease_until=Now() - timedelta(seconds=1))
    for _life in range(2):
        assert leases.claim(CohortWork, work.pk, suspect=True) is not None
        CohortWork.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert leases.claim(CohortWork, work.pk, suspect=True) is None, "three starts at the same place"
    wake.sweep()
    assert Alert.objects.get().trouble == leases.DIED


def test_a_worker_whose_lease_was_lost_stops_after_its_part(cohort: Cohort, cast: Cast) -> None:
    work = issuing.ask(cohort_id=cohort.pk, actor=cast.grant, act=CohortWork.Act.AWARD)
    held = leases.claim(CohortWork, work.pk)
    assert held is not None
    CohortWork.objects.update(lease_until=Now() - timedelta(seconds=1))
    other = leases.claim(CohortWork, work.pk, suspect=True)
    assert other is not None
    leases.carry_out(held, tasks.ACTS[CohortWork])
    work.refresh_from_db()
    assert (work.done_at, work.lease_owner) == (None, other.lease_owner)

"""A cohort from its roster to signed badges, set-wise: whole or nothing, once, and the same badges as one by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from credentials import audit, batch, queries, second_reader, stops
from credentials.errors import IssuingStopped, WrongStatus
from credentials.models import BadgeTemplate, Credential, StatusEntry
from notifications import leases, tasks
from notifications.models import Alert
from people.models import User
from tests import worker
from tests.cast import Cast
from tests.credentials.maker import judged
from tests.workflows import cohorts
from tests.workflows.test_award_races import failing
from workflows import ledger, runs
from workflows.actions import awarding, issuing
from workflows.errors import Missing, NotAllowed, NotYours, Refusal
from workflows.models import Award, Cohort, CohortWork, Enrolment, LedgerEvent, OutboxEvent, Version

pytestmark = pytest.mark.django_db
MANY = 12


@pytest.fixture
def cohort(cast: Cast) -> Cohort:
    version, _pilot = cohorts.active(cast)
    return cohorts.recommended(cast, version, MANY)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awarding, "CHUNK", 5)
    monkeypatch.setattr(issuing, "CHUNK", 5)


def _badges(cohort: Cohort) -> list[Credential]:
    awards = Award.objects.filter(enrolment__cohort=cohort).values("public_id")
    return list(Credential.objects.filter(award_reference__in=awards).order_by("pk"))


def _issued(cohort: Cohort, cast: Cast) -> list[Credential]:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    cohorts.agreed(cohort)
    issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)
    return _badges(cohort)


def test_a_cohort_goes_from_its_roster_to_signed_badges_that_verify(
    cohort: Cohort, cast: Cast, small_chunks: None
) -> None:
    outbox = OutboxEvent.objects.count()
    assert len(awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant).badges) == MANY
    assert {badge.status for badge in _badges(cohort)} == {"prepared"}
    assert runs.progress(cohort) == runs.Progress(waiting=0, awarded=MANY, agreed=0, offered=0)
    assert cohorts.agreed(cohort) == MANY
    assert runs.progress(cohort).agreed == MANY
    assert len(issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)) == MANY
    badges = _badges(cohort)
    assert runs.progress(cohort) == runs.Progress(waiting=0, awarded=MANY, agreed=0, offered=MANY)
    assert {(badge.status, badge.acceptance) for badge in badges} == {("issued", "offered")}
    assert all(judged(badge.document or {}).answer.value == "valid" for badge in badges[:2])
    assert list(audit.defects()) == []
    assert list(ledger.faults()) == []
    assert len({badge.entry_id for badge in badges}) == MANY
    assert OutboxEvent.objects.count() == outbox + 2 * MANY, "each award and each badge is announced"
    assert BadgeTemplate.objects.count() == 1, "levels and tasks are values; the rest is kept once"
    said = {event.data["badge"]: event.data["digest"] for event in LedgerEvent.objects.filter(type="issue_badge")}
    assert all(said[str(badge.public_id)] == queries.digest_of(badge) for badge in badges)


def test_a_badge_of_a_batch_says_what_a_badge_on_its_own_says(cohort: Cohort, cast: Cast) -> None:
    first, *_rest = cohort.enrolments.order_by("pk")
    alone = awarding.award(enrolment_id=first.pk, actor=cast.grant)
    together = awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant).badges
    third = Credential.objects.get(public_id=together[1])  # of the same levels as the first

    def told(badge: Credential) -> dict:
        plan = json.loads(json.dumps(badge.plan))
        plan["credentialSubject"]["identifier"] = plan["id"] = plan["credentialStatus"] = None
        plan["evidence"] = [{**item, "id": None} for item in plan["evidence"]]
        plan["awardedDate"] = plan["validFrom"] = plan["validUntil"] = None
        return plan

    assert told(alone) == told(third)
    assert alone.plan["evidence"][0]["id"] != third.plan["evidence"][0]["id"]
    assert len({str(badge.plan["credentialSubject"]["identifier"]) for badge in _badges(cohort)}) == MANY


def test_nothing_is_signed_to_which_nobody_agreed(cohort: Cohort, cast: Cast) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    assert issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer) == []
    badges = _badges(cohort)
    with pytest.raises(WrongStatus):
        batch.sign_many(issuer=cast.college, badges=[badge.pk for badge in badges])
    Credential.objects.filter(pk=badges[0].pk).update(consented_at=timezone.now(), acceptance="declined")
    Credential.objects.filter(pk=badges[1].pk).update(consented_at=timezone.now())
    assert issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer) == [badges[1].public_id]


def test_running_it_again_does_nothing_twice(cohort: Cohort, cast: Cast) -> None:
    badges = _issued(cohort, cast)
    assert awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant).badges == []
    assert issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer) == []
    assert _badges(cohort) == badges


def test_a_cohort_is_replaced_once_and_every_old_bit_is_set(cohort: Cohort, cast: Cast, small_chunks: None) -> None:
    old = _issued(cohort, cast)
    Credential.objects.filter(pk=old[0].pk).update(name_shown=True)
    own = Enrolment.objects.get(award__public_id=old[1].award_reference)
    Enrolment.objects.filter(pk=own.pk).update(learner=cast.issuer)
    before = timezone.now() + timedelta(seconds=1)
    words = {"kind": "key", "reason": "The key was lost.", "before": before}
    made = issuing.replace_cohort(cohort_id=cohort.pk, actor=cast.issuer, **words)
    assert len(made) == MANY - 1, "nobody replaces an own badge"
    Credential.objects.filter(public_id__in=made).update(offered_at=before)
    assert issuing.replace_cohort(cohort_id=cohort.pk, actor=cast.issuer, **words) == []
    for was in Credential.objects.filter(pk__in=[badge.pk for badge in old]).exclude(pk=old[1].pk):
        assert (was.status, was.entry.revoked) == ("replaced", True)
        assert was.replaced_by is not None
        assert (was.replaced_by.status, was.replaced_by.award_reference) == ("issued", was.award_reference)
        assert not was.replaced_by.entry.revoked
    named = Credential.objects.get(replaces=old[0])
    learner = Enrolment.objects.get(award__public_id=old[0].award_reference).learner
    assert named.plan["credentialSubject"]["identifier"][1]["identityHash"] == learner.name
    assert list(audit.defects()) == []
    assert list(ledger.faults()) == []


def test_who_may_not_is_told_so_and_a_stranger_finds_nothing(cohort: Cohort, cast: Cast) -> None:
    before = timezone.now()
    for act in (
        lambda actor: issuing.issue_agreed(cohort_id=cohort.pk, actor=actor),
        lambda actor: issuing.replace_cohort(cohort_id=cohort.pk, actor=actor, kind="key", reason="x", before=before),
        lambda actor: issuing.ask(cohort_id=cohort.pk, actor=actor, act="issue"),
    ):
        with pytest.raises(NotYours):
            act(cast.mallory)
        with pytest.raises(NotAllowed):
            act(cast.grant)
    for words in ({"kind": "whim", "reason": "x"}, {"kind": "key", "reason": " "}):
        with pytest.raises(Missing):
            issuing.replace_cohort(cohort_id=cohort.pk, actor=cast.issuer, before=before, **words)


def test_a_suspended_micro_credential_signs_nothing_meanwhile(cohort: Cohort, cast: Cast) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    cohorts.agreed(cohort)
    Version.objects.update(stage="suspended")
    with pytest.raises(Refusal, match="suspended"):
        issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)
    assert {badge.status for badge in _badges(cohort)} == {"prepared"}


def test_the_stop_switch_holds_for_batches_too(cohort: Cohort, cast: Cast) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    cohorts.agreed(cohort)
    stops.stop(cast.college, reason="A doubt.", ordered_by=cast.quinn)
    with pytest.raises(IssuingStopped):
        issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)
    assert {badge.status for badge in _badges(cohort)} == {"prepared"}


AWARD_TABLES = (
    "workflows_award", "credentials_statusentry", "credentials_badgetemplate", "credentials_credential",
    "workflows_ledgerevent", "workflows_outboxevent",
)  # fmt: skip


def _unharmed(act: Callable[[], object], *faults: tuple[str, str]) -> None:
    def rows() -> list[object]:
        tables = (Award, Credential, StatusEntry, LedgerEvent, OutboxEvent, BadgeTemplate)
        stages = list(Enrolment.objects.order_by("pk").values_list("stage", "number"))
        standing = list(Credential.objects.order_by("pk").values_list("status", "proof", "entry__revoked"))
        return [*(table.objects.count() for table in tables), stages, standing]

    before = rows()
    for table, kind in faults:
        with failing(table, kind), pytest.raises(DatabaseError, match="planted"):
            act()
        assert rows() == before, table
    act()
    assert rows() != before


def test_a_chunk_is_whole_or_nothing_whichever_write_fails(cohort: Cohort, cast: Cast) -> None:
    BadgeTemplate.objects.all().delete()
    _unharmed(
        lambda: awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant),
        *((table, "INSERT") for table in AWARD_TABLES),
        ("workflows_enrolment", "UPDATE"),
    )
    cohorts.agreed(cohort)
    signing = [
        ("credentials_credential", "UPDATE"), ("workflows_ledgerevent", "INSERT"), ("workflows_outboxevent", "INSERT"),
    ]  # fmt: skip
    _unharmed(lambda: issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer), *signing)
    later = timezone.now() + timedelta(seconds=1)
    _unharmed(
        lambda: issuing.replace_cohort(
            cohort_id=cohort.pk, actor=cast.issuer, kind="correction", reason="A date.", before=later
        ),
        ("credentials_statusentry", "INSERT"),
        ("credentials_statusentry", "UPDATE"),
        ("credentials_credential", "INSERT"),
        *signing,
    )


def test_what_no_second_reader_confirms_is_never_offered(
    cohort: Cohort, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    cohorts.agreed(cohort)
    right = second_reader.canonical
    monkeypatch.setattr(second_reader, "canonical", lambda document: right(document) + b"_")
    assert issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer) == []
    assert {(badge.status, badge.proof) for badge in _badges(cohort)} == {("prepared", None)}


def test_a_name_on_which_readers_disagree_holds_up_nobody_else(cohort: Cohort, cast: Cast, small_chunks: None) -> None:
    old = _issued(cohort, cast)
    odd = Enrolment.objects.get(award__public_id=old[3].award_reference).learner
    User.objects.filter(pk=odd.pk).update(name="Lena \ufffe")
    Credential.objects.filter(pk=old[3].pk).update(name_shown=True)
    before = timezone.now() + timedelta(seconds=1)
    made = issuing.replace_cohort(
        cohort_id=cohort.pk, actor=cast.issuer, kind="name", reason="New names.", before=before
    )
    assert len(made) == MANY - 1
    assert Credential.objects.get(pk=old[3].pk).status == "issued", "it stays as it was"
    assert list(audit.defects()) == []


def test_a_worker_does_what_was_asked_and_a_second_request_is_the_first(cohort: Cohort, cast: Cast) -> None:
    work = issuing.ask(cohort_id=cohort.pk, actor=cast.grant, act="award")
    assert issuing.ask(cohort_id=cohort.pk, actor=cast.grant, act="award") == work
    tasks.run_cohort.fn(work.pk)
    work.refresh_from_db()
    assert work.done_at is not None
    assert runs.progress(cohort).awarded == MANY
    cohorts.agreed(cohort)
    issuing.ask(cohort_id=cohort.pk, actor=cast.issuer, act="issue")
    worker.settle()
    assert runs.progress(cohort).offered == MANY
    CohortWork.objects.update(created_at=timezone.now())
    again = issuing.ask(cohort_id=cohort.pk, actor=cast.issuer, act="replace", kind="key", reason="Lost.")
    tasks.run_cohort.fn(again.pk)
    assert Credential.objects.filter(status="replaced").count() == MANY


def test_what_is_refused_to_a_worker_waits_for_a_person_with_its_sentence(cohort: Cohort, cast: Cast) -> None:
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    cohorts.agreed(cohort)
    work = issuing.ask(cohort_id=cohort.pk, actor=cast.issuer, act="issue")
    Version.objects.update(stage="suspended")
    tasks.run_cohort.fn(work.pk)
    alert = Alert.objects.get()
    assert (alert.work, alert.institution) == (leases.name_of(work), cast.college)
    assert "suspended" in alert.trouble

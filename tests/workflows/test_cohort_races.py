"""Cohorts under fire: workers killed with -9, two workers at once, twelve presses at once (`promises.md` PR1, X1)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from credentials import audit
from credentials.models import Credential, StatusEntry
from people.models import User
from tests.cast import Cast, gather
from tests.threads import at_once
from tests.workflows import cohorts
from workflows import ledger
from workflows.actions import awarding, issuing
from workflows.models import Award, Cohort, LedgerEvent, OutboxEvent

ROOT = Path(__file__).resolve().parents[2]
NIGHTLY = os.environ.get("IMPRIMATUR_NIGHTLY") == "1"
TRIALS = int(os.environ.get("KILL_TRIALS", "300" if NIGHTLY else "4"))
LEARNERS = 60

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> tuple[Cast, Cohort]:
    monkeypatch.setattr(awarding, "CHUNK", 5)
    monkeypatch.setattr(issuing, "CHUNK", 5)
    cast = gather()
    version, _pilot = cohorts.active(cast)
    return cast, cohorts.recommended(cast, version, LEARNERS)


def _start(act: str, cohort: Cohort, actor: User) -> subprocess.Popen[bytes]:
    database = connection.get_connection_params()
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres:///{database['dbname']}?host={database['host']}&user={database['user']}",
    }
    command = [sys.executable, "-m", "tests.workflows.cohort_worker", act, str(cohort.pk), str(actor.pk)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)


def _killed(act: str, cohort: Cohort, actor: User) -> bool:
    """Start a worker and kill it at a random moment of its work; True when that came before its end."""
    process = _start(act, cohort, actor)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(random.random() * 0.25)
    process.kill()
    rest = process.stdout.read()
    process.wait()
    return b"done" not in rest


def _sound(cohort: Cohort, events: int) -> None:
    """By SQL: one row per award, none missing, indices unique, the record whole."""
    awards = list(Award.objects.filter(enrolment__cohort=cohort).values_list("public_id", "enrolment_id"))
    badges = Credential.objects.filter(award_reference__in=[reference for reference, _enrolment in awards])
    assert len(awards) == len({enrolment for _reference, enrolment in awards}) == badges.count()
    assert set(badges.values_list("award_reference", flat=True)) == {reference for reference, _enrolment in awards}
    entries = list(StatusEntry.objects.values_list("status_list_id", "index"))
    assert len(entries) == len(set(entries))
    streams = [f"award:{public_id}" for public_id in cohort.enrolments.values_list("public_id", flat=True)]
    told = LedgerEvent.objects.filter(stream__in=streams)
    assert told.count() == OutboxEvent.objects.filter(event__in=told).count() == events
    assert list(ledger.faults()) == []


def _signed(cohort: Cohort) -> int:
    awards = Award.objects.filter(enrolment__cohort=cohort).values("public_id")
    return Credential.objects.filter(award_reference__in=awards, status="issued").count()


def _under_fire(cast: Cast, cohort: Cohort) -> int:
    """Two kills while it is awarded and two while it is signed; how many came in the middle of the work."""
    in_the_middle = 0
    for _kill in range(2):
        in_the_middle += _killed("award", cohort, cast.grant)
        awarded = Award.objects.filter(enrolment__cohort=cohort).count()
        assert awarded % 5 == 0, "a chunk is whole or nothing"
        _sound(cohort, awarded)
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    _sound(cohort, LEARNERS)
    cohorts.agreed(cohort)
    for _kill in range(2):
        in_the_middle += _killed("issue", cohort, cast.issuer)
        assert _signed(cohort) % 5 == 0
        _sound(cohort, LEARNERS + _signed(cohort))
    issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)
    _sound(cohort, 2 * LEARNERS)
    assert _signed(cohort) == LEARNERS
    return in_the_middle


def test_workers_killed_at_any_moment_award_and_sign_everybody_once(fired: tuple[Cast, Cohort]) -> None:
    cast, first = fired
    in_the_middle = _under_fire(cast, first)
    for place in range(TRIALS // 4 - 1):
        in_the_middle += _under_fire(cast, cohorts.recommended(cast, first.version, LEARNERS, f"Round {place} of"))
    print(f"{in_the_middle} of {TRIALS} kills came in the middle of the work")
    assert in_the_middle > TRIALS // 4, "too few kills came in the middle of the work to show anything"
    assert list(audit.defects()) == []


def test_two_workers_share_a_cohort_and_do_nothing_twice(fired: tuple[Cast, Cohort]) -> None:
    cast, cohort = fired
    for act, actor in (("award", cast.grant), ("issue", cast.issuer)):
        workers = [_start(act, cohort, actor) for _ in range(2)]
        assert all(b"done" in worker.communicate(timeout=60)[0] for worker in workers)
        cohorts.agreed(cohort)
    _sound(cohort, 2 * LEARNERS)
    assert Credential.objects.filter(status="issued").count() == LEARNERS
    assert list(audit.defects()) == []


def test_twelve_presses_at_once_award_each_learner_once(fired: tuple[Cast, Cohort]) -> None:
    cast, cohort = fired
    keys = list(cohort.enrolments.values_list("pk", flat=True))
    presses = [lambda: awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant) for _ in range(6)]
    presses += [lambda: awarding.award_chosen(cohort_id=cohort.pk, actor=cast.grant, chosen=keys) for _ in range(6)]
    results = at_once(*presses)
    assert all(isinstance(result, awarding.Batch) for result in results), results
    assert sum(len(result.badges) for result in results if isinstance(result, awarding.Batch)) == LEARNERS
    _sound(cohort, LEARNERS)

"""The clock runs each job in its time, once for all clocks, and no job stops another; health says what is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from config import clock, health
from config.clock import Job
from credentials import status
from notifications import leases
from notifications.models import Alert, Beat
from tests import worker
from tests.cast import Cast
from tests.journeys import course
from workflows.models import OutboxEvent


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []

    def fails() -> None:
        calls.append("fails")
        raise ValueError("quinn@taravelle.example is not reachable")

    jobs = (
        Job("fails", clock.HOUR, fails),
        Job("minutely", clock.MINUTE, lambda: calls.append("minutely")),
        Job("hourly", clock.HOUR, lambda: calls.append("hourly")),
    )
    monkeypatch.setattr(clock, "JOBS", jobs)
    monkeypatch.setattr(health, "JOBS", jobs)
    return calls


def _minutes_pass(minutes: int) -> None:
    for beat in Beat.objects.all():
        beat.at -= timedelta(minutes=minutes)
        beat.save()


@pytest.mark.django_db
def test_a_job_that_fails_does_not_stop_the_others(ran: list[str], caplog: pytest.LogCaptureFixture) -> None:
    clock.tick()
    assert ran == ["fails", "minutely", "hourly"]
    assert "The clock's job fails failed: ValueError in fails" in caplog.text
    assert "taravelle" not in caplog.text
    assert Beat.objects.get(name="clock:fails").trouble == "ValueError in fails"


@pytest.mark.django_db
def test_each_job_runs_in_its_own_time(ran: list[str]) -> None:
    clock.tick()
    ran.clear()
    clock.tick()
    assert ran == []
    _minutes_pass(1)
    clock.tick()
    assert ran == ["fails", "minutely"], "what failed is tried again after a minute"
    ran.clear()
    _minutes_pass(60)
    clock.tick()
    assert ran == ["fails", "minutely", "hourly"]


@pytest.mark.django_db
def test_while_one_clock_works_another_does_nothing(ran: list[str]) -> None:
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in ("dbname", "user", "host", "port") if name in parameters}
    with psycopg.connect(**wanted) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [clock.LOCK])
        assert clock.tick() == []
        assert ran == []
        other.execute("SELECT pg_advisory_unlock(%s)", [clock.LOCK])
    assert clock.tick() == ["fails", "minutely", "hourly"]


@pytest.mark.django_db
def test_the_lock_is_free_after_a_tick(ran: list[str]) -> None:
    clock.tick()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)


def test_the_real_jobs_run_twice_without_harm(cast: Cast) -> None:
    course.in_relevance_review(cast, course.drafted(cast))
    for _again in range(2):
        _minutes_pass(60)
        assert clock.tick() == [job.name for job in clock.JOBS]
        worker.drain()
    assert {beat.trouble for beat in Beat.objects.all()} == {""}


@pytest.mark.django_db
def test_the_command_runs_what_is_due_and_names_it(ran: list[str]) -> None:
    out = StringIO()
    call_command("clock", "--once", stdout=out)
    assert out.getvalue().split() == ["fails", "minutely", "hourly"]


def _health() -> tuple[dict[str, Any], int]:
    out, code = StringIO(), 0
    try:
        call_command("health", stdout=out, stderr=StringIO())
    except SystemExit as ended:
        code = int(ended.code or 0)
    return json.loads(out.getvalue()), code


def _running() -> None:
    clock.tick()
    worker.drain()


def test_all_is_well_while_clock_and_worker_run(cast: Cast) -> None:
    _running()
    found, code = _health()
    assert (found["wrong"], code) == ([], 0)
    assert found["signing_key"] == "ok"
    assert found["worker_silent_seconds"] <= 2


def test_before_anything_ran_clock_and_worker_are_named(cast: Cast) -> None:
    found, code = _health()
    assert (found["wrong"], code) == (["clock", "worker"], 1)


def test_a_worker_that_fell_silent_is_named_and_so_is_what_waits_for_it(cast: Cast) -> None:
    _running()
    course.drafted(cast)
    Beat.objects.filter(name="worker").update(at=timezone.now() - timedelta(minutes=10))
    OutboxEvent.objects.update(created_at=timezone.now() - timedelta(minutes=9))
    found, _code = _health()
    assert found["wrong"] == ["waiting", "worker"]
    assert 530 <= found["oldest_waiting_seconds"] <= 560
    assert found["waiting"] == OutboxEvent.objects.count()


def test_what_was_set_aside_is_named(cast: Cast) -> None:
    _running()
    course.drafted(cast)
    for event in OutboxEvent.objects.all():
        work = leases.claim(OutboxEvent, event.pk)
        assert work is not None
        leases.set_aside(work, "its worker died")
    found, _code = _health()
    assert found["wrong"] == ["set_aside"]
    assert found["set_aside"] == Alert.objects.count()


@pytest.mark.usefixtures("ran")
def test_a_job_that_fails_is_named(cast: Cast) -> None:
    _running()
    found, _code = _health()
    assert "jobs" in found["wrong"]
    assert found["failing_jobs"] == {"fails": "ValueError in fails"}


def test_a_wrapping_key_that_does_not_open_the_signing_keys_is_named(cast: Cast) -> None:
    _running()
    with override_settings(KEY_WRAPPING_KEY="b3RoZXItd3JhcHBpbmcta2V5LW9mLTMyLWJ5dGVzISE="):
        found, _code = _health()
    assert (found["wrong"], found["signing_key"]) == (["signing_key"], "does not open")


def test_a_status_list_that_grew_old_is_named(cast: Cast) -> None:
    _running()
    published = status.publish(status.allocate(cast.college).status_list)
    published.published_at = timezone.now() - timedelta(hours=25)
    published.save()
    found, _code = _health()
    assert found["wrong"] == ["status_list"]


@pytest.mark.django_db
def test_a_full_disk_and_a_database_that_is_down_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_MEGABYTES", 10**12)
    monkeypatch.setattr(health, "_ask_the_database", _down)
    found, code = _health()
    assert (found["wrong"], found["database"], code) == (["database", "disk"], "OperationalError", 1)


def _down(_measured: dict[str, Any], _wrong: list[str]) -> None:
    from django.db import OperationalError

    raise OperationalError("connection refused")

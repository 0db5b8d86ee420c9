"""The broker is chosen by its address, before any job is declared; a wrong one is said in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dramatiq
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from dramatiq.brokers.stub import StubBroker
from dramatiq_postgres import PostgresBroker

from config import broker
from notifications import wake

ROOT = Path(__file__).resolve().parents[2]


def test_in_tests_every_job_belongs_to_the_stub_broker() -> None:
    assert isinstance(dramatiq.get_broker(), StubBroker)
    assert {actor.broker for actor in wake.ACTORS.values()} == {dramatiq.get_broker()}


@pytest.mark.parametrize("url", ["", "postgres://somewhere/else"])
def test_an_empty_address_and_a_postgres_one_are_kept_in_postgresql(url: str) -> None:
    made = broker.make(url)
    assert isinstance(made, PostgresBroker)
    made.close()


def test_all_brokers_have_the_same_middleware_and_none_retries() -> None:
    made = [broker.make(""), broker.make("stub://")]
    names = [[type(one).__name__ for one in each.middleware] for each in made]
    assert names[0] == names[1] == ["TimeLimit", "ShutdownNotifications", "DbConnectionsMiddleware"]
    made[0].close()


@pytest.mark.parametrize("url", ["redis://localhost", "amqp://localhost"])
def test_a_broker_whose_package_is_missing_says_which(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"dramatiq\[redis\] or dramatiq\[rabbitmq\]"):
        broker.make(url)


def test_an_unknown_broker_is_refused_in_a_sentence() -> None:
    with pytest.raises(ImproperlyConfigured, match="Say postgres, redis, amqp or nothing"):
        broker.make("kafka://localhost")


def test_the_database_options_reach_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"dbname": "imprimatur", "host": "db.example", "sslmode": "verify-full", "cursor_factory": object}
    monkeypatch.setattr(connection, "get_connection_params", lambda: wanted)
    assert broker._own_database() == {"dbname": "imprimatur", "host": "db.example", "sslmode": "verify-full"}


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_worker_has_its_broker_before_its_jobs() -> None:
    code = "import config.worker; from notifications import tasks; print(type(tasks.tell.broker).__name__)"
    assert _python(code, BROKER_URL="").stdout.strip() == "PostgresBroker"


def test_a_wrong_mail_channel_is_said_in_a_sentence() -> None:
    assert "Say smtp, console or mailbox." in _python("import config.worker", MAIL_CHANNEL="pigeon").stderr

"""Real workers on the real broker, killed with -9 in the middle of sending; a broker that loses all it holds."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import dramatiq
import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook

from config import broker
from notifications import tasks, wake, webhooks
from notifications.models import Alert, Beat
from people import post
from people.models import OutgoingMail, User
from tests.cast import gather
from tests.credentials.elsewhere import ok, standing
from tests.notifications.mailserver import MailServer, running

ROOT = Path(__file__).resolve().parents[2]
MAILS, KILLS, THREADS, EVENTS = 200, 3, 4, 40
LEASE_SECONDS = 2
PATIENCE = 40

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def real_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[dramatiq.Broker]:
    """The broker in PostgreSQL, in the test's own database, as the target of every send."""
    before = dramatiq.get_broker()
    real = broker.make("")
    dramatiq.set_broker(real)
    broker.after_migrate()
    for actor in (tasks.beat, tasks.post, tasks.tell, tasks.deliver, tasks.hand_on, tasks.try_suspects):
        monkeypatch.setattr(actor, "broker", real)
    _sql("DELETE FROM dramatiq.queue")
    yield real
    dramatiq.set_broker(before)
    real.close()
    _sql("DROP SCHEMA dramatiq CASCADE")


def _sql(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as started:
        started.pause_seconds = 0.01
        yield started


@pytest.fixture(autouse=True)
def _no_worker_outlives_its_test() -> Iterator[None]:
    yield
    while Worker.started:
        Worker.started.pop().kill()


class Worker:
    """A dramatiq worker in processes of its own, against the test's database and mail server."""

    started: ClassVar[list[Worker]] = []

    def __init__(self, server: MailServer, module: str = "config.worker", **more: str) -> None:
        database = connection.get_connection_params()
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgres:///{database['dbname']}?host={database['host']}&user={database['user']}",
            "BROKER_URL": "",
            "MAIL_CHANNEL": "smtp",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(server.port),
            "WORK_LEASE_SECONDS": str(LEASE_SECONDS),
            **more,
        }
        command = [sys.executable, "-m", "dramatiq", module, "--processes", "1", "--threads", str(THREADS)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.started.append(self)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):  # nothing is left of it
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> str:
        self.process.terminate()
        return self.process.communicate(timeout=30)[1].decode()


def _hand_in(number: int) -> None:
    for place in range(number):
        person = User.objects.create_user(f"person{place}@quellin.example", name=f"Person {place}")
        _code(person)


def _code(person: User) -> None:
    post.post_code(person=person, kind="sign_in", good_until=timezone.now() + timedelta(hours=1))


def _until(holds: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        meanwhile()
        time.sleep(0.2)


def _all_done() -> bool:
    return not OutgoingMail.objects.filter(done_at=None, set_aside_at=None).exists()


def test_a_worker_killed_while_it_sends_loses_nothing(real_broker: dramatiq.Broker, server: MailServer) -> None:
    _hand_in(MAILS)  # each commits, and wakes the worker through the broker
    assert _sql("SELECT count(*) FROM dramatiq.queue") == [(MAILS,)]
    for life in range(1, KILLS + 1):
        worker = Worker(server)
        _until(lambda life=life: len(server.taken) > life * MAILS // (KILLS + 2))  # type: ignore[misc]
        time.sleep(random.random() / 10)
        worker.kill()
    assert not _all_done(), "the kills came in the middle of the work"

    last = Worker(server)
    _until(_all_done, meanwhile=wake.sweep)
    log = last.stop()

    copies = server.copies()
    assert len(server.recipients()) == MAILS, "nothing is lost"
    assert len(copies) == MAILS, "a repeat carries the Message-ID of the first"
    repeats = sum(copies.values()) - MAILS
    assert repeats <= KILLS * THREADS, "only what was under way at a kill is repeated"
    assert not Alert.objects.exists()
    assert "quellin.example" not in log


def test_a_mail_that_kills_its_worker_is_set_aside_and_the_rest_goes_on(
    real_broker: dramatiq.Broker, server: MailServer
) -> None:
    _code(User.objects.create_user("poison@quellin.example", name="Poison"))
    _hand_in(10)
    workers = []

    def keep_alive() -> None:
        if not workers or workers[-1].process.poll() is not None:
            workers.append(Worker(server, "tests.notifications.poison"))
        wake.sweep()

    _until(_all_done, meanwhile=keep_alive)
    workers[-1].stop()
    assert len(workers) >= 3
    poison = OutgoingMail.objects.get(person__email="poison@quellin.example")
    assert (poison.starts, poison.set_aside_at is not None) == (3, True)
    assert Alert.objects.get().work == f"outgoingmail:{poison.public_id}"
    assert len(server.recipients()) == 10


def test_a_broker_that_lost_everything_is_made_up_for_by_one_sweep(
    real_broker: dramatiq.Broker, server: MailServer
) -> None:
    _hand_in(30)
    _sql("DELETE FROM dramatiq.queue")
    Beat.objects.create(name="worker", at=timezone.now())
    assert wake.sweep() == 30
    worker = Worker(server)
    _until(_all_done)
    worker.stop()
    assert (len(server.recipients()), len(server.taken)) == (30, 30)


def test_a_worker_killed_while_it_sends_events_on_loses_none(
    real_broker: dramatiq.Broker, server: MailServer, tmp_path: Path, settings: Any
) -> None:
    cast = gather()
    with standing(tmp_path) as receiver:
        settings.WEBHOOK_ORIGINS = [receiver.origin]
        receiver.pages["/hook"] = lambda _path, line: (time.sleep(0.02), line.sendall(ok(b"")))
        college = cast.college.public_id
        endpoint, secret = webhooks.subscribe(
            actor=cast.quinn, institution=college, url=f"{receiver.origin}/hook", events=["version"]
        )
        for _test in range(EVENTS):
            webhooks.send_test(actor=cast.quinn, institution=college, endpoint=endpoint.public_id)
        around = {
            "WEBHOOK_ORIGINS": receiver.origin, "VERIFY_PRIVATE_ADDRESSES": "1", "VERIFY_CA_FILE": str(receiver.ca),
        }  # fmt: skip
        for life in (1, 2):
            worker = Worker(server, **around)
            _until(lambda life=life: len(receiver.posted) > life * EVENTS // 4)  # type: ignore[misc]
            worker.kill()
        assert endpoint.deliveries.filter(done_at=None).exists(), "the kills came in the middle of the work"
        last = Worker(server, **around)
        _until(lambda: not endpoint.deliveries.filter(done_at=None).exists(), meanwhile=wake.sweep)
        last.stop()
        heard = Counter(headers["webhook-id"] for headers, _body in receiver.posted)
        assert len(heard) == EVENTS, "nothing is lost, and a repeat carries the first one's id"
        assert sum(heard.values()) - EVENTS <= 2 * THREADS, "only what was under way at a kill is repeated"
        for headers, body in receiver.posted:
            Webhook(secret).verify(body, headers)


def test_clock_and_worker_show_that_they_reach_each_other(real_broker: dramatiq.Broker, server: MailServer) -> None:
    wake.sweep()
    worker = Worker(server)
    _until(lambda: Beat.objects.filter(name="worker").exists())
    worker.stop()

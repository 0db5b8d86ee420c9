"""Foreign badges are judged where it can be killed: bombs end as a sentence, and nobody else waits for them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from credentials import apart, baking, life
from credentials.apart import Busy, Pool
from credentials.lookups import OwnRows
from credentials.outcomes import Answer
from credentials.strictjson import Unreadable
from tests.credentials.hostile import BOMBS
from tests.credentials.maker import Handed, make
from tests.credentials.test_opening import DOCUMENT, FORMS, TEXT

LINK = "https://badges.example/badges/1"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A pool of one process, of this test alone."""
    own = Pool(1)
    monkeypatch.setattr("credentials.apart._pool", lambda _pid: own)
    yield own
    own.close()


def _process(pool: Pool) -> apart.Process:
    found = pool.places.get_nowait()
    pool.places.put(found)
    assert found is not None
    return found


@pytest.mark.parametrize("form", ["JSON", "token", "PNG", "SVG", "PDF", "photograph"])
def test_every_form_is_judged_apart(form: str) -> None:
    judged = apart.judge(FORMS[form], lookup=Handed())
    assert (judged.verdict.answer, judged.verdict.trusted) == (Answer.VALID, "unknown")
    assert judged.opened.text


def test_an_address_comes_back_as_one() -> None:
    judged = apart.judge(LINK, lookup=Handed())
    assert (judged.opened.link, judged.verdict.checks) == (LINK, ())


@pytest.mark.django_db
def test_the_process_knows_of_our_rows_what_it_asks_for() -> None:
    made = make()
    judged = apart.judge(TEXT, lookup=Handed())
    assert judged.opened.document == DOCUMENT
    text = baking.text_of(made.document)
    assert apart.judge(text, lookup=OwnRows()).verdict.trusted == "yes"
    assert apart.judge(text, lookup=OwnRows(), earner="lena@learner.example").verdict.checks[-1].outcome == "passed"
    life.revoke(credential=made.badge)
    verdict = apart.judge(text, lookup=OwnRows()).verdict
    assert (verdict.answer, verdict.cause) == (Answer.NOT_VALID, "revoked")
    assert verdict.since is not None


def test_it_answers_in_the_language_of_whoever_asks() -> None:
    with translation.override("fr"), pytest.raises(Unreadable) as refused:
        apart.judge("{", lookup=Handed())
    assert "JSON" in str(refused.value)
    assert "The file" not in str(refused.value)


def _answer(data: bytes) -> tuple[str, str]:
    try:
        found = apart.judge(data, lookup=Handed()).verdict
    except Unreadable as refused:
        return "unreadable", str(refused)
    return found.answer, str(found.worst and found.worst.sentence)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_its_budget_and_is_never_called_valid(name: str) -> None:
    data = BOMBS[name]()
    apart.judge(TEXT, lookup=Handed())
    before = time.monotonic()
    answer, sentence = _answer(data)
    assert time.monotonic() - before < 6
    assert answer in {"unreadable", Answer.NOT_VALID, Answer.CANNOT_TELL}
    assert sentence.endswith(".")
    assert apart.judge(TEXT, lookup=Handed()).verdict.answer == Answer.VALID


def test_one_process_serves_many_and_is_replaced_in_time(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    apart.judge(TEXT, lookup=Handed())
    first = _process(pool).process.pid
    with pytest.raises(Unreadable):
        apart.judge("{", lookup=Handed())
    apart.judge(TEXT, lookup=Handed())
    assert _process(pool).process.pid == first
    monkeypatch.setattr("credentials.apart.MOST_JOBS", 3)
    apart.judge(TEXT, lookup=Handed())
    assert _process(pool).process.pid != first


def test_when_it_dies_while_opening_the_file_is_refused(pool: Pool) -> None:
    apart.judge(TEXT, lookup=Handed())
    os.kill(_process(pool).process.pid, signal.SIGSTOP)
    threading.Timer(0.3, os.kill, [_process(pool).process.pid, signal.SIGKILL]).start()
    with pytest.raises(Unreadable, match="given up"):
        apart.judge(TEXT, lookup=Handed())
    assert apart.judge(TEXT, lookup=Handed()).verdict.answer == Answer.VALID


def test_when_it_dies_while_judging_nobody_can_tell(pool: Pool) -> None:
    class Deadly(Handed):
        def standing(self, _address: str) -> None:
            os.kill(busy.process.pid, signal.SIGKILL)
            busy.process.wait()

    apart.judge(TEXT, lookup=Handed())
    busy = _process(pool)
    verdict = apart.judge(TEXT, lookup=Deadly()).verdict
    assert verdict.answer == Answer.CANNOT_TELL
    assert {check.outcome for check in verdict.checks} == {"not_checked"}
    assert verdict.trusted == "unknown"


def test_whoever_takes_longer_than_the_time_in_all_is_ended(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Handed):
        def standing(self, _address: str) -> None:
            time.sleep(0.8)

    apart.judge(TEXT, lookup=Handed())
    monkeypatch.setattr("credentials.apart.MOST_SECONDS", 0.4)
    assert apart.judge(TEXT, lookup=Slow()).verdict.answer == Answer.CANNOT_TELL


def test_when_all_are_at_work_it_says_so(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credentials.apart.MOST_SECONDS", 0.2)
    with pool.process(1), pytest.raises(Busy):
        apart.judge(TEXT, lookup=Handed())


def test_it_cannot_ask_for_what_is_not_a_question() -> None:
    job = apart._Job(Handed())
    with pytest.raises(ValueError, match="issuers"):
        job._answer("issuers", [])


def test_the_process_is_given_no_secret_of_the_installation(pool: Pool, settings: Any) -> None:
    os.environ["PLANTED_SECRET"] = "planted"
    try:
        apart.judge(TEXT, lookup=Handed())
        with open(f"/proc/{_process(pool).process.pid}/environ", "rb") as file:
            given = file.read()
    finally:
        del os.environ["PLANTED_SECRET"]
    assert b"planted" not in given
    assert settings.SECRET_KEY.encode() not in given
    for name in (b"DATABASE_URL", b"KEY_WRAPPING_KEY"):
        assert name not in given


def test_it_ends_with_whoever_started_it() -> None:
    process = apart.Process()
    process.line.close()
    assert process.process.wait(10) == 0

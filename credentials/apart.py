"""Opens and judges what strangers hand in where it can be killed: in processes of their own (promises.md 6).

Such a process has no database, no keys, no secrets and no reason to open a connection: what it must know of keys and
lists it asks for over its one line, and this process answers from its lookup. Reading and judging have a second of
processor time each, all together five seconds, and memory has an end. A process that goes beyond is ended and nobody
waits for it; the badge is then not readable, or nobody can tell.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from multiprocessing import Pipe
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from credentials.errors import NotConforming, Refusal
from credentials.outcomes import Cause, Check, Lookup, Outcome, not_checked
from credentials.strictjson import Unreadable
from credentials.texts import Opened
from credentials.verdict import Verdict, unlooked

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS = 5.0
MOST_ANSWER = 8 * 1024 * 1024
SECONDS_TO_START = 60.0
MOST_JOBS = 500  # of one process, so that whatever it hoards goes with it
QUESTIONS = ("did_document", "status_list", "standing", "keeps_records_of", "published", "known_issuers")
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")
_BROKEN = (EOFError, OSError, ValueError)
_GIVEN_UP = _("Looking at it took more time or memory than any honest badge needs, so it was given up.")
TOO_MUCH = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
logger = logging.getLogger(__name__)


class Busy(Refusal):
    """All processes are at work and stay so."""

    status = 503
    sentence = _("Many badges are being checked just now. Hand it in again in a moment.")


@dataclass(frozen=True)
class Judged:
    """What was opened and what was found; only an address has no verdict. A bundle has the badges in it as parts."""

    opened: Opened
    verdict: Verdict
    parts: tuple[Judged, ...] = ()


class Process:
    """One process that judges, and the line to it."""

    def __init__(self) -> None:
        began = time.monotonic()
        self.line, theirs = Pipe()
        kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        path = os.pathsep.join(part for part in [str(ROOT), *sys.path] if part)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "credentials.apart_process", str(theirs.fileno()), settings.BASE_URL],
            env={**kept, "PYTHONPATH": path, "SECRET_KEY": secrets.token_hex()},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )
        theirs.close()
        self.jobs = 0
        with self.ended_after(SECONDS_TO_START):
            self.line.recv_bytes(16)
        self.took_to_start = time.monotonic() - began

    @contextmanager
    def ended_after(self, seconds: float) -> Iterator[None]:
        """Kill it when this takes longer; whoever waits on the line is then told so by its end."""
        clock = threading.Timer(seconds, self.process.kill)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()

    def say(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self.line.send_bytes(json.dumps(message).encode())

    def hear(self) -> dict[str, Any]:
        """The next message."""
        found: dict[str, Any] = json.loads(self.line.recv_bytes(MOST_ANSWER))
        return found

    def end(self) -> None:
        """End it and wait until it is gone."""
        self.process.kill()
        self.process.wait()
        self.line.close()


class Pool:
    """A few processes, started when they are needed, each for one badge at a time."""

    def __init__(self, size: int) -> None:
        self.places: LifoQueue[Process | None] = LifoQueue()
        for _place in range(max(1, size)):
            self.places.put(None)

    @contextmanager
    def process(self, seconds: float) -> Iterator[Process]:
        """A process that waits for work. Raises `Busy` when there is none in time."""
        try:
            found = self.places.get(timeout=seconds)
        except Empty as error:
            raise Busy from error
        try:
            if found is None or found.process.poll() is not None or found.jobs >= MOST_JOBS:
                self._let_go(found)
                found = None
                found = Process()
            yield found
        except BaseException:
            self._let_go(found)
            found = None
            raise
        finally:
            self.places.put(found)

    @staticmethod
    def _let_go(process: Process | None) -> None:
        if process is not None:
            process.end()

    def close(self) -> None:
        """End those that wait."""
        with suppress(Empty):
            while True:
                self._let_go(self.places.get_nowait())


@cache
def _pool(_pid: int) -> Pool:
    pool = Pool(settings.VERIFY_PROCESSES)
    atexit.register(pool.close)
    return pool


def judge(data: bytes | str, *, lookup: Lookup, listed: bytes = b"", earner: str | None = None) -> Judged:
    """Open and judge what somebody hands in. Raises `Unreadable` for what holds no badge.

    `listed` is a status list that comes with it; `lookup` is asked first.
    """
    ends = time.monotonic() + MOST_SECONDS
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    job = _Job(lookup)
    try:
        with _pool(os.getpid()).process(MOST_SECONDS / 2) as process:
            ends += process.took_to_start if process.jobs == 0 else 0.0
            with process.ended_after(ends - time.monotonic()):
                found = job.judged(process, raw, listed, earner)
    except _BROKEN as error:
        found = job.broken(type(error).__name__)
    if isinstance(found, Unreadable):
        raise found
    return found


def look(what: str, document: dict[str, Any], options: dict[str, Any], *, lookup: Lookup) -> None:
    """Look at what the conformance doors are given, as `vc_check.LOOKS` names it. Raises `NotConforming`."""
    job = _Job(lookup)
    try:
        with _pool(os.getpid()).process(MOST_SECONDS / 2) as process:
            seconds = MOST_SECONDS + (process.took_to_start if process.jobs == 0 else 0.0)
            with process.ended_after(seconds):
                refused = job.refused(process, what, document, options)
    except _BROKEN as error:
        logger.warning("A process that looked at a credential was ended: %s.", type(error).__name__)
        refused = {"sentence": str(_GIVEN_UP), "problem": TOO_MUCH}
    if refused is not None:
        raise NotConforming(refused["sentence"], problem=refused["problem"])


class _Job:
    """One badge on its way through a process."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.opened: Opened | None = None

    def judged(self, process: Process, raw: bytes, listed: bytes, earner: str | None) -> Judged | Unreadable:
        """Hand it over, and answer questions until there is a verdict."""
        process.jobs += 1
        process.say({"language": get_language(), "earner": earner})
        process.line.send_bytes(raw)
        process.line.send_bytes(listed)
        while True:
            message = self._heard(process)
            if "opened" in message:
                self.opened = Opened(**message["opened"])
            elif "unreadable" in message:
                return Unreadable(**message["unreadable"])
            elif self.opened is not None:
                return _judged(self.opened, message)

    def refused(
        self, process: Process, what: str, document: dict[str, Any], options: dict[str, Any]
    ) -> dict[str, str] | None:
        """Hand over what a door was given; why it was refused, or None."""
        process.jobs += 1
        process.say({"language": get_language(), "look": what, "options": options})
        process.line.send_bytes(json.dumps(document).encode())
        process.line.send_bytes(b"")
        found: dict[str, str] | None = self._heard(process)["refused"]
        return found

    def _heard(self, process: Process) -> dict[str, Any]:
        """What it says after all its questions were answered."""
        while "ask" in (message := process.hear()):
            process.say({"answer": self._answer(*message["ask"])})
        return message

    def _answer(self, question: str, arguments: list[str]) -> Any:
        """From the lookup; the process cannot ask for anything else."""
        if question not in QUESTIONS:
            raise ValueError(question)
        ask: Callable[..., Any] = getattr(self.lookup, question)
        found = ask(*arguments)
        if question == "standing" and found is not None:
            return {**asdict(found), "since": found.since and found.since.isoformat()}
        if question == "published" and found is not None:
            return {"snapshot_digest": found.snapshot_digest, "facets": dict(found.facets)}
        return found

    def broken(self, detail: str) -> Judged | Unreadable:
        """What is left when the process was ended."""
        logger.warning("A process that judged a badge was ended: %s.", detail)
        sentence = _GIVEN_UP
        if self.opened is None:
            return Unreadable(sentence, detail=detail)
        return Judged(self.opened, unlooked(not_checked(sentence, detail=detail)))


def _judged(opened: Opened, message: dict[str, Any]) -> Judged:
    verdict = Verdict(tuple(_check(**found) for found in message["checks"]))
    return Judged(opened, verdict, tuple(_judged(Opened(**part["opened"]), part) for part in message.get("parts", ())))


def _check(*, outcome: str, cause: str, since: str | None, **more: Any) -> Check:
    moment = datetime.fromisoformat(since) if since else None
    return Check(outcome=Outcome(outcome), cause=Cause(cause), since=moment, **more)

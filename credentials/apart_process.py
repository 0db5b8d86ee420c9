"""The other end of `credentials/apart.py`: `python -m credentials.apart_process LINE BASE_URL`.

It knows the texts and the shapes of this package and nothing of the installation.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import traceback
from datetime import datetime
from importlib import import_module
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

import django
from django.conf import settings

SECONDS_OF_PROCESSOR = 1.25  # for reading, and once more for judging, which stops by itself after one
MEMORY = 512 * 1024 * 1024


class Asked:
    """A lookup that asks the process that holds the database."""

    def __init__(self, line: Connection, handed: dict[str, Any]) -> None:
        self.line, self.handed = line, handed

    def _ask(self, question: str, *arguments: str) -> Any:
        self.line.send_bytes(json.dumps({"ask": [question, arguments]}).encode())
        return json.loads(self.line.recv_bytes())["answer"]

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document of an issuer."""
        found: dict[str, Any] | None = self._ask("did_document", did)
        return found

    def status_list(self, url: str) -> dict[str, Any] | None:
        """A status list; the one that was handed in only where there is no better one."""
        from credentials import status_check

        found: dict[str, Any] | None = self._ask("status_list", url)
        return found or (self.handed if status_check.is_under(self.handed, url) else None)

    def standing(self, address: str) -> Any:
        """How a credential stands by the rows."""
        from credentials.outcomes import Cause, Standing

        found = self._ask("standing", address)
        if found is None:
            return None
        since = datetime.fromisoformat(found["since"]) if found["since"] else None
        return Standing(Cause(found["state"]), since, found["digest"])

    def keeps_records_of(self, address: str) -> bool:
        """Whether it would have a standing there."""
        return bool(self._ask("keeps_records_of", address))

    def published(self, achievement: str) -> Any:
        """What is published of an achievement."""
        from credentials.outcomes import Published

        found = self._ask("published", achievement)
        return Published(**found) if found is not None else None

    def known_issuers(self) -> dict[str, list[str]]:
        """Who is known there."""
        found: dict[str, list[str]] = self._ask("known_issuers")
        return found


def _limited() -> None:
    """From here on a second of processor time ends it: the signal's own way, which no code can be too busy for."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS_OF_PROCESSOR)


def serve(line: Connection) -> None:
    """One badge after the other, until the line ends."""
    from django.utils import translation

    while True:
        job = json.loads(line.recv_bytes())
        data, listed = line.recv_bytes(), line.recv_bytes()
        with translation.override(job["language"] or "en"):
            if "look" in job:
                _look(line, json.loads(data), job)
            else:
                _one(line, data, listed, job["earner"])
        signal.setitimer(signal.ITIMER_PROF, 0)


def _one(line: Connection, data: bytes, listed: bytes, earner: str | None) -> None:
    from credentials import bundles
    from credentials.opening import open_credential
    from credentials.status_check import recent_list
    from credentials.strictjson import Unreadable
    from credentials.verdict import verify

    def say(message: dict[str, Any]) -> None:
        line.send_bytes(json.dumps(message).encode())

    _limited()
    try:
        opened = open_credential(data)
        handed = recent_list(listed) if listed.strip() else {}
    except Unreadable as refused:
        told = {"sentence": str(refused.sentence), "detail": refused.detail, "too_large": refused.too_large}
        return say({"unreadable": told})
    say({"opened": _told(opened)})
    if opened.link:
        return say({"checks": []})
    _limited()
    lookup = Asked(line, handed)
    if bundles.is_bundle(opened.document):
        found = bundles.judge(opened, lookup=lookup, earner=earner, before_each=_limited)
        parts = [{"opened": _told(part.opened), "checks": _checks(part.verdict)} for part in found.parts]
        return say({"checks": _checks(found.whole), "parts": parts})
    return say({"checks": _checks(verify(opened, lookup=lookup, earner=earner))})


def _look(line: Connection, document: dict[str, Any], job: dict[str, Any]) -> None:
    """A credential or a presentation that a conformance door was given."""
    from credentials import vc_check
    from credentials.errors import NotConforming
    from people.errors import Refusal

    _limited()
    refused: dict[str, str] | None = None
    try:
        vc_check.LOOKS[job["look"]](document, Asked(line, {}), vc_check.Asked.of(job["options"]))
    except NotConforming as found:
        refused = {"sentence": str(found.sentence), "problem": found.problem}
    except Refusal as found:
        refused = {"sentence": str(found.sentence), "problem": vc_check.PARSING}
    line.send_bytes(json.dumps({"refused": refused}).encode())


def _told(opened: Any) -> dict[str, Any]:
    return {"document": opened.document, "link": opened.link, "text": opened.text}


def _checks(verdict: Any) -> list[dict[str, Any]]:
    return [check.as_data() for check in verdict.checks]


def _bounded_memory() -> None:
    """What it uses now and half a gigabyte more, where the system can say so; nothing is left when it dies."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


def _without_words(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    """Where it broke and how, but not over what: a stranger's badge is written to no log."""
    sys.stderr.write("".join(traceback.StackSummary.extract(traceback.walk_tb(trace)).format()) + f"{kind.__name__}\n")


def _set_up(base_url: str) -> None:
    settings.configure(
        BASE_URL=base_url,
        AUTH_USER_MODEL="people.User",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "people", "credentials"],
        LANGUAGES=[("en", "English"), ("fr", "French")],
        TIME_ZONE="America/Toronto",
        USE_TZ=True,
        USE_I18N=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


def main(descriptor: str, base_url: str) -> None:
    """Set up, say so, and serve."""
    _set_up(base_url)
    from credentials import canonical
    from credentials.vc_check import KNOWN

    for module in (
        "credentials.opening",
        "credentials.bundles",
        "credentials.vc_check",
    ):  # loaded before there is a limit
        import_module(module)
    for url in KNOWN:
        canonical.context_document(url, KNOWN)
    sys.excepthook = _without_words
    line = Connection(int(descriptor))
    _bounded_memory()
    line.send_bytes(b"ready")
    try:
        serve(line)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


if __name__ == "__main__":
    main(*sys.argv[1:])

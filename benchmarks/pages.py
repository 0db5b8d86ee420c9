"""`python benchmarks/pages.py`: public pages and status lists under load, with a million badges stored.

On a throw-away database without fsync, through gunicorn on the loopback, asked by a process of its own
(`load.py`) on the same machine. Some thousand badges are signed, so that each may be asked for once; the other rows
are copies that fill the tables. `--rows`, `--signed` and `--seconds` (for each measurement) make it smaller.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PAGE = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en"}
LIST = {"Accept": "application/vc+ld+json"}
HALF = 65_536  # so many indices of a list are taken before the next one is begun
LINES = 8
FILL = """
    WITH lists AS (
        INSERT INTO credentials_statuslist (public_id, issuer_id, purpose, size, taken, sequence, changes, shown)
        SELECT gen_random_uuid(), %(issuer)s, 'revocation', 131072, %(half)s, 0, 0, 0
        FROM generate_series(0, (%(rows)s - 1) / %(half)s) RETURNING id
    ), entries AS (
        INSERT INTO credentials_statusentry (status_list_id, index, revoked)
        SELECT id, n, n %% 50 = 0 FROM lists CROSS JOIN generate_series(0, %(half)s - 1) AS n
        LIMIT %(rows)s RETURNING id
    )
    INSERT INTO credentials_credential (public_id, issuer_id, achievement_id, award_reference, recipient_id, status,
        acceptance, entry_id, template_id, slots, proof, text_digest, awarded_at, name_shown, offered_at, public)
    SELECT gen_random_uuid(), issuer_id, achievement_id, gen_random_uuid(), recipient_id, status, acceptance,
        entries.id, template_id, slots, proof, text_digest, awarded_at, name_shown, offered_at, public
    FROM entries CROSS JOIN (SELECT * FROM credentials_credential WHERE id = %(like)s) AS badge
"""


def signed(number: int) -> list[str]:
    """So many badges of one achievement, accepted and public; one in fifty is revoked. Their public ids."""
    from credentials import status
    from credentials.models import Credential
    from tests.cast import gather
    from tests.workflows import cohorts
    from workflows.actions import awarding, issuing

    cast = gather()
    version, _pilot = cohorts.active(cast)
    cohort = cohorts.recommended(cast, version, number, "Many")
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    cohorts.agreed(cohort)
    issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)
    rows = Credential.objects.filter(offered_at__isnull=False)
    rows.update(acceptance="accepted", public=True)
    revoked = list(rows.select_related("entry")[: number // 50])
    status.revoke_many([badge.entry for badge in revoked])
    changed = Credential.objects.filter(pk__in=[badge.pk for badge in revoked])
    changed.update(status="revoked", revoked_at=revoked[0].offered_at)
    return [str(public_id) for public_id in rows.values_list("public_id", flat=True)]


def filled(rows: int) -> int:
    """Copies of a badge up to so many rows; how many there are."""
    from django.db import connection

    from credentials.models import Credential

    like = Credential.objects.filter(public=True, status="issued").latest("pk")
    missing = rows - Credential.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        if missing > 0:
            cursor.execute(FILL, {"issuer": like.issuer_id, "half": HALF, "rows": missing, "like": like.pk})
        cursor.execute("VACUUM ANALYZE credentials_credential, credentials_statusentry, credentials_statuslist")
    return Credential.objects.count()


@contextmanager
def served(processes: int) -> Iterator[int]:
    """gunicorn on a free port of the loopback, with this run's database; the port."""
    from django.conf import settings
    from django.db import connection

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = os.environ["DATABASE_URL"]
    name = settings.DATABASES["default"]["NAME"]
    before = connection.settings_dict["NAME"]
    assert name == before
    url = _with_name(base, str(name))
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    command += ["--workers", str(processes), "--keep-alive", "30", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url})
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _with_name(url: str, name: str) -> str:
    """A database address with the name of another database."""
    head, mark, options = url.partition("?")
    return head.rpartition("/")[0] + "/" + name + mark + options


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The web server did not start.")


def asked(port: int, asks: list[Any], seconds: float, rate: float = 0) -> dict[str, Any]:
    """What `load.py` measures."""
    task = {"port": port, "asks": asks, "seconds": seconds, "lines": LINES if not rate else 4 * LINES, "rate": rate}
    program = [sys.executable, str(ROOT / "benchmarks" / "load.py")]
    done = subprocess.run(program, input=json.dumps(task), check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _list_asks(public_id: str, port: int) -> tuple[list[Any], list[Any]]:
    """Asks for a list by somebody who has it, and by somebody who does not."""
    path = f"/status/{public_id}"
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=LIST)) as answer:
        tag = answer.headers["ETag"]
    return [[path, {**LIST, "If-None-Match": tag}, 304]], [[path, LIST, 200]]


def measured(rows: int, number: int, seconds: float) -> dict[str, Any]:
    """Everything, on a scratch database."""
    from benchmarks.batch import scratch_database, timed

    with scratch_database():
        from credentials.models import Credential, StatusList

        ids = signed(number)
        found: dict[str, Any] = {"machine": {"cores": os.cpu_count(), "signed": number}}
        found["machine"]["seconds to fill"] = timed(lambda: found["machine"].update(rows=filled(rows)))
        random.Random(7).shuffle(ids)  # noqa: S311  # the same order in every run
        pages: list[Any] = [[f"/badges/{public_id}", PAGE, 200] for public_id in ids]
        mixed = pages[:]
        for place in range(0, len(mixed), 50):
            mixed[place] = [f"/badges/{uuid4()}", PAGE, 404]
        in_use = Credential.objects.filter(public_id=ids[0]).values_list("entry__status_list__public_id", flat=True)[0]
        achievement = Credential.objects.values_list("achievement__public_id", flat=True)[0]
        assert StatusList.objects.filter(public_id=in_use).exists()
        with served(os.cpu_count() or 1) as port:
            asked(port, pages[:1], 2)  # each process compiles what it needs
            known, whole = _list_asks(str(in_use), port)
            found["healthz"] = asked(port, [["/healthz", {}, 200]], seconds / 2)
            found["a page without questions"] = asked(port, [["/about", PAGE, 200]], seconds / 2)
            found["badges, each once"] = asked(port, mixed, seconds)
            found["badges at 300 a second"] = asked(port, mixed[::-1], seconds, 300)
            found["one badge in the press"] = asked(port, pages[:1], seconds / 2)
            found["status list, known"] = asked(port, known, seconds / 2)
            found["status lists at 1,500 a second"] = asked(port, known, seconds / 2, 1500)
            found["status list, whole"] = asked(port, whole, seconds / 2)
            found["keys (did.json)"] = asked(port, [["/o/taravelle/did.json", {}, 200]], seconds / 2)
            found["achievement"] = asked(port, [[f"/achievements/{achievement}", PAGE, 200]], seconds / 2)
        return found


def main(arguments: list[str]) -> int:
    """Measure, print, write JSON. 0 when every must was held."""
    parser = argparse.ArgumentParser(prog="pages", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--signed", type=int, default=8000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--out", type=Path, default=ROOT / ".local" / "benchmark-pages.json")
    options = parser.parse_args(arguments)
    found = measured(options.rows, options.signed, options.seconds)
    trivial = found["a page without questions"]["a second"]
    print(json.dumps(found["machine"]))
    print("\n| what | a second | to a page without questions | median ms | p95 | p99 | wrong |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for what, row in found.items():
        if what != "machine":
            times = " | ".join(f"{row[name]:.1f}" for name in ("median", "p95", "p99"))
            print(f"| {what} | {row['a second']:.0f} | {trivial / row['a second']:.2f} | {times} | {row['wrong']} |")
    paced = found["badges at 300 a second"]
    held = {
        "300 badge pages a second, p99 at most 300 ms": paced["a second"] >= 295 and paced["p99"] <= 300,
        "1,500 status lists a second": found["status lists at 1,500 a second"]["a second"] >= 1475,
        "every answer is the right one": not any(row.get("wrong") for row in found.values()),
    }
    print("\n| must | |\n| --- | --- |")
    for what, passed in held.items():
        print(f"| {what} | {'passed' if passed else 'MISSED'} |")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({**found, "held": held}, indent=1) + "\n")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`python benchmarks/batch.py`: a cohort from its roster to durable signed badges, and lists from rows to publication.

On a throw-away database without fsync. Every figure is also given in signatures by `cryptography`, measured
in the same run. `--size` is the number of learners (100,000 for the target of the design; the default takes a minute).
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PAGE_TABLES = ("credentials_credential", "credentials_statusentry", "credentials_badgetemplate")
PARTS = 4  # flat: the last of so many parts against the first


def signature() -> float:
    """Microseconds of one Ed25519 signature: the yardstick."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key, data = Ed25519PrivateKey.generate(), os.urandom(64)
    rounds = []
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(2000):
            key.sign(data)
        rounds.append((time.perf_counter() - start) / 2000 * 1e6)
    return median(rounds)


@contextmanager
def scratch_database() -> Iterator[None]:
    """Django on a cluster with default durability, apart from that of the tests, and removed after this run."""
    os.environ.update(
        TESTING="1",
        DJANGO_SETTINGS_MODULE="config.settings",
        KEY_WRAPPING_KEY="dGVzdC1vbmx5LXdyYXBwaW5nLWtleS0zMi1ieXRlcyE=",
    )
    os.environ["DATABASE_URL"] = _cluster("start")
    import django

    django.setup()
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
        _cluster("stop")


def _cluster(act: str) -> str:
    """Start or stop the cluster of the benchmarks; its address."""
    command = [sys.executable, str(ROOT / "deploy" / "postgres.py"), act, "--benchmark"]
    made = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "DATABASE_URL": ""})
    return made.stdout.strip()


def timed(act: Callable[[], Any]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _chunk_times(module: Any, name: str, into: list[float]) -> None:
    """Note how long each transaction of an act takes."""
    act = getattr(module, name)

    def noted(*arguments: Any) -> Any:
        start = time.perf_counter()
        found = act(*arguments)
        into.append(time.perf_counter() - start)
        return found

    setattr(module, name, noted)


def one_worker(cohort: Any, cast: Any, size: int) -> dict[str, float]:
    """Award, consent as the earners gave it, sign; microseconds per award, and how flat it stays."""
    from tests.workflows import cohorts
    from workflows.actions import awarding, issuing

    awards: list[float] = []
    signs: list[float] = []
    _chunk_times(awarding, "_award_chunk", awards)
    _chunk_times(issuing, "_issue_chunk", signs)
    found = {"award": timed(lambda: awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)) / size * 1e6}
    cohorts.agreed(cohort)
    found["sign"] = timed(lambda: issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)) / size * 1e6
    for name, times in (("award", awards), ("sign", signs[:-1])):
        part = max(1, len(times) // PARTS)
        found[f"{name}: last part to first"] = sum(times[-part:]) / sum(times[:part]) if len(times) > 1 else 1.0
    return found


def _work(cohort_id: int, grantor_id: int, issuer_id: int, act: str, barrier: Any) -> None:
    from django.db import connection

    from people.models import User
    from workflows.actions import awarding, issuing

    connection.close()
    grantor, issuer = User.objects.get(pk=grantor_id), User.objects.get(pk=issuer_id)
    barrier.wait()
    if act == "award":
        awarding.award_cohort(cohort_id=cohort_id, actor=grantor)
    else:
        issuing.issue_agreed(cohort_id=cohort_id, actor=issuer)
    barrier.wait()


def workers(number: int, cohort: Any, cast: Any, size: int) -> dict[str, float]:
    """The same by some processes at once; microseconds per award."""
    from django.db import connection

    from tests.workflows import cohorts

    found = {}
    for act in ("award", "sign"):
        connection.close()
        barrier = multiprocessing.Barrier(number + 1)
        keys = (cohort.pk, cast.grant.pk, cast.issuer.pk, act, barrier)
        processes = [multiprocessing.Process(target=_work, args=keys) for _ in range(number)]
        for process in processes:
            process.start()
        barrier.wait()
        found[act] = timed(barrier.wait) / size * 1e6
        for process in processes:
            process.join()
        cohorts.agreed(cohort)
    return found


def stored() -> dict[str, float]:
    """Bytes per badge, indexes included, and of its text."""
    from django.db import connection

    from credentials.models import Credential

    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL ANALYZE credentials_credential")
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name", [list(PAGE_TABLES)]
        )
        [(total,)] = cursor.fetchall()
    number = Credential.objects.count()
    texts = [len((badge.text or "").encode()) for badge in Credential.objects.filter(offered_at__isnull=False)[:500]]
    return {"row": float(total) / number, "text": sum(texts) / len(texts)}


def lists(cast: Any, size: int) -> dict[str, float]:
    """One revocation until its list is signed and stored, beside gzip -6 of the list; `size` indices, 1 % revoked."""
    from django.db import transaction

    from credentials import status
    from credentials.models import StatusEntry

    with transaction.atomic():
        entries = status.allocate_many(cast.college, size)
    one_list = [entry for entry in entries if entry.status_list_id == entries[0].status_list_id]
    with transaction.atomic():
        status.revoke_many(one_list[: len(one_list) // 50])
    status.publish(one_list[0].status_list)
    rows = StatusEntry.objects.filter(status_list=one_list[0].status_list_id, revoked=True)
    bits = bytearray(one_list[0].status_list.size // 8)
    for index in rows.values_list("index", flat=True):
        bits[index >> 3] |= 0x80 >> (index & 7)

    def revoked(entry: Any) -> None:
        with transaction.atomic():
            status.revoke(entry)  # published after the commit

    ours, packed = [], []
    for entry in one_list[-40:]:
        ours.append(timed(lambda entry=entry: revoked(entry)))  # type: ignore[misc]
        packed.append(timed(lambda: gzip.compress(bytes(bits), 6, mtime=0)))
    many = one_list[len(one_list) // 2 : len(one_list) // 2 + 1000]
    whole = timed(lambda: _all_revoked(many))
    return {"revoke and publish": median(ours) * 1e6, "gzip -6": median(packed) * 1e6, "1,000 at once": whole * 1e6}


def _all_revoked(entries: list[Any]) -> None:
    from django.db import transaction

    from credentials import status

    with transaction.atomic():
        status.revoke_many(entries)


def measured(size: int) -> dict[str, Any]:
    """Everything, on a scratch database."""
    with scratch_database():
        from credentials import audit
        from tests.cast import gather
        from tests.workflows import cohorts
        from workflows import ledger

        cast = gather()
        version, _pilot = cohorts.active(cast)
        runs = [cohorts.recommended(cast, version, size, name) for name in ("First", "Second", "Third")]
        before = signature()
        alone = one_worker(runs[0], cast, size)
        one, two = workers(1, runs[1], cast, size), workers(2, runs[2], cast, size)
        return {
            "size": size, "cores": os.cpu_count(), "signature": median([before, signature()]), "one worker": alone,
            "as a process of its own": one, "two workers": two,
            "two to one": sum(one.values()) / sum(two.values()), "stored": stored(), "list": lists(cast, 20_000),
            "defects": len(list(audit.defects(verify=False))), "faults": len(list(ledger.faults())),
        }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure, print, write JSON. 0 when every must was held."""
    parser = argparse.ArgumentParser(prog="batch", description=__doc__)
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--out", type=Path, default=ROOT / ".local" / "benchmark-batch.json")
    options = parser.parse_args(arguments)
    found = measured(options.size)
    alone, kept, published = found["one worker"], found["stored"], found["list"]
    whole = (alone["award"] + alone["sign"]) / found["signature"]
    rows = [
        ("roster to signed durable badge: signatures", whole, 6.0, "<="),
        ("award: last part to first", alone["award: last part to first"], 1.2, "<="),
        ("sign: last part to first", alone["sign: last part to first"], 1.2, "<="),
        ("two workers to one", found["two to one"], 1.9, ">="),
        ("stored bytes to text", kept["row"] / kept["text"], 0.3, "<="),
        ("revoke and publish: gzip -6", published["revoke and publish"] / published["gzip -6"], 1.5, "<="),
    ]  # fmt: skip
    print(json.dumps(found, indent=1))
    print("\n| what | measured | must | |\n| --- | --- | --- | --- |")
    missed = 0
    for what, value, must, sign in rows:
        held = value <= must if sign == "<=" else value >= must
        missed += not held
        print(f"| {what} | {value:.2f} | {sign} {must:g} | {'passed' if held else 'MISSED'} |")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1) + "\n")
    return 1 if missed or found["defects"] or found["faults"] else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`python benchmarks/ledger.py`: a ledger of a million rows checked row by row, and what checkpoints over it cost.

On a throw-away database, filled set-wise. A quarter of the rows is checked first, so that the growth of memory from
a quarter to the whole shows whether the check keeps anything. `--rows` is the number of rows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PER_STREAM = 50  # events of one version or award
PER_COPY = 20_000
MINUTES, GROWTH = 5.0, 1.1


def rows(number: int, first: int = 0) -> Iterator[tuple[Any, ...]]:
    """Streams of fifty chained events each, as the verbs write them."""
    from workflows.ledger import GENESIS

    at, previous = "2026-01-05T14:00:00+00:00", GENESIS
    for place in range(first, first + number):
        stream, sequence = f"version:{place // PER_STREAM:08d}", place % PER_STREAM + 1
        previous = GENESIS if sequence == 1 else previous
        data = {"version": stream, "number": sequence, "from": "draft", "to": "screening", "note": "Réponse donnée"}
        body = {
            "stream": stream, "sequence": sequence, "type": "edit", "actor": "system", "role": "", "organization": "",
            "data": data, "at": at, "previous": previous,
        }  # fmt: skip
        text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        yield stream, sequence, "edit", "system", "", "", json.dumps(data), at, previous, digest
        previous = digest


def fill(number: int, first: int = 0) -> float:
    """Write the rows, and answer the seconds."""
    from django.db import connection, transaction

    from people.copying import copy
    from workflows.ledger import COLUMNS
    from workflows.models import LedgerEvent

    start = time.perf_counter()
    for begun in range(first, first + number, PER_COPY):
        with transaction.atomic():
            copy(LedgerEvent, COLUMNS[1:], rows(min(PER_COPY, first + number - begun), begun))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE workflows_ledgerevent")
    return time.perf_counter() - start


def peak() -> float:
    """The most memory that this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def checked() -> dict[str, float]:
    """Walk every stream and every checkpoint."""
    from workflows import checkpoints, ledger

    start = time.perf_counter()
    faults = sum(1 for _ in ledger.faults())
    walked = time.perf_counter() - start
    faults += sum(1 for _ in checkpoints.faults())
    return {"rows": walked, "checkpoints": time.perf_counter() - start - walked, "faults": faults, "peak": peak()}


def one_more(stream: str) -> float:
    """Seconds of a checkpoint after a single new event."""
    from django.db import transaction

    from workflows import checkpoints, ledger

    with transaction.atomic():
        ledger.append(stream, "edit", actor=None, data={"number": 1})
    start = time.perf_counter()
    checkpoints.make()
    return time.perf_counter() - start


def measured(number: int) -> dict[str, Any]:
    """Everything, on a scratch database."""
    from benchmarks.batch import scratch_database

    with scratch_database():
        from workflows import checkpoints

        quarter = number // 4
        found: dict[str, Any] = {"rows": number, "filled": fill(quarter)}
        start = time.perf_counter()
        checkpoints.make()
        found["first checkpoint"] = time.perf_counter() - start
        found["quarter"] = checked()
        found["filled"] += fill(number - quarter, quarter)
        start = time.perf_counter()
        checkpoints.make()
        found["second checkpoint"] = time.perf_counter() - start
        found["after one event"] = one_more("version:00000001")
        found["whole"] = checked()
        return found


def main(arguments: list[str]) -> int:
    """Measure, print, write JSON. 0 when every must was held."""
    parser = argparse.ArgumentParser(prog="ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=ROOT / ".local" / "benchmark-ledger.json")
    options = parser.parse_args(arguments)
    found = measured(options.rows)
    whole = found["whole"]
    table = [
        ("minutes to check the rows and checkpoints", (whole["rows"] + whole["checkpoints"]) / 60, MINUTES),
        ("peak memory, the whole to a quarter", whole["peak"] / found["quarter"]["peak"], GROWTH),
    ]
    print(json.dumps(found, indent=1))
    print("\n| what | measured | must | |\n| --- | --- | --- | --- |")
    for what, value, must in table:
        print(f"| {what} | {value:.2f} | <= {must:g} | {'passed' if value <= must else 'MISSED'} |")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1) + "\n")
    return int(whole["faults"] > 0 or any(value > must for _what, value, must in table))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

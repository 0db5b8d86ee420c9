"""`./run benchmark`: measure, print a table, write a JSON file. What was measured last stands in docs/benchmarks.md.

`--seconds` is the time for each group of contenders; `--out` names the JSON file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Row:
    """One line of the table: a ratio, and what it must be; `most` or `least`, whichever applies."""

    what: str
    ratio: float
    must: float
    stretch: float | None
    most: bool = True

    @property
    def passed(self) -> bool:
        """True when it is as good as it must be."""
        return self.ratio <= self.must if self.most else self.ratio >= self.must

    def line(self) -> str:
        """The row as a line of a Markdown table."""
        sign = "<=" if self.most else ">="
        aim = "" if self.stretch is None else f"{sign} {self.stretch:g}"
        verdict = "passed" if self.passed else "MISSED"
        return f"| {self.what} | {self.ratio:.2f} | {sign} {self.must:g} | {aim} | {verdict} |"


def _issue_rows(name: str, times: dict[str, float]) -> list[Row]:
    from benchmarks import acts

    ours = times[acts.OURS]
    rows = [Row(f"issue, {name}: signatures", ours / times[acts.YARDSTICK], 2.5, 2.0)]
    for rival, must in ((acts.NPM, 100), (acts.LIBRARY, 150), (acts.PYLD, 100), (acts.OXIGRAPH, 1)):
        if rival in times:
            rows.append(Row(f"issue, {name}: times as fast as {rival}", times[rival] / ours, must, None, most=False))
    return rows


def _verify_rows(name: str, times: dict[str, float]) -> list[Row]:
    from benchmarks import acts

    own, full = times[f"{acts.OURS}, own shape"], times[f"{acts.OURS}, full way"]
    rows = [Row(f"verify own shape, {name}: verifications", own / times[acts.VERIFICATION], 1.8, 1.4)]
    if acts.NPM in times:
        rows.append(
            Row(f"verify foreign, {name}: times as fast as {acts.NPM}", times[acts.NPM] / full, 1, 2, most=False)
        )
    rows.append(
        Row(f"verify foreign, {name}: times as fast as {acts.LIBRARY}", times[acts.LIBRARY] / full, 1, 2, most=False)
    )
    return rows


def measured(seconds: float) -> tuple[dict[str, dict[str, float]], list[Row]]:
    """All groups: microseconds by group and contender, and the rows that are judged."""
    from benchmarks import acts, samples
    from benchmarks.measure import rounds

    found: dict[str, dict[str, float]] = {}
    rows: list[Row] = []
    for name, document in (("plain badge", samples.plain()), ("gowning sample", samples.gowning())):
        cohort = samples.cohort(name, document)
        with acts.rivals(cohort) as (issue, verify):
            ours, *others = acts.issuing(cohort)
            # The yardstick and what is measured by it alternate closely; slow programs between them would tilt it.
            times = rounds([ours, *others, *issue], seconds) | rounds([acts.yardstick(), ours], seconds / 4)
            found[f"issue, {name}"] = times
            rows += _issue_rows(name, times)
            checks = acts.verifying(cohort)
            times = rounds([*checks, *verify], seconds) | rounds(checks[:2], seconds / 4)
            found[f"verify, {name}"] = times
            rows += _verify_rows(name, times)
    for share in (50, 10):
        times = rounds(acts.publishing(cohort, share), min(seconds, 5))
        name = f"list of 131,072, one in {share} revoked"
        found[name] = times
        rows.append(Row(f"{name}, rebuilt and signed: gzip -6", times[acts.REBUILT] / times[acts.GZIP], 1.5, 1.3))
    return found, rows


def _machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}


def main(arguments: list[str]) -> int:
    """Measure and report. 0 when every must was held, 1 when one was missed."""
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--out", type=Path, default=ROOT / ".local" / "benchmarks.json")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    found, rows = measured(options.seconds)
    for group, times in found.items():
        print(f"\n{group} (microseconds)")
        for name, micros in sorted(times.items(), key=lambda item: item[1]):
            print(f"  {micros:>12,.1f}  {name}")
    print("\n| what | measured | must | stretch | |\n| --- | --- | --- | --- | --- |")
    print("\n".join(row.line() for row in rows))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    judged = [{**asdict(row), "passed": row.passed} for row in rows]
    options.out.write_text(json.dumps({"machine": _machine(), "micros": found, "rows": judged}, indent=1) + "\n")
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

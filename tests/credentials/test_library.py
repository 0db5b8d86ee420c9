"""`credentials` as a library: the example of docs/library.md runs as it stands there, without settings or database."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from credentials.claims import Claim
from credentials.models import Endorsement

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text(encoding="utf-8"), re.DOTALL)[0]


def _run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that knows nothing of this project but where it lies."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_example_issues_and_judges_a_badge_without_a_project() -> None:
    ran = _run(EXAMPLE)
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[:6] == [
        "valid", "shape: passed", "signature: passed", "key: passed", "meaning: passed", "dates: passed",
    ]  # fmt: skip


def test_the_example_has_twenty_lines_or_fewer() -> None:
    made = EXAMPLE.partition("\n\n")[2]
    assert len(made.splitlines()) <= 20


def test_sentences_are_said_in_english_without_a_project() -> None:
    ran = _run(
        EXAMPLE
        + "worst = verify({**signed, 'name': 'x'}, lookup=Handed()).worst\nprint('|', worst.sentence)\n"
        + "old = proofs.sign({**badge, 'validFrom': '2020-01-01T00:00:00Z', 'validUntil': '2020-02-03T00:00:00Z'},"
        + " Signer(method_of(issuer), private.sign), created=now)\n"
        + "print('|', verify(old, lookup=Handed()).worst.sentence)"
    )
    assert ran.stderr == ""
    assert ran.stdout.split("| ")[1:] == [
        "It was changed after it was signed, or was not signed by its issuer.\n", "It expired on 2020-02-03.\n",
    ]  # fmt: skip


def test_each_room_of_the_core_can_be_imported_alone_and_brings_no_database() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rooms = next(contract["source_modules"] for contract in contracts if "core of badges" in contract["name"])
    code = f"import importlib, sys\nfor room in {rooms}:\n    importlib.import_module(room)\n"
    ran = _run(
        code + "print([name for name in sys.modules if name.startswith(('django.db', 'psycopg', 'people.models'))])"
    )
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")


def test_the_claims_of_endorsements_are_the_kinds_that_rows_have() -> None:
    assert [str(claim) for claim in Claim] == list(Endorsement.Kind.values)

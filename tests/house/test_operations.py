"""The page for operators says what the code does: every variable, every job of the clock, every name in `wrong`."""

from __future__ import annotations

import re
from pathlib import Path

from config import health
from config.clock import HOUR, JOBS, MINUTE

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _code(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def test_every_variable_that_the_settings_read_is_explained_and_no_other() -> None:
    settings = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z0-9_]+)"', settings))
    explained = set().union(*(_code(row[0]) for row in _rows("What the environment says")))
    assert explained == read


def test_every_job_of_the_clock_is_explained_with_its_time() -> None:
    words = {MINUTE: "minute", HOUR: "hour"}
    assert {(job.name, words[job.every]) for job in JOBS} == {
        (name, row[1]) for row in _rows("Clock") for name in _code(row[0])
    }


def test_every_name_of_what_may_be_wrong_is_explained() -> None:
    source = Path(health.__file__).read_text(encoding="utf-8")
    faults = set(re.findall(r'^        "(\w+)": ', source.split("faults = {")[1].split("    }")[0], re.MULTILINE))
    faults |= set(re.findall(r'wrong\.append\("(\w+)"\)', source))
    assert {name for row in _rows("Health") for name in _code(row[0])} == faults


def test_the_promise_about_mail_is_given_in_its_own_words() -> None:
    assert (
        "Every notice is sent at least once. If the mail server takes a message but its answer is lost, it may arrive "
        "twice, with the same Message-ID. What you must do is always in the portal as well."
    ) in PAGE


def test_every_act_of_the_keys_command_is_explained_and_no_other() -> None:
    from workflows.management.commands.keys import ACTS

    assert {name.split()[0] for row in _rows("Keys") for name in _code(row[0])} == set(ACTS)

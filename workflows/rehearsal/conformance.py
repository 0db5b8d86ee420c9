"""Compares what a sample expects of the framework checks with what they found, where the demo stands.

An expected sentence and a computed one are never the same words. They agree when there are as many, and when every
competency or task that an expected one names is named by a computed one. A blocking failure is a reason that the
content itself gives; what merely waits for somebody's act at a later step is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from workflows.proposals import Proposal


class Strip(Protocol):
    """The framework strip after one transition."""

    @property
    def stage(self) -> str:
        """Where the version stood."""

    @property
    def strip(self) -> list[dict[str, Any]]:
        """The sixteen results as data."""


def blocking_failures(strip: Iterable[dict[str, Any]]) -> list[str]:
    """What the content fails, clause by clause."""
    return [
        f"{result['code']}: {reason['sentence']}"
        for result in strip
        if result["state"] in {"not_met", "stale"}
        for reason in result["mend"]
        if reason["sentence"] in result["reasons"]
    ]


def advice(strip: Iterable[dict[str, Any]]) -> list[str]:
    """What would make it stronger."""
    return [f"{result['code']}: {sentence}" for result in strip for sentence in result["advice"]]


def compared(proposal: Proposal, strips: Sequence[Strip]) -> dict[str, Any]:
    """Expected, computed, and whether they agree; null when the demo's stage was not reached or nothing is expected."""
    stage, expected = proposal.state_for_demo.value, proposal.expected_conformance
    there = next((strip.strip for strip in strips if strip.stage == stage), None)
    found = None if there is None else {"blocking_failures": blocking_failures(there), "advice": advice(there)}
    wanted = None if expected is None else expected.model_dump()
    agrees = None
    if found is not None and wanted is not None:
        agrees = all(_agree(wanted[name], found[name], proposal) for name in found)
    return {"at": stage, "expected": wanted, "computed": found, "agrees": agrees}


def quorum_compared(proposal: Proposal, found: dict[str, Any] | None) -> dict[str, Any]:
    """What the relevance panel should show, what it showed, and whether they agree; null as for the checks."""
    stated = proposal.quorum_demo
    agrees = None
    if stated is not None and found is not None:
        agrees = stated.met in {None, found["met"]} and sorted(stated.still_waiting_for) == sorted(
            found["still_waiting_for"]
        )
    return {"expected": stated.model_dump() if stated else None, "computed": found, "agrees": agrees}


def _agree(wanted: list[str], found: list[str], proposal: Proposal) -> bool:
    codes = {row.code for row in proposal.competencies} | {task.code for task in proposal.assessment.tasks}

    def named(sentences: list[str]) -> set[str]:
        return {word for sentence in sentences for word in re.findall(r"\w+", sentence)} & codes

    return len(wanted) == len(found) and named(wanted) <= named(found)

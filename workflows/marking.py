"""What scores mean: the pass rule, what is to be repeated, and which work a moderator looks at. Pure.

The rule is non-compensatory: every critical criterion reaches its required level, and none makes up for another. It is
computed, never typed (`lifecycle.md` A5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.dossier import Criterion, Dossier

Scores = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Result:
    """What the rule says of complete scores; `unmet` are the criteria below their required level."""

    passed: bool
    borderline: bool
    unmet: tuple[str, ...]


def _gaps(dossier: Dossier, scores: Scores) -> dict[str, int]:
    """How many points each criterion lies above its required level, or below it."""
    points = {level.code: level.points for level in dossier.rubric.levels}
    return {c.code: points[scores[c.code]["level"]] - points[c.required_level] for c in dossier.rubric.criteria}


def _can_exceed(dossier: Dossier, criterion: Criterion) -> bool:
    points = {level.code: level.points for level in dossier.rubric.levels}
    return max(points.values()) > points[criterion.required_level]


def judge(dossier: Dossier, scores: Scores) -> Result:
    """Apply the rule to scores that name a level for every criterion.

    Borderline is a bare pass (no critical criterion above its required level although one could be), or a miss by one
    critical criterion alone.
    """
    gaps = _gaps(dossier, scores)
    critical = [c for c in dossier.rubric.criteria if c.critical]
    missed = [c for c in critical if gaps[c.code] < 0]
    bare = any(_can_exceed(dossier, c) for c in critical) and all(gaps[c.code] <= 0 for c in critical)
    return Result(
        passed=not missed,
        borderline=bare if not missed else len(missed) == 1,
        unmet=tuple(code for code, gap in gaps.items() if gap < 0),
    )


def tasks_to_repeat(dossier: Dossier, scores: Scores) -> list[str]:
    """The tasks behind the critical criteria that are not met; only these are repeated."""
    gaps = _gaps(dossier, scores)
    lacking = {code for c in dossier.rubric.criteria if c.critical and gaps[c.code] < 0 for code in c.competencies}
    return [task.code for task in dossier.assessment.tasks if lacking & set(task.competencies)]


def attempts_left(dossier: Dossier, tasks: Iterable[str], earlier: Iterable[Iterable[str]]) -> bool:
    """Whether each of these tasks may be tried once more. `earlier` are the tasks of each try so far."""
    tries = [set(codes) for codes in earlier]
    allowed = {task.code: task.attempts or dossier.assessment.attempts for task in dossier.assessment.tasks}
    return all(sum(code in codes for codes in tries) < allowed[code] for code in tasks)


def sampled(rule: Mapping[str, int], reference: str, earlier: int, result: Result) -> str:
    """Why a moderator looks at this work, or an empty text.

    The draw is a hash of the enrolment's public id, so that anybody can repeat it and nobody can steer it.
    """
    if not result.passed:
        return "unsuccessful"
    if result.borderline:
        return "borderline"
    if earlier < rule["first"]:
        return "first"
    drawn = int.from_bytes(hashlib.sha256(reference.encode()).digest()[:8]) % rule["one_in"] == 0
    return "drawn" if drawn else ""

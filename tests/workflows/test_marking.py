"""The pass rule offsets nothing; only what is not met is repeated; the sample can be drawn again by anybody."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from workflows.dossier import Dossier
from workflows.marking import Result, attempts_left, judge, sampled, tasks_to_repeat
from workflows.policy import DEFAULT_POLICY

MODERATION = DEFAULT_POLICY["moderation"]
DOSSIER = Dossier.model_validate(
    {
        "assessment": {
            "attempts": 2,
            "tasks": [
                {"code": "T1", "competencies": ["C1", "C2"]},
                {"code": "T2", "competencies": ["C3"], "attempts": 3},
            ],
        },
        "rubric": {
            "levels": [{"code": f"L{n}", "points": n} for n in range(1, 5)],
            "criteria": [
                {"code": "R1", "competencies": ["C1"], "critical": True, "required_level": "L3"},
                {"code": "R2", "competencies": ["C2"], "critical": True, "required_level": "L3"},
                {"code": "R3", "competencies": ["C3"], "critical": False, "required_level": "L3"},
            ],
        },
    }
)


def _scores(*levels: int) -> dict[str, dict[str, str]]:
    return {f"R{place + 1}": {"level": f"L{level}"} for place, level in enumerate(levels)}


@given(st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_no_criterion_makes_up_for_another(levels: list[int]) -> None:
    result = judge(DOSSIER, _scores(*levels))
    assert result.passed == (levels[0] >= 3 and levels[1] >= 3)
    assert result.unmet == tuple(f"R{i + 1}" for i in range(3) if levels[i] < 3)


def test_a_bare_pass_and_a_miss_by_one_are_borderline() -> None:
    assert judge(DOSSIER, _scores(3, 3, 4)).borderline
    assert not judge(DOSSIER, _scores(3, 4, 3)).borderline
    assert judge(DOSSIER, _scores(2, 4, 3)) == Result(False, True, ("R1",))
    assert not judge(DOSSIER, _scores(2, 2, 3)).borderline


def test_where_nothing_lies_above_the_required_level_a_pass_is_not_borderline() -> None:
    top = DOSSIER.model_copy(update={"rubric": DOSSIER.rubric.model_copy(update={"levels": DOSSIER.rubric.levels[:3]})})
    assert not judge(top, _scores(3, 3, 3)).borderline


def test_only_the_tasks_behind_an_unmet_critical_criterion_are_repeated() -> None:
    assert tasks_to_repeat(DOSSIER, _scores(2, 4, 4)) == ["T1"]
    assert tasks_to_repeat(DOSSIER, _scores(4, 4, 1)) == []


def test_each_task_counts_its_own_attempts() -> None:
    both = ["T1", "T2"]
    assert attempts_left(DOSSIER, both, [])
    assert attempts_left(DOSSIER, both, [both])
    assert not attempts_left(DOSSIER, ["T1"], [both, ["T1"]])
    assert attempts_left(DOSSIER, ["T2"], [both, both])
    assert not attempts_left(DOSSIER, ["T2"], [both, both, ["T2"]])


CLEAR = Result(passed=True, borderline=False, unmet=())


@given(st.uuids(), st.integers(0, 1000))
def test_unsuccessful_borderline_and_first_work_is_always_moderated(reference: uuid.UUID, earlier: int) -> None:
    assert sampled(MODERATION, str(reference), earlier, Result(False, False, ("R1",))) == "unsuccessful"
    assert sampled(MODERATION, str(reference), earlier, Result(True, True, ())) == "borderline"
    assert (sampled(MODERATION, str(reference), earlier, CLEAR) == "first") == (earlier < 5)
    assert sampled(MODERATION, str(reference), 9, CLEAR) == sampled(MODERATION, str(reference), 9, CLEAR)


def test_about_one_in_five_of_the_rest_is_drawn() -> None:
    drawn = [sampled(MODERATION, str(uuid.UUID(int=n)), 9, CLEAR) for n in range(2000)]
    assert 320 < drawn.count("drawn") < 480
    assert sampled({"first": 0, "one_in": 1}, "x", 0, CLEAR) == "drawn"

"""The content as sections to be read, and the trace with its holes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cast import Cast, proposal
from tests.journeys import course
from workflows import dossier, key_uses, outline, timeline, wording
from workflows.actions import proposing
from workflows.dossier import Part

ACTIONS = Path(__file__).parents[2] / "workflows" / "actions"


def parts() -> list[type[Part]]:
    return [part for part in Part.__subclasses__() if part not in {dossier.Text, dossier.Dossier}]


def test_every_member_of_the_content_has_a_name() -> None:
    nameless = [
        f"{part.__name__}.{member}"
        for part in parts()
        for member in part.model_fields
        if member not in wording.LABELS.get(part, {})
    ]
    assert nameless == []


def test_every_answer_of_a_proposal_is_shown() -> None:
    shown = str([(section.facts, section.blocks, section.grid) for section in outline.outline(proposal())])
    for words in re.findall(r"'(?:en|fr)': '([^']+)'", str(proposal())):
        assert words in shown


def test_what_was_not_answered_is_left_out_and_its_section_is_empty() -> None:
    sections = {section.facet: section for section in outline.outline({})}
    assert list(sections) == list(dossier.FACETS)
    assert sections["purpose"].empty
    assert not {section.facet: section for section in outline.outline(proposal())}["purpose"].empty


def test_the_rubric_is_a_grid_of_criteria_over_levels_in_the_order_of_their_points() -> None:
    content = proposal()
    content["rubric"]["levels"].reverse()
    content["rubric"]["criteria"][0]["descriptors"] = {"L2": {"en": "clean"}}
    section = next(s for s in outline.outline(content) if s.facet == "rubric")
    assert [level.code for level, _words in section.grid[0].cells] == ["L1", "L2"]
    assert section.grid[0].cells[1][1].en == "clean"


def test_a_competency_without_a_task_is_a_hole() -> None:
    content = proposal()
    content["assessment"]["tasks"][0]["competencies"] = ["C1"]
    first, second = outline.trace(content)
    assert first.counts == (1, 1, 1, 1)
    assert second.counts == (1, 0, 1, 0)


def test_a_rejected_suggestion_is_no_alignment() -> None:
    content = proposal()
    content["alignments"][1]["match"] = "none"
    assert outline.trace(content)[1].skills == 0


@pytest.mark.parametrize(
    ("period", "words"), [("P12M", "12 months"), ("P1Y", "one year"), ("x", "x"), ("PT5M", "PT5M")]
)
def test_a_duration_is_said_in_words(period: str, words: str) -> None:
    assert str(wording.duration(period)) == words


def test_every_kind_of_event_that_a_verb_writes_has_its_words() -> None:
    source = "".join(path.read_text() for path in ACTIONS.glob("*.py"))
    kinds = set(re.findall(r'(?:record|move)\(\s*"([a-z_]+)"', source))
    assert kinds
    assert kinds - set(timeline.WORDS) - set(key_uses.WORDS) == set()


def test_the_timeline_tells_who_did_what_over_which_content(cast: Cast) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    version.refresh_from_db()
    told = timeline.timeline(f"version:{version.public_id}")
    assert [happening.type for happening in told] == ["start", "duplicates_seen", "declare_interest", "submit"]
    assert {happening.who for happening in told} == {"Ana"}
    assert told[-1].digest == version.snapshot.digest
    assert all(len(happening.hash) == 64 for happening in told)


def test_the_same_edit_again_and_again_is_told_once(cast: Cast) -> None:
    version = course.drafted(cast)
    for words in ("one", "two"):
        content = {**proposal(), "purpose": {"purpose": {"en": words}}}
        proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    told = timeline.timeline(f"version:{version.public_id}")
    assert [happening.type for happening in told].count("edit") == 1
    assert told[-1].detail == "Purpose"

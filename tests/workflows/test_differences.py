"""What changed between two contents: by word, by item, in both languages."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import proposal
from workflows import wording
from workflows.differences import between, pieces


def test_equal_contents_do_not_differ() -> None:
    assert between(proposal(), copy.deepcopy(proposal())) == []


def test_one_changed_word_is_one_change_in_its_place_and_language() -> None:
    after = copy.deepcopy(proposal())
    after["competencies"][1]["condition"] = {"en": "in a narrow change room", "fr": "dans un vestiaire étroit"}
    english, french = between(proposal(), after)
    assert (english.facet, english.place, english.language) == ("competencies", "C2 · Condition", "en")
    assert [(piece.kind, piece.words) for piece in english.pieces] == [
        ("same", "in a"),
        ("added", "narrow"),
        ("same", "change room"),
    ]
    assert french.language == "fr"
    assert [piece.kind for piece in french.pieces] == ["added"]


def test_a_competency_that_is_moved_is_not_a_change_of_the_others() -> None:
    before, after = proposal(), proposal()
    after["competencies"].reverse()
    assert between(before, after) == []


def test_a_removed_item_is_shown_as_removed() -> None:
    after = copy.deepcopy(proposal())
    del after["rubric"]["criteria"][1]
    changes = between(proposal(), after)
    assert changes
    assert {change.facet for change in changes} == {"rubric"}
    assert {piece.kind for change in changes for piece in change.pieces} == {"removed"}


@given(st.text(alphabet="ab é\n", max_size=60), st.text(alphabet="ab é\n", max_size=60))
def test_the_pieces_lead_from_the_one_text_to_the_other(before: str, after: str) -> None:
    found = pieces(before, after)
    old = " ".join(piece.words for piece in found if piece.kind != "added")
    new = " ".join(piece.words for piece in found if piece.kind != "removed")
    assert old.split() == before.split()
    assert new.split() == after.split()


@pytest.mark.parametrize(
    ("facet", "path", "words"),
    [
        ("demand", ("sources", "1", "claim"), "Sources of demand · 1 · What it shows"),
        ("workload", ("hours", "online_theory"), "Hours by type · online theory"),
        ("rubric", ("criteria", "R1", "descriptors", "L2"), "Criteria · R1 · What each level looks like · L2"),
        ("pathways", ("ladders", "1", "mapping", "2", "to"), "Ways into a program · 1 · Mapping · 2 · Counts as"),
    ],
)
def test_a_place_is_said_in_the_names_of_the_form(facet: str, path: tuple[str, ...], words: str) -> None:
    assert wording.place(facet, path) == words

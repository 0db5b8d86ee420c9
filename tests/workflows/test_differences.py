"""What changed between two contents: by word, by item, in both languages."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import proposal
from workflows import wording
from workflows.differences import Change, between, pieces


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


def test_a_competency_that_is_moved_is_moved_and_no_change_of_the_others() -> None:
    before, after = proposal(), proposal()
    after["competencies"].reverse()
    moved = only(between(before, after))
    assert (moved.kind, moved.place, moved.moved) == ("moved", "C2", (2, 1))


def test_a_competency_put_in_front_is_one_new_item() -> None:
    after = proposal()
    after["competencies"].insert(
        0, {"code": "C0", "action": {"en": "Washes", "fr": "Se lave"}, "skills": [{"en": "x"}]}
    )
    new = only(between(proposal(), after))
    assert (new.facet, new.kind, new.place) == ("competencies", "added", "C0")
    said = {(leaf.place, leaf.language): leaf.words for leaf in new.leaves}
    assert (said["Action", "en"], said["Action", "fr"], said["Skills · 1", "en"]) == ("Washes", "Se lave", "x")


def test_items_that_only_got_another_code_keep_their_identity() -> None:
    before, after = proposal(), proposal()
    before["competencies"][1]["action"] = after["competencies"][1]["action"] = {"en": "Undresses"}
    after["competencies"][0]["code"], after["competencies"][1]["code"] = "C2", "C3"
    assert [(change.place, change.kind) for change in between(before, after)] == [
        ("C2 · Code", "changed"),
        ("C3 · Code", "changed"),
    ]


def test_a_removed_criterion_is_taken_out_as_a_whole() -> None:
    after = proposal()
    del after["rubric"]["criteria"][1]
    gone = only(between(proposal(), after))
    assert (gone.facet, gone.kind, gone.place) == ("rubric", "removed", "Criteria · R2")


def test_lines_without_a_name_are_told_apart_by_what_they_say() -> None:
    before, after = proposal(), proposal()
    before["competencies"][0]["skills"] = [{"en": "order of garments"}, {"en": "hand hygiene before each entry"}]
    after["competencies"][0]["skills"] = [
        {"en": "reading the log"}, {"en": "order of garments"}, {"en": "hand hygiene after each entry"},
    ]  # fmt: skip
    new, changed = between(before, after)
    assert (new.kind, [leaf.words for leaf in new.leaves]) == ("added", ["reading the log"])
    assert [piece.words for piece in changed.pieces if piece.kind != "same"] == ["before", "after"]


def test_a_long_text_shows_the_words_around_its_change() -> None:
    before, after = proposal(), proposal()
    before["purpose"]["purpose"] = {"en": "one " * 40 + "old" + " two" * 40}
    after["purpose"]["purpose"] = {"en": "one " * 40 + "new" + " two" * 40}
    change = only(between(before, after))
    assert " ".join(piece.words for piece in change.shown) == f"… {'one ' * 8}old new {'two ' * 8}…"


def only(changes: list[Change]) -> Change:
    (change,) = changes
    return change


@given(st.permutations(range(5)), st.sets(st.integers(0, 4), max_size=2))
def test_however_items_are_moved_and_left_out_nothing_is_called_changed(order: list[int], left_out: set[int]) -> None:
    items = [{**proposal()["competencies"][0], "code": f"C{n}", "action": {"en": f"Does {n}"}} for n in range(5)]
    before, after = proposal(), proposal()
    before["competencies"] = items
    after["competencies"] = [items[n] for n in order if n not in left_out]
    kinds = [change.kind for change in between(before, after)]
    assert kinds.count("removed") == len(left_out)
    assert set(kinds) <= {"moved", "removed"}
    kept = [n for n in order if n not in left_out]
    assert ("moved" in kinds) == (kept != sorted(kept))


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

"""A section as one form, made from the types of the content: what is typed is what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from portal_faculty import fields
from portal_faculty.layout import item_of
from portal_faculty.sheets import Sheet
from tests.cast import proposal
from tests.portal_faculty.pages import query, typed
from tests.workflows.test_outline import parts
from workflows import dossier, wording
from workflows.dossier import FACETS, Dossier

FORMS = [facet for facet in FACETS if facet != "alignments"]


def rich() -> dict[str, Any]:
    """A proposal in which every kind of member holds something."""
    content = dossier.plain(Dossier.model_validate(proposal()))
    content["purpose"]["questions"] = [{"asked": {"en": "How soon?", "fr": ""}, "answer": {"en": "Now", "fr": ""}}]
    content["demand"]["occupations"] = [{"scheme": "NOC 2021", "code": "22110", "title": {"en": "Technologist"}}]
    content["demand"]["need_ends_on"] = "2031-01-31"
    content["workload"] |= {"hours": {"online_theory": 6, "practice": 7.5}, "mode": "blended"}
    content["rubric"]["criteria"][0]["descriptors"] = {"L1": {"en": "touches"}, "L2": {"en": "clean", "fr": "propre"}}
    content["pathways"]["ladders"] = [
        {"target": {"en": "Diploma"}, "facts": {"credits": 3.0}, "mapping": [{"of": ["C1"], "to": {"en": "BIO 101"}}]}
    ]
    content["validity"] |= {"period": "P12M", "reason": {"en": "practice decays"}}
    content["pilot"] = {"cohort": 12, "weeks": 6, "measures": [{"name": {"en": "passed"}, "target": ">= 70 %"}]}
    content["presentation"]["tags"] = ["cleanroom", "gowning"]
    content["competencies"][0]["knowledge"] = [{"en": "sources", "fr": "sources"}, {"en": "paths", "fr": ""}]
    return dossier.plain(Dossier.model_validate(content))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("facet", FORMS)
def test_what_is_shown_comes_back_as_it_was(facet: str, language: str) -> None:
    content = rich()
    with translation.override(language):
        document = Dossier.model_validate(content)
        sheet = Sheet(facet, document, query(typed(facet, content)))
        assert sheet.is_valid(), sheet.form.errors
        assert sheet.content()[facet] == content[facet]
        assert not sheet.changed


def test_new_rows_get_the_next_codes_and_a_code_is_never_used_twice() -> None:
    content = rich()
    data = typed("competencies", content)
    data["competencies-row"] = ["0", "7", "9"]
    data["competencies-7-action_en"] = ["Reports a tear"]
    sheet = Sheet("competencies", Dossier.model_validate(content), query(data))
    assert sheet.is_valid()
    assert [item["code"] for item in sheet.value] == ["C1", "C3"]


def test_a_row_is_taken_away_and_the_others_stay() -> None:
    content = rich()
    sheet = Sheet(
        "competencies",
        Dossier.model_validate(content),
        query(typed("competencies", content)),
        removing="competencies-0",
    )
    assert sheet.is_valid()
    assert [item["code"] for item in sheet.value] == ["C2"]


def test_a_row_can_be_added_below_a_row() -> None:
    content = rich()
    data = typed("pathways", content)
    sheet = Sheet("pathways", Dossier.model_validate(content), query(data), adding="ladders-0-mapping")
    assert sheet.is_valid()
    ladder = next(entry for entry in sheet.entries if entry.member == "ladders").rows.rows[0]
    assert ladder.open
    mapping = next(entry for entry in ladder.entries if entry.member == "mapping")
    assert [row.place for row in mapping.rows.rows] == [0, 1]
    assert sheet.layout.renamed("ladders-0-mapping") == "ladders-0-mapping"
    assert sheet.layout.next_place("ladders-0-mapping") == 1


def test_the_place_of_a_row_is_told_after_empty_rows_before_it_fell() -> None:
    content = rich()
    data = typed("pathways", content)
    data["ladders-row"] = ["5", "0"]
    sheet = Sheet("pathways", Dossier.model_validate(content), query(data), adding="ladders-0-mapping")
    assert sheet.is_valid()
    assert sheet.layout.renamed("ladders-0-mapping") == "ladders-0-mapping"
    data["ladders-row"] = ["0", "5"]
    data["ladders-5-target_en"] = ["Degree"]
    sheet = Sheet("pathways", Dossier.model_validate(content), query(data), adding="ladders-5-mapping")
    assert sheet.is_valid()
    assert sheet.layout.renamed("ladders-5-mapping") == "ladders-1-mapping"


@pytest.mark.parametrize(
    ("facet", "name", "value", "words"),
    [
        ("identity", "short_title", "x" * 41, "more than 40 characters"),
        ("identity", "title_en", "bell \x07", "control characters"),
        ("validity", "period", "a year", "such as P12M"),
        ("assessment", "attempts", "11", "at most 10"),
        ("assessment", "attempts", "many", "whole number"),
        ("workload", "weeks", "two", "number"),
        ("demand", "sources-0-on", "yesterday", "valid date"),
        ("competencies", "competencies-1-knowledge_en", "fine\nbell \x07", "control characters"),
        ("workload", "hours-0-amount", "six", "number"),
    ],
)
def test_what_the_types_refuse_is_said_beside_its_field(facet: str, name: str, value: str, words: str) -> None:
    content = rich()
    data = {**typed(facet, content), name: [value]}
    sheet = Sheet(facet, Dossier.model_validate(content), query(data))
    assert not sheet.is_valid()
    assert words in " ".join(sheet.form.errors[name])


def test_four_noc_codes_are_refused_in_a_sentence() -> None:
    content = rich()
    data = typed("demand", content)
    data["occupations-row"] = ["0", "1", "2", "3"]
    for place in range(1, 4):
        data[f"occupations-{place}-scheme"] = ["NOC 2021"]
        data[f"occupations-{place}-code"] = [str(place)]
    sheet = Sheet("demand", Dossier.model_validate(content), query(data))
    assert not sheet.is_valid()
    assert "At most three NOC codes" in str(sheet.form.non_field_errors())


def test_a_stored_choice_that_is_gone_is_kept_until_it_is_taken_away() -> None:
    content = rich()
    content["assessment"]["tasks"][0]["competencies"] = ["C1", "C9"]
    sheet = Sheet("assessment", Dossier.model_validate(content), query(typed("assessment", content)))
    assert sheet.is_valid()
    assert sheet.value["tasks"][0]["competencies"] == ["C1", "C9"]


def test_lines_of_the_two_languages_stay_beside_each_other() -> None:
    content = rich()
    sheet = Sheet("competencies", Dossier.model_validate(content), query(typed("competencies", content)))
    assert sheet.is_valid()
    assert sheet.value[0]["knowledge"] == [{"en": "sources", "fr": "sources"}, {"en": "paths", "fr": ""}]


def test_every_list_of_items_says_what_its_button_adds() -> None:
    listed = {
        item
        for part in [*parts(), Dossier]
        for info in part.model_fields.values()
        if (item := item_of(info.annotation)) is not None
    }
    assert listed == set(wording.ITEMS)
    assert listed - {dossier.Alignment} == set(fields.ADD)

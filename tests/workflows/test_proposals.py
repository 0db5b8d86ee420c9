"""A proposal file is read strictly, nothing in it is dropped silently, and every fault is a sentence."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from workflows import dossier
from workflows.dossier import Dossier
from workflows.proposals import Unusable, content_of, read, read_file, schema
from workflows.proposals.content import NOT_CONTENT
from workflows.rehearsal.script import script_of

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "workflows" / "samples").glob("*.json"))
Steps = tuple[str | int, ...]


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def _made(document: dict[str, Any]) -> str:
    """Everything that follows from a file: the content, and what a rehearsal plays."""
    reading = read(json.dumps(document).encode())
    made = [
        [content_of(proposal), asdict(script_of(proposal, reading.domain_of))] for proposal in reading.under_stand_ins
    ]
    return json.dumps(made, sort_keys=True, default=str)


def _leaves(value: Any, path: Steps = ()) -> Iterator[Steps]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, place))
    else:
        yield path


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "other words" if value is None else f"{value}x"


def _with(document: dict[str, Any], path: Steps, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def _stated(path: Steps) -> str | None:
    """The entry of `NOT_CONTENT` that a leaf of a proposal lies under."""
    names = ".".join(step for step in path if isinstance(step, str))
    return next((entry for entry in NOT_CONTENT if f"{names}.".startswith(f"{entry}.")), None)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_leaf_of_a_sample_has_an_effect_or_is_stated_not_to_be_content(path: Path) -> None:
    document = _document(path)
    before = _made(document)
    silent = []
    for leaf in _leaves(document["proposals"][0]):
        place = ("proposals", 0, *leaf)
        value: Any = document
        for step in place:
            value = value[step]
        try:
            same = _made(_with(document, place, _other(value))) == before
        except Unusable:
            same = False  # it takes part in a check, which is an effect
        if same and _stated(leaf) is None:
            silent.append(leaf)
    assert silent == []


def test_what_is_stated_not_to_be_content_is_in_the_samples() -> None:
    leaves = [leaf for path in SAMPLES for leaf in _leaves(_document(path)["proposals"][0])]
    assert {_stated(leaf) for leaf in leaves} - {None} == set(NOT_CONTENT)


def test_the_documented_schema_is_the_one_that_is_used() -> None:
    written = json.loads((ROOT / "docs" / "proposal.schema.json").read_text())
    assert written == schema(), "Run `manage.py rehearse --schema > docs/proposal.schema.json`."


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_becomes_a_whole_dossier_in_its_language(path: Path) -> None:
    proposal = read_file(path).as_given[0]
    dossier = Dossier.model_validate(content_of(proposal))
    assert dossier.identity.title.en
    assert dossier.identity.title.fr
    assert len(dossier.competencies) == len(dossier.rubric.criteria) == 5
    assert len(dossier.rubric.levels) == 4
    for competency in dossier.competencies:
        assert competency.action.said(proposal.language) == getattr(competency.action, proposal.language)
        assert competency.knowledge
        assert competency.skills
        assert competency.attitudes
    assert (
        dossier.workload.total_hours
        == {"en": [18, 150], "fr": [30]}[proposal.language][proposal.id == "sample-cambrian-pca"]
    )


def test_a_proposal_alone_is_a_file_too() -> None:
    alone = _document(SAMPLES[0])["proposals"][0]
    assert read(json.dumps(alone).encode()).as_given[0].id == alone["id"]


def test_real_names_are_replaced_where_an_act_is_invented() -> None:
    document = _document(SAMPLES[0])
    text = json.dumps(document["proposals"][0])
    partner = document["proposals"][0]["people"]["partner_reviewers"][0]["org"]
    real = json.loads(text.replace(partner, "Real Hospital"))
    named = read(
        json.dumps(
            {
                "demo_names": {"Real Hospital": {"name": "Stand-in Hospital", "domain": "stand-in.example"}},
                "proposals": [real],
            }
        ).encode()
    )
    played = script_of(named.under_stand_ins[0], named.domain_of)
    assert played.partners[0].organization == "Stand-in Hospital"
    assert played.partners[0].domain == "stand-in.example"
    assert "Real Hospital" not in json.dumps(asdict(played), default=str)
    unnamed = read(json.dumps({"proposals": [real]}).encode())
    assert script_of(unnamed.under_stand_ins[0], unnamed.domain_of).partners[0].organization == "Real Hospital (sample)"
    assert unnamed.as_given[0].people.partner_reviewers[0].org == "Real Hospital"


def test_public_sources_keep_their_names() -> None:
    reading = read_file(SAMPLES[0])
    sources = content_of(reading.under_stand_ins[0])["demand"]["sources"]
    assert any("Ottawa Hospital Research Institute" in source["source"]["en"] for source in sources)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("title",), ..., "title: this member is missing. Add it."),
        (("competencies",), [], "competencies: it is empty, or too short."),
        (("need", "purpose"), 3, "need.purpose: a text is expected here, not 3."),
        (("nead",), {}, "nead: the format has no such member. Did you mean “need”?"),
        (("zzz",), {}, "zzz: the format has no such member. Remove it"),
        (("language",), "de", "language: de is none of: 'en' or 'fr'."),
        (("competencies", 1, "code"), "C1", "competencies: C1 stands twice."),
        (("competencies", 1, "alignments", 0, "match"), "same", "competencies[1].alignments[0].match: same is none of"),
        (("assessment", "tasks", 0, "competencies"), ["C9"], "assessment.tasks[0].competencies: it names C9"),
        (("assessment", "tasks", 0, "duration_minutes"), "long", "a whole number is expected here, not long."),
        (("assessment", "rubric", "criteria", 0, "required_level"), "L9", "the level L9, which the rubric does not"),
        (("workload", "total_hours"), 999, "it says 999, but the hours by type add up to"),
        (("validity", "expires"), False, "the two do not agree."),
        (("validity", "period"), "a year", "a year does not have the form"),
        (("badge", "inLanguage"), "fr", "badge.inLanguage: it is not the language of the proposal."),
        (("partner_reviews", 0, "relevance", "per_competency", "C7"), {"importance": 3}, "it names C7"),
        (("partner_reviews", 0, "relevance", "decision"), "maybe", "maybe is none of"),
        (("partner_reviews", 0, "relevance", "per_competency", "C1", "importance"), 9, "9 does not fit"),
        (("need", "labour_market_evidence", 0, "on"), "yesterday", "a date such as 2026-01-31 is expected"),
        (("id",), "../../etc", "../../etc does not have the form"),
        (("need", "purpose"), "bell \x07", "control characters"),
    ],
)
def test_each_fault_is_a_sentence_with_its_place(path: Steps, value: Any, sentence: str) -> None:
    document = _document(SAMPLES[0])
    place = ("proposals", 0, *path)
    if value is ...:
        del document["proposals"][0][path[0]]
    else:
        document = _with(document, place, value)
    with pytest.raises(Unusable) as refused:
        read(json.dumps(document).encode())
    assert sentence in str(refused.value)
    if path != ("id",):
        assert str(refused.value).startswith("sample-algonquin-gowning, ")


def test_a_tab_of_a_pasted_table_becomes_one_space_on_every_way_in() -> None:
    file = _with(_document(SAMPLES[0]), ("proposals", 0, "need", "purpose"), "Gown\twithout help")
    [proposal] = read(json.dumps(file).encode()).as_given
    assert content_of(proposal)["purpose"]["purpose"]["en"] == "Gown without help"
    typed = {"identity": {"title": {"en": "Cleanroom\tGowning"}}}
    document = dossier.Dossier.model_validate(typed)
    assert document.identity.title.en == "Cleanroom Gowning"
    assert dossier.digest(typed) == dossier.digest(dossier.plain(document))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not complete JSON"),
        (b'{"proposals": [', "not complete JSON"),
        (b"[]", "not an object"),
        (b'{"proposals": []}', "proposals: it is empty"),
        (b'{"proposals": [3]}', "proposals[0]: an object is expected here, not 3."),
        (b"{}", "proposals: this member is missing"),
        (b'{"id": "a", "id": "b"}', "twice"),
        (b" " * (1024 * 1024 + 1), "larger than one mebibyte"),
    ],
)
def test_what_is_no_proposal_file_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(data)
    assert sentence in str(refused.value)


def test_an_id_that_stands_twice_is_named() -> None:
    document = _document(SAMPLES[0])
    document["proposals"] *= 2
    with pytest.raises(Unusable, match="sample-algonquin-gowning stands twice"):
        read(json.dumps(document).encode())


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read"):
        read_file(tmp_path / "nothing.json")


def test_many_faults_are_counted() -> None:
    document = _document(SAMPLES[0])
    for place in range(30):
        document["proposals"][0][f"unknown{place}"] = 1
    with pytest.raises(Unusable) as refused:
        read(json.dumps(document).encode())
    assert len(refused.value.sentences) == 21
    assert "10 more" in str(refused.value.sentences[-1])

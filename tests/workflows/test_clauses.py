"""Each of the sixteen clauses is met by a complete version, and says what is missing, where it is mended, and when it
only aged. Pure: no table is touched."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from workflows import framework
from workflows.dossier import Dossier
from workflows.framework import ClauseResult, Facts, Result
from workflows.policy import State

TODAY = date(2026, 3, 1)
Change = Callable[[dict[str, Any]], None]


def _content() -> dict[str, Any]:
    competency = {
        "code": "C1", "action": {"en": "Gowns"}, "condition": {"en": "in a change room"},
        "standard": {"en": "without touching"}, "knowledge": [{"en": "sources"}], "skills": [{"en": "sequence"}],
        "attitudes": [{"en": "honesty"}],
    }  # fmt: skip
    return {
        "identity": {"title": {"en": "Gowning"}, "issuing_body": "Taravelle College", "languages": ["en"]},
        "demand": {
            "sources": [{"kind": "survey", "claim": {"en": "Forty vacancies"}, "on": "2025-11-01"}],
            "consultations": [{"organization": "Quellin", "said": {"en": "Add a drill"}, "changed": {"en": "Added"}}],
        },
        "competencies": [competency],
        "alignments": [{"competency": "C1", "match": "close", "uri": "http://x/1", "confirmed_by": "Ana"}],
        "assessment": {
            "tasks": [
                {
                    "code": "T1", "competencies": ["C1"], "identity_check": {"en": "photo"},
                    "evidence": [{"en": "checklist"}],
                }
            ],
            "moderation_after": {"en": "one in five"},
        },
        "rubric": {
            "levels": [{"code": "L1", "points": 0}, {"code": "L2", "points": 1}],
            "criteria": [{"code": "R1", "competencies": ["C1"], "critical": True, "required_level": "L2"}],
            "pass_rule": {"en": "every critical criterion"},
        },
        "evidence": {"employers_by_default": [{"en": "level"}], "retention_days": {"checklist": 365}},
        "pathways": {"prior_learning_route": True, "transcript_rule": {"en": "CMP"}},
    }  # fmt: skip


def _facts(change: Change | None = None, **values: Any) -> Facts:
    content = _content()
    if change is not None:
        change(content)
    met = Facts(
        content=content, today=TODAY, issuing_body_known=True, key_active=True, status_list_kept=True,
        ledger_intact=True, employer_voices=2, demand=State.MET, job=State.MET, achievement_published=True,
        registrar_signed=True,
    )  # fmt: skip
    return replace(met, **values)


def _result(facts: Facts, code: str) -> ClauseResult:
    return next(result for result in framework.check(facts) if result.code == code)


def _at(*path: str | int, value: Any = None) -> Change:
    """A change that sets one member of the content, or empties it."""

    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place.setdefault(step, {}) if isinstance(step, str) else place[step]
        place[path[-1]] = value if value is not None else type(place[path[-1]])()

    return change


def test_a_complete_version_meets_all_sixteen_and_gets_no_advice() -> None:
    results = framework.check(_facts())
    assert [result.code for result in results] == [
        "P1a", "P1b", "P2a", "P2b", "P3a", "P3b", "P4", "E1", "E2a", "E2b", "E3", "E4a", "E4b", "E5", "E6a", "E6b",
    ]  # fmt: skip
    assert {result.state for result in results} == {Result.MET}
    assert all(result.holds and not result.reasons and not result.advice for result in results)


C, T, R = ("competencies", 0), ("assessment", "tasks", 0), ("rubric", "criteria", 0)
NOT_MET: list[tuple[str, Change | None, dict[str, Any], str, str, str]] = [
    ("P1a", _at("demand", "sources"), {}, "No dated source", "demand", ""),
    ("P1a", _at("demand", "sources", 0, "on", value="2026-02-01"), {"unrated": ("C1",)}, "rated the", "", "C1"),
    ("P1a", None, {"unanswered_low_ratings": ("C1",)}, "C1 was rated 1 or 2", "", "C1"),
    ("P1b", None, {"employer_voices": 1}, "Fewer than 2 employer voices", "", ""),
    ("P1b", _at("demand", "consultations"), {}, "The consultation log", "demand", ""),
    ("P1b", _at("demand", "consultations", 0, "changed"), {}, "after asking Quellin", "demand", "Quellin"),
    ("P2a", None, {"key_active": False}, "no active signing key", "", ""),
    ("P2a", None, {"status_list_kept": False}, "no status list", "", ""),
    ("P2a", None, {"achievement_published": False}, "not published", "", ""),
    ("P2b", _at(*T, "identity_check"), {}, "T1 does not say", "assessment", "T1"),
    ("P2b", _at("assessment", "moderation_after"), {}, "no plan for moderation", "assessment", ""),
    ("P2b", None, {"ledger_intact": False}, "not intact", "", ""),
    ("P3a", None, {"key_active": False}, "Without a signing key", "", ""),
    ("P3b", _at("evidence", "employers_by_default"), {}, "who sees each item", "evidence", ""),
    ("P3b", _at("evidence", "retention_days"), {}, "how long each item is kept", "evidence", ""),
    ("P3b", None, {"cohorts_without_consent": ("Spring",)}, "The cohort Spring has no consent", "", ""),
    ("P4", _at("pathways", "prior_learning_route", value=False), {}, "names no stack", "pathways", ""),
    ("E1", _at("identity", "issuing_body"), {}, "issuing body is not stated", "identity", ""),
    ("E1", None, {"issuing_body_known": False}, "authority", "", ""),
    ("E2a", _at("competencies"), {}, "no competencies yet", "competencies", ""),
    ("E2a", _at(*C, "condition"), {}, "C1 lacks its condition.", "competencies", "C1"),
    (
        "E2a",
        _at("identity", "languages", value=["en", "fr"]),
        {},
        "C1 lacks its action in French",
        "competencies",
        "C1",
    ),
    ("E2b", _at("alignments"), {}, "C1 has neither", "alignments", "C1"),
    ("E2b", _at("alignments", 0, "confirmed_by"), {}, "C1 has neither", "alignments", "C1"),
    ("E2b", _at("alignments", 0, "uri"), {}, "C1 has neither", "alignments", "C1"),
    ("E2b", _at("competencies"), {}, "no competencies yet", "competencies", ""),
    ("E3", _at(*C, "attitudes"), {}, "C1 lacks its attitudes", "competencies", "C1"),
    ("E3", _at(*C, "action", value={"en": "Understands gowning"}), {}, "nobody can observe", "competencies", "C1"),
    ("E3", _at(*C, "action", value={"fr": "Comprend l’habillage"}), {}, "nobody can observe", "competencies", "C1"),
    ("E3", _at("competencies"), {}, "no competencies yet", "competencies", ""),
    ("E4a", _at("rubric", "criteria"), {}, "The rubric has no criteria", "rubric", ""),
    ("E4a", _at("rubric", "pass_rule"), {}, "no pass rule", "rubric", ""),
    ("E4a", _at(*T, "competencies"), {}, "No task shows C1", "assessment", "C1"),
    ("E4a", _at(*R, "competencies"), {}, "No criterion judges C1", "rubric", "C1"),
    ("E4a", _at(*R, "required_level", value="L9"), {}, "R1 asks for a level", "rubric", "R1"),
    ("E4a", _at(*T, "evidence"), {}, "T1 leaves no evidence", "assessment", "T1"),
    ("E4b", _at("evidence", "employers_by_default"), {}, "visible to employers", "evidence", ""),
    ("E5", _at("pathways", "transcript_rule"), {}, "no rule for the transcript", "pathways", ""),
    ("E5", None, {"registrar_signed": False}, "The registrar has not signed", "", ""),
    ("E6a", None, {"demand": State.OPEN}, "is not met", "", ""),
    ("E6a", None, {"demand": State.OUT_OF_REACH}, "cannot be reached", "", ""),
    ("E6b", None, {"job": State.OPEN}, "is not met", "", ""),
    ("E6b", None, {"job": State.OUT_OF_REACH}, "cannot be reached", "", ""),
]


@pytest.mark.parametrize(("code", "change", "values", "words", "facet", "item"), NOT_MET)
def test_what_is_missing_is_named_with_its_place(
    code: str, change: Change | None, values: dict[str, Any], words: str, facet: str, item: str
) -> None:
    result = _result(_facts(change, **values), code)
    assert result.state == Result.NOT_MET
    assert not result.holds
    found = [reason for reason in result.reasons if words in str(reason)]
    assert found, [str(reason) for reason in result.reasons]
    assert (found[0].facet, found[0].item) == (facet, item)
    data = result.as_data()
    assert data["state"] == "not_met"
    assert str(found[0]) in data["reasons"]
    assert ({"sentence": str(found[0]), "facet": facet, "item": item} in data["mend"]) is bool(facet)


def test_every_clause_has_a_case_that_is_not_met() -> None:
    assert {case[0] for case in NOT_MET} == {clause.code for clause in framework.CLAUSES}


def test_every_place_to_mend_is_a_part_of_the_content() -> None:
    assert {case[4] for case in NOT_MET} - {""} <= set(Dossier.model_fields)


@pytest.mark.parametrize("supervision", ["unsupervised with no identity verification", "unsupervised"])
def test_one_task_at_least_checks_who_the_learner_is(supervision: str) -> None:
    def change(content: dict[str, Any]) -> None:
        _at(*T, "identity_check")(content)
        _at(*T, "supervision", value=supervision)(content)

    [reason] = _result(_facts(change), "P2b").reasons
    assert "No task checks who the learner is." in str(reason)

    def with_another(content: dict[str, Any]) -> None:
        change(content)
        other = copy.deepcopy(content["assessment"]["tasks"][0])
        other.update(code="T2", supervision="supervised onsite with identity verification")
        content["assessment"]["tasks"].append(other)

    assert _result(_facts(with_another), "P2b").state == Result.MET


def test_a_criterion_that_judges_nothing_is_named() -> None:
    def change(content: dict[str, Any]) -> None:
        content["rubric"]["criteria"].append({"code": "R2", "competencies": [], "required_level": "L2"})

    [reason] = _result(_facts(change), "E4a").reasons
    assert (reason.facet, reason.item) == ("rubric", "R2")


@pytest.mark.parametrize(
    "verb", ["Knows", "Is aware of", "Learns", "Appreciates", "Connaît", "Sait que", "Est conscient", "Apprend"]
)
def test_what_nobody_can_observe_is_no_outcome(verb: str) -> None:
    assert _result(_facts(_at(*C, "action", value={"en": f"{verb} things"})), "E3").state == Result.NOT_MET


@pytest.mark.parametrize("verb", ["Prepares", "Knots", "Reconnaît", "Sait-on jamais", "Shows respect"])
def test_what_can_be_observed_is_one(verb: str) -> None:
    assert _result(_facts(_at(*C, "action", value={"en": f"{verb} things"})), "E3").state == Result.MET


@pytest.mark.parametrize(
    ("code", "change", "values"),
    [
        ("P1a", _at("demand", "sources", 0, "on", value="2024-02-01"), {}),
        ("P1a", _at("demand", "sources", 0, value={"kind": "x", "on": "2025-11-01", "age_limit_months": 3}), {}),
        ("E5", None, {"registrar_signed": False, "registrar_signed_other_text": True}),
        ("E6a", None, {"demand": State.OPEN, "demand_expired": True}),
        ("E6b", None, {"job": State.OPEN, "job_expired": True}),
    ],
)
def test_what_once_held_and_only_aged_is_stale(code: str, change: Change | None, values: dict[str, Any]) -> None:
    assert _result(_facts(change, **values), code).state == Result.STALE


@pytest.mark.parametrize(
    ("day", "state"), [("2024-03-02", Result.MET), ("2024-03-01", Result.STALE), ("2024-02-29", Result.STALE)]
)
def test_a_source_ages_out_after_twenty_four_months(day: str, state: Result) -> None:
    assert _result(_facts(_at("demand", "sources", 0, "on", value=day)), "P1a").state == state


EXEMPTIBLE = {
    "P4": (_at("pathways", "prior_learning_route", value=False), {}),
    "E5": (None, {"registrar_signed": False}),
    "E6a": (None, {"demand": State.OUT_OF_REACH}),
    "E6b": (None, {"job": State.OUT_OF_REACH}),
}


@pytest.mark.parametrize("code", sorted(EXEMPTIBLE))
def test_an_exemption_holds_until_its_end_and_is_stale_afterwards(code: str) -> None:
    change, values = EXEMPTIBLE[code]
    facts = _facts(change, **values, exemptions={code: TODAY})
    assert _result(facts, code).state == Result.EXEMPT
    assert _result(facts, code).holds
    assert _result(replace(facts, today=TODAY + timedelta(days=1)), code).state == Result.STALE
    assert framework.blocking(facts, "T15") == []


def test_the_other_clauses_allow_no_exemption() -> None:
    allowed = {clause.code for clause in framework.CLAUSES if clause.exemptible}
    assert allowed == set(EXEMPTIBLE)
    everything = {clause.code: TODAY + timedelta(days=99) for clause in framework.CLAUSES}
    for code, change, values, *_words in NOT_MET:
        result = _result(_facts(change, **values, exemptions=everything), code)
        assert result.state == (Result.EXEMPT if code in allowed else Result.NOT_MET)


def test_an_exemption_of_what_is_met_changes_nothing() -> None:
    assert _result(_facts(exemptions={"E5": TODAY}), "E5").state == Result.MET


def test_an_exemption_that_was_asked_for_lets_only_the_steps_before_the_gate_pass() -> None:
    facts = _facts(job=State.OPEN, asked_exemptions=frozenset({"E6b"}))
    assert framework.blocking(facts, "T8") == []
    assert [result.code for result in framework.blocking(facts, "T15")] == ["E6b"]


@pytest.mark.parametrize(
    ("transition", "codes"),
    [
        ("T3", {"E1"}),
        ("T4", {"P1a", "P1b", "E6a"}),
        ("T7", {"E2a", "E3", "E4a"}),
        ("T8", {"E6b"}),
        ("T10", {"P2b", "P3b", "E2b"}),
        ("T15", {"P1a", "P2b", "P4", "E4b", "E5", "E6a", "E6b"}),
        ("T18", {"P2a", "P3a"}),
        ("T22", {"P1a"}),
        ("C1", {"P3b"}),
    ],
)
def test_each_transition_waits_for_its_clauses(transition: str, codes: set[str]) -> None:
    nothing = Facts(content={}, today=TODAY)
    assert {result.code for result in framework.blocking(nothing, transition)} == codes


# -- "no match" -----------------------------------------------------------------------------------------------------


def _no_match(content: dict[str, Any], justification: str = "") -> None:
    content["alignments"].append(
        {"competency": "C1", "match": "none_in_esco", "framework": "local", "justification": {"fr": justification}}
    )


def test_a_no_match_is_justified_even_where_other_skills_stand_beside_it() -> None:
    result = _result(_facts(_no_match), "E2b")
    assert result.state == Result.NOT_MET
    [reason] = result.reasons
    assert str(reason) == "C1: a “no match” lacks its justification."


def test_a_justified_no_match_is_enough_and_waits_for_the_committee() -> None:
    def change(content: dict[str, Any]) -> None:
        content["alignments"] = []
        _no_match(content, "Aucun concept n’a ce sens.")

    result = _result(_facts(change), "E2b")
    assert result.state == Result.MET
    [advice] = result.advice
    assert "waits for the committee" in str(advice)
    assert (advice.facet, advice.item) == ("alignments", "C1")
    assert _result(_facts(change, no_match_approved=True), "E2b").advice == ()


@pytest.mark.parametrize("match", ["none", "none_in_esco"])
def test_a_rejected_suggestion_aligns_nothing(match: str) -> None:
    assert _result(_facts(_at("alignments", 0, "match", value=match)), "E2b").state == Result.NOT_MET


def test_a_dated_standard_that_is_not_esco_needs_no_address() -> None:
    standard = {
        "competency": "C1",
        "framework": "Building code",
        "edition": "2024",
        "match": "close",
        "confirmed_by": "A",
    }
    assert _result(_facts(_at("alignments", 0, value=standard)), "E2b").state == Result.MET


# -- advice ---------------------------------------------------------------------------------------------------------


def test_a_figure_that_is_still_missing_is_advice_and_blocks_nothing() -> None:
    def change(content: dict[str, Any]) -> None:
        content["demand"]["sources"].append({"kind": "vacancies", "claim": {"en": "Shifts"}, "strength": "missing"})

    result = _result(_facts(change), "P1a")
    assert result.state == Result.MET
    [advice] = result.advice
    assert str(advice) == "A figure is still missing: “Shifts”."
    assert (advice.facet, advice.item) == ("demand", "1")
    assert result.as_data()["advice"] == [str(advice)]


STACK: list[tuple[dict[str, Any], bool, int]] = [
    ({"stacks_into": [{"title": {"en": "GMP"}}]}, False, 0),
    ({"stacks_into": [{"title": {"en": "GMP"}}]}, True, 1),
    ({"stacks_into": [{"title": {"en": "GMP"}}], "credit_open": {"en": "to be negotiated"}}, False, 1),
    ({"stacks_into": [{"title": {"en": "GMP"}}], "credit": {"en": "as mapped"}}, True, 0),
    ({"ladders": [{"target": {"en": "PSW"}}]}, True, 1),
    ({"ladders": [{"target": {"en": "PSW"}}], "credit": {"en": "as mapped"}}, True, 0),
    (
        {
            "ladders": [{"target": {"en": "PSW"}, "mapping": [{"to": {"en": "Placement"}, "status": {"en": "open"}}]}],
            "credit": {"en": "as mapped"},
        },
        True,
        1,
    ),
]


@pytest.mark.parametrize(("ways", "past_relevance", "number"), STACK)
def test_a_way_onwards_without_agreed_credit_is_advice(ways: dict[str, Any], past_relevance: bool, number: int) -> None:
    def change(content: dict[str, Any]) -> None:
        content["pathways"].update(ways)

    result = _result(_facts(change, past_relevance=past_relevance), "P4")
    assert result.state == Result.MET
    assert len(result.advice) == number

"""A policy as a document: what it may say, what nobody may undercut, and the line on which a bad one is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.policies import calendar
from workflows.policies.calendar import Calendar
from workflows.policies.document import BadPolicy, plain, read, validated
from workflows.policies.text import parse, write
from workflows.policy import DEFAULT_POLICY, State, Voice, due_on, enough, escalation, needed, quorum, setting

GOOD = """\
# Taravelle asks for a voice from a public employer.
policy: taravelle/2
relevance:
  independent_partner_supports: 1
  employer_voices: 3
  voices_of:
    public_employer: 1
  veto: [public_employer]
gates:
  - gate: pilot_approval
    clauses: [E5, P4]
clocks_days:
  relevance: 20
escalation:
- to: officer
  days: 0
- to: chair
  days: 3
calendar:
  rule: ontario
  also: [civic_holiday]
holidays:
  - on: 2027-12-24
    en: "Winter break: first day"
    fr: 'Congé d''hiver'
  - 2027-12-31
"""


def wrong(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadPolicy) as refused:
        parse(text)
    return [(one.line, one.path) for one in refused.value.wrong]


def test_the_default_says_every_part_of_the_document() -> None:
    assert validated(DEFAULT_POLICY) == DEFAULT_POLICY


def test_a_text_says_what_differs_and_keeps_its_lines() -> None:
    document, lines = parse(GOOD)
    assert document.relevance.employer_voices == 3
    assert document.relevance.voices_of == {"public_employer": 1}
    assert [step.days for step in document.escalation] == [0, 3]
    assert [(day.on.isoformat(), day.fr) for day in document.holidays] == [
        ("2027-12-24", "Congé d'hiver"), ("2027-12-31", ""),
    ]  # fmt: skip
    assert lines["relevance", "employer_voices"] == 5
    assert lines["holidays", 1] == 26
    assert document.clocks_days.screening == 5, "what is not said is as in the default"


@pytest.mark.parametrize(
    ("before", "after", "line", "path"),
    [
        ("employer_voices: 3", "employer_voices: 1", 5, "relevance.employer_voices"),
        ("employer_voices: 3", "employer_voices: three", 5, "relevance.employer_voices"),
        ("independent_partner_supports: 1", "independent_partner_supports: 0", 4,
         "relevance.independent_partner_supports"),
        ("    public_employer: 1", "    hospital: 1", 7, "relevance.voices_of.hospital"),
        ("veto: [public_employer]", "vetoes: [employer]", 8, "relevance.vetoes"),
        ("clauses: [E5, P4]", "clauses: [E5, P9]", 11, "gates.1.clauses.2"),
        ("gate: pilot_approval\n    clauses: [E5, P4]", "gate: screening\n    clauses: [E6b]", 11, "gates.1.clauses"),
        ("days: 3", "days: 0", 14, "escalation"),
        ("2027-12-31", "2027-13-31", 26, "holidays.2.on"),
        ("policy: taravelle/2", "policy: Taravelle two", 2, "policy"),
        ("policy: taravelle/2\n", "", 2, "policy"),
        ("clocks_days:\n  relevance: 20", "committee:\n  members_min: 2", 13, "committee.members_min"),
        ("clocks_days:\n  relevance: 20", "weights:\n  internal_unit: 1", 13, "weights.internal_unit"),
        ("clocks_days:\n  relevance: 20", "independence:\n  binding_interests: [sells]", 13,
         "independence.binding_interests"),
        ("clocks_days:\n  relevance: 20", "clocks_days:\n  suspension_confirm: 30", 13,
         "clocks_days.suspension_confirm"),
        ("clocks_days:\n  relevance: 20", "exemptions:\n  allowed: [P1a]", 13, "exemptions.allowed.1"),
        ("clocks_days:\n  relevance: 20", "validity_months:\n  longest: 48", 13, "validity_months.longest"),
        ("clocks_days:\n  relevance: 20", "remind_at_percent: [80, 50]\ncommittee:\n  tie: approve", 14,
         "committee.tie"),
    ],
)  # fmt: skip
def test_a_bad_policy_is_refused_with_the_line_that_is_wrong(before: str, after: str, line: int, path: str) -> None:
    assert before in GOOD
    assert wrong(GOOD.replace(before, after)) == [(line, path)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1), ("policy", 1), ("policy: a/1\npolicy: a/2", 2), ("policy: a/1\n\tgates: []", 2),
        ("policy: a/1\n   relevance: {a: 1}", 2), ("policy: a/1\ngates: [", 2), ("policy: a/1\nholidays:", 2),
        ('policy: "a/1', 1), ("policy: *anchor", 1), ("- a\nb: 1", 2), ("policy: a/1\n" * 8000, 1),
    ],
)  # fmt: skip
def test_what_is_no_text_form_is_refused_by_its_line(text: str, line: int) -> None:
    assert [at for at, _path in wrong(text)] == [line]


def test_what_is_written_reads_back_the_same() -> None:
    data = plain(parse(GOOD)[0])
    assert plain(parse(write(data))[0]) == data
    assert write(data) == write(plain(parse(write(data))[0]))


names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)


@given(names, names)
def test_any_name_of_a_day_survives_the_text_form(english: str, french: str) -> None:
    data = {**DEFAULT_POLICY, "holidays": [{"on": "2027-01-04", "en": english, "fr": french}]}
    assert plain(parse(write(data))[0])["holidays"] == data["holidays"]


def test_an_early_edition_reads_as_it_always_did() -> None:
    early: dict[str, Any] = {
        "policy": "default/1", "relevance": {"employer_voices": 2}, "clocks_days": {"escalate": 7},
        "holidays": ["2026-12-25"],
    }  # fmt: skip
    assert setting(early, "relevance")["independent_partner_supports"] == 1
    assert escalation(early) == [("officer", 0), ("chair", 7)]
    assert read(early).holidays[0].on == date(2026, 12, 25)


def test_a_clause_of_the_institution_is_read_and_a_half_one_refused() -> None:
    clause = {"code": "O1", "title": {"en": "Safety"}, "blocks": ["T10"], "needs": "inclusion.barriers"}
    assert validated({**DEFAULT_POLICY, "clauses": [clause]})["clauses"][0]["code"] == "O1"
    with pytest.raises(BadPolicy, match="A clause that a policy adds"):
        validated({**DEFAULT_POLICY, "clauses": [{**clause, "needs": "weather"}]})


def test_the_holidays_of_ontario() -> None:
    assert [day.isoformat() for day in calendar.ontario(2027)] == [
        "2027-01-01", "2027-02-15", "2027-03-26", "2027-05-24", "2027-07-01", "2027-09-06", "2027-10-11", "2027-12-27",
        "2027-12-28",
    ]  # fmt: skip
    assert [day.isoformat() for day in calendar.ontario(2026)][:4] == [
        "2026-01-01", "2026-02-16", "2026-04-03", "2026-05-18",
    ]  # fmt: skip
    assert date(2028, 1, 3) in Calendar("ontario"), "New Year's Day on a Saturday is kept on the Monday"
    extras = calendar.ontario(2027, frozenset(calendar.Extra))
    assert extras[date(2027, 8, 2)] == "civic_holiday"
    assert extras[date(2027, 9, 30)] == "truth_and_reconciliation"
    assert [calendar.easter(year).isoformat() for year in (1999, 2008, 2024, 2038)] == [
        "1999-04-04", "2008-03-23", "2024-03-31", "2038-04-25",
    ]  # fmt: skip


def test_business_days_step_over_holidays_and_weekends() -> None:
    closed = Calendar("ontario", typed=frozenset({date(2026, 12, 29)}))
    assert due_on(date(2026, 12, 24), 1, closed) == date(2026, 12, 30), (
        "Christmas, Boxing Day kept on the 28th, the 29th"
    )
    assert "2026-12-25" not in closed


def voice(choice: str | None, kind: str = "employer", **more: Any) -> Voice:
    return Voice(more.pop("name", kind), 1, True, True, choice, kind=kind, **more)


def test_a_class_that_must_be_heard_keeps_the_quorum_open_and_then_out_of_reach() -> None:
    rule = {**DEFAULT_POLICY, "relevance": {"voices_of": {"public_employer": 1}}}
    two = [voice("support", name="a"), voice("support", name="b")]
    assert quorum(rule, "relevance", two) == State.OUT_OF_REACH
    assert quorum(rule, "relevance", [*two, voice(None, "public_employer")]) == State.OPEN
    assert quorum(rule, "relevance", [*two, voice("support", "public_employer")]) == State.MET
    assert quorum(DEFAULT_POLICY, "relevance", two) == State.MET


@pytest.mark.parametrize("kind", ["relevance", "endorsement"])
def test_a_class_with_a_veto_stops_it_alone(kind: str) -> None:
    word = "support" if kind == "relevance" else "endorse"
    rule = {**DEFAULT_POLICY, kind: {"veto": ["public_employer"]}}
    voices = [voice(word, name="a"), voice(word, name="b"), voice("decline", "public_employer")]
    assert quorum(DEFAULT_POLICY, kind, voices) == State.MET
    assert quorum(rule, kind, voices) == State.OUT_OF_REACH


def test_shares_of_a_committee() -> None:
    assert [needed(share, 5) for share in ("majority", "two_thirds", "all")] == [3, 4, 5]
    assert not enough("majority", 0, 0)
    assert not enough("all", 2, 3)

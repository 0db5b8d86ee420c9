"""The simulator: who can still decide, block or be missing, and what happens if a seat stays silent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.journeys import course
from tests.portal_quality.office import get, path
from tests.workflows import policies
from workflows.models import PanelKind
from workflows.policies import simulation
from workflows.policies.outlook import Member, Outlook, Place, of_committee, of_partners
from workflows.policy import DEFAULT_POLICY, State, Voice, carried, quorum

MET, OPEN, OUT = State.MET, State.OPEN, State.OUT_OF_REACH


def place(name: str, choice: str | None, *, partner: bool = False, weight: int = 1, **more: Any) -> Place:
    return Place(name, name, Voice(name, weight, True, partner, choice, kind="employer", **more))


def seen(outlook: Outlook) -> dict[str, tuple[bool, State]]:
    return {one.who: (one.blocks, one.silent) for one in outlook.open}


def test_without_the_only_partner_it_is_out_of_reach_and_a_voice_can_be_spared() -> None:
    asked = [place("hospital", None, partner=True), place("clinic", "support"), place("bakery", None)]
    outlook = of_partners(DEFAULT_POLICY, "relevance", asked)
    assert outlook.state == OPEN
    assert seen(outlook) == {"hospital": (True, OUT), "bakery": (False, OPEN)}
    assert [one.who for one in outlook.pivotal] == [one.who for one in outlook.blockers] == ["hospital"]
    assert outlook.silence == OUT


def test_once_met_a_silence_changes_nothing_and_a_no_may() -> None:
    asked = [place("hospital", "support", partner=True), place("clinic", "support"), place("bakery", None, weight=2)]
    outlook = of_partners(DEFAULT_POLICY, "relevance", asked)
    assert (outlook.state, outlook.silence) == (MET, MET)
    assert seen(outlook) == {"bakery": (True, MET)}, "two voices against two is no majority"


def test_an_endorsement_can_be_returned_by_each_partner() -> None:
    asked = [place("hospital", "endorse", partner=True), place("clinic", None, partner=True)]
    outlook = of_partners(DEFAULT_POLICY, "endorsement", asked)
    assert (outlook.state, seen(outlook)) == (MET, {"clinic": (True, MET)})


def test_who_ended_silent_is_missing_and_not_waited_for() -> None:
    asked = [place("hospital", "support", partner=True), place("clinic", None, counts=False)]
    outlook = of_partners(DEFAULT_POLICY, "relevance", asked)
    assert (outlook.state, outlook.open, outlook.missing) == (OUT, (), ("clinic",))


def member(name: str, vote: str | None = None, **more: Any) -> Member:
    return Member(name, name, vote, **more)


def test_a_committee_waits_for_those_who_make_it_present() -> None:
    members = [member("Cato", "approve"), member("Mia"), member("Max", counts=False)]
    outlook = of_committee(DEFAULT_POLICY, members)
    assert (outlook.state, outlook.missing, outlook.silence) == (OPEN, ("Max",), OUT)
    assert seen(outlook) == {"Mia": (True, OUT)}
    two = [member("Cato", "approve"), member("Mia", "approve_with_conditions"), member("Max")]
    assert of_committee(DEFAULT_POLICY, two).state == MET
    veto = {**DEFAULT_POLICY, "committee": {"veto": ["outside_unit"]}}
    assert of_committee(veto, [*two[:2], member("Max", outside_unit=True)]).state == OPEN


choices = st.sampled_from(["support", "do_not_support", "cannot_judge", None])
rooms = st.lists(st.tuples(choices, st.booleans(), st.integers(0, 2), st.booleans()), min_size=1, max_size=5)


@given(rooms)
def test_what_the_simulator_says_of_a_silence_is_what_the_rules_say_when_it_came(drawn: list[Any]) -> None:
    asked = [
        place(f"o{at}", choice, partner=partner, weight=weight, counts=choice is not None or not ended)
        for at, (choice, partner, weight, ended) in enumerate(drawn)
    ]
    outlook = of_partners(DEFAULT_POLICY, "relevance", asked)
    assert outlook.state == quorum(DEFAULT_POLICY, "relevance", [one.voice for one in asked])
    for seat in outlook.open:
        came = [one if one.key != seat.key else place(seat.key, None, counts=False) for one in asked]
        assert quorum(DEFAULT_POLICY, "relevance", [one.voice for one in came]) == seat.silent
        if outlook.state == OUT:
            assert seat.silent == OUT, "a silence never helps"


votes = st.sampled_from(["approve", "approve_with_conditions", "reject", "return", "defer", "abstain", None])
committees = st.lists(st.tuples(votes, st.booleans()), min_size=3, max_size=5)
rules = st.fixed_dictionaries(
    {
        "present": st.sampled_from(["majority", "two_thirds", "all"]),
        "carries": st.sampled_from(["majority", "two_thirds", "all"]),
        "veto": st.sampled_from([[], ["outside_unit"]]),
    }
)


@given(committees, rules, st.lists(votes.filter(bool), min_size=5, max_size=5))
def test_what_is_met_stays_met_and_what_is_lost_stays_lost_however_the_rest_votes(
    drawn: list[tuple[str | None, bool]], rule: dict[str, Any], rest: list[str]
) -> None:
    data = {**DEFAULT_POLICY, "committee": rule}
    outlook = of_committee(data, [member(str(at), vote, outside_unit=out) for at, (vote, out) in enumerate(drawn)])
    given_ = [(vote or rest[at], out) for at, (vote, out) in enumerate(drawn)]
    outcome = carried({**DEFAULT_POLICY["committee"], **rule}, given_, len(drawn))
    approves = outcome in {"approve", "approve_with_conditions", "waive_pilot"}
    assert not (outlook.state == MET and not approves)
    assert not (outlook.state == OUT and approves)


def test_a_case_is_shown_under_its_edition_and_under_a_draft(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    course.signed(panel.seats.get(person=cast.bob), "support")
    version.refresh_from_db()
    (now,) = simulation.outlooks(version)
    assert (now.outlook.state, seen(now.outlook)) == (OPEN, {"Brevanth Clinic": (True, OUT)})
    draft = policies.written(cast, weights={"public_employer": 1, "employer": 0})
    page = get(cast.quinn, path(version, "outlook") + f"?with={draft.public_id}").content.decode()
    assert "Brevanth Clinic" in page
    assert "With taravelle/2" in page
    assert "In a roll-out this case would stay with its edition" in page
    assert "What if somebody stays silent?" in get(cast.quinn, path(version)).content.decode()
    for other in ("nobody", "999999", "0"):
        assert get(cast.quinn, path(version, "outlook") + f"?with={other}").status_code == 200
    assert get(cast.mallory, path(version, "outlook")).status_code == 404
    assert simulation.rules_of(version, str(draft.public_id)) is not None


@pytest.mark.parametrize("kind", [PanelKind.PILOT_APPROVAL])
def test_a_committee_on_its_page(cast: Cast, kind: str) -> None:
    version = course.drafted(cast)
    course.at_pilot_approval(cast, version)
    page = get(cast.chair, path(version, "outlook")).content.decode()
    assert all(member.name in page for member in (cast.chair, *cast.members))

"""What the table of `lifecycle.md` 4 does not list is refused by name (promises.md, "default deny").

The table below is the specification, row by row; the machine is compared with it, then every stage, verb and role is
walked through the one door.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from people.models import Role, User
from tests.cast import Cast
from tests.journeys import course
from workflows import rights
from workflows.door import Passage
from workflows.errors import NotAllowed, NotFromHere, Refusal
from workflows.lifecycle import BEFORE_ACTIVE, VersionCourse
from workflows.models import Version
from workflows.stations import Stage

BEFORE = tuple(str(stage) for stage in BEFORE_ACTIVE)
# Who, as a grant on the version: the roles that hold it stand in workflows.rights.ROLE_GRANTS.
PROPOSER, LEAD, OFFICER, COMMITTEE, CHAIR, ISSUER, SYSTEM = (
    "submit",
    "design",
    "screen",
    "decide",
    "chair",
    "activate",
    "",
)


@dataclass(frozen=True)
class Row:
    """One way: its number, its verb, where from, where to (empty: it stays), who."""

    code: str
    verb: str
    source: str
    target: str
    who: tuple[str, ...]


def _rows(code: str, verb: str, sources: str | tuple[str, ...], target: str, *who: str) -> list[Row]:
    return [Row(code, verb, s, target, who) for s in ((sources,) if isinstance(sources, str) else sources)]


TABLE: list[Row] = [
    *_rows("T1", "submit", "draft", "screening", PROPOSER),
    *_rows("T2", "return_from_screening", "screening", "draft", OFFICER),
    *_rows("T3", "accept", "screening", "relevance_review", OFFICER),
    *_rows("T4", "confirm_demand", "relevance_review", "assessment_design", OFFICER),
    *_rows("T5", "return_from_relevance", "relevance_review", "draft", OFFICER),
    *_rows("T6a", "go_on_without_partner", "relevance_review", "assessment_design", CHAIR),
    *_rows("T6b", "reject_at_relevance", "relevance_review", "rejected", CHAIR),
    *_rows("T7", "design_ready", "assessment_design", "endorsement", LEAD),
    *_rows("T8", "confirm_endorsement", "endorsement", "pilot_approval", OFFICER),
    *_rows("T9", "return_from_endorsement", "endorsement", "assessment_design", OFFICER),
    *_rows("T10", "approve_pilot", "pilot_approval", "pilot_ready", COMMITTEE),
    *_rows("T10b", "return_pilot_approval", "pilot_approval", "assessment_design", COMMITTEE),
    *_rows("T10b", "return_pilot_approval_to_draft", "pilot_approval", "draft", COMMITTEE),
    *_rows("T10b", "defer_pilot_approval", "pilot_approval", "", COMMITTEE),
    *_rows("T10b", "reject_pilot", "pilot_approval", "rejected", COMMITTEE),
    *_rows("T10c", "waive_pilot", "pilot_approval", "final_approval", COMMITTEE),
    *_rows("T11", "start_pilot", "pilot_ready", "piloting", OFFICER),
    *_rows("T12", "close_pilot", "piloting", "pilot_evaluation", LEAD, OFFICER),
    *_rows("T13", "redesign", "pilot_evaluation", "assessment_design", COMMITTEE),
    *_rows("T13", "redesign_from_draft", "pilot_evaluation", "draft", COMMITTEE),
    *_rows("T14", "report", "pilot_evaluation", "final_approval", LEAD),
    *_rows("T15", "approve", "final_approval", "approved", COMMITTEE),
    *_rows("T16", "approve_with_conditions", "final_approval", "approved", COMMITTEE),
    *_rows("T17", "return_final", "final_approval", "assessment_design", COMMITTEE),
    *_rows("T17", "return_final_to_draft", "final_approval", "draft", COMMITTEE),
    *_rows("T17", "defer_final", "final_approval", "", COMMITTEE),
    *_rows("T17", "reject_final", "final_approval", "rejected", COMMITTEE),
    *_rows("T18", "activate", "approved", "active", ISSUER),
    *_rows("T19", "suspend", ("active", "periodic_review", "expiring"), "suspended", OFFICER),
    *_rows("T20", "lift", "suspended", "active", CHAIR),
    *_rows("T20", "lift_to_expiring", "suspended", "expiring", CHAIR),
    *_rows("T20", "mend_while_suspended", "suspended", "", CHAIR),
    *_rows("T21", "open_review", "active", "periodic_review", SYSTEM),
    *_rows("T22", "close_review", "periodic_review", "active", CHAIR),
    *_rows("T22", "close_review_to_expiring", "periodic_review", "expiring", CHAIR),
    *_rows("T23", "patch", "active", "", OFFICER),
    *_rows("T24", "revise", "active", "", PROPOSER),
    *_rows("T25", "wind_down", ("active", "periodic_review", "suspended"), "expiring", CHAIR),
    *_rows("T26", "retire", "expiring", "retired", SYSTEM),
    *_rows("T26", "close_superseded", "expiring", "superseded", SYSTEM),
    *_rows("T27", "supersede", "active", "superseded", SYSTEM),
    *_rows("T27", "supersede_slowly", "active", "expiring", SYSTEM),
    *_rows("T28", "withdraw", BEFORE, "withdrawn", PROPOSER),
    *_rows("T29", "hold", BEFORE, "", OFFICER),
    *_rows("T29", "resume", BEFORE, "", OFFICER),
    *_rows("T30", "import_approved", "draft", "active", CHAIR),
    *_rows("T31", "release_urgently", "draft", "active", CHAIR),
]
VERBS = sorted({row.verb for row in TABLE})
ENDS = {Stage.RETIRED, Stage.SUPERSEDED, Stage.WITHDRAWN, Stage.REJECTED}


def _machine() -> list[Row]:
    rows = []
    for name in vars(VersionCourse):
        method = getattr(VersionCourse, name)
        if name == "stage" or not hasattr(method, "get_transitions"):
            continue
        for transition in method.get_transitions():
            target = str(transition.target) if transition.target in Stage.values else ""
            codenames = transition.permission.codenames or (SYSTEM,)
            rows.append(Row(transition.custom["code"], name, str(transition.source), target, codenames))
    return rows


def _key(row: Row) -> tuple[str, str, str, str]:
    return (row.code, row.verb, row.source, row.target)


def test_the_machine_is_the_table_row_by_row() -> None:
    assert sorted(_machine(), key=_key) == sorted(TABLE, key=_key)


def test_no_way_leads_out_of_an_end() -> None:
    assert not [row for row in TABLE if row.source in ENDS]


def test_every_stage_is_reached_and_every_way_leads_to_a_stage() -> None:
    assert {row.source for row in TABLE} | ENDS == set(Stage)
    assert {row.target for row in TABLE if row.target} | {Stage.DRAFT} == set(Stage)


def _roles(cast: Cast) -> dict[str, User]:
    """One person for each role of the institution, and some who have none here."""
    people = {"proposer": cast.ana, "partner": cast.bob, "stranger": cast.mallory}
    for role in Role.values:
        if role != Role.PROPOSER:
            people[role] = User.objects.create_user(f"{role}@taravelle.example", name=role)
            rights.add_member(user=people[role], organization=cast.college, role=role)
    return people


def _holds(role: str, who: tuple[str, ...]) -> bool:
    grants = {"submit", "design"} if role == "proposer" else set(rights.ROLE_GRANTS.get(role, ()))
    return bool(grants & set(who))


@pytest.mark.parametrize("stage", list(Stage))
def test_every_verb_is_refused_to_every_role_unless_the_table_lists_it(cast: Cast, stage: Stage) -> None:
    people = _roles(cast)
    version = course.drafted(cast)
    Version.objects.filter(pk=version.pk).update(stage=stage)
    version.refresh_from_db()
    listed = {row.verb: row for row in TABLE if row.source == stage}
    opened = 0
    for role, person in people.items():
        for verb in VERBS:
            refusal = _refusal(version, person, verb)
            if verb not in listed:
                assert refusal is NotFromHere, (role, verb)
            elif _holds(role, listed[verb].who):
                assert refusal is None, (role, verb)
                opened += 1
            else:
                assert refusal is NotAllowed, (role, verb)
    expected = sum(_holds(role, row.who) for role in people for row in listed.values())
    assert opened == expected


def _refusal(version: Version, person: User | None, verb: str) -> type[Refusal] | None:
    try:
        Passage(version, person).ask(verb)
    except Refusal as refused:
        return type(refused)
    return None


def test_the_system_takes_only_ways_that_the_table_lists(cast: Cast) -> None:
    version = course.drafted(cast)
    assert _refusal(version, None, "open_review") is NotFromHere
    Version.objects.filter(pk=version.pk).update(stage="active")
    version.refresh_from_db()
    assert _refusal(version, None, "open_review") is None


def test_a_version_on_hold_does_nothing_but_resume_or_end(cast: Cast) -> None:
    version = course.drafted(cast)
    version.on_hold = True
    for row in TABLE:
        if row.source == "draft":
            refusal = _refusal(version, None, row.verb)
            assert (refusal is None) is (row.verb in {"resume", "withdraw"}), row.verb


def test_a_verb_that_the_machine_does_not_know_is_no_way(cast: Cast) -> None:
    with pytest.raises(AttributeError):
        Passage(course.drafted(cast), cast.ana).ask("approve_everything")


@pytest.mark.parametrize(("who", "grant"), [("ana", "screen"), ("quinn", "decide"), ("registrar", "grant")])
def test_no_role_holds_a_grant_of_another(cast: Cast, who: str, grant: str) -> None:
    assert not rights.holds(getattr(cast, who), course.drafted(cast), grant)


def test_a_former_member_holds_nothing(cast: Cast) -> None:
    version = course.drafted(cast)
    assert rights.holds(cast.quinn, version, "screen")
    rights.end_membership(cast.quinn.memberships.get(role="qa_officer"))
    assert not rights.holds(cast.quinn, version, "screen")
    Version.objects.filter(pk=version.pk).update(stage="screening")
    version.refresh_from_db()
    assert _refusal(version, cast.quinn, "accept") is NotAllowed

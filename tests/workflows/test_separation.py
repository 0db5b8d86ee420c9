"""PR7: who proposed or edited the content cannot approve it, whatever roles a person holds or gathers on the way.

SEPARATION_SEQUENCES says how many random sequences are tried: a few at each push, 10,000 before a release.
"""

from __future__ import annotations

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Role, User
from tests.cast import Cast, gather
from tests.journeys import course
from workflows import rights
from workflows.actions import deciding, keeping, proposing, reviewing, seating
from workflows.errors import OwnWork, Refusal
from workflows.models import Decision, Seat, Version

SEQUENCES = int(os.environ.get("SEPARATION_SEQUENCES", "25"))
ROLES = [Role.PROPOSER, Role.QA_OFFICER, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.REGISTRAR, Role.MODERATOR]
PEOPLE = ["p0", "p1", "p2", "p3"]
STAGES = ["screening", "relevance_review", "assessment_design", "endorsement", "pilot_approval"]
ACTS = [
    "edit", "accept", "return", "confirm_demand", "moderate", "transcript", "vote", "close", "seat", "reject", "role",
]  # fmt: skip
Step = tuple[str, int, int]


class _Undo(Exception):
    """Ends one sequence, so that the next starts from the same cast."""


def _persons(cast: Cast, graph: list[set[Role]]) -> list[User]:
    people = []
    for name, roles in zip(PEOPLE, graph, strict=True):
        person = User.objects.create_user(f"{name}@taravelle.example", name=name)
        for role in roles:
            rights.add_member(user=person, organization=cast.college, role=role)
        people.append(person)
    return people


def _try(version: Version, cast: Cast, people: list[User], step: Step) -> None:
    """One person tries one thing; a refusal is an answer like any other."""
    act, who, extra = step
    person, number = people[who], course.number(version)
    now = Version.objects.get(pk=version.pk)
    same = {"version_id": version.pk, "actor": person, "expected": number}
    try:
        with transaction.atomic():
            if act == "edit":
                content = {**now.content, "presentation": {"tags": [f"tag{extra}"]}}
                proposing.save_content(**same, content=content)
            elif act == "accept":
                deciding.accept(**same, sheet=course.SHEET, places=cast.employers())
            elif act == "return":
                deciding.return_from_screening(**same, requests={"demand": "x"})
            elif act == "confirm_demand":
                deciding.confirm_demand(**same)
            elif act == "moderate":
                deciding.sign_moderation(version_id=version.pk, actor=person)
            elif act == "transcript":
                deciding.sign_transcript_rule(version_id=version.pk, actor=person)
            elif act == "vote":
                for seat in Seat.objects.filter(panel__version=version, person=person, state="open"):
                    reviewing.answer(seat_id=seat.pk, actor=person, choice="approve")
            elif act == "close":
                deciding.close_committee(**same)
            elif act == "seat":
                for seat in Seat.objects.filter(panel__version=version, state="open")[:1]:
                    seating.replace_seat(
                        seat_id=seat.pk, actor=people[extra % 4], person=person, organization=cast.college,
                        reason="x", outside_unit=True,
                    )  # fmt: skip
            elif act == "reject":
                keeping.reject_at_relevance(**same, reason="x")
            elif act == "role":
                rights.add_member(user=person, organization=cast.college, role=ROLES[extra % len(ROLES)])
    except Refusal:
        return


DECIDING = {"approve", "approve_with_conditions", "waive_pilot", "return", "reject", "defer", "agree_to_withdrawal"}


def _nobody_decided_on_own_work(version: Version) -> None:
    authors = set(version.contributions.values_list("person", flat=True)) | {version.proposer_id}
    decided = Decision.objects.filter(version=version, choice__in=DECIDING).values_list("actor", flat=True)
    now = Version.objects.get(pk=version.pk)
    assert not authors & set(decided)
    assert now.moderated_before_use_by_id not in authors
    assert now.registrar_signed_by_id not in authors


steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 5)), min_size=4, max_size=14)
some = st.sets(st.integers(0, 3), min_size=1, max_size=2)
graphs = st.lists(st.sets(st.sampled_from(ROLES)), min_size=4, max_size=4)


@pytest.mark.django_db
@settings(
    max_examples=SEQUENCES, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    graph=graphs, writers=st.sets(st.integers(0, 3), min_size=1, max_size=2), stage=st.sampled_from(STAGES), tries=steps
)
def test_whoever_wrote_never_decides(graph: list[set[Role]], writers: set[int], stage: str, tries: list[Step]) -> None:
    try:
        with transaction.atomic():
            cast = gather()
            version = _standing_at(cast, stage)
            people = _persons(cast, graph)
            for writer in writers:
                proposing.note_contribution(version, people[writer])
            for step in tries:
                _try(version, cast, people, step)
            _nobody_decided_on_own_work(version)
            raise _Undo
    except _Undo:
        pass


def _standing_at(cast: Cast, stage: str) -> Version:
    """A version that came to this stage on the straight way."""
    version = course.drafted(cast)
    if stage == "screening":
        course.submitted(cast, version)
    elif stage == "relevance_review":
        course.answered(course.in_relevance_review(cast, version), "support")
    elif stage == "assessment_design":
        course.in_design(cast, version)
    elif stage == "endorsement":
        course.in_design(cast, version)
        course.answered(course.in_endorsement(cast, version), "endorse")
    else:
        course.at_pilot_approval(cast, version)
    return version


@pytest.mark.django_db
def test_the_watch_sees_a_missing_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = gather()
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    proposing.note_contribution(version, cast.chair)
    with pytest.raises(OwnWork):
        reviewing.answer(seat_id=panel.seats.get(person=cast.chair).pk, actor=cast.chair, choice="approve")
    monkeypatch.setattr(reviewing, "own_work", lambda version, person: False)
    course.voted(panel, "approve", "approve", "approve")
    with pytest.raises(AssertionError):
        _nobody_decided_on_own_work(version)

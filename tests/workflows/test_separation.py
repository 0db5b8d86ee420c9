"""PR7, PR8: nobody decides on own work, no stage is skipped, replaying the ledger gives the stored state, and a refused
step changes nothing, whatever roles people hold and in whatever order they press.

Random role graphs go through random sequences. SEPARATION_SEQUENCES says through how many: some hundreds at each push,
10,000 in the nightly tests (IMPRIMATUR_NIGHTLY=1).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Role, User
from tests.cast import Cast, gather
from tests.journeys import awards, course
from tests.workflows import policies
from workflows import ledger, rights
from workflows.actions import (
    deciding,
    governing,
    keeping,
    piloting,
    proposing,
    reviewing,
    rolling,
    seating,
)
from workflows.errors import OwnWork, Refusal
from workflows.lifecycle import VersionCourse
from workflows.models import Decision, Enrolment, Panel, Policy, Seat, Version
from workflows.stations import Stage

NIGHTLY = os.environ.get("IMPRIMATUR_NIGHTLY") == "1"
SEQUENCES = int(os.environ.get("SEPARATION_SEQUENCES", "10000" if NIGHTLY else "200"))
ROLES = [Role.PROPOSER, Role.QA_OFFICER, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.REGISTRAR, Role.MODERATOR]
TABLES = (
    "version", "panel", "seat", "decision", "condition", "exemption", "changerequest", "contribution", "validation",
    "snapshot", "suspension", "patch", "timer", "ledgerevent", "outboxevent", "policy", "policydraft", "policyfinding",
)  # fmt: skip
DECIDING = {"approve", "approve_with_conditions", "waive_pilot", "return", "reject", "defer", "agree_to_withdrawal"}
# Whose hand is on a deciding step, by the type of its event.
STEPS = {
    "return_from_screening", "accept", "confirm_demand", "go_on_without_partner", "reject_at_relevance",
    "confirm_endorsement", "approve_pilot", "return_pilot_approval", "return_pilot_approval_to_draft",
    "defer_pilot_approval", "reject_pilot", "waive_pilot", "approve", "approve_with_conditions", "return_final",
    "return_final_to_draft", "defer_final", "reject_final", "suspend", "confirm_suspension", "lift", "wind_down",
}  # fmt: skip
WAYS = {
    (name, str(way.source), str(way.target if way.target in Stage.values else way.source))
    for name in vars(VersionCourse)
    if name != "stage" and hasattr(getattr(VersionCourse, name), "get_transitions")
    for way in getattr(VersionCourse, name).get_transitions()
}


@dataclass
class World:
    """The cast, four people whose roles are drawn, and a case in each stage."""

    cast: Cast
    drawn: list[User]
    cases: list[Version]
    edition: Policy
    done: Counter[str] = field(default_factory=Counter)

    @property
    def everybody(self) -> list[User]:
        """Who may try something: the drawn ones first, then some of the cast, so that the course goes on."""
        cast = self.cast
        return [*self.drawn, cast.ana, cast.quinn, cast.chair, *cast.members, cast.bob, cast.issuer, cast.mallory]


def _world() -> World:
    cast = gather()
    drawn = [User.objects.create_user(f"p{number}@taravelle.example", name=f"P{number}") for number in range(4)]
    names = [
        "draft",
        "screening",
        "relevance",
        "design",
        "endorsement",
        "gate2",
        "voted",
        "piloting",
        "gate3",
        "active",
    ]
    cases = {name: course.drafted(cast, code=name.upper()) for name in names}
    course.submitted(cast, cases["screening"])
    course.answered(course.in_relevance_review(cast, cases["relevance"]), "support")
    course.in_design(cast, cases["design"])
    course.in_design(cast, cases["endorsement"])
    course.answered(course.in_endorsement(cast, cases["endorsement"]), "endorse")
    course.at_pilot_approval(cast, cases["gate2"])
    course.voted(course.at_pilot_approval(cast, cases["voted"]), "approve", "approve", "approve")
    for name in ("piloting", "gate3", "active"):
        _piloted(cast, cases[name])
    course.voted(_reported(cast, cases["gate3"]), "approve", "approve", "approve")
    course.voted(_reported(cast, cases["active"]), "approve", "approve", "approve")
    version = cases["active"]
    deciding.sign_transcript_rule(version_id=version.pk, actor=cast.registrar)
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    edition = policies.adopted(cast, clocks_days={"relevance": 20}, remind_at_percent=[60])
    policies.looked_at(cast, edition)
    return World(cast, drawn, [*cases.values()], edition)


def _piloted(cast: Cast, version: Version) -> None:
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    awards.pilot(cast, version)


def _reported(cast: Cast, version: Version) -> Panel:
    learner = Enrolment.objects.filter(cohort__version=version).order_by("pk")[0].learner
    piloting.answer_pilot(version_id=version.pk, actor=learner, audience="learner", answers={"clear": "yes"})
    piloting.answer_pilot(version_id=version.pk, actor=cast.ana, audience="employer", answers={"hire": "yes"})
    piloting.close_pilot(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    return piloting.report(
        version_id=version.pk, actor=cast.ana, expected=course.number(version), measures={},
        committee=cast.committee(),
    )  # fmt: skip


def _edit(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    now = Version.objects.get(pk=version.pk)
    proposing.save_content(**same, content={**now.content, "presentation": {"tags": [f"tag{extra}"]}})


def _submit(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    proposing.submit(**same)


def _accept(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    deciding.accept(**same, sheet=course.SHEET, places=world.cast.employers())


def _return(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    verbs = [deciding.return_from_screening, deciding.return_from_relevance, deciding.return_from_endorsement]
    verbs[extra % 3](**same, requests={"demand": "x"})


def _confirm(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    if extra % 2:
        deciding.confirm_demand(**same)
    else:
        deciding.confirm_endorsement(**same, committee=world.cast.committee())


def _design(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    deciding.design_ready(**same, places=world.cast.employers())


def _sign(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    verb = deciding.sign_moderation if extra % 2 else deciding.sign_transcript_rule
    verb(version_id=same["version_id"], actor=same["actor"])


def _vote(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    choice = ["approve", "reject", "return", "abstain", "support", "endorse"][extra]
    seats = list(Seat.objects.filter(panel__version=version, state="open").order_by("pk"))
    mine = [seat for seat in seats if seat.person_id == same["actor"].pk] or seats[:1]
    for seat in mine:
        more = {"reasons": "as the rubric shows", "interests": ["hires"], "answers": course.RATINGS}
        reviewing.answer(seat_id=seat.pk, actor=same["actor"], choice=choice, **more)


def _close(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    deciding.close_committee(**same, requests={"rubric": "x"}, to_draft=bool(extra % 2))


def _seat(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    seat = Seat.objects.filter(panel__version=version, state="open").order_by("pk").first()
    if seat is None:
        return
    if extra % 2:
        seating.extend_seat(seat_id=seat.pk, actor=same["actor"], until=timezone.localdate() + timedelta(days=25))
    else:
        seating.replace_seat(
            seat_id=seat.pk, actor=same["actor"], person=world.drawn[extra % 4], organization=world.cast.college,
            reason="x", outside_unit=True,
        )  # fmt: skip


def _reject(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    verb = keeping.reject_at_relevance if extra % 2 else keeping.go_on_without_partner
    verb(**same, reason="x")


def _stop(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    if extra % 3 == 0:
        deciding.hold(**same, reason="strike", until=timezone.localdate() + timedelta(days=9))
    elif extra % 3 == 1:
        deciding.resume(**same)
    else:
        proposing.withdraw(**same, reason="No funds.")


def _use(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    verbs: list[Callable[[], object]] = [
        lambda: piloting.start_pilot(**same),
        lambda: piloting.close_pilot(**same, stop_reason="x"),
        lambda: piloting.activate(**same),
        lambda: keeping.suspend(**same, reason="x"),
        lambda: keeping.confirm_suspension(**same, reason="x"),
        lambda: keeping.lift(**same, reason="x"),
    ]
    verbs[extra]()


def _roll(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    institution = world.cast.college.pk
    run = rolling.roll_out(institution_id=institution, actor=same["actor"], edition_id=world.edition.pk)
    policies.done(run)


def _govern(world: World, version: Version, same: dict[str, Any], extra: int) -> None:
    draft = world.cast.college.policy_drafts.filter(edition=None, dropped_at=None).order_by("-pk").first()
    actor = same["actor"]
    if draft is None:
        governing.begin_draft(institution_id=world.cast.college.pk, actor=actor)
        return
    now = {"draft_id": draft.pk, "actor": actor, "expected": draft.number}
    if extra == 0:
        governing.save_draft(**now, text=draft.text, reason="x")
    elif extra == 1:
        governing.put_forward(**now, in_force_from=timezone.localdate())
    else:
        (governing.second if extra < 4 else governing.adopt)(**now)


ACTS = [
    _edit, _submit, _accept, _return, _confirm, _design, _sign, _vote, _vote, _close, _close, _seat, _reject, _stop,
    _use, _roll, _govern,
]  # fmt: skip


def _fitting(world: World, version: Version, act: Callable[..., None], who: int) -> User | None:
    """For half of the steps somebody whose step it is, so that courses get somewhere; any of them may be an author."""
    if who % 2:
        return None
    cast = world.cast
    if act in (_vote, _close):
        seats = Seat.objects.filter(panel__version=version, panel__closed_at=None).exclude(state="recused")
        open_ones = seats.filter(state="open") if act is _vote else seats
        persons = list(User.objects.filter(pk__in=open_ones.values("person")).order_by("pk"))
        return persons[who % len(persons)] if persons else None
    return {_accept: cast.quinn, _confirm: cast.quinn, _return: cast.quinn, _submit: cast.ana, _design: cast.ana}.get(
        act
    )


def _state() -> str:
    """Where every row of the case tables stands: PostgreSQL writes a changed row to another place."""
    tables = " UNION ALL ".join(
        f"SELECT '{name}', md5(coalesce(string_agg(ctid::text, '|' ORDER BY ctid), '')) FROM workflows_{name}"
        for name in TABLES
    )
    with connection.cursor() as cursor:
        cursor.execute(tables)
        return repr(sorted(cursor.fetchall()))


def _stay_sound(version: Version) -> None:
    """The four promises, on one case as it is stored now."""
    now = Version.objects.select_related("policy").get(pk=version.pk)
    authors = set(now.contributions.values_list("person", flat=True)) | {now.proposer_id}
    _nobody_decided(now, authors)
    _replays(now, {str(person.public_id) for person in User.objects.filter(pk__in=authors)})


def _nobody_decided(now: Version, authors: set[int]) -> None:
    decided = Decision.objects.filter(version=now, choice__in=DECIDING).values_list("actor", flat=True)
    assert not authors & set(decided)
    assert now.moderated_before_use_by_id not in authors
    assert now.registrar_signed_by_id not in authors


def _replays(now: Version, authors: set[str]) -> None:
    """Stage, number, hold and edition follow from the events alone, along ways that the table lists."""
    stage, number, on_hold, edition = "draft", 0, False, "default/1"
    for event in ledger.events_of(f"version:{now.public_id}"):
        if "to" in event.data:
            assert event.data["from"] == stage, "a stage was skipped"
            assert (event.type, stage, event.data["to"]) in WAYS, (event.type, stage)
            stage = event.data["to"]
        assert event.data["number"] >= number
        assert not (event.type in STEPS and event.actor in authors), event.type
        number = event.data["number"]
        on_hold = {"hold": True, "resume": False}.get(event.type, on_hold)
        edition = event.data["edition"] if event.type == "move_policy" else edition
    assert (stage, number, on_hold, edition) == (now.stage, now.number, now.on_hold, now.policy.edition)


@contextmanager
def _undone() -> Iterator[None]:
    """What happens inside is taken back, so that the next sequence starts from the same world."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all sequences; it goes with its transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = _world()
        yield made
        transaction.set_rollback(True)
    # A property that is never put to the test holds always: several acts must have succeeded somewhere.
    assert len([act for act, times in made.done.items() if times]) >= 9, made.done


steps = st.lists(
    st.tuples(st.integers(0, len(ACTS) - 1), st.integers(0, 11), st.integers(0, 5)), min_size=5, max_size=16
)
graphs = st.lists(st.sets(st.sampled_from(ROLES)), min_size=4, max_size=4)
FREE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=SEQUENCES, deadline=None, derandomize=True, suppress_health_check=FREE)
@given(graph=graphs, writers=st.sets(st.integers(0, 3), max_size=2), place=st.integers(0, 9), tries=steps)
def test_nobody_decides_on_own_work_nothing_is_skipped_and_a_refusal_changes_nothing(
    world: World, graph: list[set[Role]], writers: set[int], place: int, tries: list[tuple[int, int, int]]
) -> None:
    version = world.cases[place]
    with _undone():
        for person, roles in zip(world.drawn, graph, strict=True):
            for role in sorted(roles):
                rights.add_member(user=person, organization=world.cast.college, role=role)
        for writer in writers:
            proposing.note_contribution(version, world.drawn[writer])
        before = _state()
        for act, who, extra in tries:
            actor = _fitting(world, version, ACTS[act], who) or world.everybody[who]
            same = {"version_id": version.pk, "actor": actor, "expected": course.number(version)}
            try:
                ACTS[act](world, version, same, extra)
            except Refusal:
                assert _state() == before, f"{ACTS[act].__name__} was refused and changed something"
            else:
                world.done[ACTS[act].__name__] += (now := _state()) != before
                before = now
        _stay_sound(version)


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
        _stay_sound(version)


@pytest.mark.django_db
def test_the_watch_sees_a_state_that_no_event_tells_of(cast: Cast) -> None:
    version = course.drafted(cast)
    _stay_sound(version)
    Version.objects.filter(pk=version.pk).update(stage="screening")
    with pytest.raises(AssertionError):
        _stay_sound(version)

"""A new edition and the running cases: looked at first, moved in one resumable step, and nothing is lost by it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from notifications import tasks
from tests.cast import Cast, gather
from tests.journeys import course
from tests.workflows import policies
from workflows import ledger, voices
from workflows.actions import deciding, governing, keeping, proposing, rolling
from workflows.errors import Missing, MovedOn, NotAllowed, NotYours, Refusal
from workflows.models import LedgerEvent, PanelKind, PolicyFinding, PolicyRun, Seat, Timer, Version
from workflows.policy import State, quorum

ROOT = Path(__file__).resolve().parents[2]


def finding(run: PolicyRun, version: Version) -> PolicyFinding:
    return run.findings.get(version=version)


def lost(run: PolicyRun, version: Version) -> list[dict[str, Any]]:
    return list(finding(run, version).effect["lost"])


def moves_of(version: Version) -> list[LedgerEvent]:
    return ledger.events_of(f"version:{version.public_id}", type_="move_policy")


def test_a_dry_run_looks_at_every_running_case_and_changes_nothing(cast: Cast) -> None:
    draft, review = course.drafted(cast), course.drafted(cast, code="B")
    course.in_relevance_review(cast, review)
    gone = course.drafted(cast, code="GONE")
    proposing.withdraw(version_id=gone.pk, actor=cast.ana, expected=course.number(gone), reason="No funds.")
    before = list(Version.objects.order_by("pk").values())
    seats = list(Seat.objects.order_by("pk").values())
    edition = policies.adopted(cast, clocks_days={"relevance": 20, "screening": 9})
    run = policies.looked_at(cast, edition)
    assert {one.version for one in run.findings.all()} == {draft, review}
    assert run.summary == {"moves": 2, "stays": 0, "changes": 1}
    clocks = finding(run, review).effect["clocks"]
    assert {clock["who"] for clock in clocks} == {"Quellin Hospital", "Brevanth Clinic"}
    assert all(clock["after"] > clock["before"] for clock in clocks)
    assert list(Version.objects.order_by("pk").values()) == before
    assert list(Seat.objects.order_by("pk").values()) == seats


def test_a_roll_out_pins_the_case_gives_more_time_and_writes_it_down(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    number, seat = course.number(version), panel.seats.get(person=cast.bob)
    assert seat.invitation is not None
    edition = policies.adopted(cast, clocks_days={"relevance": 20}, remind_at_percent=[60, 90])
    run = policies.rolled_out(cast, edition)
    assert run.summary == {"moves": 1, "stays": 0, "changes": 1}
    version.refresh_from_db()
    panel.refresh_from_db()
    moved = Seat.objects.get(pk=seat.pk)
    assert version.policy == panel.policy == edition
    assert moved.due_at > seat.due_at
    assert panel.due_at == moved.due_at
    assert moved.invitation is not None
    assert moved.invitation.expires_at == min(moved.due_at, moved.invitation.expires_at) >= seat.invitation.expires_at
    shares = Timer.objects.filter(seat=seat, due_at__gt=timezone.now(), subject__endswith=":60")
    assert shares.count() == 1
    (event,) = moves_of(version)
    assert (event.data["before"], event.data["edition"]) == ("default/1", "taravelle/2")
    assert event.data["number"] == version.number == number + 1
    assert event.actor == str(cast.quinn.public_id)
    with pytest.raises(MovedOn):
        deciding.return_from_relevance(
            version_id=version.pk, actor=cast.quinn, expected=number, requests={"demand": "x"}
        )
    assert keeping.replayed_stage(version) == version.stage
    assert list(ledger.faults()) == []


def test_time_that_was_promised_is_never_shortened(cast: Cast) -> None:
    panel = course.in_relevance_review(cast, course.drafted(cast))
    due = list(panel.seats.order_by("pk").values_list("due_at", flat=True))
    policies.rolled_out(cast, policies.adopted(cast, clocks_days={"relevance": 3}))
    assert list(panel.seats.order_by("pk").values_list("due_at", flat=True)) == due
    assert panel.version.__class__.objects.get().policy.edition == "taravelle/2"


def test_a_met_quorum_is_never_lost_and_such_a_case_is_named_and_stays(cast: Cast) -> None:
    met, silent = course.drafted(cast), course.drafted(cast, code="B")
    course.answered(course.in_relevance_review(cast, met), "support")
    course.in_relevance_review(cast, silent)
    edition = policies.adopted(cast, relevance={"employer_voices": 3})
    dry = policies.looked_at(cast, edition)
    assert lost(dry, met) == [{"what": "quorum", "kind": "relevance", "before": "met", "after": "out_of_reach"}]
    assert lost(dry, silent) == [{"what": "quorum", "kind": "relevance", "before": "open", "after": "out_of_reach"}]
    run = policies.rolled_out(cast, edition)
    assert run.summary == {"moves": 0, "stays": 2, "changes": 0}
    met.refresh_from_db()
    assert met.policy.edition == "default/1"
    assert moves_of(met) == []
    assert quorum(met.policy.data, "relevance", voices.voices(met, PanelKind.RELEVANCE)) == State.MET


def test_a_seated_committee_stays_one_and_its_votes_carry_the_same(cast: Cast) -> None:
    small, voted = course.drafted(cast), course.drafted(cast, code="B")
    course.at_pilot_approval(cast, small)
    course.voted(course.at_pilot_approval(cast, voted), "approve", "approve", "reject")
    bigger = policies.adopted(cast, committee={"members_min": 5})
    assert {one["what"] for one in lost(policies.looked_at(cast, bigger), small)} == {"committee"}
    unanimous = policies.adopted(cast, policy="taravelle/3", committee={"carries": "all"})
    dry = policies.looked_at(cast, unanimous)
    assert lost(dry, small) == []
    assert lost(dry, voted) == [{"what": "votes", "kind": "pilot_approval", "before": "approve", "after": "defer"}]


def test_old_sources_and_asked_exemptions_are_not_taken_away(cast: Cast) -> None:
    fresh, explained = course.drafted(cast), course.drafted(cast, code="B")
    later = timezone.localdate() + timedelta(days=90)
    deciding.ask_exemption(
        version_id=explained.pk, actor=cast.ana, clause="P4", reason="None near.", tried="Asked.", ends_on=later
    )
    edition = policies.adopted(cast, validity_months={"demand_source": 1}, exemptions={"allowed": ["E5"]})
    dry = policies.looked_at(cast, edition)
    assert lost(dry, fresh) == [{"what": "sources", "months": 1}]
    assert {"what": "exemption", "clause": "P4"} in lost(dry, explained)


def test_it_says_who_has_more_to_do(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    ratings = {"per_competency": {"C1": {"importance": 3}, "C2": {"importance": 5}}}
    course.answered(panel, "support", answers=ratings)
    edition = policies.adopted(
        cast, relevance={"reply_to_importance_at_most": 3}, gates=[{"gate": "pilot_approval", "clauses": ["E5"]}],
        clauses=[{"code": "O1", "title": {"en": "Safety"}, "blocks": ["T10"], "needs": "demand.region"}],
    )  # fmt: skip
    asked = finding(policies.looked_at(cast, edition), version).effect["asked"]
    assert asked == [
        {"what": "ratings", "competencies": ["C1"], "who": "Ana"},
        {"what": "gate", "gate": "pilot_approval", "clauses": ["E5"]},
        {"what": "clause", "clauses": ["O1"]},
    ]


def test_weights_and_independence_follow_the_edition(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    seat = panel.seats.get(person=cast.vera)
    course.signed(seat, "support", interests=["hires"])
    edition = policies.adopted(
        cast, weights={"employer": 0}, relevance={"employer_voices": 2},
        independence={"binding_interests": ["hires", "sells", "funds", "delivers", "owner", "member"]},
    )  # fmt: skip
    dry = policies.looked_at(cast, edition)
    effect = finding(dry, version).effect
    assert effect["weights"] == {str(seat.public_id): 0}
    assert effect["independent"] == {str(seat.public_id): False}
    assert effect["quorum"]["relevance"] == ["open", "out_of_reach"]
    lighter = policies.adopted(cast, policy="taravelle/3", independence={
        "binding_interests": ["hires", "sells", "funds", "delivers", "owner", "member"]})  # fmt: skip
    policies.rolled_out(cast, lighter)
    seat.refresh_from_db()
    assert not seat.independent


def test_a_step_that_runs_twice_moves_nobody_twice(cast: Cast) -> None:
    version = course.drafted(cast)
    edition = policies.adopted(cast)
    run = policies.rolled_out(cast, edition)
    rolling.work_off(run)
    again = rolling.roll_out(institution_id=cast.college.pk, actor=cast.chair, edition_id=edition.pk)
    assert policies.done(again).total == 0
    assert len(moves_of(version)) == 1
    ends = LedgerEvent.objects.filter(type="end_roll_out")
    assert [(event.data["moved"], event.data["stayed"]) for event in ends.order_by("sequence")] == [(1, 0), (0, 0)]


def test_initiatives_keep_what_they_ask_beside_the_new_edition(cast: Cast) -> None:
    version = course.drafted(cast)
    initiative = version.micro_credential.initiative
    governing.tighten(initiative_id=initiative.pk, actor=cast.quinn, asked={"relevance": {"employer_voices": 4}})
    edition = policies.adopted(cast, relevance={"employer_voices": 3})
    policies.rolled_out(cast, edition)
    version.refresh_from_db()
    assert version.policy.tightened_from == edition
    assert version.policy.data["relevance"]["employer_voices"] == 4
    rolling.work_off(rolling.roll_out(institution_id=cast.college.pk, actor=cast.quinn, edition_id=edition.pk))
    assert len(moves_of(version)) == 1


def test_who_may_look_and_who_may_move(cast: Cast) -> None:
    edition, adele = policies.adopted(cast), policies.adele_of(cast)
    same = {"institution_id": cast.college.pk, "edition_id": edition.pk}
    with pytest.raises(Missing, match="dry run"):
        rolling.roll_out(**same, actor=cast.quinn)
    for person, refusal in ((cast.ana, NotAllowed), (cast.members[0], NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            rolling.dry_run(**same, actor=person)
    policies.done(rolling.dry_run(**same, actor=adele))
    for person, refusal in ((adele, NotAllowed), (cast.ana, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            rolling.roll_out(**same, actor=person)
    with pytest.raises(NotYours):
        rolling.dry_run(institution_id=cast.college.pk, actor=adele, edition_id=edition.pk + 1)
    with pytest.raises(NotYours):
        rolling.dry_run(institution_id=cast.college.pk, actor=adele)


def test_one_run_at_a_time_and_none_before_the_first_day(cast: Cast) -> None:
    course.drafted(cast)
    edition, draft = policies.adopted(cast), policies.written(cast, policy="taravelle/9")
    same = {"institution_id": cast.college.pk, "actor": cast.quinn}
    first = rolling.dry_run(**same, edition_id=edition.pk)
    assert rolling.dry_run(**same, edition_id=edition.pk) == first
    with pytest.raises(Refusal, match="not over yet"):
        rolling.dry_run(**same, draft_id=draft.pk)
    tasks.run_policy.fn(first.pk)
    first.refresh_from_db()
    assert first.done_at is not None
    assert first.findings.count() == 1
    assert policies.done(rolling.dry_run(**same, draft_id=draft.pk)).findings.count() == 1
    edition.in_force_from = timezone.localdate() + timedelta(days=5)
    edition.save()
    with pytest.raises(Refusal, match="not in force yet"):
        rolling.roll_out(**same, edition_id=edition.pk)


def test_a_screening_gets_its_new_time(cast: Cast) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    policies.rolled_out(cast, policies.adopted(cast, clocks_days={"screening": 9}, notice_days=[60]))
    assert Timer.objects.filter(version=version, kind="screening_overdue").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_roll_out_killed_at_any_moment_moves_every_case_once() -> None:
    cast = gather()
    cases = [course.drafted(cast, code=f"C{number}") for number in range(24)]
    for version in cases[:4]:
        course.in_relevance_review(cast, version)
    edition = policies.adopted(cast, clocks_days={"relevance": 20})
    policies.looked_at(cast, edition)
    run = rolling.roll_out(institution_id=cast.college.pk, actor=cast.quinn, edition_id=edition.pk)
    in_the_middle = 0
    for _kill in range(12):
        in_the_middle += _killed(run)
        assert Version.objects.filter(policy=edition).count() == run.findings.count() == _moved()
        if run.findings.count() == len(cases):
            break
    assert in_the_middle >= 2, "too few kills came in the middle of the work to show anything"
    rolling.work_off(run)
    assert [len(moves_of(version)) for version in cases] == [1] * len(cases)
    assert Version.objects.filter(policy=edition).count() == len(cases)
    assert list(ledger.faults()) == []


def _moved() -> int:
    return LedgerEvent.objects.filter(type="move_policy").count()


def _killed(run: PolicyRun) -> bool:
    """Start a worker and kill it at a random moment of its work; True when that came before its end."""
    database = connection.get_connection_params()
    url = f"postgres:///{database['dbname']}?host={database['host']}&user={database['user']}"
    command = [sys.executable, "-m", "tests.workflows.policy_worker", str(run.pk)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(random.random() * 0.15)
    process.kill()
    rest = process.stdout.read()
    process.wait()
    return b"done" not in rest

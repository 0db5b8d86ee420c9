"""Real threads on PostgreSQL: one effect each, a named refusal for the others."""

from __future__ import annotations

import pytest

from tests.cast import gather
from tests.journeys import course
from tests.threads import at_once
from workflows.actions import deciding, proposing, reviewing
from workflows.errors import Refusal
from workflows.models import Decision, LedgerEvent, Validation, Version

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_officers_decideat_once() -> None:
    cast = gather()
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    course.voted(panel, "approve", "approve", "approve")
    expected = course.number(version)
    results = at_once(
        *[
            lambda person=person: deciding.close_committee(version_id=version.pk, actor=person, expected=expected)
            for person in (cast.chair, cast.members[0])
        ]
    )
    assert sum(isinstance(result, Version) for result in results) == 1
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert Decision.objects.filter(panel=panel, seat=None).count() == 1


def test_three_votes_at_once_all_count() -> None:
    cast = gather()
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    seats = list(panel.seats.select_related("person"))
    results = at_once(
        *[lambda s=seat: reviewing.answer(seat_id=s.pk, actor=s.person, choice="approve") for seat in seats]
    )
    assert all(isinstance(result, Decision) for result in results), results
    panel.refresh_from_db()
    assert panel.outcome == "all_answered"


def test_a_dozen_posts_of_one_answer_have_one_effect() -> None:
    cast = gather()
    version = course.drafted(cast)
    seat = course.in_relevance_review(cast, version).seats.get(person=cast.bob)
    results = at_once(
        *[
            lambda: reviewing.answer(seat_id=seat.pk, actor=cast.bob, choice="support", interests=["hires"])
            for _ in range(12)
        ]
    )
    assert sum(isinstance(result, Decision) for result in results) == 1
    assert sum(isinstance(result, Refusal) for result in results) == 11, results
    assert Validation.objects.count() == 1


def test_a_double_submit_moves_once() -> None:
    cast = gather()
    version = course.drafted(cast)
    expected = course.number(version)
    results = at_once(
        *[lambda: proposing.submit(version_id=version.pk, actor=cast.ana, expected=expected) for _ in range(2)]
    )
    assert sum(isinstance(result, Refusal) for result in results) == 1, results
    assert LedgerEvent.objects.filter(type="submit").count() == 1

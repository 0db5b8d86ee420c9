"""Where is it, who has it, what happens next; and the rail with its days and returns."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.utils import timezone

from tests.cast import Cast
from tests.journeys import course
from workflows import queries
from workflows.actions import deciding
from workflows.standing import rail, standing


def test_a_draft_is_with_its_proposer(cast: Cast) -> None:
    stands = standing(course.drafted(cast))
    assert (stands.where, stands.who) == ("Draft.", "Ana")
    assert "quality office" in stands.next
    assert stands.due is None


def test_a_round_names_the_organizations_that_are_still_asked(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    version.refresh_from_db()
    stands = standing(version)
    assert "Quellin Hospital" in stands.who
    assert "0 of 2 have answered" in stands.who
    with time_machine.travel(panel.due_at + timedelta(days=3)):
        assert standing(version).late_words == "3 days over"


def test_the_rail_shows_the_day_of_each_stop_and_a_return_over_it(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    deciding.return_from_relevance(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), requests={"demand": "Say when."}
    )
    version.refresh_from_db()
    stops = rail(version, standing(version))
    assert [stop.state for stop in stops] == ["here"] + ["ahead"] * 7
    assert stops[1].returned_by == 1
    assert stops[1].returned_on is not None
    assert stops[1].returned_on.date() == timezone.now().date()


def test_what_waits_for_whom(cast: Cast) -> None:
    version = course.drafted(cast)
    assert [item.subject for item in queries.versions_waiting(cast.ana)] == [version.public_id]
    assert queries.versions_waiting(cast.quinn) == []
    course.submitted(cast, version)
    assert queries.versions_waiting(cast.ana) == []
    assert [item.kind for item in queries.versions_waiting(cast.quinn)] == ["screening"]
    assert queries.versions_waiting(cast.mallory) == []

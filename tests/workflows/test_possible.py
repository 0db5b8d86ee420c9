"""What a page may offer to whom, in which stage; everything else is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.test_pilot_to_badge import issued
from workflows import possible, queries
from workflows.actions import deciding, proposing
from workflows.errors import NotAllowed, NotFromHere, OwnWork, Refusal
from workflows.models import Version
from workflows.possible import may, refuse

ACTS = (
    "vote", "recuse", "close_committee", "accept", "return_from_screening", "confirm_demand", "return_from_relevance",
    "go_on_without_partner", "reject_at_relevance", "confirm_endorsement", "return_from_endorsement", "start_pilot",
    "close_pilot", "redesign", "activate", "lift", "close_review", "suspend", "wind_down", "sign_transcript_rule",
    "hold", "resume",
)  # fmt: skip


def acts(person: User, version: Version) -> set[str]:
    case = queries.case_of(person, version.public_id)
    return {act for act in ACTS if may(case, person, act)}


def test_each_role_may_do_its_own_acts_and_no_others(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    assert acts(cast.quinn, version) == {"accept", "return_from_screening", "hold"}
    for other in (cast.ana, cast.chair, cast.members[0], cast.registrar, cast.issuer, cast.grant, cast.moe):
        assert acts(other, version) == set()
    deciding.accept(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), sheet=course.SHEET,
        places=cast.employers(),
    )  # fmt: skip
    assert acts(cast.quinn, version) == {"confirm_demand", "return_from_relevance", "hold"}
    assert acts(cast.chair, version) == {"go_on_without_partner", "reject_at_relevance"}


def test_a_seat_votes_once_and_closes_when_all_were_heard(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    assert acts(cast.chair, version) == {"vote", "recuse"}
    assert acts(cast.quinn, version) == {"hold"}
    assert acts(cast.registrar, version) == {"sign_transcript_rule"}
    course.voted(panel, "approve", "approve", "approve")
    assert acts(cast.chair, version) == {"close_committee"}
    case = queries.case_of(cast.chair, version.public_id)
    with pytest.raises(Refusal, match="no longer open"):
        refuse(case, cast.chair, "vote")
    with pytest.raises(NotAllowed, match="holds a seat"):
        refuse(queries.case_of(cast.quinn, version.public_id), cast.quinn, "vote")


def test_nothing_but_resuming_is_possible_on_hold(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    deciding.hold(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x",
        until=date(2100, 1, 1),
    )  # fmt: skip
    assert acts(cast.quinn, version) == {"resume"}


def test_whoever_wrote_decides_nothing(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    proposing.note_contribution(version, cast.quinn)
    assert acts(cast.quinn, version) == {"hold"}
    with pytest.raises(OwnWork):
        refuse(queries.case_of(cast.quinn, version.public_id), cast.quinn, "accept")


def test_a_version_in_use_can_be_suspended_and_wound_down(cast: Cast) -> None:
    version, _credential = issued(cast)
    assert acts(cast.quinn, version) == {"suspend"}
    assert acts(cast.chair, version) == {"wind_down"}
    with pytest.raises(NotFromHere):
        refuse(queries.case_of(cast.quinn, version.public_id), cast.quinn, "accept")


@pytest.mark.parametrize("verb", sorted(possible.AUTHORS_MAY - set(possible.OWN_RULES)))
def test_the_table_knows_every_verb_that_authors_may_do(verb: str) -> None:
    stages, grants = possible.ways(verb)
    assert stages
    assert grants

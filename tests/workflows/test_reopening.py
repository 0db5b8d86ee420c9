"""Before handing it in, an author sees whom the edit asks again, in which sections, and what the others rest on."""

from __future__ import annotations

from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import issued
from tests.journeys.test_next_version import edited, revised
from workflows import reopening
from workflows.actions import reviewing
from workflows.models import Version


def told(version: Version) -> dict[tuple[str, str], tuple[bool, list[str]]]:
    found = reopening.effects(Version.objects.get(pk=version.pk))
    return {
        (effect.decision.actor.name, effect.decision.panel.kind): (effect.stands, [str(s) for s in effect.sections])
        for effect in found
    }


def test_the_next_version_names_the_seats_that_its_edit_asks_again(cast: Cast) -> None:
    version, _credential = issued(cast)
    following = revised(cast, version)
    assert all(stands for stands, _sections in told(following).values()), "nothing was changed yet"
    edited(cast, following, lambda content: content["assessment"]["tasks"][0]["title"].update(en="Four gownings"))
    after = told(following)
    assert after["Bob", "relevance"] == (True, [])
    assert after["Bob", "endorsement"] == (False, ["Assessment"])
    assert after["Cato", "final_approval"] == (False, ["Assessment"])
    stands = next(effect for effect in reopening.effects(following) if effect.stands)
    digest = Version.objects.get(pk=version.pk).snapshot.digest
    assert (stands.rests_on.version, stands.rests_on.round, stands.rests_on.digest) == (1, 1, digest)


def test_a_statement_that_was_withdrawn_is_asked_again_though_nothing_changed(cast: Cast) -> None:
    version, _credential = issued(cast)
    vera = version.validations.get(organization=cast.clinic, kind="demand")
    reviewing.withdraw_validation(validation_id=vera.pk, actor=cast.vera, reason="moved")
    following = Version.objects.get(pk=version.pk)
    assert told(following)["Vera", "relevance"] == (False, [])


def test_a_first_draft_asks_nobody_again(cast: Cast) -> None:
    assert reopening.effects(course.drafted(cast)) == []

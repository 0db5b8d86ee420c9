"""T28 after the pilot was approved, by pages: Ana asks, Quinn agrees with a plan, Ana withdraws."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.journeys import course
from tests.portal_quality.office import auditor_of, get, path, post, send
from workflows import waiting
from workflows.actions import deciding, proposing
from workflows.models import Version

ACT = "agree_to_withdrawal"


@pytest.fixture
def version(cast: Cast) -> Version:
    """The pilot is approved."""
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    return deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))


def _page(version: Version) -> str:
    return f"/faculty/{version.public_id}/withdraw"


def _ask(cast: Cast, version: Version, reason: str = "No funds.") -> int:
    return post(cast.ana, _page(version), course.number(version), reason=reason).status_code


def _body(person: object, address: str) -> str:
    return get(person, address).content.decode()  # type: ignore[arg-type]


def test_ana_asks_quinn_agrees_ana_withdraws(cast: Cast, version: Version) -> None:
    assert "Ask the quality office" in _body(cast.ana, _page(version))
    assert _ask(cast, version, "") == 422
    assert _ask(cast, version) == 303
    assert Version.objects.get(pk=version.pk).stage == "pilot_ready"
    assert [item.kind for item in waiting.items(cast.quinn)] == [ACT]
    desk = _body(cast.quinn, "/quality/")
    assert "The proposer wants to withdraw it" in desk
    assert path(version, ACT) in desk
    assert "No funds." in _body(cast.quinn, path(version, ACT))
    assert send(cast.quinn, version, ACT, reason="").status_code == 422
    assert send(cast.quinn, version, ACT, reason="Nobody has begun.").status_code == 302
    assert waiting.items(cast.quinn) == []
    assert "Ask the quality office" not in _body(cast.ana, _page(version))
    assert post(cast.ana, _page(version), course.number(version), reason="No funds.").status_code == 303
    assert Version.objects.get(pk=version.pk).stage == "withdrawn"


def test_she_is_not_asked_twice_and_nobody_agrees_twice(cast: Cast, version: Version) -> None:
    assert _ask(cast, version) == 303
    assert _ask(cast, version) == 409
    assert send(cast.quinn, version, ACT, reason="Nobody has begun.").status_code == 302
    again = send(cast.quinn, version, ACT, reason="Nobody has begun.")
    assert again.status_code == 409
    late = post(cast.ana, _page(version), course.number(version) - 1, reason="No funds.")
    assert late.status_code == 409


def test_only_the_quality_officer_agrees(cast: Cast, version: Version) -> None:
    assert path(version, ACT) in _body(cast.quinn, path(version))
    for other in (cast.chair, cast.members[0], cast.registrar, cast.issuer, auditor_of(cast)):
        assert get(other, path(version, ACT)).status_code == 403
        assert send(other, version, ACT, reason="x").status_code == 403
        assert path(version, ACT) not in _body(other, path(version))
    for stranger in (cast.ana, cast.bob, cast.mallory):
        assert send(stranger, version, ACT, reason="x").status_code == 404


def test_an_officer_who_wrote_part_of_it_neither_agrees_nor_is_asked(cast: Cast, version: Version) -> None:
    proposing.note_contribution(version, cast.quinn)
    assert _ask(cast, version) == 303
    assert waiting.items(cast.quinn) == []
    assert send(cast.quinn, version, ACT, reason="x").status_code == 403


def test_before_the_pilot_is_approved_nobody_has_to_agree(cast: Cast) -> None:
    early = course.drafted(cast)
    course.submitted(cast, early)
    assert get(cast.quinn, path(early, ACT)).status_code == 409
    assert send(cast.quinn, early, ACT, reason="x").status_code == 409
    assert "Ask the quality office" not in _body(cast.ana, _page(early))

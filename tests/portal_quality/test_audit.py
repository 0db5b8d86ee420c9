"""What the audit found of stored badges stands where the quality office stops issuing, and nowhere else."""

from __future__ import annotations

from credentials import audit
from tests.cast import Cast
from tests.journeys.awards import issued
from tests.portal_quality.office import get


def test_quinn_sees_which_badges_are_not_as_they_were_signed(cast: Cast) -> None:
    _version, badge = issued(cast)
    address = f"/quality/settings/{cast.college.public_id}/issuing"
    assert "not as they were signed" not in get(cast.quinn, address).content.decode()
    audit.note(badge, "its signature does not hold")
    page = get(cast.quinn, address).content.decode()
    assert "Badges that are not as they were signed" in page
    assert str(badge.public_id) in page
    assert get(cast.mallory, address).status_code == 404

"""The pack of a review as page and files, and a change outside that opens reviews; each door has its refusals."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cast import Cast
from tests.journeys.awards import issued
from tests.portal_quality.office import get, post
from workflows.actions import keeping
from workflows.models import Version


@pytest.fixture
def version(cast: Cast) -> Version:
    made, _credential = issued(cast)
    content = made.content
    content["competencies"][0]["tool_edition"] = "ISO 14644-1:2015"
    Version.objects.filter(pk=made.pk).update(content=content)
    return Version.objects.get(pk=made.pk)


def test_the_pack_is_read_saved_and_shown_beside_the_decision(cast: Cast, version: Version) -> None:
    base = f"/quality/cases/{version.public_id}"
    assert get(cast.quinn, f"{base}/review-pack").status_code == 404, "no review was opened yet"
    keeping.open_review(version_id=version.pk, trigger="date")
    shown = get(cast.quinn, f"{base}/review-pack").content.decode()
    assert "The date of its review has come." in shown
    assert "Quellin Hospital" in shown
    assert "Fewer than ten earners" in shown
    assert "Review pack" in get(cast.chair, f"{base}/close-review").content.decode()
    kept = json.loads(get(cast.quinn, f"{base}/review-pack.json").content)
    assert (kept["trigger"], kept["figures"]["awarded"]) == ("date", 1)
    rows = list(csv.reader(io.StringIO(get(cast.quinn, f"{base}/review-pack.csv").content.decode("utf-8-sig"))))
    assert ["What it has done so far", "Awarded", "1"] in rows
    assert get(cast.mallory, f"{base}/review-pack").status_code == 404


def test_a_change_outside_says_whom_it_concerns_and_then_opens_the_reviews(cast: Cast, version: Version) -> None:
    address = f"/quality/changes/{cast.college.public_id}"
    typed = {"kind": "standard", "name": "ISO 14644-1", "edition": "2027", "source": "iso.org"}
    looked = post(cast.quinn, address, **typed, look="1")
    assert "Cleanroom Gowning" in looked.content.decode()
    assert Version.objects.get(pk=version.pk).stage == "active"
    nobody = post(cast.quinn, address, **{**typed, "name": "ISO 9001"})
    assert (nobody.status_code, "ISO 9001" in nobody.content.decode()) == (422, True)
    assert post(cast.quinn, address, **typed).status_code in {302, 303}
    assert Version.objects.get(pk=version.pk).stage == "periodic_review"
    assert get(cast.mallory, address).status_code == 404
    assert get(cast.ana, address).status_code in {403, 404}

"""A new policy from its draft to the running cases, in a real browser, in both languages and on a phone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast
from tests.journeys import course
from tests.workflows import policies
from workflows.models import PolicyRun, Version


def test_a_policy_is_written_adopted_tried_and_rolled_out(cast: Cast, open_page: OpenPage) -> None:
    moving, staying = course.drafted(cast), course.drafted(cast, code="STAY")
    course.in_relevance_review(cast, moving)
    course.answered(course.in_relevance_review(cast, staying), "support")
    adele = policies.adele_of(cast)
    page = open_page(f"/quality/settings/{cast.college.public_id}/policy", person=adele)
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_label("Employer relevance review").fill("25")
    page.get_by_role("button", name="Save, then read it as text").click()
    text = page.get_by_label("Policy as text")
    typed = text.input_value()
    assert "relevance: 25" in typed
    text.fill(typed.replace("independent_partner_supports: 1", "independent_partner_supports: 0"))
    page.get_by_label("Why do the rules change?").fill("Employers asked for more time.")
    page.get_by_role("button", name="Save the draft").click()
    assert "independent_partner_supports: 0”: It is at least 1" in page.get_by_role("alert").inner_text()
    assert "independent_partner_supports: 0" in page.get_by_label("Policy as text").input_value()
    sound(page)
    page.get_by_label("Policy as text").fill(typed)
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("link", name="Put it forward").click()
    page.get_by_label("From which day on?").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Put it forward").click()
    draft = page.url
    seconder = open_page(draft, person=cast.quinn)
    seconder.get_by_role("link", name="Second it").click()
    seconder.get_by_role("button", name="Second it").click()
    chair = open_page(draft, person=cast.chair, width=390, scripts=False)
    chair.get_by_role("link", name="Adopt it").click()
    chair.get_by_role("button", name="Adopt it").click()
    assert "No running case has changed." in chair.inner_text("main")
    assert {one.policy.edition for one in Version.objects.all()} == {"default/1"}
    _rolled_out(cast, open_page, chair.get_by_role("link", name="Open edition").get_attribute("href") or "")


def _rolled_out(cast: Cast, open_page: OpenPage, edition: str) -> None:
    page = open_page(edition, person=cast.quinn)
    page.get_by_role("button", name="Try it on all running cases").click()
    assert page.get_by_text("0 of 2 cases").is_visible()
    policies.done(PolicyRun.objects.get())
    page.get_by_role("link", name="Show the cases").click()  # the page has asked again by itself
    assert "2 cases would move" in page.inner_text("main")
    assert "instead of" in page.inner_text("main")
    sound(page)
    page.goto(edition)
    page.get_by_role("link", name="Move running cases to it").click()
    sound(page)
    page.get_by_role("button", name="Move the cases").click()
    policies.done(PolicyRun.objects.get(act="roll_out"))
    page.get_by_role("link", name="Show the cases").click()
    assert "2 cases moved" in page.inner_text("main")
    assert len({one.policy_id for one in Version.objects.all()}) == 1
    assert Version.objects.first().policy.edition == "taravelle/2"  # type: ignore[union-attr]


@pytest.mark.parametrize(("width", "language"), [(320, "fr"), (1280, "en")])
def test_the_pages_of_a_policy_are_sound(cast: Cast, open_page: OpenPage, width: int, language: str) -> None:
    version, met = course.drafted(cast), course.drafted(cast, code="B")
    course.in_relevance_review(cast, version)
    course.answered(course.in_relevance_review(cast, met), "support")
    edition = policies.adopted(cast, relevance={"employer_voices": 3}, clocks_days={"relevance": 20})
    run = policies.looked_at(cast, edition)
    draft = policies.written(cast, policy="taravelle/3", committee={"carries": "two_thirds"})
    room = f"/quality/settings/{cast.college.public_id}/policy"
    page = open_page(room, person=cast.quinn, width=width, language=language)
    for address in (
        room, f"{room}/drafts/{draft.public_id}", f"{room}/drafts/{draft.public_id}/form",
        f"{room}/editions/{edition.pk}", f"{room}/runs/{run.public_id}",
        f"/quality/cases/{version.public_id}/outlook?with={draft.public_id}",
    ):  # fmt: skip
        page.goto(address)
        sound(page)

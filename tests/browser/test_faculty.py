"""Proposers, leads and assessors in a real browser: without scripts, on a phone, and judged by axe."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import piloting_version
from tests.portal_faculty.test_assessing import handed_in
from tests.portal_faculty.test_writing import returned
from workflows.actions import assessing, deciding
from workflows.models import Skill, Version


def test_ana_fills_a_section_submits_and_answers_a_return_without_scripts_on_a_phone(
    cast: Cast, open_page: OpenPage
) -> None:
    version = course.drafted(cast)
    page = open_page("/faculty/", person=cast.ana, width=390, scripts=False)
    page.get_by_role("link", name="Cleanroom Gowning").first.click()
    page.get_by_role("link", name="Demand").click()
    page.get_by_role("button", name="Add a source").click()
    row = page.locator("#row-sources-1")
    row.get_by_label("English").first.fill("Twelve postings in May")
    page.get_by_role("button", name="Save and go back to the list").click()
    page.get_by_role("link", name="Check your answers").click()
    assert "Twelve postings in May" in page.inner_text("main")
    page.get_by_role("button", name="Submit the proposal").click()
    assert "Submitted." in page.inner_text("main")
    version.refresh_from_db()
    assert version.stage == "screening"

    deciding.return_from_screening(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), requests={"purpose": "Say for whom."}
    )
    page.get_by_role("link", name="Proposals").first.click()
    page.get_by_role("link", name="Cleanroom Gowning").first.click()
    assert "Say for whom." in page.inner_text("main")
    page.get_by_role("link", name="Change this section").click()
    page.get_by_role("group", name="For whom is it?").get_by_label("English").fill("First-year technicians")
    page.get_by_role("button", name="Save and go back to the list").click()
    page.get_by_role("link", name="Answer what was asked").click()
    page.get_by_label("Your reply").fill("Said now.")
    page.get_by_role("button", name="Keep this reply").click()
    page.get_by_role("link", name="See the differences and go on").click()
    assert "First-year technicians" in page.inner_text("section[aria-labelledby=since]")
    page.get_by_role("button", name="Submit the proposal").click()
    version.refresh_from_db()
    assert version.stage == "screening"


def test_asa_scores_without_scripts(cast: Cast, open_page: OpenPage) -> None:
    _version, cohort = piloting_version(cast)
    work = handed_in(cast, cohort.enrolments.order_by("pk")[0])
    page = open_page("/faculty/assessing", person=cast.assessor, width=390, scripts=False)
    page.get_by_role("link", name="Work").first.click()
    page.get_by_role("button", name="Take this work").click()
    page.get_by_role("link", name="Score it").click()
    for group in page.get_by_role("group").all():
        group.get_by_label("L2").check()
    page.get_by_role("button", name="See the result").click()
    assert "Competent." in page.inner_text("main")
    page.get_by_role("button", name="Keep these scores").click()
    work.refresh_from_db()
    assert work.stage == "moderating"


def test_a_skill_is_found_by_keys_alone(cast: Cast, open_page: OpenPage) -> None:
    for number, label in enumerate(("clean rooms", "clean kitchens")):
        Skill.objects.create(
            uri=f"http://data.europa.eu/esco/skill/{number}", label_en=label, label_fr="x", edition="1.2"
        )
    version = course.drafted(cast)
    page = open_page(f"/faculty/{version.public_id}/skills/C1", person=cast.ana)
    box = page.get_by_role("combobox")
    box.type("clean")
    page.get_by_role("option").first.wait_for()
    assert page.get_by_role("option").count() == 2
    assert box.get_attribute("aria-expanded") == "true"
    sound(page)
    box.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    box.type("i")
    box.type("ng")
    box.fill("kitchens")
    page.get_by_role("option", name="clean kitchens").wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/match/*")
    assert "clean kitchens" in page.inner_text("main")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fr", 320)])
def test_pages_of_a_draft_are_sound(cast: Cast, open_page: OpenPage, language: str, width: int) -> None:
    version = course.drafted(cast)
    returned(cast, version)
    base = f"/faculty/{version.public_id}"
    page = open_page("/faculty/", person=cast.ana, language=language, width=width)
    sound(page)
    writing = ["identity", "demand", "competencies", "assessment", "rubric", "pathways"]
    places = ["check", "returned", "skills", "skills/C1", "exemption", *(f"write/{facet}" for facet in writing)]
    for place in ["/faculty/start", "/faculty/bring", base, *(f"{base}/{place}" for place in places)]:
        page.goto(place)
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        sound(page)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fr", 320)])
def test_pages_of_a_pilot_and_of_assessing_are_sound(
    cast: Cast, open_page: OpenPage, language: str, width: int
) -> None:
    version, cohort = piloting_version(cast)
    work = handed_in(cast, cohort.enrolments.order_by("pk")[0])
    assessing.take(enrolment_id=work.pk, actor=cast.assessor)
    base = f"/faculty/{version.public_id}"
    page = open_page(f"{base}/pilot", person=cast.ana, language=language, width=width)
    for place in [f"{base}/pilot/cohort", f"{base}/pilot/report", f"{base}/pilot/evaluation/employer",
                  f"/faculty/cohorts/{cohort.public_id}/roster", f"/faculty/cohorts/{cohort.public_id}/assessors",
                  f"{base}/answers"]:  # fmt: skip
        sound(page)
        page.goto(place)
    sound(page)
    work_page = f"/faculty/assessing/{work.public_id}"
    page = open_page("/faculty/assessing", person=cast.assessor, language=language, width=width)
    for place in (work_page, f"{work_page}/score"):
        sound(page)
        page.goto(place)
    sound(page)
    page.locator("button.main").click()
    sound(page)


def test_a_wrong_value_has_the_focus_on_its_summary(cast: Cast, open_page: OpenPage) -> None:
    version = course.drafted(cast)
    page = open_page(f"/faculty/{version.public_id}/write/validity", person=cast.ana)
    page.get_by_label("Valid for").fill("a year")
    page.get_by_role("button", name="Save and go back to the list").click()
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.className") == "errors"
    page.get_by_role("link", name="Valid for").click()
    assert page.evaluate("document.activeElement.id") == "id_period"
    sound(page)
    assert Version.objects.get(pk=version.pk).content == version.content

"""The quality office in a real browser: without scripts, on a phone, by keys, and judged by axe."""

from __future__ import annotations

import pytest

from people.models import User
from tests.browser.conftest import OpenPage
from tests.browser.judge import sound, too_wide
from tests.cast import Cast
from tests.journeys import awards, course
from workflows import rights
from workflows.models import Decision


def test_the_chair_votes_on_a_phone_without_scripts(cast: Cast, open_page: OpenPage) -> None:
    version = course.drafted(cast)
    course.at_pilot_approval(cast, version)
    page = open_page("/quality/", person=cast.chair, width=390, scripts=False)
    assert not page.get_by_role("heading", name="Framework: 16 clauses").is_visible()
    page.get_by_role("link", name="Cleanroom Gowning").first.click()
    assert not page.get_by_role("heading", name="Waiting for you").is_visible()
    assert too_wide(page) == 0
    page.get_by_role("link", name="Vote").click()
    page.get_by_label("Return for changes").check()
    page.get_by_label("Your reasons").fill("Say how level 2 is seen.")
    page.get_by_role("button", name="Give my vote").click()
    assert page.get_by_role("alert").is_visible()
    assert page.title().startswith("Error:")
    assert page.get_by_label("Your reasons").input_value() == "Say how level 2 is seen."
    for select in page.locator("select").all():
        select.select_option("met")
    for question in page.get_by_role("radio", name="Yes").all():
        question.check()
    page.get_by_role("button", name="Give my vote").click()
    assert "Your vote is given." in page.inner_text("main")
    assert Decision.objects.get(actor=cast.chair, role="member").choice == "return"


def test_rows_are_walked_by_keys_and_a_key_decides_nothing(cast: Cast, open_page: OpenPage) -> None:
    version = course.submitted(cast, course.drafted(cast))
    page = open_page("/quality/", person=cast.quinn)
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Cleanroom Gowning"
    page.keyboard.press("Enter")
    page.wait_for_url("**/quality/cases/*")
    page.keyboard.press("a")
    page.wait_for_url("**/accept")
    version.refresh_from_db()
    assert version.stage == "screening"
    page.get_by_label("The Indigenous question").fill("aaa")
    assert page.get_by_label("The Indigenous question").input_value() == "aaa"


def people(cast: Cast) -> dict[str, User]:
    adele = User.objects.create_user("adele@taravelle.example", name="Adele")
    rights.add_member(user=adele, organization=cast.college, role="administrator")
    return {"quinn": cast.quinn, "chair": cast.chair, "registrar": cast.registrar, "adele": adele}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_main_pages_are_sound(cast: Cast, open_page: OpenPage, width: int, language: str) -> None:
    version, badge = awards.issued(cast)
    draft = course.submitted(cast, course.drafted(cast, code="EXIT"))
    gate = course.drafted(cast, code="GATE")
    course.at_pilot_approval(cast, gate)
    everybody = people(cast)
    college = cast.college.public_id
    pages = {
        "quinn": [
            "/quality/", "/quality/proposals", "/quality/register", f"/quality/cases/{version.public_id}",
            f"/quality/cases/{draft.public_id}/accept", f"/quality/cases/{draft.public_id}/return-from-screening",
            f"/quality/badges/{badge.public_id}/suspend", f"/quality/cases/{version.public_id}/ledger",
        ],
        "chair": [f"/quality/cases/{gate.public_id}", f"/quality/cases/{gate.public_id}/vote"],
        "registrar": [f"/quality/badges/{badge.public_id}/revoke", f"/quality/badges/{badge.public_id}"],
        "adele": [f"/quality/settings/{college}/{room}" for room in ("people", "people/add", "policy", "keys")],
    }  # fmt: skip
    for who, addresses in pages.items():
        page = open_page(addresses[0], person=everybody[who], width=width, language=language)
        for address in addresses:
            page.goto(address)
            sound(page)

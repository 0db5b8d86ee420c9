"""Signing in, in a real browser."""

from __future__ import annotations

import pytest

from people import post
from people.models import OutgoingMail
from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fr", 390), ("fr", 320)])
def test_quinn_signs_in_with_the_code_of_the_mail(cast: Cast, open_page: OpenPage, language: str, width: int) -> None:
    page = open_page("/quality/", language=language, width=width)
    sound(page)
    page.get_by_role("textbox").fill(cast.quinn.email)
    page.locator("main .btn.main").click()
    sound(page)
    page.get_by_role("textbox").fill("12345")
    page.locator("main .btn.main").click()
    assert page.title().startswith("Error" if language == "en" else "Erreur")
    sound(page)
    page.get_by_role("textbox").fill(post.code_of(OutgoingMail.objects.get()))
    page.locator("main .btn.main").click()
    assert page.url.endswith("/quality/")


def test_it_works_without_scripts_and_a_stranger_learns_nothing(cast: Cast, open_page: OpenPage) -> None:
    page = open_page("/sign-in", scripts=False)
    page.get_by_label("Your e-mail address").fill("nobody@nowhere.example")
    page.get_by_role("button", name="Mail me a code").click()
    assert "If nobody@nowhere.example is known here" in page.inner_text("main")
    page.get_by_role("link", name="Another address, or a new code").click()
    assert page.url.endswith("/sign-in")


def test_the_language_is_chosen_at_first_contact_and_what_was_typed_stays(cast: Cast, open_page: OpenPage) -> None:
    page = open_page("/sign-in")
    page.get_by_label("Your e-mail address").fill("quinn@taravelle.example")
    page.locator("main").get_by_role("button", name="Français").click()
    assert page.locator("html").get_attribute("lang") == "fr-CA"
    assert page.get_by_label("Votre adresse de courriel").input_value() == "quinn@taravelle.example"

"""An employer answers by the link of a mail, on a phone, in both languages, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast
from tests.journeys import course
from tests.portal_employer.mailed import code, community_seat, endorsement_seat, link, page, relevance_seat
from workflows.models import Decision, Seat
from workflows.questions import PRINCIPLES


def _start(page_: Page, *, judge: bool = True) -> None:
    """From the letter to the form."""
    if judge:
        sound(page_)
    page_.locator("main .btn.main").click()
    if judge:
        sound(page_)
    page_.locator("input[name=code]").fill(code())
    page_.locator("main .btn.main").click()
    if judge:
        sound(page_)


def _pick(page_: Page, name: str, value: str) -> None:
    page_.locator(f"input[name='{name}'][value='{value}']").check()


def _sign(page_: Page, months: str) -> None:
    page_.locator("input[name=statement]").check()
    _pick(page_, "months", months)
    page_.locator("input[name=role]").fill("Head of training")
    page_.locator(".signbox .btn.main").click()


def _answered(seat: Seat) -> Decision:
    return Decision.objects.get(seat=seat)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fr", 320), ("fr", 390)])
def test_winona_answers_for_her_community(cast: Cast, open_page: OpenPage, language: str, width: int) -> None:
    seat = community_seat(cast)
    phone = open_page(link(seat), language=language, width=width)
    _start(phone)
    for principle in PRINCIPLES:
        _pick(phone, f"respected-{principle.value}", "not_yet" if principle.value == "control" else "yes")
    phone.locator("button[value=agree_with_condition]").click()
    sound(phone)
    phone.locator("textarea[name=condition]").fill("The council names who uses the films.")
    phone.locator("input[name=owner]").first.check()
    phone.locator("input[name=statement]").check()
    phone.locator("input[name=role]").fill("Speaker")
    phone.locator("main form .btn.main").click()
    assert phone.url.endswith("/signed")
    sound(phone)
    phone.locator("main .sheet .btn.main").click()
    sound(phone)
    phone.locator("textarea[name=text]").fill("It named her.")
    phone.locator("main .btn.main").click()
    assert phone.url.endswith("/signed")
    assert _answered(seat).conditions.get().closed_by == seat.person
    phone.goto(phone.url.replace("/signed", "/leave-agreement"))
    sound(phone)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("en", 320), ("fr", 390)])
def test_bob_says_that_the_skills_are_in_demand(cast: Cast, open_page: OpenPage, language: str, width: int) -> None:
    seat = relevance_seat(cast)
    phone = open_page(link(seat), language=language, width=width)
    _start(phone)
    _pick(phone, "interests", "hires")
    _pick(phone, "needed", "now")
    for competency in ("C1", "C2"):
        _pick(phone, f"importance-{competency}", "5")
    _pick(phone, "basis", "own_vacancies")
    _sign(phone, "24")
    assert phone.url.endswith("/signed")
    sound(phone)
    decision = _answered(seat)
    assert (decision.choice, decision.language) == ("support", language)
    assert seat.panel.snapshot.digest in phone.inner_text("main")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_bob_endorses_the_assessment_on_a_phone(cast: Cast, open_page: OpenPage, language: str, scripts: bool) -> None:
    seat = endorsement_seat(cast)
    phone = open_page(link(seat), language=language, width=390, scripts=scripts)
    _start(phone, judge=scripts)
    _pick(phone, "interests", "none")
    _pick(phone, "compared-T1", "same")
    _pick(phone, "convincing", "yes")
    _pick(phone, "trust", "enough")
    _sign(phone, "12")
    assert phone.url.endswith("/signed")
    assert _answered(seat).choice == "endorse"


def test_the_token_is_in_no_request_but_the_letters(cast: Cast, open_page: OpenPage) -> None:
    seat = relevance_seat(cast)
    token = link(seat).rsplit("/", 1)[1]
    phone = open_page("/verify", width=390)
    told: list[str] = []
    phone.on("request", lambda request: told.append(f"{request.url} {request.headers.get('referer', '')}"))
    phone.goto(link(seat))
    _start(phone, judge=False)
    phone.get_by_role("link", name="Register").click()
    with_token = [line for line in told if token in line]
    assert len(told) > len(with_token) > 0
    assert all(line.split()[0].split(token)[0].endswith("/reviews/l/") for line in with_token)
    assert not any(token in line.split(" ", 1)[1] for line in told)


def test_what_is_typed_is_kept_on_the_way_and_the_same_link_resumes(cast: Cast, open_page: OpenPage) -> None:
    seat = relevance_seat(cast)
    phone = open_page(link(seat), width=390)
    _start(phone, judge=False)
    phone.get_by_label("In 12 months", exact=True).check()
    expect(phone.locator("#saved")).to_have_text(re.compile(r"Saved \d+:\d\d"))
    expect(phone.locator("#say")).to_have_text(re.compile(r"Saved \d+:\d\d"))
    phone.get_by_text("Three more questions").click()
    phone.get_by_label("What is missing or outdated?").fill("A drill")
    with phone.expect_response(lambda response: response.request.method == "POST"):
        phone.get_by_label("What is missing or outdated?").blur()
    expect(phone.get_by_label("In 12 months", exact=True)).to_be_checked()
    sound(phone)
    desk = open_page(link(seat))
    _start(desk, judge=False)
    expect(desk.get_by_label("In 12 months", exact=True)).to_be_checked()
    assert desk.get_by_label("What is missing or outdated?").input_value() == "A drill"
    assert not Decision.objects.filter(seat=seat).exists()


def test_a_refused_form_names_what_is_missing_leads_there_and_keeps_the_rest(cast: Cast, open_page: OpenPage) -> None:
    seat = endorsement_seat(cast)
    phone = open_page(link(seat), width=390)
    _start(phone, judge=False)
    _pick(phone, "interests", "none")
    phone.get_by_label("What would you change, and why?").fill("Use our gowns.")
    _sign(phone, "36")
    assert phone.title().startswith("Error:")
    expect(phone.locator(".errors")).to_be_focused()
    sound(phone)
    assert phone.get_by_label("What would you change, and why?").input_value() == "Use our gowns."
    phone.locator(".errors a").first.click()
    assert "compared-T1" in phone.url
    assert not Decision.objects.filter(seat=seat).exists()


BESIDE = ["answer/endorse_with_condition", "answer/return", "answer/decline", "pass-on", "ask", "step-back", "kept"]


@pytest.mark.parametrize("name", BESIDE)
def test_the_pages_beside_the_form_are_sound(cast: Cast, open_page: OpenPage, name: str) -> None:
    seat = endorsement_seat(cast)
    sound(open_page(page(seat, name), person=cast.bob, language="fr", width=320))


def test_the_first_screen_the_letter_and_a_used_link_are_sound(cast: Cast, open_page: OpenPage) -> None:
    seat = relevance_seat(cast)
    sound(open_page("/reviews/", person=cast.bob, width=390))
    sound(open_page(page(seat, ""), person=cast.bob, language="fr", width=320))
    course.signed(seat, "support")
    sound(open_page(link(seat), width=320))
    sound(open_page("/reviews/", person=cast.bob, language="fr", width=320))
    sound(open_page(page(seat, "signed"), person=cast.bob, width=320))
    sound(open_page(page(seat, "withdraw"), person=cast.bob, width=320))


def test_the_back_button_shows_whole_pages(cast: Cast, open_page: OpenPage) -> None:
    seat = relevance_seat(cast)
    phone = open_page(page(seat), person=cast.bob, width=390)
    phone.get_by_label("In 12 months", exact=True).check()
    expect(phone.locator("#saved")).to_have_text(re.compile("Saved"))
    phone.get_by_role("link", name="Letter").click()
    phone.go_back()
    expect(phone.locator("h1")).to_have_text("Cleanroom Gowning")
    expect(phone.locator("footer")).to_be_visible()

"""Strangers check a badge and read the register, in a real browser: on a phone, in French, without scripts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from credentials import sharing
from credentials.models import Credential
from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast
from tests.journeys.awards import issued
from workflows.actions import awarding
from workflows.actions import sharing as verbs
from workflows.models import Version

DAYS = 20


@pytest.fixture
def badge(open_page: OpenPage, cast: Cast) -> Credential:
    """Lena's accepted badge. The browser comes first, so that its server's database is the one that is filled."""
    _version, credential = issued(cast)
    return awarding.answer_badge(credential_id=credential.pk, actor=credential.recipient, accept=True)


def _valid(page: Page) -> bool:
    return page.locator("main").get_attribute("data-verdict") == "valid"


@pytest.mark.parametrize(("language", "width", "scripts"), [("en", 1280, True), ("fr", 390, True), ("en", 320, False)])
def test_a_pasted_badge_is_checked_and_so_is_its_earner(
    badge: Credential, open_page: OpenPage, language: str, width: int, scripts: bool
) -> None:
    page = open_page("/verify", language=language, width=width, scripts=scripts)
    if scripts:
        sound(page)
    page.locator("textarea").fill(json.dumps(badge.document))
    page.locator("main .btn.main").click()
    assert _valid(page)
    assert page.locator("html").get_attribute("lang") == f"{language}-CA"
    page.locator("#em").fill("lena0@learner.example")
    page.locator(".earner .btn").click()
    assert _valid(page)
    assert page.locator("#em-said .tag.ok").count() == 1
    if scripts:
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        sound(page)
    assert page.context.cookies() == [c for c in page.context.cookies() if c["name"] == "django_language"]
    page.locator(".who form button").click()
    assert page.locator("html").get_attribute("lang") == ("en-CA" if language == "fr" else "fr-CA")
    assert _valid(page)


def test_a_file_and_a_forged_one(badge: Credential, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/", width=390)
    file = tmp_path / "badge.json"
    file.write_text(json.dumps({**badge.document, "name": "Brain Surgery"}))
    page.locator("#id_file").set_input_files(file)
    page.locator("main .btn.main").click()
    assert page.locator("main").get_attribute("data-verdict") == "not_valid"
    assert "Brain Surgery" not in page.inner_text("main")
    sound(page)
    page.get_by_role("link", name="Check another").click()
    page.locator("textarea").fill(
        json.dumps(
            {"type": ["VerifiablePresentation"], "verifiableCredential": [badge.document, json.loads(file.read_text())]}
        )
    )
    page.locator("main .btn.main").click()
    assert page.locator("li[data-verdict]").count() == 2
    sound(page)
    page.get_by_role("button", name="See all about it").first.click()
    assert _valid(page)
    page.goto("/verify/many")
    page.locator("#id_badges").set_input_files([file, file])
    page.locator("main .btn.main").click()
    page.locator(".note[role=status]").wait_for()  # the rows come one by one
    assert page.locator("tr[data-verdict=not_valid]").count() == 2
    sound(page)
    page.goto("/verify")
    page.locator("main .btn.main").click()
    assert page.title().startswith("Error")
    assert page.evaluate("document.activeElement.className") == "errors"
    sound(page)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fr", 320)])
def test_every_public_page_is_sound(badge: Credential, open_page: OpenPage, language: str, width: int) -> None:
    badge.refresh_from_db()
    verbs.show_badge(credential_id=badge.pk, actor=badge.recipient, public=True)
    version = Version.objects.get()
    endorsement = badge.document["credentialSubject"]["achievement"]["endorsement"][0]["id"].rpartition("/")[2]
    page = open_page("/register", language=language, width=width)
    for address in (
        "/register?q=gowning",
        "/register?q=nothing-of-this",
        f"/achievements/{version.public_id}",
        f"/badges/{badge.public_id}",
        f"/endorsements/{endorsement}",
        "/o/taravelle",
        "/verify/many",
        "/about",
        "/accessibility",
        "/privacy",
        "/terms/job_performance",
    ):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        sound(page)
        assert page.locator("html").get_attribute("lang") == f"{language}-CA", address


def test_the_language_stays_from_page_to_page_without_a_cookie(badge: Credential, open_page: OpenPage) -> None:
    page = open_page("/register")
    page.context.clear_cookies()
    page.get_by_role("link", name="Français").click()
    page.locator(".rows a").click()
    assert page.locator("html").get_attribute("lang") == "fr-CA"
    page.get_by_role("link", name="Vérifier un insigne").click()
    assert page.locator("html").get_attribute("lang") == "fr-CA"
    assert page.context.cookies() == []


def test_a_share_link_says_that_its_earner_is_told(badge: Credential, open_page: OpenPage) -> None:
    link = verbs.share_badge(
        credential_id=badge.pk,
        actor=badge.recipient,
        label="Ms. Roy",
        ends_on=timezone.localdate() + timedelta(days=DAYS),
        items=[str(item) for item in badge.recipient.enrolments.get().evidence.values_list("public_id", flat=True)],
    )
    page = open_page(f"/s/{sharing.token_of(link)}", width=390)
    assert _valid(page)
    assert "sees that the link was opened" in page.inner_text("main")
    sound(page)
    with page.expect_download() as download:
        page.locator("a", has_text="note").first.click()
    assert Path(download.value.path()).read_bytes() == b"Three gownings observed"

"""A real Chromium in front of a live server: pages in a language and a width, signed in or not, with scripts or not.

    def test_something(cast: Cast, open_page: OpenPage) -> None:
        page = open_page("/quality/", person=cast.quinn, language="fr", width=390)
        sound(page)

Every page that a test opened must have kept the content security policy and raised no script error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from pytest_django.live_server_helper import LiveServer

from people.models import User
from people.sign_in import note_proof

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
NONE = "No Chromium was found. Install one (Debian: apt install chromium), or set CHROMIUM to its path."
# Playwright's loop runs in this thread; the tests talk to the database from it all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and leave them out with a reason where there is no browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                reason = (
                    "No Chromium was found. Install one (Debian: apt install chromium), or set CHROMIUM to its path."
                )
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; root cannot use its sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


def session_of(person: User, *, proved: bool = True) -> str:
    """The session cookie of a signed-in person, who has just proved the mailbox by a code unless told otherwise."""
    client = Client()
    client.force_login(person)
    request = RequestFactory().get("/")
    request.session = client.session
    if proved:
        note_proof(request, person)
        request.session.save()
    return client.cookies["sessionid"].value


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """A page in a browser of its own (own cookies): address, language, width, person, scripts on or off."""
    cache.clear()  # the limits per mailbox outlive a test with real transactions
    contexts, faults = [], []

    def open_one(
        address: str = "/",
        *,
        language: str = "en",
        width: int = 1280,
        height: int = 900,
        person: User | None = None,
        proved: bool = True,
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=f"{language}-CA",
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        cookies = [{"name": "django_language", "value": language, "url": live_server.url}]
        if person is not None:
            User.objects.filter(pk=person.pk).update(language=language)
            value = session_of(User.objects.get(pk=person.pk), proved=proved)
            cookies.append({"name": "sessionid", "value": value, "url": live_server.url})
        context.add_cookies(cookies)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.extend(_fault(message)))
        page.on("response", lambda response: faults.extend(_crash(response)))
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


def _fault(message: ConsoleMessage) -> list[str]:
    """An error of the console; a 4xx answer, which many tests want, is none."""
    if message.type != "error" or message.text.startswith("Failed to load resource"):
        return []
    return [message.text]


def _crash(response: Response) -> list[str]:
    return [f"{response.status} {response.url}"] if response.status >= 500 else []

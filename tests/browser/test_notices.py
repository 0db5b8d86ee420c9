"""The list of notices in a real browser: in both languages, on a phone, and with scripts off."""

from __future__ import annotations

import pytest

from notifications import queries
from tests import worker
from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast
from tests.journeys import course
from workflows.actions import proposing

pytestmark = pytest.mark.django_db(transaction=True)


def _told(cast: Cast) -> None:
    """Quinn hears of a proposal, and that it was withdrawn."""
    version = course.drafted(cast)
    course.submitted(cast, version)
    proposing.withdraw(version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="No funds.")
    worker.settle()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fr", 320)])
def test_the_list_is_sound_in_both_languages_and_on_a_phone(
    cast: Cast, open_page: OpenPage, language: str, width: int
) -> None:
    _told(cast)
    page = open_page("/notices/", person=cast.quinn, language=language, width=width)
    assert page.get_by_role("article").count() == 2
    sound(page)


def test_an_empty_list_says_so(cast: Cast, open_page: OpenPage) -> None:
    page = open_page("/notices/", person=cast.quinn)
    assert page.get_by_text("Nothing happened yet in your cases.").is_visible()
    sound(page)


def test_without_scripts_notices_are_read_one_by_one_and_all_at_once(cast: Cast, open_page: OpenPage) -> None:
    _told(cast)
    page = open_page("/notices/", person=cast.quinn, scripts=False)
    assert page.get_by_role("link", name="2 notices").is_visible()
    page.get_by_role("button", name="Mark as read").first.click()
    assert queries.unread_count(cast.quinn) == 1
    page.get_by_role("button", name="Mark all as read").click()
    assert queries.unread_count(cast.quinn) == 0
    page.get_by_role("link", name="To screen:").first.click()
    assert page.get_by_role("heading", name="Cleanroom Gowning").first.is_visible()

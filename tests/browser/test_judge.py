"""The judges of the browser tests see what they are there to see."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.judge import sound, too_wide, violations
from tests.cast import Cast


def test_a_picture_without_words_and_a_wide_line_are_found(cast: Cast, open_page: OpenPage) -> None:
    page = open_page("/sign-in", width=320)
    sound(page)
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [line.split(":")[0] for line in violations(page)] == ["image-alt"]
    page.evaluate("document.querySelector('h1').textContent = '—'.repeat(200)")
    page.evaluate("document.querySelector('h1').style.setProperty('white-space', 'nowrap')")
    assert too_wide(page) > 0
    with pytest.raises(AssertionError):
        sound(page)

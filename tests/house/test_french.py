"""No page without French: every text that a person may read has its French, and its form."""

from __future__ import annotations

import re

import pytest

from config.management.commands.catalogues import APPS, lacking, merged

# Placeholders must survive a translation.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
NARROW = "\u202f"


@pytest.mark.parametrize("app", APPS)
def test_every_text_has_its_french(app: str) -> None:
    assert lacking(merged(app)) == []


@pytest.mark.parametrize("app", APPS)
def test_french_keeps_the_placeholders_and_its_typography(app: str) -> None:
    for message in merged(app):
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        french = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in french:
            assert NARROW not in text, text
            assert not re.search(r"« |[^\u00a0]»|(?<![\u00a0\d\w/]):(?=\s|$)|\w:(?=\s|$)", text), text
            assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(" ".join(english))), text

"""One way to write a day, for pages and for the sentences of a verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from credentials.outcomes import day
from people.dates import long_day


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("en", date(2026, 11, 25), "25 November 2026"),
        ("fr", date(2026, 11, 25), "25 novembre 2026"),
        ("fr", date(2026, 12, 1), "1er décembre 2026"),
        ("en", date(2026, 12, 1), "1 December 2026"),
        ("en", datetime(2026, 11, 26, 3, tzinfo=UTC), "25 November 2026"),
    ],
)
def test_a_day_in_words(language: str, value: date, words: str) -> None:
    with translation.override(language):
        assert long_day(value).replace("\u00a0", " ") == words


def test_a_sentence_of_a_verdict_names_its_day_as_pages_do_in_the_readers_language() -> None:
    moment = datetime(2026, 11, 25, 12, tzinfo=UTC)
    said = day(moment)
    for language in ("en", "fr"):
        with translation.override(language):
            assert str(said) == long_day(moment)

"""The badge picture: drawn from data alone, readable at its size, safe in any page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from credentials.picture import MOST_DOTS, Picture, outline, picture_of, svg, wrapped
from tests.cast import Cast
from tests.journeys.test_pilot_to_badge import issued

GOWNING = Picture("Cleanroom Gowning", "Taravelle College", "2027", level=2, dots=5)


def _circles(drawn: str) -> int:
    return len(re.findall(r'r="3\.6"', drawn))


def test_each_level_has_a_shape_of_its_own() -> None:
    assert len({outline(level) for level in range(1, 6)}) == 5
    assert outline(9) == outline(5)
    assert outline(0) == outline(1)


def test_the_words_say_what_the_picture_shows() -> None:
    assert GOWNING.words() == (
        "Badge: Cleanroom Gowning, level 2, Taravelle College, 2027. 5 gold dots: 5 endorsements when it was issued."
    )
    with translation.override("fr"):
        assert GOWNING.words().startswith("Insigne\u00a0: Cleanroom Gowning, niveau 2")
    assert "dot" not in Picture("C", "Q", "2027", level=1, dots=0).words()


def test_a_sample_says_so_in_picture_and_words() -> None:
    drawn = svg(Picture("C", "Q", "2027", level=1, dots=1, sample=True))
    assert ">SAMPLE</text>" in drawn
    assert "This is a sample." in drawn
    assert "SAMPLE" not in svg(GOWNING)


def test_there_is_one_dot_for_each_endorsement_until_the_ring_is_full() -> None:
    assert _circles(svg(GOWNING)) == 5
    assert _circles(svg(Picture("C", "Q", "2027", level=1, dots=300))) == MOST_DOTS


def test_it_needs_no_style_and_its_ids_are_its_own() -> None:
    drawn = svg(GOWNING, ident="first")
    assert "style" not in drawn
    assert set(re.findall(r'id="([^"]+)"', drawn)) == {"first-words", "first-disc"}


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><image href="http://x"/>', "a & b", "é\u202eb"])
def test_names_are_text_and_never_markup(text: str) -> None:
    root = ElementTree.fromstring(svg(Picture(text, text, "2027", level=3, dots=1)))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "path", "circle", "clipPath", "g", "rect", "text"}


@given(st.text(max_size=120))
def test_any_title_fits_its_lines(title: str) -> None:
    size, lines = wrapped(title, [(21, 2, 158), (12.5, 4, 152)])
    assert size >= 12
    assert 1 <= len(lines) <= 4


def test_a_short_title_is_large_and_a_long_one_is_cut_with_an_ellipsis() -> None:
    sizes = [(21, 2, 158), (12.5, 2, 152)]
    assert wrapped("Gowning", sizes) == (21, ["Gowning"])
    size, lines = wrapped("Accompagnement interculturel des personnes aînées vivant en établissement", sizes)
    assert (size, len(lines)) == (12.5, 2)
    assert lines[-1].endswith("…")


def test_a_badge_is_drawn_from_what_its_issuer_signed(cast: Cast) -> None:
    _version, credential = issued(cast)
    picture = picture_of(credential.document)
    year = credential.document["awardedDate"][:4]
    assert picture == Picture("Cleanroom Gowning", "Taravelle College", year, level=2, dots=5)

"""Draws the badge picture from its data alone, as SVG, with the words that say the same (`interface.md` 6).

Shape = level, gold dots = endorsements when it was issued, band = institution. No style attribute and no style
element, so that it stands in a page, in a file and under our content security policy alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SPRUCE, GOLD, PAPER, INK = "#0b4f4a", "#e0bd4c", "#fbfaf7", "#1a1d1c"
MIDDLE = 120.0  # the picture is 240 wide and high; it is shown at 240 px or more, so that 12 stays 12 px
MOST_DOTS = 20
SHAPES = 5
# Widths of letters in em, about those of the typeface; a picture cannot measure its text.
_NARROW, _BROAD = frozenset("ijlftrI'’.,:;-!()| "), frozenset("mwMW@")


@dataclass(frozen=True)
class Picture:
    """What a picture shows. `level` counts from 1; `dots` is the number of endorsements at issue."""

    title: str
    institution: str
    year: str
    level: int
    dots: int
    sample: bool = False

    def words(self) -> str:
        """The picture in words: what a screen reader says."""
        said = _("Badge: %(title)s, level %(level)d, %(institution)s, %(year)s.") % {
            "title": self.title,
            "level": self.level,
            "institution": self.institution,
            "year": self.year,
        }
        if self.dots:
            said += " " + ngettext(
                "%(dots)d gold dot: one endorsement when it was issued.",
                "%(dots)d gold dots: %(dots)d endorsements when it was issued.",
                self.dots,
            ) % {"dots": self.dots}
        return said + (" " + _("This is a sample.") if self.sample else "")


def picture_of(document: dict[str, Any], *, sample: bool = False) -> Picture:
    """The picture of a badge, from what its issuer signed."""
    achievement = document["credentialSubject"]["achievement"]
    endorsements = achievement.get("endorsement", [])
    return Picture(
        title=str(achievement.get("name", "")),
        institution=str(document["issuer"].get("name", "")),
        year=str(document.get("awardedDate") or document.get("validFrom", ""))[:4],
        level=required_level(achievement),
        dots=len(endorsements) if isinstance(endorsements, list) else 1,
        sample=sample,
    )


def required_level(achievement: dict[str, Any]) -> int:
    """The lowest rung that every outcome must reach, counted from 1 by points; 1 where there is no rubric."""
    rungs = []
    for described in achievement.get("resultDescription", []):
        levels = sorted(described.get("rubricCriterionLevel", []), key=lambda level: float(level.get("points", 0)))
        order = [level.get("id") for level in levels]
        if described.get("requiredLevel") in order:
            rungs.append(order.index(described["requiredLevel"]) + 1)
    return min(rungs, default=1)


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"


def _around(count: int, radius: float, turn: float = 0.0) -> list[tuple[float, float]]:
    """`count` points on a circle, the first at the top."""
    steps = [2 * math.pi * (place + turn) / count for place in range(count)]
    return [(MIDDLE + radius * math.sin(step), MIDDLE - radius * math.cos(step)) for step in steps]


def outline(level: int) -> str:
    """The path of the shape of a level: disc, square, seal, octagon, star."""
    shape = min(max(level, 1), SHAPES)
    if shape == 1:
        return "M120 12A108 108 0 1 1 119.9 12Z"
    if shape == 2:
        return "M58 14H182A44 44 0 0 1 226 58V182A44 44 0 0 1 182 226H58A44 44 0 0 1 14 182V58A44 44 0 0 1 58 14Z"
    if shape == 3:
        lobes = [f"A12.6 12.6 0 0 1 {x:.1f} {y:.1f}" for x, y in _around(28, 106)[1:] + _around(28, 106)[:1]]
        return "M120.0 14.0" + "".join(lobes) + "Z"
    if shape == 4:
        return _points(_around(8, 115, 0.5))
    outer, inner = _around(16, 119), _around(16, 106, 0.5)
    return _points([corner for pair in zip(outer, inner, strict=True) for corner in pair])


def _width(text: str, size: float) -> float:
    units = sum(0.33 if c in _NARROW else 0.9 if c in _BROAD else 0.68 if c.isupper() else 0.57 for c in text)
    return units * size


def wrapped(text: str, sizes: Sequence[tuple[float, int, float]]) -> tuple[float, list[str]]:
    """The text in lines at the first (size, lines, room) into which it fits; the last one cuts with an ellipsis."""
    lines: list[str] = []
    size, most, room = sizes[-1]
    for size, most, room in sizes:
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if _width(longer, size) <= room or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) <= most and all(_width(line, size) <= room for line in lines):
            return size, lines
    kept = lines[:most]
    if len(lines) > most or _width(kept[-1], size) > room:
        last = kept[-1]
        while last and _width(last + "…", size) > room:
            last = last[:-1]
        kept[-1] = last.rstrip() + "…"
    return size, kept


def _lines(kind: str, size: float, lines: list[str], middle: float, colour: str) -> SafeString:
    """Lines of text, centred on a height."""
    step = size * 1.18
    first = middle + size * 0.36 - step * (len(lines) - 1) / 2
    texts = [(kind, f"{first + step * place:.1f}", size, colour, line) for place, line in enumerate(lines)]
    return format_html_join(
        "",
        '<text class="{}" x="120" y="{}" font-size="{}" font-weight="700" fill="{}" text-anchor="middle">{}</text>',
        texts,
    )


def _dots(count: int) -> SafeString:
    shown = min(count, MOST_DOTS)
    step = math.radians(min(15.0, 300 / max(shown - 1, 1)))
    angles = [(place - (shown - 1) / 2) * step for place in range(shown)]
    places = [(f"{MIDDLE + 100 * math.sin(a):.1f}", f"{MIDDLE - 100 * math.cos(a):.1f}", GOLD) for a in angles]
    return format_html_join("", '<circle cx="{}" cy="{}" r="3.6" fill="{}"/>', places)


def _sample() -> SafeString:
    """The mark that no sample may lack."""
    return format_html(
        '<rect x="76" y="209" width="88" height="24" rx="12" fill="{}" stroke="{}" stroke-width="2"/>{}',
        PAPER,
        INK,
        _lines("mark", 12.5, [_("SAMPLE")], 221, INK),
    )


def svg(picture: Picture, *, ident: str = "badge") -> SafeString:
    """The picture as one SVG element; `ident` keeps its ids apart from those of other pictures in the page."""
    size, title = wrapped(picture.title, [(21, 2, 158), (17, 3, 156), (14.5, 4, 154), (12.5, 4, 152)])
    small, institution = wrapped(picture.institution, [(14, 1, 138), (12, 2, 122)])
    band = 32 if len(institution) == 1 else 38
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="badge" viewBox="0 0 240 240" role="img"'
        ' aria-labelledby="{id}-words" font-family="Atkinson Hyperlegible Next, sans-serif">'
        '<title id="{id}-words">{words}</title>'
        '<path d="{outline}" fill="{spruce}"/>{dots}'
        '<circle cx="120" cy="120" r="91" fill="none" stroke="#cba52e" stroke-width="2"/>'
        '<clipPath id="{id}-disc"><circle cx="120" cy="120" r="87"/></clipPath>'
        '<g clip-path="url(#{id}-disc)"><rect x="30" y="30" width="180" height="180" fill="{paper}"/>'
        '<rect x="30" y="{top}" width="180" height="{band}" fill="{spruce}"/></g>'
        '<path d="M120 44l14 5v12c0 9.2-6 15-14 18.3C112 76 106 70.2 106 61V49z" fill="{spruce}"/>'
        "{initial}{title}{institution}{year}{sample}</svg>",
        id=ident,
        words=picture.words(),
        outline=mark_safe(outline(picture.level)),  # noqa: S308 - numbers that this module made
        spruce=SPRUCE,
        paper=PAPER,
        dots=_dots(picture.dots),
        top=166 - band / 2,
        band=band,
        initial=_lines("initial", 17, [picture.institution[:1].upper()], 60, "#ffffff"),
        title=_lines("name", size, title, 113, INK),
        institution=_lines("org", small, institution, 166, "#ffffff"),
        year=_lines("year", 13, [picture.year], 196, INK),
        sample=_sample() if picture.sample else "",
    )

"""The badge on paper: a PDF/A-3a and PDF/UA-1 file with the signed badge attached, so that the file itself proves it.

Set by typst from one JSON text; user text never becomes markup, fonts are ours, and a warning is an error (stack.md 8).
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.baking import FONTS, text_of
from credentials.errors import Refusal
from credentials.picture import picture_of, svg
from credentials.reading import Reading, read_badge
from credentials.verdict import Verdict
from people.dates import long_day

FOLDER = Path(__file__).parent / "certificates"
MEDIA_TYPE = "application/vc+ld+json"
CLAIMS = {
    "demand": gettext_lazy("what was learned is in demand"),
    "job_performance": gettext_lazy("the assessment shows what the job requires"),
    "quality_approval": gettext_lazy("approved it as a micro-credential"),
}


class NotPrintable(Refusal):
    """A letter that no typeface of ours has; a certificate with holes would be worse than none."""

    status = 422
    sentence = gettext_lazy(
        "The certificate cannot be printed: the badge holds letters that our typeface does not have. "
        "Save the picture or the JSON instead; both are complete."
    )


@dataclass(frozen=True)
class Certificate:
    """What is printed: a signed badge in the reader's language. Its code leads to its page, if that is public."""

    document: dict[str, Any]
    language: str
    public: bool

    @property
    def leads_to(self) -> str:
        """Where the code leads: the badge's own page, or the page on which this file can be handed in."""
        return str(self.document["id"]) if self.public else f"{settings.BASE_URL}/verify"

    def pdf(self) -> bytes:
        """The file; the same bytes for the same badge, language and address."""
        with translation.override(self.language):
            said = self._said(read_badge(self.document, Verdict(())))
        awarded = said.pop("moment")
        try:
            made, warnings = typst.compile_with_warnings(
                FOLDER / "certificate.typ",
                root=FOLDER,
                font_paths=[FONTS],
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
                pdf_standards=["a-3a", "ua-1"],
                timestamp=int(awarded.timestamp()),
            )
        except typst.TypstError as error:
            if "could not be displayed" in str(error):
                raise NotPrintable from error
            raise
        if warnings:
            raise RuntimeError(f"The certificate was set with warnings: {[each.message for each in warnings]}")
        return bytes(made)

    def _said(self, reading: Reading) -> dict[str, Any]:
        """All that the template prints, as plain values."""
        picture = picture_of(self.document, sample=bool(settings.DEMO))
        awarded = reading.awarded or reading.starts
        assert awarded is not None
        local = timezone.localtime(awarded)
        return {
            "moment": awarded,
            "language": self.language,
            "content_language": (reading.language or self.language)[:2],
            "title": reading.title,
            "title_size": 26 if len(reading.title) < 45 else 20,
            "issuer": reading.issuer,
            "earned": _earned(reading),
            "day": [local.year, local.month, local.day],
            "days": _days(reading, awarded),
            "description": reading.description,
            "proved": _proved(reading),
            "endorsers": _endorsers(reading),
            "skills": _skills(reading),
            "picture": str(svg(picture)),
            "picture_words": picture.words(),
            "code": _code(self.leads_to),
            "code_words": _("QR code that leads to %s") % self.leads_to,
            "leads_to": self.leads_to,
            "address": reading.address,
            "file_name": "badge.json",
            "media_type": MEDIA_TYPE,
            "credential": text_of(self.document),
            "words": _words(public=self.public),
        }


def _earned(reading: Reading) -> str:
    if reading.earner:
        return _("Earned by %s") % reading.earner
    return _("Earned by the holder of the mail address that the badge carries in sealed form")


def _days(reading: Reading, awarded: datetime) -> list[str]:
    lines = [_("Awarded by %(issuer)s on %(day)s.") % {"issuer": reading.issuer, "day": long_day(awarded)}]
    if reading.ends:
        lines.append(_("Valid until %s.") % long_day(reading.ends))
    return lines


def _proved(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "level": one.level,
            "rung": one.rung,
            "rungs": one.rungs,
            "reached": _("%(rung)d of %(rungs)d") % {"rung": one.rung, "rungs": one.rungs},
        }
        for one in reading.proved
    ]


def _endorsers(reading: Reading) -> list[dict[str, Any]]:
    """Each organization once, with all that it vouches for."""
    claims: dict[str, list[str]] = defaultdict(list)
    for endorser in reading.endorsers:
        sentence = str(CLAIMS.get(endorser.kind, _("endorses it")))
        if sentence not in claims[endorser.issuer]:
            claims[endorser.issuer].append(sentence)
    return [{"name": name, "claims": said} for name, said in claims.items()]


def _skills(reading: Reading) -> list[str]:
    """Names of the skills of shared frameworks; our own competencies are the outcomes above."""
    shared = (name for name, url in reading.skills if not url.startswith(f"{reading.achievement}#"))
    return list(dict.fromkeys(name for name in shared if name and "://" not in name))


def _code(address: str) -> str:
    """A QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def _words(*, public: bool) -> dict[str, str]:
    """The words around what the badge says."""
    return {
        "certificate": _("Certificate"),
        "colon": "\u00a0:" if (translation.get_language() or "").startswith("fr") else ":",
        "kind": _("Micro-credential"),
        "proved": _("What was shown"),
        "outcome": _("Outcome"),
        "level": _("Level"),
        "rung": _("Reached"),
        "endorsers": _("Who stood behind it when it was issued"),
        "skills": _("Skills"),
        "check": _("Check it"),
        "how": _("Scan the code to see the badge and whether it holds today. A printed page alone proves nothing.")
        if public
        else _("Open this address and hand in this very file. A printed page alone proves nothing."),
        "attached": _("The signed badge (Open Badges 3.0) is attached to this file as badge.json."),
        "attachment": _("The signed badge, Open Badges 3.0"),
    }

"""The approval record on paper: PDF/A-3a and PDF/UA-1, with the sealed bundle attached. Set by typst, as certificates.

User text comes in as JSON and never becomes markup; a warning of the typesetter is an error.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from credentials.baking import FONTS
from people.dates import long_day
from workflows import approval_record, record
from workflows.models import Version

TEMPLATE = Path(__file__).parent / "papers" / "approval_record.typ"


def pdf(version: Version, language: str) -> bytes:
    """The file, in one language."""
    with translation.override(language):
        told = {**approval_record.told(version), "language": language, "words": _words()}
        now = timezone.localtime()
        told |= {"today": _("As of %s") % long_day(now.date()), "day": [now.year, now.month, now.day]}
    with TemporaryDirectory() as name:
        folder = Path(name)
        paper = folder / TEMPLATE.name
        paper.write_bytes(TEMPLATE.read_bytes())
        (folder / "told.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        (folder / "record.zip").write_bytes(record.bundle(version))
        made, warnings = typst.compile_with_warnings(
            paper,
            root=folder,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(now.timestamp()),
        )
    if warnings:
        raise RuntimeError(f"The record was set with warnings: {[each.message for each in warnings]}")
    return bytes(made)


def _words() -> dict[str, str]:
    return {
        "record": _("Approval record"),
        "contents": _("Content that was decided on"),
        "frozen": _("Frozen on"),
        "by": _("By"),
        "digest": _("Digest (SHA-256)"),
        "outcomes": _("Decisions of the panels"),
        "over": _("Over the content %s"),
        "rounds": _("Rounds"),
        "who": _("Who"),
        "answer": _("Answer"),
        "when": _("When"),
        "conditions": _("Conditions"),
        "exemptions": _("Exemptions"),
        "none": _("None"),
        "framework": _("Framework: 16 clauses"),
        "clause": _("Clause"),
        "result": _("Result"),
        "timeline": _("What happened"),
        "row": _("row"),
        "check": _("Check it"),
        "how": _(
            "The whole record for machines is attached to this file as record.zip: events, content, decisions, keys "
            "and a signed checkpoint. docs/auditors.md of Imprimatur says how to check it without the service."
        ),
        "attachment": _("The record of this version, sealed by the institution"),
    }

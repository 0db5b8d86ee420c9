"""`manage.py catalogues [--check]`: bring each app's French catalogue to its texts; say what lacks French.

Exit code 0: every text has its French. 1: some have not; they are listed. Babel reads Python; Django turns its
templates into something that Babel reads. `--check` writes nothing.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
APPS = (
    "config",
    "credentials",
    "notifications",
    "people",
    "portal_employer",
    "portal_faculty",
    "portal_learner",
    "portal_public",
    "portal_api",
    "portal_quality",
    "workflows",
)


def _sources(folder: Path) -> Iterator[tuple[Path, str]]:
    """Python and templates of an app, as Python text."""
    for path in sorted(folder.rglob("*")):
        if "migrations" in path.parts or "locale" in path.parts:
            continue
        if path.suffix == ".py":
            yield path, path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield path, templatize(path.read_text(encoding="utf-8"), origin=str(path))


def extracted(app: str) -> Catalog:
    """Every text of an app that a person may read."""
    catalogue = Catalog(locale="fr")
    for path, source in _sources(settings.BASE_DIR / app):
        place = str(path.relative_to(settings.BASE_DIR))
        found = extract("python", io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
        for line, message, comments, context in found:
            catalogue.add(message, context=context, locations=[(place, line)], auto_comments=comments)
    return catalogue


def catalogue_path(app: str) -> Path:
    """Where an app keeps its French."""
    path: Path = settings.BASE_DIR / app / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    return path


def merged(app: str) -> Catalog:
    """The app's French catalogue, brought to its present texts; nothing is guessed."""
    path, template = catalogue_path(app), extracted(app)
    stored = Catalog(locale="fr")
    if path.is_file():
        with path.open("rb") as file:
            stored = read_po(file, locale="fr")
    stored.update(template, no_fuzzy_matching=True)
    stored.obsolete.clear()
    return stored


def lacking(catalogue: Catalog) -> list[str]:
    """The texts without French."""
    missing = []
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.fuzzy or not all(strings):
            missing.append(str(message.id[0] if isinstance(message.id, tuple) else message.id))
    return missing


class Command(BaseCommand):
    """Keeps the French catalogues."""

    help = "Bring the French catalogues to the texts of the code; list what lacks French. Exit code 1: something does."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which apps; all of them when none is named."""
        parser.add_argument("apps", nargs="*")
        parser.add_argument("--check", action="store_true", help="write nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Extract, merge, write, report."""
        missing = 0
        for app in options["apps"] or APPS:
            catalogue = merged(app)
            if not options["check"]:
                self._write(app, catalogue)
            for text in lacking(catalogue):
                missing += 1
                self.stdout.write(f"{app}: {text}")
        self.stderr.write(f"{missing} texts lack French." if missing else "Every text has its French.")
        sys.exit(1 if missing else 0)

    @staticmethod
    def _write(app: str, catalogue: Catalog) -> None:
        path = catalogue_path(app)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.header_comment = "# French of Canada. Kept by `manage.py catalogues`."
        catalogue.fuzzy = False
        catalogue.project, catalogue.version = "Imprimatur", app
        # A date would change the file at each run, and git knows it better.
        catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, omit_header=False, sort_output=True, no_location=True)

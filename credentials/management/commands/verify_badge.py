"""`manage.py verify_badge FILE|- [--folder DIR] [--earner ADDRESS]`: the verdict as JSON.

Exit code 0: valid, 1: not valid, 2: could not tell, 3: unreadable.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credentials import bundles
from credentials.bundles import BundleVerdict
from credentials.lookups import Folder, OwnAndForeign
from credentials.opening import open_credential
from credentials.reading import read_badge
from credentials.report import bundle_report, report
from credentials.status_check import recent_list
from credentials.strictjson import Unreadable
from credentials.verdict import Answer, verify

EXIT = {Answer.VALID: 0, Answer.NOT_VALID: 1, Answer.CANNOT_TELL: 2}
UNREADABLE = 3


class Command(BaseCommand):
    """Judges one badge, or a record of badges."""

    help = "Judge a badge. Exit code 0: valid, 1: not valid, 2: could not tell, 3: unreadable."

    def add_arguments(self, parser: CommandParser) -> None:
        """A file or `-`, and where keys and lists are found."""
        parser.add_argument("file", help="JSON, token, baked picture, PDF or photograph; - for standard input.")
        parser.add_argument("--earner", help="Ask whether the badge was issued to this mail address.")
        parser.add_argument("--list", help="A signed status list of its issuer, not older than a day.")
        parser.add_argument("--folder", help="Read did documents and status lists from here, not from the database.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print every check with its outcome."""
        try:
            data = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
            opened = open_credential(data)
            handed = recent_list(Path(options["list"]).read_bytes()) if options["list"] else None
        except OSError as error:
            self.stderr.write(f"The file cannot be read: {error.strerror}.")
            sys.exit(UNREADABLE)
        except Unreadable as error:
            self.stderr.write(str(error.sentence))
            sys.exit(UNREADABLE)
        if opened.link:
            self.stderr.write("It holds only an address. Fetch the badge from there and hand it in.")
            sys.exit(UNREADABLE)
        lookup = Folder(Path(options["folder"])) if options["folder"] else OwnAndForeign(handed)
        if bundles.is_bundle(opened.document):
            found = bundles.judge(opened, lookup=lookup, earner=options["earner"])
            answer, content = found.answer, _of_bundle(found)
        else:
            verdict = verify(opened, lookup=lookup, earner=options["earner"])
            answer, content = verdict.answer, report(verdict, read_badge(opened.document, verdict))
        self.stdout.write(json.dumps(content, indent=1, ensure_ascii=False))
        sys.exit(EXIT[answer])


def _of_bundle(found: BundleVerdict) -> dict[str, Any]:
    """The verdict of a record or a presentation with that of each badge in it."""
    badges = [report(part.verdict, read_badge(part.opened.document, part.verdict)) for part in found.parts]
    return bundle_report(found.answer, found.whole, badges)

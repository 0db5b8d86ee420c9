"""`manage.py verify_badge FILE|- [--folder DIR] [--earner ADDRESS]`: the verdict as JSON.

Exit code 0: valid, 1: not valid, 2: could not tell, 3: unreadable.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credentials import learner_record
from credentials.learner_record import RecordVerdict
from credentials.lookups import Folder, OwnAndForeign
from credentials.opening import open_credential
from credentials.reading import read_badge
from credentials.report import report
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
        if learner_record.is_record(opened.document):
            found = learner_record.judge(opened.document, lookup=lookup)
            answer, content = found.answer, _of_record(opened.document, found)
        else:
            verdict = verify(opened, lookup=lookup, earner=options["earner"])
            answer, content = verdict.answer, report(verdict, read_badge(opened.document, verdict))
        self.stdout.write(json.dumps(content, indent=1, ensure_ascii=False))
        sys.exit(EXIT[answer])


def _of_record(document: dict[str, Any], found: RecordVerdict) -> dict[str, Any]:
    """The verdict of a record with that of each badge in it."""
    inner = learner_record.held(document) if found.badges else []
    badges = [report(verdict, read_badge(badge, verdict)) for badge, verdict in zip(inner, found.badges, strict=True)]
    record = report(found.record, read_badge(document, found.record))
    return {"verdict": found.answer.value, "record": record, "badges": badges}

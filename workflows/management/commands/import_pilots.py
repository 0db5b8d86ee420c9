"""`manage.py import_pilots FILE`: report on stdout, sentences on stderr; exit 0 done, 2 unusable, nothing changed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from people.models import User
from workflows import pilots
from workflows.proposals import Unusable

UNUSABLE = 2  # as `rehearse` says it


class Command(BaseCommand):
    """Makes initiatives, partners, draft versions and studies of a list of pilots, repeatably."""

    help = "Import a list of pilots. Exit code 0: done; a second run changes nothing. 2: unusable, nothing changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and who writes the drafts."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--proposer", metavar="EMAIL", help="Who writes the drafts; else a person not named yet.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, make, report."""
        proposer = None
        if options["proposer"]:
            proposer = User.objects.filter(email=options["proposer"].lower()).first()
            if proposer is None:
                self._refuse([f"Nobody here has the address {options['proposer']}."])
        try:
            report = pilots.bring_in(pilots.read_file(options["file"]), proposer=proposer)
        except Unusable as error:
            self._refuse([str(sentence) for sentence in error.sentences])
        for sentence in [*report.contradictions, *report.unconfirmed]:
            self.stderr.write(sentence)
        self.stdout.write(json.dumps(asdict(report), indent=1, ensure_ascii=False))

    def _refuse(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self.stderr.write(f"Nothing was imported. {sentence}")
        sys.exit(UNUSABLE)

"""`manage.py import_esco FOLDER|FILE --edition E`: report on stdout, progress on stderr; exit 0 done, 1 refused."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows import esco, triggers


class Command(BaseCommand):
    """Brings the skills of one ESCO edition in, repeatably."""

    help = "Import ESCO skills from a bilingual file or a folder of published CSV files. Exit code 1: unusable input."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the files are, and which edition they hold."""
        parser.add_argument("path", type=Path)
        parser.add_argument("--edition", required=True, help="The edition of the files, such as 1.0.")
        parser.add_argument(
            "--whole",
            action="store_const",
            const=True,
            help="The files are a whole edition, so that what they lack is retired (told by the number of rows).",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, compare, store, report."""
        try:
            rows = esco.read(options["path"])
        except (esco.Unusable, OSError, UnicodeDecodeError) as error:
            self.stderr.write(f"Nothing was imported. {error}")
            sys.exit(1)

        def tell(done: int) -> None:
            self.stderr.write(f"{done} of {len(rows)} skills read")

        report = esco.bring_in(rows, edition=options["edition"], tell=tell, whole=options["whole"])
        self.stderr.write(str(esco.ACKNOWLEDGEMENT))
        if not report.whole:
            self.stderr.write("These are a part of an edition: nothing that they lack was retired.")
        reviews = triggers.look_at_skills(options["edition"], set(report.touched))
        told = {**asdict(report), "touched": len(report.touched), "reviews": len(reviews)}
        self.stdout.write(json.dumps(told, indent=1, ensure_ascii=False))

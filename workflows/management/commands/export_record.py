"""`manage.py export_record VERSION --out FILE.zip`: one version's whole record as a sealed bundle for an auditor.

A checkpoint is made first, so that the whole record is covered; `--at DIGEST` proves it against one that was kept
outside. Exit code 0: written. 1: refused, and standard error says why.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from workflows import checkpoints, record
from workflows.errors import Refusal
from workflows.models import Version


class Command(BaseCommand):
    """Writes a bundle that `deploy/check_record.py` checks without this service."""

    help = "Write one version's whole record as a sealed zip archive."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which version, where to, against which checkpoint."""
        parser.add_argument("version", type=UUID, help="The public id of the version, as its address shows it.")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument("--at", default="", metavar="DIGEST", help="The digest of a checkpoint that was kept.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make a checkpoint, bundle, write."""
        version = Version.objects.filter(public_id=options["version"]).select_related("institution").first()
        if version is None:
            self.stderr.write("There is no version of this id.")
            sys.exit(1)
        try:
            if not options["at"]:
                checkpoints.make()
            data = record.bundle(version, at=options["at"])
        except (Refusal, checkpoints.Contradiction) as refused:
            self.stderr.write(f"Nothing was written. {refused}")
            sys.exit(1)
        options["out"].write_bytes(data)
        self.stdout.write(f"{options['out']}: {len(data)} bytes")

"""`manage.py check_ledger`: walk every stream and checkpoint; JSON on stdout; exit 0 intact, 1 broken with the place.

`--against FILE` compares a checkpoint that was kept outside, as `manage.py checkpoint` prints it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows import checkpoints, ledger
from workflows.merkle import Tree
from workflows.models import Checkpoint


class Command(BaseCommand):
    """Says whether the record of decisions is intact, and where it is not."""

    help = "Walk all streams of the ledger and all checkpoints. Exit code 0: intact. 1: broken; the places are listed."

    def add_arguments(self, parser: CommandParser) -> None:
        """A copy of a checkpoint from outside."""
        parser.add_argument("--against", type=Path, metavar="FILE", help="A checkpoint that was kept outside, as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print every fault and the root over the heads."""
        faults = [*ledger.faults(), *checkpoints.faults()]
        if options["against"]:
            faults += checkpoints.against(self._copy(options["against"]))
        tree = Tree()
        for head in ledger.heads():
            tree.add(head)
        answer = {
            "intact": not faults,
            "streams": tree.size,
            "checkpoints": Checkpoint.objects.count(),
            "root": tree.root(),
            "faults": [asdict(fault) for fault in faults],
        }
        self.stdout.write(json.dumps(answer, indent=1))
        if faults:
            self.stderr.write(f"{len(faults)} places in the ledger do not follow from what stands before them.")
            sys.exit(1)

    def _copy(self, path: Path) -> dict[str, Any]:
        try:
            copy = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"The copy cannot be read: {error}") from error
        if not isinstance(copy, dict):
            raise CommandError("The copy is not a checkpoint as `manage.py checkpoint` prints it.")
        return copy

"""`manage.py checkpoint`: cover the heads of all streams now, and print the checkpoint, to be kept outside.

Exit code 0: JSON on stdout (null when there is nothing yet). 1: the ledger contradicts an earlier checkpoint.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from workflows import checkpoints


class Command(BaseCommand):
    """Makes a checkpoint of the ledger."""

    help = "Sign a checkpoint over all streams of the ledger and print it. Exit code 1: an earlier one is contradicted."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make, print."""
        try:
            made = checkpoints.make()
        except checkpoints.Contradiction as contradiction:
            self.stderr.write(f"No checkpoint was made. {contradiction} Run `manage.py check_ledger`.")
            sys.exit(1)
        self.stdout.write(json.dumps(checkpoints.as_data(made) if made else None, indent=1))

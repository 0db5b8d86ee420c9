"""`manage.py check_ledger`: walk every stream; JSON on stdout; exit 0 intact, 1 broken with the place."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from workflows import ledger


class Command(BaseCommand):
    """Says whether the record of decisions is intact, and where it is not."""

    help = "Walk all streams of the ledger. Exit code 0: intact. 1: broken; the places are listed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print every fault and the root over the heads."""
        faults = [asdict(fault) for fault in ledger.faults()]
        heads = ledger.heads()
        answer = {"intact": not faults, "streams": len(heads), "root": ledger.merkle_root(heads), "faults": faults}
        self.stdout.write(json.dumps(answer, indent=1))
        if faults:
            self.stderr.write(f"{len(faults)} places in the ledger do not follow from what stands before them.")
            sys.exit(1)

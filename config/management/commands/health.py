"""`manage.py health`: how the installation stands, as JSON. Exit code 0: all is well. 1: see `wrong`."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.health import report


class Command(BaseCommand):
    """Prints the health report."""

    help = "Print how database, worker, clock, keys, disk and status lists stand. Exit code 1: something is wrong."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Measure and print."""
        found = report()
        self.stdout.write(json.dumps(found, indent=2))
        if found["wrong"]:
            self.stderr.write("Wrong: " + ", ".join(found["wrong"]))
            sys.exit(1)

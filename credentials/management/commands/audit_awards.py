"""`manage.py audit_awards`: every stored badge, rendered and verified from scratch."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credentials import audit, queries


class Command(BaseCommand):
    """Exit code 0 when every badge is as it was signed, 1 with one line for each that is not."""

    help = "Render every stored badge, compare its digest, verify it by the second reader. The clock does it too."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--digests` leaves the signatures out: some hundred times faster."""
        parser.add_argument("--digests", action="store_true", help="compare the digests only")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each defect, then how many badges there are."""
        found = 0
        for defect in audit.defects(verify=not options["digests"]):
            found += 1
            self.stdout.write(f"{defect.badge}: {defect.reason}")
        self.stdout.write(f"{queries.number_of_badges()} badges read, {found} defects.")
        if found:
            raise SystemExit(1)

"""`manage.py compact_badges`: the second step to compact storage, safe to stop and to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from credentials import storing


class Command(BaseCommand):
    """Rewrites badges that are stored as whole documents; each is compared before its whole document goes."""

    help = "Store badges from before compact storage compactly. What cannot be rendered the same stays as it is."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rewrite them and say how many."""
        self.stdout.write(f"{storing.compact_rows()} badges rewritten.")

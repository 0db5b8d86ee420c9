"""`manage.py end_status_lists`: after a restore, so that no index is used twice."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from credentials import status


class Command(BaseCommand):
    """Ends every status list for new badges; what stands in them stays readable and revocable."""

    help = "Run once after a restore, before the web is opened: no index of a present list is taken again."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """End them and say how many."""
        self.stdout.write(f"{status.end_all_lists()} status lists ended; the next badge begins a new one.")

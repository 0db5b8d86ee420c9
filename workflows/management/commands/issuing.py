"""`manage.py issuing stop|go-on|show [ORG] [--reason TEXT]`: the stop switch, of one institution or of all, as JSON.

Exit code 0: done. 1: refused; standard error says why.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credentials import stops
from people.errors import Refusal
from people.models import Organization
from workflows.actions import stopping

REFUSED = 1


class Command(BaseCommand):
    """Stops issuing, lets it go on, or says where it is stopped."""

    help = "Stop issuing for one institution or for all, or let it go on. Exit code 1: refused."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, for whom, and why."""
        parser.add_argument("act", choices=["stop", "go-on", "show"])
        parser.add_argument("organization", nargs="?", metavar="ORG", help="Its short name; everybody when left out.")
        parser.add_argument("--reason", default="stopped by the operator", help="Why; it is kept in the ledger.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Act, and print whose issuing is stopped now."""
        try:
            if options["act"] != "show":
                self._act(options)
        except Refusal as refused:
            self.stderr.write(str(refused.sentence))
            sys.exit(REFUSED)
        self.stdout.write(json.dumps({"stopped": stops.standing()}, indent=1))

    def _act(self, options: dict[str, Any]) -> None:
        institution = None
        if options["organization"]:
            institution = Organization.objects.filter(slug=options["organization"]).first()
            if institution is None:
                raise Refusal(f"No organization is called “{options['organization']}” here.")
        if options["act"] == "stop":
            stopping.stop_by_operator(institution=institution, reason=options["reason"])
        else:
            stopping.go_on_by_operator(institution=institution)

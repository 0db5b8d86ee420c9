"""`manage.py keys ACT ...`: make, list and retire signing keys, and the drill of a compromised one, as JSON.

Exit code 0: done. 1: refused; standard error says why. 2: the command was not understood. 3: a drill left something.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware

from credentials import hardware, keys
from credentials import queries as badges
from credentials.models import SigningKey
from people.errors import Refusal
from people.models import Organization
from workflows import drill, rewrapping
from workflows.actions import operating

REFUSED, LEFT = 1, 3
ACTS = {
    "list": "All keys of an organization, without their private halves.",
    "create": "Prepare a key: it is listed, and signs nothing yet.",
    "activate": "Let the prepared key sign; the one before it is retired.",
    "rotate": "Create and activate in one step.",
    "retire": "Let the active key sign no more.",
    "compromised": "Take the active key off the list for ever, because others may have it.",
    "drill": "Do all that follows from a compromised key: stop, rotate, sign everything anew, tell everyone, go on.",
    "rewrap": "Wrap all private keys and evidence with the present wrapping key.",
    "make-token-key": "Make the wrapping key in the PKCS#11 token that the settings name.",
}
OF_ALL = {"rewrap", "make-token-key"}
S = SigningKey.Status


def _moment(text: str) -> datetime:
    """A day or a moment, as ISO 8601 says it."""
    moment = parse_datetime(text)
    if moment is None:
        day = parse_date(text)
        if day is None:
            raise ValueError(text)
        moment = datetime(day.year, day.month, day.day)
    return make_aware(moment) if is_naive(moment) else moment


def _as_data(key: SigningKey) -> dict[str, Any]:
    since = key.compromised_since
    return {
        "key": key.public_multibase,
        "purpose": key.purpose,
        "status": key.status,
        "created": key.created_at.isoformat(),
        "compromised_since": since.isoformat() if since else None,
        "wrapped_with": key.wrapped_with,
        "method": keys.method_of(key),
    }


class Command(BaseCommand):
    """Does one act on signing keys."""

    left = False
    help = "Create, list, activate, rotate, retire signing keys, or mark one compromised. Exit code 1: refused."

    def add_arguments(self, parser: CommandParser) -> None:
        """One act, whose keys, and which of them."""
        acts = parser.add_subparsers(dest="act", required=True)
        for name, text in ACTS.items():
            act = acts.add_parser(name, help=text)
            if name not in OF_ALL:
                self._of_one(act, name)

    def _of_one(self, parser: CommandParser, name: str) -> None:
        parser.add_argument("organization", metavar="ORG", help="The short name in the organization's addresses.")
        purposes = SigningKey.Purpose.values
        parser.add_argument(
            "--purpose", choices=purposes, required=name in {"create", "rotate", "drill"}, help="What it signs."
        )
        if name in {"activate", "retire", "compromised", "drill"}:
            parser.add_argument("--key", default="", metavar="z6Mk...", help="This one, whatever its purpose.")
        if name == "drill":
            parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and do nothing.")
            parser.add_argument("--chunk", type=int, default=drill.CHUNK, help="How many badges in one transaction.")
        if name in {"compromised", "drill"}:
            parser.add_argument("--since", type=_moment, help="Since when others may have it; now when it is not said.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Act and print."""
        act: Callable[[dict[str, Any]], Any] = getattr(self, "_" + options["act"].replace("-", "_"))
        try:
            answer = act(options)
        except Refusal as refused:
            self.stderr.write(str(refused.sentence))
            sys.exit(REFUSED)
        self.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False))
        if self.left:
            self.stderr.write(
                "Something is left, so issuing stays stopped. See `refused`, mend it, and run this again."
            )
            sys.exit(LEFT)

    def _organization(self, options: dict[str, Any]) -> Organization:
        found = Organization.objects.filter(slug=options["organization"]).first()
        if found is None:
            raise Refusal(f"No organization is called “{options['organization']}” here.")
        return found

    def _key(self, options: dict[str, Any], status: str) -> SigningKey:
        if not options["key"] and not options["purpose"]:
            raise Refusal("Say which key: --purpose PURPOSE, or --key and its public half.")
        return keys.find_key(self._organization(options), options["purpose"], status, options["key"])

    def _list(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        rows = badges.keys_of(self._organization(options))
        return [_as_data(key) for key in rows if options["purpose"] in {None, key.purpose}]

    def _create(self, options: dict[str, Any]) -> dict[str, Any]:
        organization = self._organization(options)
        return _as_data(operating.create_key(organization=organization, purpose=options["purpose"]))

    def _activate(self, options: dict[str, Any]) -> dict[str, Any]:
        return _as_data(operating.activate_key(key=self._key(options, S.PREPARED)))

    def _rotate(self, options: dict[str, Any]) -> dict[str, Any]:
        organization = self._organization(options)
        return _as_data(operating.rotate_key(organization=organization, purpose=options["purpose"]))

    def _retire(self, options: dict[str, Any]) -> dict[str, Any]:
        return _as_data(operating.retire_key(key=self._key(options, S.ACTIVE)))

    def _compromised(self, options: dict[str, Any]) -> dict[str, Any]:
        key = self._key(options, S.ACTIVE)
        return _as_data(operating.mark_compromised(key=key, since=options["since"] or timezone.now()))

    def _drill(self, options: dict[str, Any]) -> dict[str, Any]:
        which = {
            "organization": self._organization(options),
            "purpose": options["purpose"],
            "public": options["key"],
            "since": options["since"],
        }
        if options["dry_run"]:
            return drill.preview(**which).as_data()
        found = drill.run(drill.begin(**which), chunk=options["chunk"])
        self.left = not found.complete
        return found.as_data()

    def _rewrap(self, _options: dict[str, Any]) -> dict[str, int]:
        return asdict(rewrapping.rewrap())

    def _make_token_key(self, _options: dict[str, Any]) -> dict[str, str]:
        return {"made": hardware.make_wrapping_key()}

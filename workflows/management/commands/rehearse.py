"""`manage.py rehearse SAMPLE.json --out DIR`: carries proposals through the whole course in a throw-away database.

JSON on stdout, progress and sentences on stderr. Exit code 0: done. 1: a verb refused, with its reason. 2: the file
is unusable. 3: no database could be made.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from workflows.errors import Refusal
from workflows.proposals import Proposal, Reading, Unusable, read_file, schema
from workflows.rehearsal import Rehearsal
from workflows.rehearsal.database import NoDatabase, throwaway
from workflows.rehearsal.output import write
from workflows.stations import Stage

REFUSED, UNUSABLE, NO_DATABASE = 1, 2, 3


class Command(BaseCommand):
    """Tries a proposal, and with it a policy, from form to badge."""

    help = (
        "Carry the proposals of a file through the whole course, by the same verbs as the portals, in a database of "
        "its own. Exit code 0: done. 1: refused, with the reason. 2: unusable file. 3: no database could be made."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, where to write, and how far to go."""
        parser.add_argument("sample", nargs="?", type=Path, help="A proposal file (docs/proposal.schema.json).")
        parser.add_argument("--out", type=Path, default=Path("rehearsal"), help="Folder that is written to.")
        parser.add_argument("--only", metavar="ID", help="Only the proposal with this id.")
        parser.add_argument("--stop-at", metavar="STAGE", choices=Stage.values, help=f"One of: {', '.join(Stage)}.")
        parser.add_argument("--keep", action="store_true", help="Keep the database, and say its name.")
        parser.add_argument("--schema", action="store_true", help="Print the JSON Schema of the file format.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, rehearse each proposal, write, report."""
        if options["schema"]:
            self.stdout.write(json.dumps(schema(), indent=1, ensure_ascii=False))
            return
        reading, chosen = self._chosen(options["sample"], options["only"])
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the database goes too
        goal = Stage(options["stop_at"]) if options["stop_at"] else None
        answer: dict[str, Any] = {}
        try:
            with throwaway(keep=options["keep"]) as name:
                if options["keep"]:
                    answer["database"] = name
                answer["proposals"] = [self._play(reading, proposal, goal, options["out"]) for proposal in chosen]
        except NoDatabase as error:
            self.stderr.write(str(error))
            sys.exit(NO_DATABASE)
        self.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False))
        if any(played["outcome"] != "done" for played in answer["proposals"]):
            sys.exit(REFUSED)

    def _chosen(self, sample: Path | None, only: str | None) -> tuple[Reading, list[Proposal]]:
        if sample is None:
            self.stderr.write("Name a proposal file. `workflows/samples/` holds three.")
            sys.exit(UNUSABLE)
        try:
            reading = read_file(sample)
        except Unusable as error:
            for sentence in error.sentences:
                self.stderr.write(str(sentence))
            sys.exit(UNUSABLE)
        proposals = [proposal for proposal in reading.under_stand_ins if only in {None, proposal.id}]
        if not proposals:
            ids = ", ".join(proposal.id for proposal in reading.under_stand_ins)
            self.stderr.write(f"The file has no proposal {only}. It has: {ids}.")
            sys.exit(UNUSABLE)
        return reading, proposals

    def _play(self, reading: Reading, proposal: Proposal, goal: Stage | None, out: Path) -> dict[str, Any]:
        """One proposal, in its own language; what was refused is reported and what was made is written all the same."""
        with translation.override(proposal.language):
            play = Rehearsal(reading, proposal, tell=self.stderr.write)
            outcome: dict[str, Any] = {"outcome": "done"}
            try:
                play.until(goal or Stage.ACTIVE)
                if goal is None:
                    play.finish()
            except Refusal as refused:
                play.version.refresh_from_db()
                outcome = {"outcome": "refused", "reason": str(refused)}
                self.stderr.write(f"{proposal.id}: {refused}")
            folder = out / proposal.id
            return {"id": proposal.id, "folder": str(folder), **outcome, **write(play, folder)}

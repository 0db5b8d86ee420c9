#!/usr/bin/env python
"""Django's command line for Imprimatur.

Where the environment names no database, the commands work on the demo of this folder: its secrets are read (or made)
under .local/, and its PostgreSQL runs for as long as the command does.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(1, str(ROOT / "deploy"))


@contextmanager
def database() -> Iterator[None]:
    """A database for this command: the one of the environment, else the demo's."""
    if os.environ.get("DATABASE_URL") or os.environ.get("TESTING"):
        yield
        return
    import demo
    import postgres

    running = postgres.is_running("demo")
    address = postgres.start("demo")
    for name, value in demo.environment(demo.kept_port() or demo.FIRST_PORT, address).items():
        os.environ.setdefault(name, value)
    try:
        bring_up_to_date(address)
        yield
    finally:
        if not running:
            os.environ.pop("DATABASE_URL", None)
            postgres.stop("demo")


def bring_up_to_date(address: str) -> None:
    """Migrate this folder's own database, once for each set of migrations; a note under .local/ remembers which."""
    names = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("*/migrations/0*.py"))
    state = hashlib.sha256("\n".join([address, *names]).encode()).hexdigest()
    note = ROOT / ".local" / "migrated"
    if "migrate" in sys.argv or (note.is_file() and note.read_text() == state):
        return
    for command in (["migrate", "--verbosity=0"], ["createcachetable"]):
        subprocess.run([sys.executable, __file__, *command], check=True)
    note.write_text(state)


def main() -> None:
    """Run one management command with the project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    with database():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""`manage.py clock [--once]`: runs the jobs of `config.clock` every minute, until it is told to stop.

Exit code 0: stopped in order. Several may run; one of them works at a time.
"""

from __future__ import annotations

import logging
import signal
import time
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from config import clock

logger = logging.getLogger(__name__)
SECONDS = 60


class Command(BaseCommand):
    """The clock process."""

    help = "Run the periodic jobs every minute. --once runs what is due now and ends."

    def add_arguments(self, parser: CommandParser) -> None:
        """Once, for those who have a scheduler of their own."""
        parser.add_argument("--once", action="store_true", help="run what is due now, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tick at once, then every minute."""
        if options["once"]:
            self.stdout.write("\n".join(clock.tick()))
            return
        stopping = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_signal: stopping.set())
        while not stopping.is_set():
            began = time.monotonic()
            self._tick()
            stopping.wait(max(1.0, SECONDS - (time.monotonic() - began)))

    @staticmethod
    def _tick() -> None:
        """One minute's work. A database that is down is met again a minute later."""
        try:
            clock.tick()
        except DatabaseError as error:
            logger.error("The clock could not reach the database: %s", type(error).__name__)
        finally:
            connection.close()

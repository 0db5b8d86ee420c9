"""What the worker does. An actor takes a key, claims the row, acts, and may run twice without further effect."""

from __future__ import annotations

import dramatiq

from notifications import beats, leases, mail, telling
from notifications.models import WORKER, Delivery
from people.models import OutgoingMail
from workflows.models import OutboxEvent

LONGEST_MILLISECONDS = 120_000


@dramatiq.actor(priority=0, time_limit=LONGEST_MILLISECONDS)
def beat() -> None:
    """Show that clock, broker, worker and database reach each other."""
    beats.beat(WORKER)


@dramatiq.actor(priority=5, time_limit=LONGEST_MILLISECONDS)
def post(pk: int) -> None:
    """Send a mail of the ground floor; somebody waits for its code."""
    leases.attempt(OutgoingMail, pk, mail.send_code)


@dramatiq.actor(priority=10, time_limit=LONGEST_MILLISECONDS)
def tell(pk: int) -> None:
    """Turn a ledger event into the deliveries that follow from it."""
    leases.attempt(OutboxEvent, pk, telling.tell)


@dramatiq.actor(priority=20, time_limit=LONGEST_MILLISECONDS)
def deliver(pk: int) -> None:
    """Send one notice by mail."""
    leases.attempt(Delivery, pk, mail.send_notice)

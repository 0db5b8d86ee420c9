"""What the worker does. An actor takes a key, claims the row, acts, and may run twice without further effect."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import dramatiq

from notifications import beats, leases, mail, telling, webhooks
from notifications.models import WORKER, Delivery, WebhookDelivery
from people.locks import only_one
from people.models import OutgoingMail
from people.work import Work
from workflows.actions import issuing, rolling
from workflows.errors import Refusal
from workflows.models import CohortWork, OutboxEvent, PolicyRun


def _cohort(work: CohortWork) -> dict[str, Any]:
    """An act on a whole cohort. What is refused stays refused until a person looks."""
    try:
        issuing.work_off(work, between=partial(leases.hold_on, work))
    except Refusal as refusal:
        raise leases.Refused(str(refusal.sentence)) from refusal
    return {}


def _policy(run: PolicyRun) -> dict[str, Any]:
    """A dry run or a roll-out of a policy over all running cases."""
    rolling.work_off(run)
    return {}


logger = logging.getLogger(__name__)
ACTS: dict[type[Work], Callable[[Any], dict[str, Any]]] = {
    OutgoingMail: mail.send_code,
    OutboxEvent: telling.tell,
    Delivery: mail.send_notice,
    CohortWork: _cohort,
    PolicyRun: _policy,
    WebhookDelivery: webhooks.send,
}
LONGEST_MILLISECONDS = 120_000
COHORT_MILLISECONDS = 25 * 60_000  # under the half hour after which RabbitMQ gives a message to somebody else
LANE = 0x1_4D50_524C  # the lock of the lane for work under suspicion
LANE_SECONDS, LANE_ROWS = 60, 50
TOLD_AT_ONCE = 200


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


@dramatiq.actor(priority=15, time_limit=LONGEST_MILLISECONDS)
def tell_waiting() -> None:
    """Tell what a whole cohort did, some hundred events at a time, for at most a minute."""
    until = time.monotonic() + LANE_SECONDS
    while time.monotonic() < until and (works := leases.claim_many(OutboxEvent, TOLD_AT_ONCE)):
        try:
            telling.tell_many(works)
        except Exception as error:  # noqa: BLE001  # whatever it is: each of them is told apart, and the bad one counted
            logger.warning("Events were told one by one: %s", type(error).__name__)
            for work in works:
                leases.carry_out(work, telling.tell)
        else:
            leases.finish_many(works)


@dramatiq.actor(priority=20, time_limit=LONGEST_MILLISECONDS)
def deliver(pk: int) -> None:
    """Send one notice by mail."""
    leases.attempt(Delivery, pk, mail.send_notice)


@dramatiq.actor(priority=30, time_limit=COHORT_MILLISECONDS)
def run_cohort(pk: int) -> None:
    """Do an act on a whole cohort; stopped by time or death, it is taken up again where it stood."""
    leases.attempt(CohortWork, pk, _cohort)


@dramatiq.actor(priority=30, time_limit=LONGEST_MILLISECONDS)
def run_policy(pk: int) -> None:
    """Look at every running case with a new policy, or move them to it; taken up again where it stood."""
    leases.attempt(PolicyRun, pk, _policy)


@dramatiq.actor(priority=25, time_limit=LONGEST_MILLISECONDS)
def hand_on(pk: int) -> None:
    """Send one event to one endpoint."""
    leases.attempt(WebhookDelivery, pk, webhooks.send)


@dramatiq.actor(priority=5, time_limit=LONGEST_MILLISECONDS)
def try_suspects() -> None:
    """Do again, one after another, what an earlier worker began and did not end; one worker at a time."""
    until = time.monotonic() + LANE_SECONDS
    with only_one(LANE) as ours:
        for model, act in ACTS.items() if ours else ():
            for work in leases.due(model, LANE_ROWS, suspect=True):
                if time.monotonic() > until:
                    return
                leases.attempt(model, work.pk, act, suspect=True)

"""The two callers of the broker: the hook after a commit, and the sweeper that finds what the hook's call lost.

Nothing else may send (a house test looks for it): every broker enqueues outside Django's transaction, so that a job
sent from inside one would run even if the act rolled back.
"""

from __future__ import annotations

from datetime import timedelta

from dramatiq import Actor

from notifications import beats, leases, tasks
from notifications.models import WORKER, Delivery, WebhookDelivery
from people.models import OutgoingMail
from people.work import Work
from workflows.models import CohortWork, OutboxEvent, PolicyRun

ACTORS: dict[type[Work], Actor[[int], None]] = {
    OutboxEvent: tasks.tell,
    Delivery: tasks.deliver,
    OutgoingMail: tasks.post,
    CohortWork: tasks.run_cohort,
    PolicyRun: tasks.run_policy,
    WebhookDelivery: tasks.hand_on,
}
MOST_PER_SWEEP = 2000
FEW, MANY = 20, 50
SILENT_AFTER = timedelta(minutes=3)


def wake(work: Work) -> None:
    """After the commit: send the key of a row to its actor."""
    ACTORS[type(work)].send(work.pk)


def sweep() -> int:
    """Send every piece of work that is due, and answer how many; messages that come twice change nothing.

    While no worker answers, only a few are sent, so that the broker does not fill up with calls that nobody hears.
    """
    leases.set_aside_the_dead()
    limit = MOST_PER_SWEEP if beats.ran_within(WORKER, SILENT_AFTER) else FEW
    found = 0
    for model, actor in ACTORS.items():
        works = leases.due(model, limit)
        found += len(works)
        if model is OutboxEvent and len(works) > MANY:
            tasks.tell_waiting.send()  # not one by one
            continue
        for work in works:
            actor.send(work.pk)
    if any(leases.due(model, 1, suspect=True) for model in ACTORS):
        tasks.try_suspects.send()
    tasks.beat.send()
    return found

"""The worker in a test: `drain` pops the broker's messages and runs their actors in the test's own thread."""

from __future__ import annotations

from queue import Empty

import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.message import Message

from notifications import wake


def messages() -> list[Message]:
    """Take every message that waits in the broker."""
    broker = dramatiq.get_broker()
    assert isinstance(broker, StubBroker)
    taken = []
    for queue in broker.queues.values():
        while True:
            try:
                taken.append(Message.decode(queue.get_nowait()))
            except Empty:
                break
            queue.task_done()
    return taken


def run(*calls: Message) -> None:
    """Run the actors of these messages, as a worker would."""
    for call in calls:
        dramatiq.get_broker().get_actor(call.actor_name).fn(*call.args, **call.kwargs)


def drain() -> int:
    """Work until the broker is empty, and answer how many messages that took."""
    done = 0
    while calls := messages():
        run(*calls)
        done += len(calls)
    return done


def settle() -> int:
    """Sweep and drain until nothing is due: for tests whose transaction never commits, so that no hook is called."""
    done = 0
    while wake.sweep():
        done += drain()
    drain()
    return done

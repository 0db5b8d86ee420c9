"""How the lower floors wake whoever does their work, without knowing who that is.

A row of work is written in the transaction of its fact; `after_commit` tells the listeners its key once that has
committed. `notifications` registers the one listener. Losing a call loses nothing: the sweeper finds the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from people.work import Work

Listener = Callable[[Work], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Register a listener, once at start-up; a second call with the same one changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def after_commit(work: Work) -> None:
    """Wake the listeners for this row when the present transaction has committed, and never if it rolls back."""
    for listener in _listeners:
        _on_commit(listener, work)


@contextmanager
def silenced() -> Iterator[None]:
    """Wake nobody in this block: it writes to a database that no worker reads, while the broker is the real one."""
    heard = _listeners[:]
    _listeners.clear()
    try:
        yield
    finally:
        _listeners.extend(heard)


def _on_commit(listener: Listener, work: Work) -> None:
    def wake() -> None:
        listener(work)

    # robust: a broker that is down must not turn a committed act into an error page
    transaction.on_commit(wake, robust=True)

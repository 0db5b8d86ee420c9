"""Taking and ending work: a conditional update takes it, starts are counted before it begins, and three are enough.

Two kinds of trouble are told apart. The other side cannot take it now (`Later`): nothing is wrong with the work, it
waits, longer each time and never for good. Everything else counts as a start that did not end; after three such starts
the work is set aside with an alert, and the rest goes on (`promises.md` 2 and X10).

Work whose last start did not end is under suspicion: it may kill its worker. It is done again in a lane of its own, one
after another, so that what kills a worker does not take its neighbours with it three times.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from notifications.models import Alert, Delivery, WebhookDelivery
from people.among import among
from people.models import Organization, OutgoingMail
from people.work import Work
from workflows.models import CohortWork, OutboxEvent, PolicyRun

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=Work)

WORK: tuple[type[Work], ...] = (OutboxEvent, Delivery, OutgoingMail, CohortWork, PolicyRun, WebhookDelivery)
MOST_STARTS = 3
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
DIED = "its worker ended in the middle of it"


class Later(Exception):
    """The other side cannot take this now; the sentence names the kind of trouble, never an address.

    `wait` says how long to leave it alone, where the usual wait does not fit.
    """

    def __init__(self, trouble: str, wait: timedelta | None = None) -> None:
        super().__init__(trouble)
        self.wait = wait


class Lost(Exception):
    """Another worker has taken this, because the lease had ended."""


class Refused(Exception):
    """The other side will never take this, so that trying again helps nobody."""


def lease() -> timedelta:
    """How long a worker may hold a piece of work before another may take it."""
    return timedelta(seconds=settings.WORK_LEASE_SECONDS)


def open_rows(model: type[Row]) -> Any:
    """Work that is neither done nor set aside, and that no live worker holds."""
    rows = model._default_manager.filter(done_at=None, set_aside_at=None)
    return rows.filter(Q(lease_until=None) | Q(lease_until__lte=Now()))


def hold_on(work: Work) -> None:
    """Keep long work that has just moved forward: its lease begins anew, and earlier starts no longer count.

    So a cohort may take as long as it must, while one that dies at the same place three times is still set aside.
    Raises `Lost`.
    """
    held = type(work)._default_manager.filter(pk=work.pk, lease_owner=work.lease_owner, done_at=None)
    if not held.update(lease_until=Now() + lease(), starts=1):
        raise Lost
    work.starts = 1


def due(model: type[Row], limit: int, *, suspect: bool = False) -> list[Row]:
    """Work that can be taken now, the oldest first: fresh, or such whose last start did not end."""
    return list(_takable(model, suspect=suspect).order_by("pk")[:limit])


def _takable(model: type[Row], *, suspect: bool) -> Any:
    starts = {"starts__gte": 1, "starts__lt": MOST_STARTS} if suspect else {"starts": 0}
    return open_rows(model).filter(Q(next_at=None) | Q(next_at__lte=Now()), **starts)


def claim(model: type[Row], pk: int, *, suspect: bool = False) -> Row | None:
    """Take one piece of work, or answer None: it is done, not due, set aside, or another worker has it.

    The old state stands in the condition, so that of many takers one wins. The time is the database's alone.
    """
    owner = uuid4()
    rows = _takable(model, suspect=suspect).filter(pk=pk)
    taken = rows.update(starts=F("starts") + 1, lease_owner=owner, lease_until=Now() + lease())
    return model._default_manager.filter(pk=pk, lease_owner=owner).first() if taken else None


def claim_many(model: type[Row], most: int) -> list[Row]:
    """Take the oldest of the work that is due, at once; what another worker is just taking is left to it."""
    owner = uuid4()
    with transaction.atomic():
        chosen = _takable(model, suspect=False).select_for_update(skip_locked=True).order_by("pk")
        keys = list(chosen.values_list("pk", flat=True)[:most])
        rows = model._default_manager.filter(among("pk", keys))
        rows.update(starts=F("starts") + 1, lease_owner=owner, lease_until=Now() + lease())
    return list(model._default_manager.filter(among("pk", keys), lease_owner=owner).order_by("pk"))


def finish_many(works: Sequence[Work]) -> None:
    """Mark work that was claimed at once as done, where the lease is still ours."""
    [(model, owner)] = {(type(work), work.lease_owner) for work in works}
    held = model._default_manager.filter(among("pk", [work.pk for work in works]), lease_owner=owner, done_at=None)
    held.update(lease_owner=None, lease_until=None, done_at=Now(), trouble="")


def _end(work: Work, **values: Any) -> bool:
    """Write how it ended, only if the lease is still ours."""
    held = type(work)._default_manager.filter(pk=work.pk, lease_owner=work.lease_owner, done_at=None)
    return bool(held.update(lease_owner=None, lease_until=None, **values))


def finish(work: Work, **values: Any) -> bool:
    """Mark work as done. False when the lease had passed to another worker, who will finish it."""
    return _end(work, done_at=Now(), trouble="", **values)


def postpone(work: Work, trouble: str, wait: timedelta | None = None) -> None:
    """Put work back for later: this start ended in order, so it does not count."""
    wait = wait or min(FIRST_WAIT * 2 ** min(work.retries, 10), LONGEST_WAIT)
    _end(work, starts=0, retries=F("retries") + 1, next_at=Now() + wait, trouble=trouble[:200])


@transaction.atomic
def set_aside(work: Work, trouble: str) -> None:
    """Take work out of the way and raise an alert that people can see."""
    if _end(work, set_aside_at=Now(), trouble=trouble[:200]):
        Alert.objects.create(work=name_of(work), trouble=trouble[:200], institution=_institution(work))
        logger.error("%s was set aside: %s", name_of(work), trouble)


def set_aside_the_dead() -> int:
    """Set aside what three workers died of: nobody is left to say so."""
    found = 0
    for model in WORK:
        for work in open_rows(model).filter(starts__gte=MOST_STARTS):
            set_aside(work, work.trouble or DIED)
            found += 1
    return found


def attempt(model: type[Row], pk: int, act: Callable[[Row], dict[str, Any]], *, suspect: bool = False) -> None:
    """Take one piece of work, do it by `act`, and write how it ended. `act` answers what to store with the end."""
    work = claim(model, pk, suspect=suspect)
    if work is not None:
        carry_out(work, act)


def carry_out(work: Row, act: Callable[[Row], dict[str, Any]]) -> None:
    """Do claimed work by `act`, and write how it ended."""
    try:
        values = act(work)
    except Lost:
        return
    except Later as later:
        postpone(work, str(later), later.wait)
    except Refused as refused:
        set_aside(work, str(refused))
    except Exception as error:  # noqa: BLE001  # the end of the line: whatever it is, one bad row must not stop the rest
        _count(work, error)
    else:
        finish(work, **values)


def _count(work: Work, error: Exception) -> None:
    """A start that did not end: named by class and place only, because messages may quote addresses."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    trouble = f"{type(error).__name__} in {place.name}"
    if work.starts >= MOST_STARTS:
        set_aside(work, trouble)
        return
    logger.warning("%s failed at start %s: %s, line %s", name_of(work), work.starts, trouble, place.lineno)
    _end(work, next_at=Now() + FIRST_WAIT * work.starts, trouble=trouble)


def name_of(work: Work) -> str:
    """How alerts and logs call a piece of work."""
    return f"{type(work)._meta.model_name}:{work.public_id}"


def _institution(work: Work) -> Organization | None:
    if isinstance(work, CohortWork):
        return work.cohort.version.institution
    if isinstance(work, PolicyRun):
        return work.institution
    if isinstance(work, WebhookDelivery):
        return work.endpoint.institution
    event = work.event if isinstance(work, OutboxEvent | Delivery) else None
    return Organization.objects.filter(public_id=event.organization).first() if event and event.organization else None

"""The one door: the only code that moves a version's stage.

It takes the lock on the version's row, reads it again, compares the number that the page was made from, asks
whether this person may, moves, counts, and writes the ledger event and its outbox row, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from viewflow.fsm import TransitionNotAllowed

from people.models import User
from workflows import ledger, rights
from workflows.errors import MovedOn, NotAllowed, NotFromHere, NotYours, OnHold
from workflows.lifecycle import VersionCourse
from workflows.locks import locked_version
from workflows.models import LedgerEvent, Version
from workflows.stage_clock import stage_due_on
from workflows.stations import Stage

Row = TypeVar("Row", bound=Model)


def stream_of(version: Version) -> str:
    """The name of a version's stream in the ledger."""
    return f"version:{version.public_id}"


class Passage:
    """One act on one locked version. Made by `opened`; good until its block ends."""

    def __init__(self, version: Version, actor: User | None) -> None:
        self.version = version
        self.actor = actor

    def ask(self, verb: str) -> None:
        """Refuse when the table has no such way from here, or the person may not go it."""
        method = getattr(VersionCourse(self.version), verb)
        if not method.can_proceed():
            stage = Stage(self.version.stage).label
            raise NotFromHere(verb=verb.replace("_", " "), stage=stage)
        if self.actor is not None and not method.has_perm(self.actor):
            raise NotAllowed
        if verb not in {"resume", "withdraw"}:
            self.refuse_on_hold()

    def refuse_on_hold(self) -> None:
        """Nothing is decided while the clocks stand still."""
        if self.version.on_hold:
            raise OnHold

    def move(self, verb: str, **data: Any) -> LedgerEvent:
        """Fire the transition `verb` and record it with `data` (public ids, digests and words, no personal data)."""
        self.ask(verb)
        before = self.version.stage
        try:
            getattr(VersionCourse(self.version), verb)()
        except TransitionNotAllowed as refused:
            raise NotFromHere(verb=verb, stage=Stage(before).label) from refused
        if self.version.stage != before:
            self.version.stage_since = timezone.now()
            self.version.stage_due_on = stage_due_on(self.version)
        return self.record(verb, **{"from": before, "to": str(self.version.stage), **data})

    def record(self, type_: str, **data: Any) -> LedgerEvent:
        """Write a fact about this version that moves no stage, and count it."""
        self.version.number += 1
        self.version.save()
        return self.remark(type_, **data)

    def remark(self, type_: str, **data: Any) -> LedgerEvent:
        """Write a fact that changes nothing on anybody's page, such as a reminder; it is not counted."""
        return ledger.append(
            stream_of(self.version),
            type_,
            actor=self.actor,
            organization=str(self.version.institution.public_id),
            data={"version": str(self.version.public_id), "number": self.version.number, **data},
        )


def found(model: type[Row], pk: int) -> Row:
    """One row by its key. Raises `NotYours` when there is none, in the words that a foreign one gets."""
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        raise NotYours
    return row


@contextmanager
def opened(*, version_id: int, actor: User | None, expected: int | None = None) -> Iterator[Passage]:
    """Lock a version for one act. `expected` is the number that the actor's page was made from.

    Raises `NotYours` for a version that is unknown or not this person's, and `MovedOn` for a stale page. `actor` None
    is the system itself.
    """
    with transaction.atomic():
        version = locked_version(version_id)
        if version is None:
            raise NotYours
        # Rights are read anew under the lock; nothing cached on the request's user is believed.
        fresh = User.objects.get(pk=actor.pk) if actor is not None else None
        if fresh is not None and not rights.sees(fresh, version):
            raise NotYours
        if expected is not None and version.number != expected:
            raise MovedOn
        yield Passage(version, fresh)

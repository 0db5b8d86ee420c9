"""One row by its public id, whoever asks. A page then asks whether the row's case is open to its reader.

Each raises `NotYours` when there is none, in the words that a foreign row gets.
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from workflows.errors import NotYours
from workflows.models import Cohort, Condition, Decision, PanelNote, Patch, Seat, SeatQuestion

Row = TypeVar("Row", bound=Model)


def _one(rows: QuerySet[Row], public_id: UUID) -> Row:
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotYours
    return found


def seat(public_id: UUID) -> Seat:
    """A seat on any panel."""
    return _one(Seat.objects.select_related("panel__version", "organization", "person"), public_id)


def question(public_id: UUID) -> SeatQuestion:
    """What a reviewer asked."""
    return _one(
        SeatQuestion.objects.select_related("seat__panel__version", "seat__organization", "asked_by"), public_id
    )


def note(public_id: UUID) -> PanelNote:
    """A note of a committee."""
    return _one(PanelNote.objects.select_related("panel__version"), public_id)


def condition(public_id: UUID) -> Condition:
    """A condition of any gate."""
    return _one(Condition.objects.select_related("version", "set_by", "owner"), public_id)


def cohort(public_id: UUID) -> Cohort:
    """A run of learners."""
    return _one(Cohort.objects.select_related("version", "made_by", "signed_off_by"), public_id)


def revocation(public_id: UUID) -> Decision:
    """A revocation that somebody asked for."""
    return _one(Decision.objects.filter(choice="ask_revocation").select_related("version", "actor"), public_id)


def patch(public_id: UUID) -> Patch:
    """A change of the presentation that waits for its release, or was released."""
    return _one(Patch.objects.select_related("version", "proposed_by"), public_id)

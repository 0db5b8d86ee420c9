"""What was typed and not yet given: one part of the seat's draft for each page, in the shape of a sent form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.forms import Form
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from people.models import User
from workflows.actions import reviewing
from workflows.models import Seat

_BUTTONS = {"csrfmiddlewaretoken", "keep", "go", "confirm"}
_SAVED = "saved_at"


def keep(seat: Seat, actor: User, page: str, typed: QueryDict) -> Seat:
    """Keep what was typed on one page; nothing is decided."""
    fields = {name: typed.getlist(name) for name in typed if name not in _BUTTONS}
    moment = timezone.now().isoformat()
    return reviewing.keep_draft(seat_id=seat.pk, actor=actor, draft={**seat.draft, page: fields, _SAVED: moment})


def typed_on(seat: Seat, page: str) -> QueryDict:
    """What was typed on a page, as it would be sent again; empty when nothing was."""
    data = QueryDict(mutable=True)
    for name, values in seat.draft.get(page, {}).items():
        data.setlist(name, values)
    return data


def fill(form: Form, typed: QueryDict, leave: Collection[str] = ()) -> None:
    """Put what was typed into an unbound form, without judging it."""
    for name, field in form.fields.items():
        if name in typed and name not in leave:
            form.initial[name] = field.widget.value_from_datadict(typed, {}, name)


def saved_at(seat: Seat) -> Any:
    """When something was kept last, or None."""
    moment = seat.draft.get(_SAVED)
    return parse_datetime(moment) if moment else None

"""Pages of a list by key: what comes after a row that the caller has seen, so that new rows shift nothing."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from ninja import Query, Schema

from workflows.errors import NotYours

Row = TypeVar("Row", bound=Model)
MOST, USUAL = 200, 50


class Place(Schema):
    """Where a page begins."""

    after: UUID | None = None
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL


def page(rows: QuerySet[Row], place: Place) -> tuple[list[Row], UUID | None]:
    """The newest rows after the named one, and the name to ask for more with; None at the end."""
    ordered = rows.order_by("-pk")
    if place.after is not None:
        last = rows.filter(public_id=place.after).first()
        if last is None:
            raise NotYours
        ordered = ordered.filter(pk__lt=last.pk)
    found: list[Any] = list(ordered[: place.limit + 1])
    more = len(found) > place.limit
    return found[: place.limit], found[place.limit - 1].public_id if more else None

"""What stands in an inbox: one thing that waits, and the columns that every finder answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, DateField, F, IntegerField, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from workflows.dossier import Text
from workflows.models import Version

COLUMNS = ("kind", "subject", "version", "since", "due", "round", "count")
NEVER = Cast(Value(None), DateField())
Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Item:
    """One thing that waits: `kind` names the act, `subject` is the public id of what its page opens."""

    kind: str
    subject: UUID
    version: Version
    since: datetime
    due: date | None = None
    round: int = 1
    count: int = 1

    @property
    def title(self) -> Text:
        """The version's title in both languages."""
        return title_of(self.version)

    @property
    def days_left(self) -> int | None:
        """Calendar days until it is due; negative when the day has passed."""
        return None if self.due is None else (self.due - timezone.localdate()).days

    @property
    def late(self) -> bool:
        """True when its day has passed."""
        return self.days_left is not None and self.days_left < 0


def title_of(version: Version) -> Text:
    """A version's title in both languages, from the row itself."""
    return Text(en=version.title_en, fr=version.title_fr)


def asked(
    kind: str | Combinable,
    rows: Rows,
    *,
    subject: str = "public_id",
    version: str = "pk",
    since: str = "stage_since",
    due: str | Combinable | None = None,
    round: str | None = None,
    count: str | None = None,
) -> Rows:
    """These rows as the columns of an inbox, so that all finders join in one statement."""
    return rows.order_by().values_list(
        Cast(Value(kind), CharField()) if isinstance(kind, str) else kind,
        F(subject),
        F(version),
        F(since),
        F(due) if isinstance(due, str) else due if due is not None else NEVER,
        F(round) if round else Cast(Value(1), IntegerField()),
        F(count) if count else Cast(Value(1), IntegerField()),
    )


def on_day(moment: str) -> Combinable:
    """The institution's calendar day of a moment."""
    return TruncDate(moment, tzinfo=timezone.get_default_timezone())


def how_many(rows: Rows, by: str) -> Combinable:
    """How many of these rows share a value of `by`; `rows` are filtered by the outer row."""
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())

"""The inbox as one statement: what waits, what was returned, what waits with others; counted, sorted and paged by key.

All finders are joined by UNION ALL inside the database. So a person's inbox costs the same number of statements
whatever waits and whatever the history holds; a second one fetches the versions of the rows that are shown.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.utils import timezone

from people.models import User
from workflows.models import InitiativePartner, Panel, Version
from workflows.search import matching
from workflows.stations import STATIONS, Stage
from workflows.waiting import beside, finders
from workflows.waiting.item import COLUMNS, Item, Rows, asked, on_day

LISTS = ("mine", "overdue", "returned", "others")
PAGE = 25
UNDER_WAY = [stage for stage in Stage if STATIONS[stage].stop is not None and stage not in {Stage.DRAFT, Stage.ACTIVE}]
# How a list may be sorted: an expression over `shown`, with the type of its key.
SORTS: dict[str, tuple[str, str]] = {
    "due": ("COALESCE(due, DATE 'infinity')", "date"),
    "age": ("since", "timestamptz"),
    "stage": ("place", "int"),
    "partner": ("partner", "text"),
}
FINDERS = (
    finders.by_stage, finders.suspended, finders.entries, finders.rounds, finders.seats, finders.vacant,
    beside.conditions, beside.questions, beside.rosters, beside.awards, beside.revocations,
    beside.appeals,
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """What a person wants to see of the inbox."""

    shown: str = "mine"
    words: str = ""
    stage: str = ""
    partner: str = ""
    sort: str = "due"
    after: str = ""

    def __post_init__(self) -> None:
        """Read an unknown list or order as the first one."""
        if self.shown not in LISTS:
            object.__setattr__(self, "shown", "mine")
        if self.sort not in SORTS:
            object.__setattr__(self, "sort", "due")

    @property
    def narrow(self) -> bool:
        """True when it leaves something out."""
        return bool(self.words or self.stage or self.partner)


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, how many stand in each list, and the key of the page after it."""

    view: View
    items: list[Item]
    counts: dict[str, int] = field(default_factory=dict)
    after: str = ""


def _union(found: Iterator[Rows]) -> tuple[str, list[Any]]:
    """The rows of many finders as one SQL text with its parameters."""
    texts: list[str] = []
    parameters: list[Any] = []
    for rows in found:
        text, more = rows.query.sql_with_params()
        texts.append(f"({text})")
        parameters += more
    return " UNION ALL ".join(texts), parameters


def _others(user: User) -> Rows:
    """Versions under way; those that wait for the person are left out by the statement."""
    due = Subquery(
        Panel.objects.filter(version=OuterRef("pk"), closed_at=None)
        .order_by()
        .values("version")
        .annotate(first=Min(on_day("due_at")))
        .values("first")
    )
    rows = Version.objects.filter(finders.holds(user, "audit"), stage__in=UNDER_WAY)
    return asked("stage", rows, due=due)


def _wanted(view: View) -> tuple[str, list[Any]]:
    """Which versions a view keeps, as a condition on `item`."""
    if not view.narrow:
        return "TRUE", []
    rows = matching(Version.objects.all(), view.words)
    if view.stage in Stage.values:
        rows = rows.filter(stage=view.stage)
    if view.partner:
        named = InitiativePartner.objects.filter(
            Q(organization__name_en__icontains=view.partner) | Q(organization__name_fr__icontains=view.partner),
            initiative=OuterRef("micro_credential__initiative"),
        )
        seated = Panel.objects.filter(
            Q(seats__organization__name_en__icontains=view.partner)
            | Q(seats__organization__name_fr__icontains=view.partner),
            version=OuterRef("pk"),
        )
        rows = rows.filter(Exists(named) | Exists(seated))
    text, parameters = rows.order_by().values("pk").query.sql_with_params()
    return f"item.version IN ({text})", list(parameters)


STATEMENT = """
WITH mine ({columns}) AS MATERIALIZED ({mine}),
item (list, {columns}) AS (
    SELECT 'mine', * FROM mine
    UNION ALL SELECT 'returned', * FROM ({returned}) AS returned
    UNION ALL SELECT 'others', * FROM ({others}) AS others ({columns})
        WHERE NOT EXISTS (SELECT 1 FROM mine WHERE mine.version = others.version)
),
shown AS MATERIALIZED (
    SELECT item.*, array_position(%s::text[], version_.stage::text) AS place{partner}
    FROM item JOIN workflows_version AS version_ ON version_.id = item.version WHERE {wanted}
),
counted AS (
    SELECT count(*) FILTER (WHERE list = 'mine') AS mine,
        count(*) FILTER (WHERE list = 'mine' AND due < %s) AS overdue,
        count(*) FILTER (WHERE list = 'returned') AS returned,
        count(*) FILTER (WHERE list = 'others') AS others FROM shown
),
page AS (
    SELECT {key} AS key, {columns} FROM shown
    WHERE list = %s AND (%s OR due < %s) AND {beyond}
    ORDER BY 1, since, subject, kind LIMIT %s
)
SELECT counted.mine, counted.overdue, counted.returned, counted.others, page.key::text, {page_columns}
FROM counted LEFT JOIN page ON TRUE ORDER BY page.key, page.since, page.subject, page.kind
"""
PARTNER = """, COALESCE((
    SELECT min(organization.name_en) FROM workflows_microcredential AS credential
    JOIN workflows_initiativepartner AS partner ON partner.initiative_id = credential.initiative_id
    JOIN people_organization AS organization ON organization.id = partner.organization_id
    WHERE credential.id = version_.micro_credential_id
), '') AS partner"""


def _beyond(view: View) -> tuple[str, list[Any]]:
    """The rows after a key. A key that nobody made is read as none."""
    try:
        key = json.loads(base64.urlsafe_b64decode(view.after.encode())) if view.after else None
        name, value, since, subject, kind = key or (view.sort, "", "", "", "")
        if key is None or name != view.sort:
            return "TRUE", []
        datetime.fromisoformat(since), UUID(subject)
        if SORTS[view.sort][1] == "date" and value != "infinity":
            date.fromisoformat(value)
    except (ValueError, TypeError, binascii.Error):
        return "TRUE", []
    text, type_ = SORTS[view.sort]
    row = f"({text}, since, subject, kind) > (%s::{type_}, %s::timestamptz, %s::uuid, %s)"
    return row, [str(value), since, subject, str(kind)]


def _key(view: View, row: dict[str, Any]) -> str:
    parts = [view.sort, row["key"], row["since"].isoformat(), str(row["subject"]), row["kind"]]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def statement(user: User, view: View, size: int) -> tuple[str, list[Any]]:
    """The whole inbox as SQL and its parameters; one row more than asked for says that a page follows."""
    mine, mine_parameters = _union(chain.from_iterable(finder(user) for finder in FINDERS))
    returned, returned_parameters = _union(iter([finders.returned(user)]))
    others, others_parameters = _union(iter([_others(user)]))
    wanted, wanted_parameters = _wanted(view)
    beyond, beyond_parameters = _beyond(view)
    text = STATEMENT.format(
        columns=", ".join(COLUMNS), page_columns=", ".join(f"page.{name}" for name in COLUMNS),
        mine=mine, returned=returned, others=others, wanted=wanted, beyond=beyond,
        key=SORTS[view.sort][0], partner=PARTNER if view.sort == "partner" else "",
    )  # fmt: skip
    today = timezone.localdate()
    list_ = "mine" if view.shown == "overdue" else view.shown
    return text, [
        *mine_parameters, *returned_parameters, *others_parameters, list(Stage.values), *wanted_parameters, today,
        list_, view.shown != "overdue", today, *beyond_parameters, size + 1,
    ]  # fmt: skip


def page_of(user: User, view: View | None = None, *, size: int = PAGE) -> Page:
    """One page of a person's inbox in two statements."""
    view = view or View()
    with connection.cursor() as cursor:
        cursor.execute(*statement(user, view, size))
        found = cursor.fetchall()
    counts = dict(zip(LISTS, found[0][: len(LISTS)], strict=True))
    names = ("key", *COLUMNS)
    rows = [dict(zip(names, row[len(LISTS) :], strict=True)) for row in found if row[len(LISTS) + 1] is not None]
    shown = rows[:size]
    versions = Version.objects.select_related("proposer", "micro_credential").defer("content").in_bulk(
        {row["version"] for row in shown}
    )  # fmt: skip
    items = [
        Item(
            row["kind"], row["subject"], versions[row["version"]], row["since"], row["due"], row["round"], row["count"]
        )
        for row in shown
    ]
    return Page(view, items, counts, _key(view, shown[-1]) if len(rows) > size else "")


MOST = 1_000_000


def items(user: User) -> list[Item]:
    """Everything that waits for this person: what is due first stands first, then what has waited longest."""
    return page_of(user, size=MOST).items

"""What waits for a written reply in a case, and what was replied: suggestions, low ratings, questions, conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from people.models import User
from workflows import cases, rights
from workflows.dossier import Dossier, Text
from workflows.models import Condition, SeatQuestion, Suggestion, Version

Words = str | Promise


@dataclass(frozen=True)
class Thread:
    """One thing said by others: `kind` and `subject` name it for the verb that answers it."""

    kind: str
    subject: str
    pk: int
    who: str
    words: Words | Text
    reply: str = ""
    due: date | None = None
    mine: bool = True
    closed: bool = False

    @property
    def open(self) -> bool:
        """True while the reply is still to be given by the reader."""
        return self.mine and not self.reply and not self.closed


def threads(version: Version, reader: User) -> list[Thread]:
    """Everything in this case that asks for a reply, the open ones first."""
    found = [*_suggestions(version), *_ratings(version, reader), *_questions(version), *_conditions(version, reader)]
    return sorted(found, key=lambda thread: not thread.open)


def _suggestions(version: Version) -> list[Thread]:
    rows = Suggestion.objects.filter(decision__version=version).select_related("decision__organization")
    return [
        Thread("suggestion", str(row.public_id), row.pk, row.decision.organization.name, row.text, row.reply)
        for row in rows.order_by("pk")
    ]


def _ratings(version: Version, reader: User) -> list[Thread]:
    """Low ratings; the proposer answers for them."""
    actions = {item.code: item.action for item in Dossier.model_validate(version.content).competencies}
    replied = version.screening.get("rating_replies", {})
    codes = dict.fromkeys([*cases.low_ratings(version), *replied])
    mine = bool(codes) and rights.holds(reader, version, "submit")
    return [
        Thread("rating", code, 0, code, actions.get(code, Text(en=code)), replied.get(code, ""), mine=mine)
        for code in codes
    ]


def _questions(version: Version) -> list[Thread]:
    rows = SeatQuestion.objects.filter(seat__panel__version=version).select_related("seat__organization", "asked_by")
    return [
        Thread(
            "question",
            str(row.public_id),
            row.pk,
            f"{row.asked_by}, {row.seat.organization.name}",
            row.text,
            row.answer,
        )
        for row in rows.order_by("pk")
    ]


def _conditions(version: Version, reader: User) -> list[Thread]:
    rows: list[Condition] = list(version.conditions.select_related("set_by", "owner").order_by("pk"))
    return [
        Thread(
            "condition",
            str(row.public_id),
            row.pk,
            _("%(setter)s, for %(owner)s") % {"setter": row.set_by, "owner": row.owner or _("nobody yet")},
            row.text,
            row.proof,
            row.due_on,
            mine=row.owner_id == reader.pk,
            closed=row.closed_at is not None,
        )
        for row in rows
    ]

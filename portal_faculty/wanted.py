"""What waits for a proposer or lead, as rows with words and the page that answers each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflows.dossier import Text
from workflows.models import Version
from workflows.waiting import Item

# kind -> what waits, and the page that answers it
KINDS: dict[str, tuple[str | Promise, str]] = {
    "write": (_("Draft: write on, then submit"), "faculty:write"),
    "answer_return": (_("Returned to you: answer what was asked"), "faculty:returned"),
    "design": (_("Design the assessment"), "faculty:design"),
    "plan_pilot": (_("Approved for a pilot: plan the cohort"), "faculty:pilot"),
    "report": (_("Pilot closed: report on it"), "faculty:report"),
    "recommend": ("", "faculty:pilot"),
    "reply_to_suggestion": (_("A partner suggests something: reply"), "faculty:answers"),
    "reply_to_rating": (_("A competency was rated 1 or 2: reply"), "faculty:answers"),
    "answer_question": (_("A partner asks: reply"), "faculty:answers"),
    "prove_condition": (_("A condition that you own: bring the proof"), "faculty:answers"),
}


@dataclass(frozen=True)
class Row:
    """One thing that waits: for which version, what, since and until when, and where it is answered."""

    version: Version
    title: Text
    words: str | Promise
    address: str
    since: datetime
    due: date | None
    days_late: int


def row_of(item: Item) -> Row:
    """One waiting thing as a row."""
    words, page = KINDS[item.kind]
    if item.kind == "recommend":
        words = ngettext("%d result to recommend", "%d results to recommend", item.count) % item.count
    late = max(0, -(item.days_left or 0))
    address = reverse(page, args=[item.version.public_id])
    return Row(item.version, item.title, words, address, item.since, item.due, late)

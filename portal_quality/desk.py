"""The left side of the desk: what waits for a person as rows with words and addresses, and what waits for others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from people.models import User
from workflows import waiting
from workflows.dossier import Text
from workflows.models import Version
from workflows.stations import Stage
from workflows.waiting import LISTS, SORTS, Item, Page, View

# kind -> what the row says it waits for; numbers are put in by `_words`
KINDS: dict[str, str | Promise] = {
    "screen": gettext_lazy("Screening"),
    "close_round": gettext_lazy("All were heard, close the round"),
    "vote": gettext_lazy("Your vote"),
    "close_committee": gettext_lazy("All were heard, carry out what the votes say"),
    "activate": gettext_lazy("Approved: activate"),
    "start_pilot": gettext_lazy("Roster signed: start the pilot"),
    "agree_to_withdrawal": gettext_lazy("The proposer wants to withdraw it"),
    "sign_transcript_rule": gettext_lazy("Transcript rule to sign"),
    "close_review": gettext_lazy("Periodic review to close"),
    "confirm_suspension": gettext_lazy("Suspension to confirm, or it lapses"),
    "lift": gettext_lazy("Suspended: decide what follows"),
    "import_approved": gettext_lazy("Approved elsewhere: confirm the import"),
    "release_patch": gettext_lazy("Change of the presentation to release"),
    "close_condition": gettext_lazy("Condition that you set"),
    "complete_condition": gettext_lazy("Condition without owner or date"),
    "answer_question": gettext_lazy("A reviewer asks"),
    "confirm_revocation": gettext_lazy("Revocation to confirm"),
    "vacant": gettext_lazy("A seat is vacant: name somebody else"),
    "seat_appeal": gettext_lazy("An appeal: name its panel"),
    "decide_appeal": gettext_lazy("An appeal waits for your finding"),
}
# kind -> the page that answers it, by the public id of its subject; the case's own page for the rest
PAGES: dict[str, str] = {
    "close_condition": "quality:close_condition",
    "complete_condition": "quality:complete_condition",
    "agree_to_withdrawal": "quality:agree_to_withdrawal",
    "answer_question": "quality:answer_question",
    "sign_roster": "quality:sign_roster",
    "award": "quality:award",
    "vacant": "quality:replace_seat",
    "release_patch": "quality:release_patch",
    "confirm_revocation": "quality:confirm_revocation",
    "seat_appeal": "quality:seat_appeal",
    "decide_appeal": "quality:decide_appeal",
}


@dataclass(frozen=True)
class Row:
    """One row of a list: a title, what it waits for, until when, and where it leads."""

    title: Text
    words: str
    address: str
    version: Version
    due: date | None = None
    since: datetime | None = None
    opens_case: bool = True

    @property
    def days(self) -> int | None:
        """Calendar days until it is due; negative when the day has passed."""
        return None if self.due is None else (self.due - timezone.localdate()).days

    @property
    def over(self) -> int:
        """How many days it is late."""
        return max(0, -(self.days or 0))


@dataclass(frozen=True)
class Desk:
    """What one list shows, and how many rows stand behind each of its chips."""

    page: Page
    rows: list[Row]
    oldest_elsewhere: Row | None

    @property
    def shown(self) -> str:
        """The list that is shown."""
        return self.page.view.shown

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each list has."""
        return self.page.counts

    @property
    def chips(self) -> list[tuple[str, str, int]]:
        """Each chip with its word and its number."""
        words = {
            "mine": _("Mine"),
            "overdue": _("Overdue"),
            "returned": pgettext("versions", "Returned"),
            "others": _("With others"),
        }
        return [(name, words[name], self.counts[name]) for name in LISTS]

    @property
    def stages(self) -> list[tuple[str, Any]]:
        """The stages by which a list is narrowed."""
        return list(Stage.choices)

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """The orders of a list with their words."""
        words = {"due": _("Due first"), "age": _("Oldest first"), "stage": _("Stage"), "partner": _("Partner")}
        return [(name, words[name]) for name in SORTS]


def view_of(asked: QueryDict) -> View:
    """What an address asks of the inbox."""
    words = {name: asked.get(name, "").strip()[:200] for name in ("stage", "partner", "sort")}
    return View(asked.get("show", ""), asked.get("q", "").strip()[:200], **words, after=asked.get("after", "")[:400])


def desk_of(user: User, view: View) -> Desk:
    """The desk of a person."""
    page = waiting.page_of(user, view)
    oldest = None
    if not page.items and view.shown == "mine" and page.counts["others"]:
        elsewhere = waiting.page_of(user, View("others", sort="age"), size=1).items
        oldest = next((_row(item) for item in elsewhere), None)
    return Desk(page, [_row(item) for item in page.items], oldest)


def _words(item: Item) -> str:
    if item.kind == "chase":
        return ngettext("%d reviewer is silent", "%d reviewers are silent", item.count) % item.count
    if item.kind == "sign_roster":
        return ngettext("Roster of %d learner to sign", "Roster of %d learners to sign", item.count) % item.count
    if item.kind == "award":
        return ngettext("%d result to award", "%d results to award", item.count) % item.count
    words = str(KINDS[item.kind])
    if item.kind in {"vote", "close_committee", "chase", "close_round"}:
        what = words[:1].lower() + words[1:]
        words = _("%(stage)s: %(what)s") % {"stage": stage_words(item.version), "what": what}
    return words + (", " + _("round %d") % item.round if item.round > 1 else "")


def stage_words(version: Version) -> str:
    """The stage as the head of a line."""
    words = str(Stage(version.stage).label)
    return words[:1].upper() + words[1:]


def _row(item: Item) -> Row:
    page = PAGES.get(item.kind)
    address = reverse(page, args=[item.subject]) if page else reverse("quality:version", args=[item.version.public_id])
    if item.kind == "stage":
        return row_of(item.version, None if item.version.on_hold else item.due)
    return Row(item.title, _words(item), address, item.version, item.due, item.since, opens_case=page is None)


def row_of(version: Version, due: date | None = None) -> Row:
    """One version as a row: its stage, and the day on which its open round ends."""
    words = stage_words(version) + (", " + _("on hold") if version.on_hold else "")
    address = reverse("quality:version", args=[version.public_id])
    return Row(waiting.title_of(version), words, address, version, due, version.stage_since)

"""Many badges at once: one row for each file that somebody hands in, and for each badge in a record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from django.utils.translation import gettext as _

from credentials.apart import Busy
from credentials.strictjson import Unreadable
from credentials.texts import Opened
from people.dates import long_day
from workflows.judgement import Bundle, Judgement, judge_handed

MOST_TRIES, SECONDS_BETWEEN = 3, 1.0  # when all processes are at work, somebody who hands in many can wait


@dataclass(frozen=True)
class Row:
    """What came of one file; `verdict` is valid, not_valid, cannot_tell or unreadable, all else is in words."""

    file: str
    verdict: str
    said: str
    sentence: str = ""
    badge: str = ""
    issuer: str = ""
    trusted: str = ""
    earner: str = ""
    awarded: str = ""
    until: str = ""
    endorsements: str = ""
    address: str = ""

    @property
    def cells(self) -> list[str]:
        """As one line of a sheet."""
        return [cell for place, cell in enumerate(astuple(self)) if place != 1]


def headings() -> list[str]:
    """What the cells of a row are."""
    return [
        _("File"), _("Verdict"), _("Why"), _("Badge"), _("Issuer"), _("Issuer known here"), _("Earner"), _("Awarded"),
        _("Valid until"), _("Endorsements that hold"), _("Address"),
    ]  # fmt: skip


def rows_of(name: str, data: bytes) -> Iterator[Row]:
    """Judge one file where it can be killed; nothing of it is kept."""
    try:
        opened, found = _judged(data)
    except (Unreadable, Busy) as refused:
        unread = isinstance(refused, Unreadable)
        said = _("Cannot be read") if unread else _("Cannot tell")
        yield Row(name, "unreadable" if unread else "cannot_tell", said, str(refused.sentence))
        return
    if opened.link:
        yield Row(name, "unreadable", _("Cannot be read"), _("It holds only an address. Open it in a browser."))
    elif isinstance(found, Bundle):
        yield from _bundle(name, found)
    else:
        yield _row(name, found)


def _judged(data: bytes) -> tuple[Opened, Judgement | Bundle]:
    for _try in range(MOST_TRIES - 1):
        try:
            return judge_handed(data)
        except Busy:
            time.sleep(SECONDS_BETWEEN)
    return judge_handed(data)


def _bundle(name: str, bundle: Bundle) -> Iterator[Row]:
    """The badges of a record; a record that does not hold itself is told first."""
    if bundle.verdict.worst is not None or not bundle.badges:
        yield Row(name, bundle.answer.value, words_of(bundle.answer.value), _reason(bundle))
    for place, (_text, judgement) in enumerate(bundle.badges, start=1):
        yield _row(f"{name} ({place})", judgement)


def words_of(verdict: str) -> str:
    """A verdict in words."""
    return {"valid": _("Valid"), "not_valid": _("Not valid")}.get(verdict, _("Cannot tell"))


def _reason(found: Judgement | Bundle) -> str:
    worst = found.verdict.worst
    return str(worst.sentence) if worst is not None else ""


def _row(name: str, found: Judgement) -> Row:
    """What was not signed is not repeated."""
    verdict, reading = found.answer.value, found.reading
    if not found.signed:
        return Row(name, verdict, words_of(verdict), _reason(found))
    awarded = reading.awarded or reading.starts
    trusted = {"yes": _("yes"), "no": _("no: it imitates one that is")}.get(found.trusted.value, _("no"))
    return Row(
        file=name,
        verdict=verdict,
        said=words_of(verdict),
        sentence=_reason(found),
        badge=reading.title,
        issuer=reading.issuer,
        trusted=trusted,
        earner=reading.earner,
        awarded=long_day(awarded) if awarded else "",
        until=long_day(reading.ends) if reading.ends else "",
        endorsements=_("%(holding)d of %(all)d") % {"holding": found.holding, "all": len(found.vouchers)},
        address=reading.address,
    )

"""The pack of a review as its readers see it, on the page and as a table to save; in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from people.dates import long_day
from workflows.dossier import Text
from workflows.models import ReviewPack, Validation

TRIGGERS = {
    "date": gettext_lazy("The date of its review has come."),
    "demand": gettext_lazy("The demand is no longer confirmed."),
    "job": gettext_lazy("Partners no longer confirm that the assessment reflects the job."),
    "withdrawn": gettext_lazy("A partner withdrew its statement."),
    "statement_ended": gettext_lazy("A partner’s statement has ended."),
    "demand_answer": gettext_lazy("A partner says that it is no longer in demand."),
    "need_ended": gettext_lazy("The stated need has ended."),
    "no_awards": gettext_lazy("Nothing was awarded for 24 months."),
    "pass_rate": gettext_lazy("The rate of the first try is odd."),
    "appeals": gettext_lazy("Two or more appeals were upheld."),
    "esco_edition": gettext_lazy("A new edition of ESCO changed a skill that it is aligned with."),
    "standard": gettext_lazy("A standard or code that it names has a new edition."),
    "pathway": gettext_lazy("The other side of a pathway or a part of its stack has changed."),
    "agreement_withdrawn": gettext_lazy("A community withdrew its agreement."),
    "suspension_lapsed": gettext_lazy("A suspension lapsed while it was under review."),
}
FIGURES = {
    "learners": gettext_lazy("Learners who began"),
    "awarded": gettext_lazy("Awarded"),
    "assessed": gettext_lazy("Assessed at the first try"),
    "first_try": gettext_lazy("Competent at the first try"),
    "median_days": gettext_lazy("Days from enrolment to award, median"),
    "last_award_on": gettext_lazy("Last award"),
    "renewals": gettext_lazy("Renewals begun"),
    "appeals": gettext_lazy("Appeals filed"),
    "appeals_upheld": gettext_lazy("Appeals upheld"),
    "revoked": gettext_lazy("Badges revoked"),
}
VIEWS = {
    "earners": gettext_lazy("Earners who share by link"),
    "links": gettext_lazy("Links"),
    "openings": gettext_lazy("Times a link was opened"),
}
STATES = {
    "in_force": gettext_lazy("in force until %s"),
    "ended": gettext_lazy("ended on %s"),
    "withdrawn": gettext_lazy("withdrawn; it would have held until %s"),
}


@dataclass(frozen=True)
class Row:
    """One line: what, and what is on record about it."""

    name: str
    words: str


@dataclass(frozen=True)
class Section:
    """Lines that belong together; `empty` says what it means that there are none."""

    title: str
    rows: tuple[Row, ...]
    empty: str


def why(pack: ReviewPack) -> str:
    """Why the review opened."""
    return str(TRIGGERS.get(pack.trigger, pack.trigger))


def told(pack: ReviewPack) -> list[Section]:
    """The whole pack, section by section."""
    data = pack.data
    return [
        Section(_("What it has done so far"), _figures(data["figures"], FIGURES), ""),
        Section(
            _("Views by employers"),
            _figures(data["views"], VIEWS),
            _("Fewer than ten earners share it, so no number is shown: who looks at whose badge is theirs to know."),
        ),
        Section(_("Statements of partners"), tuple(_statements(data)), _("No partner has stated anything.")),
        Section(_("Once a year: still in demand?"), tuple(_answers(data)), _("Nobody was asked yet.")),
        Section(_("Sources of demand"), tuple(_sources(data)), _("There is no source.")),
        Section(_("Use in pathways"), tuple(_pathways(data)), _("It leads into no program and stands in no stack.")),
        Section(_("Exemptions and open conditions"), tuple(_promises(data)), _("There are none.")),
    ]


def _day(value: str | None) -> str:
    return long_day(date.fromisoformat(value)) if value else _("no date")


def _text(value: dict[str, str]) -> str:
    return Text.model_validate(value).said((get_language() or "en")[:2])


def _figures(values: dict[str, Any], names: dict[str, Any]) -> tuple[Row, ...]:
    found = []
    for name, words in names.items():
        if name in values:
            value = values[name]
            shown = _day(value) if name.endswith("_on") and value else "–" if value is None else str(value)
            found.append(Row(str(words), shown))
    return tuple(found)


def _statements(data: dict[str, Any]) -> Iterator[Row]:
    for row in data["statements"]:
        kind = str(Validation.Kind(row["kind"]).label)
        yield Row(f"{row['organization']}, {kind}", str(STATES[row["state"]]) % _day(row["until"]))


def _answers(data: dict[str, Any]) -> Iterator[Row]:
    for row in data["demand_answers"]:
        if row["still"] is None:
            yield Row(row["organization"], _("asked on %s, no answer") % _day(row["asked_on"]))
            continue
        said = _("yes, on %s") if row["still"] else _("no longer, on %s")
        yield Row(row["organization"], said % _day(row["answered_on"]) + (f": {row['words']}" if row["words"] else ""))


def _sources(data: dict[str, Any]) -> Iterator[Row]:
    for row in data["sources"]:
        words = _("of %(on)s; too old from %(ages_out_on)s on") % {
            "on": _day(row["on"]),
            "ages_out_on": _day(row["ages_out_on"]),
        }
        yield Row(_text(row["claim"]), words if row["on"] else _("undated, so that it does not count"))


def _pathways(data: dict[str, Any]) -> Iterator[Row]:
    uses = data["pathways"]
    yield from (Row(_("Program"), program) for program in uses["programs"])
    yield from (Row(_("Way into"), _text(target)) for target in uses["ladders"])
    yield from (Row(_("Part of"), _text(stack)) for stack in uses["stacks"])


def _promises(data: dict[str, Any]) -> Iterator[Row]:
    for row in data["exemptions"]:
        state = _("signed, ends on %s") if row["signed"] else _("asked for, would end on %s")
        yield Row(_("Exemption from %s") % row["clause"], state % _day(row["ends_on"]))
    for row in data["conditions"]:
        yield Row(_("Condition: %s") % row["text"], _("due on %s") % _day(row["due_on"]))

"""An institution's policy in plain words, sentence by sentence, from its data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import OrganizationKind
from workflows.policy import clock_days, setting
from workflows.stations import Stage

CLOCKS = {
    "screening": Stage.SCREENING,
    "relevance": Stage.RELEVANCE_REVIEW,
    "endorsement": Stage.ENDORSEMENT,
    "pilot_approval": Stage.PILOT_APPROVAL,
    "final_approval": Stage.FINAL_APPROVAL,
}


def in_words(data: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The rules under their headings."""
    return [
        (_("Who must support the demand"), _relevance(data)),
        (_("Who must endorse the assessment"), _endorsement(data)),
        (_("How the committee decides"), _committee(data)),
        (_("What a voice weighs"), _weights(data)),
        (_("How long each step may take"), _clocks(data)),
        (_("Reviews in use"), _reviews(data)),
    ]


def _relevance(data: dict[str, Any]) -> list[str]:
    rule = data["relevance"]
    partners, voices = rule["independent_partner_supports"], rule["employer_voices"]
    return [
        ngettext(
            "At least %d independent partner supports it.", "At least %d independent partners support it.", partners
        )
        % partners,
        ngettext("At least %d employer voice is heard.", "At least %d employer voices are heard.", voices) % voices,
        _("Supports weigh more than refusals."),
        _("A competency that is rated 1 or 2 gets a written reply."),
    ]


def _endorsement(data: dict[str, Any]) -> list[str]:
    needed = data["endorsement"]["independent_partner_endorsements"]
    return [
        ngettext(
            "At least %d independent partner endorses exactly this content.",
            "At least %d independent partners endorse exactly this content.",
            needed,
        )
        % needed,
        _("While one partner returns it, it does not go on."),
    ]


def _committee(data: dict[str, Any]) -> list[str]:
    rule = data["committee"]
    return [
        ngettext("At least %d member sits.", "At least %d members sit.", rule["members_min"]) % rule["members_min"],
        ngettext(
            "At least %d of them is from outside the proposing unit.",
            "At least %d of them are from outside the proposing unit.",
            rule["outside_proposing_unit"],
        )
        % rule["outside_proposing_unit"],
        _("A majority must be present, and a majority of votes carries. A tie defers."),
        _("Nobody decides on what he or she proposed, wrote or edited."),
    ]


def _weights(data: dict[str, Any]) -> list[str]:
    known = dict(OrganizationKind.choices)
    weighed = [
        ngettext("%(kind)s: %(number)d voice", "%(kind)s: %(number)d voices", weight)
        % {"kind": str(known.get(kind, kind)).capitalize(), "number": weight}
        for kind, weight in data["weights"].items()
        if kind in known
    ]
    return [*weighed, _("Related organizations count once together.")]


def _clocks(data: dict[str, Any]) -> list[str]:
    lines = []
    for clock, stage in CLOCKS.items():
        days = clock_days(data, clock)
        words = ngettext("%(stage)s: %(days)d business day", "%(stage)s: %(days)d business days", days)
        lines.append(words % {"stage": str(stage.label).capitalize(), "days": days})
    percents = ", ".join(str(percent) for percent in setting(data, "remind_at_percent"))
    return [
        *lines,
        _("Reminders go out at %s %% of the time.") % percents,
        _("Nothing is ever approved by time. Silence counts neither way."),
    ]


def _reviews(data: dict[str, Any]) -> list[str]:
    months = setting(data, "review_months")
    return [
        ngettext("A light review every %d month.", "A light review every %d months.", months["light"])
        % months["light"],
        ngettext("A full review every %d month.", "A full review every %d months.", months["full"]) % months["full"],
    ]

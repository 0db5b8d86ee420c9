"""An institution's policy in plain words, sentence by sentence, from its data; and two editions beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from people.dates import long_day
from people.models import OrganizationKind
from workflows.dossier import Text
from workflows.policies import calendar
from workflows.policies.gates import WORDS as GATES
from workflows.policy import clock_days, escalation, setting
from workflows.stations import Stage

Section = tuple[str, list[str]]
CLOCKS = {
    "screening": Stage.SCREENING,
    "relevance": Stage.RELEVANCE_REVIEW,
    "endorsement": Stage.ENDORSEMENT,
    "pilot_approval": Stage.PILOT_APPROVAL,
    "final_approval": Stage.FINAL_APPROVAL,
}
SHARES: dict[str, str | Promise] = {
    "majority": gettext_lazy("a majority"),
    "two_thirds": gettext_lazy("two thirds"),
    "all": gettext_lazy("everybody"),
}
INTERESTS: dict[str, str | Promise] = {
    "hires": gettext_lazy("hires holders"),
    "sells": gettext_lazy("sells to the offer"),
    "funds": gettext_lazy("funds the offer"),
    "delivers": gettext_lazy("delivers the offer"),
    "owner": gettext_lazy("owns the institution, or is owned by it"),
    "member": gettext_lazy("belongs to the institution"),
}
ASKERS: dict[str, str | Promise] = {
    "proposer": gettext_lazy("the proposer"),
    "academic_lead": gettext_lazy("the academic lead"),
}


def in_words(data: dict[str, Any]) -> list[Section]:
    """The rules under their headings."""
    return [
        (_("Who must support the demand"), _relevance(data)),
        (_("Who must endorse the assessment"), _endorsement(data)),
        (_("How the committee decides"), _committee(data)),
        (_("What a voice weighs"), _weights(data)),
        (_("What each gate asks for"), _gates(data)),
        (_("Where somebody may explain instead"), _exemptions(data)),
        (_("How long each step may take"), _clocks(data)),
        (_("When the institution is closed"), _closed(data)),
        (_("How long statements hold"), _validity(data)),
        (_("Reviews in use"), _reviews(data)),
    ]


@dataclass(frozen=True)
class Difference:
    """One heading under which two editions differ: what no longer holds, and what holds instead."""

    heading: str
    gone: list[str]
    new: list[str]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Where two editions differ, in the sentences that a reader of the policy reads."""
    found = []
    for (heading, was), (_same, becomes) in zip(in_words(before), in_words(after), strict=True):
        gone, new = [s for s in was if s not in becomes], [s for s in becomes if s not in was]
        if gone or new:
            found.append(Difference(heading, gone, new))
    return found


def _kinds(needed: dict[str, int]) -> list[str]:
    known = dict(OrganizationKind.choices)
    words = _("Of this kind at least %(number)d: %(kind)s.")
    return [words % {"number": number, "kind": known.get(kind, kind)} for kind, number in needed.items()]


def _seats(rule: dict[str, Any]) -> list[str]:
    words = {"partner": _("Partners who are asked: at least %d."), "voice": _("Employer voices asked: at least %d.")}
    return [words[kind] % number for kind, number in rule["seats_of"].items()]


def _veto(rule: dict[str, Any]) -> list[str]:
    known = dict(OrganizationKind.choices)
    names = ", ".join(str(known.get(kind, kind)) for kind in rule["veto"])
    return [_("Has a veto: %s.") % names] if names else []


def _relevance(data: dict[str, Any]) -> list[str]:
    rule = setting(data, "relevance")
    partners, voices = rule["independent_partner_supports"], rule["employer_voices"]
    return [
        ngettext(
            "At least %d independent partner supports it.", "At least %d independent partners support it.", partners
        )
        % partners,
        ngettext("At least %d employer voice is heard.", "At least %d employer voices are heard.", voices) % voices,
        *_kinds(rule["voices_of"]),
        *_seats(rule),
        *_veto(rule),
        _("Supports weigh more than refusals."),
        _("A competency that is rated %d or lower gets a written reply.") % rule["reply_to_importance_at_most"],
    ]


def _endorsement(data: dict[str, Any]) -> list[str]:
    rule = setting(data, "endorsement")
    needed = rule["independent_partner_endorsements"]
    return [
        ngettext(
            "At least %d independent partner endorses exactly this content.",
            "At least %d independent partners endorse exactly this content.",
            needed,
        )
        % needed,
        *_kinds(rule["endorsements_of"]),
        *_seats(rule),
        *_veto(rule),
        _("While one partner returns it, it does not go on."),
    ]


def _committee(data: dict[str, Any]) -> list[str]:
    rule = setting(data, "committee")
    veto = [_("A member from outside the unit has a veto.")] if rule["veto"] else []
    return [
        ngettext("At least %d member sits.", "At least %d members sit.", rule["members_min"]) % rule["members_min"],
        ngettext(
            "At least %d of them is from outside the proposing unit.",
            "At least %d of them are from outside the proposing unit.",
            rule["outside_proposing_unit"],
        )
        % rule["outside_proposing_unit"],
        _("Must be present: %s.") % SHARES[rule["present"]],
        _("Carries, of the votes cast: %s. A tie defers.") % SHARES[rule["carries"]],
        *veto,
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
    binding = [str(INTERESTS[kind]) for kind in setting(data, "independence")["binding_interests"]]
    return [
        *weighed,
        _("Related organizations count once together."),
        _("Not independent is who: %s.") % ", ".join(binding),
    ]


def _gates(data: dict[str, Any]) -> list[str]:
    french = (get_language() or "en").startswith("fr")
    earlier = [
        _("%(gate)s, besides the framework: %(clauses)s.")
        % {"gate": GATES[gate["gate"]], "clauses": ", ".join(gate["clauses"])}
        for gate in setting(data, "gates")
        if gate["clauses"]
    ]
    added = [
        _("A clause of our own, %(code)s: %(title)s.")
        % {"code": clause["code"], "title": Text(**clause["title"]).said("fr" if french else "en")}
        for clause in setting(data, "clauses")
    ]
    return [_("Every clause of the framework, at its gate, in its order."), *earlier, *added]


def _exemptions(data: dict[str, Any]) -> list[str]:
    rule = setting(data, "exemptions")
    if not rule["allowed"]:
        return [_("Nowhere: every clause must be met.")]
    return [
        _("Clauses: %s.") % ", ".join(rule["allowed"]),
        _("May ask: %s. The committee signs.") % ", ".join(str(ASKERS[role]) for role in rule["asked_by"]),
        ngettext("For %d month at most.", "For %d months at most.", rule["longest_months"]) % rule["longest_months"],
    ]


def _clocks(data: dict[str, Any]) -> list[str]:
    lines = []
    for clock, stage in CLOCKS.items():
        days = clock_days(data, clock)
        words = ngettext("%(stage)s: %(days)d business day", "%(stage)s: %(days)d business days", days)
        lines.append(words % {"stage": str(stage.label).capitalize(), "days": days})
    percents = ", ".join(str(percent) for percent in setting(data, "remind_at_percent"))
    return [
        *lines,
        _("Next vote after a deferral: %d business days.") % clock_days(data, "deferred"),
        _("Reminders go out at %s %% of the time.") % percents,
        *_steps(data),
        _("Nothing is ever approved by time. Silence counts neither way."),
    ]


def _steps(data: dict[str, Any]) -> list[str]:
    who = {"officer": _("the quality office"), "chair": _("the chair")}
    now = _("A silent seat goes at once to %s.")
    later = _("A silent seat goes after %(days)d business days to %(who)s.")
    return [later % {"days": days, "who": who[to]} if days else now % who[to] for to, days in escalation(data)]


def _closed(data: dict[str, Any]) -> list[str]:
    rule = setting(data, "calendar")
    lines = [_("Saturdays and Sundays.")]
    if rule["rule"] == "ontario":
        lines.append(_("The public holidays of Ontario."))
    lines += [f"{calendar.NAMES[extra]}." for extra in rule["also"]]
    french = (get_language() or "en").startswith("fr")
    for one in setting(data, "holidays"):
        typed = {"on": one} if isinstance(one, str) else one
        name = Text(en=typed.get("en", ""), fr=typed.get("fr", "")).said("fr" if french else "en")
        on = long_day(date.fromisoformat(typed["on"]))
        lines.append(f"{on}, {name}" if name else on)
    return lines


def _validity(data: dict[str, Any]) -> list[str]:
    rule = setting(data, "validity_months")
    return [
        _("A partner’s statement holds %(usual)d months as a rule, %(longest)d at most.") % rule,
        _("A source of demand ages out after %d months.") % rule["demand_source"],
        _("Notices go out %s days before the end.") % ", ".join(str(days) for days in setting(data, "notice_days")),
    ]


def _reviews(data: dict[str, Any]) -> list[str]:
    months, limits = setting(data, "review_months"), setting(data, "limits_days")
    return [
        ngettext("A light review every %d month.", "A light review every %d months.", months["light"])
        % months["light"],
        ngettext("A full review every %d month.", "A full review every %d months.", months["full"]) % months["full"],
        _("A review when nothing was awarded for %d months.") % months["without_award"],
        _("After %d days of stale demand a suspension is asked for.") % limits["ask_suspension"],
    ]

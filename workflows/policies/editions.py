"""Which edition of an institution's policy holds on a day, and the stricter ones of single initiatives."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import rfc8785
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Organization
from workflows.models import Initiative, Policy
from workflows.policies.document import BadPolicy, Place, Wrong, plain, read
from workflows.policy import DEFAULT_POLICY, setting

# What an initiative may ask more of than its institution does (`lifecycle.md` 6.1); nothing here can be loosened.
MORE = {
    "relevance": ("independent_partner_supports", "employer_voices", "voices_of", "seats_of", "veto"),
    "endorsement": ("independent_partner_endorsements", "endorsements_of", "seats_of", "veto"),
    "committee": ("members_min", "outside_proposing_unit", "present", "carries", "veto"),
}
STRICTER = ["majority", "two_thirds", "all"]


def digest(data: dict[str, Any]) -> str:
    """By which the ledger names the exact rules."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(data)).hexdigest()


def history(institution: Organization) -> list[Policy]:
    """Every edition that the institution adopted, the newest first."""
    rows = institution.policies.filter(initiative=None).select_related("adopted_by", "seconded_by")
    return list(rows.order_by("-created_at", "-pk"))


def in_force(institution: Organization, on: date | None = None) -> Policy | None:
    """The edition for cases that begin on this day, today if none is said. Early editions have no first day."""
    day = on or timezone.localdate()
    rows = institution.policies.filter(initiative=None)
    dated = rows.filter(in_force_from__lte=day).order_by("-in_force_from", "-created_at", "-pk").first()
    return dated or rows.filter(in_force_from=None).order_by("-created_at", "-pk").first()


def current(institution: Organization, initiative: Initiative | None = None) -> Policy:
    """The edition that a case which begins now is pinned to; the default one is written down when there is none."""
    edition = in_force(institution)
    if edition is None:
        name = DEFAULT_POLICY["policy"]
        edition, _made = Policy.objects.get_or_create(
            institution=institution, edition=name, defaults={"data": DEFAULT_POLICY}
        )
    return edition if initiative is None else for_initiative(edition, initiative)


def for_initiative(edition: Policy, initiative: Initiative) -> Policy:
    """The institution's edition with what this initiative asks for beside it, as an edition of its own."""
    if not initiative.tightening:
        return edition
    data = tightened(edition.data, initiative.tightening)
    data["policy"] = f"{edition.edition}+{digest(data)[7:15]}"
    made, _new = Policy.objects.get_or_create(
        institution=edition.institution,
        edition=data["policy"],
        defaults={"data": data, "initiative": initiative, "tightened_from": edition, "reason": edition.reason},
    )
    return made


def tightened(data: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The rules with more asked of them. Raises `BadPolicy` where something would be asked less.

    What a later edition already asks for in full adds nothing; it never makes the initiative's own rule weaker.
    """
    result = {**data}
    for part, rules in asked.items():
        for name, wanted in rules.items() if isinstance(rules, dict) else ():
            if name not in MORE.get(part, ()):
                raise BadPolicy([_wrong((part, name))])
            mine = {**setting(result, part)}
            mine[name] = _stricter(mine[name], wanted)
            result[part] = mine
    return plain(read(result))


def _stricter(now: Any, wanted: Any) -> Any:
    """The stricter of two rules of one kind."""
    if isinstance(now, dict):
        return {**now, **{kind: max(number, now.get(kind, 0)) for kind, number in wanted.items()}}
    if isinstance(now, list):
        return [*now, *(one for one in wanted if one not in now)]
    return max(now, wanted, key=STRICTER.index) if isinstance(now, str) else max(now, wanted)


def looser(data: dict[str, Any], asked: dict[str, Any]) -> list[Wrong]:
    """Where an initiative asks for less than the institution, which nobody may; each with its place."""
    wrong = []
    for part, rules in asked.items():
        for name, wanted in rules.items() if isinstance(rules, dict) else ():
            if name in MORE.get(part, ()) and _stricter(setting(data, part)[name], wanted) != _merged(
                setting(data, part)[name], wanted
            ):
                wrong.append(Wrong((part, name), _("An initiative may ask for more than the policy, never for less.")))
    return wrong


def _merged(now: Any, wanted: Any) -> Any:
    if isinstance(now, dict):
        return {**now, **wanted}
    return [*now, *(one for one in wanted if one not in now)] if isinstance(now, list) else wanted


def _wrong(place: Place) -> Wrong:
    return Wrong(place, _("An initiative can be stricter in what voices, seats and members it asks for, only."))

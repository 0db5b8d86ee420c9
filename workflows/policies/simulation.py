"""The simulator on a case: its open rounds as they stand, and as they would stand under another edition or a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from people.models import Organization
from workflows.models import Panel, PanelKind, Policy, Seat, SeatState, Version
from workflows.panels import PARTNER_KINDS
from workflows.policies import editions
from workflows.policies.document import BadPolicy, plain
from workflows.policies.effects import COMMITTEES, HEARD, Effect, effect_of, places_of
from workflows.policies.outlook import Member, Outlook, of_committee, of_partners
from workflows.policies.text import parse


@dataclass(frozen=True)
class Simulated:
    """One open round and its outlook."""

    panel: Panel
    outlook: Outlook

    @property
    def name(self) -> str:
        """What the round is called."""
        words = str(PanelKind(self.panel.kind).label)
        return words[:1].upper() + words[1:]


def outlooks(version: Version, rules: Policy | None = None) -> list[Simulated]:
    """The open rounds of a case that rules of a policy decide, under its own edition or under other `rules`."""
    kinds = [*PARTNER_KINDS, *COMMITTEES]
    panels = version.panels.filter(closed_at=None, kind__in=kinds).order_by("created", "pk")
    return [Simulated(panel, _outlook(version, panel, rules)) for panel in panels.select_related("policy")]


def _outlook(version: Version, panel: Panel, rules: Policy | None) -> Outlook:
    if panel.kind in COMMITTEES:
        seats = panel.seats.select_related("person", "decision").exclude(state=SeatState.RECUSED).order_by("pk")
        return of_committee((rules or panel.policy).data, [_member(seat) for seat in seats])
    kind = PanelKind(panel.kind)
    return of_partners((rules or version.policy).data, kind.value, places_of(version, kind, rules))


def _member(seat: Seat) -> Member:
    vote = seat.decision.choice if seat.state in HEARD else None
    counts = seat.state in {*HEARD, SeatState.OPEN}
    return Member(str(seat.public_id), seat.person.name, vote, outside_unit=seat.outside_unit, counts=counts)


def tried(version: Version, rules: Policy) -> Effect:
    """What other rules would mean for one case, as the dry run says it for all."""
    return effect_of(version, rules)


def candidates(institution: Organization) -> list[tuple[str, str]]:
    """What a case can be tried with: the drafts that are being written, and every edition."""
    open_ = institution.policy_drafts.filter(edition=None, dropped_at=None).order_by("-updated_at")
    named = [(str(draft.public_id), name) for draft in open_ if (name := _named(draft.text))]
    return [*named, *((str(edition.pk), edition.edition) for edition in editions.history(institution))]


def _named(text: str) -> str:
    try:
        return parse(text)[0].policy
    except BadPolicy:
        return ""


def rules_of(version: Version, key: str) -> Policy | None:
    """The edition or the draft of this key, with what the case's initiative asks beside it; None for no such one."""
    institution = version.institution
    edition = institution.policies.filter(initiative=None, pk=int(key)).first() if key.isdecimal() else None
    data: dict[str, Any] | None = edition.data if edition is not None else None
    if data is None:
        drafts = {str(draft.public_id): draft for draft in institution.policy_drafts.filter(dropped_at=None)}
        if key not in drafts:
            return None
        data = plain(parse(drafts[key].text)[0])
    stricter = editions.tightened(data, version.micro_credential.initiative.tightening)
    return Policy(institution=institution, edition=data["policy"], data={**stricter, "policy": data["policy"]})

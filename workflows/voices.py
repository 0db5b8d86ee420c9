"""Whose voice counts for how much in a case (`lifecycle.md` 6.1, 6.3).

Weight and independence follow from what an organization is, from its relations and from what it declared; never
from what the one who opens a seat says.
"""

from __future__ import annotations

from people.models import Organization, OrganizationKind
from workflows.models import Condition, Decision, PanelKind, Seat, SeatState, Validation, Version
from workflows.policy import Voice

# Declared gains that end independence; a hiring interest is no conflict (lifecycle.md 6.3).
BINDING_INTERESTS = {"sells", "funds", "delivers", "owner", "member"}
PROVED = {"a", "b"}  # levels of assurance that sign; "c" is heard as a voice (lifecycle.md 6.6)


def root_of(organization: Organization) -> Organization:
    """The organization at the top of those that this one is a part of; related ones share it."""
    seen = {organization.pk}
    while organization.part_of is not None and organization.part_of.pk not in seen:
        organization = organization.part_of
        seen.add(organization.pk)
    return organization


def weight_of(policy: dict[str, dict[str, int]], organization: Organization) -> int:
    """How many employer voices this organization is; a kind that the policy does not weigh is none."""
    return int(policy["weights"].get(organization.kind, 0))


def is_independent(version: Version, organization: Organization) -> bool:
    """True unless it is part of the issuing institution, shares its owner, or declared a binding interest here."""
    if organization.kind == OrganizationKind.INTERNAL_UNIT:
        return False
    if root_of(organization).pk == root_of(version.institution).pk:
        return False
    declared = version.interests.filter(organization=organization).values_list("kinds", flat=True)
    return not any(BINDING_INTERESTS & set(kinds) for kinds in declared)


def mailbox_belongs(email: str, organization: Organization) -> bool:
    """True when the address is at the organization's verified mail domain."""
    domain = organization.domain.strip().lower()
    return bool(domain) and email.lower().endswith("@" + domain)


def origin(decision: Decision) -> Decision:
    """The answer as it was first given: what a carried decision stands on."""
    return decision.carried_from or decision


def _choice(decision: Decision) -> str | None:
    """The choice as the quorum sees it: an endorsement whose condition lacks owner or date still waits."""
    if decision.choice == "endorse_with_condition":
        conditions = Condition.objects.filter(decision=origin(decision))
        if not any(condition.owner_id and condition.due_on for condition in conditions):
            return None
    return decision.choice


def _voice(seat: Seat) -> Voice:
    answered = seat.state in {SeatState.ANSWERED, SeatState.CARRIED}
    partner = seat.seat_class == "partner"
    if answered and partner:
        statement = Validation.objects.filter(decision=origin(seat.decision)).first()
        partner = statement is None or statement.assurance in PROVED
    return Voice(
        organization=str(seat.organization_id),
        weight=seat.weight,
        independent=seat.independent,
        partner=partner,
        choice=_choice(seat.decision) if answered else None,
        related_group=seat.related_group,
        counts=answered or seat.state == SeatState.OPEN,
    )


def voices(version: Version, kind: PanelKind) -> list[Voice]:
    """The seats of the last round of a kind, without those who stepped back."""
    panel = version.panels.filter(kind=kind).order_by("-round").first()
    if panel is None:
        return []
    seats = panel.seats.select_related("decision__carried_from").exclude(state=SeatState.RECUSED)
    return [_voice(seat) for seat in seats.order_by("pk")]

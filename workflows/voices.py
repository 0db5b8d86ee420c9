"""Whose voice counts for how much in a case (`lifecycle.md` 6.1, 6.3).

Weight and independence follow from what an organization is, from its relations and from what it declared; never
from what the one who opens a seat says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from people.models import Organization, OrganizationKind, User
from workflows import lineage
from workflows.dossier import COVERAGE
from workflows.models import Condition, Decision, PanelKind, Seat, SeatState, Validation, Version
from workflows.panels import COVERS
from workflows.policy import SUPPORTS, Voice, setting

STANDING = SUPPORTS | {"approve", "approve_with_conditions", "agree", "agree_with_condition"}
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


def is_independent(version: Version, organization: Organization, rules: dict[str, Any] | None = None) -> bool:
    """True unless it is part of the issuing institution, shares its owner, or declared a binding interest here.

    What binds says the pinned edition, or `rules` where another one is tried.
    """
    if organization.kind == OrganizationKind.INTERNAL_UNIT:
        return False
    if root_of(organization).pk == root_of(version.institution).pk:
        return False
    # Declared gains that end independence; a hiring interest is no conflict (lifecycle.md 6.3).
    binding = set(setting(rules or version.policy.data, "independence")["binding_interests"])
    for case in lineage.chain(version):
        declared = list(case.interests.filter(organization=organization).values_list("kinds", flat=True))
        if declared:  # what was declared for this case, else for the one that it follows
            return not any(binding & set(kinds) for kinds in declared)
    return True


def mailbox_belongs(email: str, organization: Organization) -> bool:
    """True when the address is at the organization's verified mail domain."""
    domain = organization.domain.strip().lower()
    return bool(domain) and email.lower().endswith("@" + domain)


def origin(decision: Decision) -> Decision:
    """The answer as it was first given: what a carried decision stands on."""
    return decision.carried_from or decision


def covered_facets(kind: str) -> tuple[str, ...]:
    """The facets that this kind of panel answers for."""
    return COVERAGE[COVERS[PanelKind(kind)]]


def covered_digests(facets: dict[str, str], kind: str) -> dict[str, str]:
    """The digests of those facets that this kind of panel answers for."""
    return {name: facets[name] for name in covered_facets(kind) if name in facets}


def _given(versions: Iterable[int], kinds: Iterable[str]) -> QuerySet[Decision]:
    """Answers of these kinds on these versions, the newest first."""
    rows = Decision.objects.filter(version__in=list(versions), panel__kind__in=list(kinds), seat__isnull=False)
    related = ("seat__organization", "validation", "carried_from__validation")
    return rows.select_related(*related).order_by("-decided_at", "-pk")


def statement_of(decision: Decision) -> Validation | None:
    """The statement that an answer became, also when the answer was carried over."""
    return getattr(origin(decision), "validation", None)


def is_live(statement: Validation) -> bool:
    """True while a statement was neither withdrawn nor outlived."""
    return statement.withdrawn_at is None and statement.valid_until > timezone.now()


def standing_decision(version: Version, kind: PanelKind, person: User) -> Decision | None:
    """This person's last answer of this kind, when it supports, holds, and every facet it covers is unchanged."""
    return _standing(version, kind, _given(lineage.ids(version), [kind]).filter(actor=person).first())


def _standing(version: Version, kind: PanelKind, last: Decision | None) -> Decision | None:
    if last is None or last.choice not in STANDING or version.snapshot is None:
        return None
    statement = statement_of(last)
    if statement is not None and not is_live(statement):
        return None
    return last if last.facets == covered_digests(version.snapshot.facets, kind) else None


def _choice(decision: Decision) -> str | None:
    """The choice as the quorum sees it: an endorsement whose condition lacks owner or date still waits.

    So does a community's agreement until the community itself has closed its condition.
    """
    if decision.choice == "endorse_with_condition":
        conditions = Condition.objects.filter(decision=origin(decision))
        if not any(condition.owner_id and condition.due_on for condition in conditions):
            return None
    if decision.choice == "agree_with_condition":
        return None if Condition.objects.filter(decision=origin(decision), closed_at=None).exists() else "agree"
    return decision.choice


def _voice(seat: Seat, decision: Decision | None) -> Voice:
    partner = seat.seat_class == "partner"
    if decision is not None and partner:
        statement = statement_of(decision)
        partner = statement is None or statement.assurance in PROVED
    return Voice(
        organization=str(seat.organization_id),
        weight=seat.weight,
        independent=seat.independent,
        partner=partner,
        choice=None if decision is None else _choice(decision),
        related_group=seat.related_group,
        counts=decision is not None or seat.state == SeatState.OPEN,
        kind=seat.organization.kind,
    )


@dataclass(frozen=True)
class Rows:
    """The seats of last rounds, and the answers that stand beside them, by case and kind."""

    seats: dict[tuple[int, str], list[Seat]]
    given: dict[tuple[int, str], list[Decision]]


def gathered(versions: Iterable[Version], kinds: Iterable[str]) -> Rows:
    """What the voices of these cases are told from, in two statements however many cases there are."""
    chains, kinds = {version.pk: lineage.ids(version) for version in versions}, tuple(kinds)
    places = Seat.objects.filter(panel__version__in=chains, panel__kind__in=kinds).order_by("panel__round", "pk")
    rounds: dict[tuple[int, str], dict[int, list[Seat]]] = defaultdict(lambda: defaultdict(list))
    for seat in places.select_related("panel", "organization__part_of"):
        rounds[seat.panel.version_id, seat.panel.kind][seat.panel.round].append(seat)
    # What the rules do not look at is long and stays where it is: a page of a case asks this often.
    answers = _given({key for chain in chains.values() for key in chain}, kinds)
    by_case: dict[tuple[int, str], list[Decision]] = defaultdict(list)
    for decision in answers.defer("answers", "questions", "conformance", "reasons").annotate(kind=F("panel__kind")):
        by_case[decision.version_id, decision.kind].append(decision)
    given = {
        (pk, kind): sorted((d for key in chain for d in by_case[key, kind]), key=_newest_first)
        for pk, chain in chains.items()
        for kind in kinds
    }
    return Rows({key: list(found.values())[-1] for key, found in rounds.items()}, given)


def _newest_first(decision: Decision) -> tuple[float, int]:
    return (-decision.decided_at.timestamp(), -decision.pk)


def voices(version: Version, kind: PanelKind) -> list[Voice]:
    """Everybody who was asked, with the answer that holds for the present content."""
    return [voice for _seat, voice in asked(version, kind)]


def asked(version: Version, kind: PanelKind, rows: Rows | None = None) -> list[tuple[Seat, Voice]]:
    """The same with the seat of each voice, from `rows` where many cases are looked at together.

    The seats of the last round, without those who stepped back; an answer on facets that have changed is none. Where
    somebody is asked again and has not answered, the organization's earlier support still counts while it is in force;
    so do earlier answers, for and against, of organizations that were not asked again.
    """
    if version.snapshot is None:
        return []
    digests = covered_digests(version.snapshot.facets, kind)
    rows = rows or gathered([version], [kind])
    given, seats = rows.given[version.pk, kind], rows.seats.get((version.pk, kind), [])
    found, seated = [], {seat.organization_id for seat in seats}
    by_seat = {decision.seat_id: decision for decision in given}
    for seat in seats:
        decision = None
        if seat.state in {SeatState.ANSWERED, SeatState.CARRIED}:
            decision = by_seat[seat.pk] if by_seat[seat.pk].facets == digests else None
        elif seat.state != SeatState.RECUSED:
            earlier = next((one for one in given if one.organization_id == seat.organization_id), None)
            decision = _standing(version, kind, earlier)
        if seat.state != SeatState.RECUSED:
            found.append((seat, _voice(seat, decision)))
    for decision in given:
        if decision.organization_id not in seated:
            seated.add(decision.organization_id)
            if decision.facets == digests and decision.seat is not None:
                found.append((decision.seat, _voice(decision.seat, decision)))
    return found


def in_force(version: Version, kind: str, asked: list[Voice]) -> tuple[list[Voice], bool]:
    """The voices whose statement holds today, and whether one of them has ended."""
    statements = Validation.objects.filter(version__in=lineage.ids(version), kind=kind)
    live = {str(statement.organization_id) for statement in statements if is_live(statement)}
    ended = {str(statement.organization_id) for statement in statements} - live
    return [voice for voice in asked if voice.organization not in ended], bool(ended)

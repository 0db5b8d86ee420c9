"""From a list of pilots to initiatives. Every member of a pilot is kept with its initiative, as it was given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from people.models import Organization, OrganizationKind, Role, User
from workflows import dossier, ledger, rights
from workflows.actions import proposing
from workflows.models import Initiative, InitiativePartner, MicroCredential, Study
from workflows.pilots.form import Pilot, PilotList, PilotPartner, contradictions
from workflows.proposals.reading import slug

# What the list's sectors are here. Whether an organization is Indigenous is for its people to say: such a
# classification is kept as an unconfirmed fact, and the organization is no employer's voice (lifecycle.md 13).
KINDS = {
    "employer": OrganizationKind.EMPLOYER,
    "health or care provider": OrganizationKind.EMPLOYER,
    "technology or product company": OrganizationKind.EMPLOYER,
    "training or consulting company": OrganizationKind.EMPLOYER,
    "research institute or network": OrganizationKind.EMPLOYER,
    "non-profit or community organization": OrganizationKind.EMPLOYER,
    "municipality or regional government": OrganizationKind.PUBLIC_EMPLOYER,
    "industry, professional or sector association": OrganizationKind.SECTOR_BODY,
    "unit of the same institution": OrganizationKind.INTERNAL_UNIT,
}
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}
# "four key areas", "quatre domaines": as many drafts as the title itself states.
STATED = re.compile(
    r"\b(two|three|four|five|six|deux|trois|quatre|cinq|[2-9])\s+(?:\w+\s+)?"
    r"(areas|parts|units|micro-credentials|domaines|volets|microcertifications)\b",
    re.IGNORECASE,
)


@dataclass
class Report:
    """What an import did, and what in the list is unconfirmed."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    institutions: int = 0
    organizations: int = 0
    partners: int = 0
    drafts: int = 0
    studies: int = 0
    unconfirmed: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)


@transaction.atomic
def bring_in(pilots: PilotList, *, proposer: User | None = None) -> Report:
    """Make or complete what the list describes; all or nothing. A second run changes nothing.

    `proposer` writes the drafts; without one a person "not named yet" stands in for each institution, who cannot sign
    in until the institution names somebody.
    """
    report = Report(contradictions=contradictions(pilots))
    for pilot in pilots.pilots:
        _pilot(pilot, pilots.about, proposer, report)
    return report


def _pilot(pilot: Pilot, about: dict[str, Any], proposer: User | None, report: Report) -> None:
    institution = _organization(pilot.institution, OrganizationKind.INSTITUTION, report, institution=True)
    facts = {"pilot": pilot.model_dump(mode="json"), "list": about}
    initiative = Initiative.objects.filter(institution=institution, pilot_reference=pilot.id).first()
    if initiative is None:
        initiative = Initiative.objects.create(
            institution=institution,
            kind=pilot.kind,
            pilot_reference=pilot.id,
            facts=facts,
            **{f"title_{pilot.language}": pilot.title},
        )
        report.added += 1
        _note(initiative, pilot)
    elif initiative.facts != facts:
        initiative.facts = facts
        initiative.save(update_fields=["facts"])
        report.changed += 1
        _note(initiative, pilot)
    else:
        report.unchanged += 1
    for partner in pilot.partners:
        _partner(pilot, partner, initiative, report)
    report.unconfirmed += _unconfirmed(pilot)
    if pilot.kind == "research":
        _study(pilot, initiative, report)
    else:
        _drafts(pilot, initiative, proposer, report)


def _note(initiative: Initiative, pilot: Pilot) -> None:
    ledger.append(
        f"initiative:{initiative.public_id}",
        "import_pilot",
        actor=None,
        organization=str(initiative.institution.public_id),
        data={"pilot": pilot.id},
    )


def _organization(
    name: str,
    kind: str,
    report: Report,
    *,
    part_of: Organization | None = None,
    institution: bool = False,
) -> Organization:
    made, new = Organization.objects.get_or_create(
        slug=slug(name), defaults={"name_en": name, "kind": kind, "part_of": part_of}
    )
    if new and institution:
        report.institutions += 1
    elif new:
        report.organizations += 1
    return made


def _partner(pilot: Pilot, partner: PilotPartner, initiative: Initiative, report: Report) -> None:
    kind = KINDS.get(partner.sector, OrganizationKind.OTHER)
    inside = initiative.institution if kind == OrganizationKind.INTERNAL_UNIT else None
    organization = _organization(partner.name, kind, report, part_of=inside)
    facts = partner.model_dump(mode="json")
    place, new = InitiativePartner.objects.get_or_create(
        initiative=initiative,
        organization=organization,
        defaults={
            "role": "vendor" if _vendor(pilot, partner) else partner.sector[:120],
            "note": partner.note,
            "facts": facts,
        },
    )
    report.partners += new
    if place.facts != facts:  # what people wrote since stays; only the record of the list follows the list
        place.facts = facts
        place.save(update_fields=["facts"])


def _vendor(pilot: Pilot, partner: PilotPartner) -> bool:
    return "vendor_partner" in pilot.traits and partner.sector == "technology or product company"


def _unconfirmed(pilot: Pilot) -> list[str]:
    """Sentences on what the list only supposes."""
    found = [
        f"{pilot.id}: {partner.name}: {partner.note or partner.sector}"
        for partner in pilot.partners
        if partner.confirmed is False or partner.indigenous is not False
    ]
    return found + [f"{pilot.id}: {text}" for text in pilot.source_ambiguities]


def _study(pilot: Pilot, initiative: Initiative, report: Report) -> None:
    _made, new = Study.objects.get_or_create(
        initiative=initiative, defaults={"record": {"question": {pilot.language: pilot.description}}}
    )
    report.studies += new


def names_of(pilot: Pilot) -> list[str]:
    """The titles of its drafts: those that are named, else as many as the title states, else one."""
    if pilot.micro_credentials_named:
        return list(pilot.micro_credentials_named)
    stated = STATED.search(pilot.title)
    if stated is None:
        return [pilot.title]
    word = stated[1].lower()
    number = int(word) if word.isdigit() else NUMBERS[word]
    return [f"{pilot.title}: {place}/{number}" for place in range(1, number + 1)]


def _drafts(pilot: Pilot, initiative: Initiative, proposer: User | None, report: Report) -> None:
    for place, name in enumerate(names_of(pilot), start=1):
        code = f"{pilot.id}-{place}"
        if MicroCredential.objects.filter(institution=initiative.institution, code=code).exists():
            continue
        actor = proposer or _not_named_yet(initiative.institution, pilot.language)
        rights.add_member(user=actor, organization=initiative.institution, role=Role.PROPOSER)
        proposing.start(
            actor=actor,
            institution=initiative.institution,
            code=code,
            content=content_of(pilot, name),
            initiative=initiative,
        )
        report.drafts += 1


def _not_named_yet(institution: Organization, language: str) -> User:
    name = "Personne proposante à nommer" if language == "fr" else "Proposer not named yet"
    address = f"proposer@{institution.slug}.example"
    known = User.objects.filter(email=address).first()
    return known or User.objects.create_user(address, name=name, language=language, is_active=False)


def content_of(pilot: Pilot, name: str) -> dict[str, Any]:
    """What the list says of one micro-credential, as the beginning of its dossier."""

    def text(words: str) -> dossier.Text:
        return dossier.Text(fr=words) if pilot.language == "fr" else dossier.Text(en=words)

    supposed = [*pilot.source_ambiguities, pilot.language_basis]
    return dossier.plain(
        dossier.Dossier(
            identity=dossier.Identity(
                title=text(name[:200]),
                issuing_body=pilot.institution,
                issuing_body_kind=pilot.institution_type,
                languages=[pilot.language],
            ),
            purpose=dossier.Purpose(
                purpose=text(pilot.description), unconfirmed=[text(words) for words in supposed if words]
            ),
            workload=dossier.Workload(language=pilot.language),
        )
    )

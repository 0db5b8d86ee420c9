"""The people and organizations of a rehearsal. All fictional, all under `.example`, made once and found again."""

from __future__ import annotations

from dataclasses import dataclass

from credentials import keys
from credentials.models import SigningKey
from people.models import Organization, OrganizationKind, Role, User
from workflows import rights
from workflows.panels import Place
from workflows.proposals.reading import slug
from workflows.rehearsal.answers import SAID
from workflows.rehearsal.script import Partner, Script

NAMES: dict[str, dict[str, str]] = {
    "en": {
        "proposer": "Perrin Ashdown",
        "academic_lead": "Prof. Alma Lindgren",
        "qa_officer": "Quincy Farrow",
        "committee_chair": "Ingrid Halloran",
        "committee_member": "Tomas Reyna",
        "outside_member": "Priya Castell",
        "moderator": "Noor Whitfield",
        "registrar": "Edmund Vasko",
        "grantor": "Leona Drury",
        "issuer": "Ivo Brandt",
        "assessor": "Asha Devlin",
        "auditor": "Udo Kessel",
        "administrator": "Ada Northcott",
    },
    "fr": {
        "proposer": "Perrine Archambault",
        "academic_lead": "Prof. Alma Lindor",
        "qa_officer": "Quentin Favreau",
        "committee_chair": "Ingrid Villemure",
        "committee_member": "Thomas Rondeau",
        "outside_member": "Priya Castellane",
        "moderator": "Noémie Fortier",
        "registrar": "Edmond Vasseur",
        "grantor": "Léonie Drolet",
        "issuer": "Yves Brandon",
        "assessor": "Aïcha Deveau",
        "auditor": "Ulysse Kessel",
        "administrator": "Adèle Nordet",
    },
}
LEARNERS = {
    "en": ["Lena Aubrey", "Milo Okonjo", "Sofia Tranter", "Jonas Pike", "Rafael Quist", "Hana Novotny"],
    "fr": ["Léna Aubry", "Milo Okonjo", "Sofia Tranchant", "Jonas Picard", "Rafaël Quist", "Hana Novotny"],
}
COMMUNITY = {"en": "Community (sample)", "fr": "Communauté (exemple)"}
ROLES: dict[str, Role] = {
    **{role: Role(role) for role in NAMES["en"] if role != "outside_member"},
    "outside_member": Role.COMMITTEE_MEMBER,
}


@dataclass(frozen=True)
class Players:
    """The institution with everybody who acts for it, and the partners."""

    institution: Organization
    by_role: dict[str, User]
    partners: dict[str, tuple[Organization, User]]
    language: str = "en"

    def __getitem__(self, role: str) -> User:
        return self.by_role[role]

    def committee(self) -> list[Place]:
        """Three members, one from outside the unit."""
        return [
            Place(self[role], self.institution, "member", outside_unit=role == "outside_member")
            for role in ("committee_chair", "committee_member", "outside_member")
        ]

    def community(self) -> tuple[Organization, User]:
        """A sample community and who speaks for it, made when an agreement is needed."""
        domain = f"community.{self.institution.domain}"
        made = organization(COMMUNITY[self.language], domain, OrganizationKind.COMMUNITY, self.language)
        return made, person(f"speaker@{domain}", COMMUNITY[self.language], self.language)


def gather(script: Script, partners: tuple[Partner, ...]) -> Players:
    """Make or find everybody."""
    institution = organization(
        script.institution, script.institution_domain, "institution", script.language,
        authority=script.authority or SAID[script.language]["authority"],
    )  # fmt: skip
    keys.ensure_key(institution, SigningKey.Purpose.BADGES)
    by_role = {}
    for role, membership in ROLES.items():
        name = script.people.get(role) or NAMES[script.language][role]
        by_role[role] = person(f"{role.replace('_', '-')}@{institution.domain}", name, script.language)
        unit = script.unit if role in {"proposer", "academic_lead"} else ""
        rights.add_member(user=by_role[role], organization=institution, role=membership, unit=unit)
    asked = {partner.organization: _partner(partner, script.language) for partner in partners}
    return Players(institution, by_role, asked, script.language)


def _partner(partner: Partner, language: str) -> tuple[Organization, User]:
    made = organization(partner.organization, partner.domain, partner.kind, language)
    answering = person(f"reviewer@{made.domain}", partner.person or partner.organization, language)
    rights.add_member(user=answering, organization=made, role=Role.SIGNATORY)
    return made, answering


def organization(name: str, domain: str, kind: str, language: str, authority: str = "") -> Organization:
    """One sample organization, found again by its domain."""
    made, _new = Organization.objects.get_or_create(
        slug=slug(domain.removesuffix(".example")),
        defaults={
            "kind": kind,
            f"name_{language}": name,
            "name_en": name,
            "domain": domain,
            "authority": authority,
            "is_sample": True,
        },
    )
    return made


def person(email: str, name: str, language: str) -> User:
    """One fictional person, found again by the address."""
    found = User.objects.filter(email=email.lower()).first()
    return found or User.objects.create_user(email, name=name[:150], language=language)

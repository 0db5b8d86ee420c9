"""The fixed cast, and a complete proposal for them to carry through the course. All of it is fictional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from credentials import keys
from people.models import Organization, User
from tests.remembered import remembered
from workflows import rights
from workflows.panels import Place


@dataclass
class Cast:
    """Everybody in the tests."""

    college: Organization
    ana: User
    quinn: User
    chair: User
    members: list[User]
    moe: User
    registrar: User
    issuer: User
    bob: User
    vera: User
    mallory: User
    hospital: Organization
    clinic: Organization
    grant: User
    assessor: User

    def employers(self) -> list[Place]:
        """Two employers; Bob's hospital is the partner."""
        return [
            Place(self.bob, self.hospital, "partner"),
            Place(self.vera, self.clinic, "voice"),
        ]

    def committee(self) -> list[Place]:
        """Three members, one from outside the unit."""
        return [
            Place(person, self.college, "member", outside_unit=person == self.members[1])
            for person in [self.chair, *self.members]
        ]


def _person(name: str, domain: str) -> User:
    return User.objects.create_user(f"{name.lower()}@{domain}", name=name)


@remembered
def gather() -> Cast:
    """Put the cast into the database."""
    college = Organization.objects.create(
        slug="taravelle", kind="institution", name_en="Taravelle College", domain="taravelle.example",
        authority="established post-secondary institution", is_sample=True,
    )  # fmt: skip
    hospital = Organization.objects.create(
        slug="quellin",
        kind="public_employer",
        name_en="Quellin Hospital",
        domain="quellin.example",
        is_sample=True,
    )
    clinic = Organization.objects.create(
        slug="brevanth", kind="employer", name_en="Brevanth Clinic", domain="brevanth.example", is_sample=True
    )
    rival = Organization.objects.create(slug="rival", kind="institution", name_en="Rival College", authority="x")
    names = ["Ana", "Quinn", "Cato", "Mia", "Max", "Moe", "Rita", "Ivo", "Greta", "Asa"]
    ana, quinn, chair, mia, max_, moe, rita, ivo, greta, asa = (_person(name, "taravelle.example") for name in names)
    roles = [
        (ana, "proposer"), (quinn, "qa_officer"), (chair, "committee_chair"), (mia, "committee_member"),
        (max_, "committee_member"), (moe, "moderator"), (rita, "registrar"), (ivo, "issuer"),
        (greta, "grantor"), (asa, "assessor"),
    ]  # fmt: skip
    for user, role in roles:
        rights.add_member(user=user, organization=college, role=role)
    mallory = _person("Mallory", "rival.example")
    for role in ("proposer", "qa_officer", "committee_chair"):
        rights.add_member(user=mallory, organization=rival, role=role)
    keys.create_key(college, "badges")
    return Cast(
        college, ana, quinn, chair, [mia, max_], moe, rita, ivo,
        _person("Bob", "quellin.example"), _person("Vera", "brevanth.example"), mallory, hospital, clinic, greta, asa,
    )  # fmt: skip


def proposal() -> dict[str, Any]:
    """A small complete proposal: two competencies, one task, one rubric."""
    recent = (timezone.localdate() - timedelta(days=60)).isoformat()
    return {
        "identity": {
            "title": {"en": "Cleanroom Gowning", "fr": "Habillage en salle blanche"},
            "issuing_body": "Taravelle College",
        },
        "purpose": {"purpose": {"en": "Enter a classified area cleanly."}, "audience": {"en": "New technicians."}},
        "demand": {
            "sources": [
                {"kind": "survey", "claim": {"en": "Forty vacancies"}, "source": {"en": "Own survey"}, "on": recent}
            ],
            "consultations": [
                {"organization": "Quellin Hospital", "said": {"en": "Add a drill"}, "changed": {"en": "Added"}}
            ],
        },
        "competencies": [_competency("C1"), _competency("C2")],
        "alignments": [_alignment("C1"), _alignment("C2")],
        "workload": {"hours": {"practice": 18}, "weeks": 2, "language": "en"},
        "assessment": {
            "tasks": [
                {
                    "code": "T1", "title": {"en": "Three gownings"}, "competencies": ["C1", "C2"],
                    "identity_check": {"en": "photo identification"}, "evidence": [{"en": "checklist"}],
                }
            ],
            "attempts": 2,
            "moderation_after": {"en": "the first five, then one in five"},
        },
        "rubric": {
            "levels": [{"code": "L1", "points": 0}, {"code": "L2", "points": 1}],
            "criteria": [
                {"code": "R1", "competencies": ["C1"], "critical": True, "required_level": "L2"},
                {"code": "R2", "competencies": ["C2"], "critical": True, "required_level": "L2"},
            ],
            "pass_rule": {"en": "L2 on every critical criterion"},
        },
        "evidence": {"employers_by_default": [{"en": "level per competency"}], "retention_days": {"checklist": 365}},
        "pathways": {"prior_learning_route": True, "transcript_rule": {"en": "notation CMP"}},
        "inclusion": {"indigenous": "no", "barriers": {"en": "Garment sizes are planned before."}},
    }  # fmt: skip


def _competency(code: str) -> dict[str, Any]:
    return {
        "code": code, "action": {"en": "Gowns"}, "condition": {"en": "in a change room"},
        "standard": {"en": "without touching"}, "knowledge": [{"en": "sources"}], "skills": [{"en": "sequence"}],
        "attitudes": [{"en": "honesty"}],
    }  # fmt: skip


def _alignment(code: str) -> dict[str, Any]:
    return {
        "competency": code, "match": "close", "confirmed_by": "Ana", "edition": "1.2",
        "uri": "http://data.europa.eu/esco/skill/0e21e183-e787-4f23-a240-93b416c088c2",
    }  # fmt: skip

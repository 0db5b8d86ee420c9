"""A badge of a fictional college with two endorsements, made by `credentials` alone: quick, and without a course."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from credentials import actions, documents, keys, proofs
from credentials.handed import Handed
from credentials.lookups import OwnRows
from credentials.models import Credential, PublishedAchievement, SigningKey
from credentials.verdict import Verdict, verify
from people.models import Organization, User

Document = dict[str, Any]
__all__ = ["Handed", "Made", "judged", "make", "outcomes"]
DIGEST = "sha256:" + "ab" * 32


@dataclass
class Made:
    """What a test of verdicts stands on."""

    college: Organization
    hospital: Organization
    achievement: PublishedAchievement
    badge: Credential

    @property
    def document(self) -> Document:
        return copy.deepcopy(self.badge.document)

    def signed_anew(self, change: Callable[[Document], object]) -> Document:
        """The badge with a change, signed again by the college itself: only its content is wrong."""
        unsigned = {name: value for name, value in self.document.items() if name != "proof"}
        change(unsigned)
        key = keys.active_key(self.college, SigningKey.Purpose.BADGES)
        return proofs.sign(unsigned, keys.signer(key), created=timezone.now())


def make() -> Made:
    """Two organizations, an achievement, a job endorsement, a quality approval, and an offered badge."""
    college = Organization.objects.create(slug="taravelle", kind="institution", name_en="Taravelle College")
    hospital = Organization.objects.create(slug="quellin", kind="public_employer", name_en="Quellin Hospital")
    keys.create_key(college, SigningKey.Purpose.BADGES)
    public_id = uuid4()
    url = documents.address("achievements", public_id)
    achievement = actions.publish_achievement(
        public_id=public_id, issuer=college, snapshot_digest=DIGEST, facets={"rubric": DIGEST},
        document={
            "id": url, "type": ["Achievement"], "achievementType": "MicroCredential", "name": "Gowning",
            "description": "Enters cleanly.", "criteria": {"narrative": "Three gownings."}, "creditsAvailable": 1.5,
            "alignment": [
                {"type": ["Alignment"], "targetName": "x", "targetUrl": "http://data.europa.eu/esco/skill/1"},
            ],
        },
    )  # fmt: skip
    until = timezone.now() + timedelta(days=300)
    endorsements = [
        actions.issue_endorsement(
            issuer=issuer, kind=kind, achievement_url=url, snapshot_digest=DIGEST, comment="As on our floor.",
            valid_until=until,
        )
        for issuer, kind in ((hospital, "job_performance"), (college, "quality_approval"))
    ]  # fmt: skip
    contents = actions.Contents(
        results=[], awarded_at=timezone.now(), valid_until=until, endorsements=endorsements, name="Lena Roy"
    )
    lena = User.objects.create_user("lena@learner.example", name="Lena Roy")
    prepared = actions.prepare(achievement=achievement, recipient=lena, award_reference=uuid4(), contents=contents)
    agreed = actions.consent(credential=prepared, contents=contents, name_shown=True)
    return Made(college, hospital, achievement, actions.issue(credential=agreed))


def judged(document: Document, **more: Any) -> Verdict:
    """The verdict by our own rows."""
    return verify(document, lookup=more.pop("lookup", None) or OwnRows(), **more)


def outcomes(verdict: Verdict) -> dict[str, str]:
    """Outcome by check."""
    return {check.name: check.outcome.value for check in verdict.checks}

"""`manage.py seed_demo`: fills a database with invented cases. Repeatable: what is there already is left alone.

JSON on stdout: one person per role and badges to verify. Progress on stderr. Exit code 0: done. 1: not a demo.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from config.sample_stories import STORIES
from credentials import documents
from credentials.models import Credential
from people.models import Membership, Organization, Role
from workflows.models import Enrolment, MicroCredential, Seat, SeatState


class Command(BaseCommand):
    """Makes the sample data of the demo."""

    help = "Fill the database with invented cases for the demo. Repeatable. Exit code 1: this is not a demo."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Play each story that is not there yet, then say who can sign in and what can be verified."""
        if not (settings.DEMO or settings.TESTING):
            self.stderr.write("Sample data belong into a demo only. Set DEMO=1 if this is one.")
            sys.exit(1)
        began = time.monotonic()
        for place, story in enumerate(STORIES, start=1):
            if MicroCredential.objects.filter(code=story.code, institution__is_sample=True).exists():
                continue
            self.stderr.write(f"{place} of {len(STORIES)}: {story.code} ...")
            with transaction.atomic():  # a story stands as a whole or not at all
                story.play(lambda _sentence: None)
        self.stderr.write(f"The sample data are there ({time.monotonic() - began:.0f} s).")
        self.stdout.write(json.dumps({"people": people(), "badges": badges()}, indent=1, ensure_ascii=False))


def people() -> list[dict[str, str]]:
    """One person for each role, and some who have something to do in French."""
    english = Membership.objects.filter(organization__slug="taravelle", ended_at=None).order_by("pk")
    found = []
    for role in Role:
        member = english.filter(role=role).select_related("user", "organization").first()
        if member is not None:
            found.append(_entry(role.label, member.user, member.organization))
    silent = Seat.objects.filter(state=SeatState.OPEN, panel__kind="relevance").select_related("person", "organization")
    found += [_entry("partner reviewer", seat.person, seat.organization) for seat in silent[:1]]
    signatory = Seat.objects.filter(state=SeatState.OPEN, panel__kind="endorsement")
    found += [_entry("partner signatory", s.person, s.organization) for s in signatory.select_related("person")[:1]]
    learner = Enrolment.objects.filter(stage="awarded", cohort__version__institution__slug="taravelle").order_by("pk")
    found += [_entry("learner", e.learner, e.cohort.version.institution) for e in learner[:1]]
    officer = Membership.objects.filter(organization__slug="orsinval", role=Role.QA_OFFICER, ended_at=None)
    found += [_entry("bureau de la qualité", m.user, m.organization) for m in officer[:1]]
    return found


def _entry(role: Any, user: Any, organization: Organization) -> dict[str, str]:
    with translation.override("en"):
        words = str(role)
    return {
        "role": words,
        "name": user.name,
        "email": user.email,
        "institution": organization.name_en,
        "path": reverse("demo_sign_in", args=[user.public_id]),
    }


def badges() -> dict[str, str]:
    """The address of one badge of each kind."""
    kinds = {"valid": "issued", "suspended": "suspended", "revoked": "revoked"}
    found = {}
    for kind, status in kinds.items():
        accepted = Credential.objects.filter(status=status, public=True, issuer__is_sample=True)
        badge = accepted.order_by("pk").first()
        if badge is not None:
            found[kind] = documents.address("badges", badge.public_id)
    return found

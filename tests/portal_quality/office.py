"""How tests walk through the pages of the quality office: as a person, by address, with the number of the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from workflows import rights
from workflows.models import Version

SECTION = "request_"


def auditor_of(cast: Cast) -> User:
    """Somebody who reads everything and changes nothing."""
    person = User.objects.create_user("aud@taravelle.example", name="Aud")
    rights.add_member(user=person, organization=cast.college, role="auditor")
    return person


def path(version: Version, act: str = "") -> str:
    """The address of a case or of one of its decisions."""
    return f"/quality/cases/{version.public_id}" + (f"/{act.replace('_', '-')}" if act else "")


def get(person: User, address: str) -> HttpResponse:
    client = Client()
    client.force_login(person)
    return client.get(address)


def post(person: User, address: str, expected: int | str | None = None, **typed: Any) -> HttpResponse:
    client = Client()
    client.force_login(person)
    return client.post(address, {**typed, **({} if expected is None else {"expected": expected})})


def send(person: User, version: Version, act: str, **typed: Any) -> HttpResponse:
    """Post a decision from a fresh page."""
    return post(person, path(version, act), course.number(version), **typed)


def reviewers(*rows: dict[str, Any]) -> dict[str, Any]:
    """The rows of reviewers as the browser sends them; the rest stays empty."""
    typed: dict[str, Any] = {"reviewer-TOTAL_FORMS": 8, "reviewer-INITIAL_FORMS": 8}
    for place, row in enumerate(rows):
        typed |= {f"reviewer-{place}-{name}": value for name, value in row.items()}
    return typed


def sheet(**changes: Any) -> dict[str, Any]:
    """A filled screening sheet."""
    return {
        "in_scope": "yes",
        "indigenous_question": "answered: no, and rightly so",
        "partner_relations": "none",
        **changes,
    }


def employers(cast: Cast) -> dict[str, Any]:
    """Bob's hospital as the partner, Vera's clinic as a voice."""
    return reviewers(
        {
            "seat_class": "partner", "organization": cast.hospital.pk, "name": "Bob", "email": cast.bob.email,
            "language": "en",
        },
        {
            "seat_class": "voice", "organization": cast.clinic.pk, "name": "Vera", "email": cast.vera.email,
            "language": "en",
        },
    )  # fmt: skip


def judged(version: Version, kind: str, choice: str, **changes: Any) -> dict[str, Any]:
    """A complete vote: every clause met, every question answered with yes."""
    from portal_quality.forms.gates import JUDGEMENTS, clauses_asked
    from workflows import cases, framework

    strip = framework.check(cases.facts(version))
    clauses = {f"judged_{result.code}": "met" for result in clauses_asked(kind, strip)}
    seen = {f"seen_{result.code}": "on" for result in clauses_asked(kind, strip)}
    return {**clauses, **seen, **dict.fromkeys(JUDGEMENTS, "yes"), "choice": choice, "reasons": "", **changes}

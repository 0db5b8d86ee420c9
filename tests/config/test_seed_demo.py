"""The demo’s data: every stage and role has something to show, in both languages; a second run adds nothing."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from credentials.models import Credential
from people.models import Organization, Role, User
from workflows import ledger
from workflows.actions import keeping
from workflows.models import AwardStage, Cohort, Enrolment, LedgerEvent, Seat, Version

HTML = {"Accept": "text/html"}


def _seed() -> dict[str, Any]:
    out = StringIO()
    call_command("seed_demo", stdout=out, stderr=StringIO())
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


@pytest.mark.django_db
def test_the_seed_fills_every_desk_once(client: Client) -> None:
    first = _seed()
    rows = [Version, LedgerEvent, User, Credential, Seat]
    before = [model.objects.count() for model in rows]
    assert _seed() == first
    assert [model.objects.count() for model in rows] == before
    _cases()
    _learners()
    _people(first)
    assert set(first["badges"]) == {"valid", "suspended", "revoked"}
    shown = first["badges"].items()
    verdicts = {kind: client.get(urlsplit(url).path, headers=HTML).content.decode() for kind, url in shown}
    assert 'data-verdict="valid"' in verdicts["valid"]
    assert all('data-verdict="not_valid"' in verdicts[kind] for kind in ("suspended", "revoked"))
    assert list(ledger.faults()) == []
    assert all(keeping.replayed_stage(version) == version.stage for version in Version.objects.all())


def _cases() -> None:
    assert Organization.objects.filter(kind="institution", is_sample=True).count() == 3
    assert Organization.objects.filter(is_sample=False).count() == 0
    stages = list(Version.objects.values_list("stage", flat=True))
    assert len(stages) == 11
    assert {
        "draft",
        "screening",
        "relevance_review",
        "endorsement",
        "pilot_approval",
        "piloting",
        "final_approval",
        "approved",
    } <= {*stages}
    assert stages.count("active") == 2
    assert set(Version.objects.values_list("language", flat=True)) == {"en", "fr"}
    assert Version.objects.get(stage="piloting").conditions_open
    returned = Version.objects.get(micro_credential__code="infection-prevention")
    assert returned.stage == "draft"
    assert returned.change_requests.filter(answered_at=None).count() == 1
    french = Version.objects.get(stage="relevance_review")
    assert Seat.objects.filter(panel__version=french, state="open").count() == 1


def _learners() -> None:
    stages = set(Enrolment.objects.values_list("stage", flat=True))
    assert {AwardStage.SUBMITTED, AwardStage.MODERATING, AwardStage.NOT_YET, AwardStage.ENROLLED} <= stages
    assert {AwardStage.INVITED, AwardStage.HELD, AwardStage.AWARDED} <= stages
    assert Cohort.objects.filter(pilot=False).count() == 1
    badges = list(Credential.objects.values_list("status", "acceptance"))
    assert {("issued", "accepted"), ("suspended", "accepted"), ("revoked", "accepted")} <= set(badges)
    assert "prepared" in {status for status, _acceptance in badges}


def _people(seeded: dict[str, Any]) -> None:
    assert not User.objects.exclude(email__endswith=".example").exclude(email="AnonymousUser").exists()
    emails = {person["email"] for person in seeded["people"]}
    assert {f"{role.replace('_', '-')}@taravelle.example" for role in Role} - emails == {
        "signatory@taravelle.example",
        "reviewer@taravelle.example",
    }
    assert all(person["path"].startswith("/demo/sign-in/") for person in seeded["people"])


@pytest.mark.django_db
def test_it_is_refused_outside_a_demo(settings: Any) -> None:
    settings.DEMO = settings.TESTING = False
    with pytest.raises(SystemExit) as ended:
        _seed()
    assert ended.value.code == 1
    assert not Organization.objects.exists()

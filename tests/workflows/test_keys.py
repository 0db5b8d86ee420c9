"""Signing keys by command: their states, what the did document says, what verifies afterwards, and who can read it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from credentials import keys
from credentials.models import SigningKey, StatusList
from credentials.verdict import Answer
from people.models import Organization
from tests.credentials.maker import judged, make
from workflows import key_uses, ledger
from workflows.actions import operating
from workflows.errors import Refusal
from workflows.models import LedgerEvent

S = SigningKey.Status


@pytest.fixture
def college(db: None) -> Organization:
    return Organization.objects.create(slug="taravelle", kind="institution", name_en="Taravelle College")


def _keys(*words: str) -> Any:
    out = StringIO()
    call_command("keys", *words, stdout=out)
    return json.loads(out.getvalue())


def _refused(*words: str) -> str:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("keys", *words, stderr=err)
    assert ended.value.code == 1
    return err.getvalue()


def _listed(organization: Organization) -> list[str]:
    document = Client().get(f"/o/{organization.slug}/did.json").json()
    return [method["publicKeyMultibase"] for method in document["verificationMethod"]]


def _record(organization: Organization) -> list[str]:
    rows = LedgerEvent.objects.filter(stream=key_uses.key_stream(organization)).order_by("sequence")
    return list(rows.values_list("type", flat=True))


def test_a_key_is_prepared_then_active_then_retired_and_stays_listed(college: Organization) -> None:
    first = _keys("create", "taravelle", "--purpose", "badges")
    assert (first["status"], first["purpose"], first["compromised_since"]) == ("prepared", "badges", None)
    assert _listed(college) == [first["key"]]
    assert _keys("activate", "taravelle", "--purpose", "badges")["status"] == "active"
    second = _keys("rotate", "taravelle", "--purpose", "badges")
    assert second["status"] == "active"
    stands = {row["key"]: row["status"] for row in _keys("list", "taravelle")}
    assert stands == {first["key"]: "retired", second["key"]: "active"}
    assert _listed(college) == [first["key"], second["key"]]
    assert _record(college) == ["create_key", "activate_key", "create_key", "activate_key"]
    assert not list(ledger.faults())


def test_a_prepared_key_signs_nothing(college: Organization) -> None:
    keys.prepare_key(college, "badges")
    with pytest.raises(Refusal, match="No signing key is active"):
        keys.active_key(college, "badges")


def test_a_rotation_changes_nothing_about_badges_that_are_out(db: None) -> None:
    made = make()
    operating.rotate_key(organization=made.college, purpose="badges")
    assert judged(made.document).answer == Answer.VALID


def test_a_compromised_key_leaves_the_list_and_its_badges_verify_no_more(db: None) -> None:
    made = make()
    key = keys.active_key(made.college, "badges").public_multibase
    answer = _keys("compromised", "taravelle", "--purpose", "badges", "--since", "2026-01-31")
    assert answer["status"] == "compromised"
    assert answer["compromised_since"].startswith("2026-01-31")
    assert key not in _listed(made.college)
    assert judged(made.document).answer == Answer.NOT_VALID
    [event] = LedgerEvent.objects.filter(type="mark_compromised")
    assert event.data["key"] == key
    assert datetime.fromisoformat(event.data["since"]) == datetime.fromisoformat(answer["compromised_since"])


def test_status_lists_are_signed_by_another_key_once_theirs_is_compromised(db: None) -> None:
    made = make()
    call_command("clock", "--once")
    lost = keys.ensure_key(made.college, "status")
    operating.mark_compromised(key=lost, since=timezone.now())
    Client().get(f"/status/{made.badge.entry.status_list.public_id}")
    document = StatusList.objects.get(pk=made.badge.entry.status_list_id).document
    assert document is not None
    [proof] = [document["proof"]] if isinstance(document["proof"], dict) else document["proof"]
    assert proof["verificationMethod"] not in {"", keys.method_of(lost)}
    assert judged(made.document).answer == Answer.VALID


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "nowhere"), "No organization is called"),
        (("activate", "taravelle", "--purpose", "badges"), "No signing key"),
        (("activate", "taravelle"), "Say which key"),
        (("retire", "taravelle", "--purpose", "status"), "No signing key"),
        (("compromised", "taravelle", "--key", "z6Mknone"), "No signing key"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(college: Organization, words: tuple[str, ...], said: str) -> None:
    assert said in _refused(*words)
    assert _record(college) == []


def test_a_command_that_is_not_understood_is_no_refusal(college: Organization) -> None:
    for words in (("melt", "taravelle"), ("create", "taravelle"), ("create", "taravelle", "--purpose", "fun")):
        with pytest.raises(CommandError):
            call_command("keys", *words)
    with pytest.raises(CommandError):
        call_command("keys", "compromised", "taravelle", "--since", "yesterday")


def test_there_is_no_way_back(college: Organization) -> None:
    key = keys.create_key(college, "badges")
    with pytest.raises(Refusal, match="future"):
        operating.mark_compromised(key=key, since=timezone.now() + timedelta(hours=1))
    assert _keys("retire", "taravelle", "--purpose", "badges")["status"] == "retired"
    assert "The key is retired" in _refused("activate", "taravelle", "--key", key.public_multibase)
    operating.mark_compromised(key=key, since=timezone.now())
    for act in ("activate", "retire", "compromised"):
        assert "The key is compromised" in _refused(act, "taravelle", "--key", key.public_multibase)


def test_a_key_of_another_organization_is_not_found(college: Organization) -> None:
    rival = Organization.objects.create(slug="rival", kind="institution", name_en="Rival College")
    key = keys.create_key(rival, "badges")
    assert "No signing key" in _refused("retire", "taravelle", "--key", key.public_multibase)


def test_the_database_keeps_no_compromised_key_without_its_date(college: Organization) -> None:
    key = keys.create_key(college, "badges")
    with pytest.raises(IntegrityError, match="a_compromised_key_says_since_when"):
        SigningKey.objects.filter(pk=key.pk).update(status=S.COMPROMISED)


def test_the_list_holds_no_private_half(college: Organization) -> None:
    key = keys.create_key(college, "badges")
    [row] = _keys("list", "taravelle", "--purpose", "badges")
    assert set(row) == {
        "key",
        "purpose",
        "status",
        "created",
        "compromised_since",
        "wrapped_with",
        "method",
    }
    assert bytes(key.wrapped).hex() not in json.dumps(row)
    assert _keys("list", "taravelle", "--purpose", "status") == []

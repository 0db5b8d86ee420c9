"""Verdicts: what holds, what does not, and what nobody looked at; and the command's exit codes."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from credentials import actions, keys, status
from credentials.lookups import Folder, OwnRows
from credentials.models import Endorsement
from credentials.strictjson import MOST_BYTES, Unreadable, read
from credentials.verdict import Answer, Outcome, verify
from tests.cast import Cast
from tests.journeys.awards import issued
from workflows.actions import revoking


def _outcomes(document: dict[str, Any], **more: Any) -> dict[str, str]:
    return {check.name: check.outcome.value for check in verify(document, lookup=OwnRows(), **more).checks}


@pytest.fixture
def badge(cast: Cast) -> Any:
    _version, credential = issued(cast)
    for endorsement in Endorsement.objects.all():
        status.publish(endorsement.entry.status_list)
    status.publish(credential.entry.status_list)
    return credential


def test_a_good_badge_is_valid_with_all_its_endorsements(badge: Any) -> None:
    verdict = verify(badge.document, lookup=OwnRows())
    assert verdict.answer == Answer.VALID
    outcomes = {check.name: check.outcome.value for check in verdict.checks}
    deciding = ["shape", "signature", "key", "meaning", "dates", "status"]
    beside = ["known_issuer", "quality_approval", *(f"endorsement_{n}" for n in range(1, 6))]
    assert list(outcomes) == [*deciding, *beside, "evidence", "earner"]
    assert {outcomes[name] for name in [*deciding, *beside]} == {"passed"}
    assert {outcomes["evidence"], outcomes["earner"]} == {"not_checked"}
    assert verdict.worst is None
    assert all(str(check.title) and str(check.sentence).endswith(".") for check in verdict.checks)


def test_what_nobody_looked_at_is_never_valid(badge: Any, tmp_path: Path) -> None:
    verdict = verify(badge.document, lookup=Folder(tmp_path))
    assert verdict.answer == Answer.CANNOT_TELL
    assert {check.outcome for check in verdict.checks if check.name in {"signature", "status"}} == {Outcome.NOT_CHECKED}


def test_a_revoked_badge_is_not_valid(badge: Any, cast: Cast) -> None:
    asked = revoking.ask_revocation(
        credential_id=badge.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    status.publish(badge.entry.status_list)
    assert _outcomes(badge.document)["status"] == "failed"


def test_a_withdrawn_endorsement_is_struck_and_the_badge_stays_valid(badge: Any) -> None:
    endorsement = Endorsement.objects.get(kind="job_performance", issuer__slug="quellin")
    actions.withdraw_endorsement(endorsement=endorsement)
    status.publish(endorsement.entry.status_list)
    verdict = verify(badge.document, lookup=OwnRows())
    assert verdict.answer == Answer.VALID
    assert [check.outcome.value for check in verdict.checks if not check.deciding].count("failed") == 1


def test_an_endorsement_in_a_partners_name_by_the_issuers_key_fails(badge: Any, cast: Cast) -> None:
    forged = copy.deepcopy(badge.document["credentialSubject"]["achievement"]["endorsement"][0])
    forged["proof"][0]["verificationMethod"] = keys.method_of(keys.active_key(cast.college, "badges"))
    changed = copy.deepcopy(badge.document)
    changed["credentialSubject"]["achievement"]["endorsement"][0] = forged
    assert _outcomes(changed)["endorsement_1"] == "failed"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"name": "Another"}, "signature"),
        ({"proof": []}, "signature"),
        ({"proof": None}, "shape"),
        ({"proof": [{}] * 9}, "signature"),
        ({"undefinedTerm": "x"}, "signature"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "shape"),
        ({"type": ["VerifiableCredential", "EndorsementCredential"]}, "shape"),
        ({"credentialSubject": {}}, "shape"),
        ({"issuer": "elsewhere"}, "shape"),
        ({"issuer": "did:web:elsewhere"}, "key"),
        ({"validFrom": "2026-01-01T00:00:00"}, "shape"),
        ({"credentialStatus": [{}, {}]}, "shape"),
        ({"validUntil": "2020-01-01T00:00:00Z"}, "dates"),
    ],
)
def test_each_fault_is_refused(badge: Any, change: dict[str, Any], check: str) -> None:
    document = {**badge.document, **change}
    assert _outcomes(document)[check] == "failed"
    assert verify(document, lookup=OwnRows()).answer == Answer.NOT_VALID


def test_a_badge_of_tomorrow_is_not_valid_today(badge: Any) -> None:
    assert _outcomes(badge.document, now=datetime.now(UTC) - timedelta(days=1))["dates"] == "failed"


def test_another_issuers_list_is_not_believed(badge: Any) -> None:
    class Swapped(OwnRows):
        def status_list(self, url: str) -> dict[str, Any] | None:
            other = Endorsement.objects.filter(issuer__slug="quellin").first()
            return {**status.StatusList.objects.get(pk=other.entry.status_list_id).document, "id": url}

    verdict = verify(badge.document, lookup=Swapped())
    assert verdict.answer == Answer.CANNOT_TELL


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":"\\ud800"}', b"\xff", b"{}x",
        b'{"a":' * 70 + b"1" + b"}" * 70, b" " * (MOST_BYTES + 1), b'{"a":' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_bad_json_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert str(refused.value).endswith(".")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Unreadable):
        assert isinstance(read(data), dict)


def _command(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_badge", *arguments, stdout=out, stderr=StringIO())
    return int(ended.value.code or 0), out.getvalue()


def test_the_command_answers_by_exit_code(badge: Any, cast: Cast, tmp_path: Path) -> None:
    file, folder = tmp_path / "badge.json", tmp_path / "handed"
    folder.mkdir()
    file.write_text(json.dumps(badge.document))
    code, printed = _command(str(file))
    assert (code, json.loads(printed)["verdict"]) == (0, "valid")
    found = {check["name"]: check["outcome"] for check in json.loads(printed)["checks"]}
    assert set(found) >= {"shape", "signature", "key", "meaning", "dates", "status", "known_issuer", "earner"}
    code, printed = _command(str(file), "--earner", badge.recipient.email)
    assert {"name": "earner", "outcome": "passed"}.items() <= json.loads(printed)["checks"][-1].items()
    assert _command(str(file), "--folder", str(folder))[0] == 2
    (folder / "did.json").write_text(json.dumps(keys.did_document(cast.college)))
    (folder / "list.json").write_text(json.dumps(status.StatusList.objects.get(issuer=cast.college).document))
    assert _command(str(file), "--folder", str(folder))[0] == 0
    file.write_text(json.dumps({**badge.document, "name": "Another"}))
    assert _command(str(file))[0] == 1
    file.write_text(json.dumps(badge.document)[:-20])
    assert _command(str(file))[0] == 3
    assert _command(str(tmp_path / "nothing.json"))[0] == 3
    file.write_text("https://elsewhere.example/badges/1")
    assert _command(str(file))[0] == 3

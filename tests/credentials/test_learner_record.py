"""A learner's badges in one record (CLR 2.0): signed, read by us and by others, no better than what it holds."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.clr import bundled_clr_contexts
from openbadgeslib.ob3.did import resolve_did
from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from credentials import bundles, documents, learner_record, life
from credentials.lookups import OwnRows
from credentials.texts import Opened
from tests.credentials.maker import Made, judged, make

Document = dict[str, Any]


@pytest.fixture
def made(db: None) -> Made:
    return make()


def _record(made: Made) -> Document:
    identity = documents.hashed_identity("lena@learner.example", "5a17")
    return learner_record.sign(
        issuer=made.college, name="Badges of Taravelle College", identities=[identity], badges=[made.document]
    )


def _answer(document: Document) -> str:
    return bundles.judge(Opened(document), lookup=OwnRows()).answer.value


def _foreign(document: Document) -> None:
    """The judgement of openbadgeslib, with the key that signed and its own copy of the contexts."""
    method = document["proof"][0]["verificationMethod"]
    key = resolve_did("did:key:" + method.split("#")[1])
    verify_data_integrity_proof(document, key, extra_contexts=bundled_clr_contexts())


def test_a_record_has_the_contexts_in_the_order_of_the_standard_and_holds_the_badge_as_it_is(made: Made) -> None:
    record = _record(made)
    assert [url.rpartition("/")[2] for url in record["@context"]] == ["v2", "context-2.0.1.json", "context-3.0.3.json"]
    assert record["type"] == ["VerifiableCredential", "ClrCredential"]
    assert record["issuer"]["id"] == made.document["issuer"]["id"]
    assert record["credentialSubject"]["verifiableCredential"] == [made.document]
    assert "credentialStatus" not in record


def test_the_record_and_the_badge_in_it_verify_here_and_elsewhere(made: Made) -> None:
    record = _record(made)
    found = bundles.judge(Opened(record), lookup=OwnRows())
    assert found.answer.value == "valid", [(c.name, c.outcome, str(c.sentence)) for c in found.whole.checks]
    _foreign(record)
    (inner,) = record["credentialSubject"]["verifiableCredential"]
    assert judged(inner).answer.value == "valid"


CHANGES: dict[str, Callable[[Document], object]] = {
    "name": lambda d: d.update(name="All badges there are"),
    "earner": lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="sha256$" + "0" * 64),
    "title inside": lambda d: d["credentialSubject"]["verifiableCredential"][0]["credentialSubject"][
        "achievement"
    ].update(name="Surgery"),
    "a badge twice over": lambda d: d["credentialSubject"]["verifiableCredential"].append(
        {**d["credentialSubject"]["verifiableCredential"][0], "id": "urn:x:1"}
    ),
    "no proof": lambda d: d.pop("proof"),
    "contexts in another order": lambda d: d["@context"].reverse(),
    "contexts of a badge": lambda d: d["@context"].pop(1),
    "nothing in it": lambda d: d["credentialSubject"].update(verifiableCredential=[]),
    "texts in it": lambda d: d["credentialSubject"].update(verifiableCredential=["x"]),
    "another subject": lambda d: d["credentialSubject"].update(type=["AchievementSubject"]),
    "no earner": lambda d: d["credentialSubject"].pop("identifier"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_record_that_was_changed_is_not_valid(made: Made, name: str) -> None:
    record = _record(made)
    forged = copy.deepcopy(record)
    CHANGES[name](forged)
    assert _answer(forged) == "not_valid"
    if name == "contexts in another order":
        return  # the signed meaning is the same, so others may take it; the standard fixes the order, and so do we
    with pytest.raises((LibOpenBadgesException, KeyError, ValueError)):
        _foreign(forged)
    assert _answer(record) == "valid"


def test_a_record_is_no_better_than_the_badges_in_it(made: Made) -> None:
    record = _record(made)
    life.revoke(credential=made.badge)
    found = bundles.judge(Opened(record), lookup=OwnRows())
    assert (found.whole.answer.value, found.parts[0].verdict.answer.value) == ("valid", "not_valid")
    assert found.answer.value == "not_valid"


def test_a_record_is_not_taken_for_a_badge_nor_a_badge_for_a_record(made: Made) -> None:
    assert judged(_record(made)).answer.value == "not_valid"
    assert _answer(made.document) == "not_valid"


def test_the_command_tells_the_verdict_of_the_record_and_of_each_badge(made: Made, tmp_path: Path) -> None:
    for record, code, verdict in ((_record(made), 0, "valid"), ({**_record(made), "name": "x"}, 1, "not_valid")):
        (tmp_path / "record.json").write_text(json.dumps(record))
        said = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("verify_badge", str(tmp_path / "record.json"), stdout=said)
        found = json.loads(said.getvalue())
        assert (ended.value.code, found["verdict"]) == (code, verdict)
        whole = {check["outcome"] for check in found["checks"] if check["deciding"]}
        assert ("failed" in whole, found["badges"][0]["verdict"]) == (verdict == "not_valid", "valid")

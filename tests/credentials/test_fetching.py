"""The one guarded client: whom it asks, what it takes, and how soon it gives up (`promises.md` 6, X13)."""

from __future__ import annotations

import copy
import gzip
import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials import fetching, jose, proofs
from credentials.fetching import Client, Unreachable, did_address, is_public
from credentials.lookups import OwnAndForeign
from credentials.outcomes import Answer
from credentials.status_check import recent_list
from credentials.strictjson import Unreadable
from credentials.texts import of_text
from credentials.verdict import verify
from tests.credentials.elsewhere import Elsewhere, drips, endless, ok, sends_to, standing
from tests.credentials.test_proofs import DOCUMENT, Foreign
from tests.credentials.test_refused import _packed

GOOD = {"id": "did:web:x"}


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Iterator[Elsewhere]:
    fetching.KEPT.clear()
    with standing(tmp_path) as server:
        settings.VERIFY_ORIGINS = [server.origin]
        settings.VERIFY_PRIVATE_ADDRESSES = True
        settings.VERIFY_CA_FILE = str(server.ca)
        yield server


def test_a_document_of_an_allowed_origin_comes_once_and_is_kept(elsewhere: Elsewhere) -> None:
    url = elsewhere.gives("/did.json", GOOD)
    assert [Client().document(url) for _again in range(3)] == [GOOD] * 3
    assert elsewhere.visits == ["/did.json"]


def test_nobody_is_asked_unless_the_operator_says_so(elsewhere: Elsewhere, settings: Any) -> None:
    url = elsewhere.gives("/did.json", GOOD)
    settings.VERIFY_ORIGINS = []
    assert Client().document(url) is None
    settings.VERIFY_ORIGINS = [elsewhere.origin, "https://another.example"]
    plain = url.replace("https", "http")
    for other in (plain, url.replace("localhost", "127.0.0.1"), url.replace("//", "//lena@"), url + " ", "file:///etc"):
        assert Client().document(other) is None, other
    assert elsewhere.connections == 0
    settings.VERIFY_ORIGINS = ["*"]
    assert Client().document(url) == GOOD


def test_our_own_address_is_never_asked(elsewhere: Elsewhere, settings: Any) -> None:
    settings.BASE_URL = elsewhere.origin
    assert Client().document(elsewhere.gives("/did.json", GOOD)) is None
    assert elsewhere.connections == 0


def test_a_name_that_leads_into_a_private_network_is_not_followed(elsewhere: Elsewhere, settings: Any) -> None:
    settings.VERIFY_PRIVATE_ADDRESSES = False
    with pytest.raises(Unreachable, match="not public"):
        Client().fetch(elsewhere.gives("/did.json", GOOD))
    assert elsewhere.connections == 0


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:93.184.216.34", True), ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False), ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
    ],
)  # fmt: skip
def test_private_addresses_are_known_in_every_dress(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_an_address_is_resolved_once_so_that_it_cannot_change_in_between(
    elsewhere: Elsewhere, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = elsewhere.gives("/did.json", GOOD)
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def counted(host: str, *more: Any) -> Any:
        asked.append(host)
        return resolve("127.0.0.1" if host == "localhost" else host, *more)

    monkeypatch.setattr("credentials.fetching.socket.getaddrinfo", counted)
    assert Client().document(url) == GOOD
    assert asked.count("localhost") == 1


def test_only_moves_within_the_same_origin_are_followed(elsewhere: Elsewhere, tmp_path: Path) -> None:
    elsewhere.gives("/new", GOOD)
    elsewhere.pages["/old"] = sends_to("/new#key")
    assert Client().document(elsewhere.origin + "/old") == GOOD
    (tmp_path / "other").mkdir()
    with standing(tmp_path / "other") as other:
        for place in (other.gives("/did.json", GOOD), "http://localhost/", "file:///etc/passwd", "//127.0.0.1:1/"):
            elsewhere.pages["/away"] = sends_to(place)
            fetching.KEPT.clear()
            with pytest.raises(Unreachable, match="elsewhere"):
                Client().fetch(elsewhere.origin + "/away")
        assert other.connections == 0
    elsewhere.pages["/round"] = sends_to("/round")
    with pytest.raises(Unreachable, match="circles"):
        Client().fetch(elsewhere.origin + "/round")


@pytest.mark.parametrize(
    "answer",
    [
        endless,
        lambda _path, line: line.sendall(ok(b" " * (1024 * 1024 + 1))),
        lambda _path, line: line.sendall(ok(b'{"a": 1, "a": 2}')),
        lambda _path, line: line.sendall(ok(b"\x1f\x8b", b"Content-Encoding: gzip\r\n")),
        lambda _path, line: line.sendall(b"HTTP/1.1 500 No\r\n\r\n"),
        lambda _path, line: line.sendall(b"nonsense\r\n" * 9),
        lambda _path, line: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 500),
        lambda _path, line: line.close(),
    ],
)
def test_what_is_no_document_of_ordinary_size_does_not_come(elsewhere: Elsewhere, answer: Any) -> None:
    elsewhere.pages["/x"] = answer
    assert Client().document(elsewhere.origin + "/x") is None


def test_a_stranger_with_a_certificate_of_its_own_is_not_believed(elsewhere: Elsewhere, settings: Any) -> None:
    settings.VERIFY_CA_FILE = ""
    assert Client().document(elsewhere.gives("/did.json", GOOD)) is None
    assert elsewhere.visits == []


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_a_server_that_never_ends_is_left_in_time_and_not_asked_again_at_once(
    elsewhere: Elsewhere, head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credentials.fetching.MOST_SECONDS", 0.7)
    elsewhere.pages["/slow"] = drips(head)
    before = time.monotonic()
    assert Client().document(elsewhere.origin + "/slow") is None
    assert time.monotonic() - before < 1.5
    assert Client().document(elsewhere.origin + "/slow") is None
    assert len(elsewhere.visits) == 1


def test_five_seconds_are_for_all_questions_of_a_verdict_together(elsewhere: Elsewhere) -> None:
    client = Client()
    assert 4.4 < client.ends - time.monotonic() <= 5.0
    client.ends = time.monotonic()
    with pytest.raises(Unreachable, match="time is over"):
        client.fetch(elsewhere.gives("/did.json", GOOD))


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:x.example", "https://x.example/.well-known/did.json"),
        ("did:web:x.example:o:a", "https://x.example/o/a/did.json"),
        ("did:web:x.example%3A8443:o", "https://x.example:8443/o/did.json"),
        ("did:web:x.example/../y", None),
        ("did:web:x.example%2F@y", None),
        ("did:key:z6Mk", None),
        ("did:web:", None),
    ],
)
def test_the_address_of_a_did_follows_from_its_name(did: str, url: str | None) -> None:
    assert did_address(did) == url


def _foreign_badge(elsewhere: Elsewhere) -> tuple[Foreign, dict[str, Any], dict[str, Any]]:
    """An issuer by did:web at that server, its badge, and its signed list."""
    foreign = Foreign()
    foreign.did = f"did:web:localhost%3A{elsewhere.port}:college"
    method = f"{foreign.did}#{foreign.multibase}"
    listed = {"id": method, "type": "Multikey", "controller": foreign.did, "publicKeyMultibase": foreign.multibase}
    elsewhere.gives(
        "/college/did.json", {"id": foreign.did, "verificationMethod": [listed], "assertionMethod": [method]}
    )
    url = f"{elsewhere.origin}/lists/1"
    badge = {
        **DOCUMENT, "issuer": {"id": foreign.did, "type": ["Profile"], "name": "Elsewhere"},
        "credentialStatus": {
            "id": f"{url}#5", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "5", "statusListCredential": url,
        },
    }  # fmt: skip
    bits = {
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": _packed(gzip.compress(bytes(16384))),
    }
    status_list = {
        "@context": DOCUMENT["@context"][:1], "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": foreign.did, "validFrom": proofs.stamp(datetime.now(UTC) - timedelta(minutes=1)),
        "credentialSubject": {"id": f"{url}#list", **bits},
    }  # fmt: skip
    return foreign, badge, status_list


def _signed(foreign: Foreign, document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "proof": foreign.prove(document)}


@pytest.mark.django_db
def test_a_foreign_badge_is_valid_when_its_keys_and_its_list_can_be_had(elsewhere: Elsewhere, settings: Any) -> None:
    foreign, badge, status_list = _foreign_badge(elsewhere)
    elsewhere.gives("/lists/1", _signed(foreign, status_list))
    verdict = verify(_signed(foreign, badge), lookup=OwnAndForeign())
    assert (verdict.answer, verdict.trusted) == (Answer.VALID, "unknown")
    settings.VERIFY_ORIGINS = []
    assert verify(_signed(foreign, badge), lookup=OwnAndForeign()).answer == Answer.CANNOT_TELL


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [drips(b"HTTP/1.1 200 OK\r\n\r\n"), endless, sends_to("https://elsewhere.example/")])
def test_a_list_that_does_not_come_leaves_the_verdict_open(
    elsewhere: Elsewhere, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credentials.fetching.MOST_SECONDS", 1.5)
    foreign, badge, _list = _foreign_badge(elsewhere)
    elsewhere.pages["/lists/1"] = answer
    before = time.monotonic()
    verdict = verify(_signed(foreign, badge), lookup=OwnAndForeign())
    assert verdict.answer == Answer.CANNOT_TELL
    assert {c.name: c.outcome for c in verdict.checks}["status"] == "not_checked"
    assert time.monotonic() - before < 4


@pytest.mark.django_db
def test_the_holder_may_hand_in_the_list_unless_it_is_old(elsewhere: Elsewhere) -> None:
    foreign, badge, status_list = _foreign_badge(elsewhere)
    fresh = _signed(foreign, status_list)
    assert recent_list(json.dumps(fresh).encode()) == fresh
    assert verify(_signed(foreign, badge), lookup=OwnAndForeign(fresh)).answer == Answer.VALID
    other = _signed(Foreign(), status_list)
    assert verify(_signed(foreign, badge), lookup=OwnAndForeign(other)).answer == Answer.CANNOT_TELL
    for old in ({**status_list, "validFrom": "2026-01-01T00:00:00Z"}, {"id": status_list["id"]}):
        with pytest.raises(Unreadable, match="older than a day"):
            recent_list(json.dumps(old).encode())


@pytest.mark.django_db
def test_a_badge_and_a_list_as_tokens_by_an_issuer_elsewhere_are_judged_as_well(elsewhere: Elsewhere) -> None:
    foreign, badge, status_list = _foreign_badge(elsewhere)
    token = jose.sign(
        {**badge, "credentialSubject": {**badge["credentialSubject"], "id": "did:example:a"}}, foreign.signer
    )
    listed = jose.sign(status_list, foreign.signer)

    def answer(text: str = token, **handed: Any) -> str:
        return verify(of_text(text.encode()), lookup=OwnAndForeign(**handed)).answer.value

    assert answer() == "cannot_tell"  # no list yet
    assert answer(handed=recent_list(listed.encode())) == "valid"
    fetching.KEPT.clear()
    elsewhere.pages["/lists/1"] = lambda _path, line: line.sendall(ok(listed.encode()))
    assert answer() == answer(json.dumps(jose.enveloped(token))) == "valid"
    bits = bytearray(16384)
    bits[0] |= 0x80 >> 5
    revoking = copy.deepcopy(status_list)
    revoking["credentialSubject"]["encodedList"] = _packed(gzip.compress(bytes(bits)))
    for other, found in {
        jose.sign(revoking, foreign.signer): "not_valid",
        jose.sign(revoking, Foreign().signer): "cannot_tell",
        jose.sign({**status_list, "id": f"{elsewhere.origin}/lists/2"}, foreign.signer): "cannot_tell",
        listed[:-6] + "AAAAAA": "cannot_tell",
        "ey.ey.ey": "cannot_tell",
    }.items():
        fetching.KEPT.clear()
        elsewhere.pages["/lists/1"] = lambda _path, line, other=other: line.sendall(ok(other.encode()))
        assert answer() == found

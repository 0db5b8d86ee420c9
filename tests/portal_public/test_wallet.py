"""Lena takes her badge into a wallet; whoever lacks code, digits, token or key gets nothing."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from credentials import jose
from credentials.lookups import OwnRows
from credentials.models import Credential
from credentials.multikey import ed25519_multikey
from credentials.texts import of_token
from credentials.verdict import verify
from credentials.wallet import metadata, offers
from tests.cast import Cast
from tests.journeys.test_pilot_to_badge import issued
from workflows.actions import awarding, handing, revoking
from workflows.models.ledger import LedgerEvent

BASE = "/o/taravelle/wallet"
GRANT = metadata.GRANT


@pytest.fixture
def badge(cast: Cast) -> Credential:
    """Lena's badge, accepted."""
    _version, credential = issued(cast)
    if credential.acceptance != "accepted":
        awarding.answer_badge(credential_id=credential.pk, actor=credential.recipient, accept=True)
    credential.refresh_from_db()
    return credential


class Wallet:
    """What a wallet sends, with a key of its own."""

    def __init__(self) -> None:
        self.client, self.key = Client(), Ed25519PrivateKey.generate()
        word = ed25519_multikey(self.key.public_key().public_bytes_raw())
        self.did = f"did:key:{word}"
        self.kid = f"{self.did}#{word}"

    def token(self, code: str, digits: str, grant: str = GRANT) -> Any:
        return self.client.post(f"{BASE}/token", {"grant_type": grant, "pre-authorized_code": code, "tx_code": digits})

    def ask(self, token: str, name: str = "credential", **body: Any) -> Any:
        return self.client.post(
            f"{BASE}/{name}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    def nonce(self) -> str:
        return str(self.client.post(f"{BASE}/nonce").json()["c_nonce"])

    def proof(self, **changes: Any) -> str:
        head: dict[str, Any] = {"alg": "EdDSA", "typ": "openid4vci-proof+jwt", "kid": self.kid}
        claims: dict[str, Any] = {"aud": "http://localhost:8000/o/taravelle", "iat": int(timezone.now().timestamp())}
        claims["nonce"] = changes.pop("nonce", None) or self.nonce()
        for name, value in changes.items():
            (head if name in {"alg", "typ", "kid", "jwk"} else claims)[name] = value
        head = {name: value for name, value in head.items() if value is not None}
        text = ".".join(jose.encoded(json.dumps(part).encode()) for part in (head, claims))
        return f"{text}.{jose.encoded(self.key.sign(text.encode()))}"


def _offer(badge: Credential) -> Any:
    return handing.offer_to_wallet(credential_id=badge.pk, actor=badge.recipient)


@pytest.fixture
def opened(badge: Credential) -> tuple[Wallet, str]:
    """A wallet with an access token."""
    offer, wallet = _offer(badge), Wallet()
    answer = wallet.token(offers.code_of(offer), offers.digits_of(offer))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return wallet, str(answer.json()["access_token"])


def test_the_wallet_gets_the_very_badge_that_was_signed(badge: Credential, opened: tuple[Wallet, str]) -> None:
    wallet, token = opened
    answer = wallet.ask(token, credential_configuration_id=metadata.DATA_INTEGRITY)
    assert answer.status_code == 200
    body = answer.json()
    assert body["credentials"] == [{"credential": badge.document}]
    (told,) = LedgerEvent.objects.filter(type="take_to_wallet")
    assert told.data["form"] == metadata.DATA_INTEGRITY
    assert (
        wallet.ask(
            token, "notification", notification_id=body["notification_id"], event="credential_accepted"
        ).status_code
        == 204
    )
    taken = offers.last_taken(badge)
    assert taken is not None
    assert taken.told == "credential_accepted"


def test_as_a_token_the_badge_names_the_key_of_the_wallet(badge: Credential, opened: tuple[Wallet, str]) -> None:
    wallet, token = opened
    answer = wallet.ask(token, credential_configuration_id=metadata.TOKEN, proofs={"jwt": [wallet.proof()]})
    assert answer.status_code == 200
    text = answer.json()["credentials"][0]["credential"]
    said = jose.read(text).document
    assert said["credentialSubject"]["id"] == wallet.did
    assert said["id"] == (badge.document or {})["id"]
    assert verify(of_token(text), lookup=OwnRows()).answer.value == "valid"


def test_an_own_key_may_come_as_jwk_too(opened: tuple[Wallet, str]) -> None:
    wallet, token = opened
    x = base64.urlsafe_b64encode(wallet.key.public_key().public_bytes_raw()).rstrip(b"=").decode()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": x}
    proof = wallet.proof(kid=None, jwk=jwk, alg="Ed25519")
    answer = wallet.ask(token, credential_configuration_id=metadata.TOKEN, proofs={"jwt": [proof]})
    holder = jose.read(answer.json()["credentials"][0]["credential"]).document["credentialSubject"]["id"]
    assert json.loads(jose.decoded(holder.removeprefix("did:jwk:"))) == jwk
    by_kid = wallet.proof(kid=f"{holder}#0")
    again = wallet.ask(token, credential_configuration_id=metadata.TOKEN, proofs={"jwt": [by_kid]})
    assert jose.read(again.json()["credentials"][0]["credential"]).document["credentialSubject"]["id"] == holder


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"aud": "https://elsewhere.example"}, "invalid_proof"),
        ({"iat": 1000}, "invalid_proof"),
        ({"iat": True}, "invalid_proof"),
        ({"nonce": "made-up"}, "invalid_nonce"),
        ({"typ": "JWT"}, "invalid_proof"),
        ({"alg": "none"}, "invalid_proof"),
        ({"alg": "ES256"}, "invalid_proof"),
        ({"kid": None}, "invalid_proof"),
        ({"kid": "did:web:elsewhere.example#1"}, "invalid_proof"),
        ({"kid": "did:jwk:e30#0"}, "invalid_proof"),
        ({"jwk": {"kty": "OKP"}}, "invalid_proof"),
        ({"kid": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}, "invalid_proof"),
    ],
    ids=str,
)  # fmt: skip
def test_a_key_proof_that_proves_nothing_gets_nothing(
    opened: tuple[Wallet, str], changes: dict[str, Any], error: str
) -> None:
    wallet, token = opened
    proof = wallet.proof(**changes)
    answer = wallet.ask(token, credential_configuration_id=metadata.TOKEN, proofs={"jwt": [proof]})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert LedgerEvent.objects.filter(type="take_to_wallet").count() == 0


def test_what_is_asked_wrongly_is_answered_in_the_words_of_the_standard(opened: tuple[Wallet, str]) -> None:
    wallet, token = opened
    asked = {"credential_configuration_id": metadata.TOKEN}
    wanted: list[tuple[dict[str, Any], str]] = [
        ({"credential_configuration_id": "Diploma"}, "unknown_credential_configuration"),
        ({"credential_identifier": "x"}, "unknown_credential_identifier"),
        ({}, "unknown_credential_configuration"),
        (asked, "invalid_proof"),
        ({**asked, "proofs": {"jwt": []}}, "invalid_proof"),
        ({**asked, "proofs": {"jwt": ["a.b"]}}, "invalid_proof"),
        ({**asked, "proofs": {"jwt": ["a.b.c"]}}, "invalid_proof"),
        ({**asked, "credential_response_encryption": {}}, "invalid_encryption_parameters"),
    ]
    for body, error in wanted:
        answer = wallet.ask(token, **body)
        assert (answer.status_code, answer.json()["error"]) == (400, error), body
    broken = wallet.client.post(
        f"{BASE}/credential", "{", content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert broken.json()["error"] == "invalid_credential_request"
    other = wallet.ask(token, "notification", notification_id="x", event="credential_accepted")
    assert other.json()["error"] == "invalid_notification_id"


def test_the_code_opens_once_and_only_with_the_digits(badge: Credential) -> None:
    offer, wallet = _offer(badge), Wallet()
    code, digits = offers.code_of(offer), offers.digits_of(offer)
    wrong = "000000" if digits != "000000" else "111111"
    for sent in ((code, wrong), ("00" * 24, digits)):
        answer = wallet.token(*sent)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert wallet.token(code, "").json()["error"] == "invalid_request"
    assert wallet.token(code, digits, "authorization_code").json()["error"] == "unsupported_grant_type"
    assert wallet.token(code, digits).status_code == 200
    assert wallet.token(code, digits).json()["error"] == "invalid_grant"


def test_five_wrong_digits_end_an_offer(badge: Credential) -> None:
    offer, wallet = _offer(badge), Wallet()
    code, digits = offers.code_of(offer), offers.digits_of(offer)
    wrong = "000000" if digits != "000000" else "111111"
    for _ in range(offers.TRIES):
        assert wallet.token(code, wrong).status_code == 400
    assert wallet.token(code, digits).json()["error"] == "invalid_grant"
    assert offers.open_offer(badge) is None


def test_an_offer_is_found_while_it_is_open_and_holds_no_digits(badge: Credential) -> None:
    offer, stranger = _offer(badge), Client()
    path = f"{BASE}/offers/{offer.public_id}"
    body = stranger.get(path).json()
    assert body["grants"][GRANT]["pre-authorized_code"] == offers.code_of(offer)
    assert offers.digits_of(offer) not in json.dumps(body)
    assert stranger.get(path.replace("taravelle", "quellin")).status_code == 404
    newer = _offer(badge)
    assert stranger.get(path).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert stranger.get(f"{BASE}/offers/{newer.public_id}").status_code == 404


def test_a_badge_that_is_not_in_force_goes_into_no_wallet(
    badge: Credential, opened: tuple[Wallet, str], cast: Cast
) -> None:
    wallet, token = opened
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="The checklist may be another's.")
    for form in (metadata.DATA_INTEGRITY, metadata.TOKEN):
        answer = wallet.ask(token, credential_configuration_id=form, proofs={"jwt": [wallet.proof()]})
        assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")


def test_a_token_of_somebody_else_or_of_yesterday_opens_nothing(opened: tuple[Wallet, str]) -> None:
    wallet, token = opened
    form = metadata.DATA_INTEGRITY
    assert wallet.client.post(f"{BASE}/credential").status_code == 401
    answer = wallet.ask("x" + token, credential_configuration_id=form)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert wallet.ask(token, credential_configuration_id=form).status_code == 401


def test_metadata_stand_where_the_standard_puts_them_and_browsers_may_read_them(badge: Credential) -> None:
    stranger = Client()
    told = stranger.get("/.well-known/openid-credential-issuer/o/taravelle")
    assert told["Access-Control-Allow-Origin"] == "*"
    assert told.json()["credential_issuer"] == "http://localhost:8000/o/taravelle"
    server = stranger.get("/.well-known/oauth-authorization-server/o/taravelle").json()
    assert server["issuer"] == told.json()["credential_issuer"]
    assert stranger.get("/.well-known/openid-credential-issuer/o/nobody").status_code == 404
    asked = stranger.options(f"{BASE}/credential")
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    assert not stranger.cookies

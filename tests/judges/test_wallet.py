"""A wallet library that others wrote takes Lena's badge, in both forms, over HTTP."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from credentials import jose
from credentials.lookups import OwnRows
from credentials.texts import of_token
from credentials.verdict import verify
from credentials.wallet import metadata, offers
from tests.cast import gather
from tests.journeys.test_pilot_to_badge import issued
from workflows.actions import awarding, handing


@pytest.mark.enable_socket
def test_a_foreign_wallet_takes_the_badge_and_the_token(bench: Path, live_server: LiveServer, settings: Any) -> None:
    settings.BASE_URL = live_server.url
    _version, badge = issued(gather())
    awarding.answer_badge(credential_id=badge.pk, actor=badge.recipient, accept=True)
    badge.refresh_from_db()
    offer = handing.offer_to_wallet(credential_id=badge.pk, actor=badge.recipient)
    given = json.dumps({"offer": metadata.link_of(offer), "digits": offers.digits_of(offer)})
    done = subprocess.run(
        ["node", "wallet.js"], check=False, cwd=bench, input=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["refused"] == "invalid_grant"
    assert answer["badge"] == badge.document
    assert verify(of_token(answer["token"]), lookup=OwnRows()).answer.value == "valid"
    holder = jose.read(answer["token"]).document["credentialSubject"]["id"]
    assert json.loads(jose.decoded(holder.removeprefix("did:jwk:"))) == answer["publicJwk"]
    taken = offers.last_taken(badge)
    assert taken is not None
    assert taken.told == "credential_accepted"

"""Canaries: servers that listen where hostile documents point to. Nobody comes (`promises.md` 6)."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials import apart, fetching
from credentials.canonical import OPEN_BADGES, V2
from credentials.lookups import OwnAndForeign
from credentials.strictjson import Unreadable
from credentials.verdict import verify
from tests.credentials import refusable as r
from tests.credentials.elsewhere import Elsewhere, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def canary(tmp_path: Path, settings: Any) -> Iterator[Elsewhere]:
    """A server with the one good certificate; whoever connects is counted, before any word is said."""
    fetching.KEPT.clear()
    with standing(tmp_path) as server:
        settings.VERIFY_PRIVATE_ADDRESSES = True
        settings.VERIFY_CA_FILE = str(server.ca)
        yield server


@pytest.fixture
def plain() -> Iterator[tuple[str, list[Any]]]:
    """A listener without TLS, for http addresses."""
    visits: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    line, peer = listener.accept()
                except OSError:
                    return
                visits.append(peer)
                line.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", visits
        listener.shutdown(socket.SHUT_RDWR)


def _everywhere(origin: str) -> dict[str, Any]:
    """A badge of did:key, signed, that points there from every place that a reader might follow."""
    url = f"{origin}/canary"
    document = r.unsigned()
    document["issuer"] |= {"image": {"id": url, "type": "Image"}, "url": url}
    document["evidence"] = [{"id": url, "type": ["Evidence"], "name": "Exam"}]
    document["image"] = {"id": url, "type": "Image"}
    document["credentialSchema"] = [{"id": url, "type": "1EdTechJsonSchemaValidator2019"}]
    document["refreshService"] = [{"id": url, "type": "1EdTechCredentialRefresh"}]
    document["termsOfUse"] = [{"id": url, "type": "Policy"}]
    achievement = document["credentialSubject"]["achievement"]
    achievement |= {"id": url, "image": {"id": url, "type": "Image"}, "criteria": {"id": url, "narrative": "x"}}
    achievement["alignment"] = [{"type": ["Alignment"], "targetName": "x", "targetUrl": url}]
    achievement["related"] = [{"id": url, "type": ["Related"]}]
    return r.proved(document)


def _hostile(origin: str) -> dict[str, bytes]:
    url = f"{origin}/canary"
    badge = _everywhere(origin)
    text = json.dumps(badge)
    return {
        "addresses": text.encode(),
        "context": json.dumps({**badge, "@context": [V2, OPEN_BADGES, url]}).encode(),
        "only context": json.dumps({**badge, "@context": url}).encode(),
        "context of a proof": json.dumps({**badge, "proof": {**badge["proof"][0], "@context": url}}).encode(),
        "method": json.dumps({**badge, "proof": {**badge["proof"][0], "verificationMethod": url}}).encode(),
        "issuer by address": json.dumps({**badge, "issuer": url}).encode(),
        "jku": r.token(r.unsigned(), jku=url).encode(),
        "x5u": r.token(r.unsigned(), x5u=url).encode(),
        "kid": r.token(r.unsigned(), kid=f"{url}#key").encode(),
        "png": r.carried(text, "PNG"),
        "svg": r.carried(text, "SVG"),
        "svg with an image": (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
            f'<image xlink:href="{url}"/><script href="{url}"/><style>@import url({url});</style></svg>'
        ).encode(),
        "svg with an entity": f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{url}">]><svg>&e;</svg>'.encode(),
        "svg with a document type": f'<!DOCTYPE svg SYSTEM "{url}"><svg/>'.encode(),
        "link": url.encode(),
    }


def _judged(data: bytes) -> None:
    try:
        apart.judge(data, lookup=OwnAndForeign())
    except Unreadable:
        return


@pytest.mark.parametrize("case", _hostile("https://x.example"))
def test_nothing_that_a_document_points_to_is_fetched(
    case: str, canary: Elsewhere, plain: tuple[str, list[Any]], settings: Any
) -> None:
    settings.VERIFY_ORIGINS = [canary.origin, plain[0], "*"]
    for origin in (canary.origin, plain[0]):
        _judged(_hostile(origin)[case])
    assert (canary.connections, plain[1]) == (0, [])


def test_the_canary_would_sing_and_only_keys_and_lists_are_asked_for(canary: Elsewhere, settings: Any) -> None:
    settings.VERIFY_ORIGINS = [canary.origin]
    document = _everywhere(canary.origin)
    url = f"{canary.origin}/list"
    document["credentialStatus"] = {
        "id": f"{url}#1", "type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1",
        "statusListCredential": url,
    }  # fmt: skip
    document["issuer"]["id"] = f"did:web:localhost%3A{canary.port}"
    verify(document, lookup=OwnAndForeign())
    assert set(canary.visits) == {"/list", "/.well-known/did.json"}
    settings.VERIFY_ORIGINS = []
    fetching.KEPT.clear()
    canary.visits.clear()
    verify(document, lookup=OwnAndForeign())
    _judged(json.dumps(document).encode())
    assert canary.visits == []

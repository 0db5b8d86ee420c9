"""Whatever is handed in as a token is answered by a sentence, and never by a crash."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from credentials import jose, jwk
from credentials.multikey import ed25519_bytes, multibase_bytes
from credentials.proofs import form_fault, method_fault, proofs_of
from credentials.strictjson import Unreadable
from tests.credentials.test_jose import ISSUER, JWK_METHODS, _controller, _document, _text, _token
from tests.credentials.test_proofs import NOW

KIDS = st.one_of(st.just(f"{ISSUER}#key-1"), st.text(max_size=40))
LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20))
ANY: st.SearchStrategy[Any] = st.recursive(
    LEAF, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3))
)
HEADER = st.fixed_dictionaries(
    {}, optional={"alg": st.one_of(st.sampled_from(sorted(jwk.KINDS)), ANY), "kid": st.one_of(KIDS, ANY),
                  "typ": ANY, "cty": ANY, "crit": ANY},
)  # fmt: skip
KEY_MEMBERS = ("kty", "crv", "x", "y", "n", "e", "d")
MEMBERS = ("@context", "id", "issuer", "credentialSubject", "validFrom", "validUntil", *jose.CLAIMS)


def _looked_at(text: str, controller: dict[str, Any]) -> bool:
    """The whole way of a token; True when it holds."""
    try:
        token = jose.read(text)
    except Unreadable as refused:
        return not str(refused.sentence)
    if jose.form_fault(token) is not None or jose.key_fault(token, controller) is not None:
        return False
    return jose.signature_holds(token, controller)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
@example("..")
@example("a.b.c")
@example("\ud800.a.b")
def test_any_text(text: str) -> None:
    assert not _looked_at(text, _controller(JWK_METHODS["EdDSA"]))


@settings(max_examples=300, deadline=None)
@given(HEADER, st.dictionaries(st.sampled_from(MEMBERS), ANY), st.binary(max_size=80))
def test_any_head_payload_and_signature(header: Any, payload: Any, signature: bytes) -> None:
    body = {**_document(), **payload}
    text = f"{_text(header)}.{_text(json.dumps(body).encode())}.{_text(signature) or 'AA'}"
    assert not _looked_at(text, _controller(JWK_METHODS["EdDSA"]))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(jwk.KINDS)), st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d"]), ANY)
)
def test_any_key(alg: str, public: Any) -> None:
    assert not _looked_at(_token(alg), _controller({**JWK_METHODS[alg], **public, "x5c": []}))
    jwk.public_key({"type": "JsonWebKey", "publicKeyJwk": {**JWK_METHODS[alg], **public}}, alg)


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_any_controller_and_any_multikey(value: Any) -> None:
    assert multibase_bytes(value) is None or isinstance(value, str)
    assert ed25519_bytes(value) is None
    for controller in (value, {"id": ISSUER, "verificationMethod": value, "assertionMethod": value}):
        if isinstance(controller, dict):
            assert not _looked_at(_token(), controller)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "cryptosuite", "proofPurpose", "created", "verificationMethod"]), ANY))
def test_any_proof(proof: Any) -> None:
    assert form_fault(proof, NOW) is not None
    assert method_fault(proof, {"verificationMethod": [proof], "assertionMethod": [proof]}) is not None
    assert all(isinstance(one, dict) for one in proofs_of({"proof": proof}))

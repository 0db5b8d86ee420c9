"""Badges as tokens: what honest issuers make is read, and every known trick with tokens is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from credentials import jose
from credentials.base58 import b58encode
from credentials.controllers import controller_of, did_key, method_of
from credentials.errors import NoTokenForm
from credentials.multikey import MULTICODEC_P256, ed25519_multikey
from credentials.signers import Signer
from credentials.strictjson import Unreadable
from tests.credentials.maker import Handed
from tests.credentials.test_proofs import DOCUMENT

ISSUER = "did:web:elsewhere.example"
EXPIRING = {**DOCUMENT, "validUntil": "2036-01-01T00:00:00.500+02:00"}
ED25519, P256 = OKPKey.generate_key("Ed25519"), ECKey.generate_key("P-256")
RSA2048 = RSAKey.import_key(rsa.generate_private_key(65537, 2048))
KEYS: dict[str, OKPKey | ECKey | RSAKey] = {"EdDSA": ED25519, "ES256": P256, "RS256": RSA2048}
JWK_METHODS = {alg: key.as_dict(private=False) for alg, key in KEYS.items()}
Document = dict[str, Any]
TWICE = b'{"alg":"EdDSA","alg":"none"}'


def _document(**more: Any) -> Document:
    return {**EXPIRING, "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Elsewhere"}, **more}


def _controller(public: Document, *, listed: bool = True, owner: str = ISSUER) -> Document:
    own = {name: value for name, value in public.items() if name != "kid"}
    method = {"id": f"{ISSUER}#key-1", "type": "JsonWebKey", "controller": owner, "publicKeyJwk": own}
    return {"id": ISSUER, "verificationMethod": [method], "assertionMethod": [method["id"]] if listed else []}


def _text(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _token(alg: str = "EdDSA", header: Document | None = None, payload: Any = None, **header_too: Any) -> str:
    """A token as somebody else's program makes it, honest unless a test says otherwise."""
    head = header if header is not None else {"alg": alg, "kid": f"{ISSUER}#key-1", "typ": "JWT", **header_too}
    body = payload if payload is not None else {**_document(), **jose.claims_of(_document())}
    parts = f"{_text(head)}.{_text(body)}"
    name = "Ed25519" if alg == "EdDSA" else alg
    signature = jws.JWSRegistry.algorithms[name].sign(parts.encode(), KEYS[alg])
    return f"{parts}.{_text(signature)}"


def _holds(text: str, controller: Document) -> bool:
    token = jose.read(text)
    return (
        jose.form_fault(token) is None
        and jose.key_fault(token, controller) is None
        and jose.signature_holds(token, controller)
    )


@pytest.mark.parametrize("alg", KEYS)
def test_an_honest_token_holds_and_gives_back_the_badge(alg: str) -> None:
    text = _token(alg)
    assert jose.looks_like(text)
    assert _holds(text, _controller(JWK_METHODS[alg]))
    assert jose.read(text).document == _document()


@pytest.mark.parametrize("alg", KEYS)
def test_a_changed_badge_a_changed_head_and_another_key_do_not_hold(alg: str) -> None:
    head, _body, signature = _token(alg).split(".")
    changed = {**_document(name="Another"), **jose.claims_of(_document())}
    assert not _holds(f"{head}.{_text(changed)}.{signature}", _controller(JWK_METHODS[alg]))
    other = {"alg": alg, "kid": f"{ISSUER}#key-1"}
    assert not _holds(".".join((_text(other), *_token(alg).split(".")[1:])), _controller(JWK_METHODS[alg]))
    strange = {"EdDSA": OKPKey.generate_key("Ed25519"), "ES256": ECKey.generate_key("P-256")}.get(alg)
    public = strange or RSAKey.import_key(rsa.generate_private_key(65537, 2048))
    assert not _holds(_token(alg), _controller(public.as_dict(private=False)))


def test_our_own_token_says_in_its_head_how_it_was_signed_and_nothing_else() -> None:
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes_raw()
    proved = {**_document(), "proof": [{"type": "DataIntegrityProof"}]}
    text = jose.sign(proved, Signer(f"{ISSUER}#key-1", private.sign))
    token = jose.read(text)
    assert token.header == {"alg": "EdDSA", "kid": f"{ISSUER}#key-1", "typ": "vc+jwt"}
    assert token.document == _document()
    assert {name: token.payload[name] for name in ("iss", "jti", "sub", "nbf", "exp")} == {
        "iss": ISSUER, "jti": "https://x.example/1", "sub": "did:key:z6MkLena", "nbf": 1767225600, "exp": 2082751200,
    }  # fmt: skip
    assert _holds(text, _controller({"kty": "OKP", "crv": "Ed25519", "x": _text(raw)}))
    multikey = {**_controller({}), "verificationMethod": [{
        "id": f"{ISSUER}#key-1", "type": "Multikey", "controller": ISSUER,
        "publicKeyMultibase": ed25519_multikey(raw),
    }]}  # fmt: skip
    assert _holds(text, multikey)
    assert jws.deserialize_compact(text, OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _text(raw)}),
                                   registry=jose._Registry(algorithms=["Ed25519"]))  # fmt: skip


def _compressed() -> bytes:
    point = P256.as_dict(private=False)
    numbers = {name: base64.urlsafe_b64decode(str(point[name]) + "=") for name in ("x", "y")}
    return bytes([2 + numbers["y"][-1] % 2]) + numbers["x"]


def test_a_p256_key_may_be_listed_as_multikey() -> None:
    compressed = _compressed()

    def listed(raw: bytes) -> Document:
        method = {"id": f"{ISSUER}#key-1", "type": "Multikey", "controller": ISSUER,
                  "publicKeyMultibase": "z" + b58encode(raw)}  # fmt: skip
        return {"id": ISSUER, "verificationMethod": [method], "assertionMethod": [method["id"]]}

    assert _holds(_token("ES256"), listed(MULTICODEC_P256 + compressed))
    assert not _holds(_token("ES256"), listed(MULTICODEC_P256 + b"\x02" + b"\xff" * 32))
    assert not _holds(_token("ES256"), listed(b"\xed\x01" + compressed))
    assert not _holds(_token("RS256"), listed(MULTICODEC_P256 + compressed))


def test_the_key_of_an_issuer_by_did_key_follows_from_its_name() -> None:
    did = did_key("z" + b58encode(MULTICODEC_P256 + _compressed()))
    assert did.startswith("did:key:zDn")
    document = _document(issuer={"id": did, "type": ["Profile"], "name": "Elsewhere"})
    payload = {**document, **jose.claims_of(document)}
    text = _token("ES256", payload=payload, kid=method_of(did))
    controller = controller_of(did, Handed())
    assert controller is not None
    assert _holds(text, controller)
    assert not _holds(_token("EdDSA", payload=payload, kid=method_of(did)), controller)


def test_a_judge_that_others_wrote_takes_our_token_and_no_changed_one() -> None:
    private = Ed25519PrivateKey.generate()
    did = did_key(ed25519_multikey(private.public_key().public_bytes_raw()))
    document = _document(issuer={"id": did, "type": ["Profile"], "name": "Elsewhere"})
    text = jose.sign(document, Signer(method_of(did), private.sign))
    judge = OB3Verifier.for_issuer_did(did)
    assert judge.verify(text).id == document["id"]
    head, _body, signature = text.split(".")
    changed = {**document, "name": "Another", **jose.claims_of(document)}
    with pytest.raises(OB3VerificationError):
        judge.verify(f"{head}.{_text(changed)}.{signature}")


def test_a_badge_without_an_id_for_its_earner_has_no_token_form() -> None:
    subject = {name: value for name, value in DOCUMENT["credentialSubject"].items() if name != "id"}
    with pytest.raises(NoTokenForm, match="no token form"):
        jose.sign(_document(credentialSubject=subject), Signer(f"{ISSUER}#key-1", ED25519.private_key.sign))
    with pytest.raises(NoTokenForm):
        jose.claims_of(_document(credentialSubject=[]))
    token = jose.read(_token(payload={**_document(credentialSubject=subject), "iss": ISSUER}))
    assert "names no address" in str(jose.form_fault(token))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"}, {"alg": "None"}, {"alg": "HS256"}, {"alg": "RS384"}, {"alg": "PS256"}, {"alg": "ES256K"},
        {"alg": ["EdDSA"]}, {"alg": None}, {"jwk": JWK_METHODS["EdDSA"]}, {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"}, {"x5c": ["AA=="]}, {"crit": ["b64"], "b64": False}, {"crit": ["x"]},
        {"b64": False}, {"typ": "at+jwt"}, {"typ": "vp+jwt"}, {"typ": ["JWT"]}, {"cty": "JWT"}, {"kid": None},
        {"kid": 7}, {"kid": "../../../dev/null"}, {"kid": "x' OR '1'='1"}, {"kid": "key-1"}, {"kid": f"{ISSUER}"},
        {"kid": f"{ISSUER}#key-1' --"}, {"kid": f"{ISSUER}#../x"}, {"kid": "http://x.example/#key-1"},
        {"kid": f"{ISSUER}#key-1\n"}, {"zip": "DEF"}, {"epk": {}},
    ],
    ids=",".join,
)  # fmt: skip
def test_a_head_that_says_more_or_something_else_is_refused(header: Document) -> None:
    text = _token(header={"alg": "EdDSA", "kid": f"{ISSUER}#key-1", "typ": "JWT", **header})
    assert jose.form_fault(jose.read(text)) is not None


def test_a_signature_with_the_public_key_as_secret_is_refused() -> None:
    import hashlib
    import hmac

    secret = base64.urlsafe_b64decode(str(JWK_METHODS["EdDSA"]["x"]) + "=")
    head = _token(alg="EdDSA", header={"alg": "HS256", "kid": f"{ISSUER}#key-1"}).rpartition(".")[0]
    text = f"{head}.{_text(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"
    assert not _holds(text, _controller(JWK_METHODS["EdDSA"]))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "did:web:other.example"}, {"jti": "https://x.example/2"}, {"sub": "did:key:z6MkOther"},
        {"nbf": 1767225601}, {"nbf": "1767225600"}, {"nbf": True}, {"exp": 2082751199}, {"exp": None}, {"iat": "now"},
        {"iat": True}, {"vc": {}}, {"vp": {}}, {"proof": []}, {"iss": None},
    ],
    ids=str,
)  # fmt: skip
def test_claims_that_differ_from_the_badge_are_refused(claims: Document) -> None:
    text = _token(payload={**_document(), **jose.claims_of(_document()), **claims})
    assert jose.form_fault(jose.read(text)) is not None


@pytest.mark.parametrize("missing", ["iss", "jti", "sub", "nbf", "exp"])
def test_a_claim_that_is_missing_is_refused(missing: str) -> None:
    claims = {name: value for name, value in jose.claims_of(_document()).items() if name != missing}
    assert jose.form_fault(jose.read(_token(payload={**_document(), **claims}))) is not None


def test_a_date_to_the_fraction_of_a_second_agrees() -> None:
    claims = {**jose.claims_of(_document()), "exp": 2082751200.5, "iat": 1767225600.0}
    assert jose.form_fault(jose.read(_token(payload={**_document(), **claims}))) is None


def _malformed() -> dict[str, str]:
    head, body, signature = _token().split(".")
    last = "AEIMQUYcgkosw048"  # in two spare bits, only one letter of four is canonical
    odd = next(letter for letter in "BCDFGH" if letter not in last)
    return {
        "stripped": f"{head}.{body}.",
        "without a signature": f"{head}.{body}",
        "padded": f"{head}.{body}.{signature}==",
        "with another last letter": f"{head}.{body}.{signature[:-1]}{odd}",
        "with letters of plain base64": f"{head}.{body}.+/{signature[2:]}",
        "with white space inside": f"{head}.{body[:9]}\n{body[9:]}.{signature}",
        "encrypted": f"{head}.{body}.{signature}.{signature}.{signature}",
        "of a length that base64 does not have": f"{head}.{body}.{signature[:5]}",
        "with an empty head": f".{body}.{signature}",
        "with the same claim twice": f"{head}.{_text(TWICE)}.{signature}",
        "with the same head twice": f"{_text(TWICE)}.{body}.{signature}",
        "with a list for a head": f"{_text([1])}.{body}.{signature}",
        "with a head without end": f"{_text({'kid': 'x' * 2000})}.{body}.{signature}",
        "too large": f"{head}.{'A' * 1024 * 1024}.{signature}",
    }


@pytest.mark.parametrize(("what", "text"), _malformed().items(), ids=[*_malformed()])
def test_a_token_that_can_be_read_in_two_ways_is_not_read(what: str, text: str) -> None:
    with pytest.raises(Unreadable):
        jose.read(text)


@pytest.mark.parametrize("alg", KEYS)
def test_a_signature_of_another_length_or_value_does_not_hold(alg: str) -> None:
    head, body, signature = _token(alg).split(".")
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    for wrong in (raw + b"\0", b"\0" + raw, raw[:-1], b"\0" * len(raw), b"\xff" * len(raw), raw[::-1]):
        assert not _holds(f"{head}.{body}.{_text(wrong)}", _controller(JWK_METHODS[alg]))


def test_a_malleable_signature_of_ed25519_does_not_hold() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    head, body, signature = _token().split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    moved = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    assert not _holds(f"{head}.{body}.{_text(moved)}", _controller(JWK_METHODS["EdDSA"]))


def test_only_a_key_that_the_issuer_lists_for_statements_speaks_for_it() -> None:
    public = JWK_METHODS["EdDSA"]
    assert not _holds(_token(), _controller(public, listed=False))
    assert not _holds(_token(), _controller(public, owner="did:web:other.example"))
    assert not _holds(_token(), {**_controller(public), "id": "did:web:other.example"})
    assert not _holds(_token(), {"id": ISSUER, "verificationMethod": [], "assertionMethod": [f"{ISSUER}#key-1"]})
    assert not _holds(_token(), {"id": ISSUER})


def _rsa(exponent: int, bits: int) -> Document:
    numbers = rsa.generate_private_key(exponent, bits).public_key().public_numbers()
    n, e = (_text(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
    return {"kty": "RSA", "n": n, "e": e}


P384 = ECKey.import_key(ec.generate_private_key(ec.SECP384R1())).as_dict(private=False)


@pytest.mark.parametrize(
    ("alg", "public"),
    [
        ("RS256", _rsa(65537, 1024)),
        ("RS256", _rsa(3, 2048)),
        ("RS256", {**JWK_METHODS["RS256"], "e": "AQ"}),
        ("RS256", {**JWK_METHODS["RS256"], "e": "AAEAAQ"[:4] + "Ag"}),
        ("RS256", {**JWK_METHODS["RS256"], "d": "AQAB"}),
        ("RS256", {**JWK_METHODS["RS256"], "n": JWK_METHODS["RS256"]["n"] + "="}),
        ("RS256", JWK_METHODS["ES256"]),
        ("ES256", P384),
        ("ES256", {**JWK_METHODS["ES256"], "x": _text(b"\x01" * 32)}),
        ("ES256", {**JWK_METHODS["ES256"], "x": _text(b"\x01" * 31)}),
        ("ES256", {**JWK_METHODS["ES256"], "alg": "RS256"}),
        ("EdDSA", {"kty": "OKP", "crv": "Ed25519", "x": _text(b"\0" * 32)}),
        ("EdDSA", {"kty": "OKP", "crv": "Ed25519", "x": _text(b"\1" + b"\0" * 31)}),
        ("EdDSA", {"kty": "OKP", "crv": "X25519", "x": JWK_METHODS["EdDSA"]["x"]}),
        ("EdDSA", {"kty": "oct", "k": JWK_METHODS["EdDSA"]["x"]}),
        ("EdDSA", {**JWK_METHODS["EdDSA"], "use": "enc"}),
        ("EdDSA", {**JWK_METHODS["EdDSA"], "key_ops": ["sign"]}),
        ("EdDSA", {**JWK_METHODS["EdDSA"], "x5u": "https://evil.example"}),
        ("EdDSA", {**JWK_METHODS["EdDSA"], "x": 7}),
        ("EdDSA", {**JWK_METHODS["EdDSA"], "x": "é" * 43}),
    ],
)
def test_weak_malformed_and_other_keys_are_refused(alg: str, public: Document) -> None:
    assert jose.key_fault(jose.read(_token(alg)), _controller(public)) is not None
    assert not jose.signature_holds(jose.read(_token(alg)), _controller(public))


def test_a_method_of_an_unknown_kind_is_no_key() -> None:
    controller = _controller(JWK_METHODS["EdDSA"])
    controller["verificationMethod"][0]["type"] = "Ed25519VerificationKey2018"
    assert not _holds(_token(), controller)
    controller["verificationMethod"][0].update(type="JsonWebKey", publicKeyJwk="x")
    assert not _holds(_token(), controller)


def test_a_token_travels_in_an_envelope() -> None:
    text = _token()
    envelope = jose.enveloped(text)
    assert jose.token_in(envelope) == text
    assert jose.token_in({**envelope, "type": "EnvelopedVerifiableCredential"}) == text
    assert jose.token_in({**envelope, "id": f"data:application/vc+ld+json+jwt,{text}"}) == text
    assert jose.token_in({**envelope, "id": "https://x.example"}) is None
    assert jose.token_in({**envelope, "id": 7}) is None
    assert jose.token_in(_document()) is None


@pytest.mark.parametrize("text", ["", "a.b.c", "eyJ.x", '{"id": "x.y.z"}', "ey.!.x"])
def test_what_is_no_token_does_not_look_like_one(text: str) -> None:
    assert not jose.looks_like(text)

"""Proof that a wallet holds the key that it asks a badge for (OpenID4VCI 1.0, appendix F.1), and the nonce for it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.utils import timezone

from credentials import jwk
from credentials.jose import decoded, encoded, fits
from credentials.multikey import multibase_bytes
from credentials.strictjson import Unreadable, read
from credentials.wallet.errors import WalletRefused

SALT = "imprimatur: wallet nonce"
NONCE_SECONDS = 300
# How far a wallet's clock may be from ours.
CLOCK_SECONDS = 300
TYPE = "openid4vci-proof+jwt"
MOST_LETTERS = 4096
ALGORITHMS = {"EdDSA": "EdDSA", "Ed25519": "EdDSA", "ES256": "ES256"}
_DID_JWK, _DID_KEY = "did:jwk:", "did:key:"


def new_nonce() -> str:
    """A fresh value that a key proof must repeat; it says itself when it was made, so nothing is stored."""
    return signing.dumps(secrets.token_urlsafe(12), salt=SALT)


def _nonce_holds(nonce: object) -> bool:
    try:
        signing.loads(str(nonce), salt=SALT, max_age=NONCE_SECONDS)
    except signing.BadSignature:
        return False
    return True


def holder_of(proof: object, audience: str) -> str:
    """The DID of the wallet that made this proof for this issuer just now. Raises `WalletRefused`."""
    head, payload, text = _opened(proof)
    algorithm = ALGORITHMS.get(str(head.get("alg")))
    if head.get("typ") != TYPE or algorithm is None or ("kid" in head) == ("jwk" in head):
        raise _invalid("The head of the key proof does not name its type, one known algorithm and one key.")
    holder, method = _key(head)
    key = jwk.public_key(method, algorithm)
    if key is None:
        raise _invalid("The key of the proof cannot be read, is too weak, or is not of the kind that the proof names.")
    if not fits(text, key, str(head["alg"])):
        raise _invalid("The signature of the key proof does not fit its key.")
    _refuse_stale(payload, audience)
    return holder


def _invalid(sentence: str) -> WalletRefused:
    return WalletRefused("invalid_proof", sentence)


def _opened(proof: object) -> tuple[Mapping[str, Any], Mapping[str, Any], str]:
    """Head, payload and text of a proof."""
    if not isinstance(proof, str) or len(proof) > MOST_LETTERS or proof.count(".") != 2:
        raise _invalid("The key proof is no signed token.")
    try:
        head, payload = (read(decoded(part)) for part in proof.split(".")[:2])
    except Unreadable as failed:
        raise _invalid("The key proof cannot be read.") from failed
    return head, payload, proof


def _key(head: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The holder's DID and the verification method that the head names."""
    if "jwk" in head:
        found = head["jwk"]
        return _did_of(found), {"type": "JsonWebKey", "publicKeyJwk": found}
    did = str(head["kid"]).partition("#")[0]
    if did.startswith(_DID_KEY) and multibase_bytes(did.removeprefix(_DID_KEY)) is not None:
        return did, {"type": "Multikey", "publicKeyMultibase": did.removeprefix(_DID_KEY)}
    if did.startswith(_DID_JWK):
        try:
            found = read(decoded(did.removeprefix(_DID_JWK)))
        except Unreadable as failed:
            raise _invalid("The key of the proof cannot be read.") from failed
        return did, {"type": "JsonWebKey", "publicKeyJwk": dict(found)}
    raise _invalid("The proof names its key by no did:key, did:jwk or jwk.")


def _did_of(key: object) -> str:
    """did:jwk of a key, spelt with its public numbers only."""
    if not isinstance(key, dict):
        raise _invalid("The key of the proof is no JSON Web Key.")
    plain = {name: key[name] for name in ("crv", "kty", "x", "y") if isinstance(key.get(name), str)}
    return _DID_JWK + encoded(json.dumps(plain, separators=(",", ":"), sort_keys=True).encode())


def _refuse_stale(payload: Mapping[str, Any], audience: str) -> None:
    meant = payload.get("aud")
    if audience not in (meant if isinstance(meant, list) else [meant]):
        raise _invalid("The key proof was made for another issuer.")
    made = payload.get("iat")
    if isinstance(made, bool) or not isinstance(made, (int, float)):
        raise _invalid("The key proof does not say when it was made.")
    if abs(timezone.now().timestamp() - made) > CLOCK_SECONDS:
        raise _invalid("The key proof was not made just now, or the wallet's clock is wrong.")
    if not _nonce_holds(payload.get("nonce")):
        raise WalletRefused("invalid_nonce", "The key proof repeats no fresh nonce. Ask for a new one.")

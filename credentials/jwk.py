"""Public keys of tokens, as controller documents list them: JSON Web Keys and Multikeys, strong ones only."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from credentials.multikey import MULTICODEC_P256, WEAK_KEYS, ed25519_bytes, multibase_bytes

Document = dict[str, Any]
Key = ECKey | OKPKey | RSAKey
KINDS = {"EdDSA": ("OKP", "Ed25519"), "ES256": ("EC", "P-256"), "RS256": ("RSA", None)}
LEAST_BITS, MOST_BITS, LEAST_EXPONENT, MOST_EXPONENT = 2048, 8192, 65537, 2**32
JWK_TYPES = {"JsonWebKey", "JsonWebKey2020"}
_NUMBERS = {"OKP": {"x"}, "EC": {"x", "y"}, "RSA": {"n", "e"}}
_BESIDE = {"kty", "crv", "alg", "use", "key_ops", "kid"}  # anything else may be a private part, or a way to fetch


def method(controller: Document, kid: str) -> Document | None:
    """The verification method of a key, where the controller document lists it for statements."""
    listed, methods = controller.get("assertionMethod"), controller.get("verificationMethod")
    if not isinstance(listed, list) or not isinstance(methods, list) or kid not in listed:
        return None
    return next((m for m in methods if isinstance(m, dict) and m.get("id") == kid), None)


def public_key(method: Document, alg: str) -> Key | None:
    """The key of a verification method for this algorithm; None for a weak, malformed or other one."""
    if method.get("type") == "Multikey":
        return _from_multikey(method, alg)
    found = method.get("publicKeyJwk")
    if method.get("type") not in JWK_TYPES or not isinstance(found, dict):
        return None
    return _from_jwk(found, alg)


def _from_multikey(method: Document, alg: str) -> Key | None:
    word = method.get("publicKeyMultibase")
    if alg == "EdDSA":
        public = ed25519_bytes(word)
        return _from_jwk({"kty": "OKP", "crv": "Ed25519", "x": _text(public)}, alg) if public else None
    raw = multibase_bytes(word)
    if raw is None or alg != "ES256" or not raw.startswith(MULTICODEC_P256) or len(raw) != 35:
        return None
    try:
        point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw[2:]).public_numbers()
    except ValueError:
        return None
    x, y = (_text(number.to_bytes(32, "big")) for number in (point.x, point.y))
    return _from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y}, alg)


def _from_jwk(found: Document, alg: str) -> Key | None:
    """A key of exactly the kind that the algorithm needs, spelt in the one canonical way."""
    kind, curve = KINDS[alg]
    if found.get("kty") != kind or found.get("crv") != curve or found.get("alg", alg) != alg:
        return None
    operations = found.get("key_ops", ["verify"])
    if found.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    if not set(found) <= _BESIDE | _NUMBERS[kind]:
        return None
    numbers = {name: _number(found.get(name)) for name in _NUMBERS[kind]}
    if any(value is None for value in numbers.values()) or not _strong(kind, numbers):
        return None
    plain = {name: found[name] for name in ("kty", "crv", *_NUMBERS[kind]) if name in found}
    try:
        return {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}[kind].import_key(plain)  # type: ignore[attr-defined, no-any-return]
    except (JoseError, ValueError):
        return None


def _strong(kind: str, numbers: dict[str, bytes | None]) -> bool:
    """Lengths, and what makes signatures easy to forge: points of small order, short moduli, small exponents."""
    if kind == "OKP":
        return len(numbers["x"] or b"") == 32 and numbers["x"] not in WEAK_KEYS
    if kind == "EC":
        return all(len(value or b"") == 32 for value in numbers.values())
    modulus, exponent = (int.from_bytes(numbers[name] or b"", "big") for name in ("n", "e"))
    return (
        LEAST_BITS <= modulus.bit_length() <= MOST_BITS
        and modulus % 2 == exponent % 2 == 1
        and LEAST_EXPONENT <= exponent <= MOST_EXPONENT
    )


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: Any) -> bytes | None:
    """The bytes of a number in base64url, or None unless it is spelt in its one canonical way."""
    if not isinstance(value, str) or len(value) > 2048:
        return None
    try:
        data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (ValueError, binascii.Error):
        return None
    return data if data and _text(data) == value else None

"""Credentials as JSON Web Tokens (VC-JOSE-COSE; Open Badges 3.0, section 8.2): make one, read one, check one.

The payload is the credential itself beside its claims. A token is checked with a key that its issuer's controller
document lists; what the token itself says about keys is never looked at, and nothing is fetched.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

from django.utils.functional import Promise
from joserfc import jws
from joserfc.errors import JoseError

from credentials import jwk, strictjson
from credentials.errors import NoTokenForm
from credentials.proofs import issuer_of, moment
from credentials.signers import Signer
from credentials.strictjson import Unreadable
from people.words import lazy_text as _

Document = dict[str, Any]
Sentence = str | Promise
MOST_HEADER = 1024
HEADER = {"alg", "kid", "typ", "cty"}
TYPES = (None, "JWT", "vc+jwt", "vc+ld+json+jwt")
PRESENTED = (None, "JWT", "vp+jwt", "vp+ld+json+jwt")
CLAIMS = ("iss", "jti", "sub", "nbf", "exp", "iat")
ENVELOPES = ("data:application/vc+jwt,", "data:application/vc+ld+json+jwt,", "data:application/vp+jwt,")
MEDIA_TYPE = "application/vc+jwt"
ENVELOPED, ENVELOPED_PRESENTATION = "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"
# The key's address: an absolute address and a plain fragment. No path to walk, no quote to close.
_KID = re.compile(r"(did:[a-z0-9]+:[A-Za-z0-9.:%_-]{1,512}|https://[A-Za-z0-9.:/_~-]{1,256})#[A-Za-z0-9._~-]{1,512}")
_PART = re.compile(r"[A-Za-z0-9_-]+")


class _Registry(jws.JWSRegistry):
    """Sizes are bounded where the token is read; the old name of Ed25519 is the one that badges use."""

    max_header_length = MOST_HEADER
    max_payload_length = strictjson.MOST_BYTES

    def get_alg(self, name: str) -> Any:
        """Ed25519 by the name that RFC 9864 gave it, which says more than `EdDSA`."""
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


@dataclass(frozen=True)
class Token:
    """A token whose form was read; nothing about it is believed yet."""

    text: str
    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signature: bytes

    @property
    def document(self) -> Document:
        """The credential in it, without the claims that repeat it."""
        return {name: value for name, value in self.payload.items() if name not in CLAIMS}


def looks_like(text: str) -> bool:
    """True for three parts of base64url with points between them: worth reading as a token."""
    parts = text.strip().split(".")
    return len(parts) == 3 and parts[0].startswith("ey") and all(_PART.fullmatch(part) for part in parts[:2])


def encoded(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url. Raises `Unreadable` unless these letters are the only ones that spell them."""
    if _PART.fullmatch(text):
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error:
            data = b""
        if encoded(data) == text:
            return data
    raise Unreadable(_("The token is damaged, or was changed on its way."))


def read(text: str) -> Token:
    """A token, its header and its payload. Raises `Unreadable`; `form_fault` says what else is wrong."""
    text = text.strip()
    if len(text) > strictjson.MOST_BYTES:
        raise Unreadable(_("The token is larger than one mebibyte. A badge is much smaller."), too_large=True)
    parts = text.split(".")
    if len(parts) != 3:
        raise Unreadable(_("The token does not have the three parts that a signed token has."))
    if not parts[2]:
        raise Unreadable(_("The token is not signed."))
    header, payload, signature = (decoded(part) for part in parts)
    if len(header) > MOST_HEADER:
        raise Unreadable(_("The head of the token is far too long."))
    return Token(text, strictjson.read(header), strictjson.read(payload), signature)


def form_fault(token: Token) -> Sentence | None:
    """What is wrong with the token of a badge before its key is looked up, or None."""
    return head_fault(token) or _claims_fault(token)


def list_fault(token: Token) -> Sentence | None:
    """The same of a status list, which need not repeat itself in claims; what it repeats must agree."""
    given = {name: token.payload[name] for name in CLAIMS if name in token.payload}
    subject = token.document.get("credentialSubject")
    wanted = {
        "iss": issuer_of(token.document),
        "jti": token.document.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    if any(given.get(name, value) != value for name, value in wanted.items()):
        return _("What the token says about its badge differs from the badge itself.")
    return head_fault(token)


def head_fault(token: Token, types: tuple[str | None, ...] = TYPES) -> Sentence | None:
    """What is wrong with how a token says that it was signed, or None."""
    header = token.header
    if header.get("alg") not in list(jwk.KINDS):
        return _("The token is signed in a way that is not used for badges here.")
    if not set(header) <= HEADER or header.get("typ") not in types or header.get("cty", "vc") != "vc":
        return _("The head of the token says more than how it was signed, as forgeries do.")
    if not isinstance(header.get("kid"), str) or not _KID.fullmatch(header["kid"]):
        return _("The token does not name its key by a proper address.")
    if {"vc", "vp"} & set(token.payload):
        return _("The token wraps its badge in the way of an older standard, which can be read in two ways.")
    if "proof" in token.payload:
        return _("The badge in the token carries a second signature of another kind, which is not read here.")
    return None


def claims_of(document: Document) -> Document:
    """The claims that repeat a credential. Raises `NoTokenForm` for one without an id for its subject."""
    subject = document.get("credentialSubject")
    sub = subject.get("id") if isinstance(subject, dict) else None
    start, end = moment(document.get("validFrom")), moment(document.get("validUntil"))
    if not isinstance(sub, str) or not isinstance(document.get("id"), str) or start is None:
        raise NoTokenForm
    claims: Document = {"iss": issuer_of(document), "jti": document["id"], "sub": sub}
    claims["nbf"] = floor(start.timestamp())
    if end is not None:
        claims["exp"] = floor(end.timestamp())
    return claims


def _claims_fault(token: Token) -> Sentence | None:
    try:
        wanted = claims_of(token.document)
    except NoTokenForm:
        return _("The badge in the token names no address of its own or of its earner, or no first day.")
    given = {name: token.payload[name] for name in ("iss", "jti", "sub", "nbf", "exp") if name in token.payload}
    for name in ("nbf", "exp"):
        if isinstance(given.get(name), float):
            given[name] = floor(given[name])
    if given != wanted or any(isinstance(value, bool) for value in given.values()):
        return _("What the token says about its badge differs from the badge itself.")
    issued = token.payload.get("iat", 0)
    if isinstance(issued, bool) or not isinstance(issued, (int, float)):
        return _("What the token says about its badge differs from the badge itself.")
    return None


def key_fault(token: Token, controller: Document) -> Sentence | None:
    """Why the key of a token may not speak for the issuer, or None (badges.md 2.13)."""
    method = jwk.method(controller, token.header["kid"])
    if method is None:
        return _("The issuer does not list the key that signed it.")
    if not issuer_of(token.document) == controller.get("id") == method.get("controller"):
        return _("The key that signed it belongs to somebody else than its issuer.")
    if jwk.public_key(method, token.header["alg"]) is None:
        return _("The key that signed it is too weak, or is not of the kind that the token names.")
    return None


def signature_holds(token: Token, controller: Document) -> bool:
    """True when the signature fits token and key. Ask `form_fault` and `key_fault` first."""
    method = jwk.method(controller, token.header["kid"])
    key = jwk.public_key(method, token.header["alg"]) if method else None
    return key is not None and fits(token.text, key, token.header["alg"])


def fits(text: str, key: jwk.Key, algorithm: str) -> bool:
    """True when a token of this algorithm was signed with the private half of this key."""
    try:
        jws.deserialize_compact(text, key, registry=_Registry(algorithms=[algorithm, "Ed25519"]))
    except (JoseError, ValueError):
        return False
    return True


def sign(document: Document, signer: Signer) -> str:
    """The credential as a token with `EdDSA`. Raises `NoTokenForm` where the standard has no such form."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    header = {"alg": "EdDSA", "kid": signer.method, "typ": "vc+jwt"}
    parts = (header, {**unsigned, **claims_of(unsigned)})
    head = ".".join(encoded(json.dumps(p, ensure_ascii=False, separators=(",", ":")).encode()) for p in parts)
    return f"{head}.{encoded(signer.sign(head.encode()))}"


def enveloped(text: str) -> Document:
    """A token as an object that may stand where a credential does (VC Data Model 2.0, section 4.12)."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"data:{MEDIA_TYPE},{text}",
        "type": [ENVELOPED],
    }


def token_in(document: Document) -> str | None:
    """The text of the token that an enveloped credential or presentation holds; None for anything else."""
    types, address = document.get("type"), document.get("id")
    named = types if isinstance(types, list) else [types]
    if not (ENVELOPED in named or ENVELOPED_PRESENTATION in named) or not isinstance(address, str):
        return None
    return next((address.removeprefix(start) for start in ENVELOPES if address.startswith(start)), None)

"""The one module that touches private keys (badges.md 2.17). Nothing else imports a private-key API."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from credentials.base58 import b58encode
from credentials.errors import NoKey, NoWrappingKey
from credentials.models import SigningKey
from people.models import Organization

MULTICODEC_ED25519 = b"\xed\x01"  # Multicodec table: ed25519-pub, as in Controlled Identifiers 1.0, section 2.2.2
NONCE_BYTES = 12


def _wrapping() -> AESGCM:
    text = settings.KEY_WRAPPING_KEY
    if not text and settings.KEY_WRAPPING_KEY_FILE:
        text = Path(settings.KEY_WRAPPING_KEY_FILE).read_text(encoding="ascii").strip()
    try:
        key = base64.urlsafe_b64decode(text)
    except (ValueError, binascii.Error) as bad:
        raise NoWrappingKey from bad
    if len(key) != 32:
        raise NoWrappingKey
    return AESGCM(key)


def seal(data: bytes, context: str) -> bytes:
    """Bytes that cannot be read from a stolen database; `context` binds them to the row that they belong to."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _wrapping().encrypt(nonce, data, context.encode())


def unseal(sealed: bytes, context: str) -> bytes:
    """The bytes that were sealed in this context."""
    return _wrapping().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())


@transaction.atomic
def create_key(organization: Organization, purpose: str) -> SigningKey:
    """Make a key and activate it; the one before it is retired and stays listed."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    private = Ed25519PrivateKey.generate()
    public = "z" + b58encode(MULTICODEC_ED25519 + private.public_key().public_bytes_raw())
    wrapped = seal(private.private_bytes_raw(), public)
    SigningKey.objects.filter(organization=organization, purpose=purpose, status=SigningKey.Status.ACTIVE).update(
        status=SigningKey.Status.RETIRED
    )
    return SigningKey.objects.create(
        organization=organization, purpose=purpose, public_multibase=public, wrapped=wrapped
    )


def active_key(organization: Organization, purpose: str) -> SigningKey:
    """The key that signs for this purpose. Raises `NoKey`."""
    key = SigningKey.objects.filter(organization=organization, purpose=purpose, status=SigningKey.Status.ACTIVE).first()
    if key is None:
        raise NoKey
    return key


def ensure_key(organization: Organization, purpose: str) -> SigningKey:
    """The active key, made now if the organization has none yet; two first acts at once wait for each other.

    The lock is taken only to make one: callers may hold the row of a status list, and nobody who holds that may wait
    for an organization.
    """
    live = SigningKey.objects.filter(organization=organization, purpose=purpose, status=SigningKey.Status.ACTIVE)
    key = live.first()
    if key is not None:
        return key
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        return live.first() or create_key(organization, purpose)


def sign_bytes(key: SigningKey, data: bytes) -> bytes:
    """64 bytes of Ed25519 signature. The private key lives only in this call."""
    raw = unseal(bytes(key.wrapped), key.public_multibase)
    return Ed25519PrivateKey.from_private_bytes(raw).sign(data)


class Signer:
    """A key that is open for one batch: it is unwrapped once and not for each badge."""

    def __init__(self, method: str, private: Ed25519PrivateKey) -> None:
        self.method = method
        self._private: Ed25519PrivateKey | None = private

    def sign(self, data: bytes) -> bytes:
        """64 bytes of Ed25519 signature. Raises `NoKey` when the batch is over."""
        if self._private is None:
            raise NoKey
        return self._private.sign(data)

    def close(self) -> None:
        """Forget the private key."""
        self._private = None


@contextmanager
def opened_signer(key: SigningKey) -> Iterator[Signer]:
    """The key, open for as long as the block lasts; the private bytes stay in this module."""
    raw = unseal(bytes(key.wrapped), key.public_multibase)
    signer = Signer(method_of(key), Ed25519PrivateKey.from_private_bytes(raw))
    try:
        yield signer
    finally:
        signer.close()


def newest_opens() -> bool | None:
    """True when this installation's wrapping key opens the newest key; None while there is no key at all."""
    newest = SigningKey.objects.order_by("-pk").first()
    if newest is None:
        return None
    try:
        sign_bytes(newest, b"health")
    except (NoWrappingKey, InvalidTag, OSError):
        return False
    return True


def did_of(organization: Organization) -> str:
    """did:web of an organization; the colon of a port is `%3A` (did:web method, section 2.5)."""
    return f"did:web:{quote(urlsplit(settings.BASE_URL).netloc, safe='')}:o:{organization.slug}"


def method_of(key: SigningKey) -> str:
    """The address of the key's verification method."""
    return f"{did_of(key.organization)}#{key.public_multibase}"


def did_document(organization: Organization) -> dict[str, Any]:
    """The controller document: every key that was not compromised, active or retired."""
    did = did_of(organization)
    keys = organization.signing_keys.exclude(status=SigningKey.Status.COMPROMISED).order_by("pk")
    methods = [
        {
            "id": method_of(key),
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key.public_multibase,
        }
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }

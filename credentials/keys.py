"""The one module that touches private keys (badges.md 2.17). Nothing else imports a private-key API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from credentials import controllers, signers, wrapping
from credentials.errors import DoesNotOpen, KeyState, NoKey, NoWrappingKey
from credentials.models import SigningKey
from credentials.multikey import ed25519_multikey
from people.models import Organization

S = SigningKey.Status
OPEN = (S.PREPARED, S.ACTIVE, S.RETIRED)


def seal(data: bytes, context: str) -> bytes:
    """Bytes that cannot be read from a stolen database; `context` binds them to the row that they belong to."""
    return wrapping.seal(data, context)


def unseal(sealed: bytes, context: str) -> bytes:
    """The bytes that were sealed in this context."""
    return wrapping.unseal(sealed, context)


def prepare_key(organization: Organization, purpose: str) -> SigningKey:
    """Make a key that signs nothing yet: it is listed already, so that whoever keeps a copy of the list knows it."""
    private = Ed25519PrivateKey.generate()
    public = ed25519_multikey(private.public_key().public_bytes_raw())
    wrapper = wrapping.current()
    return SigningKey.objects.create(
        organization=organization,
        purpose=purpose,
        public_multibase=public,
        wrapped=wrapper.wrap(private.private_bytes_raw(), public.encode()),
        wrapped_with=wrapper.name,
        status=S.PREPARED,
    )


@transaction.atomic
def activate_key(key: SigningKey) -> SigningKey:
    """A prepared key signs from now on; the one before it is retired and stays listed. Raises `KeyState`."""
    Organization.objects.select_for_update(no_key=True).get(pk=key.organization_id)
    own = SigningKey.objects.filter(organization_id=key.organization_id, purpose=key.purpose)
    if not own.filter(pk=key.pk, status=S.PREPARED).exists():
        raise _state(key)
    own.filter(status=S.ACTIVE).update(status=S.RETIRED)
    own.filter(pk=key.pk).update(status=S.ACTIVE)
    key.refresh_from_db()
    return key


@transaction.atomic
def create_key(organization: Organization, purpose: str) -> SigningKey:
    """Make a key and activate it; the one before it is retired and stays listed."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    return activate_key(prepare_key(organization, purpose))


def retire_key(key: SigningKey) -> SigningKey:
    """A key signs no more; what it signed still holds. Raises `KeyState`."""
    if not SigningKey.objects.filter(pk=key.pk, status__in=(S.PREPARED, S.ACTIVE)).update(status=S.RETIRED):
        raise _state(key)
    key.refresh_from_db()
    return key


def mark_compromised(key: SigningKey, since: datetime) -> SigningKey:
    """A key leaves the list for ever: what it signed verifies no more. Raises `KeyState` at the second call."""
    live = SigningKey.objects.filter(pk=key.pk, status__in=OPEN)
    if not live.update(status=S.COMPROMISED, compromised_since=since):
        raise _state(key)
    key.refresh_from_db()
    return key


def _state(key: SigningKey) -> KeyState:
    key.refresh_from_db()
    return KeyState(state=key.get_status_display())


def find_key(organization: Organization, purpose: str, status: str, public: str = "") -> SigningKey:
    """The newest key of an organization in this state, or the one with this public half. Raises `NoKey`."""
    own = SigningKey.objects.filter(organization=organization)
    found = own.filter(public_multibase=public) if public else own.filter(purpose=purpose, status=status)
    key = found.order_by("-pk").first()
    if key is None:
        raise NoKey
    return key


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
        key.organization = organization  # which need not be asked for again
        return key
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        return live.first() or create_key(organization, purpose)


def sign_bytes(key: SigningKey, data: bytes) -> bytes:
    """64 bytes of Ed25519 signature. The private key lives only in this call."""
    raw = _private_bytes(key)
    return Ed25519PrivateKey.from_private_bytes(raw).sign(data)


def signer(key: SigningKey) -> signers.Signer:
    """A key as what signs one document: it is unwrapped at each signature."""
    return signers.Signer(method_of(key), lambda data: sign_bytes(key, data))


def conformance_signer() -> signers.Signer:
    """The issuer of the conformance doors: a did:key that follows from the installation's secret.

    It is nobody's: no organization lists it, so nothing that it signs can be taken for a badge of one.
    """
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"imprimatur: conformance issuer")
    private = Ed25519PrivateKey.from_private_bytes(seed.derive(settings.SECRET_KEY.encode()))
    did = controllers.did_key(ed25519_multikey(private.public_key().public_bytes_raw()))
    return signers.Signer(controllers.method_of(did), private.sign)


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
    raw = _private_bytes(key)
    signer = Signer(method_of(key), Ed25519PrivateKey.from_private_bytes(raw))
    try:
        yield signer
    finally:
        signer.close()


def _private_bytes(key: SigningKey) -> bytes:
    return wrapping.unwrap(bytes(key.wrapped), key.public_multibase.encode(), key.wrapped_with)


def rewrap_key(key: SigningKey) -> bool:
    """Wrap one key with the present wrapping key; False when it is already. Nothing else about it changes."""
    wrapper = wrapping.current()
    if key.wrapped_with == wrapper.name:
        return False
    wrapped = wrapper.wrap(_private_bytes(key), key.public_multibase.encode())
    return bool(
        SigningKey.objects.filter(pk=key.pk, wrapped_with=key.wrapped_with).update(
            wrapped=wrapped, wrapped_with=wrapper.name
        )
    )


def left_to_rewrap() -> list[SigningKey]:
    """The keys that another wrapping key than the present one wrapped."""
    return list(SigningKey.objects.exclude(wrapped_with=wrapping.current().name).order_by("pk"))


def newest_opens() -> bool | None:
    """True when this installation's wrapping key opens the newest key; None while there is no key at all."""
    newest = SigningKey.objects.order_by("-pk").first()
    if newest is None:
        return None
    try:
        sign_bytes(newest, b"health")
    except (NoWrappingKey, DoesNotOpen):
        return False
    return True


def did_of(organization: Organization) -> str:
    """did:web of an organization; the colon of a port is `%3A` (did:web method, section 2.5)."""
    return f"did:web:{quote(urlsplit(settings.BASE_URL).netloc, safe='')}:o:{organization.slug}"


def method_of(key: SigningKey) -> str:
    """The address of the key's verification method."""
    return f"{did_of(key.organization)}#{key.public_multibase}"


def did_document(organization: Organization) -> dict[str, Any]:
    """The controller document: every key that was not compromised, whether prepared, active or retired."""
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

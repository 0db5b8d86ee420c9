"""What private keys are wrapped with at rest (badges.md 2.17): a key of the environment or a file, or one in a token.

The port is `Wrapper`. KEY_WRAPPING chooses the one that wraps from now on; others that the settings name still unwrap,
so that everything can be wrapped anew while the service runs (`manage.py keys rewrap`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from credentials.errors import DoesNotOpen, NoWrappingKey, Refusal
from credentials.hardware import Token, token_from

NONCE_BYTES = 12
KEY_BYTES = 32
# Begins what `seal` makes; what was sealed before there were names begins with 12 random bytes.
MARK = b"\x00IMPRIM\x02"


class Wrapper(Protocol):
    """One wrapping key: wraps a few bytes, bound to a context, and unwraps them in that context only."""

    @property
    def name(self) -> str:
        """What a row says that it was wrapped with."""

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """Bytes that nobody reads without this key."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The bytes. Raises `DoesNotOpen` for those of another key or context."""


class Local:
    """A key of 32 bytes that the environment or a file holds; AES-256-GCM in this process."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.name = "local:" + hashlib.sha256(b"imprimatur wrapping key\x00" + key).hexdigest()[:16]

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """A fresh nonce, then the cipher text with its tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The bytes. Raises `DoesNotOpen`."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except InvalidTag as other:
            raise DoesNotOpen from other


def _local(text: str, file: str) -> Local | None:
    """The key that a variable holds, or the file that another one names; None when neither says anything."""
    if not text and file:
        try:
            text = Path(file).read_text(encoding="ascii").strip()
        except (OSError, ValueError) as unreadable:
            raise NoWrappingKey from unreadable
    if not text:
        return None
    try:
        key = base64.urlsafe_b64decode(text)
    except (ValueError, binascii.Error) as bad:
        raise NoWrappingKey from bad
    if len(key) != KEY_BYTES:
        raise NoWrappingKey
    return Local(key)


def current() -> Wrapper:
    """The key that wraps from now on. Raises `NoWrappingKey`, or what is wrong with the token."""
    if settings.KEY_WRAPPING == "pkcs11":
        return token_from(settings.PKCS11_KEY_LABEL)
    local = _local(settings.KEY_WRAPPING_KEY, settings.KEY_WRAPPING_KEY_FILE)
    if local is None:
        raise NoWrappingKey
    return local


def _others() -> list[Wrapper]:
    """Wrapping keys that only unwrap: those from which everything is being wrapped anew."""
    old = _local(settings.KEY_WRAPPING_OLD_KEY, settings.KEY_WRAPPING_OLD_KEY_FILE)
    found: list[Wrapper | None] = [old]
    if settings.KEY_WRAPPING == "pkcs11":
        found.append(_local(settings.KEY_WRAPPING_KEY, settings.KEY_WRAPPING_KEY_FILE))
        if settings.PKCS11_OLD_KEY_LABEL:
            found.append(token_from(settings.PKCS11_OLD_KEY_LABEL))
    elif settings.PKCS11_MODULE:
        found.append(token_from(settings.PKCS11_KEY_LABEL))
    return [one for one in found if one is not None]


def trouble() -> str:
    """What keeps the present wrapping key from working, as a sentence; empty when it unwraps what it wraps."""
    try:
        wrapper = current()
        wrapper.unwrap(wrapper.wrap(b"check", b"check"), b"check")
    except Refusal as refused:
        return str(refused.sentence)
    return ""


def unwrap(wrapped: bytes, context: bytes, name: str) -> bytes:
    """The bytes, by the wrapping key of this name; by each that is at hand where the row has no name."""
    now = current()
    if name == now.name:
        return now.unwrap(wrapped, context)
    for wrapper in (now, *_others()):
        if name == wrapper.name or (not name and not isinstance(wrapper, Token)):
            try:
                return wrapper.unwrap(wrapped, context)
            except DoesNotOpen:
                continue
    raise DoesNotOpen


def seal(data: bytes, context: str) -> bytes:
    """Bytes of any length under a key of their own, which the wrapping key wraps: a token sees 32 bytes only."""
    wrapper, own, nonce = current(), os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
    body = nonce + AESGCM(own).encrypt(nonce, data, context.encode())
    return _head(wrapper, own, context) + body


def _head(wrapper: Wrapper, own: bytes, context: str) -> bytes:
    name, wrapped = wrapper.name.encode(), wrapper.wrap(own, context.encode())
    return MARK + bytes([len(name)]) + name + len(wrapped).to_bytes(2, "big") + wrapped


def _parts(sealed: bytes) -> tuple[str, bytes, bytes]:
    """The name of the wrapping key, the wrapped key, and the body of what `seal` made."""
    at = len(MARK) + 1
    end = at + sealed[at - 1]
    start = end + 2
    stop = start + int.from_bytes(sealed[end:start], "big")
    return sealed[at:end].decode(), sealed[start:stop], sealed[stop:]


def unseal(sealed: bytes, context: str) -> bytes:
    """The bytes that were sealed in this context. Raises `DoesNotOpen`."""
    if not sealed.startswith(MARK):
        return unwrap(sealed, context.encode(), "")
    name, wrapped, body = _parts(sealed)
    own = unwrap(wrapped, context.encode(), name)
    try:
        return AESGCM(own).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], context.encode())
    except InvalidTag as changed:
        raise DoesNotOpen from changed


def sealed_with(sealed: bytes) -> str:
    """The name of the wrapping key; empty for what was sealed before there were names."""
    return _parts(sealed)[0] if sealed.startswith(MARK) else ""


def reseal(sealed: bytes, context: str) -> bytes:
    """The same content under the present wrapping key; only the wrapped key changes, unless there was none yet."""
    if not sealed.startswith(MARK):
        return seal(unseal(sealed, context), context)
    name, wrapped, body = _parts(sealed)
    return _head(current(), unwrap(wrapped, context.encode(), name), context) + body

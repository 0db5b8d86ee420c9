"""A wrapping key inside a PKCS#11 token (an HSM, or SoftHSM for trying): AES-GCM in the token, the key never leaves it.

python-pkcs11 is an optional extra, imported only where KEY_WRAPPING or PKCS11_MODULE asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from credentials.errors import DoesNotOpen, NoToken

NONCE_BYTES = 12
TAG_BITS = 128
KEY_BITS = 256


def _library() -> Any:
    try:
        import pkcs11
    except ImportError as missing:
        raise NoToken(
            _("The wrapping key is in a token, but python-pkcs11 is missing. Install it: pip install python-pkcs11.")
        ) from missing
    return pkcs11


class Door:
    """The one session of this process with a token, opened at the first use, and again after it broke or a fork."""

    def __init__(self, module: str, label: str) -> None:
        self._module, self._label = module, label
        self._lock = Lock()
        self._session: Any = None
        self._process = 0

    def ask(self, act: Callable[[Any], Any]) -> Any:
        """What an act in the session answers. Raises `DoesNotOpen` for what another key wrapped, else `NoToken`."""
        faults = _library().exceptions
        with self._lock:
            try:
                return act(self._opened())
            except (faults.EncryptedDataInvalid, faults.EncryptedDataLenRange, faults.GeneralError) as other:
                self._close()  # SoftHSM says "general error" of a wrong tag; the session is not trusted afterwards
                raise DoesNotOpen from other
            except faults.NoSuchKey as missing:
                raise NoToken(_("The token holds no key of the name in PKCS11_KEY_LABEL.")) from missing
            except faults.PKCS11Error as broken:
                self._close()
                raise NoToken from broken

    def _opened(self) -> Any:
        if self._session is None or self._process != os.getpid():
            pkcs11 = _library()
            try:
                token = pkcs11.lib(self._module).get_token(token_label=self._label)
                self._session = token.open(rw=True, user_pin=_pin())
            except (pkcs11.exceptions.PKCS11Error, RuntimeError, OSError) as broken:
                raise NoToken from broken
            self._process = os.getpid()
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None


@dataclass(frozen=True)
class Token:
    """One AES key of a token."""

    door: Door
    label: str
    key_label: str

    @property
    def name(self) -> str:
        """What rows say that this key wrapped."""
        return f"pkcs11:{self.label}/{self.key_label}"

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """A fresh nonce, then the cipher text with its tag, computed in the token."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._crypt("encrypt", data, nonce, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The bytes. Raises `DoesNotOpen`."""
        return self._crypt("decrypt", wrapped[NONCE_BYTES:], wrapped[:NONCE_BYTES], context)

    def _crypt(self, act: str, data: bytes, nonce: bytes, context: bytes) -> bytes:
        pkcs11 = _library()
        parameters = pkcs11.GCMParams(nonce, context, TAG_BITS)

        def crypt(session: Any) -> bytes:
            key = session.get_key(label=self.key_label, object_class=pkcs11.ObjectClass.SECRET_KEY)
            return bytes(getattr(key, act)(data, mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=parameters))

        answer: bytes = self.door.ask(crypt)
        return answer

    def make(self) -> None:
        """Make the AES key in the token, not to be read out. Raises `NoToken` when it is there already."""
        pkcs11 = _library()
        attribute = pkcs11.Attribute
        wanted = {attribute.LABEL: self.key_label, attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY}
        hidden = {attribute.SENSITIVE: True, attribute.EXTRACTABLE: False}

        def generate(session: Any) -> None:
            if list(session.get_objects(wanted)):
                raise NoToken(_("The token holds a key of this name already. Choose another PKCS11_KEY_LABEL."))
            session.generate_key(pkcs11.KeyType.AES, KEY_BITS, label=self.key_label, store=True, template=hidden)

        self.door.ask(generate)


def _pin() -> str:
    if settings.PKCS11_PIN or not settings.PKCS11_PIN_FILE:
        return str(settings.PKCS11_PIN)
    return Path(settings.PKCS11_PIN_FILE).read_text(encoding="utf-8").strip()


@cache
def _door(module: str, label: str) -> Door:
    return Door(module, label)


def token_from(key_label: str) -> Token:
    """The key of this name in the token that the settings name. Raises `NoToken` when they name none."""
    if not (settings.PKCS11_MODULE and settings.PKCS11_TOKEN and key_label):
        raise NoToken(_("Set PKCS11_MODULE, PKCS11_TOKEN and PKCS11_KEY_LABEL, so that the token is found."))
    return Token(_door(settings.PKCS11_MODULE, settings.PKCS11_TOKEN), settings.PKCS11_TOKEN, key_label)


def make_wrapping_key() -> str:
    """Make the AES key that the settings name in the token, and answer its name."""
    token = token_from(settings.PKCS11_KEY_LABEL)
    token.make()
    return token.name

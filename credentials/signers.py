"""Whoever signs, without saying how: our own key, a key in hardware, or that of somebody who uses this as a library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class CanSign(Protocol):
    """An open key: `keys.signer` and `keys.opened_signer` give one, and so does `Signer`."""

    @property
    def method(self) -> str:
        """The address of its verification method."""

    def sign(self, data: bytes, /) -> bytes:
        """64 bytes of Ed25519 signature."""


@dataclass(frozen=True)
class Signer:
    """The address of a verification method, and what signs with its private key."""

    method: str
    sign: Callable[[bytes], bytes]

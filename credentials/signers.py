"""Whoever signs, without saying how: our own key, a key in hardware, or that of somebody who uses this as a library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Signer:
    """The address of a verification method, and what makes 64 bytes of Ed25519 signature with its private key."""

    method: str
    sign: Callable[[bytes], bytes]

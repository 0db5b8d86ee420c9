"""Credentials as text: JSON, a token, or only an address. Read strictly; nothing about them is believed yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from credentials import jose, strictjson
from credentials.jose import Token

MOST_LINK = 2000


@dataclass(frozen=True)
class Opened:
    """One credential: as JSON, as a token with its credential, or only the address of one."""

    document: dict[str, Any] = field(default_factory=dict)
    token: Token | None = None
    link: str = ""
    text: str = ""  # that it was read from, to be handed in once more


def of_text(raw: bytes) -> Opened:
    """What a text is. Raises `Unreadable` with a sentence."""
    text = raw.strip()
    if len(text) < MOST_LINK and text.startswith((b"https://", b"http://")):
        return Opened(link=text.decode(errors="replace"))
    if text.startswith(b"ey") and text.isascii():
        return of_token(text.decode())
    document = strictjson.read(raw)
    inner = jose.token_in(document)
    return of_token(inner) if inner is not None else Opened(document, text=text.decode())


def of_token(text: str) -> Opened:
    """A token and the credential in it. Raises `Unreadable`."""
    token = jose.read(text)
    return Opened(token.document, token, text=token.text)

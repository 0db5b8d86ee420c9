"""The marks that stand for changing values while a template is compiled, and which values it may be filled with."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

# Canonicalizers in use disagree on control characters other than LF and CR, on U+007F and on non-characters.
REFUSED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_IRIS = r"\x00-\x20<>\"{}|\\^`"
_ABSOLUTE = (
    rf"(?:https?://[^/?#@{_NOT_IN_IRIS}]+(?:[/?#][^{_NOT_IN_IRIS}]*)?"
    r"|urn:uuid:[0-9a-f-]{36}"
    r"|did:[a-z0-9]+:[A-Za-z0-9.%:_#/-]+)"
)
_ALL_ABSOLUTE = re.compile(rf"(?:{_ABSOLUTE}\n)*")


class Unsound(Exception):
    """The short way cannot be taken for these values; the full algorithm can."""


def are_absolute(addresses: Sequence[str]) -> bool:
    """True when all of them are absolute addresses that every reader takes alike."""
    text = "\n".join([*addresses, ""])
    return text.count("\n") == len(addresses) and _ALL_ABSOLUTE.fullmatch(text) is not None


class Markers:
    """Makes the marks."""

    def __init__(self) -> None:
        self._secret = secrets.token_hex(8)
        self.names: list[str] = []
        self.iris: set[str] = set()

    def text(self, name: str) -> str:
        """The mark of a text (also of a date)."""
        self.names.append(name)
        return self.mark(name)

    def iri(self, name: str) -> str:
        """The mark of an address."""
        self.iris.add(name)
        return self.text(name)

    def mark(self, name: str) -> str:
        """What stands in the document for this name."""
        place = self.names.index(name)
        return f"urn:slot:{self._secret}:{place}:" if name in self.iris else f"slot-{self._secret}-{place}-"

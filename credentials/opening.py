"""Opens whatever somebody hands in: pasted JSON, a token, an address, or a file that carries a badge (badges.md 5.26).

The one way in for page, command and programs. What comes out was read strictly and is not believed yet.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from credentials import baking
from credentials.carriers.refusals import FileTooLarge, UnreadableFile
from credentials.strictjson import Unreadable
from credentials.texts import Opened, of_text


def open_credential(data: bytes | str) -> Opened:
    """The one credential in it. Raises `Unreadable` with a sentence for everything else."""
    raw = data if isinstance(data, bytes) else _bytes(data)
    if not raw.strip():
        raise Unreadable(_("Nothing was handed in. Paste a badge or its link, or choose a file."))
    texts = _in_file(raw) if baking.is_file(raw) else [raw]
    found = [of_text(text) for text in texts]
    one = found[0]
    if any((other.document, other.token, other.link) != (one.document, one.token, one.link) for other in found[1:]):
        raise Unreadable(_("It holds two different badges, so it could be read in two ways."))
    return one


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(_("The file holds half a character."), detail=str(error.reason)) from error


def _in_file(raw: bytes) -> list[bytes]:
    try:
        return [_bytes(text) for text in baking.unbake(raw)]
    except UnreadableFile as refused:
        large = isinstance(refused, FileTooLarge)
        raise Unreadable(refused.sentence, detail=type(refused).__name__, too_large=large) from refused

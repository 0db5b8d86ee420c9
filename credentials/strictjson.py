"""The one reader of JSON that strangers hand in: size, depth, duplicate keys, NaN, lone surrogates (promises.md 6)."""

from __future__ import annotations

import json
from typing import Any

from django.utils.functional import Promise

from people.words import lazy_text as _

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 64


class Unreadable(ValueError):
    """The text is not one JSON object that we read; `sentence` says why, `detail` says it to engineers."""

    def __init__(self, sentence: str | Promise, *, detail: str = "", too_large: bool = False) -> None:
        self.sentence, self.detail, self.too_large = sentence, detail, too_large
        super().__init__(str(sentence))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next((name for place, (name, _value) in enumerate(pairs) if name in dict(pairs[:place])), "")
        raise Unreadable(
            _("A member stands twice in the file, so it could be read in two ways."), detail=ascii(twice[:80])
        )
    return found


def _no_constant(name: str) -> float:
    raise Unreadable(_("The file holds a number that JSON does not have."), detail=name)


def _depth(text: str) -> int:
    """How deep braces and brackets nest, counted outside of strings, before anything is parsed."""
    depth = deepest = 0
    inside = escaped = False
    for letter in text:
        if inside:
            inside, escaped = (escaped or letter != '"'), (letter == "\\" and not escaped)
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def read(data: bytes) -> dict[str, Any]:
    """One JSON object. Raises `Unreadable` with a sentence for everything else."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is larger than one mebibyte. A badge is much smaller."), too_large=True)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is not text in UTF-8."), detail=f"byte {error.start}") from error
    if _depth(text) > MOST_DEPTH:
        raise Unreadable(_("The file is nested too deeply to be a badge."))
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unreadable(_("The file holds half a character.")) from error
    except json.JSONDecodeError as error:
        raise Unreadable(_("The file is not complete JSON. It may have been cut off."), detail=str(error)) from error
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("The file holds a number that is too long.")) from error
    if not isinstance(value, dict):
        raise Unreadable(_("The file holds JSON, but not an object."))
    return value

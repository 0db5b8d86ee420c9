"""A policy as text: a small, strict part of YAML, read with the line of each value, and written back with its meaning.

Two spaces to a level, `name: value`, lists with `- ` or in brackets, comments after `#`. Whole numbers, true and false
are themselves; everything else is a text, quoted where it has to be. What YAML knows besides (anchors, tags, several
documents, texts over many lines) is refused by its line: a rule book has no use for it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workflows.policies.document import BadPolicy, Place, Wrong, read
from workflows.policies.schema import Document

MOST_LETTERS = 60_000
NUMBER = re.compile(r"^-?\d{1,9}$")
KEY = re.compile(r"^([A-Za-z_][\w-]*|\"[^\"]*\"):(?:\s+(.*))?$")
NEEDS_QUOTES = re.compile(r"^[\s\-?:,\[\]{}#&*!|>'\"%@`]|: |\s#|[\s:]$|^$|^(true|false|null|yes|no|~)$|^-?[\d.]+$")


@dataclass(frozen=True)
class Line:
    """One line that says something: its number, how far it stands in, its words."""

    number: int
    depth: int
    words: str


class Unreadable(Exception):
    """A line that is no part of the text form."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line, self.sentence = line, sentence
        super().__init__(sentence)


def parse(text: str) -> tuple[Document, dict[Place, int]]:
    """The document that a text says, with the line of each of its values. Raises `BadPolicy` with lines."""
    try:
        data, lines = _values(text)
    except Unreadable as fault:
        raise BadPolicy([Wrong((), fault.sentence, fault.line)]) from fault
    return read(data, lines), lines


def _values(text: str) -> tuple[Any, dict[Place, int]]:
    if len(text) > MOST_LETTERS:
        raise Unreadable(1, _("The text is too long: %d letters at most.") % MOST_LETTERS)
    rows = _rows(text)
    if not rows:
        raise Unreadable(1, _("The text says nothing."))
    lines: dict[Place, int] = {(): rows[0].number}
    value, end = _block(rows, 0, rows[0].depth, (), lines)
    if rows[0].depth or end < len(rows):
        raise Unreadable(
            rows[end if end < len(rows) else 0].number, _("This line stands too far in, or not far enough.")
        )
    return value, lines


def _rows(text: str) -> list[Line]:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise Unreadable(number, _("Lines stand in by spaces, not by tabs."))
        words = _uncommented(line).rstrip()
        if words.strip() and words.strip() != "---":
            rows.append(Line(number, len(words) - len(words.lstrip()), words.strip()))
    return rows


def _uncommented(line: str) -> str:
    quoted = ""
    for place, letter in enumerate(line):
        if quoted:
            quoted = "" if letter == quoted and line[place - 1] != "\\" else quoted
        elif letter in "\"'" and (not place or line[place - 1] in " [,"):
            quoted = letter
        elif letter == "#" and (not place or line[place - 1] == " "):
            return line[:place]
    return line


def _block(rows: list[Line], at: int, depth: int, place: Place, lines: dict[Place, int]) -> tuple[Any, int]:
    """What stands at this depth from here on: a list or a mapping, and where it ends."""
    return (_list if _is_item(rows[at].words) else _mapping)(rows, at, depth, place, lines)


def _is_item(words: str) -> bool:
    return words == "-" or words.startswith("- ")


def _mapping(
    rows: list[Line], at: int, depth: int, place: Place, lines: dict[Place, int]
) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while at < len(rows) and rows[at].depth == depth and not _is_item(rows[at].words):
        row = rows[at]
        match = KEY.match(row.words)
        if match is None:
            raise Unreadable(row.number, _("A line says a name, a colon and a value."))
        name = match[1].strip('"')
        if name in found:
            raise Unreadable(row.number, _("“%s” is said twice.") % name)
        lines[*place, name] = row.number
        found[name], at = _value(rows, at, match[2] or "", (*place, name), lines, items_at=depth)
    return found, at


def _value(
    rows: list[Line], at: int, words: str, place: Place, lines: dict[Place, int], *, items_at: int
) -> tuple[Any, int]:
    """What follows a colon or a dash: on the line itself, or as a block below it."""
    if words:
        return _scalar(words, rows[at].number), at + 1
    below = rows[at + 1] if at + 1 < len(rows) else None
    if below is not None and (below.depth > rows[at].depth or (below.depth == items_at and _is_item(below.words))):
        return _block(rows, at + 1, below.depth, place, lines)
    raise Unreadable(rows[at].number, _("Nothing is said here. Leave the line out, or say a value."))


def _list(rows: list[Line], at: int, depth: int, place: Place, lines: dict[Place, int]) -> tuple[list[Any], int]:
    found: list[Any] = []
    while at < len(rows) and rows[at].depth == depth and _is_item(rows[at].words):
        row, here = rows[at], (*place, len(found))
        lines[here] = row.number
        words = row.words[1:].strip()
        if KEY.match(words) and not words.startswith('"'):
            # A mapping whose first member stands on the line of the dash: read it as if it stood alone, further in.
            inner = row.depth + len(row.words) - len(words)
            value, at = _mapping([*rows[:at], Line(row.number, inner, words), *rows[at + 1 :]], at, inner, here, lines)
        else:
            value, at = _value(rows, at, words, here, lines, items_at=-1)
        found.append(value)
    return found, at


def _scalar(words: str, line: int) -> Any:
    if words.startswith("["):
        if not words.endswith("]"):
            raise Unreadable(line, _("The bracket is not closed on this line."))
        inner = words[1:-1].strip()
        return [_scalar(one.strip(), line) for one in inner.split(",")] if inner else []
    if words == "{}":
        return {}
    if words[0] in "\"'":
        return _quoted(words, line)
    if words[0] in "&*!|>{%@`":
        raise Unreadable(line, _("“%s” is no part of this text form. Quote it if it is meant as a text.") % words[0])
    if words in {"true", "false"}:
        return words == "true"
    return int(words) if NUMBER.match(words) else words


def _quoted(words: str, line: int) -> str:
    if words[0] == "'" and len(words) > 1 and words.endswith("'"):
        return words[1:-1].replace("''", "'")
    try:
        return str(json.loads(words))
    except ValueError as bad:
        raise Unreadable(line, _("The quotation is not closed on this line.")) from bad


def write(data: dict[str, Any]) -> str:
    """The text form of a policy's values; reading it gives the same values."""
    return "\n".join(_written(data, 0)) + "\n"


def _written(value: dict[str, Any], depth: int) -> list[str]:
    lines = []
    for name, part in value.items():
        head = "  " * depth + f"{name}:"
        if isinstance(part, dict) and part:
            lines += [head, *_written(part, depth + 1)]
        elif isinstance(part, list) and any(isinstance(one, dict) for one in part):
            lines.append(head)
            for one in part:
                first, *rest = _written(one, depth + 2)
                lines += ["  " * (depth + 1) + "- " + first.strip(), *rest]
        else:
            lines.append(f"{head} {_word(part)}")
    return lines


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_word(one) for one in value) + "]"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if NEEDS_QUOTES.search(text) or "," in text else text

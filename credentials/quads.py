"""Quads of RDF as text: terms, lines, texts with holes (RDF Dataset Canonicalization 1.0, sections 4.6 and 5)."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pyld import jsonld

from credentials.canonical import loader

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
LANGUAGE_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


@dataclass(frozen=True)
class Quad:
    """One quad as parts: text of N-Quads, or the number of a blank node. No graph is the empty text."""

    subject: str | int
    predicate: str
    object: str | int
    graph: str | int


def _term(term: Mapping[str, Any], numbers: dict[str, int]) -> str | int:
    """A term as canonical N-Quads text, or the number of a blank node."""
    kind, value = term["type"], str(term["value"])
    if kind == "blank node":
        return numbers.setdefault(value, len(numbers))
    if kind == "IRI":
        return f"<{value}>"
    text = f'"{value.translate(_ESCAPES)}"'
    if term["datatype"] == LANGUAGE_STRING:
        return f"{text}@{term['language']}"
    return text if term["datatype"] == XSD_STRING else f"{text}^^<{term['datatype']}>"


def quads_of(document: dict[str, Any]) -> tuple[list[Quad], int]:
    """All quads of a document, and how many blank nodes they name."""
    dataset = jsonld.to_rdf(document, {"documentLoader": loader, "base": None, "processingMode": "json-ld-1.1"})
    numbers: dict[str, int] = {}
    quads = []
    for name, triples in dataset.items():
        kind = "blank node" if name.startswith("_:") else "IRI"
        graph: str | int = "" if name == "@default" else _term({"type": kind, "value": name}, numbers)
        for triple in triples:
            subject, predicate, object_ = (_term(triple[part], numbers) for part in ("subject", "predicate", "object"))
            quads.append(Quad(subject, str(predicate), object_, graph))
    return quads, len(numbers)


def line(quad: Quad, label: Callable[[int], str]) -> str:
    """One quad as a line, its blank nodes named by `label`."""
    parts = [quad.subject, quad.predicate, quad.object, *([quad.graph] if quad.graph != "" else [])]
    return " ".join(label(part) if isinstance(part, int) else part for part in parts) + " .\n"


def escape(value: str) -> str:
    """A value as it stands between the quotes of canonical N-Quads."""
    return value.translate(_ESCAPES)


def _few(order: tuple[Any, ...]) -> Callable[[Any], tuple[str, ...]]:
    return lambda values: tuple(values[place] for place in order)


def picker(order: Sequence[Any]) -> Callable[[Any], tuple[str, ...]]:
    """What gives some values, by place or by name, always as a tuple."""
    # itemgetter is faster, and gives a bare value for one place.
    return itemgetter(*order) if len(order) > 1 else _few(tuple(order))


Values = Sequence[bytes]
Loose = Callable[[Values], bytes]


class Format:
    """A text in UTF-8 with holes, each for one of the values given by place.

    Kept in parts, of which many texts share most: to fill it is to join them, which costs less than to read it through
    for its holes.
    """

    __slots__ = ("holes", "loose", "parts")

    def __init__(self, parts: list[bytes], holes: list[tuple[int, int]], loose: list[tuple[int, Loose]]) -> None:
        """`holes` are numbers of parts with the place of their value; `loose` parts are made of the values anew."""
        self.parts, self.holes, self.loose = parts, holes, loose

    @classmethod
    def of(cls, text: str, holes: re.Pattern[str], place: Callable[[str], int]) -> Format:
        """A text whose holes are found by a pattern."""
        cut = re.split(f"({holes.pattern})", text)
        return cls([part.encode() for part in cut], [(n, place(cut[n])) for n in range(1, len(cut), 2)], [])

    @classmethod
    def lines(cls, lines: list[str], holes: re.Pattern[str], place: Callable[[str], int]) -> Format:
        """Lines in the order of their filled text; mostly the values have no part in that order."""
        lines = sorted(lines)
        cut = [re.split(f"({holes.pattern})", text) for text in lines]
        if all(_is_settled(first, second) for first, second in itertools.pairwise(cut)):
            return cls.of("".join(lines), holes, place)
        formats = [cls.of(text, holes, place) for text in lines]
        return cls([b""], [], [(0, lambda values: b"".join(sorted(form(values) for form in formats)))])

    @classmethod
    def joined(cls, formats: Iterable[Format]) -> Format:
        """Some texts, one after the other."""
        made = cls([], [], [])
        for form in formats:
            shift = len(made.parts)
            made.parts += form.parts
            made.holes += [(part + shift, place) for part, place in form.holes]
            made.loose += [(part + shift, lines) for part, lines in form.loose]
        return made

    def __call__(self, values: Values) -> bytes:
        parts = self.parts[:]
        for part, place in self.holes:
            parts[part] = values[place]
        for part, lines in self.loose:
            parts[part] = lines(values)
        return b"".join(parts)


def _is_settled(first: list[str], second: list[str]) -> bool:
    """True when the order of two lines, cut at their holes, is the same whatever is filled in.

    They differ first within a fixed part, after the same fixed parts and the same holes.
    """
    for number, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return number % 2 == 0 and one[: len(other)] != other[: len(one)]
    return False


def by_predicate(quads: list[Quad]) -> list[list[Quad]]:
    """The quads of one subject, grouped by predicate in the order in which their lines sort."""
    groups: dict[str, list[Quad]] = {}
    for quad in quads:
        groups.setdefault(quad.predicate, []).append(quad)
    return [groups[predicate] for predicate in sorted(groups, key=lambda text: text + " ")]


def first_degree(lines: list[str]) -> bytes:
    """Hash First Degree Quads (RDFC-1.0, section 4.6.3): the lines are a list and not a set."""
    return hashlib.sha256("".join(sorted(lines)).encode()).digest()

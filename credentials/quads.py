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


def _few(order: tuple[Any, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda values: tuple(values[place] for place in order)


def picker(order: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives some values, by place or by name, always as a tuple."""
    # itemgetter is faster, and gives a bare value for one place.
    return itemgetter(*order) if len(order) > 1 else _few(tuple(order))


class Holes:
    """The marks that stand for values in a text, each with the place of its value."""

    def __init__(self, marks: Iterable[str]) -> None:
        self._places = {mark: place for place, mark in enumerate(marks)}
        self._pattern = re.compile(f"({'|'.join(map(re.escape, self._places)) or r'(?!)'})")

    def place(self, mark: str) -> int:
        """The place of the value that a mark stands for."""
        return self._places[mark]

    def within(self, text: str) -> bool:
        """True for a text with a mark in it."""
        return self._pattern.search(text) is not None

    def cut(self, text: str) -> list[str]:
        """The fixed texts and the marks, in turns; the first and the last are fixed."""
        return self._pattern.split(text)


Values = Sequence[bytes]
Loose = Callable[[Values], bytes]


class Format:
    """A text in UTF-8 with holes, each for one of the values given by place.

    Fixed texts and holes in turns: to fill it is to join them, which costs less than to read it through for its holes.
    """

    __slots__ = ("_loose", "_pick", "parts", "places")

    def __init__(self, parts: list[bytes], places: list[int], loose: list[tuple[int, Loose]]) -> None:
        """`places` are those of the values at odd parts; `loose` parts are odd ones made of the values anew."""
        self.parts, self.places, self._loose = parts, places, loose
        self._pick = picker(places)

    @classmethod
    def of(cls, text: str, holes: Holes) -> Format:
        """A text with its holes."""
        cut = holes.cut(text)
        parts = [b"" if number % 2 else part.encode() for number, part in enumerate(cut)]
        return cls(parts, [holes.place(mark) for mark in cut[1::2]], [])

    @classmethod
    def lines(cls, lines: list[str], holes: Holes) -> Format:
        """Lines in the order of their filled text; mostly the values have no part in that order."""
        lines = sorted(lines)
        cut = [holes.cut(text) for text in lines]
        if all(_is_settled(one, other) for one, other in itertools.pairwise(cut)):
            return cls.of("".join(lines), holes)
        return cls.joined(
            cls.of("".join(run), holes) if len(run) == 1 else cls([b""] * 3, [0], [(1, _loose(run, holes))])
            for run in _runs(lines, cut)
        )

    @classmethod
    def joined(cls, formats: Iterable[Format]) -> Format:
        """Some texts, one after the other."""
        parts, places, loose = [b""], list[int](), list[tuple[int, Loose]]()
        for form in formats:
            loose += [(part + len(parts) - 1, lines) for part, lines in form._loose]
            parts[-1] += form.parts[0]
            parts += form.parts[1:]
            places += form.places
        return cls(parts, places, loose)

    def pieces(self, values: Values) -> list[bytes]:
        """The filled text in pieces, for whoever joins it with more."""
        parts = self.parts[:]
        parts[1::2] = self._pick(values)
        for part, lines in self._loose:
            parts[part] = lines(values)
        return parts

    def __call__(self, values: Values) -> bytes:
        return b"".join(self.pieces(values))


def _is_settled(one: list[str], other: list[str]) -> bool:
    """True when two lines, cut at their holes, stand in the same order whatever is filled in.

    They are equal, or differ first within a fixed text, after the same fixed texts and the same holes.
    """
    for number, (first, second) in enumerate(zip(one, other, strict=False)):
        if first != second:
            return number % 2 == 0 and first[: len(second)] != second[: len(first)]
    return one == other


def _runs(lines: list[str], cut: list[list[str]]) -> Iterable[list[str]]:
    """The lines in runs, of which each stands before the next whatever is filled in."""
    start = 0
    for place in range(1, len(lines) + 1):
        if all(_is_settled(before, after) for before in cut[start:place] for after in cut[place:]):
            yield lines[start:place]
            start = place


def _loose(lines: list[str], holes: Holes) -> Loose:
    """Lines that are sorted anew for the values of each badge."""
    formats = [Format.of(text, holes) for text in lines]
    first = formats[0].parts
    if len(first) == 3 and all(form.parts == first for form in formats):  # they differ in one value, as of evidence
        (start, _hole, end), places = first, [form.places[0] for form in formats]
        return lambda values: start + start.join(sorted([values[place] + end for place in places]))
    return lambda values: b"".join(sorted(form(values) for form in formats))


def by_predicate(quads: list[Quad]) -> list[list[Quad]]:
    """The quads of one subject, grouped by predicate in the order in which their lines sort."""
    groups: dict[str, list[Quad]] = {}
    for quad in quads:
        groups.setdefault(quad.predicate, []).append(quad)
    return [groups[predicate] for predicate in sorted(groups, key=lambda text: text + " ")]


def first_degree(lines: list[str]) -> bytes:
    """Hash First Degree Quads (RDFC-1.0, section 4.6.3): the lines are a list and not a set."""
    return hashlib.sha256("".join(sorted(lines)).encode()).digest()

"""Compiled templates: the structure of a badge is processed once, its learners' values many times (badges.md 3).

All badges of one shape share their RDF structure. `compile_template` runs the full JSON-LD algorithm once over a
document whose changing values are marked; `Template.digest` then computes what RDFC-1.0 would: it ranks the blank nodes
by hash (`credentials.ranking`), puts the subjects in order (`credentials.arranging`), and hashes their lines
(`credentials.blocks`), of which all that comes before the first changing value was hashed ahead. Where the short way is
not sound it raises `Unsound`, and the caller takes the full algorithm; there is never a silent difference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from credentials.arranging import Arranged, Arranging
from credentials.blocks import Passage, blocks_of, keep
from credentials.canonical import canonical
from credentials.errors import LossyDocument
from credentials.markers import REFUSED, Markers, Unsound, are_absolute
from credentials.quads import Format, Holes, Quad, escape, picker, quads_of
from credentials.ranking import Ranking

__all__ = ["Markers", "Template", "Unsound", "compile_template"]
MOST_KEPT = 2048  # rankings and layouts; beyond that they are made anew


@dataclass(frozen=True, eq=False)
class _Named:
    """One ranking of the blank nodes: the label of each by its number, and their own blocks in canonical order."""

    labels: tuple[str, ...]
    blocks: Format


@dataclass(frozen=True)
class _Layout:
    """A canonical text for one ranking and one arrangement: SHA-256 up to the first slot, and the rest in two."""

    hashed: Any
    rest: Format
    nameless: Format


@dataclass(frozen=True)
class Values:
    """The values of one badge: as they are, and in UTF-8 as they stand in N-Quads and in JSON."""

    plain: Sequence[str]
    terms: Sequence[bytes]
    escaped: Sequence[bytes]


class Template:
    """One compiled shape. Made by `compile_template`; may be shared between threads."""

    def __init__(self, quads: list[Quad], nodes: int, text: str, marks: dict[str, tuple[str, bool]]) -> None:
        """`marks` maps what stands in the document to the slot's name and whether it is an address."""
        self.names = tuple(name for name, _iri in marks.values())
        self._pick = picker(self.names)
        self._quads, self._nodes, self._text, self._marks = quads, nodes, text, marks
        self._holes = Holes(marks)
        self._iris = [place for place, (_name, iri) in enumerate(marks.values()) if iri]
        self._fixed_iris = {
            part[1:-1]
            for quad in quads
            for part in (quad.subject, quad.predicate, quad.object, quad.graph)
            if isinstance(part, str) and part.startswith("<") and not self._holes.within(part)
        }
        of: dict[str | int, list[Quad]] = {}
        for quad in quads:
            of.setdefault(quad.subject, []).append(quad)
        self._blocks = {subject: blocks_of(own, self._holes) for subject, own in of.items()}
        self._ranking = Ranking(quads, nodes, self._holes)
        self._arranging = Arranging(self._blocks, self._holes)
        self._rivals = self._find_rivals()
        self._labels = [f"_:c14n{rank}" for rank in range(nodes)]
        self._ranks = sorted(range(nodes), key=lambda rank: f"_:c14n{rank} ")  # as their lines sort
        self._named: dict[tuple[int, ...], _Named] = {}
        self._layouts: dict[tuple[_Named, Arranged], _Layout] = {}
        self.unclosed = Format.of(text[:-1], self._holes)  # the JSON text up to its closing brace

    def _find_rivals(self) -> list[tuple[Format, ...]]:
        """The texts that stand on one subject and predicate: equal ones would melt into one quad.

        Addresses never do: `_refuse` sees to it that all of them differ.
        """
        groups: dict[tuple[str | int, str, str | int], list[str]] = {}
        for quad in self._quads:
            if isinstance(quad.object, str) and not quad.object.startswith("<"):
                groups.setdefault((quad.subject, quad.predicate, quad.graph), []).append(quad.object)
        return [
            tuple(Format.of(text, self._holes) for text in texts)
            for texts in groups.values()
            if len(texts) > 1 and any(self._holes.within(text) for text in texts)
        ]

    def specialized(self, slots: Mapping[str, str]) -> Template:
        """The same shape with some slots filled for good: values that many badges share, such as levels reached.

        Such an address may stand elsewhere too (the quality approval in a badge is on the same status list): the
        subjects are put together anew, and quads that have become the same melt into one, as they do in RDF.
        """
        filled = {mark: slots[name] for mark, (name, _iri) in self._marks.items() if name in slots}
        if REFUSED.search("".join(filled.values())):
            raise Unsound("a value holds control characters")
        if not are_absolute([filled[mark] for mark, (_name, iri) in self._marks.items() if iri and mark in filled]):
            raise Unsound("an address is not absolute")
        holes = Holes(filled)

        def fill(part: str | int, escape: Callable[[str], str]) -> str | int:
            if isinstance(part, int):
                return part
            cut = holes.cut(part)
            return "".join(escape(filled[text]) if place % 2 else text for place, text in enumerate(cut))

        quads = [
            Quad(*(fill(part, escape) for part in (q.subject, q.predicate, q.object, q.graph)))  # type: ignore[arg-type]
            for q in self._quads
        ]
        text = str(fill(self._text, lambda value: encode_basestring(value)[1:-1]))
        left = {mark: named for mark, named in self._marks.items() if mark not in filled}
        return Template(list(dict.fromkeys(quads)), self._nodes, text, left)

    def read(self, slots: Mapping[str, str]) -> Values:
        """The values of one badge, made ready."""
        return self.ready(self._pick(slots))

    def ready(self, values: Sequence[str]) -> Values:
        """The same for values in the order of their names."""
        joined = "".join(values)
        # As most are. What is refused is never printable, nor is any other control character that JSON escapes.
        if joined.isprintable() and '"' not in joined and "\\" not in joined:
            plain = [value.encode() for value in values]
            return Values(values, plain, plain)
        terms = [escape(value).encode("utf-8", "surrogatepass") for value in values]
        return Values(values, terms, [encode_basestring(v)[1:-1].encode("utf-8", "surrogatepass") for v in values])

    def _refuse(self, values: Values) -> None:
        """Refuse what canonicalizers or JSON-LD read differently, and what would melt into one."""
        plain = values.plain
        if values.terms is not values.escaped and REFUSED.search("".join(plain)):
            raise Unsound("a value holds control characters")
        addresses = [plain[place] for place in self._iris]
        if not are_absolute(addresses):
            raise Unsound("an address is not absolute")
        if len(set(addresses)) != len(addresses) or not self._fixed_iris.isdisjoint(addresses):
            raise Unsound("an address stands twice")
        for rivals in self._rivals:
            if len({rival(values.terms) for rival in rivals}) != len(rivals):
                raise Unsound("two values of one member are equal")

    def _name(self, key: tuple[int, ...]) -> _Named:
        """Label the blank nodes by their rank."""
        order = self._ranking.order(key)
        labels = [""] * self._nodes
        for label, node in zip(self._labels, order, strict=True):
            labels[node] = label
        passage = Passage(block for rank in self._ranks for block in self._blocks.get(order[rank], ()))
        return keep(self._named, key, _Named(tuple(labels), passage.named(labels)), MOST_KEPT)

    def _lay_out(self, named: _Named, arranged: Arranged) -> _Layout:
        hashed = arranged.beginning.hashed(named.labels)
        made = _Layout(hashed, arranged.rest.named(named.labels), named.blocks)
        return keep(self._layouts, (named, arranged), made, MOST_KEPT)

    def _placed(self, values: Values) -> tuple[_Named, Arranged]:
        """Raises `Unsound`."""
        self._refuse(values)
        key = self._ranking.key(values.terms)
        return self._named.get(key) or self._name(key), self._arranging.of(values.plain)

    def canonical(self, slots: Mapping[str, str]) -> str:
        """The canonical N-Quads that RDFC-1.0 gives for the filled document. Raises `Unsound`."""
        values = self.read(slots)
        named, arranged = self._placed(values)
        parts = (arranged.beginning.named(named.labels), arranged.rest.named(named.labels), named.blocks)
        return b"".join(part(values.terms) for part in parts).decode()

    def digest_of(self, values: Values) -> bytes:
        """SHA-256 of the canonical form. Raises `Unsound`."""
        placed = self._placed(values)
        layout = self._layouts.get(placed) or self._lay_out(*placed)
        hashed = layout.hashed.copy()
        hashed.update(layout.rest(values.terms))
        hashed.update(layout.nameless(values.terms))
        found: bytes = hashed.digest()
        return found

    def digest(self, slots: Mapping[str, str]) -> bytes:
        """SHA-256 of the canonical form. Raises `Unsound`."""
        return self.digest_of(self.read(slots))

    def data(self, slots: Mapping[str, str]) -> bytes:
        """The filled document as JSON in UTF-8, without its proof."""
        return self.unclosed(self.read(slots).escaped) + b"}"

    def text(self, slots: Mapping[str, str]) -> str:
        """The filled document as JSON text, without its proof."""
        return self.data(slots).decode()

    def document(self, slots: Mapping[str, str]) -> dict[str, Any]:
        """The filled document as an object."""
        filled: dict[str, Any] = json.loads(self.text(slots))
        return filled


def _marked(quads: list[Quad], marks: dict[str, tuple[str, bool]]) -> None:
    """Each slot is a whole term of the dataset, of its own kind; else the signature would not cover it."""
    holes = Holes(marks)
    found: set[str] = set()
    for quad in quads:
        for part in (quad.subject, quad.predicate, quad.object, quad.graph):
            for mark in holes.cut(part)[1::2] if isinstance(part, str) else []:
                whole = f"<{mark}>" if marks[mark][1] else f'"{mark}"'
                if part != whole and not str(part).startswith((whole + "^^<", whole + "@")):
                    raise LossyDocument
                found.add(mark)
    if found != set(marks):
        raise LossyDocument


def compile_template(document: dict[str, Any], markers: Markers) -> Template:
    """Compile a marked document.

    Raises `LossyDocument` when a member or a slot would not be signed, and `Unsound` when the shape always needs the
    full algorithm.
    """
    canonical(document)  # loss of data is an error, on issue too (badges.md 2.12)
    marks = {markers.mark(name): (name, name in markers.iris) for name in markers.names}
    quads, nodes = quads_of(document)
    if any(isinstance(quad.object, str) and REFUSED.search(quad.object) for quad in quads):
        raise Unsound("a text of the shape holds control characters")
    _marked(quads, marks)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Template(quads, nodes, text, marks)

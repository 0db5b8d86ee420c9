"""Compiled templates: the structure of a badge is processed once, its learners' values many times (badges.md 3).

All badges of one shape share their RDF structure. `compile_template` runs the full JSON-LD algorithm once over a
document whose changing values are marked; `Template.digest` then computes what RDFC-1.0 would: it hashes the
first-degree quads of those blank nodes that touch a slot (RDF Dataset Canonicalization 1.0, section 4.6), ranks them
among the fixed ones, labels by rank, and sorts the blocks by subject. Where the short way is not sound it raises
`Unsound`, and the caller takes the full algorithm; there is never a silent difference.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, TypeVar

from credentials.blocks import Beginning, Block, blocks_of
from credentials.canonical import canonical
from credentials.errors import LossyDocument
from credentials.quads import Format, Quad, escape, first_degree, line, picker, quads_of

# Canonicalizers in use disagree on control characters other than LF and CR, on U+007F and on non-characters.
REFUSED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_IRIS = r"\x00-\x20<>\"{}|\\^`"
ABSOLUTE = re.compile(
    rf"https?://[^/?#@{_NOT_IN_IRIS}]+(?:[/?#][^{_NOT_IN_IRIS}]*)?"
    r"|urn:uuid:[0-9a-f-]{36}"
    r"|did:[a-z0-9]+:[A-Za-z0-9.%:_#/-]+"
)
Key = TypeVar("Key")
Kept = TypeVar("Kept")
MOST_KEPT = 2048  # rankings, arrangements and layouts; beyond that they are made anew


class Unsound(Exception):
    """The short way cannot be taken for these values; the full algorithm can."""


class Markers:
    """Makes the marks that stand for the changing values while a template is compiled."""

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


@dataclass(frozen=True, eq=False)
class _Named:
    """One ranking of the blank nodes: the label of each by its number, and their own blocks in canonical order."""

    labels: tuple[str, ...]
    blocks: Format


@dataclass(frozen=True, eq=False)
class _Arranged:
    """One order of the subjects with addresses: what comes before the first slot, and the rest."""

    beginning: Beginning
    rest: tuple[Block, ...]


@dataclass(frozen=True)
class _Layout:
    """A canonical text for one ranking and one arrangement: SHA-256 up to the first slot, and the rest."""

    hashed: Any
    rest: Format


@dataclass(frozen=True)
class _Values:
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
        self._place_of = {mark: place for place, mark in enumerate(marks)}
        self._iris = [place for place, (_name, iri) in enumerate(marks.values()) if iri]
        self._holes = re.compile("|".join(re.escape(mark) for mark in marks) or r"(?!)")
        self._fixed_iris = {
            part[1:-1]
            for quad in quads
            for part in (quad.subject, quad.predicate, quad.object, quad.graph)
            if isinstance(part, str) and part.startswith("<") and not self._holes.search(part)
        }
        self._compile_hashes()
        self._compile_subjects()
        self._rivals = self._find_rivals()
        self._named: dict[tuple[int, ...], _Named] = {}
        self._arranged: dict[tuple[int, ...], _Arranged] = {}
        self._layouts: dict[tuple[_Named, _Arranged], _Layout] = {}
        self._beginnings: dict[int, Beginning] = {}
        self._compile_text()

    def _compile_hashes(self) -> None:
        """First-degree quads of every blank node: hashed now where no slot is touched, else made ready."""
        fixed: list[tuple[bytes, int]] = []
        self._touched: list[tuple[int, Format]] = []
        for node in range(self._nodes):
            own = [q for q in self._quads if node in {q.subject, q.object, q.graph}]
            lines = [line(quad, _seen_from(node)) for quad in own]
            if any(self._holes.search(line) for line in lines):
                self._touched.append((node, Format.lines(lines, self._holes, self._place_of.__getitem__)))
            else:
                fixed.append((first_degree(lines), node))
        fixed.sort()
        count = Counter(digest for digest, _node in fixed)
        self._fixed_digests = [digest for digest, _node in fixed if count[digest] == 1]
        self._fixed_nodes = [node for digest, node in fixed if count[digest] == 1]
        self._twin_digests = {digest for digest in count if count[digest] > 1}
        self._twins = [node for digest, node in fixed if count[digest] > 1]
        if any(self._neighbours(node) for node in self._twins):
            raise Unsound("two fixed blank nodes share their first-degree hash")

    def _neighbours(self, node: int) -> bool:
        """True when a blank node stands in one quad with another one.

        Nodes that tie and have no neighbours say the same, word for word: whichever is named first, the canonical
        form is the same. They are named after all others, by hash (RDFC-1.0, section 4.4.3, step 5).
        """
        parts = [{q.subject, q.object, q.graph} for q in self._quads]
        return any(node in own and any(isinstance(part, int) and part != node for part in own) for own in parts)

    def _compile_subjects(self) -> None:
        """The blocks of each subject; which subjects are fixed addresses, and which are slots."""
        of: dict[str | int, list[Quad]] = {}
        for quad in self._quads:
            of.setdefault(quad.subject, []).append(quad)
        self._blocks = {
            subject: blocks_of(quads, self._holes, self._place_of.__getitem__) for subject, quads in of.items()
        }
        addresses = [subject for subject in of if isinstance(subject, str)]
        self._fixed_subjects = sorted(subject for subject in addresses if not self._holes.search(subject))
        self._slot_subjects = [subject for subject in addresses if self._holes.search(subject)]
        self._slot_subject_places = [self._place_of[subject[1:-1]] for subject in self._slot_subjects]
        self._names = [f"_:c14n{rank}" for rank in range(self._nodes)]
        self._ranks = sorted(range(self._nodes), key=lambda rank: f"_:c14n{rank} ")  # as their lines sort

    def _compile_text(self) -> None:
        """The JSON text up to its closing brace, cut at its slots."""
        self._unclosed = Format.of(self._text[:-1], self._holes, self._place_of.__getitem__)
        named = [*(self.names[place] for _part, place in self._unclosed.holes), None]
        self.parts = tuple(zip(self._unclosed.parts[::2], named, strict=True))  # each fixed text with the slot after it

    def _find_rivals(self) -> list[tuple[Format, ...]]:
        """The values that stand on one subject and predicate: equal ones would melt into one quad."""
        groups: dict[tuple[str | int, str, str | int], list[str]] = {}
        for quad in self._quads:
            if isinstance(quad.object, str):
                groups.setdefault((quad.subject, quad.predicate, quad.graph), []).append(quad.object)
        return [
            tuple(Format.of(text, self._holes, self._place_of.__getitem__) for text in texts)
            for texts in groups.values()
            if len(texts) > 1 and any(self._holes.search(text) for text in texts)
        ]

    def specialized(self, slots: Mapping[str, str]) -> Template:
        """The same shape with some slots filled for good: values that many badges share, such as levels reached.

        Such an address may stand elsewhere too (the quality approval in a badge is on the same status list): the
        subjects are put together anew, and quads that have become the same melt into one, as they do in RDF.
        """
        filled = {mark: slots[name] for mark, (name, _iri) in self._marks.items() if name in slots}
        if REFUSED.search("".join(filled.values())):
            raise Unsound("a value holds control characters")
        addresses = [filled[mark] for mark, (_name, iri) in self._marks.items() if iri and mark in filled]
        if not all(ABSOLUTE.fullmatch(address) for address in addresses):
            raise Unsound("an address is not absolute")
        holes = re.compile("|".join(re.escape(mark) for mark in filled) or r"(?!)")

        def fill(part: str | int, escape: Callable[[str], str]) -> str | int:
            if isinstance(part, int):
                return part
            return holes.sub(lambda found: escape(filled[found.group()]), part)

        quads = [
            Quad(*(fill(part, escape) for part in (q.subject, q.predicate, q.object, q.graph)))  # type: ignore[arg-type]
            for q in self._quads
        ]
        text = str(fill(self._text, lambda value: encode_basestring(value)[1:-1]))
        left = {mark: named for mark, named in self._marks.items() if mark not in filled}
        return Template(list(dict.fromkeys(quads)), self._nodes, text, left)

    def _read(self, slots: Mapping[str, str]) -> _Values:
        values = self._pick(slots)
        joined = "".join(values)
        # As most are. What is refused is never printable, nor is any other control character that JSON escapes.
        if joined.isprintable() and '"' not in joined and "\\" not in joined:
            plain = [value.encode() for value in values]
            return _Values(values, plain, plain)
        terms = [escape(value).encode("utf-8", "surrogatepass") for value in values]
        return _Values(values, terms, [encode_basestring(v)[1:-1].encode("utf-8", "surrogatepass") for v in values])

    def _refuse(self, values: _Values) -> None:
        """Refuse what canonicalizers or JSON-LD read differently, and what would melt into one."""
        if values.terms is not values.escaped and REFUSED.search("".join(values.plain)):
            raise Unsound("a value holds control characters")
        addresses = [values.plain[place] for place in self._iris]
        if not all(map(ABSOLUTE.fullmatch, addresses)):
            raise Unsound("an address is not absolute")
        if len(set(addresses)) != len(addresses) or not self._fixed_iris.isdisjoint(addresses):
            raise Unsound("an address stands twice")
        for rivals in self._rivals:
            if len({rival(values.terms) for rival in rivals}) != len(rivals):
                raise Unsound("two values of one member are equal")

    def _rank(self, terms: Sequence[bytes]) -> _Named:
        """The blank nodes ranked by hash. Raises `Unsound` for a tie."""
        ranked = sorted((hashlib.sha256(lines(terms)).digest(), node) for node, lines in self._touched)
        key: list[int] = []
        previous = b""
        for digest, node in ranked:
            place = bisect_left(self._fixed_digests, digest)
            known = self._fixed_digests[place : place + 1] == [digest] or digest in self._twin_digests
            if digest == previous or known:
                raise Unsound("two blank nodes share their first-degree hash")
            key += (place, node)
            previous = digest
        return self._named.get(tuple(key)) or self._name(tuple(key))

    def _name(self, key: tuple[int, ...]) -> _Named:
        """Label the blank nodes. `key`: place among the fixed ones and number of each that touches a slot."""
        order = self._fixed_nodes[:]
        for shift in range(len(key) // 2):
            order.insert(key[2 * shift] + shift, key[2 * shift + 1])
        order += self._twins
        labels = [""] * self._nodes
        for name, node in zip(self._names, order, strict=True):
            labels[node] = name
        blocks = (block for rank in self._ranks for block in self._blocks.get(order[rank], ()))
        named = _Named(tuple(labels), Format.joined(block.named(labels) for block in blocks))
        return _keep(self._named, key, named)

    def _arrange(self, values: Sequence[str]) -> _Arranged:
        """The subjects with addresses in their order."""
        key: list[int] = []
        for address, number in sorted((f"<{values[place]}>", n) for n, place in enumerate(self._slot_subject_places)):
            key += (bisect_left(self._fixed_subjects, address), number)
        return self._arranged.get(tuple(key)) or self._put_in_order(tuple(key))

    def _put_in_order(self, key: tuple[int, ...]) -> _Arranged:
        """`key`: place among the fixed ones and number of each subject that is a slot."""
        subjects = self._fixed_subjects[:]
        for shift in range(len(key) // 2):
            subjects.insert(key[2 * shift] + shift, self._slot_subjects[key[2 * shift + 1]])
        blocks = [block for subject in subjects for block in self._blocks[subject]]
        before = next((place for place, block in enumerate(blocks) if block.has_slots), len(blocks))
        beginning = self._beginnings.setdefault(before, Beginning(blocks[:before]))
        return _keep(self._arranged, key, _Arranged(beginning, tuple(blocks[before:])))

    def _placed(self, values: _Values) -> tuple[_Named, _Arranged]:
        """Raises `Unsound`."""
        self._refuse(values)
        return self._rank(values.terms), self._arrange(values.plain)

    def _lay_out(self, named: _Named, arranged: _Arranged) -> _Layout:
        rest = Format.joined([*(block.named(named.labels) for block in arranged.rest), named.blocks])
        return _keep(self._layouts, (named, arranged), _Layout(arranged.beginning.hashed(named.labels), rest))

    def canonical(self, slots: Mapping[str, str]) -> str:
        """The canonical N-Quads that RDFC-1.0 gives for the filled document. Raises `Unsound`."""
        values = self._read(slots)
        named, arranged = self._placed(values)
        rest = self._lay_out(named, arranged).rest
        return (arranged.beginning.text(named.labels) + rest(values.terms)).decode()

    def _digest(self, values: _Values) -> bytes:
        placed = self._placed(values)
        layout = self._layouts.get(placed) or self._lay_out(*placed)
        hashed = layout.hashed.copy()
        hashed.update(layout.rest(values.terms))
        found: bytes = hashed.digest()
        return found

    def digest(self, slots: Mapping[str, str]) -> bytes:
        """SHA-256 of the canonical form. Raises `Unsound`."""
        return self._digest(self._read(slots))

    def data(self, slots: Mapping[str, str]) -> bytes:
        """The filled document as JSON in UTF-8, without its proof."""
        return self._unclosed(self._read(slots).escaped) + b"}"

    def text(self, slots: Mapping[str, str]) -> str:
        """The filled document as JSON text, without its proof."""
        return self.data(slots).decode()

    def both(self, slots: Mapping[str, str]) -> tuple[bytes, bytes]:
        """The digest, and the JSON in UTF-8 up to its closing brace, before which the proof goes. Raises `Unsound`."""
        values = self._read(slots)
        return self._digest(values), self._unclosed(values.escaped)

    def document(self, slots: Mapping[str, str]) -> dict[str, Any]:
        """The filled document as an object."""
        filled: dict[str, Any] = json.loads(self.text(slots))
        return filled


def _keep(kept: dict[Key, Kept], key: Key, made: Kept) -> Kept:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = made
    return made


def _seen_from(node: int) -> Callable[[int], str]:
    """Names of blank nodes in the first-degree quads of one of them (RDFC-1.0, section 4.6.3)."""
    return lambda number: "_:a" if number == node else "_:z"


def _marked(quads: list[Quad], marks: dict[str, tuple[str, bool]]) -> None:
    """Each slot is a whole term of the dataset, of its own kind; else the signature would not cover it."""
    holes = re.compile("|".join(re.escape(mark) for mark in marks) or r"(?!)")
    found: set[str] = set()
    for quad in quads:
        for part in (quad.subject, quad.predicate, quad.object, quad.graph):
            for mark in holes.findall(part) if isinstance(part, str) else []:
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
    _marked(quads, marks)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Template(quads, nodes, text, marks)

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
from json.encoder import encode_basestring
from typing import Any

from credentials.canonical import canonical
from credentials.errors import LossyDocument
from credentials.quads import Format, Quad, by_predicate, escape, first_degree, line, quads_of

# Canonicalizers in use disagree on control characters other than LF and CR, on U+007F and on non-characters.
REFUSED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_IRI_CHARACTER = r"[^\x00-\x20<>\"{}|\\^`]"
ABSOLUTE = re.compile(
    rf"https?://(?:(?![/?#@]){_IRI_CHARACTER})+(?:[/?#]{_IRI_CHARACTER}*)?"
    r"|urn:uuid:[0-9a-f-]{36}"
    r"|did:[a-z0-9]+:[A-Za-z0-9.%:_#/-]+"
)
MOST_LAYOUTS = 4096  # one layout is kept per ranking of the blank nodes; beyond that they are made anew


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


class _Layout:
    """How the canonical text looks for one ranking of the blank nodes: hashed up to the first slot, the rest ready."""

    def __init__(self, runs: list[list[str]], holes: re.Pattern[str], key: Callable[[str], int]) -> None:
        self.start = hashlib.sha256()
        self.prefix = ""
        if len(runs[0]) == 1:
            found = holes.search(runs[0][0])
            end = found.start() if found else len(runs[0][0])
            self.prefix, runs[0][0] = runs[0][0][:end], runs[0][0][end:]
            self.start.update(self.prefix.encode())
        self._runs = tuple(tuple(Format(line, holes, key) for line in run) for run in runs)

    def rest(self, terms: Sequence[str]) -> str:
        """Everything from the first slot on."""
        return "".join(
            run[0](terms) if len(run) == 1 else "".join(sorted(form(terms) for form in run)) for run in self._runs
        )


class Template:
    """One compiled shape. Made by `compile_template`; may be shared between threads."""

    def __init__(self, quads: list[Quad], nodes: int, text: str, marks: dict[str, tuple[str, bool]]) -> None:
        """`marks` maps what stands in the document to the slot's name and whether it is an address."""
        self.names = tuple(name for name, _iri in marks.values())
        self._quads, self._nodes, self._text, self._marks = quads, nodes, text, marks
        self._place_of = {mark: place for place, mark in enumerate(marks)}
        self._iris = [place for place, (_name, iri) in enumerate(marks.values()) if iri]
        self._holes = re.compile("|".join(re.escape(mark) for mark in marks) or r"(?!)")
        self._fixed_iris = {
            part
            for quad in quads
            for part in (quad.subject, quad.predicate, quad.object, quad.graph)
            if isinstance(part, str) and part.startswith("<") and not self._holes.search(part)
        }
        self._compile_hashes()
        self._compile_subjects()
        self._rivals = self._find_rivals()
        self._json = Format(text, self._holes, self._place_of.__getitem__)
        self._layouts: dict[tuple[int, ...], _Layout] = {}

    def _compile_hashes(self) -> None:
        """First-degree quads of every blank node: hashed now where no slot is touched, else made ready."""
        fixed: list[tuple[str, int]] = []
        self._touched: list[tuple[int, tuple[Format, ...]]] = []
        for node in range(self._nodes):
            own = [q for q in self._quads if node in {q.subject, q.object, q.graph}]
            lines = [line(quad, _seen_from(node)) for quad in own]
            if any(self._holes.search(line) for line in lines):
                formats = tuple(Format(line, self._holes, self._place_of.__getitem__) for line in lines)
                self._touched.append((node, formats))
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
        """The quads of each subject; which subjects are fixed addresses, and which are slots."""
        self._of: dict[str | int, list[Quad]] = {}
        for quad in self._quads:
            self._of.setdefault(quad.subject, []).append(quad)
        addresses = [subject for subject in self._of if isinstance(subject, str)]
        self._fixed_subjects = sorted(subject for subject in addresses if not self._holes.search(subject))
        self._slot_subjects = [subject for subject in addresses if self._holes.search(subject)]
        self._slot_subject_places = [self._place_of[subject[1:-1]] for subject in self._slot_subjects]

    def _find_rivals(self) -> list[tuple[Format, ...]]:
        """The values that stand on one subject and predicate: equal ones would melt into one quad."""
        groups: dict[tuple[str | int, str, str | int], list[str]] = {}
        for quad in self._quads:
            if isinstance(quad.object, str):
                groups.setdefault((quad.subject, quad.predicate, quad.graph), []).append(quad.object)
        return [
            tuple(Format(text, self._holes, self._place_of.__getitem__) for text in texts)
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

    def _refuse(self, values: list[str], addresses: list[str]) -> None:
        """Refuse what canonicalizers or JSON-LD read differently."""
        if REFUSED.search("".join(values)):
            raise Unsound("a value holds control characters")
        for address in addresses:
            if not ABSOLUTE.fullmatch(address) or f"<{address}>" in self._fixed_iris:
                raise Unsound("an address is not absolute, or stands twice")
        if len(set(addresses)) != len(addresses):
            raise Unsound("an address stands twice")

    def _prepared(self, slots: Mapping[str, str]) -> tuple[_Layout, list[str]]:
        """The layout for these values, and the values as they stand in N-Quads. Raises `Unsound`."""
        values = [slots[name] for name in self.names]
        self._refuse(values, [values[place] for place in self._iris])
        terms = [escape(value) for value in values]
        for rivals in self._rivals:
            if len({rival(terms) for rival in rivals}) != len(rivals):
                raise Unsound("two values of one member are equal")
        ranked = sorted((first_degree([form(terms) for form in forms]), node) for node, forms in self._touched)
        key: list[int] = []
        previous = ""
        for digest, node in ranked:
            place = bisect_left(self._fixed_digests, digest)
            known = self._fixed_digests[place : place + 1] == [digest] or digest in self._twin_digests
            if digest == previous or known:
                raise Unsound("two blank nodes share their first-degree hash")
            key += (place, node)
            previous = digest
        subjects = sorted((f"<{values[place]}>", number) for number, place in enumerate(self._slot_subject_places))
        for address, number in subjects:
            key += (bisect_left(self._fixed_subjects, address), number)
        found = self._layouts.get(tuple(key))
        return found or self._lay_out(tuple(key)), terms

    def _lay_out(self, key: tuple[int, ...]) -> _Layout:
        """Make the layout of one ranking. `key`: (place among the fixed, node) for touched nodes, then for subjects."""
        pairs = list(zip(key[::2], key[1::2], strict=True))
        touched, slots = pairs[: len(self._touched)], pairs[len(self._touched) :]
        order = self._fixed_nodes[:]
        for shift, (place, node) in enumerate(touched):
            order.insert(place + shift, node)
        order += self._twins
        label = {node: f"_:c14n{rank}" for rank, node in enumerate(order)}
        subjects: list[str | int] = list(self._fixed_subjects)
        for shift, (place, number) in enumerate(slots):
            subjects.insert(place + shift, self._slot_subjects[number])
        named = sorted((label[node] + " ", node) for node in order if node in self._of)
        subjects += [node for _label, node in named]
        runs: list[list[str]] = [[""]]
        for subject in subjects:
            for group in by_predicate(self._of[subject]):
                lines = sorted(line(quad, label.__getitem__) for quad in group)
                if len(lines) > 1 and any(self._holes.search(str(quad.object)) for quad in group):
                    runs.append(lines)  # their order depends on the values
                elif len(runs[-1]) == 1:
                    runs[-1][0] += "".join(lines)
                else:
                    runs.append(["".join(lines)])
        layout = _Layout(runs, self._holes, self._place_of.__getitem__)
        if len(self._layouts) >= MOST_LAYOUTS:
            self._layouts.clear()
        self._layouts[key] = layout
        return layout

    def canonical(self, slots: Mapping[str, str]) -> str:
        """The canonical N-Quads that RDFC-1.0 gives for the filled document. Raises `Unsound`."""
        layout, terms = self._prepared(slots)
        return layout.prefix + layout.rest(terms)

    def digest(self, slots: Mapping[str, str]) -> bytes:
        """SHA-256 of the canonical form. Raises `Unsound`."""
        layout, terms = self._prepared(slots)
        hashed = layout.start.copy()
        hashed.update(layout.rest(terms).encode())
        return hashed.digest()

    def text(self, slots: Mapping[str, str]) -> str:
        """The filled document as JSON text, without its proof."""
        return self._json([encode_basestring(slots[name])[1:-1] for name in self.names])

    def document(self, slots: Mapping[str, str]) -> dict[str, Any]:
        """The filled document as an object."""
        filled: dict[str, Any] = json.loads(self.text(slots))
        return filled


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

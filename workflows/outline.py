"""The content of a version as sections that a page can show: every facet, every answer, both languages. Pure.

Also the trace from each competency to shared skill, task, rubric and proof, with its holes (`lifecycle.md` 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from workflows import dossier, wording
from workflows.differences import SECTIONS
from workflows.dossier import Dossier, Part, Text

Words = str | Promise


@dataclass(frozen=True)
class Fact:
    """One answer: bilingual `texts`, a `day`, or `words` that are the same in both languages (a code, a number)."""

    label: Words
    texts: tuple[Text, ...] = ()
    words: tuple[Words, ...] = ()
    day: date | None = None
    link: str = ""


@dataclass(frozen=True)
class Block:
    """One item of a list, such as a competency or a task, with its answers and what lies below it."""

    title: Words
    heading: Text = field(default_factory=Text)
    facts: tuple[Fact, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Row:
    """One criterion of the rubric: what each level looks like, in the order of the levels."""

    criterion: dossier.Criterion
    cells: tuple[tuple[dossier.Level, Text], ...]


@dataclass(frozen=True)
class Section:
    """One facet."""

    facet: str
    title: Words
    digest: str
    facts: tuple[Fact, ...] = ()
    blocks: tuple[Block, ...] = ()
    grid: tuple[Row, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing was answered yet."""
        return not (self.facts or self.blocks or self.grid)


@dataclass(frozen=True)
class Trace:
    """What proves one competency: how many shared skills, tasks, criteria and pieces of evidence."""

    code: str
    action: Text
    skills: int
    tasks: int
    criteria: int
    proofs: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The four in the order of the columns."""
        return self.skills, self.tasks, self.criteria, self.proofs


def outline(content: dict[str, Any]) -> list[Section]:
    """All facets in their order; an answer that is not there yet is left out."""
    document = Dossier.model_validate(content)
    digests = dossier.facet_digests(content)
    return [_section(document, facet, digests[facet]) for facet in dossier.FACETS]


def _section(document: Dossier, facet: str, digest: str) -> Section:
    value = getattr(document, facet)
    title = SECTIONS[facet]
    if isinstance(value, list):
        return Section(facet, title, digest, blocks=tuple(_items(value)))
    grid = rubric_grid(document) if facet == "rubric" else ()
    facts, blocks = _answers(value, skip={"levels", "criteria"} if grid else set())
    return Section(facet, title, digest, facts, blocks, grid)


def _answers(part: Part, skip: set[str]) -> tuple[tuple[Fact, ...], tuple[Block, ...]]:
    facts: list[Fact] = []
    blocks: list[Block] = []
    for member in type(part).model_fields:
        value = getattr(part, member)
        if member in skip or not _answered(value):
            continue
        label = wording.label(type(part), member)
        if isinstance(value, list) and isinstance(value[0], Part) and not isinstance(value[0], Text):
            blocks += _items(value)
        else:
            facts.append(_fact(type(part), member, label, value))
    return tuple(facts), tuple(blocks)


def _answered(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", 0, [], {}) and bool(value)


def _items(items: list[Any]) -> Iterator[Block]:
    for place, item in enumerate(items, start=1):
        heading, shown = _heading(item)
        facts, blocks = _answers(item, skip=shown)
        code = getattr(item, "code", "") or getattr(item, "competency", "")
        yield Block(code or f"{wording.ITEMS[type(item)]} {place}", heading, facts, blocks)


def _heading(item: Part) -> tuple[Text, set[str]]:
    """What an item is headed with, and the members that need not be said again."""
    for member in ("action", "title", "label", "name", "asked", "claim", "target"):
        value = getattr(item, member, None)
        if isinstance(value, Text) and value:
            return value, {member, "code", "competency"}
    return Text(), {"code", "competency"}


def _fact(part: type[Part], member: str, label: Words, value: Any) -> Fact:
    if isinstance(value, Text):
        return Fact(label, texts=(value,))
    if isinstance(value, list) and isinstance(value[0], Text):
        return Fact(label, texts=tuple(text for text in value if text))
    if isinstance(value, date):
        return Fact(label, day=value)
    link = value if member == "uri" and str(value).startswith(("http://", "https://")) else ""
    return Fact(label, words=tuple(_words(part, member, value)), link=link)


def _words(part: type[Part], member: str, value: Any) -> Iterator[Words]:
    if isinstance(value, dict):
        yield from (f"{wording.common(name)}: {_plain(amount)}" for name, amount in value.items())
    elif isinstance(value, list):
        yield from (_named(part, member, str(item)) for item in value)
    elif value is True:
        yield _("yes")
    elif isinstance(value, (int, float)):
        yield _plain(value)
    elif member in {"period", "pathway_use_limit"}:
        yield wording.duration(value)
    else:
        yield _named(part, member, value)


def _named(part: type[Part], member: str, value: str) -> Words:
    known = wording.VALUES.get((part, member), {})
    return known[value] if value in known else wording.common(value) if value in wording.COMMON else value


def _plain(number: Any) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)


def rubric_grid(document: Dossier) -> tuple[Row, ...]:
    """The rubric as rows of criteria over the levels, the lowest level first."""
    levels = sorted(document.rubric.levels, key=lambda level: level.points)
    return tuple(
        Row(criterion, tuple((level, criterion.descriptors.get(level.code, Text())) for level in levels))
        for criterion in document.rubric.criteria
    )


def trace(content: dict[str, Any]) -> list[Trace]:
    """For each competency what proves it; a zero is a hole."""
    document = Dossier.model_validate(content)
    rows = []
    for competency in document.competencies:
        tasks = [task for task in document.assessment.tasks if competency.code in task.competencies]
        rows.append(
            Trace(
                code=competency.code,
                action=competency.action,
                skills=sum(a.competency == competency.code and a.match != "none" for a in document.alignments),
                tasks=len(tasks),
                criteria=sum(competency.code in c.competencies for c in document.rubric.criteria),
                proofs=sum(len(task.evidence) for task in tasks),
            )
        )
    return rows

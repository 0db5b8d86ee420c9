"""The questions of one section, laid out from the types of the content: which fields, in which rows, read how.

Each `Entry` knows how to show itself and how to read what was typed; rows hold entries again, as deep as the content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args, get_origin

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal_faculty import fields, kinds
from workflows import wording
from workflows.dossier import Dossier, Part, Text

Words = str | Promise


@dataclass(frozen=True)
class Entry:
    """One question: one field, or a text's two, or rows, or a group of entries. `read` answers what was typed."""

    member: str
    label: Words
    read: Callable[[], Any]
    hint: Words = ""
    one: BoundField | None = None
    pair: tuple[BoundField, ...] = ()
    rows: Rows | None = None
    group: tuple[Entry, ...] = ()

    @property
    def identity(self) -> str:
        """What the page calls its hint."""
        bound = self.one or (self.pair[0] if self.pair else None)
        return bound.auto_id if bound is not None else self.member

    @property
    def wrong(self) -> bool:
        """True when something typed in it or below it was refused."""
        below = [entry for row in self.rows.rows for entry in row.entries] if self.rows is not None else []
        own = [bound for bound in (self.one, *self.pair) if bound is not None]
        return any(bound.errors for bound in own) or any(entry.wrong for entry in (*self.group, *below))


@dataclass(frozen=True)
class Row:
    """One item of a list; `path` is what its buttons name it by, and `fresh` that it is not stored yet."""

    path: str
    place: int
    title: Words
    heading: str
    entries: tuple[Entry, ...]
    fresh: bool

    @property
    def list(self) -> str:
        """The path of the list that it is in."""
        return self.path.rpartition("-")[0]

    @property
    def open(self) -> bool:
        """Unfolded: it is new, or something in it is wrong."""
        return self.fresh or any(entry.wrong for entry in self.entries)

    def read(self) -> dict[str, Any]:
        """What was typed in it."""
        return {entry.member: entry.read() for entry in self.entries}


@dataclass(frozen=True)
class Rows:
    """A list of items, and what the button says that adds one."""

    path: str
    add: Words
    rows: tuple[Row, ...]
    folded: bool = True


def item_of(annotation: Any) -> type[Part] | None:
    """The type of a list's items when they are parts of the content themselves."""
    inner = kinds.inner(annotation)
    return inner if isinstance(inner, type) and issubclass(inner, Part) and inner is not Text else None


@dataclass
class Layout:
    """Builds the fields of a form and the entries around them. `adding` and `removing` name a list or a row."""

    form: forms.Form
    document: Dossier
    data: QueryDict | None = None
    adding: str = ""
    removing: str = ""
    kept: dict[str, list[int]] = field(default_factory=dict)

    def entries(self, part: type[Part], prefix: str, value: Mapping[str, Any]) -> tuple[Entry, ...]:
        """One entry for each member of a part."""
        return tuple(
            self._entry(part, member, prefix + member, wording.bare(info.annotation), value.get(member))
            for member, info in part.model_fields.items()
        )

    def items(self, item: type[Part], member: str, name: str, stored: list[Any]) -> Entry:
        """One entry for a section that is a list itself."""
        rows = self._rows(item, name, stored)
        return Entry(member, "", lambda: self._read_items(item, rows), rows=rows)

    def _entry(self, part: type[Part], member: str, name: str, kind: Any, stored: Any) -> Entry:
        ask = fields.ASKS.get(part, {}).get(member, fields.Ask())
        label = ask.question or wording.label(part, member)
        item = item_of(kind)
        if item is not None:
            rows = self._rows(item, name, stored or [])
            return Entry(member, label, lambda: self._read_items(item, rows), ask.hint, rows=rows)
        if kind is Text:
            return self._words(member, name, label, ask, stored)
        if get_origin(kind) is list and kinds.inner(kind) is Text:
            return self._lines(member, name, label, ask, stored)
        if get_origin(kind) is dict:
            described = get_args(kind)[1] is Text
            return (self._levels if described else self._amounts)(member, name, label, kind, stored or {})
        return self._plain(part, member, name, label, ask, kind, stored)

    def _add(self, name: str, made: forms.Field, label: Words, initial: Any, hint: Words = "") -> BoundField:
        made.required, made.label, made.initial, made.help_text = False, str(label), initial, str(hint)
        self.form.fields[name] = made
        return self.form[name]

    def _typed(self, name: str) -> Any:
        return self.form.cleaned_data.get(name)

    def _plain(
        self, part: type[Part], member: str, name: str, label: Words, ask: fields.Ask, kind: Any, stored: Any
    ) -> Entry:
        if fields.kept(part, member):
            made: forms.Field = forms.CharField(widget=forms.HiddenInput)
        else:
            made = kinds.made(part, member, kind, kinds.choices_of(self.document).get((part, member)), stored)
        default = part.model_fields[member].get_default(call_default_factory=True)
        bound = self._add(name, made, label, kinds.shown(made, stored), ask.hint)
        return Entry(member, label, lambda: kinds.stored(kind, self._typed(name), default), ask.hint, one=bound)

    def _both(self, name: str, label: Words, said: Callable[[str], str], *, rows: int) -> tuple[BoundField, ...]:
        return tuple(
            self._add(
                f"{name}_{language}",
                kinds.words(language, rows=rows),
                format_lazy("{} ({})", label, named),
                said(language),
            )
            for language, named in wording.LANGUAGES.items()
        )

    def _words(self, member: str, name: str, label: Words, ask: fields.Ask, stored: Any) -> Entry:
        pair = self._both(name, label, lambda tongue: (stored or {}).get(tongue, ""), rows=1 if ask.short else 3)
        return Entry(member, label, lambda: self._read_words(name), ask.hint, pair=pair)

    def _read_words(self, name: str) -> dict[str, str]:
        return {language: self._typed(f"{name}_{language}") or "" for language in wording.LANGUAGES}

    def _lines(self, member: str, name: str, label: Words, ask: fields.Ask, stored: Any) -> Entry:
        pair = self._both(name, label, lambda tongue: kinds.lines(stored, tongue), rows=4)
        return Entry(member, label, lambda: kinds.texts(*self._read_words(name).values()), ask.hint, pair=pair)

    def _levels(self, member: str, name: str, label: Words, _kind: Any, stored: Mapping[str, Any]) -> Entry:
        """One text for each level of the rubric."""
        group = []
        for level in sorted(self.document.rubric.levels, key=lambda level: level.points):
            called = f"{level.code} {level.name.said(kinds.language())}"
            full = format_lazy("{}: {}", label, called)
            entry = self._words(level.code, f"{name}-{level.code}", full, fields.Ask(), stored.get(level.code))
            group.append(replace(entry, label=called))

        def read() -> dict[str, Any]:
            said = {entry.member: entry.read() for entry in group}
            return {code: words for code, words in said.items() if any(words.values())}

        return Entry(member, label, read, group=tuple(group))

    def _amounts(self, member: str, name: str, label: Words, kind: Any, stored: Mapping[str, Any]) -> Entry:
        """A mapping of names to numbers, such as hours by type, as rows of two fields."""
        pairs = list(stored.items())
        rows = []
        for shown, place in enumerate(self._places(name, len(pairs)), start=1):
            called, amount = pairs[place] if place < len(pairs) else ("", None)
            path = f"{name}-{place}"
            entries = (
                self._cell(
                    "name", f"{path}-name", _("Kind"), wording.common(called) if called else "", forms.CharField()
                ),
                self._cell("amount", f"{path}-amount", _("How many"), amount, kinds.amount_field(get_args(kind)[1])),
            )
            rows.append(Row(path, place, format_lazy("{} {}", label, shown), "", entries, place >= len(pairs)))

        def read() -> dict[str, Any]:
            typed = [(row.place, row.read()) for row in rows]
            given = [(place, line) for place, line in typed if line["name"] or line["amount"]]
            self.kept[name] = [place for place, _line in given]
            return {kinds.key(line["name"], stored): kinds.amount(line["amount"]) for _place, line in given}

        return Entry(member, label, read, rows=Rows(name, fields.ADD_LINE, tuple(rows), folded=False))

    def _cell(self, member: str, name: str, label: Words, initial: Any, made: forms.Field) -> Entry:
        bound = self._add(name, made, label, initial)
        return Entry(member, label, lambda: self._typed(name) or "", one=bound)

    def _places(self, name: str, number: int) -> list[int]:
        """Which rows there are: as posted, else one for each stored item; and one more where one is added."""
        if self.data is None:
            places = list(range(number))
        else:
            posted = [int(place) for place in self.data.getlist(f"{name}-row") if place.isdecimal()]
            places = list(dict.fromkeys(posted))
        if self.adding == name:
            places.append(max([*places, number - 1]) + 1 if places or number else 0)
        return [place for place in places if self.removing != f"{name}-{place}"]

    def renamed(self, path: str) -> str:
        """A list's path once the empty rows before it were left out."""
        old, new = "", ""
        for step in path.split("-"):
            kept = self.kept.get(old, [])
            place = str(kept.index(int(step))) if step.isdecimal() and int(step) in kept else step
            old, new = (f"{old}-{step}", f"{new}-{place}") if old else (step, step)
        return new

    def next_place(self, path: str) -> int:
        """Where a row stands that is added to a list."""
        return len(self.kept.get(path, []))

    def _rows(self, item: type[Part], name: str, stored: list[Any]) -> Rows:
        rows = []
        for shown, place in enumerate(self._places(name, len(stored)), start=1):
            value = stored[place] if place < len(stored) else {}
            path = f"{name}-{place}"
            title = value.get("code") or format_lazy("{} {}", wording.ITEMS[item], shown)
            entries = self.entries(item, f"{path}-", value)
            fresh = place >= len(stored) or self.adding.startswith(f"{path}-")
            rows.append(Row(path, place, title, kinds.heading(value), entries, fresh))
        return Rows(name, fields.ADD[item], tuple(rows))

    def _read_items(self, item: type[Part], rows: Rows) -> list[dict[str, Any]]:
        """The rows that hold something; new ones get their codes."""
        found = []
        self.kept[rows.path] = []
        for row in rows.rows:
            value = row.read()
            coded = item in fields.LETTERS and value["code"]
            if coded or kinds.answered(value) or self.adding.startswith(f"{row.path}-"):
                found.append(value)
                self.kept[rows.path].append(row.place)
        if item in fields.LETTERS:
            self._number(fields.LETTERS[item], found)
        return found

    def _number(self, letter: str, found: list[dict[str, Any]]) -> None:
        """A code that was used once in this content is not used again."""
        words = self.document.model_dump_json() + " ".join(f'"{value["code"]}"' for value in found)
        last = max((int(number) for number in re.findall(rf'"{letter}(\d+)"', words)), default=0)
        for value in found:
            if not value["code"]:
                last += 1
                value["code"] = f"{letter}{last}"

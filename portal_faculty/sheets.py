"""One section of a proposal as one form: laid out from the types of the content, and refused by them.

A text is two fields, one for each language; a list of items is rows that submit buttons add and remove, so that
everything works without script. A draft may leave anything open, so that no field is required. What the types refuse
comes back beside its field, as a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.http import QueryDict
from pydantic import TypeAdapter, ValidationError

from portal_faculty import kinds
from portal_faculty.layout import Entry, Layout, item_of
from workflows import dossier
from workflows.dossier import Dossier, Part


@dataclass
class Sheet:
    """What is stored and what was typed of one facet. `adding` and `removing` name a list or a row of it."""

    facet: str
    document: Dossier
    data: QueryDict | None = None
    adding: str = ""
    removing: str = ""
    form: forms.Form = field(init=False)
    entries: tuple[Entry, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.form = forms.Form(self.data, use_required_attribute=False)
        self.stored = dossier.plain(self.document)[self.facet]
        self.layout = Layout(self.form, self.document, self.data, self.adding, self.removing)
        item = item_of(self._kind)
        if item is not None:
            self.entries = (self.layout.items(item, self.facet, self.facet, self.stored),)
        else:
            self.entries = self.layout.entries(cast(type[Part], self._kind), "", self.stored)

    @property
    def _kind(self) -> Any:
        return Dossier.model_fields[self.facet].annotation

    def is_valid(self) -> bool:
        """True when each field holds what its kind asks for, and the types of the content accept the whole."""
        if not self.form.is_valid():
            return False
        self.value = self._read()
        try:
            TypeAdapter(self._kind).validate_python(self.value)
        except ValidationError as refused:
            for fault in refused.errors():
                self.form.add_error(self._field_of(fault["loc"]), kinds.sentence(fault))
        return not self.form.errors

    def _read(self) -> Any:
        if isinstance(self.stored, list):
            return self.entries[0].read()
        return {entry.member: entry.read() for entry in self.entries}

    def content(self) -> dict[str, Any]:
        """The whole content with this section as it was typed. Only after `is_valid`."""
        return {**dossier.plain(self.document), self.facet: self.value}

    @property
    def changed(self) -> bool:
        """True when the section differs from what is stored."""
        return dossier.digest(self.content()) != dossier.digest(dossier.plain(self.document))

    def _field_of(self, location: tuple[int | str, ...]) -> str | None:
        """The field that a place in the content was typed in; None when it has none of its own."""
        path = self.facet if isinstance(self.stored, list) else ""
        for step in location:
            kept = self.layout.kept.get(path, [])
            named = str(kept[step]) if isinstance(step, int) and step < len(kept) else str(step)
            path = f"{path}-{named}" if path else named
        tries = (path, re.sub(r"-(en|fr)$", r"_\1", path), re.sub(r"-\d+-(en|fr)$", r"_\1", path))
        return next((name for name in tries if name in self.form.fields), None)

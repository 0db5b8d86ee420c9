"""Kinds of fields: from a type of the content to a form field, and from what was typed back to the content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import zip_longest
from types import UnionType
from typing import Any, get_args, get_origin

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows import dossier, wording
from workflows.dossier import Dossier, Part, Text

Choices = list[tuple[str, str | Promise]]
HEADINGS = ("action", "title", "label", "name", "asked", "claim", "target", "organization")


def language() -> str:
    """The reader's language."""
    return "fr" if (get_language() or "en").startswith("fr") else "en"


def choices_of(document: Dossier) -> dict[tuple[type[Part], str], Choices]:
    """Members whose choices are other items of the same content."""
    here = language()
    competencies: Choices = [(c.code, f"{c.code} {c.action.said(here)}".strip()) for c in document.competencies]
    tasks: Choices = [(t.code, f"{t.code} {t.title.said(here)}".strip()) for t in document.assessment.tasks]
    levels: Choices = [
        (level.code, f"{level.code} {level.name.said(here)}".strip()) for level in document.rubric.levels
    ]
    return {
        (dossier.Task, "competencies"): competencies,
        (dossier.Criterion, "competencies"): competencies,
        (dossier.Criterion, "required_level"): levels,
        (dossier.Mapping, "of"): competencies + tasks,
    }


def inner(annotation: Any) -> Any:
    """What a list holds; None for what is no list."""
    return wording.bare(get_args(annotation)[0]) if get_origin(annotation) is list else None


def words(tongue: str, *, rows: int) -> forms.Field:
    """A field for a text in one language: one line, or several."""
    widget: forms.Widget = forms.TextInput() if rows == 1 else forms.Textarea(attrs={"rows": rows})
    widget.attrs["lang"] = tongue
    return forms.CharField(widget=widget)


def made(part: type[Part], member: str, kind: Any, choices: Choices | None, stored: Any) -> forms.Field:
    """The form field of a member that is one value or a list of plain ones."""
    closed = wording.VALUES.get((part, member))
    known = choices if choices is not None else list(closed.items()) if closed is not None else None
    if get_origin(kind) is list:
        return _several(known, stored)
    if kind is bool:
        return forms.BooleanField()
    if known is not None:
        return forms.ChoiceField(choices=[("", "–"), *_with_stored(known, [stored])])
    if kind in {int, float}:
        return _number(kind)
    if _may_be(kind, date):
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}))
    if _may_be(kind, int):
        return forms.IntegerField(widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}))
    return forms.CharField()


def _several(known: Choices | None, stored: Any) -> forms.Field:
    if known is None:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    return forms.MultipleChoiceField(choices=_with_stored(known, stored or []), widget=forms.CheckboxSelectMultiple)


def _with_stored(known: Choices, stored: list[str]) -> Choices:
    """The choices, and stored values that are none of them any more, so that nothing is dropped silently."""
    codes = {code for code, _words in known}
    return [*known, *((value, _("%s (not in the list)") % value) for value in stored if value and value not in codes)]


def _may_be(kind: Any, wanted: type) -> bool:
    return isinstance(kind, UnionType) and wanted in get_args(kind)


def shown(field: forms.Field, stored: Any) -> Any:
    """A stored value as its field shows it: plain lists as lines, a number that nobody typed as nothing."""
    if isinstance(stored, list) and isinstance(field.widget, forms.Textarea):
        return "\n".join(stored)
    return None if stored == 0 and isinstance(field, forms.IntegerField) else stored


def stored(kind: Any, typed: Any, default: Any) -> Any:
    """What was typed, as the content holds it; nothing typed is the member's default."""
    if get_origin(kind) is list:
        given = [line.strip() for line in typed.splitlines() if line.strip()] if isinstance(typed, str) else typed
        return given or default
    if kind is bool:
        return bool(typed)
    if isinstance(typed, date):
        return typed.isoformat()
    if typed in (None, ""):
        return _nothing(kind, default)
    return typed


def _nothing(kind: Any, default: Any) -> Any:
    if kind in {int, float}:
        return default if isinstance(default, (int, float)) else 0
    return None if isinstance(kind, UnionType) else ""


def lines(texts: list[Mapping[str, str]] | None, tongue: str) -> str:
    """Texts as lines of one language; a text that lacks it keeps its line empty, so that the two stay beside."""
    said = [text.get(tongue, "").replace("\n", " ") for text in texts or []]
    return "\n".join(said) if any(said) else ""


def texts(english: str, french: str) -> list[dict[str, str]]:
    """Lines of two languages as texts: the first belongs to the first."""
    rows = zip_longest(english.splitlines(), french.splitlines(), fillvalue="")
    pairs = [{"en": en.strip(), "fr": fr.strip()} for en, fr in rows]
    return [pair for pair in pairs if pair["en"] or pair["fr"]]


def amount_field(kind: Any) -> forms.Field:
    """The field of an amount: a number, or a text where the content allows both."""
    if kind in {int, float}:
        return _number(kind)
    return forms.CharField()


def amount(typed: Any) -> Any:
    """An amount as it is kept: a text that is a number becomes one."""
    try:
        return float(typed) if isinstance(typed, str) else typed or 0
    except ValueError:
        return typed


def _number(kind: Any) -> forms.Field:
    made = forms.IntegerField if kind is int else forms.FloatField
    return made(localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}))


def key(typed: str, known: Mapping[str, Any]) -> str:
    """The name under which an amount is kept: that of a common kind when it was said in its words."""
    for name in [*known, *wording.COMMON]:
        if str(wording.common(name)) == typed.strip():
            return name
    return typed.strip()


def answered(value: Any) -> bool:
    """True when a row holds more than what it begins with."""
    if isinstance(value, dict):
        return any(answered(inner) for name, inner in value.items() if name != "scheme")
    if isinstance(value, list):
        return any(answered(inner) for inner in value)
    return value not in (None, "", 0, False)


def heading(value: Mapping[str, Any]) -> str:
    """What a folded row is known by."""
    for member in HEADINGS:
        said = value.get(member)
        if isinstance(said, str) and said:
            return said
        if isinstance(said, dict) and any(said.values()):
            return Text.model_validate(said).said(language())
    return ""


def sentence(fault: Any) -> str:
    """What the types refuse, as a sentence that says what to do."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in {"string_too_long", "too_long"}:
        return _("This has more than %d characters. Shorten it.") % int(context["max_length"])
    if kind == "string_pattern_mismatch":
        return _("Write it as P, a number, and Y for years, M for months or D for days, such as P12M.")
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = context.get("ge", context.get("le"))
        words = _("This must be at least %d.") if "ge" in context else _("This can be at most %d.")
        return words % int(bound)
    if kind.startswith(("int", "float")):
        return _("Write a number.")
    if kind == "value_error":
        return str(context["error"])
    return _("This cannot be kept as it is. Write it in other words.")

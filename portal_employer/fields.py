"""The fields of the letters' forms, built from the questions as data; with sentences of their own for what is empty."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from workflows.dossier import Text, cleaned
from workflows.questions import Question

MOST_IN_A_ROW = 5
TIGHT_WORD = 9  # words so short fit beside each other on a phone
EMPTY = {"required": _("Write something here.")}
UNCHOSEN = {"required": _("Choose an answer.")}


class Row(forms.ChoiceField):
    """Radio buttons beside each other where there is room; `TightRow` also on a phone."""

    template = "employer/_row.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template_name = self.template


class TightRow(Row):
    """Radio buttons with words so short that they stand beside each other on a phone."""

    template = "employer/_tight_row.html"


class Scale(Row):
    """Radio buttons with figures: always beside each other."""

    template = "employer/_scale_row.html"


def said(text: Text) -> str:
    """A bilingual text in the language of the page."""
    return text.said((get_language() or "en")[:2])


class Words(forms.CharField):
    """Text that may be signed as it is."""

    def clean(self, value: Any) -> str:
        """What canonicalizers disagree on is refused beside the field."""
        try:
            return cleaned(super().clean(value))
        except ValueError as refused:
            raise forms.ValidationError(str(refused)) from refused


def lines(label: Any, *, required: bool = True, rows: int = 3, hint: Any = "") -> forms.CharField:
    """A field for several lines of text."""
    widget = forms.Textarea(attrs={"rows": rows})
    return Words(label=label, required=required, max_length=4000, widget=widget, help_text=hint, error_messages=EMPTY)


def named(label: Any, autocomplete: str) -> forms.CharField:
    """A field for one line that a browser may know."""
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return Words(label=label, max_length=150, widget=widget, error_messages=EMPTY)


def field_of(question: Question, about: str = "") -> forms.Field:
    """The form field of a question: radio buttons, boxes, a short list, or lines to write on.

    `about` names the one thing that is asked about, for the sentence that asks for a missing answer.
    """
    empty = {"required": _("Choose an answer about “%(about)s”.") % {"about": about} if about else UNCHOSEN["required"]}
    label, required = said(question.asked), not question.optional
    choices = [(option.value, said(option.words)) for option in question.options]
    if not choices:
        return lines(label, required=required)
    if question.many:
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            label=label, required=required, choices=choices, widget=widget, error_messages=empty
        )
    if question.each and question.optional:
        return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *choices])
    widest = max(len(words) for _value, words in choices)
    field: type[forms.ChoiceField] = forms.ChoiceField
    if len(choices) <= MOST_IN_A_ROW:
        field = Scale if widest == 1 else TightRow if widest <= TIGHT_WORD else Row
    return field(label=label, required=required, choices=choices, widget=forms.RadioSelect, error_messages=empty)

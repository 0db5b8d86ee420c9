"""Forms that several decisions share: a reason, a reason per section, nothing but a button."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows.differences import SECTIONS
from workflows.dossier import FACETS

Words = str | Promise
CHOOSE: tuple[str, Words] = ("", _("Choose"))


class ConfirmForm(forms.Form):
    """Nothing to fill in: the page and its button are the question."""


class ReasonForm(forms.Form):
    """One reason in words."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000)

    def __init__(self, *args: Any, label: Words = "", hint: Words = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = str(label)
        if hint:
            self.fields["reason"].help_text = str(hint)


def section_name(facet: str) -> str:
    """The name of the field of one section."""
    return f"request_{facet}"


class SectionsMixin(forms.Form):
    """A form that asks for changes by section."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for facet in FACETS:
            self.fields[section_name(facet)] = forms.CharField(
                label=str(SECTIONS[facet]), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
            )

    @property
    def sections(self) -> list[forms.BoundField]:
        """The fields of the sections, in the order of the content."""
        return [self[section_name(facet)] for facet in FACETS]

    def requests(self) -> dict[str, str]:
        """The sections for which something is asked."""
        asked = {facet: self.cleaned_data.get(section_name(facet), "") for facet in FACETS}
        return {facet: text for facet, text in asked.items() if text.strip()}


class ReturnForm(SectionsMixin):
    """A reason for each section that is asked to be changed; at least one."""

    def clean(self) -> dict[str, Any]:
        """At least one section."""
        cleaned = super().clean() or {}
        if not self.requests():
            raise forms.ValidationError(_("Say for at least one section what is to be changed, and why."))
        return cleaned


TO_DRAFT: list[tuple[str, Words]] = [
    ("", _("To the assessment design")),
    ("yes", _("To the proposal, which then takes the whole way")),
]


class RedesignForm(SectionsMixin):
    """The findings of a pilot that missed its targets, what is to be changed, and from where it starts again."""

    findings = forms.CharField(
        label=_("Findings of the pilot"), widget=forms.Textarea(attrs={"rows": 5}), max_length=10000
    )
    to_draft = forms.ChoiceField(
        label=_("Where does it go back to?"), choices=TO_DRAFT, widget=forms.RadioSelect, required=False
    )

    def clean(self) -> dict[str, Any]:
        """At least one section."""
        cleaned = super().clean() or {}
        if not self.requests():
            self.add_error(None, gettext("Say for at least one section what is to be changed, and why."))
        return cleaned

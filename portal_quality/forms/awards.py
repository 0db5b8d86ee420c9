"""Which results of a cohort are awarded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.runs import Result


class AwardForm(forms.Form):
    """The learners whose results are awarded; the button "all" stands for everybody who is ready."""

    learners = forms.TypedMultipleChoiceField(
        label=_("Results to award"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, results: list[Result], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ready = [result for result in results if result.ready]
        # Everybody in the cohort can be posted: who is not ready any more gets the sentence of the refusal.
        everybody = [(result.enrolment.pk, result.enrolment.roster_name) for result in results]
        self.fields["learners"].choices = everybody  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody is chosen."""
        cleaned = super().clean() or {}
        if "all" not in self.data and not cleaned.get("learners"):
            raise forms.ValidationError(_("Choose at least one result."))
        return cleaned

    def chosen(self) -> list[int]:
        """The keys of the chosen enrolments."""
        if "all" in self.data:
            return [result.enrolment.pk for result in self.ready]
        return list(self.cleaned_data["learners"])

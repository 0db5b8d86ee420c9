"""A note of a member to the others of the round."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.differences import SECTIONS


class NoteForm(forms.Form):
    """What it says, about which section, and whether it is meant for the letter."""

    text = forms.CharField(label=_("Note"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    facet = forms.ChoiceField(label=_("About"), required=False)
    goes_out = forms.BooleanField(
        label=_("For the letter: the proposer reads it if the version is returned"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("The whole")), *SECTIONS.items()]
        cast(forms.ChoiceField, self.fields["facet"]).choices = choices

"""What the office asks about an appeal: its three people, and what each of them finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import appeals
from workflows.appeals import PANEL_OF
from workflows.models import Appeal
from workflows.models.appeals import Outcome


class PanelForm(forms.Form):
    """Three people who had no part in the case."""

    panel = forms.TypedMultipleChoiceField(
        label=_("Who decides it"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose three members.")},
    )

    def __init__(self, *args: Any, appeal: Appeal, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {member.pk: member for member in appeals.candidates(appeal, without=person)}
        field = cast(forms.TypedMultipleChoiceField, self.fields["panel"])
        field.choices = [(pk, member.name) for pk, member in self.members.items()]
        field.help_text = gettext("Three people of the institution who had no part in the case so far.")

    def clean(self) -> dict[str, Any]:
        """Three, no more and no fewer."""
        cleaned = super().clean() or {}
        if "panel" in cleaned and len(cleaned["panel"]) != PANEL_OF:
            self.add_error("panel", gettext("Choose three members."))
        return cleaned

    def chosen(self) -> list[User]:
        """The chosen members."""
        return [self.members[pk] for pk in self.cleaned_data["panel"]]


class FindingForm(forms.Form):
    """What one member finds, and why."""

    outcome = forms.ChoiceField(label=_("What do you find?"), widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("Your reasons"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Whoever appealed reads the reasons of those who agree, without names."),
    )

    def __init__(self, *args: Any, outcomes: Sequence[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["outcome"]).choices = [
            (one.value, str(one.label)[:1].upper() + str(one.label)[1:]) for one in outcomes
        ]

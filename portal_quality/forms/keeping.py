"""Holding, stopping a pilot, seats that are silent, and what happens to a version in use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from portal_quality.forms.common import CHOOSE, ReasonForm
from workflows import candidates
from workflows.models import Version

DAY = forms.DateInput(attrs={"type": "date"})


class HoldForm(ReasonForm):
    """Why the clocks stop, and until when."""

    until = forms.DateField(label=_("Until"), widget=DAY)


class StopForm(forms.Form):
    """How the stop rule of the pilot was met."""

    stop_reason = forms.CharField(
        label=_("How was the stop rule met?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000
    )


class UntilForm(forms.Form):
    """A day."""

    until = forms.DateField(label=_("Until the end of"), widget=DAY)


class LiftForm(ReasonForm):
    """What closes the cause, and where the version goes."""

    wind_down = forms.ChoiceField(
        label=_("What follows?"),
        choices=[("", _("It goes back into use")), ("yes", _("It is wound down"))],
        widget=forms.RadioSelect,
        required=False,
    )

    @property
    def winds_down(self) -> bool:
        """True when the offer comes to its end."""
        return bool(self.cleaned_data["wind_down"])


class WindDownForm(ReasonForm):
    """The end of an offer: last start, end of teaching, and the plan for learners and stacks as the reason."""

    last_start_on = forms.DateField(label=_("Last start"), widget=DAY)
    teach_out_ends_on = forms.DateField(label=_("End of teaching"), widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = str(_("Reason, and the plan for learners and stacks"))


class ReplyForm(forms.Form):
    """A reply to a reviewer."""

    text = forms.CharField(label=_("Your reply"), widget=forms.Textarea(attrs={"rows": 5}), max_length=5000)


class ProofForm(forms.Form):
    """What shows that a condition is kept."""

    proof = forms.CharField(
        label=_("What shows that it is kept?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000
    )


class CompleteForm(forms.Form):
    """Who owns a partner's condition, and until when."""

    owner_id = forms.TypedChoiceField(label=_("Owner"), coerce=int)
    due_on = forms.DateField(label=_("Due on"), widget=DAY)

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {person.pk: person for person in candidates.owners(version)}
        choices = [CHOOSE, *((pk, person.name) for pk, person in self.owners.items())]
        self.fields["owner_id"].choices = choices  # type: ignore[attr-defined]

    def owner(self) -> User:
        """The chosen person."""
        return self.owners[self.cleaned_data["owner_id"]]

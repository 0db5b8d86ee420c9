"""Who stands in on a committee, and until when."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows.models import Seat
from workflows.standing_in import colleagues, members_for

DATE = {"type": "date"}


class DelegateForm(forms.Form):
    """A member of the same committee, and the last day."""

    member = forms.TypedChoiceField(label=_("Who stands in?"), coerce=int, widget=forms.RadioSelect)
    until = forms.DateField(label=_("Until the end of"), widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localtime(seat.due_at).date()
        self.members = {one.person.pk: one.person for one in members_for(seat)}
        field = cast(forms.TypedChoiceField, self.fields["member"])
        field.choices = [(pk, person.name) for pk, person in self.members.items()]

    def chosen(self) -> User:
        """The chosen member."""
        return self.members[self.cleaned_data["member"]]


class AwayForm(forms.Form):
    """From when until when, and who stands in."""

    starts_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs=DATE))
    ends_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs=DATE))
    stand_in = forms.TypedChoiceField(
        label=_("Who stands in on your seats?"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {one.pk: one for one in colleagues(person)}
        field = cast(forms.TypedChoiceField, self.fields["stand_in"])
        field.choices = [("", _("Nobody: my seats wait for me")), *((pk, one.name) for pk, one in self.members.items())]

    def chosen(self) -> User | None:
        """The chosen member, if any."""
        key = self.cleaned_data["stand_in"]
        return self.members[key] if key else None

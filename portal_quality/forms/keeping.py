"""Holding, stopping a pilot, seats that are silent, and what happens to a version in use."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
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


class EndMixin(forms.Form):
    """The days on which an offer ends."""

    last_start_on = forms.DateField(label=_("Last start"), widget=DAY, required=False)
    teach_out_ends_on = forms.DateField(label=_("End of teaching"), widget=DAY, required=False)

    def days(self) -> dict[str, date | None]:
        """The two days as the verbs take them."""
        return {name: self.cleaned_data[name] for name in ("last_start_on", "teach_out_ends_on")}


class LiftForm(EndMixin, ReasonForm):
    """What closes the cause, and where the version goes."""

    wind_down = forms.ChoiceField(
        label=_("What follows?"),
        choices=[("", _("It goes back into use")), ("yes", _("It is wound down"))],
        widget=forms.RadioSelect,
        required=False,
    )
    field_order = ("reason", "wind_down", "last_start_on", "teach_out_ends_on")

    @property
    def winds_down(self) -> bool:
        """True when the offer comes to its end."""
        return bool(self.cleaned_data["wind_down"])


class WindDownForm(ReasonForm):
    """The end of an offer: last start, end of teaching, and the plan for learners and stacks."""

    last_start_on = forms.DateField(label=_("Last start"), widget=DAY)
    teach_out_ends_on = forms.DateField(label=_("End of teaching"), widget=DAY)
    plan = forms.CharField(
        label=_("Plan for the learners and for what is built on it"),
        help_text=_("Needed while somebody is under way."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        required=False,
    )


KEPT: list[tuple[str, str | Promise]] = [
    ("keep", _("Keep it as it is")),
    ("revise", _("Keep it, and begin a new version")),
    ("retire", _("Retire it: wind down the offer")),
]
REVIEW_QUESTIONS: dict[str, str | Promise] = {
    "demand": _("Is demand still there? Say what partners answered afresh."),
    "changes": _("What changed in tools, law or standards?"),
    "figures": _("What do awards, pass rate, time, appeals, revocations, views, renewals and pathways show?"),
}


class ReviewForm(EndMixin, ReasonForm):
    """F7: what the review found, and whether to keep, revise or retire."""

    kept = forms.ChoiceField(label=_("Keep, revise or retire?"), choices=KEPT, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, asked in REVIEW_QUESTIONS.items():
            self.fields[name] = forms.CharField(
                label=str(asked), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
            )
        self.order_fields([*REVIEW_QUESTIONS, "kept", "reason", "last_start_on", "teach_out_ends_on"])

    def answers(self) -> dict[str, Any]:
        """The answers of F7 as the record keeps them."""
        return {name: self.cleaned_data[name] for name in (*REVIEW_QUESTIONS, "kept")}


class ChangeForm(forms.Form):
    """What changed outside: a standard or code, or the other side of a pathway."""

    kind = forms.ChoiceField(
        label=_("What changed?"),
        choices=[
            ("standard", _("A standard, a code or a law")),
            ("pathway", _("A program or another institution at the other end of a pathway")),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Its name, as the proposals write it"),
        help_text=_("Such as “ISO 14644-1”. Each version in use whose text holds these words is reviewed."),
        max_length=200,
    )
    edition = forms.CharField(label=_("The new edition or terms"), max_length=200)
    source = forms.CharField(label=_("Where that is said"), max_length=500)


class SourceForm(forms.Form):
    """One fresh source of demand."""

    kind = forms.CharField(label=_("Kind of source"), max_length=100, initial="survey")
    claim = forms.CharField(label=_("What it shows"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    source = forms.CharField(label=_("Where it is from"), max_length=500)
    on = forms.DateField(label=_("Date of the data"), widget=DAY)

    def as_source(self, language: str) -> dict[str, Any]:
        """The source as the content holds one, in the language in which it was written."""
        typed = self.cleaned_data
        return {
            "kind": typed["kind"],
            "claim": {language: typed["claim"]},
            "source": {language: typed["source"]},
            "on": typed["on"].isoformat(),
            "confirmed": True,
        }


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

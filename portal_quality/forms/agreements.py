"""Agreements with communities: parties, terms, days; and what was approved elsewhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Organization
from portal_quality.forms.common import ReasonForm
from portal_quality.forms.keeping import DAY
from portal_quality.forms.rounds import Known, PartyForm, ReviewersMixin
from workflows import candidates
from workflows.models import PanelKind, Version
from workflows.questions import TERMS

ASKED: dict[str, str | Promise] = {
    "protocol": _("Which protocol was followed?"),
    "purposes": _("For which purposes?"),
    "knowledge": _("Which knowledge may be used?"),
    "attribution": _("How is it attributed?"),
    "data": _("Where do the data lie?"),
    "steward": _("Who is their steward, outside the institution?"),
    "withdrawal": _("How can a party withdraw?"),
}


class AgreementForm(forms.Form):
    """An agreement with a community: who, what, from when."""

    parties = forms.TypedMultipleChoiceField(label=_("Parties"), coerce=int, widget=forms.CheckboxSelectMultiple)
    in_force_from = forms.DateField(label=_("In force from"), widget=DAY)
    review_on = forms.DateField(label=_("To be reviewed on"), widget=DAY, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {organization.pk: organization for organization in candidates.organizations()}
        choices = [(pk, organization.name) for pk, organization in self.known.items()]
        self.fields["parties"].choices = choices  # type: ignore[attr-defined]
        for name in TERMS:
            self.fields[name] = forms.CharField(
                label=str(ASKED[name]), widget=forms.Textarea(attrs={"rows": 2}), max_length=5000
            )
        self.order_fields(["parties", *TERMS, "in_force_from", "review_on"])

    def chosen(self) -> list[Organization]:
        """The parties."""
        return [self.known[pk] for pk in self.cleaned_data["parties"]]

    def terms(self) -> dict[str, str]:
        """The terms by name."""
        return {name: self.cleaned_data[name] for name in TERMS}


class AskAgainForm(ReviewersMixin):
    """Which statement is asked for afresh, and of whom."""

    kind = forms.ChoiceField(
        label=_("What is asked?"),
        choices=[
            (PanelKind.RELEVANCE, _("Are these skills still in demand?")),
            (PanelKind.ENDORSEMENT, _("Does the assessment still reflect the job?")),
        ],
        widget=forms.RadioSelect,
    )


class CommunityForm(ReviewersMixin):
    """Whom to ask for each party."""

    row_form = PartyForm


class UrgentForm(PartyForm, ReasonForm):
    """The one partner who is asked, and why it is urgent."""

    quiet = False

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, known=Known(version), **kwargs)
        for name in ("name", "email"):
            self.fields[name].required = True
        self.fields["reason"].label = str(_("Which safety guidance changed, and what follows"))


class ImportForm(forms.Form):
    """What was approved elsewhere: the proposal file, by whom and when, and where the proof stands."""

    file = forms.FileField(
        label=_("Proposal file"),
        help_text=_("JSON in the documented format, with one proposal."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    institution = forms.TypedChoiceField(label=_("Institution"), coerce=int)
    approved_by = forms.CharField(label=_("Who approved it"), max_length=300)
    approved_on = forms.DateField(label=_("When"), widget=DAY)
    proof = forms.CharField(
        label=_("Where the proof stands"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
    )

    def __init__(self, *args: Any, institutions: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institutions = {one.pk: one for one in institutions}
        choices = [(pk, one.name) for pk, one in self.institutions.items()]
        self.fields["institution"].choices = choices  # type: ignore[attr-defined]

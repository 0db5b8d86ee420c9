"""Whom to ask whether an assessment reflects the job: those who were asked before, and new ones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Language, OrganizationKind
from portal_faculty.forms import Form
from workflows import candidates, running
from workflows.actions.inviting import Asked
from workflows.models import Version
from workflows.panels import Place

ROWS = 3
KINDS = [
    (kind.value, kind.label)
    for kind in OrganizationKind
    if kind not in {OrganizationKind.INSTITUTION, OrganizationKind.COMMUNITY}
]


class PartnerForm(Form):
    """One partner who was not asked before; a row without a name is not used."""

    quiet = True
    name = forms.CharField(label=_("Name of the person"), max_length=150, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)
    organization = forms.TypedChoiceField(label=_("Organization"), required=False, coerce=int, empty_value=None)
    new_organization = forms.CharField(label=_("Or a new organization"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind of the new organization"), choices=[("", "–"), *KINDS], required=False)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=Language.choices, required=False)

    def __init__(self, *args: Any, organizations: list[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization = self.fields["organization"]
        assert isinstance(organization, forms.ChoiceField)
        organization.choices = [("", "–"), *organizations]
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    @property
    def used(self) -> bool:
        """True when somebody is named in it."""
        return bool(self.cleaned_data.get("name") or self.cleaned_data.get("email"))

    def clean(self) -> dict[str, Any]:
        """A row that names somebody is complete."""
        typed = super().clean() or {}
        if not typed.get("name") and not typed.get("email") and not typed.get("new_organization"):
            return typed
        for name in ("name", "email"):
            if not typed.get(name) and name not in self.errors:
                self.add_error(name, _("Fill this in, or empty the row."))
        if not typed.get("organization") and not typed.get("new_organization"):
            self.add_error("organization", _("Choose an organization, or name a new one."))
        if typed.get("new_organization") and not typed.get("organization") and not typed.get("kind"):
            self.add_error("kind", _("Say what kind of organization it is."))
        return typed


Partners = forms.formset_factory(PartnerForm, extra=ROWS, max_num=ROWS)


class PartnersForm(Form):
    """Those who were asked before, to be chosen, and rows for new ones."""

    quiet = True

    again = forms.TypedMultipleChoiceField(
        label=_("Asked before"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, version: Version) -> None:
        super().__init__(data)
        self.asked = {place.person.pk: place for place in running.asked_before(version)}
        again = self.fields["again"]
        assert isinstance(again, forms.ChoiceField)
        again.choices = [(pk, f"{row.person.name}, {row.organization.name}") for pk, row in self.asked.items()]
        again.initial = list(self.asked)
        self.organizations = {row.pk: row for row in candidates.organizations()}
        partners = [contact.organization.pk for contact in candidates.contacts(version)]
        order = sorted(self.organizations.values(), key=lambda row: row.pk not in partners)
        self.rows = Partners(
            data,
            prefix="partner",
            form_kwargs={
                "organizations": [(row.pk, row.name) for row in order],
                "initial": {"language": version.language},
            },
        )

    def clean(self) -> dict[str, Any]:
        """The rows are part of the form; somebody is asked."""
        typed = super().clean() or {}
        if not self.rows.is_valid():
            for number, row in enumerate(self.rows, start=1):
                if row.errors:
                    self.add_error(None, _("New partner %d is not complete.") % number)
        elif not typed.get("again") and not self.newcomers():
            self.add_error(None, _("Choose or name at least one partner to ask."))
        return typed

    def known(self) -> list[Place]:
        """Those who are asked again."""
        return [self.asked[pk] for pk in self.cleaned_data["again"]]

    def newcomers(self) -> list[Asked]:
        """Those who are asked for the first time."""
        return [
            Asked(
                name=row.cleaned_data["name"],
                email=row.cleaned_data["email"],
                seat_class="partner",
                organization=self.organizations.get(row.cleaned_data["organization"]),
                new_organization=row.cleaned_data["new_organization"],
                kind=row.cleaned_data["kind"] or OrganizationKind.EMPLOYER,
                language=row.cleaned_data["language"] or Language.ENGLISH,
            )
            for row in self.rows
            if row.used
        ]

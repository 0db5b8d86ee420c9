"""Settings: a role for somebody, and what an organization is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Organization, OrganizationKind
from portal_quality.forms.common import CHOOSE
from workflows.actions.administering import INSTITUTION_ROLES

PARTNER_KINDS = [(kind.value, kind.label) for kind in OrganizationKind if kind != OrganizationKind.INSTITUTION]


class RoleForm(forms.Form):
    """Who gets which role, and in which unit."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(
        label=_("Role"), choices=[CHOOSE, *((role.value, role.label) for role in INSTITUTION_ROLES)]
    )
    unit = forms.CharField(
        label=_("Unit"), max_length=120, required=False, help_text=_("For a committee: who is from outside a unit.")
    )


class OrganizationForm(forms.Form):
    """What a partner is, whose part it is, and its verified mail domain."""

    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_fr = forms.CharField(label=_("Name in French"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=PARTNER_KINDS, help_text=_("Weight and independence of its voice follow from it.")
    )
    domain = forms.CharField(
        label=_("Verified mail domain"),
        max_length=200,
        required=False,
        help_text=_("Only people with a mailbox there sign in its name. Leave it empty until it is verified."),
    )
    part_of = forms.TypedChoiceField(label=_("Part of"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, organization: Organization, wholes: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(organization, name) for name in ("name_en", "name_fr", "kind", "domain")}
        self.initial["part_of"] = organization.part_of_id
        self.wholes = {whole.pk: whole for whole in wholes if whole.pk != organization.pk}
        choices = [("", _("Nothing larger")), *((pk, whole.name) for pk, whole in self.wholes.items())]
        self.fields["part_of"].choices = choices  # type: ignore[attr-defined]

    def whole(self) -> Organization | None:
        """The organization that it is a part of."""
        return self.wholes.get(self.cleaned_data["part_of"])

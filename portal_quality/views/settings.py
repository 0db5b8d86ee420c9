"""Settings of an institution: people and roles, organizations, the policy in words, keys. And the ledger of a case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from people.models import Role
from people.queries import institutions_of
from people.web import attempt, for_roles, person, show
from portal_quality.decide import posted
from portal_quality.doors import case_for, office
from portal_quality.forms.common import ConfirmForm
from portal_quality.forms.settings import OrganizationForm, RoleForm
from workflows import house
from workflows.actions import administering, governing, stopping

READERS = (Role.ADMINISTRATOR, Role.QA_OFFICER, Role.AUDITOR)
settings_room = for_roles(*READERS)
administrators = for_roles(Role.ADMINISTRATOR)
describers = for_roles(Role.ADMINISTRATOR, Role.QA_OFFICER)
PAGE = 100


@for_roles(*READERS, *governing.READERS)
def home(request: HttpRequest) -> HttpResponse:
    """The institutions whose settings this person reads; straight on where there is one.

    Who sits on the committee reads the policy alone.
    """
    institutions = institutions_of(person(request), *READERS)
    rulers = institutions_of(person(request), *governing.READERS)
    if not institutions and rulers:
        return redirect("quality:policy", rulers[0].public_id)
    if len(institutions) == 1:
        return redirect("quality:people", institutions[0].public_id)
    return show(request, "quality/settings.html", {"institutions": institutions})


@settings_room
def people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who holds which role."""
    institution = house.institution_for(person(request), public_id, *READERS)
    page = Paginator(house.people(institution), PAGE).get_page(request.GET.get("page"))
    mine = [one.public_id for one in institutions_of(person(request), Role.ADMINISTRATOR)]
    context = {"institution": institution, "page": page, "may_change": public_id in mine, "room": "people"}
    return show(request, "quality/people.html", context)


@administrators
def give_role(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give somebody a role."""
    user = person(request)
    institution, form = house.institution_for(user, public_id, Role.ADMINISTRATOR), RoleForm(posted(request))
    if request.method == "POST":
        given = attempt(
            form,
            lambda: administering.give_role(institution_id=institution.pk, actor=user, **form.cleaned_data),
        )
        if given is not None:
            messages.success(request, _("%(name)s has the role now.") % {"name": given.user.name})
            return redirect("quality:people", public_id)
    return show(request, "quality/give_role.html", {"institution": institution, "form": form})


@administrators
def end_role(request: HttpRequest, public_id: UUID, key: int) -> HttpResponse:
    """Take a role away."""
    user = person(request)
    institution, form = house.institution_for(user, public_id, Role.ADMINISTRATOR), ConfirmForm(posted(request))
    membership = house.membership(institution, key)
    if request.method == "POST":
        ended = attempt(form, lambda: administering.end_role(membership_id=membership.pk, actor=user))
        if ended is not None:
            messages.success(request, _("The role has ended."))
            return redirect("quality:people", public_id)
    context = {"institution": institution, "membership": membership, "form": form}
    return show(request, "quality/end_role.html", context)


@settings_room
def organizations(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The partners that the institution works with."""
    institution = house.institution_for(person(request), public_id, *READERS)
    mine = institutions_of(person(request), Role.ADMINISTRATOR, Role.QA_OFFICER)
    context = {
        "institution": institution,
        "partners": house.partners(institution),
        "may_change": institution in mine,
        "room": "organizations",
    }
    return show(request, "quality/organizations.html", context)


@describers
def organization(request: HttpRequest, public_id: UUID, partner_id: UUID) -> HttpResponse:
    """Say what one of them is."""
    user = person(request)
    institution = house.institution_for(user, public_id, Role.ADMINISTRATOR, Role.QA_OFFICER)
    partner, wholes = house.partner(institution, partner_id), house.partners(institution)
    form = OrganizationForm(posted(request), organization=partner, wholes=wholes)
    if request.method == "POST":
        described = attempt(form, lambda: _describe(form, partner.pk, institution.pk, request))
        if described is not None:
            messages.success(request, _("The organization is described anew."))
            return redirect("quality:organizations", public_id)
    return show(request, "quality/organization.html", {"institution": institution, "partner": partner, "form": form})


def _describe(form: OrganizationForm, partner: int, institution: int, request: HttpRequest) -> object:
    typed = {name: form.cleaned_data[name] for name in ("kind", "domain", "name_en", "name_fr")}
    return administering.describe_organization(
        organization_id=partner, institution_id=institution, actor=person(request), part_of=form.whole(), **typed
    )


@settings_room
def keys(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The public parts of the signing keys."""
    institution = house.institution_for(person(request), public_id, *READERS)
    context = {"institution": institution, "keys": house.keys(institution), "room": "keys"}
    context["key_events"] = house.key_events(institution)
    context["may_stop"] = stopping.may_stop(person(request), institution)
    return show(request, "quality/keys.html", context)


@office
def ledger(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Walk the ledger of a case, and say whether it is intact."""
    case = case_for(request, public_id)
    return show(request, "quality/ledger.html", {"case": case, "check": house.check_ledger(case.version)})

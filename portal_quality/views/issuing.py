"""The stop switch of issuing: one person stops it at once, another lets it go on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from people.web import attempt, for_roles, person, see_other, show
from portal_quality.decide import posted
from portal_quality.forms.common import ConfirmForm, ReasonForm
from workflows import house
from workflows.actions import stopping

stoppers = for_roles(*stopping.MAY_STOP)


@stoppers
def issuing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How issuing stands, and the one act that is possible."""
    institution = house.institution_for(person(request), public_id, *stopping.MAY_STOP)
    order = house.issuing_stop(institution)
    if order is None:
        return _stop(request, institution.pk, public_id)
    user, form = person(request), ConfirmForm(posted(request))
    if request.method == "POST":
        ended = attempt(form, lambda: stopping.let_issuing_go_on(institution_id=institution.pk, actor=user))
        if ended is not None:
            return see_other(request, _("Issuing goes on."), "quality:issuing", public_id)
    context = {"institution": institution, "form": form, "order": order, "mine": order.ordered_by_id == user.pk}
    context["findings"] = house.badges_not_as_signed(institution)
    return show(request, "quality/issuing.html", context)


def _stop(request: HttpRequest, institution_id: int, public_id: UUID) -> HttpResponse:
    user, form = person(request), ReasonForm(posted(request))
    if request.method == "POST":
        order = attempt(
            form, lambda: stopping.stop_issuing(institution_id=institution_id, actor=user, **form.cleaned_data)
        )
        if order is not None:
            return see_other(request, _("Issuing is stopped."), "quality:issuing", public_id)
    institution = house.institution_for(user, public_id, *stopping.MAY_STOP)
    context = {"institution": institution, "form": form, "order": None}
    context["findings"] = house.badges_not_as_signed(institution)
    return show(request, "quality/issuing.html", context)

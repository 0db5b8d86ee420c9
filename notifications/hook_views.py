"""Webhooks on their pages: name an address, see its secret once, what was sent, send again, end it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications import webhooks
from people.queries import institutions_of
from people.web import attempt, for_roles, person, see_other, show
from workflows.errors import NotYours
from workflows.house import institution_for

managers, readers = for_roles(*webhooks.MANAGERS), for_roles(*webhooks.READERS)


class EndpointForm(forms.Form):
    """Where to, and what."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("It begins with https."),
        error_messages={"required": gettext_lazy("Write the address.")},
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=[(kind, capfirst(words)) for kind, words in webhooks.KINDS.items()],  # type: ignore[type-var]  # lazy words stay lazy
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one kind of event.")},
    )


class ReplayForm(forms.Form):
    """From which event on."""

    first = forms.IntegerField(
        label=gettext_lazy("Send again from event number"),
        min_value=1,
        error_messages={"required": gettext_lazy("Write the number of an event.")},
    )


@require_GET
@readers
def home(request: HttpRequest) -> HttpResponse:
    """Straight on to the first institution that this person manages."""
    places = institutions_of(person(request), *webhooks.READERS)
    if not places:
        raise NotYours
    return redirect("webhooks:list", places[0].public_id)


@require_GET
@readers
def endpoints(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The addresses of an institution."""
    user = person(request)
    context = {
        "institution": institution_for(user, public_id, *webhooks.READERS),
        "endpoints": webhooks.endpoints_of(user, public_id, *webhooks.READERS),
        "may_change": _manages(request, public_id),
    }
    return show(request, "notifications/webhooks.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@managers
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name an address; the answer is the one page that shows its secret."""
    user = person(request)
    institution = institution_for(user, public_id, *webhooks.MANAGERS)
    form = EndpointForm(request.POST if request.method == "POST" else None)
    made = (
        attempt(form, lambda: webhooks.subscribe(actor=user, institution=public_id, **form.cleaned_data))
        if request.method == "POST"
        else None
    )
    if made is None:
        return show(request, "notifications/webhook_add.html", {"form": form, "institution": institution})
    return _secret(request, institution, made)


def _manages(request: HttpRequest, public_id: UUID) -> bool:
    return any(place.public_id == public_id for place in institutions_of(person(request), *webhooks.MANAGERS))


def _secret(request: HttpRequest, institution: Any, made: tuple[Any, str]) -> HttpResponse:
    endpoint, text = made
    context = {"institution": institution, "endpoint": endpoint, "text": text}
    return show(request, "notifications/webhook_secret.html", context)


def _page(request: HttpRequest, public_id: UUID, endpoint_id: UUID, **more: Any) -> HttpResponse:
    endpoint = webhooks.endpoint_for(person(request), public_id, endpoint_id, *webhooks.READERS)
    context = {
        "institution": endpoint.institution,
        "endpoint": endpoint,
        "log": webhooks.log_of(endpoint),
        "may_change": _manages(request, public_id),
    }
    return show(request, "notifications/webhook.html", {**context, "replay": ReplayForm(), **more})


@require_GET
@readers
def endpoint(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """What was sent to an address, and what can be done about it."""
    return _page(request, public_id, endpoint_id)


@never_cache
@require_POST
@managers
def rotate(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """A new secret, shown once."""
    made = webhooks.rotate(actor=person(request), institution=public_id, endpoint=endpoint_id)
    return _secret(request, made[0].institution, made)


@require_POST
@managers
def send_test(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Send an event that says nothing."""
    webhooks.send_test(actor=person(request), institution=public_id, endpoint=endpoint_id)
    return see_other(request, _("A test is on its way."), "webhooks:endpoint", public_id, endpoint_id)


@require_POST
@managers
def replay(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Send events again."""
    form = ReplayForm(request.POST)
    user = person(request)
    count = attempt(
        form,
        lambda: webhooks.replay(
            actor=user, institution=public_id, endpoint=endpoint_id, first=form.cleaned_data["first"]
        ),
    )
    if count is None:
        return _page(request, public_id, endpoint_id, replay=form, form=form)
    said = _("%d events are sent again.") % count
    return see_other(request, said, "webhooks:endpoint", public_id, endpoint_id)


@require_POST
@managers
def end(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Send nothing there any more."""
    webhooks.end(actor=person(request), institution=public_id, endpoint=endpoint_id)
    return see_other(request, _("Nothing is sent there any more."), "webhooks:list", public_id)

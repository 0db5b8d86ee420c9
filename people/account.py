"""The account of whoever is signed in: what it is here for, and the mail addresses that open it."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import mailboxes
from people.queries import roles_in_words
from people.sign_in import keep_language, refuse_too_many
from people.web import attempt, person, see_other, show, signed_in

# What this browser's session keeps while an address waits for its code.
WAITING = "account_address"


class AddressForm(forms.Form):
    """A further address."""

    address = forms.EmailField(
        label=gettext_lazy("Another e-mail address of yours"),
        error_messages={"required": gettext_lazy("Write the address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class DigitsForm(forms.Form):
    """The code that was mailed to it."""

    code = forms.CharField(
        label=gettext_lazy("Code from the mail"),
        max_length=20,
        error_messages={"required": gettext_lazy("Write the six digits of the mail.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    user = person(request)
    context = {
        "further": mailboxes.further_of(user),
        "roles": roles_in_words(user),
        "address_form": AddressForm(),
        **more,
    }
    return show(request, "people/account.html", context)


@require_GET
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Who this is here, and by which addresses."""
    return _page(request)


@require_POST
@signed_in
def add(request: HttpRequest) -> HttpResponse:
    """Mail a code to an address that is to be added."""
    form, browser = AddressForm(request.POST), secrets.token_urlsafe(24)
    if attempt(form, lambda: _asked(request, form.cleaned_data["address"], browser)) is None:
        return _page(request, address_form=form, form=form)
    request.session[WAITING] = {"address": form.cleaned_data["address"].lower(), "browser": browser}
    return see_other(request, "", "account_code")


def _asked(request: HttpRequest, address: str, browser: str) -> bool:
    refuse_too_many(request, address)
    language = (get_language() or "en")[:2]
    mailboxes.ask(person=person(request), address=address, browser=browser, language=language)
    return True


@require_http_methods(["GET", "POST"])
@signed_in
def code(request: HttpRequest) -> HttpResponse:
    """The code proves the address."""
    waiting = request.session.get(WAITING)
    if waiting is None:
        return see_other(request, "", "account")
    form = DigitsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda: _proved(request, waiting, form.cleaned_data["code"])):
        del request.session[WAITING]
        return see_other(request, _("This address opens your account from now on."), "account", anchor="addresses")
    return show(request, "people/account_code.html", {"form": form, "email": waiting["address"]})


def _proved(request: HttpRequest, waiting: dict[str, str], digits: str) -> bool:
    mailboxes.prove(person=person(request), code=digits, **waiting)
    keep_language(request, person(request))
    return True


@require_POST
@signed_in
def main(request: HttpRequest) -> HttpResponse:
    """Messages go to this address from now on."""
    mailboxes.make_main(person=person(request), address=request.POST.get("address", ""))
    return see_other(request, _("Messages go to this address from now on."), "account", anchor="addresses")


@require_POST
@signed_in
def remove(request: HttpRequest) -> HttpResponse:
    """An address opens the account no more."""
    mailboxes.remove(person=person(request), address=request.POST.get("address", ""))
    return see_other(request, _("This address opens your account no more."), "account", anchor="addresses")

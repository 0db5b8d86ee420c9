"""Sign-in by a mailed code: what django-allauth is told about this house.

allauth keeps the flow, the session and the limits; the code itself is one of `people.codes`, the same mechanism that
opens a link's form. What allauth takes for the code is a secret of this browser's session.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people import codes, mailboxes
from people.errors import Refusal
from people.models import Language, OutgoingMail, User

# The action under which allauth counts; links by mail count under the same, so that a mailbox has one budget.
ASKING = "request_login_code"
TOO_MANY = _("Too many codes were asked for. Wait a quarter of an hour, then ask again.")
NOT_RIGHT = _(
    "This is not the code of our last mail, or it has ended. A code lives ten minutes, works once, allows five tries, "
    "and only in the browser that asked for it."
)


class TooMany(Refusal):
    """Asking for codes is limited per mailbox and per address (`promises.md` 5.8)."""

    status = 429
    sentence = TOO_MANY


def refuse_too_many(request: HttpRequest, mailbox: str) -> None:
    """Count one more asking for a code. Raises `TooMany`."""
    if not ratelimit.consume(request, action=ASKING, key=mailbox.lower()):
        raise TooMany


def keep_language(request: HttpRequest, person: User) -> None:
    """Somebody who has just proved the mailbox keeps the language that was chosen in this browser."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in Language.values and chosen != person.language:
        person.language = chosen
        person.save(update_fields=["language"])


class Adapter(DefaultAccountAdapter):
    """Sign-up is closed, mails leave as rows of work, and allauth says nothing in words of its own."""

    error_messages = {  # noqa: RUF012  (allauth's own shape)
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_MANY,
        "incorrect_code": NOT_RIGHT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are entered by an institution or invited by it; nobody signs up."""
        return False

    def generate_login_code(self) -> str:
        """The secret of this browser; the code is made with its mail."""
        return secrets.token_urlsafe(24)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the row that mails a code; the web request sends nothing."""
        if template_prefix != "account/email/login_code":
            raise NotImplementedError(f"allauth asked for a mail that this house does not send: {template_prefix}")
        person = mailboxes.owner(email)
        if person is None:
            raise NotImplementedError("allauth asked for a code for nobody.")
        codes.ask(
            person=person,
            purpose=codes.SIGN_IN,
            browser=context["code"],
            kind=OutgoingMail.Kind.SIGN_IN,
            language=(get_language() or settings.LANGUAGE_CODE)[:2],
            address=email.lower(),
        )

    def add_message(self, request: HttpRequest, level: int, *_template: Any, message: Any = None, **_more: Any) -> None:
        """Only what has a sentence of ours."""
        if message:
            messages.add_message(request, level, message)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in; a language that was chosen on the way stays with the person."""
        keep_language(request, user)
        super().login(request, user)


class MailboxForm(RequestLoginCodeForm):
    """The mail address. The answer is the same whether or not it is known."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        error_messages={"required": _("Write your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class CodeForm(ConfirmLoginCodeForm):
    """The six digits of the mail."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        error_messages={"required": _("Write the six digits of the mail.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def __init__(self, *args: Any, login: Login, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.login = login

    def clean_code(self) -> str:
        """Compare with the mail. An unknown mailbox has none, and the sentence is the same."""
        code: str = self.cleaned_data["code"]
        person = self.login.user
        try:
            if person is None:
                raise codes.NoCode
            codes.prove(person=person, purpose=codes.SIGN_IN, browser=self.expected_code, code=code)
        except Refusal as refused:
            raise forms.ValidationError(NOT_RIGHT) from refused
        return code


def proved_at(request: HttpRequest) -> datetime | None:
    """When the signed-in person last proved the main mailbox in this session, or None.

    A further address opens the account and proves nothing more: what is signed, is signed for the main one's domain.
    """
    main = getattr(request.user, "email", "")
    records = [
        record
        for record in get_authentication_records(request, request.user)
        if record["method"] == "code" and str(record.get("email", "")).lower() == main
    ]
    return datetime.fromtimestamp(records[-1]["at"], tz=UTC) if records else None


def note_proof(request: HttpRequest, user: User) -> None:
    """Keep in the session that this person's mailbox is proved now: for the demo, where mails go nowhere."""
    record_authentication(request, user, method="code", email=user.email)

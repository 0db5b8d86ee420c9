"""Sign in by a code that is sent to the mailbox, and out again: allauth's own views in our look, and no others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from people.queries import person_of, roles_in_words
from people.sign_in import note_proof
from people.web import show


class AskForCode(RequestLoginCodeView):
    """The mail address. The same answer whether or not it is known."""

    def _redirect_to_pending_stage(self, *_pending: Any) -> None:
        """Whoever comes back may have mistyped the address."""

    def render_to_response(self, context: dict[str, Any], **_more: Any) -> HttpResponse:
        """Our page, 422 when something is wrong with the form."""
        return show(self.request, "people/sign_in.html", context)


class GiveCode(ConfirmLoginCodeView):
    """The code of the mail."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form compares the code with what was mailed to this person."""
        return {**super().get_form_kwargs(), "login": self.stage.login}

    def render_to_response(self, context: dict[str, Any], **_more: Any) -> HttpResponse:
        """Our page, 422 when the code was wrong."""
        return show(self.request, "people/sign_in_code.html", context)


sign_in = AskForCode.as_view()
sign_in_code = GiveCode.as_view()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("public:home")


@require_http_methods(["GET", "POST"])
def demo_sign_in(request: HttpRequest, person: UUID) -> HttpResponse:
    """Only in the demo, whose people are invented: say who this is, and sign in as them without a mailbox."""
    user = person_of(person) if settings.DEMO else None
    if user is None:
        raise Http404
    if request.method == "POST":
        logout(request)
        note_proof(request, user)
        get_adapter().login(request, user)
        return redirect("home")
    return show(request, "people/demo_sign_in.html", {"who": user, "roles": roles_in_words(user)})

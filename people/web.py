"""What the views of every portal share: who may enter, and forms that keep what was typed when an act is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise

from people.errors import Refusal
from people.models import User
from people.queries import roles_of

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Answer = TypeVar("Answer", bound=HttpResponseBase)
UNPROCESSABLE = 422


def person(request: HttpRequest) -> User:
    """The signed-in person. Only for views behind `for_roles` or `signed_in`."""
    return cast(User, request.user)


def signed_in(view: Callable[Concatenate[HttpRequest, P], Answer]) -> Callable[Concatenate[HttpRequest, P], Answer]:
    """Let in whoever is signed in; others are asked to sign in first."""
    return login_required(view)


def for_roles(*roles: str) -> Callable[[View[P]], View[P]]:
    """Let in who holds one of these roles somewhere today. For everybody else the page does not exist."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not roles_of(person(request)) & set(roles):
                raise Http404
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done, and the answer is another page."""

    status_code = 303


def see_other(request: HttpRequest, words: str | Promise, to: str, *args: object, anchor: str = "") -> HttpResponse:
    """Answer a post that was done: say what happened, and lead to a named page."""
    if words:
        messages.success(request, str(words))
    return SeeOther(reverse(to, args=args) + (f"#{anchor}" if anchor else ""))


def attempt(form: BaseForm, act: Callable[[], T]) -> T | None:
    """Call one verb for a bound form. A refusal becomes the form's error, so that nothing typed is lost.

    Answers None when the form is not valid or the act was refused; `show` then finds the status in the form.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except Refusal as refusal:
        form.add_error(None, str(refusal.sentence))
        form.refused_with = refusal.status  # type: ignore[attr-defined]
        return None


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page or one of its partials; a bound form with errors makes it 422, or the refusal's own status."""
    form = context.get("form")
    status = 200
    if isinstance(form, BaseForm) and form.is_bound and form.errors:
        status = getattr(form, "refused_with", UNPROCESSABLE)
    return render(request, template, context, status=status)

"""Access tokens on their page: make one, see its text once, end it."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import tokens as store
from people.models import AccessToken
from people.web import attempt, person, see_other, show, signed_in

USUAL_DAYS = 90


class TokenForm(forms.Form):
    """What a new token is for, what it may do, and for how long."""

    label = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        error_messages={"required": gettext_lazy("Say what it is for, so that you know it again.")},
    )
    institution = forms.ChoiceField(label=gettext_lazy("Institution"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(scope, capfirst(words)) for scope, words in store.SCOPES.items()],  # type: ignore[type-var]  # lazy words stay lazy
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing that the token may do.")},
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days until it ends"), min_value=1, max_value=store.LONGEST_DAYS, initial=USUAL_DAYS
    )

    def __init__(self, places: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(place.public_id), place.name) for place in places]


@require_GET
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and for administrators those of others, to be ended."""
    user = person(request)
    context = {"tokens": store.live_of(user), "others": store.seen_by(user), "may_make": store.places_of(user)}
    return show(request, "people/tokens.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def make(request: HttpRequest) -> HttpResponse:
    """Make a token; the answer is the one page that shows its text."""
    user = person(request)
    places = store.places_of(user)
    if not places:
        raise Http404
    form = TokenForm(places, request.POST if request.method == "POST" else None)
    made = attempt(form, lambda: _made(request, form)) if request.method == "POST" else None
    if made is None:
        return show(request, "people/make_token.html", {"form": form})
    token, text = made
    return show(request, "people/token.html", {"token": token, "text": text})


def _made(request: HttpRequest, form: TokenForm) -> tuple[AccessToken, str]:
    typed = form.cleaned_data
    return store.make(person=person(request), **{**typed, "institution": UUID(typed["institution"])})


@require_POST
@signed_in
def end(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token at once."""
    store.end(token_id=token_id, actor=person(request))
    return see_other(request, _("The token opens nothing any more."), "tokens")


@require_GET
@signed_in
def scopes_table(request: HttpRequest) -> HttpResponse:
    """What a token can be made for, as a table."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="scopes.csv"'
    writer = csv.writer(answer)
    writer.writerow([_("Scope"), _("What it may do")])
    writer.writerows([scope, str(words)] for scope, words in store.SCOPES.items())
    return answer

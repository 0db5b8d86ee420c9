"""First screen of whoever is signed in: what waits, what was answered, which statements hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from people.web import person, show, signed_in
from workflows import key_uses, reviews


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """One sentence and one list; below it, what this person has said."""
    reader = person(request)
    context = {
        "waiting": reviews.waiting_letters(reader),
        "conditions": reviews.waiting_conditions(reader),
        "statements": reviews.statements_of(reader),
        "key_events": key_uses.for_partner(reader),
        "answered": reviews.answered_letters(reader),
    }
    return show(request, "employer/home.html", context)

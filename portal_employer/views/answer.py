"""The form and its sisters, one decision each, and what was signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from people.errors import Refusal
from people.web import attempt, show
from portal_employer import drafts
from portal_employer.forms import LEANS_ON_MAIN, MAIN, AnswerForm, QuestionForm, RenewForm
from portal_employer.visits import ENDED, Visit, ended, proved, visiting
from portal_employer.wording import masked, record_of
from workflows import questions, reviews
from workflows.actions import reviewing
from workflows.models import Decision
from workflows.reviews import Link, ReviewLetter

SAVED = "employer/form.html#saved"


@require_http_methods(["GET", "POST"])
@visiting
@proved
def form(request: HttpRequest, visit: Visit) -> HttpResponse:
    """F2 or F4: the questions, then the one button that signs. Leaving it keeps what was typed."""
    letter = reviews.letter_of(visit.seat)
    choice = MAIN[letter.kind]
    if "keep" in request.POST:
        return _keep(request, visit)
    if request.POST.get("go") in questions.CHOICES_OF[letter.kind] and visit.state == Link.OPEN:
        drafts.keep(visit.seat, visit.person, "form", request.POST)
        return redirect("employer:answer", visit.seat.public_id, request.POST["go"])
    if "confirm" in request.POST:
        return _confirm(request, visit, letter)
    return _answer(request, visit, letter, choice)


@require_http_methods(["GET", "POST"])
@visiting
@proved
def other(request: HttpRequest, visit: Visit, choice: str) -> HttpResponse:
    """Any answer but plain support, on a page of its own."""
    letter = reviews.letter_of(visit.seat)
    if choice not in questions.CHOICES_OF[letter.kind] or choice == MAIN[letter.kind]:
        raise Http404
    if "keep" in request.POST:
        return _keep(request, visit)
    return _answer(request, visit, letter, choice)


def _answer(
    request: HttpRequest, visit: Visit, letter: ReviewLetter, choice: str, renew: RenewForm | None = None
) -> HttpResponse:
    """The page of one answer. A renewal that was refused stands on it with what was typed."""
    answer = _form(request, letter, choice, fresh=renew is not None)
    if request.method == "POST" and renew is None and attempt(answer, lambda: _sign(visit, letter, answer)) is not None:
        return redirect("employer:signed", visit.seat.public_id)
    changes = reviews.changes_of(letter)
    context = {
        "form": answer,
        "letter": letter,
        "visit": visit,
        "renew": renew or RenewForm(),
        "renews": _confirmable(letter) and not changes,
        "mailbox": masked(visit.person.email),
        "saved_at": drafts.saved_at(visit.seat),
        "others": [(each, questions.DECISIONS[each]) for each in questions.CHOICES_OF[letter.kind] if each != choice],
        "decision": questions.DECISIONS[choice],
        "differences": changes,
        "earlier": record_of(letter.earlier) if letter.earlier else None,
        "confirmable": _confirmable(letter),
        "new_things": reviews.new_things(letter),
    }
    response = show(request, f"employer/{'form' if answer.main else 'other'}.html", context)
    if renew is not None:
        response.status_code = 422
    return response


def _confirmable(letter: ReviewLetter) -> bool:
    """One step is enough for plain support, unless something is asked about that the earlier answer never saw."""
    earlier = letter.earlier
    return earlier is not None and earlier.choice == MAIN[letter.kind] and not reviews.new_things(letter)


def _page(letter: ReviewLetter, choice: str) -> str:
    return "form" if choice == MAIN[letter.kind] else f"answer/{choice}"


def _form(request: HttpRequest, letter: ReviewLetter, choice: str, *, fresh: bool = False) -> AnswerForm:
    """The form as it was sent, or with what was typed before; name and role are offered."""
    if request.method == "POST" and not fresh:
        return AnswerForm(request.POST, letter=letter, choice=choice)
    person = letter.seat.person
    answer = AnswerForm(letter=letter, choice=choice, initial={"name": person.name, "role": reviews.last_role(person)})
    if not answer.main:
        # What is signed is ticked on the page that signs it.
        drafts.fill(answer, drafts.typed_on(letter.seat, "form"), leave={"statement"})
    drafts.fill(answer, drafts.typed_on(letter.seat, _page(letter, choice)))
    return answer


def _sign(visit: Visit, letter: ReviewLetter, answer: AnswerForm) -> Decision:
    visit.refuse_ended()
    given = answer.given()
    if answer.choice in LEANS_ON_MAIN:
        main = QuestionForm(drafts.typed_on(visit.seat, "form"), letter=letter)
        if not main.is_valid():
            raise Refusal(
                _("Some questions of the form are still open. Go back to the form, answer them, then sign here.")
            )
        given["answers"] = {**main.answers(), **given["answers"]}
    return _tell(visit, letter, **given)


def _tell(visit: Visit, letter: ReviewLetter, **given: Any) -> Decision:
    return reviewing.answer(
        seat_id=visit.seat.pk,
        actor=visit.person,
        questions=questions.as_asked(letter.kind, renewed="changed" in given["answers"]),
        language=get_language()[:2],
        proved_at=visit.proved_at,
        **given,
    )


def _confirm(request: HttpRequest, visit: Visit, letter: ReviewLetter) -> HttpResponse:
    """The earlier answer stands for what changed since: one step."""
    visit.refuse_ended()
    earlier = letter.earlier
    if earlier is None or not _confirmable(letter):
        raise Http404
    renew, answers = None, earlier.answers
    if "months" in request.POST:
        renew = RenewForm(request.POST)
        if not renew.is_valid():
            return _answer(request, visit, letter, MAIN[letter.kind], renew)
        answers = {**earlier.answers, **{name: value for name, value in renew.cleaned_data.items() if value}}
    _tell(
        visit,
        letter,
        choice=earlier.choice,
        reasons=earlier.reasons,
        answers=answers,
        interests=reviews.interests_of(earlier),
        valid_months=int(answers.get("months", 24)),
        signed_name=earlier.signed_name,
        signed_role=earlier.signed_role,
        name_public=earlier.name_public,
    )
    return redirect("employer:signed", visit.seat.public_id)


def _keep(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Keep what was typed: in words for htmx, as a message for a page without scripts."""
    on_the_way = "HX-Request" in request.headers
    if visit.state != Link.OPEN:
        if on_the_way:
            return render(request, SAVED, {"trouble": ENDED[visit.state]}, status=409)
        return ended(request, visit.state, reviews.contact_of(visit.seat.panel.version))
    page = request.path.removeprefix(reverse("employer:seat", args=[visit.seat.public_id]))
    seat = drafts.keep(visit.seat, visit.person, page, request.POST)
    if on_the_way:
        return render(request, SAVED, {"saved_at": drafts.saved_at(seat)})
    messages.success(request, _("What you typed is kept. The same link brings you back to it."))
    return redirect(request.path)


@require_GET
@visiting
@proved
def signed(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What was signed, when, over which document; nobody but the signer sees this page."""
    decision = reviews.answer_in(visit.seat)
    if decision is None or decision.actor_id != visit.person.pk:
        return redirect("employer:seat", visit.seat.public_id)
    context = {
        "decision": decision,
        "record": record_of(decision),
        "statement": reviews.statement_of(decision),
        "conditions": reviews.own_conditions(decision),
        "agreements": reviews.agreements_of(visit.seat),
        "contact": reviews.contact_of(visit.seat.panel.version),
        "visit": visit,
        "mailbox": masked(visit.person.email),
    }
    return show(request, "employer/signed.html", context)

"""Beside the answer: pass the letter on, ask, step back; after it: withdraw, close a condition. One page, one act."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.web import attempt, show
from portal_employer.forms import PassOnForm, StepBackForm, WordsForm
from portal_employer.visits import Visit, proved, visiting
from workflows import reviews
from workflows.actions import community, deciding, reviewing
from workflows.models import Agreement, Condition, Decision, Seat, SeatQuestion, Validation


def _left(request: HttpRequest, visit: Visit, sentence: str) -> HttpResponse:
    """After an act that ends the seat for this person."""
    messages.success(request, sentence)
    return redirect("employer:seat", visit.seat.public_id) if visit.invitation else redirect("employer:home")


@require_http_methods(["GET", "POST"])
@visiting
@proved
def pass_on(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Not me: somebody else of the same organization gets a link, and this one ends."""
    form = PassOnForm(request.POST or None)

    def act() -> Seat:
        visit.refuse_ended()
        given = form.cleaned_data
        return reviewing.pass_on(
            seat_id=visit.seat.pk,
            actor=visit.person,
            name=given["name"],
            email=given["email"],
            language=get_language()[:2],
        )

    if request.method == "POST" and attempt(form, act) is not None:
        name = form.cleaned_data["name"]
        return _left(request, visit, _("Passed on: %(name)s gets a link. Yours has ended.") % {"name": name})
    return show(request, "employer/pass_on.html", {"form": form, "seat": visit.seat})


@require_http_methods(["GET", "POST"])
@visiting
@proved
def ask(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask the institution something before answering."""
    form = WordsForm(request.POST or None, label=_("Your question"))

    def act() -> SeatQuestion:
        visit.refuse_ended()
        return reviewing.ask_question(seat_id=visit.seat.pk, actor=visit.person, text=form.cleaned_data["text"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, _("Your question was sent. The reply comes by mail and stands here."))
        return redirect("employer:ask", visit.seat.public_id)
    context = {
        "form": form,
        "seat": visit.seat,
        "asked": reviews.questions_of(visit.seat),
        "contact": reviews.contact_of(visit.seat.panel.version),
    }
    return show(request, "employer/ask.html", context)


@require_http_methods(["GET", "POST"])
@visiting
@proved
def step_back(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Decline to take part, because."""
    form = StepBackForm(request.POST or None, kind=visit.seat.panel.kind)

    def act() -> Seat:
        visit.refuse_ended()
        given = form.cleaned_data
        reason = f"{given['reason']}: {given['more']}" if given["more"] else given["reason"]
        return reviewing.recuse(seat_id=visit.seat.pk, actor=visit.person, reason=reason)

    if request.method == "POST" and attempt(form, act) is not None:
        return _left(request, visit, _("You stepped back. The institution is told, with your reason."))
    return show(request, "employer/step_back.html", {"form": form, "seat": visit.seat})


def _own_answer(visit: Visit) -> Decision:
    """What this visitor signed in the seat; a page of what follows exists for nobody else."""
    decision = reviews.answer_in(visit.seat)
    if decision is None or decision.actor_id != visit.person.pk:
        raise Http404
    return decision


@require_http_methods(["GET", "POST"])
@visiting
@proved
def close_condition(request: HttpRequest, visit: Visit, condition_id: UUID) -> HttpResponse:
    """Whoever set a condition with an answer says that it is kept; until then the answer still waits for it."""
    condition = reviews.own_condition(_own_answer(visit), condition_id)
    form = WordsForm(request.POST or None, label=_("What shows that it is kept"))

    def act() -> Condition:
        proof = form.cleaned_data["text"]
        return deciding.close_condition(condition_id=condition.pk, actor=visit.person, proof=proof)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, _("Your condition is closed."))
        return redirect("employer:signed", visit.seat.public_id)
    if not form.is_bound:
        form.initial["text"] = condition.proof
    return show(request, "employer/condition.html", {"form": form, "seat": visit.seat, "condition": condition})


@require_http_methods(["GET", "POST"])
@visiting
@proved
def leave_agreement(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A community takes its agreement back, with a reason. Learners keep their awards."""
    _own_answer(visit)
    agreements = reviews.agreements_of(visit.seat)
    if not agreements:
        raise Http404
    form = WordsForm(request.POST or None, label=_("Why your community withdraws it"))

    def act() -> list[Agreement]:
        reason = form.cleaned_data["text"]
        return [
            community.withdraw_agreement(agreement_id=agreement.pk, actor=visit.person, reason=reason)
            for agreement in agreements
        ]

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, _("Your community's agreement is withdrawn as of now."))
        return redirect("employer:signed", visit.seat.public_id)
    return show(request, "employer/leave_agreement.html", {"form": form, "seat": visit.seat})


@require_http_methods(["GET", "POST"])
@visiting
@proved
def withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take a statement back, with a reason. Badges that were earned stay valid."""
    statement = reviews.statement_of(_own_answer(visit))
    if statement is None:
        raise Http404
    form = WordsForm(request.POST or None, label=_("Why you withdraw it"))

    def act() -> Validation:
        reason = form.cleaned_data["text"]
        return reviewing.withdraw_validation(validation_id=statement.pk, actor=visit.person, reason=reason)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, _("Your statement is withdrawn as of now."))
        return redirect("employer:signed", visit.seat.public_id)
    return show(request, "employer/withdraw.html", {"form": form, "seat": visit.seat, "statement": statement})

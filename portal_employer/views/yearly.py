"""Once a year: are these skills still in demand? One page, one button; opening the link answers nothing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from people import invitations
from people.web import attempt, show
from portal_employer.forms import NoLongerForm
from portal_employer.visits import hidden, speak
from workflows import reviews
from workflows.actions import standing_by
from workflows.dossier import Dossier
from workflows.models import DemandQuestion

GONE = _("This link's time has passed. Nobody answered for you; your signed statement stands as it was.")


def page(request: HttpRequest, question: DemandQuestion, token: str, form: NoLongerForm | None = None) -> HttpResponse:
    """What was said a year ago, and the question; or what was answered."""
    decision = question.validation.decision
    context = {
        "question": question,
        "token": token,
        "form": form or NoLongerForm(),
        "open": reviews.yearly_is_open(question),
        "gone": GONE,
        "content": Dossier.model_validate(decision.snapshot.content if decision.snapshot else {}),
        "version": question.validation.version,
        "contact": reviews.contact_of(question.validation.version),
    }
    return show(request, "employer/yearly.html", context)


@require_POST
@hidden
def still(request: HttpRequest, token: str) -> HttpResponse:
    """Yes, or no and why. A second press finds the answer given."""
    invitation = invitations.find(token)
    question = reviews.yearly_of(invitation) if invitation is not None else None
    if invitation is None or question is None:
        raise Http404
    speak(request, invitation.person)
    yes = request.POST.get("still") == "yes"
    form = NoLongerForm({"words": ""} if yes else request.POST, yes=yes)
    given = attempt(
        form,
        lambda: standing_by.answer_yearly(
            question_id=question.pk,
            actor=invitation.person,
            still=yes,
            words=form.cleaned_data["words"],
            language=get_language()[:2],
        ),
    )
    if given is None:
        return page(request, question, token, form)
    return redirect("employer:letter", token)

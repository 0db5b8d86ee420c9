"""A member is away: one seat is delegated, or all of them for some days."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from people.web import attempt, person, see_other, show
from portal_quality.decide import Prospect, decide, knock, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.standing_in import AwayForm, DelegateForm
from workflows import lookups, queries
from workflows import standing_in as asked
from workflows.actions import standing_in
from workflows.models import Seat
from workflows.possible import refuse

DELEGATE = Prospect(
    act="delegate",
    title=gettext_lazy("Let somebody stand in"),
    button=gettext_lazy("Let this person stand in"),
    happens=(
        gettext_lazy("The seat is the other person's until that day, with the same duties; then it comes back to you."),
        gettext_lazy("What you have typed is not passed on. The day on which the seat is due stays."),
    ),
    told=gettext_lazy("The person who stands in."),
    undo=gettext_lazy("Yes: take it back while it is not answered."),
    done=gettext_lazy("The seat is passed on for these days."),
)


@office
def delegate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One seat, until a day."""
    case, user = case_for(request, public_id), person(request)
    knock(request, lambda: refuse(case, user, "delegate"))
    seat = queries.committee_seat(user, case.version)
    form = DelegateForm(posted(request), seat=seat)

    def act(_expected: int) -> Seat:
        until = form.cleaned_data["until"]
        return standing_in.delegate_seat(seat_id=seat.pk, actor=user, person=form.chosen(), until=until)

    return decide(request, case, DELEGATE, form, act, onward=reverse("quality:home"))


@office
def away(request: HttpRequest) -> HttpResponse:
    """Say that one is away, and see what was said and which seats others hold meanwhile."""
    user = person(request)
    form = AwayForm(posted(request), person=user)

    def act() -> object:
        given = form.cleaned_data
        return standing_in.be_away(
            actor=user, starts_on=given["starts_on"], ends_on=given["ends_on"], stand_in=form.chosen()
        )

    if request.method == "POST" and attempt(form, act) is not None:
        return see_other(request, _("It is noted. Your seats go over on the first day."), "quality:away")
    context = {"form": form, "absence": asked.absence_of(user), "lent": queries.lent_seats(user)}
    return show(request, "quality/away.html", context)


@require_POST
@office
def back(request: HttpRequest) -> HttpResponse:
    """Back again: what is still open comes back at once."""
    standing_in.be_back(actor=person(request))
    return see_other(request, _("You are back, and so are the seats that are still open."), "quality:away")


@require_POST
@office
def give_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A stand-in gives a seat back, or its owner takes it back."""
    standing_in.give_back(seat_id=lookups.seat(public_id).pk, actor=person(request))
    return see_other(request, _("The seat is with its owner again."), "quality:home")

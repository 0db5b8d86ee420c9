"""The committee: vote, step back, carry out what the votes say, read the letter."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from people.web import person, show
from portal_quality import offers
from portal_quality.decide import decide, knock, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.common import section_name
from portal_quality.forms.gates import OutcomeForm, RecuseForm, VoteForm
from portal_quality.outcomes import HAPPENS
from portal_quality.prospects import course as prospects
from workflows import letters, notes, proceedings, queries
from workflows.actions import gates, reviewing
from workflows.models import Decision, Seat, Version
from workflows.possible import refuse


@office
def vote(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """F6: the vote of one member. What is typed can be kept for later."""
    case = case_for(request, public_id)
    knock(request, lambda: refuse(case, person(request), "vote"))
    seat = queries.committee_seat(person(request), case.version)
    form = VoteForm(posted(request), seat=seat, strip=case.strip, initial=seat.draft)
    if request.method == "POST" and "keep" in request.POST:
        reviewing.keep_draft(seat_id=seat.pk, actor=person(request), draft=form.draft())
        messages.success(request, _("Your answers are kept. Nothing is decided yet."))
        return redirect(request.path)

    def act(_expected: int) -> Decision:
        return reviewing.answer(
            seat_id=seat.pk,
            actor=person(request),
            choice=form.cleaned_data["choice"],
            reasons=form.cleaned_data["reasons"],
            answers=form.answers(),
            questions=form.questions(),
            language=request.LANGUAGE_CODE,
        )

    return decide(request, case, prospects.VOTE, form, act, template="quality/vote.html", seat=seat)


@office
def recuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step back from one's seat, with a reason class."""
    case, form = case_for(request, public_id), RecuseForm(posted(request))
    knock(request, lambda: refuse(case, person(request), "recuse"))
    seat = queries.committee_seat(person(request), case.version)

    def act(_expected: int) -> Seat:
        return reviewing.recuse(seat_id=seat.pk, actor=person(request), reason=form.reason())

    return decide(request, case, prospects.RECUSE, form, act)


@office
def close_committee(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T10 to T10c, T15 to T17: carry out what the votes say. Nobody can choose another outcome."""
    case = case_for(request, public_id)
    knock(request, lambda: refuse(case, person(request), "close_committee"))
    tally = proceedings.tally(case)
    kind = tally.round.panel.kind
    kept = {section_name(facet): text for facet, text in notes.kept_back(tally.round.panel).items()}
    form = OutcomeForm(posted(request), version=case.version, outcome=tally.outcome, kind=kind, initial=kept)

    def act(expected: int) -> Version:
        return gates.close_committee(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            conditions=form.set_conditions(),
            requests=form.requests(),
            to_draft=bool(form.cleaned_data["to_draft"]),
            letter=form.cleaned_data["letter"],
            new_due_in_days=form.cleaned_data["new_due_in_days"],
        )

    blocked = offers.stands_in_the_way(case) if tally.goes_on else []
    prospect = replace(prospects.CLOSE_COMMITTEE, happens=HAPPENS[kind, tally.outcome], bad=tally.outcome == "reject")
    onward = reverse("quality:last_letter", args=[public_id])
    return decide(
        request, case, prospect, form, act, onward=onward, template="quality/outcome.html", tally=tally, blocked=blocked
    )


@office
def letter(request: HttpRequest, public_id: UUID, sequence: int) -> HttpResponse:
    """The letter of one decision, as the proposer gets it."""
    case = case_for(request, public_id)
    return show(request, "quality/letter.html", {"case": case, "letter": letters.letter(case.version, sequence)})


@office
def last_letter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """On to the newest letter of a case, or to the case when it has none."""
    case = case_for(request, public_id)
    sequence = letters.last_letter(case.version)
    if sequence is None:
        return redirect("quality:version", public_id)
    return redirect("quality:letter", public_id, sequence)

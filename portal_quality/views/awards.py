"""Runs of learners: the roster and its signature, and the awards of a cohort."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from people.web import attempt, person, show
from portal_quality.decide import decide, knock, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.awards import AwardForm
from portal_quality.forms.common import ConfirmForm
from portal_quality.prospects import badges as prospects
from workflows import lookups, runs
from workflows.actions import awarding, piloting
from workflows.models import Cohort
from workflows.possible import passes, refuse_on_awards, refuse_on_roster


@office
def cohort(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One run: dates, roster, assessors, and what this person may do about it."""
    run, user = lookups.cohort(public_id), person(request)
    case = case_for(request, run.version.public_id)
    context = {
        "case": case,
        "cohort": run,
        "results": runs.results(run, user),
        "assessors": runs.assessors(run),
        "may_sign": passes(lambda: refuse_on_roster(case, user, run)),
        "may_award": passes(lambda: refuse_on_awards(case)),
    }
    return show(request, "quality/cohort.html", context)


@office
def sign_roster(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A second person signs the roster."""
    run, user = lookups.cohort(public_id), person(request)
    case, form = case_for(request, run.version.public_id), ConfirmForm(posted(request))

    def act(_expected: int) -> Cohort:
        return piloting.sign_off_roster(cohort_id=run.pk, actor=user)

    def gate() -> None:
        refuse_on_roster(case, user, run)

    results = runs.results(run, user)
    return decide(
        request, case, prospects.SIGN_ROSTER, form, act, gate=gate, template="quality/roster.html", cohort=run,
        results=results,
    )  # fmt: skip


@office
def award(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A9 for the chosen learners of a cohort. A refusal of one holds up nobody else, and says why."""
    run, user = lookups.cohort(public_id), person(request)
    case = case_for(request, run.version.public_id)
    knock(request, lambda: refuse_on_awards(case))
    results = runs.results(run, user)
    form = AwardForm(posted(request), results=results)
    if request.method == "POST":
        batch = attempt(form, lambda: awarding.award_chosen(cohort_id=run.pk, actor=user, chosen=form.chosen()))
        if batch is not None:
            number = len(batch.badges)
            if number:
                messages.success(request, ngettext("%d badge awarded.", "%d badges awarded.", number) % number)
            for enrolment, refusal in batch.refused:
                messages.error(request, f"{enrolment.roster_name}: {refusal.sentence}")
            return redirect(request.path)
    context = {"case": case, "cohort": run, "form": form, "results": results, "prospect": prospects.AWARD}
    return show(request, "quality/award.html", context)

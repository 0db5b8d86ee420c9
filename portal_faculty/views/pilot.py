"""Cohorts: planning them, their rosters, who assesses, what they showed, and recommending results."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.web import attempt, person, see_other, show
from portal_faculty.consent import consent_text
from portal_faculty.doors import MOST_READ, expected, faculty, own_case, own_version
from portal_faculty.forms import ConfirmForm
from portal_faculty.pilot_forms import (
    AssessorForm,
    CohortForm,
    EmployerForm,
    RecommendForm,
    ReportForm,
    RosterForm,
    StaffForm,
)
from workflows import queries, running
from workflows.actions import assessing, evaluating, piloting, rosters
from workflows.dossier import Dossier
from workflows.errors import NotYours, WrongRows
from workflows.models import Cohort
from workflows.roster import Preview
from workflows.waiting import title_of


@faculty
def pilot(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All cohorts of a version, with their learners."""
    return _pilot(request, public_id, None)


def _pilot(request: HttpRequest, public_id: UUID, form: RecommendForm | None) -> HttpResponse:
    case = own_case(request, public_id, "design")
    runs = running.runs(case.version)
    context = {
        "case": case,
        "runs": runs,
        "plans": case.version.stage in piloting.COHORT_STAGES,
        "answers": running.answers(case.version),
        "results": running.results(case.version),
        "recommend": form or RecommendForm(None, runs=runs),
        "form": form,
    }
    return show(request, "faculty/pilot.html", context)


@faculty
def recommend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A7 for several results at once: all of the chosen ones, or none."""
    version = own_version(request, public_id, "design")
    if request.method != "POST":
        raise Http404
    form, actor = RecommendForm(request.POST, runs=running.runs(version)), person(request)

    @transaction.atomic
    def act() -> list[Any]:
        return [assessing.recommend(enrolment_id=pk, actor=actor) for pk in form.cleaned_data["learners"]]

    done = attempt(form, act)
    if done is None:
        return _pilot(request, public_id, form)
    words = ngettext("%d result is recommended.", "%d results are recommended.", len(done)) % len(done)
    return see_other(request, words, "faculty:pilot", public_id)


@faculty
def cohort(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Plan a run of learners."""
    version = own_version(request, public_id, "design")
    text = consent_text(version)
    rule = Dossier.model_validate(version.content).pilot.stop_rule.said(version.language)
    initial = {"stop_rule": rule, "consent_en": text["en"], "consent_fr": text["fr"]}
    form = CohortForm(request.POST if request.method == "POST" else None, initial=initial)
    made = attempt(form, lambda: _plan(request, version.pk, form.cleaned_data))
    if made is not None:
        return see_other(request, _("The cohort is planned. Next comes its roster."), "faculty:roster", made.public_id)
    return show(request, "faculty/cohort.html", {"version": version, "heading": title_of(version), "form": form})


def _plan(request: HttpRequest, version_id: int, typed: dict[str, Any]) -> Cohort:
    consent = {"en": typed["consent_en"], "fr": typed["consent_fr"]}
    return piloting.make_cohort(
        version_id=version_id,
        actor=person(request),
        name=typed["name"],
        starts_on=typed["starts_on"],
        ends_on=typed["ends_on"],
        stop_rule=typed["stop_rule"],
        consent=consent,
    )


def _cohort(request: HttpRequest, public_id: UUID) -> Cohort:
    """A cohort whose version this person leads. Raises `NotYours`."""
    found = queries.cohort_for(person(request), public_id)
    if "design" not in queries.grants_of(person(request), found.version):
        raise NotYours
    return found


@faculty
def roster(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file, then what it would enter and what is wrong in it, then the invitations."""
    cohort_ = _cohort(request, public_id)
    kept = _kept(request.POST.get("kept", ""))
    if kept is not None:
        return _enter(request, cohort_, kept)
    form = RosterForm(request.POST if request.method == "POST" else None, request.FILES or None)
    context: dict[str, Any] = {"cohort": cohort_, "heading": title_of(cohort_.version), "form": form}
    if form.is_valid():
        data = form.cleaned_data["file"].read(MOST_READ)
        actor = person(request)
        preview = attempt(form, lambda: rosters.preview_roster(cohort_id=cohort_.pk, actor=actor, data=data))
        context |= _previewed(form, preview, data)
    return show(request, "faculty/roster.html", context)


def _previewed(form: RosterForm, preview: Preview | None, data: bytes) -> dict[str, Any]:
    """What the page shows of a read file. One that is no roster at all is the form's error."""
    if preview is not None and preview.unreadable:
        form.add_error("file", str(preview.faults[0].sentence))
        return {}
    return {"preview": preview, "kept": base64.b64encode(data).decode()}


def _kept(text: str) -> bytes | None:
    """The file that was shown, as the page carries it."""
    try:
        return base64.b64decode(text, validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _enter(request: HttpRequest, cohort_: Cohort, data: bytes) -> HttpResponse:
    form, actor = ConfirmForm(request.POST), person(request)
    leave_out = request.POST.get("act") == "leave_out"
    context: dict[str, Any] = {"cohort": cohort_, "heading": title_of(cohort_.version), "form": form}

    def act() -> list[Any]:
        try:
            return rosters.enter_file(cohort_id=cohort_.pk, actor=actor, data=data, leave_out_wrong=leave_out)
        except WrongRows as wrong:
            context["preview"] = wrong.preview
            raise

    entered = attempt(form, act)
    if entered is None:
        return show(request, "faculty/roster.html", {**context, "kept": base64.b64encode(data).decode()})
    words = ngettext("%d learner is invited.", "%d learners are invited.", len(entered)) % len(entered)
    return see_other(request, words, "faculty:pilot", cohort_.version.public_id)


@faculty
def assessor(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who assesses and who moderates in a cohort."""
    cohort_ = _cohort(request, public_id)
    form = AssessorForm(request.POST if request.method == "POST" else None, cohort=cohort_)
    named = attempt(
        form,
        lambda: piloting.name_assessor(
            cohort_id=cohort_.pk,
            actor=person(request),
            person=form.people[form.cleaned_data["person"]],
            qualification=form.cleaned_data["qualification"],
            moderator=form.cleaned_data["moderator"],
        ),
    )
    if named is not None:
        return see_other(request, _("%s is named.") % named.person, "faculty:assessor", public_id)
    rows = cohort_.assessors.select_related("person").order_by("moderator", "pk")
    context = {"cohort": cohort_, "heading": title_of(cohort_.version), "form": form, "rows": rows}
    return show(request, "faculty/assessor.html", context)


@faculty
def evaluation(request: HttpRequest, public_id: UUID, audience: str) -> HttpResponse:
    """F5: an employer's view, or what the institution knows. Learners answer themselves."""
    kinds = {"employer": EmployerForm, "staff": StaffForm}
    if audience not in kinds:
        raise Http404
    version = own_version(request, public_id, "design")
    form = kinds[audience](request.POST if request.method == "POST" else None)
    kept = attempt(
        form,
        lambda: evaluating.answer_pilot(
            version_id=version.pk, actor=person(request), audience=audience, answers=form.cleaned_data
        ),
    )
    if kept is not None:
        return see_other(request, _("The answer is kept."), "faculty:pilot", public_id)
    context = {"version": version, "heading": title_of(version), "form": form, "audience": audience}
    return show(request, "faculty/evaluation.html", context)


@faculty
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T12: all assessments are closed."""
    case = own_case(request, public_id, "design")
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    closed = attempt(
        form,
        lambda: evaluating.close_pilot(version_id=case.version.pk, actor=person(request), expected=expected(request)),
    )
    if closed is not None:
        return see_other(request, _("The pilot is closed. Next comes the report."), "faculty:report", public_id)
    return show(request, "faculty/close.html", {"case": case, "form": form, "results": running.results(case.version)})


@faculty
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T14: each target met or its miss explained; the committee decides for good."""
    case = own_case(request, public_id, "design")
    form = ReportForm(request.POST if request.method == "POST" else None, version=case.version)
    panel = attempt(
        form,
        lambda: evaluating.report(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected(request),
            measures=form.results,
            committee=form.places,
        ),
    )
    if panel is not None:
        return see_other(request, _("The pilot is reported. The committee is asked."), "faculty:version", public_id)
    context = {
        "case": case,
        "form": form,
        "results": running.results(case.version),
        "answers": running.answers(case.version),
    }
    return show(request, "faculty/report.html", context)

"""The learners' work: what waits, taking it, scoring by the rubric, moderating, ending a course; and design checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from people.web import attempt, person, see_other, show
from portal_faculty.doors import assessors
from portal_faculty.forms import ConfirmForm, FailForm, ModerateForm
from portal_faculty.scoring import ScoreForm
from workflows import bench
from workflows.actions import assessing as verbs
from workflows.actions import deciding, evidencing
from workflows.bench import Work
from workflows.outline import outline
from workflows.waiting import title_of

SIGNED = ("competencies", "assessment", "rubric", "evidence")


@assessors
def assessing(request: HttpRequest) -> HttpResponse:
    """What waits for this assessor or moderator."""
    return show(request, "faculty/assessing.html", {"tasks": bench.tasks(person(request))})


def _open(request: HttpRequest, public_id: UUID, act: str = "") -> Work:
    """One learner's work; a page of an act that is not open is not there."""
    work = bench.work_for(person(request), public_id)
    if act and request.method != "POST" and not work.may(act, person(request)):
        raise Http404
    return work


@assessors
def work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The evidence, what stands so far, and what this person may do with it."""
    return _work(request, _open(request, public_id), None)


def _work(request: HttpRequest, work_: Work, form: forms.Form | None) -> HttpResponse:
    acts = {act: work_.may(act, person(request)) for act in ("take", "score", "moderate", "fail", "conflict")}
    return show(request, "faculty/work.html", {"work": work_, "acts": acts, "form": form})


def _at_once(request: HttpRequest, public_id: UUID, act: Callable[[Work], object], words: str) -> HttpResponse:
    """An act that is one button on the page of the work."""
    if request.method != "POST":
        raise Http404
    work_, form = _open(request, public_id), ConfirmForm(request.POST)
    if attempt(form, lambda: act(work_)) is not None:
        return see_other(request, words, "faculty:work", public_id)
    return _work(request, work_, form)


@assessors
def take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A3."""
    actor = person(request)
    words = _("The work is yours to assess.")
    return _at_once(request, public_id, lambda row: verbs.take(enrolment_id=row.enrolment.pk, actor=actor), words)


@assessors
def conflict(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step back from one learner's work."""
    actor, words = person(request), _("You stepped back from this work. Somebody else looks at it.")

    def act(row: Work) -> object:
        return verbs.declare_conflict(enrolment_id=row.enrolment.pk, actor=actor)

    return _at_once(request, public_id, act, words)


@assessors
def score(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A4 and A5: levels and comments; the result is shown first, and kept by a second button."""
    work_ = _open(request, public_id, "score")
    form = ScoreForm(request.POST if request.method == "POST" else None, work=work_)
    context: dict[str, Any] = {"work": work_, "form": form}
    if request.POST.get("act") == "keep":
        actor = person(request)
        kept = attempt(form, lambda: verbs.score(enrolment_id=work_.enrolment.pk, actor=actor, scores=form.scores))
        if kept is not None:
            words = _("The scores are kept: competent.") if kept.passed else _("The scores are kept: not yet.")
            return see_other(request, words, "faculty:work", public_id)
    elif request.method == "POST" and form.is_valid():
        context["result"] = form.result
    return show(request, "faculty/score.html", context)


@assessors
def moderate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A6: confirm the scores, or send the work back to be scored again."""
    work_ = _open(request, public_id, "moderate")
    form = ModerateForm(request.POST if request.method == "POST" else None)
    done = attempt(
        form,
        lambda: verbs.moderate(
            enrolment_id=work_.enrolment.pk,
            actor=person(request),
            confirm=form.cleaned_data["confirm"] == "yes",
            note=form.cleaned_data["note"],
        ),
    )
    if done is not None:
        return see_other(request, _("Your moderation is kept."), "faculty:assessing")
    return show(request, "faculty/moderate.html", {"work": work_, "form": form})


@assessors
def fail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A10, first person: say why the course ends; a moderator confirms."""
    work_ = _open(request, public_id, "fail")
    form = FailForm(request.POST if request.method == "POST" else None)
    done = attempt(
        form, lambda: verbs.fail(enrolment_id=work_.enrolment.pk, actor=person(request), **form.cleaned_data)
    )
    if done is not None:
        return see_other(request, _("Your reasons are kept. A moderator confirms them."), "faculty:assessing")
    return show(request, "faculty/fail.html", {"work": work_, "form": form})


@assessors
def evidence(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    """The content of one item; reading it is on record."""
    work_ = _open(request, public_id)
    found = next((row.item for row in work_.evidence if row.item.public_id == item), None)
    if found is None:
        raise Http404
    data = evidencing.read(item_id=found.pk, actor=person(request))
    response = HttpResponse(data, content_type=found.media_type or "text/plain; charset=utf-8")
    disposition = content_disposition_header(as_attachment=False, filename=found.file_name or "note.txt")
    response.headers["Content-Disposition"] = disposition or "inline"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@assessors
def withhold(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    """Hold back an item that shows another person."""
    actor, words = person(request), _("The item is held back. It is never shown outside.")

    def act(row: Work) -> object:
        found = next((shown.item for shown in row.evidence if shown.item.public_id == item), None)
        if found is None:
            raise Http404
        return evidencing.withhold(item_id=found.pk, actor=actor)

    return _at_once(request, public_id, act, words)


@assessors
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A moderator who did not write signs that tasks and rubric were checked before use (guard of T7)."""
    version = bench.design_for(person(request), public_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    signed = attempt(form, lambda: deciding.sign_moderation(version_id=version.pk, actor=person(request)))
    if signed is not None:
        return see_other(request, _("Signed: tasks and rubric were checked before use."), "faculty:assessing")
    sections = [section for section in outline(version.content) if section.facet in SIGNED]
    context = {"version": version, "heading": title_of(version), "sections": sections, "form": form}
    return show(request, "faculty/sign.html", context)

"""A course from the invitation to the result: enrol, hand in evidence, say what the pilot was like, leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials.picture import picture_of, svg
from people.web import attempt, person, see_other, show, signed_in
from portal_learner.forms import ConfirmForm, ConsentForm, EnrolForm, EvaluationForm, EvidenceForm
from workflows import own_course
from workflows.actions import evaluating, evidencing, learning, stating
from workflows.models import EvidenceItem, Visibility
from workflows.own_course import Course


def own(request: HttpRequest, public_id: UUID) -> Course:
    """A course of this learner; for everybody else there is none."""
    return own_course.course_of(person(request), public_id)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to; a post without any field is a post all the same."""
    return request.POST if request.method == "POST" else None


def posted(request: HttpRequest, form: BaseForm, act: Callable[[], object]) -> bool:
    """True when the form was sent and its verb was done."""
    return request.method == "POST" and attempt(form, act) is not None


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The badges, large; what waits; what else is under way."""
    courses = own_course.courses_of(person(request))
    earned = [course for course in courses if course.badge is not None and course.badge.document is not None]
    context = {
        "waiting": [course for course in courses if course.waits],
        "earned": [(course, _drawn(course)) for course in earned if not course.waits],
        "others": [course for course in courses if not course.waits and course not in earned],
        "courses": courses,
    }
    return show(request, "learner/home.html", context)


def _drawn(course: Course) -> str:
    assert course.badge is not None
    picture = picture_of(dict(course.badge.document or course.badge.plan), sample=bool(settings.DEMO))
    return svg(picture, ident=f"badge-{course.badge.pk}")


@require_GET
@signed_in
def course(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the course stands, the last result, what was handed in."""
    found = own(request, public_id)
    return show(request, "learner/course.html", {"course": found, "read": own_course.who_read(person(request), found)})


@require_http_methods(["GET", "POST"])
@signed_in
def enrol(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A1, with consent 1: what is stored, where, who sees it, how long."""
    found = own(request, public_id)
    if found.waits != "enrol":
        return see_other(request, "", "learner:enrolment", public_id)
    form = EnrolForm(sent(request))
    if posted(
        request,
        form,
        lambda: learning.enrol(enrolment_id=found.enrolment.pk, actor=person(request), consent=True),
    ):
        return see_other(request, _("You are enrolled. Next you hand in evidence."), "learner:enrolment", public_id)
    return show(request, "learner/enrol.html", {"course": found, "form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def evidence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A2: hand in evidence for the open tasks."""
    found = own(request, public_id)
    if found.waits != "submit" or found.opens_on is not None:
        return see_other(request, "", "learner:enrolment", public_id)
    first = not found.enrolment.attempts.exists()
    form = EvidenceForm(
        sent(request),
        request.FILES if request.method == "POST" else None,
        tasks=found.open_tasks,
        prior_learning=first and found.dossier.pathways.prior_learning_route,
    )
    if posted(request, form, lambda: _hand_in(request, found, form)):
        words = _("Your evidence is handed in. You are told when the result stands.")
        return see_other(request, words, "learner:enrolment", public_id)
    return show(request, "learner/evidence.html", {"course": found, "form": form})


def _hand_in(request: HttpRequest, found: Course, form: EvidenceForm) -> object:
    return learning.submit_evidence(
        enrolment_id=found.enrolment.pk,
        actor=person(request),
        items=form.items(),
        own_work=form.cleaned_data["own_work"],
        prior_learning=form.cleaned_data.get("prior_learning", False),
    )


@require_http_methods(["GET", "POST"])
@signed_in
def evaluation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """F5: what the pilot was like for the learner."""
    found = own(request, public_id)
    if not found.may_evaluate:
        raise Http404
    form = EvaluationForm(sent(request))
    if posted(
        request,
        form,
        lambda: evaluating.answer_pilot(
            version_id=found.version.pk, actor=person(request), audience="learner", answers=form.cleaned_data
        ),
    ):
        return see_other(request, _("Thank you. The committee reads your view."), "learner:enrolment", public_id)
    return show(request, "learner/evaluation.html", {"course": found, "form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A11, on a page that says what it means."""
    found = own(request, public_id)
    if not found.may_leave:
        raise Http404
    form = ConfirmForm(sent(request))
    if posted(request, form, lambda: learning.leave(enrolment_id=found.enrolment.pk, actor=person(request))):
        return see_other(request, _("You left the course."), "learner:enrolment", public_id)
    return show(request, "learner/leave.html", {"course": found, "form": form})


@require_POST
@signed_in
def statement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A signed statement of the results, as a file (A8)."""
    made = stating.state_results(enrolment_id=own(request, public_id).enrolment.pk, actor=person(request))
    body = json.dumps(made.document, ensure_ascii=False, indent=1)
    return as_file(body.encode(), "statement.json", "application/vc+ld+json")


@require_GET
@signed_in
def item(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """One thing that was handed in, back to who handed it in."""
    found = own(request, public_id)
    shown = next((s.item for s in found.evidence if s.item.public_id == item_id and not s.closed), None)
    if shown is None:
        raise Http404
    data = evidencing.read(item_id=shown.pk, actor=person(request))
    return as_file(data, shown.file_name or "note.txt", shown.media_type)


@require_http_methods(["GET", "POST"])
@signed_in
def consent(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Who outside may see one item: consent names item, circle and end, and can be taken back (`lifecycle.md` 10)."""
    found = own(request, public_id)
    shown = next((s.item for s in found.evidence if s.item.public_id == item_id and not s.closed), None)
    if shown is None or shown.visibility == Visibility.PRIVATE:
        raise Http404
    taken_back = request.POST.get("withdraw", "")
    if taken_back in Visibility.values:
        evidencing.withdraw_consent(item_id=shown.pk, actor=person(request), audience=taken_back)
        return see_other(request, _("Your consent is taken back. Nobody sees it any more."), *_here(found, shown))
    form = ConsentForm(sent(request))
    if posted(request, form, lambda: _agree(request, shown, form)):
        return see_other(request, _("Your consent is kept."), *_here(found, shown))
    live = own_course.consents_of(person(request), shown)
    return show(request, "learner/consent.html", {"course": found, "item": shown, "form": form, "live": live})


def _here(course: Course, item: EvidenceItem) -> tuple[str, UUID, UUID]:
    return "learner:consent", course.enrolment.public_id, item.public_id


def _agree(request: HttpRequest, item: EvidenceItem, form: ConsentForm) -> object:
    audience, ends_on = form.cleaned_data["audience"], form.cleaned_data["ends_on"]
    return evidencing.give_consent(item_id=item.pk, actor=person(request), audience=audience, ends_on=ends_on)


def as_file(data: bytes, name: str, media_type: str) -> HttpResponse:
    """A file to keep; never shown in the page's own place."""
    response = HttpResponse(data, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response

"""A learner challenges a decision about the course or the badge, and follows what becomes of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.web import person, see_other, show, signed_in
from portal_learner.forms import AppealForm
from portal_learner.views.courses import own, posted, sent
from workflows import appeals
from workflows.actions import appealing


@require_http_methods(["GET", "POST"])
@signed_in
def appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What can be challenged, until when; the form; the appeals so far."""
    found, user = own(request, public_id), person(request)
    attacked, filed = appeals.of_learner(found.enrolment), appeals.filed_by(user, enrolment=found.enrolment)
    if attacked is None and not filed:
        raise Http404
    form = AppealForm(sent(request), grounds=appeals.grounds(attacked) if attacked is not None else [])
    if posted(
        request,
        form,
        lambda: appealing.appeal_result(enrolment_id=found.enrolment.pk, actor=user, **form.cleaned_data),
    ):
        words = _("Your appeal is filed. Three people who are new to the case decide it.")
        return see_other(request, words, "learner:appeal", public_id)
    waiting = any(one.decided_at is None for one in filed)
    context = {"course": found, "attacked": attacked, "form": form, "waiting": waiting}
    told = [(one, appeals.words_of(one)) for one in filed]
    return show(request, "learner/appeal.html", {**context, "appeals": told})

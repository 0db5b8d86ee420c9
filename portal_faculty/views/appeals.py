"""A proposer challenges how a rejection came about."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from people.web import attempt, person, see_other, show
from portal_faculty.doors import faculty, own_case
from portal_faculty.forms import AppealForm
from workflows import appeals
from workflows.actions import appealing
from workflows.models import Appeal


@faculty
def appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What can be challenged, until when; the form; the appeals so far."""
    case, user = own_case(request, public_id), person(request)
    attacked, filed = appeals.of_proposer(case.version), appeals.filed_by(user, version=case.version)
    if attacked is None and not filed:
        raise Http404
    form = AppealForm(request.POST if request.method == "POST" else None)

    def file() -> Appeal:
        return appealing.appeal_procedure(version_id=case.version.pk, actor=user, **form.cleaned_data)

    if request.method == "POST" and attempt(form, file) is not None:
        words = _("Your appeal is filed. Three people who are new to the case decide it.")
        return see_other(request, words, "faculty:appeal", public_id)
    waiting = any(one.decided_at is None for one in filed)
    context = {"case": case, "attacked": attacked, "form": form, "waiting": waiting}
    told = [(one, appeals.words_of(one)) for one in filed]
    return show(request, "faculty/appeal.html", {**context, "appeals": told})

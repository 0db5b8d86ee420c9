"""What stands between a draft and the quality office: near micro-credentials, interests, the check, the return."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from people.web import SeeOther, attempt, person, see_other, show
from portal_faculty.doors import expected, faculty, own_case, own_version
from portal_faculty.forms import ConfirmForm, InterestForm, ReplyForm
from workflows import authoring, dossier, queries, reopening
from workflows.actions import proposing
from workflows.differences import SECTIONS
from workflows.models import Version
from workflows.outline import outline
from workflows.stations import Stage
from workflows.waiting import title_of


@faculty
def near(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Micro-credentials of the institution that are near; the proposer says that they were looked at."""
    version = own_version(request, public_id, "submit")
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    seen = attempt(form, lambda: proposing.note_duplicates_seen(version_id=version.pk, actor=person(request)))
    if seen is not None:
        return see_other(request, _("Noted that you looked at them."), "faculty:write", public_id)
    rows = [(row, title_of(row)) for row in queries.near_versions(version)]
    context = {"version": version, "heading": title_of(version), "form": form, "rows": rows}
    return show(request, "faculty/near.html", context)


@faculty
def interests(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the proposer gains by an approval."""
    version = own_version(request, public_id, "submit")
    form = InterestForm(request.POST if request.method == "POST" else None)
    declared = attempt(
        form,
        lambda: proposing.declare_interest(version_id=version.pk, actor=person(request), **form.cleaned_data),
    )
    if declared is not None:
        return see_other(request, _("Your interests are declared."), "faculty:write", public_id)
    earlier = authoring.interests_of(version, person(request))
    context = {"version": version, "heading": title_of(version), "form": form, "earlier": earlier}
    return show(request, "faculty/interests.html", context)


@faculty
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All answers with a way to change each, then the one button that submits (T1)."""
    case = own_case(request, public_id, "submit")
    version = case.version
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    submitted = attempt(
        form, lambda: proposing.submit(version_id=version.pk, actor=person(request), expected=expected(request))
    )
    if submitted is not None:
        words = _("Submitted. The quality office looks at it first; you hear by mail what comes next.")
        return see_other(request, words, "faculty:version", public_id)
    if version.stage != Stage.DRAFT and request.method != "POST":
        return SeeOther(reverse("faculty:version", args=[public_id]))
    return show(request, "faculty/check.html", {"case": case, "form": form, **_checked(version)})


def _checked(version: Version) -> dict[str, Any]:
    before, asked = authoring.last_snapshot(version), authoring.requests_of(version)
    return {
        "version": version,
        "sections": outline(version.content),
        "missing": dossier.missing_answers(version.content),
        "declared": authoring.interests_of(version, version.proposer),
        "asked": asked,
        "unanswered": [row for row in asked if row.answered_at is None],
        "differences": queries.changes_since(before, version.content),
        "before": before,
        "effects": reopening.effects(version),
    }


@faculty
def returned(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was asked in a return, section by section: change it, or reply."""
    version = own_version(request, public_id)
    asked = authoring.requests_of(version)
    forms = {row.pk: ReplyForm(prefix=str(row.pk)) for row in asked}
    if request.method == "POST":
        row = next((row for row in asked if str(row.pk) == request.POST.get("request")), None)
        if row is None:
            raise Http404
        form = forms[row.pk] = ReplyForm(request.POST, prefix=str(row.pk))
        reply = attempt(
            form,
            lambda: proposing.answer_request(request_id=row.pk, actor=person(request), text=form.cleaned_data["text"]),
        )
        if reply is not None:
            return see_other(request, _("Your reply is kept."), "faculty:returned", public_id, anchor="requests")
    submits = "submit" in queries.grants_of(person(request), version)
    return show(
        request, "faculty/returned.html", {**_returned(version, asked, forms), "leads_to": _next(version, submits)}
    )


def _next(version: Version, submits: bool) -> str:
    """The page that goes on after a return was answered."""
    if version.stage != Stage.DRAFT:
        return "faculty:design"
    return "faculty:check" if submits else "faculty:write"


def _returned(version: Version, asked: list[Any], forms: dict[int, ReplyForm]) -> dict[str, Any]:
    before = authoring.last_snapshot(version)
    changes = queries.changes_since(before, version.content)
    rows = [
        (
            row,
            SECTIONS.get(row.facet, row.facet),
            forms[row.pk],
            [change for change in changes if change.facet == row.facet],
        )
        for row in asked
    ]
    return {
        "version": version,
        "heading": title_of(version),
        "rows": rows,
        "open": sum(row.answered_at is None for row in asked),
        "differences": changes,
        "form": next((form for form in forms.values() if form.is_bound), None),
    }

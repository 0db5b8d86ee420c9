"""Matching each competency to a skill of the shared framework, by reading its description, or saying why none fits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from people.web import attempt, person, see_other, show
from portal_faculty.doors import expected, faculty, own_version
from portal_faculty.forms import ConfirmForm, MatchForm, NoMatchForm
from workflows import authoring, matching
from workflows.actions import proposing
from workflows.dossier import Competency, Dossier
from workflows.models import Version
from workflows.waiting import title_of


@faculty
def alignments(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Each competency with its matches."""
    version = own_version(request, public_id)
    return show(request, "faculty/alignments.html", {**_head(version), "rows": matching.matches(version.content)})


@faculty
def competency(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """One competency: its matches, a search, and the way to say that nothing fits."""
    version = own_version(request, public_id)
    words = request.GET.get("q", "")
    context = _found(version, code)
    context |= {
        "words": words,
        "skills": authoring.skills(words),
        "reason": NoMatchForm(),
        "edition": authoring.edition(),
    }
    return show(
        request,
        "faculty/competency.html#found" if "HX-Request" in request.headers else "faculty/competency.html",
        context,
    )


@faculty
def match(request: HttpRequest, public_id: UUID, code: str, skill: int) -> HttpResponse:
    """One skill beside the competency: how close it is, once its description was read in both languages."""
    version = own_version(request, public_id)
    found = authoring.skill(skill)
    if found is None:
        raise Http404
    form = MatchForm(request.POST if request.method == "POST" else None)
    saved = attempt(
        form,
        lambda: _keep(
            request, version, matching.with_match(version.content, code, found, person(request).name, **form.match)
        ),
    )
    if saved is not None:
        return see_other(request, _("The match is kept."), "faculty:alignments", public_id)
    return show(request, "faculty/match.html", {**_found(version, code), "skill": found, "form": form})


@faculty
def no_match(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Say why no skill fits; the committee looks at it at the pilot gate."""
    version = own_version(request, public_id)
    form = NoMatchForm(request.POST if request.method == "POST" else None)
    saved = attempt(
        form,
        lambda: _keep(
            request, version, matching.without_match(version.content, code, person(request).name, form.cleaned_data)
        ),
    )
    if saved is not None:
        return see_other(request, _("Your reason is kept. The committee looks at it."), "faculty:alignments", public_id)
    context = {**_found(version, code), "reason": form, "form": form, "edition": authoring.edition()}
    return show(request, "faculty/competency.html", context)


@faculty
def unmatch(request: HttpRequest, public_id: UUID, code: str, place: int) -> HttpResponse:
    """Take one match away."""
    version = own_version(request, public_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    saved = attempt(form, lambda: _keep(request, version, matching.without(version.content, code, place)))
    if saved is not None:
        return see_other(request, _("Removed."), "faculty:alignments", public_id)
    rows = matching.matches(version.content)
    return show(request, "faculty/alignments.html", {**_head(version), "rows": rows, "form": form})


def _head(version: Version) -> dict[str, Any]:
    return {
        "version": version,
        "heading": title_of(version),
        "open": version.stage in proposing.EDITABLE,
        "requests": [row for row in authoring.requests_of(version) if row.facet == "alignments"],
        "covering": authoring.answers_over(version, "alignments"),
    }


def _found(version: Version, code: str) -> dict[str, Any]:
    wanted: Competency | None = next(
        (item for item in Dossier.model_validate(version.content).competencies if item.code == code), None
    )
    if wanted is None:
        raise Http404
    return {**_head(version), "competency": wanted}


def _keep(request: HttpRequest, version: Version, content: dict[str, Any]) -> Version:
    number = expected(request)
    return proposing.save_content(version_id=version.pk, actor=person(request), expected=number, content=content)

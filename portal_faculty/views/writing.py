"""Starting and writing a proposal: the few first questions, the list of sections, each section."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Role
from people.queries import institutions_of
from people.web import SeeOther, attempt, person, see_other, show
from portal_faculty import fields
from portal_faculty.doors import expected, faculty, own_version
from portal_faculty.forms import StartForm
from portal_faculty.kinds import language
from portal_faculty.sheets import Sheet
from workflows import authoring, differences, dossier, osap, queries
from workflows.actions import proposing
from workflows.differences import SECTIONS
from workflows.dossier import Dossier
from workflows.models import Version
from workflows.progress import progress
from workflows.stations import Stage
from workflows.waiting import title_of

AIDED = {"demand", "workload"}  # sections beside which the fit with student aid is computed


@faculty
def start(request: HttpRequest) -> HttpResponse:
    """A few questions, and the proposal exists as a draft."""
    user = person(request)
    institutions = institutions_of(user, Role.PROPOSER)
    form = StartForm(
        request.POST or None, institutions=institutions, originals=authoring.originals(user), language=language()
    )
    version = attempt(form, lambda: _begin(request, form)) if request.method == "POST" else None
    if version is not None:
        return see_other(request, _("The proposal is begun. Nothing is sent yet."), "faculty:write", version.public_id)
    return show(request, "faculty/start.html", {"form": form, "institutions": institutions})


def _begin(request: HttpRequest, form: StartForm) -> Version:
    typed = form.cleaned_data
    original = form.originals.get(typed.get("original", ""))
    institution = form.institutions[typed["institution"]]
    title = {"en": typed["title_en"], "fr": typed["title_fr"]}
    content = authoring.fresh_content(institution, typed["language"], title, original.content if original else {})
    return proposing.start(
        actor=person(request), institution=institution, code=typed["code"], unit=typed["unit"], content=content
    )


@faculty
def write(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The sections with their states, and what else stands before a submission."""
    version = own_version(request, public_id)
    submits = "submit" in queries.grants_of(person(request), version)
    states = progress(version.content)
    groups = [(group, [(facet, SECTIONS[facet], states[facet]) for facet in group.facets]) for group in fields.GROUPS]
    return show(request, "faculty/write.html", {"groups": groups, "submits": submits, **_before_submit(version)})


def _before_submit(version: Version) -> dict[str, Any]:
    return {
        "version": version,
        "heading": title_of(version),
        "open": version.stage in proposing.EDITABLE,
        "drafted": version.stage == Stage.DRAFT,
        "missing": dossier.missing_answers(version.content),
        "declared": version.interests.filter(person=version.proposer).exists(),
        "requests": [row for row in authoring.requests_of(version) if row.answered_at is None],
    }


@faculty
def section(request: HttpRequest, public_id: UUID, facet: str) -> HttpResponse:
    """One section as one form. A button saves, adds a row, or takes one away; each of them keeps what was typed."""
    if facet not in dossier.FACETS or facet == "alignments":
        raise Http404
    version = own_version(request, public_id)
    if request.method != "POST":
        if version.stage not in proposing.EDITABLE:
            return SeeOther(reverse("faculty:version", args=[public_id]) + f"#facet-{facet}")
        sheet = Sheet(facet, _document(version), adding=request.GET.get("add", ""))
        return show(request, "faculty/section.html", _page(version, sheet))
    act, _sep, path = request.POST.get("act", "save").partition(":")
    sheet = Sheet(
        facet,
        _document(version),
        request.POST,
        adding=path if act == "add" else "",
        removing=path if act == "remove" else "",
    )
    if not sheet.is_valid() or (sheet.changed and not _save(request, version, sheet)):
        return show(request, "faculty/section.html", _page(version, sheet))
    return _after(request, version, sheet, act, path)


def _document(version: Version) -> Dossier:
    return Dossier.model_validate(version.content)


def _save(request: HttpRequest, version: Version, sheet: Sheet) -> bool:
    def act() -> Version:
        number, actor = expected(request), person(request)
        return proposing.save_content(version_id=version.pk, actor=actor, expected=number, content=sheet.content())

    return attempt(sheet.form, act) is not None


def _after(request: HttpRequest, version: Version, sheet: Sheet, act: str, path: str) -> HttpResponse:
    """Where a saved section leads: to the row that was asked for, or back to the list."""
    if act == "add":
        here = sheet.layout.renamed(path)
        return SeeOther(f"{request.path}?add={here}#row-{here}-{sheet.layout.next_place(path)}")
    if act == "remove":
        return see_other(request, _("Removed."), "faculty:section", version.public_id, sheet.facet)
    words = _("Saved: %s.") % SECTIONS[sheet.facet] if sheet.changed else _("Nothing was changed.")
    return see_other(request, words, "faculty:write", version.public_id)


def _page(version: Version, sheet: Sheet) -> dict[str, Any]:
    context = {
        "version": version,
        "heading": title_of(version),
        "sheet": sheet,
        "form": sheet.form,
        "title": SECTIONS[sheet.facet],
        "intro": fields.INTROS.get(sheet.facet, ""),
        "requests": [row for row in authoring.requests_of(version) if row.facet == sheet.facet],
        "covering": authoring.answers_over(version, sheet.facet),
        "aid": osap.fit(version.content) if sheet.facet in AIDED else [],
        "aid_rules": osap.RULES_OF,
    }
    if getattr(sheet.form, "refused_with", None) == 409:
        context["moved"] = differences.between(version.content, sheet.content())
    return context

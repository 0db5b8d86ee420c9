"""Bringing in proposals from a file: all of its proposals become drafts, or none."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Role
from people.queries import institutions_of
from people.web import attempt, person, see_other, show
from portal_faculty.doors import MOST_READ, faculty
from portal_faculty.forms import BringForm
from workflows import authoring, proposals
from workflows.actions import proposing
from workflows.models import Version


@faculty
def bring(request: HttpRequest) -> HttpResponse:
    """A file in the format of `docs/proposal.schema.json`."""
    institutions = institutions_of(person(request), Role.PROPOSER)
    data = request.POST if request.method == "POST" else None
    form = BringForm(data, request.FILES or None, institutions=institutions)
    found = _read(form) if form.is_valid() else None
    begun = attempt(form, lambda: _begin(request, form, found)) if found is not None else None
    if begun is None:
        return show(request, "faculty/bring.html", {"form": form, "institutions": institutions})
    if len(begun) == 1:
        return see_other(request, _("The proposal is brought in as a draft."), "faculty:write", begun[0].public_id)
    words = ngettext("%d proposal is brought in as a draft.", "%d proposals are brought in as drafts.", len(begun))
    return see_other(request, words % len(begun), "faculty:home")


def _read(form: BringForm) -> list[proposals.Proposal] | None:
    """The proposals of the file; each fault becomes an error of the form."""
    try:
        found = proposals.read(form.cleaned_data["file"].read(MOST_READ)).as_given
    except proposals.Unusable as unusable:
        for sentence in unusable.sentences:
            form.add_error("file", str(sentence))
        return None
    taken = _("Your institution lists “%s” already. Give the proposal another id.")
    for proposal in found:
        if authoring.code_taken(form.institution, proposal.id):
            form.add_error("file", taken % proposal.id)
    return None if form.errors else found


@transaction.atomic
def _begin(request: HttpRequest, form: BringForm, found: list[proposals.Proposal]) -> list[Version]:
    return [
        proposing.start(
            actor=person(request),
            institution=form.institution,
            code=proposal.id,
            unit=proposal.offering_unit,
            content=proposals.content_of(proposal),
        )
        for proposal in found
    ]

"""Notes of a committee: written on the page of the case, read by the round's members and the auditor."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.web import attempt, person, see_other, show
from portal_quality.doors import case_for, office
from portal_quality.forms.notes import NoteForm
from portal_quality.views.cases import page_of
from workflows import lookups
from workflows.actions import panel_notes


@require_POST
@office
def write_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep a note. What was refused stands on the case's page as it was typed."""
    case, form = case_for(request, public_id), NoteForm(request.POST)
    kept = attempt(
        form, lambda: panel_notes.write_note(version_id=case.version.pk, actor=person(request), **form.cleaned_data)
    )
    if kept is None:
        return show(request, "quality/note.html", {**page_of(request, public_id), "form": form})
    return see_other(request, _("Your note is kept."), "quality:version", public_id, anchor="notes-title")


@require_POST
@office
def remove_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a note of one's own back."""
    note = lookups.note(public_id)
    case = case_for(request, note.panel.version.public_id)
    panel_notes.remove_note(note_id=note.pk, actor=person(request))
    words = _("The note is taken back.")
    return see_other(request, words, "quality:version", case.version.public_id, anchor="notes-title")

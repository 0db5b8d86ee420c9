"""Members of a committee write notes to each other; some are kept back for the letter of the decision."""

from __future__ import annotations

import hashlib

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows.differences import SECTIONS
from workflows.door import found, opened
from workflows.errors import Missing, NotYours, Refusal
from workflows.models import PanelNote
from workflows.notes import open_round_of


def write_note(*, version_id: int, actor: User, text: str, facet: str = "", goes_out: bool = False) -> PanelNote:
    """A note in the open round of one's committee. What goes out waits for the decision and is its first draft."""
    with opened(version_id=version_id, actor=actor) as passage:
        panel = open_round_of(actor, passage.version)
        if panel is None:
            raise NotYours
        if not text.strip():
            raise Missing(what=_("the note"))
        if facet and facet not in SECTIONS:
            raise Missing(what=_("one of the sections"))
        if goes_out and not facet:
            raise Missing(what=_("the section that the proposer is to change"))
        note = PanelNote.objects.create(
            panel=panel, author=actor, facet=facet, text=text.strip()[:5000], goes_out=goes_out
        )
        digest = hashlib.sha256(note.text.encode()).hexdigest()
        passage.remark("write_note", panel=panel.kind, note=str(note.public_id), digest=f"sha256:{digest}")
        return note


def remove_note(*, note_id: int, actor: User) -> PanelNote:
    """The author takes a note back while the round is open; that it was there stays in the record."""
    note = found(PanelNote, note_id)
    with opened(version_id=note.panel.version_id, actor=actor) as passage:
        note.refresh_from_db()
        if note.author_id != actor.pk:
            raise NotYours
        if note.removed_at is not None or note.panel.closed_at is not None:
            raise Refusal(_("The round is closed, or the note was taken back already."))
        note.removed_at = timezone.now()
        note.save(update_fields=["removed_at"])
        passage.remark("remove_note", panel=note.panel.kind, note=str(note.public_id))
        return note

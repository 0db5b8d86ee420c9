"""Members of a committee write to each other; the proposer never reads it, and what is for the letter waits for it."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.journeys import course
from tests.portal_quality.office import auditor_of, get, path, post
from workflows import notes
from workflows.actions import panel_notes, reviewing
from workflows.errors import Missing, NotYours, Refusal
from workflows.models import PanelNote, Seat, Version


@pytest.fixture
def version(cast: Cast) -> Version:
    version = course.drafted(cast)
    course.at_pilot_approval(cast, version)
    return Version.objects.get(pk=version.pk)


def test_a_note_is_read_by_the_round_and_the_auditor_alone(cast: Cast, version: Version) -> None:
    chair, mia = cast.chair, cast.members[0]
    assert post(chair, path(version, "notes"), text="", facet="").status_code == 422
    assert post(chair, path(version, "notes"), text="Ask about garment sizes.", facet="inclusion").status_code == 303
    for reader in (chair, mia, auditor_of(cast)):
        assert "Ask about garment sizes." in get(reader, path(version)).content.decode()
    for other in (cast.quinn, cast.registrar):
        assert "Ask about garment sizes." not in get(other, path(version)).content.decode()
        assert post(other, path(version, "notes"), text="x", facet="").status_code == 404
    assert "garment sizes." not in get(cast.ana, f"/faculty/{version.public_id}").content.decode()
    assert post(cast.mallory, path(version, "notes"), text="x", facet="").status_code == 404


def test_its_author_takes_it_back_and_nobody_else(cast: Cast, version: Version) -> None:
    note = panel_notes.write_note(version_id=version.pk, actor=cast.chair, text="Perhaps not.")
    page = f"/quality/notes/{note.public_id}/remove"
    assert post(cast.members[0], page).status_code == 404
    assert post(cast.chair, page).status_code == 303
    assert post(cast.chair, page).status_code == 409
    assert notes.notes_for(cast.chair, version) == []
    assert PanelNote.objects.get().text == "Perhaps not."


def test_whoever_stepped_back_reads_no_notes_any_more(cast: Cast, version: Version) -> None:
    panel_notes.write_note(version_id=version.pk, actor=cast.chair, text="Between us.")
    seat = Seat.objects.get(person=cast.members[0], panel__version=version)
    reviewing.recuse(seat_id=seat.pk, actor=cast.members[0], reason="a relative")
    assert notes.notes_for(cast.members[0], version) == []
    with pytest.raises(NotYours):
        panel_notes.write_note(version_id=version.pk, actor=cast.members[0], text="x")


def test_what_is_for_the_letter_waits_in_the_form_of_a_return(cast: Cast, version: Version) -> None:
    with pytest.raises(Missing):
        panel_notes.write_note(version_id=version.pk, actor=cast.chair, text="x", goes_out=True)
    with pytest.raises(Missing):
        panel_notes.write_note(version_id=version.pk, actor=cast.chair, text="x", facet="nothing")
    said = "Say how the checklist is moderated."
    note = panel_notes.write_note(version_id=version.pk, actor=cast.chair, text=said, facet="assessment", goes_out=True)
    course.voted(version.panels.get(kind="pilot_approval"), "return", "return", "return")
    assert said in get(cast.chair, path(version, "close_committee")).content.decode()
    number = course.number(version)
    sent = {"request_assessment": said, "to_draft": "", "letter": ""}
    assert post(cast.chair, path(version, "close_committee"), number, **sent).status_code == 302
    assert said in get(cast.ana, f"/faculty/{version.public_id}/returned").content.decode()
    with pytest.raises(Refusal):
        panel_notes.remove_note(note_id=note.pk, actor=cast.chair)

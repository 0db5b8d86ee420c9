"""Who reads the notes of a committee: its members of that round, and the auditor. The proposer never does."""

from __future__ import annotations

from people.models import User
from workflows.models import Panel, PanelNote, SeatState, Version
from workflows.panels import BY_LINK
from workflows.queries import grants_of


def open_round_of(user: User, version: Version) -> Panel | None:
    """The open round of a committee in which this person sits."""
    rows = version.panels.filter(closed_at=None).exclude(kind__in=BY_LINK)
    return rows.filter(seats__in=_sitting(user, version)).order_by("-pk").first()


def _sitting(user: User, version: Version) -> list[int]:
    """The keys of this person's seats on committees of a version, without those stepped back from."""
    seats = user.seats.filter(panel__version=version).exclude(state=SeatState.RECUSED)
    return list(seats.values_list("pk", flat=True))


def notes_for(user: User, version: Version) -> list[PanelNote]:
    """The notes that this person may read, the newest round first and in it the oldest note first."""
    rows = PanelNote.objects.filter(panel__version=version, removed_at=None).select_related("author", "panel")
    if grants_of(user, version) != {"audit"}:
        rows = rows.filter(panel__seats__in=_sitting(user, version))
    return list(rows.order_by("-panel_id", "pk"))


def kept_back(panel: Panel) -> dict[str, str]:
    """What members wrote for the letter, by section: the beginning of the requests that go out with a return."""
    found: dict[str, list[str]] = {}
    for note in panel.notes.filter(goes_out=True, removed_at=None).exclude(facet="").order_by("pk"):
        found.setdefault(note.facet, []).append(note.text)
    return {facet: "\n\n".join(texts) for facet, texts in found.items()}

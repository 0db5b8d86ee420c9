"""One version as the quality office reads it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from people.web import person, show
from portal_quality import offers
from portal_quality.desk import desk_of, view_of
from portal_quality.doors import carries_record, case_for, office
from portal_quality.forms.notes import NoteForm
from workflows import notes, packs, proceedings, queries, runs
from workflows.differences import SECTIONS
from workflows.door import stream_of
from workflows.dossier import Dossier
from workflows.lifecycle import BEFORE_ACTIVE as BEFORE_DECISION
from workflows.outline import outline, trace
from workflows.reports.figures import pace_of
from workflows.timeline import timeline


def page_of(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Everything that the page of a case shows to this person."""
    user, case = person(request), case_for(request, public_id)
    rounds = proceedings.rounds(case.version)
    return {
        "case": case,
        "carries_record": carries_record(case),
        "rounds": rounds,
        "since_round": proceedings.changes_since_round(case, rounds),
        "since_look": queries.changes_since(queries.last_seen_snapshot(user, case.version), case.version.content),
        "traces": trace(case.version.content),
        "sections": outline(case.version.content),
        "happenings": timeline(stream_of(case.version)),
        "hours": Dossier.model_validate(case.version.content).workload.total_hours,
        "bar": offers.of(case, user),
        "seat_offers": offers.on_seats(case, user, rounds),
        "conditions": offers.on_conditions(case, user),
        "agreements": queries.agreements(case.version),
        "patches": queries.patches_waiting(case.version),
        "may_screen": "screen" in case.grants,
        "pack": packs.newest(case.version),
        "cohorts": runs.cohorts(case.version),
        "notes": notes.notes_for(user, case.version),
        "note_form": NoteForm() if notes.open_round_of(user, case.version) is not None else None,
        "sections_named": SECTIONS,
        "exemptions": proceedings.exemptions(case.version),
        "pace": pace_of(case.version) if case.version.stage in BEFORE_DECISION else None,
    }


@office
def version(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The case, with the queue beside it where there is room."""
    user = person(request)
    context = {"desk": desk_of(user, view_of(request.GET)), "here": public_id}
    return show(request, "quality/case.html", {**context, **page_of(request, public_id)})

"""Proposals and their record, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from portal_api import schemas as s
from portal_api.door import BEARERS, caller, case_for, once, version_for
from portal_api.paging import Place, page
from portal_api.words import lazy as _
from workflows import differences, proceedings, queries
from workflows.actions import proposing
from workflows.door import stream_of
from workflows.errors import NotAllowed, NotYours
from workflows.models import Snapshot, Version
from workflows.timeline import timeline

router = Router(tags=["versions"])
READ, PROPOSE = BEARERS["cases:read"], BEARERS["cases:propose"]


@router.get("", auth=READ, response=s.VersionsOut, summary=_("Versions that you work on, the newest first"))
def versions(request: HttpRequest, place: Query[Place], stage: str = "") -> s.VersionsOut:
    """Those on which the person holds a grant, in the token's institution."""
    who = caller(request)
    rows = queries.versions_of(who.person).filter(institution=who.institution)
    found, following = page(rows.filter(stage=stage) if stage else rows, place)
    return s.VersionsOut(items=[s.of_version(version) for version in found], next=following)


@router.post("", auth=PROPOSE, response={201: s.VersionOut}, summary=_("Start a proposal"))
@once
def start(request: HttpRequest, body: s.StartIn) -> tuple[int, s.VersionOut]:
    """A draft, with its first event in the record."""
    who = caller(request)
    begun = proposing.start(actor=who.person, institution=who.institution, **body.model_dump())
    return 201, s.of_version(begun)


@router.get("/{uuid:version_id}", auth=READ, response=s.VersionOut, summary=_("One version"))
def version(request: HttpRequest, version_id: UUID) -> s.VersionOut:
    """Where it stands."""
    return s.of_version(version_for(request, version_id))


@router.get("/{uuid:version_id}/content", auth=READ, response=s.ContentOut, summary=_("The content as it stands"))
def content(request: HttpRequest, version_id: UUID) -> s.ContentOut:
    """What may still change; decisions are over snapshots."""
    found = version_for(request, version_id)
    return s.ContentOut(number=found.number, content=found.content)


@router.put("/{uuid:version_id}/content", auth=PROPOSE, response=s.VersionOut, summary=_("Save the content"))
@once
def save_content(request: HttpRequest, version_id: UUID, body: s.ContentIn) -> tuple[int, s.VersionOut]:
    """The whole of it."""
    found = version_for(request, version_id)
    saved = proposing.save_content(
        version_id=found.pk, actor=caller(request).person, expected=body.number, content=body.content
    )
    return 200, s.of_version(saved)


def _snapshots(version: Version) -> list[Snapshot]:
    return list(version.snapshots.order_by("ordinal"))


@router.get("/{uuid:version_id}/snapshots", auth=READ, response=list[s.SnapshotOut], summary=_("Every frozen content"))
def snapshots(request: HttpRequest, version_id: UUID) -> list[s.SnapshotContentOut]:
    """With the digest of the whole and of each facet."""
    return [s.of_snapshot(snapshot) for snapshot in _snapshots(version_for(request, version_id))]


def _snapshot(version: Version, ordinal: int) -> Snapshot:
    found = next((one for one in _snapshots(version) if one.ordinal == ordinal), None)
    if found is None:
        raise NotYours
    return found


@router.get(
    "/{uuid:version_id}/snapshots/{int:ordinal}",
    auth=READ,
    response=s.SnapshotContentOut,
    summary=_("One frozen content"),
)
def snapshot(request: HttpRequest, version_id: UUID, ordinal: int) -> s.SnapshotContentOut:
    """What decisions were over."""
    return s.of_snapshot(_snapshot(version_for(request, version_id), ordinal))


@router.get(
    "/{uuid:version_id}/differences",
    auth=READ,
    response=list[s.ChangeOut],
    summary=_("What changed since a snapshot, or since your last decision"),
)
def changes(request: HttpRequest, version_id: UUID, since: int | None = None) -> list[dict[str, Any]]:
    """Texts by word, structure by item. Without `since`, and before any decision of yours, there is nothing."""
    found = version_for(request, version_id)
    before = queries.last_seen_snapshot(caller(request).person, found) if since is None else _snapshot(found, since)
    changes_ = differences.between(before.content, found.content) if before is not None else []
    return [asdict(change) for change in changes_]


@router.get(
    "/{uuid:version_id}/conformance", auth=READ, response=list[s.ClauseOut], summary=_("The sixteen clauses today")
)
def conformance(request: HttpRequest, version_id: UUID) -> list[s.ClauseOut]:
    """Computed, never typed."""
    return [
        s.ClauseOut(
            code=clause.code,
            title=str(clause.title),
            state=clause.state.value,
            reasons=[str(reason) for reason in clause.reasons],
            advice=[str(reason) for reason in clause.advice],
            blocks=list(clause.blocks),
        )
        for clause in case_for(request, version_id).strip
    ]


@router.get(
    "/{uuid:version_id}/timeline", auth=READ, response=list[s.HappeningOut], summary=_("What happened, from the record")
)
def happenings(request: HttpRequest, version_id: UUID) -> list[s.HappeningOut]:
    """The oldest first, each with the hash of its row."""
    return [s.of_happening(one) for one in timeline(stream_of(version_for(request, version_id)))]


@router.get(
    "/{uuid:version_id}/rounds", auth=READ, response=list[s.RoundOut], summary=_("Who was asked, and what they said")
)
def rounds(request: HttpRequest, version_id: UUID) -> list[s.RoundOut]:
    """For the quality office, as on its page of the case."""
    case = case_for(request, version_id)
    if "audit" not in case.grants:
        raise NotAllowed
    return [s.of_round(one) for one in proceedings.rounds(case.version)]


@router.get(
    "/{uuid:version_id}/validations", auth=READ, response=list[s.ValidationOut], summary=_("Statements of partners")
)
def validations(request: HttpRequest, version_id: UUID) -> list[s.ValidationOut]:
    """In force, ended and withdrawn."""
    rows = version_for(request, version_id).validations.select_related("organization").order_by("pk")
    return [s.of_validation(one) for one in rows]


@router.get(
    "/{uuid:version_id}/near", auth=READ, response=list[s.VersionOut], summary=_("Near micro-credentials of yours")
)
def near(request: HttpRequest, version_id: UUID) -> list[s.VersionOut]:
    """Those that share words or skills; looked at before a proposal is submitted."""
    return [s.of_version(one) for one in queries.near_versions(version_for(request, version_id))]


@router.post(
    "/{uuid:version_id}/near/seen", auth=PROPOSE, response=s.VersionOut, summary=_("Say that you looked at them")
)
@once
def near_seen(request: HttpRequest, version_id: UUID) -> tuple[int, s.VersionOut]:
    """Asked for by T1."""
    found = version_for(request, version_id)
    proposing.note_duplicates_seen(version_id=found.pk, actor=caller(request).person)
    return 200, s.of_version(version_for(request, version_id))


@router.post("/{uuid:version_id}/interests", auth=PROPOSE, response=s.VersionOut, summary=_("Declare your interests"))
@once
def interests(request: HttpRequest, version_id: UUID, body: s.InterestIn) -> tuple[int, s.VersionOut]:
    """Asked for by T1, also where there are none."""
    found = version_for(request, version_id)
    proposing.declare_interest(version_id=found.pk, actor=caller(request).person, **body.model_dump())
    return 200, s.of_version(version_for(request, version_id))

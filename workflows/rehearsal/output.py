"""Writes what a rehearsal made into a folder: content, record, checks, and the documents that a verifier needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from credentials import keys, status
from credentials.models import Credential, Endorsement, StatusList
from people.models import Organization
from workflows import cases, ledger
from workflows.door import stream_of
from workflows.models import Enrolment
from workflows.rehearsal import conformance
from workflows.rehearsal.course import Rehearsal

FOLDERS = ("badges", "endorsements", "status", "did")


def write(play: Rehearsal, folder: Path) -> dict[str, Any]:
    """Write every file of one proposal; what stood there of an earlier rehearsal goes. Answers a summary."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for old in (folder / name).glob("*.json"):
            old.unlink()
    organizations = [play.players.institution, *(made for made, _person in play.players.partners.values())]
    badges = list(Credential.objects.filter(award_reference__in=_awards(play)).order_by("pk"))
    endorsements = list(Endorsement.objects.filter(achievement_url=cases.achievement_url(play.version)).order_by("pk"))
    for badge in badges:
        _put(folder / "badges" / f"{badge.public_id}.json", badge.document)
    for endorsement in endorsements:
        _put(folder / "endorsements" / f"{endorsement.public_id}.json", endorsement.document)
    for status_list in StatusList.objects.filter(issuer__in=organizations):
        _put(folder / "status" / f"{status_list.public_id}.json", status.publish(status_list).document)
    for organization in _with_keys(organizations):
        _put(folder / "did" / f"{organization.slug}.json", keys.did_document(organization))
    events, framework = _ledger(play), _framework(play)
    _put(folder / "dossier.json", _dossier(play))
    _put(folder / "ledger.json", events)
    _put(folder / "framework.json", framework)
    return {
        "stage": play.version.stage,
        "badges": len(badges),
        "endorsements": len(endorsements),
        "events": sum(len(stream) for stream in events["streams"].values()),
        "sample_answers": len(play.answers.answers),
        "refusals_shown": play.refusals,
        "expected_conformance_agrees": framework["expected_conformance"]["agrees"],
    }


def _put(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _awards(play: Rehearsal) -> list[Any]:
    return list(
        Enrolment.objects.filter(cohort__version=play.version, award__isnull=False).values_list(
            "award__public_id", flat=True
        )
    )


def _with_keys(organizations: list[Organization]) -> list[Organization]:
    return list(
        Organization.objects.filter(pk__in=[o.pk for o in organizations], signing_keys__isnull=False).distinct()
    )


def _dossier(play: Rehearsal) -> dict[str, Any]:
    """The content as it stands, every frozen snapshot with its digests, and which answers are samples."""
    version = play.version
    return {
        "proposal": play.script.id,
        "version": str(version.public_id),
        "stage": version.stage,
        "language": version.language,
        "sample": True,
        "sample_answers": [answer.as_data() for answer in play.answers.answers],
        "content": version.content,
        "snapshots": [
            {"ordinal": s.ordinal, "digest": s.digest, "facets": s.facets, "made_at": s.made_at.isoformat()}
            for s in version.snapshots.order_by("ordinal")
        ],
    }


def _ledger(play: Rehearsal) -> dict[str, Any]:
    """Every event of the version and of its awards, with all that its hash covers; a reader can compute it again."""
    enrolments = Enrolment.objects.filter(cohort__version=play.version).order_by("pk")
    names = [stream_of(play.version), *(f"award:{enrolment.public_id}" for enrolment in enrolments)]
    streams = {name: [ledger.as_data(event) for event in ledger.events_of(name)] for name in names}
    faults = [f"{fault.stream} {fault.sequence}: {fault.reason}" for fault in ledger.faults()]
    heads = {name: [events[-1]["sequence"], events[-1]["hash"]] for name, events in streams.items() if events}
    return {"intact": not faults, "faults": faults, "heads": heads, "streams": streams}


def _framework(play: Rehearsal) -> dict[str, Any]:
    """The strip after each transition, and how the expected conformance compares where the demo stands."""
    return {
        "version": str(play.version.public_id),
        "framework_edition": play.version.framework_edition,
        "gates": [{"after": gate.verb, "stage": gate.stage, "strip": gate.strip} for gate in play.strips],
        "expected_conformance": conformance.compared(play.proposal, play.strips),
        "quorum_demo": conformance.quorum_compared(play.proposal, play.demand_panel),
    }

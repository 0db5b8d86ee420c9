"""The record of an act that a person decides alone or for a panel, frozen with what it rested on."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from workflows import cases
from workflows.door import Passage
from workflows.models import Decision, Panel


def decide(
    passage: Passage,
    choice: str,
    *,
    role: str,
    reasons: str,
    panel: Panel | None = None,
    answers: dict[str, Any] | None = None,
) -> Decision:
    """Keep a decision on the version's present snapshot, with all its facets and the strip as it stands."""
    version, actor = passage.version, passage.actor
    assert actor is not None
    snapshot = panel.snapshot if panel is not None else version.snapshot
    return Decision.objects.create(
        version=version,
        panel=panel,
        snapshot=snapshot,
        actor=actor,
        organization=version.institution,
        role=role,
        choice=choice,
        reasons=reasons,
        answers=answers or {},
        facets=snapshot.facets if snapshot is not None else {},
        conformance=cases.strip(version),
        signed_name=actor.name,
        language=actor.language,
    )


def record_of(decision: Decision) -> dict[str, Any]:
    """All that was decided, as JSON values; the ledger holds the digest of this, so that no word of it can change."""
    panel, seat, snapshot, earlier = decision.panel, decision.seat, decision.snapshot, decision.carried_from
    return {
        "id": str(decision.public_id),
        "version": str(decision.version.public_id),
        "panel": panel.kind if panel is not None else None,
        "round": panel.round if panel is not None else None,
        "seat": str(seat.public_id) if seat is not None else None,
        "snapshot": snapshot.digest if snapshot is not None else None,
        "facets": decision.facets,
        "actor": str(decision.actor.public_id),
        "organization": str(decision.organization.public_id),
        "role": decision.role,
        "choice": decision.choice,
        "reasons": decision.reasons,
        "answers": decision.answers,
        "questions": decision.questions,
        "form_edition": decision.form_edition,
        "conformance": decision.conformance,
        "language": decision.language,
        "signed_name": decision.signed_name,
        "signed_role": decision.signed_role,
        "carried_from": str(earlier.public_id) if earlier is not None else None,
        "at": decision.decided_at.isoformat(),
    }


def named(decision: Decision) -> dict[str, str]:
    """How an event names the decision that it carries out: by its public id, and by the digest of all its words."""
    digest = hashlib.sha256(rfc8785.dumps(record_of(decision))).hexdigest()
    return {"decision": str(decision.public_id), "record": f"sha256:{digest}"}

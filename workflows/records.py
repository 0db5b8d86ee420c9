"""The record of an act that a person decides alone or for a panel, frozen with what it rested on."""

from __future__ import annotations

from typing import Any

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

"""T30: what was approved elsewhere before comes into use here. No stage is pretended; the clauses are computed now."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organization, Role, User
from workflows.actions.gates import publish
from workflows.actions.proposing import draft, freeze
from workflows.door import opened
from workflows.errors import Missing, NotAllowed
from workflows.freshness import next_review, refresh, start_clocks
from workflows.guards import reasoned, unblocked
from workflows.models import Initiative, Version
from workflows.records import decide, named

NOT_RUN_HERE = "not run here"


@transaction.atomic
def enter_import(
    *,
    actor: User,
    institution: Organization,
    code: str,
    content: dict[str, Any],
    approved_by: str,
    approved_on: date,
    proof: str,
    academic_lead: User | None = None,
    initiative: Initiative | None = None,
    unit: str = "",
) -> Version:
    """First person: an officer enters what was approved elsewhere: by whom, when, and where the proof stands."""
    if not actor.memberships.filter(organization=institution, ended_at=None, role=Role.QA_OFFICER).exists():
        raise NotAllowed
    if not approved_by.strip() or not proof.strip():
        raise Missing(what=_("who approved it, and where the proof stands"))
    if approved_on > timezone.localdate():
        raise Missing(what=_("a day of approval that is not in the future"))
    version = draft(
        actor=actor,
        institution=institution,
        code=code,
        content=content,
        initiative=initiative,
        academic_lead=academic_lead,
        unit=unit,
    )
    with opened(version_id=version.pk, actor=actor) as passage:
        freeze(passage)
        evidence = {"approved_by": approved_by, "approved_on": approved_on.isoformat()}
        decision = decide(passage, "prove_import", role="qa_officer", reasons=proof, answers=evidence)
        passage.record("enter_import", **named(decision), **evidence)
        return passage.version


def import_approved(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """Second person: the chair confirms for the committee; it is in use, and its review is due in a year."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        reasoned(passage, "import_approved", reason)
        if not version.decisions.filter(choice="prove_import").exists():
            raise Missing(what=_("the proof of the earlier approval, entered by the quality office"))
        snapshot = freeze(passage)
        decision = decide(passage, "import_approved", role="committee", reasons=reason)
        publish(version)
        unblocked(passage, "T18")
        version.imported = True
        version.review_due_on = next_review(version)
        passage.move("import_approved", history=NOT_RUN_HERE, digest=snapshot.digest, **named(decision))
        start_clocks(version)
        refresh(passage)
        return version

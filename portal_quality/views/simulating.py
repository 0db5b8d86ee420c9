"""The simulator on a case: who can still decide, block or be missing, and what a silence means."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from people.web import show
from portal_quality.doors import case_for, office
from portal_quality.effects import sentences
from workflows.policies import simulation


@office
def outlook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The open rounds under the case's own edition, and under a draft or another edition that is chosen."""
    case, key = case_for(request, public_id), request.GET.get("with", "")
    rules = simulation.rules_of(case.version, key) if key else None
    context = {
        "case": case,
        "now": simulation.outlooks(case.version),
        "candidates": simulation.candidates(case.version.institution),
        "chosen": key if rules is not None else "",
        "rules": rules,
    }
    if rules is not None:
        context |= {"then": simulation.outlooks(case.version, rules)}
        effect = simulation.tried(case.version, rules)
        context |= {"lost": sentences(effect.as_data())[0], "different": sentences(effect.as_data())[1]}
    return show(request, "quality/outlook.html", context)

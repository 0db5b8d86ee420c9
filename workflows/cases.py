"""One version as the framework sees it: gathers the facts from the tables and asks `workflows.framework`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import queries as badges
from workflows import framework, ledger
from workflows.models import PanelKind, Suggestion, Validation, Version
from workflows.policy import State, heard, quorum
from workflows.voices import in_force, voices


def achievement_url(version: Version) -> str:
    """The public address of the achievement that this version becomes; the same before and after approval."""
    return f"{settings.BASE_URL}/achievements/{version.public_id}"


def facts(version: Version) -> framework.Facts:
    """What the sixteen checks look at, today."""
    policy = version.policy.data
    demand_voices = voices(version, PanelKind.RELEVANCE)
    demand, demand_ended = in_force(version, Validation.Kind.DEMAND, demand_voices)
    job, job_ended = in_force(version, Validation.Kind.JOB, voices(version, PanelKind.ENDORSEMENT))
    signed = version.exemptions.filter(signed_at__isnull=False)
    return framework.Facts(
        content=version.content,
        today=timezone.localdate(),
        issuing_body_known=bool(version.institution.authority),
        key_active=badges.has_active_key(version.institution),
        ledger_intact=not any(ledger.faults_of(f"version:{version.public_id}")),
        employer_voices=heard(demand_voices),
        unanswered_low_ratings=low_ratings(version),
        demand=quorum(policy, "relevance", demand) if demand else State.OPEN,
        demand_expired=demand_ended,
        job=quorum(policy, "endorsement", job) if job else State.OPEN,
        job_expired=job_ended,
        achievement_published=badges.is_published(str(version.public_id)),
        registrar_signed=version.registrar_signed_by_id is not None,
        exemptions={exemption.clause: exemption.ends_on for exemption in signed},
        asked_exemptions=frozenset(version.exemptions.values_list("clause", flat=True)),
    )


def low_ratings(version: Version) -> tuple[str, ...]:
    """Competencies that a partner rated 1 or 2 and that got no written reply (`lifecycle.md` T4)."""
    panel = version.panels.filter(kind=PanelKind.RELEVANCE).order_by("-round").first()
    if panel is None:
        return ()
    low = {
        code
        for decision in panel.decisions.filter(seat__isnull=False)
        for code, rating in decision.answers.get("per_competency", {}).items()
        if int(rating.get("importance", 5)) <= 2
    }
    replied = set(version.screening.get("rating_replies", {}))
    return tuple(sorted(low - replied))


def unanswered_suggestions(version: Version) -> list[str]:
    """One sentence for each suggestion of a supporter that got no written reply (`lifecycle.md` 6.1)."""
    waiting = Suggestion.objects.filter(decision__version=version, replied_at=None).select_related(
        "decision__organization"
    )
    return [
        _("A suggestion of %(name)s waits for a reply: a reply, not consent.") % {"name": s.decision.organization}
        for s in waiting.order_by("pk")
    ]


def strip(version: Version) -> list[dict[str, Any]]:
    """The sixteen results as a decision stores them."""
    return [result.as_data() for result in framework.check(facts(version))]


def blocking(version: Version, transition: str) -> list[str]:
    """Sentences that say which clauses refuse a transition, and why."""
    return [
        f"{result.code}: " + " ".join(str(reason) for reason in result.reasons)
        for result in framework.blocking(facts(version), transition)
    ]


def exemptible() -> set[str]:
    """The clauses that allow comply-or-explain."""
    return {clause.code for clause in framework.CLAUSES if clause.exemptible}


def unmet(version: Version, clause: str) -> list[str]:
    """Sentences that say why one clause does not hold today; empty when it is met or exempt."""
    return [
        f"{result.code}: " + " ".join(str(reason) for reason in result.reasons)
        for result in framework.check(facts(version))
        if result.code == clause and result.state not in {framework.Result.MET, framework.Result.EXEMPT}
    ]

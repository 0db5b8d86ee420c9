"""One version as the framework sees it: gathers the facts from the tables and asks `workflows.framework`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import queries as badges
from workflows import dossier, framework, ledger, lineage
from workflows.models import Agreement, Decision, PanelKind, Suggestion, Validation, Version
from workflows.policies.gates import asked_at
from workflows.policy import State, heard, quorum, setting
from workflows.stations import Stage
from workflows.voices import in_force, voices


def achievement_url(version: Version) -> str:
    """The public address of the achievement that this version becomes; the same before and after approval."""
    return f"{settings.BASE_URL}/achievements/{version.public_id}"


def content_today(version: Version) -> dict[str, Any]:
    """The content with the sources of demand that were gathered for a review; they change no facet."""
    demand = version.content.get("demand", {})
    return {
        **version.content,
        "demand": {**demand, "sources": [*demand.get("sources", []), *version.fresh_sources]},
    }


def facts(version: Version) -> framework.Facts:
    """What the sixteen checks look at, today."""
    policy, facets = version.policy.data, dossier.facet_digests(version.content)
    demand_voices = voices(version, PanelKind.RELEVANCE)
    demand, demand_ended = in_force(version, Validation.Kind.DEMAND, demand_voices)
    job, job_ended = in_force(version, Validation.Kind.JOB, voices(version, PanelKind.ENDORSEMENT))
    signed_here = _signed_here(version, facets)
    return framework.Facts(
        content=content_today(version),
        today=timezone.localdate(),
        issuing_body_known=bool(version.institution.authority),
        key_active=badges.has_active_key(version.institution),
        status_list_kept=badges.keeps_status_list(version.institution),
        ledger_intact=not any(ledger.faults_of(stream_name(version))),
        employer_voices=heard(demand_voices),
        voices_needed=setting(policy, "relevance")["employer_voices"],
        demand_source_months=setting(policy, "validity_months")["demand_source"],
        unrated=unrated(version),
        unanswered_low_ratings=low_ratings(version),
        demand=quorum(policy, "relevance", demand) if demand else State.OPEN,
        demand_expired=demand_ended,
        job=quorum(policy, "endorsement", job) if job else State.OPEN,
        job_expired=job_ended,
        achievement_published=badges.is_published(str(version.public_id)),
        registrar_signed=signed_here,
        registrar_signed_other_text=version.registrar_signed_by_id is not None and not signed_here,
        no_match_approved=_no_match_approved(version, facets),
        cohorts_without_consent=tuple(version.cohorts.filter(consent_text={}).values_list("name", flat=True)),
        past_relevance=version.stage not in {Stage.DRAFT, Stage.SCREENING, Stage.RELEVANCE_REVIEW},
        sellers=_sellers(version),
        added_clauses=tuple(setting(policy, "clauses")),
        asked_earlier=asked_at(setting(policy, "gates")),
        exemptions=dict(version.exemptions.filter(signed_at__isnull=False).values_list("clause", "ends_on")),
        asked_exemptions=frozenset(version.exemptions.values_list("clause", flat=True)),
    )


def stream_name(version: Version) -> str:
    """The name of a version's stream in the ledger."""
    return f"version:{version.public_id}"


def _signed_here(version: Version, facets: dict[str, str]) -> bool:
    """Whether the registrar's signature is on the pathways as they stand (clause E5)."""
    if version.registrar_signed_by_id is None:
        return False
    signatures = ledger.events_of(stream_name(version), type_="sign_transcript_rule")
    return not signatures or signatures[-1].data.get("pathways") in {None, facets["pathways"]}


def _sellers(version: Version) -> tuple[str, ...]:
    """Organizations that declared to sell something here; their names stay out of titles (`lifecycle.md` 6.3)."""
    declared = version.interests.filter(organization__isnull=False).select_related("organization").order_by("pk")
    return tuple({i.organization.name_en: None for i in declared if i.organization and "sells" in i.kinds})


def _no_match_approved(version: Version, facets: dict[str, str]) -> bool:
    """Whether the committee approved these very alignments at the pilot gate (`lifecycle.md` 7)."""
    approvals = Decision.objects.filter(
        version__in=lineage.ids(version),
        panel__kind__in=[PanelKind.PILOT_APPROVAL, PanelKind.FINAL_APPROVAL],
        seat__isnull=True,
        choice__startswith="approve",
    )
    return any(decision.facets.get("alignments") == facets["alignments"] for decision in approvals)


def _ratings(decisions: Iterable[Decision]) -> dict[str, list[int]]:
    """How important each competency is to those who answered."""
    found: dict[str, list[int]] = {}
    for decision in decisions:
        for code, rating in decision.answers.get("per_competency", {}).items():
            if str(rating.get("importance", "")).isdigit():
                found.setdefault(code, []).append(int(rating["importance"]))
    return found


def unrated(version: Version) -> tuple[str, ...]:
    """Competencies whose importance nobody has rated in any round, here or in the versions that this one follows."""
    given = Decision.objects.filter(
        version__in=lineage.ids(version), panel__kind=PanelKind.RELEVANCE, seat__isnull=False
    )
    if not version.panels.filter(kind=PanelKind.RELEVANCE).exists():
        return ()
    rated = _ratings(given)
    return tuple(row["code"] for row in version.content.get("competencies", []) if row["code"] not in rated)


def low_ratings(version: Version, most: int | None = None) -> tuple[str, ...]:
    """Competencies that a partner rated low in the last round and that got no written reply (`lifecycle.md` T4).

    What is low says the pinned edition, 2 by default, or `most` where another one is tried.
    """
    panel = version.panels.filter(kind=PanelKind.RELEVANCE).order_by("-round").first()
    given = _ratings(panel.decisions.filter(seat__isnull=False)) if panel is not None else {}
    most = most or setting(version.policy.data, "relevance")["reply_to_importance_at_most"]
    low = {code for code, ratings in given.items() if min(ratings) <= most}
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


def open_conditions(version: Version, verb: str) -> list[str]:
    """One sentence for each condition that is still open and that this verb waits for."""
    waiting = version.conditions.filter(closed_at=None, blocks=verb).order_by("pk")
    return [_("A condition is still open: “%(text)s”") % {"text": condition.text} for condition in waiting]


COMMUNITY = "community"


def agreements_in_force(version: Version) -> list[Agreement]:
    """The community's agreements of the initiative that hold today."""
    rows = version.micro_credential.initiative.agreements.filter(kind=COMMUNITY, withdrawn_at=None)
    return list(rows.filter(in_force_from__lte=timezone.localdate()).prefetch_related("parties"))


def named_parties(version: Version) -> set[int]:
    """The organizations, by key, that a community's agreement in force names."""
    return {party.pk for agreement in agreements_in_force(version) for party in agreement.parties.all()}


def community_open(version: Version) -> list[str]:
    """What is missing of a community's agreement where the Indigenous question was answered with yes.

    Every named party agrees, on the present content; its silence is never consent (`lifecycle.md` 6.1, 13).
    """
    if version.content.get("inclusion", {}).get("indigenous") != "yes":
        return []
    agreements = agreements_in_force(version)
    if not agreements:
        return [_("The Indigenous question was answered with yes, and no agreement with the community is in force.")]
    agreed = {voice.organization for voice in voices(version, PanelKind.COMMUNITY) if voice.choice == "agree"}
    parties = {party for agreement in agreements for party in agreement.parties.all()}
    return [
        _("%(name)s has not agreed to the present content. Silence is never consent.") % {"name": party}
        for party in sorted(parties, key=lambda party: party.slug)
        if str(party.pk) not in agreed
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


def exemptible(version: Version) -> set[str]:
    """The clauses for which framework and policy allow comply-or-explain."""
    allowed = setting(version.policy.data, "exemptions")["allowed"]
    return {clause.code for clause in framework.CLAUSES if clause.exemptible} & set(allowed)


def unmet(version: Version, clause: str) -> list[str]:
    """Sentences that say why one clause does not hold today; empty when it is met or exempt."""
    return [
        f"{result.code}: " + " ".join(str(reason) for reason in result.reasons)
        for result in framework.check(facts(version))
        if result.code == clause and not result.holds
    ]

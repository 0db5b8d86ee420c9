"""From a proposal file to the content of a version: what the file says, and nothing else.

What a rehearsal adds (dates, confirmers, the Indigenous question) is added by `workflows.rehearsal.answers`.
"""

from __future__ import annotations

from typing import Any

from workflows import dossier
from workflows.proposals import content_design, form, form_design
from workflows.proposals.content_design import texts
from workflows.proposals.form_design import Proposal

# Members of a proposal that are not content of the version, and why. A test walks every leaf of the samples: it is in
# the content, in the rehearsal's script, or below one of these.
NOT_CONTENT = {
    "need.classification.OSAP": "computed anew from hours, weeks and codes",
    "workload.total_hours": "must be the sum of the hours by type, and is refused if it is not",
    "competencies.alignments.public_copies": "says how the sample's addresses were checked, not what they mean",
    "alignment_traps.rejected.public_copies": "says how the sample's addresses were checked, not what they mean",
    "validity.expires": "must agree with the period, and is refused if it does not",
    "partner_reviews.fictional_content": "marks the answers as invented; every rehearsal does so for all of them",
    "quorum_demo": "says what the relevance panel should show; the rehearsal compares it",
    "history_demo": "an invented history; the rehearsal takes its returns from it and dates everything itself",
    "badge.achievementType": "always MicroCredential",
    "badge.inLanguage": "must be the language of the proposal, and is refused if it is not",
    "expected_conformance": "says what the checks should find; the rehearsal compares it",
    "state_for_demo": "says how far the demo carries it",
}


def content_of(proposal: Proposal) -> dict[str, Any]:
    """The whole document as JSON values."""
    language = proposal.language
    document = dossier.Dossier(
        identity=_identity(proposal),
        purpose=_purpose(proposal),
        demand=_demand(proposal.need, language),
        competencies=[_competency(row, language) for row in proposal.competencies],
        alignments=_alignments(proposal),
        workload=_workload(proposal),
        assessment=content_design.assessment(proposal),
        rubric=content_design.rubric(proposal),
        evidence=content_design.evidence(proposal.evidence_policy, language),
        pathways=content_design.pathways(proposal),
        validity=content_design.validity(proposal.validity, language),
        inclusion=_inclusion(proposal.inclusion, language),
        pilot=_pilot(proposal.pilot_plan, language),
        interests=_interests(proposal),
        presentation=dossier.Presentation(tags=proposal.badge.tags, image_alt=proposal.badge.image_alt.said(language)),
    )
    return dossier.plain(document)


def _identity(proposal: Proposal) -> dossier.Identity:
    body, other = proposal.issuing_body, proposal.badge.related_language_edition
    return dossier.Identity(
        title=proposal.title.said(proposal.language),
        short_title=proposal.badge_short_title,
        edition=proposal.version,
        issuing_body=body.name,
        issuing_body_kind=body.type,
        authority=body.authority,
        languages=[proposal.language],
        related_editions=[f"{proposal.id}-{other}"] if other else [],
    )


def _purpose(proposal: Proposal) -> dossier.Purpose:
    need, language = proposal.need, proposal.language
    return dossier.Purpose(
        purpose=need.purpose.said(language),
        audience=need.audience.said(language),
        job_tasks=need.job_tasks.said(language),
        consequence=need.consequence.said(language),
        near_credentials=need.near_credentials.said(language),
        questions=[
            dossier.Question(asked=_one(asked, language), answer=_one(answer, language))
            for asked, answer in need.questions.items()
        ],
        unconfirmed=texts(proposal.unconfirmed_domain_facts, language),
    )


def _one(text: str, language: str) -> dossier.Text:
    return dossier.Text(fr=text) if language == "fr" else dossier.Text(en=text)


def _demand(need: form.Need, language: str) -> dossier.Demand:
    notes = [need.classification.CIP_status.said(language), need.classification.note.said(language)]
    return dossier.Demand(
        sources=[
            dossier.Source(
                kind=row.kind,
                claim=row.claim.said(language),
                source=row.source.said(language),
                on=row.on,
                confirmed=row.confirmed,
                strength=row.strength,
                age_limit_months=row.age_limit_months,
                note=row.note.said(language),
            )
            for row in need.labour_market_evidence
        ],
        consultations=[
            dossier.Consultation(
                organization=row.organization,
                on=row.on,
                said=row.said.said(language),
                changed=row.changed.said(language),
            )
            for row in need.consultations
        ],
        occupations=[_occupation(row, language) for row in need.occupations],
        sector=need.sector,
        region=need.region,
        cip=need.classification.CIP_2021 or "",
        classification_notes=[note for note in notes if note],
        need_ends_on=need.need_ends_on,
    )


def _occupation(row: form.Occupation, language: str) -> dossier.Occupation:
    return dossier.Occupation(
        scheme=row.scheme,
        code=row.code,
        uri=row.uri,
        title=row.title.said("en" if row.scheme == "ESCO" else language),
        isco=row.isco_code_in_source,
        basis=row.basis.said(language),
        confirmed=row.confirmed,
    )


def _competency(row: form.Competency, language: str) -> dossier.Competency:
    return dossier.Competency(
        code=row.code,
        action=row.statement.said(language),
        condition=row.condition.said(language),
        standard=row.standard.said(language),
        knowledge=texts(row.ksa.knowledge, language),
        skills=texts(row.ksa.skills, language),
        attitudes=texts(row.ksa.attitudes, language),
        tool_edition=row.tool_edition,
    )


def _alignments(proposal: Proposal) -> list[dossier.Alignment]:
    given = [
        _alignment(row.code, alignment, proposal.language)
        for row in proposal.competencies
        for alignment in row.alignments
    ]
    rejected = [
        _alignment("", trap.rejected, proposal.language).model_copy(
            update={"justification": trap.why.said(proposal.language)}
        )
        for trap in proposal.alignment_traps
    ]
    return given + rejected


def _alignment(competency: str, row: form.Alignment, language: str) -> dossier.Alignment:
    return dossier.Alignment(
        competency=competency,
        framework=row.framework,
        edition=row.edition,
        edition_checked=row.current_edition_checked,
        uri=row.uri or "",
        label=dossier.Text(en=row.label_en, fr=row.label_fr),
        match=row.match,
        confirmed_by=row.confirmed_by,
        justification=row.justification.said(language),
        note=row.note.said(language),
        skill_type=row.skill_type,
        reuse_level=row.reuse_level,
    )


def _workload(proposal: Proposal) -> dossier.Workload:
    load, language = proposal.workload, proposal.language
    hours = load.breakdown or ({"total": load.total_hours} if load.total_hours else {})
    return dossier.Workload(
        hours=hours,
        weeks=load.weeks,
        mode=load.mode,
        setting=load.learning_setting.said(language),
        language=load.language_of_delivery or language,
        entry_requirements=texts(proposal.entry_requirements, language),
    )


def _inclusion(row: form_design.Inclusion, language: str) -> dossier.Inclusion:
    return dossier.Inclusion(
        barriers=row.barriers.said(language),
        indigenous=row.indigenous,
        involved=row.involved.said(language),
        protocol=row.protocol.said(language),
        attribution=row.attribution.said(language),
    )


def _pilot(plan: form_design.PilotPlan, language: str) -> dossier.Pilot:
    return dossier.Pilot(
        cohort=plan.cohort,
        weeks=plan.duration_weeks,
        measures=[dossier.Measure(name=row.name.said(language), target=row.target) for row in plan.measures],
        go_rule=plan.go_rule.said(language),
        stop_rule=plan.stop_rule.said(language),
    )


def _interests(proposal: Proposal) -> dossier.Interests:
    colon = "\u00a0: " if proposal.language == "fr" else ": "
    return dossier.Interests(
        statements=[
            _one(f"{partner.org}{colon}{partner.interest_declared}", proposal.language)
            for partner in proposal.people.partner_reviewers
            if partner.interest_declared
        ]
    )

"""The second half of the content: assessment, rubric, evidence, pathways, validity."""

from __future__ import annotations

from collections.abc import Iterable

from workflows import dossier
from workflows.proposals import form, form_design
from workflows.proposals.form_design import Proposal


def texts(words: Iterable[form._Words], language: str) -> list[dossier.Text]:
    """Texts of the file as texts of the dossier."""
    return [word.said(language) for word in words]


def assessment(proposal: Proposal) -> dossier.Assessment:
    """The facet assessment."""
    plan, language = proposal.assessment, proposal.language
    return dossier.Assessment(
        strategy=plan.strategy.said(language),
        tasks=[_task(row, language) for row in plan.tasks],
        attempts=plan.reassessment.attempts_included,
        wait_days=plan.reassessment.wait_days,
        reassessment=plan.reassessment.scope.said(language),
        further_attempt=plan.reassessment.third_attempt.said(language),
        prior_learning=plan.rpl.route.said(language),
        prior_learning_in_badge=plan.rpl.shown_in_badge.said(language),
        moderation_before=plan.moderation.before_use.said(language),
        moderation_after=plan.moderation.after_use.said(language),
        disagreement=plan.moderation.disagreement.said(language),
        adjustments=plan.accommodations.said(language),
        own_work_rule=plan.integrity.said(language),
    )


def _task(row: form_design.Task, language: str) -> dossier.Task:
    return dossier.Task(
        code=row.code,
        title=row.title.said(language),
        type=row.type,
        competencies=list(row.competencies),
        setting=row.setting.said(language),
        tools=row.tools.said(language),
        hazards=row.hazards.said(language),
        supervision=row.supervision,
        identity_check=row.identity_check.said(language),
        assessor=row.assessor.said(language),
        evidence=texts(row.evidence, language),
        minutes=row.duration_minutes,
        attempts=row.attempts,
        pass_rule=row.pass_rule.said(language),
    )


def rubric(proposal: Proposal) -> dossier.Rubric:
    """The facet rubric."""
    rubric, language = proposal.assessment.rubric, proposal.language
    return dossier.Rubric(
        levels=[dossier.Level(code=r.code, name=r.name.said(language), points=r.points) for r in rubric.levels],
        criteria=[
            dossier.Criterion(
                code=row.code,
                name=row.name.said(language),
                competencies=list(row.competencies),
                critical=row.critical,
                required_level=row.required_level,
                descriptors={level: words.said(language) for level, words in row.level_descriptors.items()},
            )
            for row in rubric.criteria
        ],
        pass_rule=rubric.pass_rule.said(language),
        summary=proposal.badge.criteria.said(language),
    )


def evidence(policy: form_design.EvidencePolicy, language: str) -> dossier.Evidence:
    """The facet evidence."""
    return dossier.Evidence(
        employers_by_default=texts(policy.visible_to_employers_by_default, language),
        with_consent=texts(policy.only_with_earner_consent, language),
        never_public=texts(policy.never_public, language),
        retention_days=dict(policy.retention_days),
        third_persons=policy.third_parties.said(language),
        intellectual_property=policy.intellectual_property.said(language),
    )


def pathways(proposal: Proposal) -> dossier.Pathways:
    """The facet pathways."""
    ways, language = proposal.pathways, proposal.language
    return dossier.Pathways(
        stackable=ways.stackable,
        stacks_into=[
            dossier.StackPart(title=part.title.said(language), rule=part.rule.said(language))
            for part in ways.stacks_into
        ],
        ladders=[_ladder(row, language) for row in ways.ladders_into],
        credit=ways.academic_credit.said(language) if ways.academic_credit else dossier.Text(),
        credit_open=ways.credit_note.said(language),
        prior_learning_route=proposal.assessment.rpl.offered,
        transcript_compatible=ways.transcript.compatible,
        transcript_rule=ways.transcript.record.said(language),
        comparison=ways.comparison_in_practice.said(language),
    )


def _ladder(row: form_design.Ladder, language: str) -> dossier.Ladder:
    return dossier.Ladder(
        target=row.target.said(language),
        facts=dict(row.target_facts),
        mapping=[
            dossier.Mapping(
                of=list(mapping.of),
                to=mapping.to.said(language),
                recognition=mapping.recognition.said(language),
                status=mapping.status.said(language),
            )
            for mapping in row.mapping
        ],
        conditions=texts(row.conditions, language),
        approvals=texts(row.approvals_needed, language),
        review_trigger=row.review_trigger.said(language),
    )


def validity(row: form_design.Validity, language: str) -> dossier.Validity:
    """The facet validity."""
    return dossier.Validity(
        period=row.period or "",
        renewal=row.renewal.said(language),
        lapse=row.lapse.said(language),
        reason=row.reason.said(language),
        recency=row.recency_flag.said(language),
        pathway_use_limit=row.pathway_use_limit or "",
    )

"""How far each section of a proposal is: not started, in progress, complete. Computed from the content, never set.

The main questions of F1 and F3 decide; only some of them hold up a submission (`dossier.missing_answers`). Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import dossier
from workflows.dossier import Dossier


class Progress(StrEnum):
    """The three states of a section."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"

    @property
    def word(self) -> str | Promise:
        """The state for readers."""
        return _WORDS[self]


_WORDS: dict[Progress, str | Promise] = {
    Progress.NOT_STARTED: _("not started"),
    Progress.IN_PROGRESS: _("in progress"),
    Progress.COMPLETE: _("complete"),
}


def _competencies(document: Dossier) -> bool:
    return bool(document.competencies) and all(
        item.action and item.condition and item.standard and item.knowledge and item.skills and item.attitudes
        for item in document.competencies
    )


def _alignments(document: Dossier) -> bool:
    matched = {item.competency for item in document.alignments if item.match != "none"}
    return bool(document.competencies) and all(item.code in matched for item in document.competencies)


def _assessment(document: Dossier) -> bool:
    plan = document.assessment
    shown = {code for task in plan.tasks for code in task.competencies}
    answers = plan.moderation_before and plan.moderation_after and plan.adjustments and plan.own_work_rule
    return bool(plan.tasks and answers) and all(item.code in shown for item in document.competencies)


def _rubric(document: Dossier) -> bool:
    rubric = document.rubric
    tied = {code for criterion in rubric.criteria for code in criterion.competencies}
    described = all(
        set(criterion.descriptors) >= {level.code for level in rubric.levels} for criterion in rubric.criteria
    )
    whole = len(rubric.levels) > 1 and rubric.criteria and rubric.pass_rule and described
    return bool(whole) and all(item.code in tied for item in document.competencies)


def _evidence(document: Dossier) -> bool:
    return bool(document.evidence.employers_by_default and document.evidence.retention_days)


def _pathways(document: Dossier) -> bool:
    ways = document.pathways
    return bool(ways.transcript_rule and (ways.stacks_into or ways.ladders or ways.prior_learning_route))


def _members(facet: str, *members: str) -> Callable[[Dossier], bool]:
    return lambda document: all(getattr(getattr(document, facet), member) for member in members)


COMPLETE: dict[str, Callable[[Dossier], bool]] = {
    "identity": _members("identity", "title", "issuing_body"),
    "purpose": _members("purpose", "purpose", "audience", "job_tasks", "consequence", "near_credentials"),
    "demand": _members("demand", "sources", "consultations", "occupations"),
    "competencies": _competencies,
    "alignments": _alignments,
    "workload": _members("workload", "hours", "weeks", "mode", "language"),
    "assessment": _assessment,
    "rubric": _rubric,
    "evidence": _evidence,
    "pathways": _pathways,
    "validity": _members("validity", "reason"),
    "inclusion": _members("inclusion", "barriers", "indigenous"),
    "pilot": _members("pilot", "cohort", "measures", "go_rule", "stop_rule"),
    "interests": _members("interests", "statements"),
    "presentation": _members("presentation", "image_alt"),
}


def progress(content: dict[str, Any]) -> dict[str, Progress]:
    """The state of every section."""
    document = Dossier.model_validate(content)
    begun, untouched = dossier.plain(document), dossier.plain(Dossier())
    return {facet: _state(document, facet, begun[facet] != untouched[facet]) for facet in dossier.FACETS}


def _state(document: Dossier, facet: str, begun: bool) -> Progress:
    if COMPLETE[facet](document):
        return Progress.COMPLETE
    return Progress.IN_PROGRESS if begun else Progress.NOT_STARTED

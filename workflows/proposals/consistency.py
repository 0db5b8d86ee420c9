"""Where a proposal contradicts itself: codes that name nothing, hours that do not add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.proposals.form_design import Proposal

Fault = tuple[str, str | Promise]


def faults(proposal: Proposal) -> Iterator[Fault]:
    """Each place and what is wrong there. What is merely not there yet is for the framework checks to say."""
    yield from _twice(proposal)
    yield from _dangling(proposal)
    yield from _levels(proposal)
    load = proposal.workload
    together = sum(load.breakdown.values())
    if load.total_hours is not None and load.breakdown and abs(together - load.total_hours) > 0.01:
        yield (
            "workload.total_hours",
            _("it says %(stated)g, but the hours by type add up to %(sum)g. Correct one of them.")
            % {"stated": load.total_hours, "sum": together},
        )
    if proposal.badge.inLanguage not in {None, proposal.language}:
        yield "badge.inLanguage", _("it is not the language of the proposal. Correct one of them.")


def _twice(proposal: Proposal) -> Iterator[Fault]:
    lists = {
        "competencies": [row.code for row in proposal.competencies],
        "assessment.tasks": [row.code for row in proposal.assessment.tasks],
        "assessment.rubric.levels": [row.code for row in proposal.assessment.rubric.levels],
        "assessment.rubric.criteria": [row.code for row in proposal.assessment.rubric.criteria],
        "people.partner_reviewers": [row.org for row in proposal.people.partner_reviewers],
        "partner_reviews": [row.org for row in proposal.partner_reviews],
    }
    for place, codes in lists.items():
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield place, _("%s stands twice. Give each its own.") % code


def _dangling(proposal: Proposal) -> Iterator[Fault]:
    competencies = {row.code for row in proposal.competencies}
    tasks = {row.code for row in proposal.assessment.tasks}
    used: list[tuple[str, Iterable[str], set[str]]] = [
        *((f"assessment.tasks[{i}].competencies", t.competencies, competencies)
          for i, t in enumerate(proposal.assessment.tasks)),
        *((f"assessment.rubric.criteria[{i}].competencies", c.competencies, competencies)
          for i, c in enumerate(proposal.assessment.rubric.criteria)),
        *((f"pathways.ladders_into[{i}].mapping[{j}].from", m.of, competencies | tasks)
          for i, ladder in enumerate(proposal.pathways.ladders_into) for j, m in enumerate(ladder.mapping)),
        *((f"partner_reviews[{i}].relevance.per_competency", review.relevance.per_competency, competencies)
          for i, review in enumerate(proposal.partner_reviews) if review.relevance),
    ]  # fmt: skip
    for place, codes, known in used:
        for code in codes:
            if code not in known:
                yield place, _("it names %s, which the proposal does not have. Correct the code.") % code


def _levels(proposal: Proposal) -> Iterator[Fault]:
    rubric = proposal.assessment.rubric
    levels = {level.code for level in rubric.levels}
    for place, criterion in enumerate(rubric.criteria):
        for code in [criterion.required_level, *criterion.level_descriptors]:
            if code not in levels:
                yield (
                    f"assessment.rubric.criteria[{place}]",
                    _("it names the level %s, which the rubric does not have. Correct the code.") % code,
                )

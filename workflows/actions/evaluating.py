"""The end of a pilot and the way into use: close, hear learners and employers, send back or report, activate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import ledger, rights
from workflows.actions.gates import open_committee
from workflows.actions.proposing import freeze
from workflows.actions.revising import supersede
from workflows.door import opened, stream_of
from workflows.dossier import Dossier
from workflows.errors import Missing, NotAllowed, Refusal
from workflows.freshness import next_review, refresh, start_clocks
from workflows.guards import not_own, reasoned, request_changes, unblocked
from workflows.locks import predecessor_locked
from workflows.models import AwardStage, Enrolment, Panel, PanelKind, PilotAnswer, Version
from workflows.panels import PARTNER_KINDS, Place
from workflows.records import decide, named
from workflows.rounds import close_rounds, reopen_changed

UNDER_ASSESSMENT = {AwardStage.SUBMITTED, AwardStage.ASSESSING, AwardStage.ASSESSED, AwardStage.MODERATING}


def close_pilot(*, version_id: int, actor: User, expected: int, stop_reason: str = "") -> Version:
    """T12: the academic lead closes when no assessment is under way; the officer only when the stop rule is met."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("close_pilot")
        if not rights.holds(actor, passage.version, "design") and not stop_reason.strip():
            raise Missing(what=_("how the stop rule of the pilot was met"))
        if Enrolment.objects.filter(cohort__version=passage.version, stage__in=UNDER_ASSESSMENT).exists():
            raise Refusal(_("Assessments are still under way. Finish them first."))
        passage.version.cohorts.filter(pilot=True).update(closed_at=timezone.now())
        passage.move("close_pilot", stop_reason=stop_reason)
        return passage.version


def answer_pilot(
    *, version_id: int, actor: User, audience: str, answers: dict[str, Any], person: User | None = None
) -> PilotAnswer:
    """Keep one answer of the pilot evaluation F5; a learner answers for herself, the lead enters an employer's."""
    with opened(version_id=version_id, actor=actor) as passage:
        learner = Enrolment.objects.filter(cohort__version=passage.version, learner=actor).exists()
        lead = rights.holds(actor, passage.version, "design")
        if audience not in {"learner", "employer", "staff"} or not (learner if audience == "learner" else lead):
            raise NotAllowed
        answer = PilotAnswer.objects.create(
            version=passage.version, audience=audience, person=person or actor, answers=answers
        )
        passage.record("answer_pilot", audience=audience)
        return answer


def answers_of_pilot(version: Version) -> QuerySet[PilotAnswer]:
    """The answers to the evaluation of the present pilot; those of a pilot before a redesign are closed."""
    started = ledger.events_of(stream_of(version), type_="start_pilot")
    return version.pilot_answers.filter(answered_at__gte=datetime.fromisoformat(started[-1].at))


def redesign(
    *, version_id: int, actor: User, expected: int, findings: str, requests: dict[str, str], to_draft: bool = False
) -> Version:
    """T13: the pilot missed its targets; a committee member sends it back with findings, to the design or to draft.

    The evaluation of this pilot ends with it: a new pilot gathers its own answers.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        verb = "redesign_from_draft" if to_draft else "redesign"
        reasoned(passage, verb, findings)
        request_changes(passage, requests)
        decision = decide(passage, "redesign", role="committee", reasons=findings)
        close_rounds(passage.version, "redesign")
        passage.move(verb, findings=findings, facets=sorted(requests), **named(decision))
        return passage.version


def report(
    *, version_id: int, actor: User, expected: int, measures: dict[str, dict[str, Any]], committee: list[Place]
) -> Panel:
    """T14: the views of learners and employers are in, each target is met or its miss explained; gate 3 opens.

    `measures` maps the place of each planned measure ("0", "1" ...) to {"met": bool, "explanation": str}.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("report")
        answers = answers_of_pilot(version)
        for audience in ("learner", "employer"):
            if not answers.filter(audience=audience).exists():
                raise Missing(what=_("the view of a learner and of an employer"))
        for place in range(len(Dossier.model_validate(version.content).pilot.measures)):
            result = measures.get(str(place))
            if result is None or not (result.get("met") or str(result.get("explanation", "")).strip()):
                raise Missing(what=_("each target met, or its miss explained"))
        snapshot = freeze(passage)
        panel = open_committee(passage, PanelKind.FINAL_APPROVAL, committee)
        reopen_changed(version, *PARTNER_KINDS)
        passage.move("report", digest=snapshot.digest, measures=measures)
        return panel


def activate(*, version_id: int, actor: User, expected: int) -> Version:
    """T18: open it to everybody; what was held can be awarded."""
    with (
        predecessor_locked(version_id),
        opened(version_id=version_id, actor=actor, expected=expected) as passage,
    ):
        version = passage.version
        passage.ask("activate")
        not_own(passage)
        if version.conditions.filter(closed_at=None, blocks="activate").exists():
            raise Refusal(_("A condition that blocks issuing is still open. Whoever set it closes it first."))
        unblocked(passage, "T18")
        assert version.snapshot is not None
        version.review_due_on = next_review(version)
        passage.move("activate", digest=version.snapshot.digest)
        start_clocks(version)
        refresh(passage)
        if version.successor_of_id is not None:
            supersede(version.successor_of_id, version)
        return version

"""The rehearsal itself: one step per stage, each step one transition by the verbs of the portals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from credentials.models import Credential
from workflows import cases, ledger
from workflows.actions import proposing
from workflows.door import stream_of
from workflows.errors import Refusal
from workflows.models import Initiative, Version
from workflows.proposals import Proposal, Reading, content_of
from workflows.rehearsal import beside, design, gates, learners, proposal
from workflows.rehearsal.answers import Completion, completed
from workflows.rehearsal.people import Players, gather
from workflows.rehearsal.script import Partner, Script, enough, script_of
from workflows.stations import Stage

MOST_STEPS = 40  # the longest course with every return has fewer; more means that it goes in circles
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Gate:
    """The framework strip right after one transition."""

    verb: str
    stage: str
    strip: list[dict[str, Any]]


def _silent(_sentence: str) -> None:
    """Nobody listens."""


class Rehearsal:
    """One proposal on its way. `until` and `finish` move it; the rest is what happened."""

    def __init__(self, reading: Reading, played: Proposal, *, tell: Tell = _silent) -> None:
        self.proposal = played
        self.script: Script = script_of(played, reading.domain_of)
        self.partners: tuple[Partner, ...] = enough(self.script)
        self.players: Players = gather(self.script, self.partners)
        lead = self.players["academic_lead"].name
        self.answers: Completion = completed(content_of(played), self.script, self.partners, lead, timezone.localdate())
        self.strips: list[Gate] = []
        self.refusals: list[str] = []
        self.demand_panel: dict[str, Any] | None = None
        self.tell = tell
        self.version: Version = self._start()

    def _start(self) -> Version:
        titles, language = self.proposal.title.said(self.script.language), self.script.language
        named = {f"title_{language}": self.script.initiative} if self.script.initiative else {}
        initiative = Initiative.objects.create(
            institution=self.players.institution,
            pilot_reference=self.script.pilot,
            **{"title_en": titles.en, "title_fr": titles.fr, **named},
        )
        version = proposing.start(
            actor=self.players["proposer"],
            institution=self.players.institution,
            code=self.script.id,
            content=self.answers.content,
            initiative=initiative,
            academic_lead=self.players["academic_lead"],
            unit=self.script.unit[:120],
        )
        self.strips.append(Gate("start", version.stage, cases.strip(version)))
        return version

    def until(self, stage: Stage) -> Version:
        """Move until the version stands in this stage, and stop right there. Raises the refusal of a verb."""
        for _step in range(MOST_STEPS):
            if self.version.stage == stage:
                return self.version
            self._step(stage)
        raise Refusal(f"The course does not reach “{stage.value}”.")

    def finish(self) -> list[Credential]:
        """Award and issue every held result, and let the learners accept."""
        return [learners.award(self, enrolment) for enrolment in learners.held(self.version)]

    def _step(self, goal: Stage) -> None:
        before = Stage(self.version.stage)
        step = DETOURS.get(goal, {}).get(before) or STEPS.get(before)
        if step is None:
            raise Refusal(f"The course does not lead from “{before.value}” to “{goal.value}”.")
        step(self)
        self.version.refresh_from_db()
        moves = [event.type for event in ledger.events_of(stream_of(self.version)) if "to" in event.data]
        self.strips.append(Gate(moves[-1], self.version.stage, cases.strip(self.version)))
        self.tell(f"{self.script.id}: {before.value} > {self.version.stage} ({moves[-1]})")

    def act(self, verb: Callable[..., Any], role: str, **values: Any) -> Any:
        """One verb on this version, by the player of a role, with the number that a fresh page carries."""
        number = Version.objects.values_list("number", flat=True).get(pk=self.version.pk)
        return verb(version_id=self.version.pk, actor=self.players[role], expected=number, **values)

    def note(self, verb: Callable[..., Any], role: str, **values: Any) -> Any:
        """One verb that moves no stage."""
        return verb(version_id=self.version.pk, actor=self.players[role], **values)

    def say(self, key: str) -> str:
        """A stated sample text in the language of the proposal."""
        return self.answers.say(key)


Step = Callable[[Rehearsal], None]
STEPS: dict[Stage, Step] = {
    Stage.DRAFT: proposal.submit,
    Stage.SCREENING: proposal.screen,
    Stage.RELEVANCE_REVIEW: proposal.relevance,
    Stage.ASSESSMENT_DESIGN: design.ready,
    Stage.ENDORSEMENT: design.endorse,
    Stage.PILOT_APPROVAL: gates.pilot_gate,
    Stage.PILOT_READY: learners.start,
    Stage.PILOTING: learners.pilot,
    Stage.PILOT_EVALUATION: learners.report,
    Stage.FINAL_APPROVAL: gates.final_gate,
    Stage.APPROVED: gates.activate,
}
# Where a goal lies beside the straight course: what is done differently in which stage.
DETOURS: dict[Stage, dict[Stage, Step]] = {
    Stage.WITHDRAWN: {Stage.SCREENING: beside.withdraw},
    Stage.REJECTED: {Stage.RELEVANCE_REVIEW: beside.reject},
    Stage.SUSPENDED: {Stage.ACTIVE: beside.suspend},
    Stage.PERIODIC_REVIEW: {Stage.ACTIVE: beside.review},
    Stage.EXPIRING: {Stage.ACTIVE: beside.wind_down},
    Stage.SUPERSEDED: {Stage.ACTIVE: beside.supersede},
    Stage.RETIRED: {Stage.ACTIVE: beside.wind_down_at_once, Stage.EXPIRING: beside.retire},
}

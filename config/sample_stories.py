"""The cases of the demo: which proposal stands where, and what waits for whom. Everything in them is invented.

Three of them are the samples as they are; the others are excerpts of these: fewer competencies, a title of their own.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone, translation

from workflows.actions import awarding, deciding, piloting, revoking, sharing
from workflows.proposals import read
from workflows.rehearsal import Rehearsal, learners, proposal
from workflows.stations import Stage

SAMPLES = Path(__file__).resolve().parent.parent / "workflows" / "samples"


@dataclass(frozen=True)
class Story:
    """One case: the sample it is made of, how far it goes, and what happens there."""

    sample: str
    stage: Stage
    then: Callable[[Rehearsal], None] | None = None
    id: str = ""
    title: dict[str, str] = field(default_factory=dict)
    short: str = ""
    purpose: str = ""
    competencies: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The code of its micro-credential."""
        return self.id or str(_sample(self.sample)["proposals"][0]["id"])

    def document(self) -> dict[str, Any]:
        """The proposal file of this story."""
        whole = _sample(self.sample)
        if self.competencies:
            whole["proposals"] = [_excerpt(whole["proposals"][0], self)]
        return whole

    def play(self, tell: Callable[[str], None]) -> Rehearsal:
        """Carry it as far as it goes, in its language."""
        reading = read(json.dumps(self.document()).encode())
        played = reading.as_given[0]
        with translation.override(played.language):
            play = Rehearsal(reading, played, tell=tell)
            play.until(self.stage)
            if self.then is not None:
                self.then(play)
        return play


def _sample(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return document


def _excerpt(whole: dict[str, Any], story: Story) -> dict[str, Any]:
    """A smaller proposal of the same kind, with everything that refers to what was left out left out too."""
    kept = set(story.competencies)
    small = copy.deepcopy(whole)
    language = small["language"]
    small.update(id=story.id, title=story.title, badge_short_title=story.short, history_demo=[], alignment_traps=[])
    for member in ("pilot_id", "quorum_demo", "expected_conformance", "initiative"):
        small.pop(member, None)
    small["need"]["purpose"] = story.purpose
    small["competencies"] = [row for row in small["competencies"] if row["code"] in kept]
    assessment = small["assessment"]
    assessment["tasks"] = _about(assessment["tasks"], kept)
    assessment["rubric"]["criteria"] = _about(assessment["rubric"]["criteria"], kept)
    hours = 3 * len(kept)
    small["workload"].update(total_hours=hours + 1, breakdown={"supervised_practice": hours, "assessment": 1}, weeks=1)
    small["pathways"].pop("ladders_into", None)
    small["badge"].update(criteria=story.purpose, image_alt=story.title[language])
    for review in small["partner_reviews"]:
        ratings = review.get("relevance", {}).get("per_competency", {})
        review.get("relevance", {})["per_competency"] = {code: r for code, r in ratings.items() if code in kept}
        if review.get("assessment"):
            review["assessment"] = {"reflects_job": "yes", "evidence_sufficient": "yes", "decision_round_1": "endorse"}
    return small


def _about(rows: list[dict[str, Any]], kept: set[str]) -> list[dict[str, Any]]:
    narrowed = [{**row, "competencies": [code for code in row["competencies"] if code in kept]} for row in rows]
    return [row for row in narrowed if row["competencies"]]


# -- what happens where a story stops --------------------------------------------------------------------------------


def returned(play: Rehearsal) -> None:
    """The quality office asks for a change, and the proposer has not answered yet."""
    requests = {"purpose": "Say which supports stay with a regulated nurse."}
    play.act(deciding.return_from_screening, "qa_officer", requests=requests)


def one_silent(play: Rehearsal) -> None:
    """Every partner but one has answered; two suggestions wait for the proposer's reply."""
    proposal.answer_relevance(play)


def pilot_under_way(play: Rehearsal) -> None:
    """Learners stand at every step: handed in, in moderation, not yet competent, enrolled, invited."""
    handed_in, moderating, weak, enrolled, *_invited = learners.roster(play)
    learners.hand_in(play, handed_in)
    learners.hand_in(play, moderating)
    learners.judge(play, moderating, weak=False, moderated=False)
    learners.hand_in(play, weak)
    learners.judge(play, weak, weak=True)
    learners.enrol(play, enrolled)


def badges_of_every_kind(play: Rehearsal) -> None:
    """One badge accepted, one suspended, one revoked, one to be agreed to, one result still on hold."""
    accepted, suspended, revoked, prepared, *_held = learners.held(play.version)
    kept = learners.award(play, accepted)
    stopped = learners.award(play, suspended)
    officer, registrar = play.players["qa_officer"], play.players["registrar"]
    revoking.suspend_badge(credential_id=stopped.pk, actor=officer, reason="A report is being looked at (sample).")
    ended = learners.award(play, revoked)
    asked = revoking.ask_revocation(
        credential_id=ended.pk, actor=registrar, kind="issued_in_error", reason="Awarded to the wrong person (sample)."
    )
    revoking.confirm_revocation(decision_id=asked.pk, actor=officer)
    awarding.award(enrolment_id=prepared.pk, actor=play.players["grantor"])
    for badge in (kept, stopped, ended):
        sharing.show_badge(credential_id=badge.pk, actor=badge.recipient, public=True)
    _regular_cohort(play)


def all_awarded(play: Rehearsal) -> None:
    """Every result that waited is awarded and accepted."""
    play.finish()


def _regular_cohort(play: Rehearsal) -> None:
    """The next run of an active version, with its roster signed."""
    today = timezone.localdate()
    cohort = play.note(
        piloting.make_cohort,
        "academic_lead",
        name="Autumn run",
        starts_on=today + timedelta(days=14),
        ends_on=today + timedelta(days=28),
        stop_rule=play.say("stop_rule"),
        consent=play.answers.text(play.say("consent")),
    )
    lead, domain = play.players["academic_lead"], play.script.institution_domain
    rows = [
        piloting.Learner(f"learner{place}@learners.{domain}", name)
        for place, name in ((7, "Odile Varga"), (8, "Ben Atwater"), (9, "Ines Calloway"))
    ]
    piloting.enter_roster(cohort_id=cohort.pk, actor=lead, learners=rows)
    piloting.name_assessor(
        cohort_id=cohort.pk, actor=lead, person=play.players["assessor"], qualification=play.say("qualification")
    )
    piloting.sign_off_roster(cohort_id=cohort.pk, actor=play.players["qa_officer"])


STORIES = (
    Story("algonquin-gowning", Stage.PILOT_APPROVAL),
    Story("cambrian-pca", Stage.PILOTING, pilot_under_way),
    Story("hearst-offre-active", Stage.RELEVANCE_REVIEW, one_silent),
    Story(
        "algonquin-gowning",
        Stage.ACTIVE,
        badges_of_every_kind,
        id="entry-and-exit",
        title={"en": "Entry to and Exit from Classified Areas", "fr": "Entrée et sortie d’une zone classée"},
        short="Entry and Exit",
        purpose="The holder prepares for entry to a classified area and leaves it without spreading contamination.",
        competencies=("C1", "C5"),
    ),
    Story(
        "algonquin-gowning",
        Stage.DRAFT,
        id="records-in-controlled-areas",
        title={"en": "True Records in Controlled Areas", "fr": "Consignation fidèle en zone contrôlée"},
        short="True Records",
        purpose="The holder keeps records that are true, complete and in time, and reports what deviates.",
        competencies=("C4",),
    ),
    Story(
        "algonquin-gowning",
        Stage.SCREENING,
        id="conduct-in-controlled-areas",
        title={"en": "Conduct in Controlled Areas", "fr": "Conduite en zone contrôlée"},
        short="Conduct",
        purpose="The holder moves and works in a controlled area so that air and product stay protected.",
        competencies=("C3",),
    ),
    Story(
        "algonquin-gowning",
        Stage.APPROVED,
        id="sterile-gowning",
        title={"en": "Sterile Gowning", "fr": "Habillage stérile"},
        short="Sterile Gowning",
        purpose="The holder puts on a sterile set without contaminating its outer surface.",
        competencies=("C2",),
    ),
    Story(
        "cambrian-pca",
        Stage.SCREENING,
        returned,
        id="infection-prevention",
        title={
            "en": "Infection Prevention in Support Work",
            "fr": "Prévention des infections en soutien à la personne",
        },
        short="Infection Prevention",
        purpose="The holder keeps infection from spreading while supporting people in daily life.",
        competencies=("C2",),
    ),
    Story(
        "cambrian-pca",
        Stage.ENDORSEMENT,
        id="moving-safely",
        title={"en": "Helping a Person to Move Safely", "fr": "Aider une personne à se déplacer en sécurité"},
        short="Moving Safely",
        purpose="The holder helps a person to move within the limits of the role, and stops where they end.",
        competencies=("C3",),
    ),
    Story(
        "hearst-offre-active",
        Stage.ACTIVE,
        all_awarded,
        id="communication-interculturelle",
        title={"fr": "Communication interculturelle", "en": "Intercultural Communication"},
        short="Communication interculturelle",
        purpose="La personne adapte sa communication et désamorce les malentendus interculturels.",
        competencies=("C3", "C4"),
    ),
    Story(
        "hearst-offre-active",
        Stage.FINAL_APPROVAL,
        id="continuite-du-service",
        title={"fr": "Continuité du service en français", "en": "Continuity of Service in French"},
        short="Continuité du service",
        purpose="La personne consigne la préférence linguistique et assure la suite du service.",
        competencies=("C5",),
    ),
)

"""The sample answers of a rehearsal: what a proposal file leaves open and the course asks for. Each is marked as one.

They stand in the language of the proposal, because they become part of its content.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from workflows.dossier import Text
from workflows.rehearsal.script import Partner, Script

FRESH_DAYS = 60  # the first source is two months old, each further one a month older

SAID: dict[str, dict[str, str]] = {
    "en": {
        "mark": "sample answer",
        "date": "Date: sample answer.",
        "authority": "established post-secondary institution (sample answer)",
        "audience": "People who meet the entry requirements (sample answer).",
        "barriers": "Cost, hours and access were looked at; adjustments are planned before the start (sample answer).",
        "indigenous": "Sample answer: no Indigenous peoples, lands or knowledge are concerned.",
        "said": "The competencies are in demand (sample answer).",
        "changed": "Taken up in the design, or answered in writing (sample answer).",
        "stop_rule": "two safety incidents (sample answer)",
        "consent": "What is stored, who sees it, and for how long (sample answer).",
        "clarified": "Clarified in the proposal (sample answer).",
        "mended": "Changed after the endorsement round (sample answer)",
        "suggestion": "Taken up, or answered in writing (sample answer).",
        "rating": "A regulation or another partner asks for it (sample answer).",
        "justification": "No concept of the shared framework has this meaning; described as a local competency and "
        "looked at again with each edition (sample answer).",
        "why": "As seen at our own workplace (sample answer).",
        "return": "A reasoned “no match” lacks its justification (sample answer).",
        "condition_met": "Done and shown to whoever asked for it (sample answer).",
        "condition": "Bring the figures that are still missing",
        "exemption": "What the program recognizes still waits for its check; the registrar signs afterwards "
        "(sample answer).",
        "tried": "The mapping was agreed in part (sample answer).",
        "feedback": "Not yet at the required level; practise this part and show it again (sample answer).",
        "evidence": "Shown as the task asks (sample answer).",
        "explanation": "Explained in the report (sample answer).",
        "learner_view": "Clear, fair and worth the time (sample answer).",
        "employer_view": "Performance matched the level shown (sample answer).",
        "qualification": "current own qualification (sample answer)",
        "reason": "Reason of the rehearsal (sample answer).",
        "plan": "Whoever is under way finishes, with support (sample answer).",
        "terms": "As the community's own protocol says (sample answer).",
        "guidance": "Guidance on safety has changed (sample answer).",
    },
    "fr": {
        "mark": "réponse d’exemple",
        "date": "Date\u00a0: réponse d’exemple.",
        "authority": "établissement postsecondaire reconnu (réponse d’exemple)",
        "audience": "Personnes qui satisfont aux conditions d’admission (réponse d’exemple).",
        "barriers": "Coût, horaire et accès ont été examinés; des adaptations sont prévues avant le début "
        "(réponse d’exemple).",
        "indigenous": "Réponse d’exemple\u00a0: aucun peuple, territoire ou savoir autochtone n’est en cause.",
        "said": "Les compétences sont recherchées (réponse d’exemple).",
        "changed": "Repris dans la conception, ou répondu par écrit (réponse d’exemple).",
        "stop_rule": "deux incidents de sécurité (réponse d’exemple)",
        "consent": "Ce qui est conservé, qui le voit et pendant combien de temps (réponse d’exemple).",
        "clarified": "Précisé dans la proposition (réponse d’exemple).",
        "mended": "Modifié après l’aval des partenaires (réponse d’exemple)",
        "suggestion": "Repris, ou répondu par écrit (réponse d’exemple).",
        "rating": "Une règle ou un autre partenaire le demande (réponse d’exemple).",
        "justification": "Aucun concept du référentiel commun n’a ce sens; décrite comme compétence locale et revue à "
        "chaque édition (réponse d’exemple).",
        "why": "Comme constaté dans notre propre milieu (réponse d’exemple).",
        "return": "Une «\u00a0absence de correspondance\u00a0» n’est pas justifiée (réponse d’exemple).",
        "condition_met": "Fait et montré à la personne qui l’avait demandé (réponse d’exemple).",
        "condition": "Apporter les chiffres qui manquent encore",
        "exemption": "Ce que le programme reconnaît attend encore sa vérification; le registraire signe ensuite "
        "(réponse d’exemple).",
        "tried": "La correspondance est convenue en partie (réponse d’exemple).",
        "feedback": "Pas encore au niveau requis; exercez cette partie et montrez-la de nouveau (réponse d’exemple).",
        "evidence": "Montré comme la tâche le demande (réponse d’exemple).",
        "explanation": "Expliqué dans le rapport (réponse d’exemple).",
        "learner_view": "Clair, juste et utile (réponse d’exemple).",
        "employer_view": "Le rendement correspondait au niveau montré (réponse d’exemple).",
        "qualification": "qualification à jour (réponse d’exemple)",
        "reason": "Motif de la répétition (réponse d’exemple).",
        "plan": "Les parcours commencés se terminent, avec soutien (réponse d’exemple).",
        "terms": "Selon le protocole de la communauté (réponse d’exemple).",
        "guidance": "Les consignes de sécurité ont changé (réponse d’exemple).",
    },
}


@dataclass(frozen=True)
class SampleAnswer:
    """One answer that the file did not give: where it stands, what it says."""

    place: str
    answer: str

    def as_data(self) -> dict[str, str]:
        """The answer as JSON values."""
        return asdict(self)


@dataclass
class Completion:
    """The content with its sample answers, and the list of them."""

    content: dict[str, Any]
    language: str
    answers: list[SampleAnswer] = field(default_factory=list)

    def say(self, key: str) -> str:
        """One of the stated texts in the language of the proposal."""
        return SAID[self.language][key]

    def text(self, words: str) -> dict[str, str]:
        """Words as a text of the dossier."""
        return Text(**{self.language: words}).model_dump()

    def labelled(self, key: str, words: str) -> str:
        """A stated text before given words, with the colon of the language."""
        colon = "\u00a0: " if self.language == "fr" else ": "
        return f"{self.say(key)}{colon}{words}"

    def note(self, place: str, answer: str) -> None:
        """Keep on record that an answer is a sample."""
        self.answers.append(SampleAnswer(place, answer))


def completed(
    content: dict[str, Any], script: Script, partners: Iterable[Partner], lead: str, today: date
) -> Completion:
    """The content with dates relative to today, confirmers, and the questions that every proposal answers."""
    done = Completion(content, script.language)
    _sources(done, today)
    _confirmers(done, lead)
    _consultations(done, partners, today)
    inclusion = content["inclusion"]
    if not any(inclusion["barriers"].values()):
        _put(done, inclusion, "barriers", "inclusion.barriers", "barriers")
    if not inclusion["indigenous"]:
        inclusion["indigenous"] = "no"
        _put(done, inclusion, "involved", "inclusion.indigenous", "indigenous")
    if not any(content["purpose"]["audience"].values()):
        _put(done, content["purpose"], "audience", "purpose.audience", "audience")
    if not any(content["pilot"]["stop_rule"].values()):
        _put(done, content["pilot"], "stop_rule", "pilot.stop_rule", "stop_rule")
    return done


def _put(done: Completion, part: dict[str, Any], member: str, place: str, key: str) -> None:
    part[member] = done.text(done.say(key))
    done.note(place, done.say(key))


def _sources(done: Completion, today: date) -> None:
    for place, source in enumerate(done.content["demand"]["sources"]):
        if source["on"] is not None or source["strength"] == "missing":
            continue
        day = (today - timedelta(days=FRESH_DAYS + 30 * place)).isoformat()
        source["on"] = day
        note = source["note"][done.language]
        source["note"][done.language] = f"{note} {done.say('date')}".strip()
        done.note(f"demand.sources[{place}].on", day)


def _confirmers(done: Completion, lead: str) -> None:
    name = f"{lead} ({done.say('mark')})"
    for place, alignment in enumerate(done.content["alignments"]):
        if alignment["match"] not in {"none", "none_in_esco"} and not alignment["confirmed_by"]:
            alignment["confirmed_by"] = name
            done.note(f"alignments[{place}].confirmed_by", name)


def _consultations(done: Completion, partners: Iterable[Partner], today: date) -> None:
    demand = done.content["demand"]
    if demand["consultations"]:
        return
    for partner in partners:
        if partner.relevance is None:
            continue
        said = "; ".join(partner.relevance_reasons) or done.say("said")
        demand["consultations"].append(
            {
                "organization": partner.organization,
                "on": (today - timedelta(days=FRESH_DAYS)).isoformat(),
                "said": done.text(said),
                "changed": done.text(done.say("changed")),
            }
        )
        done.note(f"demand.consultations: {partner.organization}", done.say("changed"))

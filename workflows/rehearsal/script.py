"""What a rehearsal plays, taken from one proposal alone: who acts, what partners answer, which returns happen. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workflows.proposals.form import PartnerPerson
from workflows.proposals.form_answers import AssessmentReview, PartnerReview, Relevance
from workflows.proposals.form_design import Proposal

MOST_LEARNERS = 6  # a rehearsal shows the course, not a crowd
SUPPORTING = {"support", "support_with_suggestions"}
# Words by which a declared interest is read as one of the kinds of `lifecycle.md` 6.3, in both languages.
_INTERESTS = {
    "funds": r"\bfund|\bfinanc|\bsubvent",
    "sells": r"\bsell|\bvend",
    "delivers": r"\bdeliver|\bdispens",
    "owner": r"\bowner|\bowns\b|\bpropriétaire",
    "hires": r"\bhire|\bhiring|\bemploy|\bplacement|\bembauch|\bstage|\baccueill|\brecrut",
}
SAMPLE_PARTNERS = {
    "en": {"first-partner": "Partner (sample)", "second-voice": "Second employer voice (sample)"},
    "fr": {"first-partner": "Partenaire (exemple)", "second-voice": "Deuxième employeur (exemple)"},
}
_RETURNED = re.compile(r"^\s*(return|retour|renvoi|renvoyé)\w*\s*:?\s*", re.IGNORECASE)
_FICTIONAL = re.compile(r"\s*\((fictional|fictif|fictive)\)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Partner:
    """One partner: who answers for it, what it gains, what it says in each round."""

    organization: str
    domain: str
    person: str
    role: str = ""
    kind: str = "employer"
    interests: tuple[str, ...] = ("none",)
    interest: str = ""
    relevance: str | None = "support"
    relevance_reasons: tuple[str, ...] = ()
    relevance_answers: dict[str, Any] = field(default_factory=dict)
    relevance_months: int = 24
    endorsement_rounds: dict[int, str] = field(default_factory=lambda: {1: "endorse"})
    endorsement_reasons: tuple[str, ...] = ()
    endorsement_answers: dict[str, Any] = field(default_factory=dict)
    endorsement_months: int = 24
    condition: tuple[str, str, str] | None = None
    sample: bool = False

    @property
    def endorses(self) -> bool:
        """Whether it is asked about the assessment: who supported, or has an answer ready."""
        return bool(self.endorsement_rounds)

    def in_round(self, number: int) -> str | None:
        """Its choice in one endorsement round; None stays silent. After a return that was mended it endorses."""
        given = [choice for at, choice in sorted(self.endorsement_rounds.items()) if at <= number]
        if not given:
            return None
        return "endorse" if given[-1] == "return" and number not in self.endorsement_rounds else given[-1]


@dataclass(frozen=True)
class Script:
    """Everything that a rehearsal plays, except the content itself."""

    id: str
    pilot: str
    language: str
    state: str
    institution: str
    institution_domain: str
    authority: str
    unit: str
    initiative: str
    people: dict[str, str]
    partners: tuple[Partner, ...]
    screening_returns: tuple[str, ...]
    learners: int
    weeks: float


def script_of(proposal: Proposal, domain_of: Callable[[str], str]) -> Script:
    """The script of one proposal."""
    people = proposal.people
    named = {
        "proposer": people.proposer,
        "academic_lead": people.academic_lead,
        "qa_officer": people.quality_office,
        "registrar": people.registrar,
    }
    body = proposal.issuing_body
    plan = proposal.pilot_plan
    return Script(
        id=proposal.id,
        pilot=proposal.pilot_id,
        language=proposal.language,
        state=proposal.state_for_demo.value,
        institution=body.name,
        institution_domain=domain_of(body.name),
        authority=body.authority or body.type,
        unit=real_name(proposal.offering_unit),
        initiative=str(proposal.initiative),
        people={role: real_name(name) for role, name in named.items() if name.strip()},
        partners=_partners(proposal, domain_of),
        screening_returns=_screening_returns(proposal),
        learners=min(plan.cohort or MOST_LEARNERS, MOST_LEARNERS),
        weeks=plan.duration_weeks or 6,
    )


def real_name(text: str) -> str:
    """A name without its mark "(fictional)": everybody in a rehearsal is, and a banner says so."""
    return _FICTIONAL.sub(" ", text).strip()


def _screening_returns(proposal: Proposal) -> tuple[str, ...]:
    """The reasons of those returns that the invented history lets the quality office make."""
    return tuple(
        _RETURNED.sub("", act).strip() or act
        for _day, role, act in proposal.history_demo
        if role.startswith("qual") and _RETURNED.match(act)
    )


def _partners(proposal: Proposal, domain_of: Callable[[str], str]) -> tuple[Partner, ...]:
    reviews = {review.org: review for review in proposal.partner_reviews}
    people = {partner.org: partner for partner in proposal.people.partner_reviewers}
    known = [*people, *(name for name in reviews if name not in people)]
    return tuple(
        _partner(people.get(name, PartnerPerson(org=name)), reviews.get(name, PartnerReview(org=name)), domain_of)
        for name in known
    )


def _partner(person: PartnerPerson, review: PartnerReview, domain_of: Callable[[str], str]) -> Partner:
    relevance = review.relevance or Relevance(decision="support")
    assessment = review.assessment
    supports = relevance.decision in SUPPORTING
    rounds = _rounds(assessment) if assessment else ({1: "endorse"} if supports else {})
    assessment = assessment or AssessmentReview()
    asked = assessment.condition
    name, _comma, role = real_name(person.person).partition(",")
    answers = relevance.model_dump(mode="json", exclude={"decision", "valid_months", "why", "missing"})
    return Partner(
        organization=person.org,
        domain=domain_of(person.org),
        person=name,
        role=role.strip(),
        kind=person.kind,
        interests=_interests(person),
        interest=str(person.interest_declared),
        relevance=None if relevance.decision == "pending" else relevance.decision,
        relevance_reasons=tuple(str(text) for text in (relevance.why, *relevance.missing) if text),
        relevance_answers=_answers(answers),
        relevance_months=relevance.valid_months,
        endorsement_rounds=rounds,
        endorsement_reasons=tuple(str(text) for text in assessment.changes),
        endorsement_answers=_answers(
            {
                "reflects_job": assessment.reflects_job,
                "evidence_sufficient": assessment.evidence_sufficient,
            }
        ),
        endorsement_months=assessment.valid_months,
        condition=(str(asked.text), asked.due, asked.owner) if asked else None,
    )


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value not in ("", None, [], {})}


def _rounds(review: AssessmentReview) -> dict[int, str]:
    given = {1: review.decision_round_1, 2: review.decision_round_2, 3: review.decision_round_3}
    return {number: choice for number, choice in given.items() if choice}


def _interests(partner: PartnerPerson) -> tuple[str, ...]:
    if partner.interests:
        return tuple(partner.interests)
    said = str(partner.interest_declared).lower()
    return tuple(kind for kind, pattern in _INTERESTS.items() if re.search(pattern, said)) or ("none",)


def enough(script: Script) -> tuple[Partner, ...]:
    """The partners of the script, with sample voices until one partner and two voices are there (lifecycle.md 6.1)."""

    def sample(key: str, *, voice: bool) -> Partner:
        domain = f"{key}.{script.institution_domain}"
        rounds = {} if voice else {1: "endorse"}
        name = SAMPLE_PARTNERS[script.language][key]
        return Partner(name, domain, person="", endorsement_rounds=rounds, sample=voice)

    partners = script.partners or (sample("first-partner", voice=False),)
    heard = sum(2 if p.kind == "sector_body" else 1 for p in partners if p.relevance not in {None, "cannot_judge"})
    return partners if heard >= 2 else (*partners, sample("second-voice", voice=True))

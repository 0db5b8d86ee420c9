"""What each of the 22 pilots asks the engine to represent, built and shown (`lifecycle.md` 15).

One small builder for each need, named by the need's own words in `tests/data/pilots.json`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from people.models import Organization, User
from tests.cast import Cast, proposal
from tests.journeys import awards, course
from workflows import achievements, cases, framework, questions, voices
from workflows.actions import (
    community,
    deciding,
    importing,
    initiating,
    keeping,
    learning,
    piloting,
    proposing,
    reviewing,
    revising,
    urgent,
)
from workflows.dossier import Dossier
from workflows.errors import Blocked, NotYours, Refusal
from workflows.evidence import Item
from workflows.models import Cohort, Initiative, MicroCredential, PanelKind, Pathway, Policy, Seat, Version
from workflows.panels import Place
from workflows.pilots import bring_in, read_file
from workflows.policies.document import validated
from workflows.policy import DEFAULT_POLICY, State, Voice, quorum
from workflows.queries import near_versions
from workflows.rehearsal import Rehearsal
from workflows.stacks import complete
from workflows.stations import Stage
from workflows.studies import StudyRecord

FILE = Path(__file__).resolve().parents[1] / "data" / "pilots.json"
PILOTS = {pilot["id"]: pilot for pilot in json.loads(FILE.read_text())["pilots"]}
Builder = Callable[[Cast], None]
BUILDERS: dict[str, Builder] = {}

pytestmark = pytest.mark.django_db


def shows(*needs: str) -> Callable[[Builder], Builder]:
    """Say which needs a builder shows, in the words of the list."""

    def keep(builder: Builder) -> Builder:
        for need in needs:
            assert need not in BUILDERS, need
            BUILDERS[need] = builder
        return builder

    return keep


@pytest.mark.parametrize("pilot", sorted(PILOTS))
def test_every_need_of_a_pilot_is_represented(cast: Cast, pilot: str) -> None:
    for need in PILOTS[pilot]["engine_must_represent"]:
        BUILDERS[need](cast)


def test_no_need_is_left_out_and_none_is_made_up() -> None:
    assert set(BUILDERS) == {need for pilot in PILOTS.values() for need in pilot["engine_must_represent"]}


@pytest.mark.parametrize("pilot", sorted(PILOTS))
def test_its_initiative_stands_after_the_import(pilot: str) -> None:
    bring_in(read_file(FILE))
    initiative = Initiative.objects.get(pilot_reference=pilot)
    assert initiative.partners.count() == len(PILOTS[pilot]["partners"])
    assert initiative.kind == PILOTS[pilot]["kind"]
    assert (initiative.studies.count() == 1) is (initiative.kind == "research")
    assert initiative.micro_credentials.exists() is (initiative.kind != "research")


# -- small steps ----------------------------------------------------------------------------------------------------

_numbers = iter(range(1, 10_000))


def draft(cast: Cast, initiative: Initiative | None = None, **changes: Any) -> Version:
    """A proposal of Ana's with these facets changed."""
    content = copy.deepcopy(proposal())
    for facet, value in changes.items():
        content[facet] = {**content[facet], **value} if isinstance(value, dict) and facet in content else value
    return proposing.start(
        actor=cast.ana, institution=cast.college, code=f"N{next(_numbers)}", content=content, initiative=initiative
    )


def result(version: Version, code: str) -> framework.ClauseResult:
    return next(r for r in framework.check(cases.facts(version)) if r.code == code)


def organization(slug: str, kind: str = "employer", part_of: Organization | None = None) -> Organization:
    made, _new = Organization.objects.get_or_create(
        slug=slug,
        defaults={"kind": kind, "name_en": slug.title(), "domain": f"{slug}.example", "part_of": part_of},
    )
    return made


def person(name: str, of: Organization) -> User:
    email = f"{name}@{of.domain}"
    return User.objects.filter(email=email).first() or User.objects.create_user(email, name=name.title())


def in_review(cast: Cast, version: Version, places: list[Place]) -> None:
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    proposing.declare_interest(version_id=version.pk, actor=cast.ana, kinds=["none"])
    proposing.submit(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    deciding.accept(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), sheet=course.SHEET, places=places
    )
    version.refresh_from_db()


def say(version: Version, who: User, choice: str, *interests: str) -> None:
    seat = Seat.objects.get(panel__version=version, panel__kind="relevance", person=who, state="open")
    reviewing.answer(
        seat_id=seat.pk, actor=who, choice=choice, reasons="seen at work", interests=list(interests) or ["none"],
        answers=course.RATINGS, proved_at=timezone.now(),
    )  # fmt: skip


def initiative(cast: Cast, kind: str = "create") -> Initiative:
    return Initiative.objects.create(institution=cast.college, title_en="A project", kind=kind)


def cohort_of(cast: Cast) -> tuple[Version, Cohort]:
    """A pilot under way; one for each test is enough."""
    version = Version.objects.filter(stage="piloting").first()
    if version is not None:
        return version, version.cohorts.get()
    MicroCredential.objects.filter(code="GOWN").update(code=f"N{next(_numbers)}")  # another need has used the code
    return awards.piloting_version(cast)


# -- several micro-credentials, partners ----------------------------------------------------------------------------


@shows(
    "one initiative with several micro-credentials, each with its own version, rubric and approval",
    "four parallel micro-credentials under one initiative",
)
def _several(cast: Cast) -> None:
    project = initiative(cast)
    first, *others = [draft(cast, project) for _ in range(4)]
    in_review(cast, first, cast.employers())
    proposing.withdraw(version_id=others[0].pk, actor=cast.ana, expected=course.number(others[0]), reason="later")
    stages = [Version.objects.get(pk=version.pk).stage for version in (first, *others)]
    assert stages == ["relevance_review", "withdrawn", "draft", "draft"]
    assert len({version.micro_credential_id for version in (first, *others)}) == 4


@shows("one partner may validate only one of the micro-credentials")
def _one_partner_for_one(cast: Cast) -> None:
    project = initiative(cast)
    first, second = draft(cast, project), draft(cast, project)
    in_review(cast, first, cast.employers())
    in_review(cast, second, [Place(cast.vera, cast.clinic, "partner")])
    assert first.panels.get().seats.count() == 2
    assert [seat.organization for seat in second.panels.get().seats.all()] == [cast.clinic]


@shows("a family of five with shared template and shared partner validation but separate decisions")
def _family(cast: Cast) -> None:
    project = initiative(cast)
    shared = {"levels": proposal()["rubric"]["levels"], "criteria": proposal()["rubric"]["criteria"]}
    family = [draft(cast, project, rubric=shared) for _ in range(5)]
    in_review(cast, family[0], cast.employers())
    in_review(cast, family[1], cast.employers())
    for version in family[:2]:
        say(version, cast.bob, "support", "hires")
    assert {version.snapshots.get().facets["rubric"] for version in family[:2]} == {
        family[0].snapshots.get().facets["rubric"]
    }
    assert family[0].validations.get().organization == family[1].validations.get().organization
    assert family[2].validations.count() == 0


@shows("stack rule: any n of 5 or all 5")
def _rule_of_five(cast: Cast) -> None:
    five = ["a", "b", "c", "d", "e"]
    assert complete("n_of_m", 3, five, ["e", "a", "c"])
    assert not complete("n_of_m", 3, five, ["a", "a", "b"])
    assert complete("all", None, five, five[::-1])
    assert not complete("all", None, five, five[:4])
    assert complete("ordered", None, five, five)
    assert not complete("ordered", None, five, five[::-1])


@shows("stack with named parts and completion rule")
def _named_parts(cast: Cast) -> None:
    project = initiative(cast)
    stack = initiating.make_stack(
        initiative_id=project.pk, actor=cast.ana, title_en="Care and Safety", rule="n_of_m", needed=2
    )
    parts = [draft(cast, project).micro_credential for _ in range(3)]
    for part in parts:
        initiating.add_part(stack_id=stack.pk, actor=cast.ana, micro_credential=part)
    codes = [part.code for part in stack.parts.order_by("pk")]
    assert complete(stack.rule, stack.needed, codes, codes[:2])
    with pytest.raises(NotYours):
        initiating.add_part(stack_id=stack.pk, actor=cast.mallory, micro_credential=parts[0])


@shows("stack composition decided later than the first unit")
def _composed_later(cast: Cast) -> None:
    project = initiative(cast)
    first = draft(cast, project)
    in_review(cast, first, cast.employers())
    stack = initiating.make_stack(initiative_id=project.pk, actor=cast.ana, title_en="Navigation")
    assert not complete(stack.rule, None, [], [first.micro_credential.code])
    initiating.add_part(stack_id=stack.pk, actor=cast.ana, micro_credential=first.micro_credential)
    assert complete(stack.rule, None, [first.micro_credential.code], [first.micro_credential.code])


@shows("organization relationships, so that two related partners do not count as two independent validators")
def _related(cast: Cast) -> None:
    owner = organization("spark-lifecare")
    owned = organization("spark-university", part_of=owner)
    version = draft(cast)
    in_review(
        cast, version, [Place(person("ada", owner), owner, "partner"), Place(person("ulf", owned), owned, "voice")]
    )
    say(version, person("ada", owner), "support")
    say(version, person("ulf", owned), "support")
    heard = voices.voices(version, PanelKind.RELEVANCE)
    assert heard[0].related_group == heard[1].related_group
    assert quorum(DEFAULT_POLICY, "relevance", heard) != State.MET


@shows("public employer as partner with hiring interest")
def _public_employer(cast: Cast) -> None:
    county = organization("county", "public_employer")
    version = draft(cast)
    in_review(cast, version, [Place(person("cora", county), county, "partner")])
    say(version, person("cora", county), "support", "hires")
    [heard] = voices.voices(version, PanelKind.RELEVANCE)
    assert heard.independent
    assert heard.weight == 1


@shows("association partner that speaks for many small employers")
def _association(cast: Cast) -> None:
    chamber = organization("chamber", "sector_body")
    version = draft(cast)
    in_review(cast, version, [Place(person("cleo", chamber), chamber, "partner")])
    say(version, person("cleo", chamber), "support")
    assert result(version, "P1b").holds
    assert result(version, "E6a").holds


@shows("declared commercial interest and an independent second validator")
def _vendor(cast: Cast) -> None:
    vendor = organization("avid")
    seller = person("avery", vendor)
    version = draft(cast)
    in_review(cast, version, [Place(seller, vendor, "partner"), Place(cast.bob, cast.hospital, "partner")])
    say(version, seller, "support", "sells")
    assert not result(version, "E6a").holds
    say(version, cast.bob, "support", "hires")
    assert result(version, "E6a").holds


@shows("rule on product names in titles")
def _product_names(cast: Cast) -> None:
    vendor = organization("avid")
    version = draft(cast, identity={"title": {"en": "Ingesting with Avid"}})
    in_review(cast, version, [Place(person("avery", vendor), vendor, "partner")])
    assert result(version, "P1b").advice == ()
    say(version, person("avery", vendor), "support", "sells")
    [advice] = result(version, "P1b").advice
    assert "Avid" in str(advice)


@shows("internal unit that is a partner but cannot act as independent external validator")
def _internal_unit(cast: Cast) -> None:
    unit = organization("institute", "internal_unit", part_of=cast.college)
    version = draft(cast)
    in_review(cast, version, [Place(person("ines", unit), unit, "partner"), Place(cast.vera, cast.clinic, "voice")])
    say(version, person("ines", unit), "support")
    inside = next(v for v in voices.voices(version, PanelKind.RELEVANCE) if v.organization == str(unit.pk))
    assert (inside.weight, inside.independent) == (0, False)
    assert not result(version, "E6a").holds


@shows("per-partner validation with different sector views and a quorum rule")
def _sector_views(cast: Cast) -> None:
    version = draft(cast)
    shop = organization("shop")
    in_review(cast, version, [*cast.employers(), Place(person("sam", shop), shop, "voice")])
    for who, choice in ((cast.bob, "support"), (cast.vera, "do_not_support"), (person("sam", shop), "support")):
        say(version, who, choice)
    assert {decision.choice for decision in version.decisions.all()} == {"support", "do_not_support"}
    assert quorum(DEFAULT_POLICY, "relevance", voices.voices(version, PanelKind.RELEVANCE)) == State.MET


# -- content --------------------------------------------------------------------------------------------------------


@shows("observed-performance evidence with objective measures")
def _observed(cast: Cast) -> None:
    task = {
        "code": "T1", "type": "application of a skill", "competencies": ["C1", "C2"],
        "evidence": [{"en": "contact-plate result sheet"}], "pass_rule": {"en": "three in a row"},
        "identity_check": {"en": "photo"},
    }  # fmt: skip
    version = draft(
        cast, assessment={"tasks": [task]}, pilot={"measures": [{"name": {"en": "pass"}, "target": ">= 70 %"}]}
    )
    assert result(version, "E4a").holds
    assert Dossier.model_validate(version.content).pilot.measures[0].target == ">= 70 %"


@shows("short validity with requalification")
def _requalification(cast: Cast) -> None:
    validity = {"period": "P12M", "renewal": {"en": "one observed gowning"}, "lapse": {"en": "full reassessment"}}
    version = draft(cast, validity=validity, pathways={"transcript_rule": {"en": "x"}})
    assert result(version, "P4").holds


@shows("knowledge, skills and attitudes as three explicit lists")
def _three_lists(cast: Cast) -> None:
    thin = copy.deepcopy(proposal()["competencies"])
    assert result(draft(cast), "E3").holds
    thin[0]["attitudes"] = []
    assert not result(draft(cast, competencies=thin), "E3").holds


@shows("hazard controls and supervision level for assessment tasks")
def _hazards(cast: Cast) -> None:
    task = {**proposal()["assessment"]["tasks"][0], "hazards": {"en": "800 V; lock out first"}}
    task["supervision"] = "one to one, by a licensed technician"
    version = draft(cast, assessment={"tasks": [task]})
    kept = Dossier.model_validate(version.content).assessment.tasks[0]
    assert "lock out" in kept.hazards.en
    assert kept.supervision.startswith("one to one")


@shows("French as source language with optional English edition of the same achievement")
def _french_source(cast: Cast) -> None:
    content = copy.deepcopy(proposal())
    content["identity"] = {"title": {"fr": "Véhicules électriques"}, "issuing_body": "Collège", "languages": ["fr"]}
    content["identity"]["related_editions"] = ["en"]
    version = draft(cast, identity=content["identity"])
    assert version.language == "fr"
    assert str(version) == "Véhicules électriques"
    assert result(version, "E1").holds


@shows("language editions linked as related achievements")
def _editions(cast: Cast) -> None:
    english, _badge = awards.issued(cast)
    english.refresh_from_db()
    content = copy.deepcopy(proposal())
    content["identity"].update(languages=["fr"], related_editions=[english.micro_credential.code])
    edition = draft(cast, identity=content["identity"])
    in_review(cast, edition, cast.employers())
    assert achievements.document(edition)["related"] == [
        {"id": cases.achievement_url(english), "type": ["Related"], "version": "1", "inLanguage": "en"}
    ]


@shows("regional scope of labour-market evidence")
def _region(cast: Cast) -> None:
    demand = {"region": "Northumberland", "sector": "municipal government"}
    assert draft(cast, demand=demand).content["demand"]["region"] == "Northumberland"


@shows("relevance that can expire: date the need and force re-validation")
def _need_ends(cast: Cast) -> None:
    ends = (timezone.localdate() + timedelta(days=90)).isoformat()
    old = (timezone.localdate() - timedelta(days=900)).isoformat()
    version = draft(cast, demand={"need_ends_on": ends, "sources": [{"kind": "survey", "on": old}]})
    assert Dossier.model_validate(version.content).demand.need_ends_on is not None
    assert result(version, "P1a").state == "stale"


@shows("alignment targets that are not ESCO")
def _not_esco(cast: Cast) -> None:
    code = {"competency": "C1", "framework": "Ontario Building Code", "edition": "2024", "match": "close"}
    rows = [{**code, "confirmed_by": "Ana"}, {**code, "competency": "C2", "confirmed_by": "Ana"}]
    assert result(draft(cast, alignments=rows), "E2b").holds


@shows("alignment to a dated external standard; a new edition of the standard triggers review")
def _dated_standard(cast: Cast) -> None:
    version, _badge = awards.issued(cast)
    competency = {**proposal()["competencies"][0], "tool_edition": "Building Code 2024"}
    assert draft(cast, competencies=[competency]).content["competencies"][0]["tool_edition"] == "Building Code 2024"
    keeping.open_review(version_id=version.pk, trigger="standard_edition")
    version.refresh_from_db()
    assert version.stage == "periodic_review"


@shows("overlap check with similar care credentials elsewhere in the portfolio (Cambrian, Canadore)")
def _overlap(cast: Cast) -> None:
    first = draft(cast, identity={"title": {"en": "Supportive Care Assistant"}})
    second = draft(cast, identity={"title": {"en": "Personal Care"}})
    near = near_versions(second)
    assert first in near
    assert second not in near


@shows("attitude outcomes with observable indicators")
def _indicators(cast: Cast) -> None:
    competency = {
        **proposal()["competencies"][0],
        "indicators": [{"en": "names an own assumption without being asked"}],
    }
    version = draft(cast, competencies=[competency])
    assert "assumption" in version.content["competencies"][0]["indicators"][0]["en"]


@shows("competency with no exact ESCO concept (offre active)")
def _no_concept(cast: Cast) -> None:
    none = {"competency": "C1", "framework": "local", "match": "none_in_esco"}
    other = proposal()["alignments"][1]
    assert not result(draft(cast, alignments=[none, other]), "E2b").holds
    explained = {**none, "justification": {"fr": "Aucun concept n’a ce sens."}}
    assert result(draft(cast, alignments=[explained, other]), "E2b").holds


@shows("recognition of prior learning route to the same award")
def _prior_learning(cast: Cast) -> None:
    _version, cohort = cohort_of(cast)
    enrolment = cohort.enrolments.filter(stage="invited").order_by("pk")[0]
    learning.enrol(enrolment_id=enrolment.pk, actor=enrolment.learner, consent=True)
    attempt = learning.submit_evidence(
        enrolment_id=enrolment.pk, actor=enrolment.learner, items=[Item("T1", text="ten years of practice")],
        own_work=True, prior_learning=True,
    )  # fmt: skip
    assert attempt.prior_learning


@shows("plain-language criteria, several languages of explanation")
def _plain_language(cast: Cast) -> None:
    explanations = [{"language": "uk", "words": "Простими словами"}, {"language": "ar", "words": "بكلمات بسيطة"}]
    rubric = {**proposal()["rubric"], "summary": {"en": "Gown cleanly.", "fr": "S’habiller proprement."}}
    version = draft(cast, presentation={"explanations": explanations}, rubric=rubric)
    kept = Dossier.model_validate(version.content)
    assert [row.language for row in kept.presentation.explanations] == ["uk", "ar"]
    assert kept.rubric.summary.fr


@shows("transversal skill alignment")
def _transversal(cast: Cast) -> None:
    row = {**proposal()["alignments"][0], "reuse_level": "transversal"}
    assert draft(cast, alignments=[row]).content["alignments"][0]["reuse_level"] == "transversal"


@shows("intellectual-property terms for artefacts")
def _property(cast: Cast) -> None:
    evidence = {"intellectual_property": {"en": "The learner keeps the design; the partner may show it."}}
    assert "keeps" in draft(cast, evidence=evidence).content["evidence"]["intellectual_property"]["en"]


@shows("very small units (hours)")
def _small(cast: Cast) -> None:
    version = draft(cast, workload={"hours": {"practice": 1.5, "assessment": 0.5}, "weeks": 1})
    assert Dossier.model_validate(version.content).workload.total_hours == 2


@shows("tool version as part of the competency context")
def _tool_version(cast: Cast) -> None:
    competency = {**proposal()["competencies"][0], "tool_edition": "Media Composer 2024.10"}
    version = draft(cast, competencies=[competency])
    assert version.content["competencies"][0]["tool_edition"] == "Media Composer 2024.10"


@shows("accessible evidence and assessment formats by default")
def _formats(cast: Cast) -> None:
    assessment = {"formats": [{"en": "spoken answers"}, {"en": "large print"}], "adjustments": {"en": "more time"}}
    version = draft(cast, assessment=assessment)
    assert len(Dossier.model_validate(version.content).assessment.formats) == 2


@shows("whole workflow usable in French: forms, notices, badge")
def _french(cast: Cast) -> None:
    from workflows.proposals import read_file as read_sample

    reading = read_sample(FILE.parents[2] / "workflows" / "samples" / "hearst-offre-active.json")
    with translation.override("fr"):
        play = Rehearsal(reading, reading.under_stand_ins[0])
        play.until(Stage.ACTIVE)
        badge = play.finish()[0]
        said = json.dumps(play.strips[1].strip, ensure_ascii=False)
    assert "n'est pas" in said
    assert badge.document["credentialSubject"]["achievement"]["inLanguage"] == "fr"


# -- pathways -------------------------------------------------------------------------------------------------------


@shows("pathway record to a named target program with credit mapping, conditions, effective dates and approver")
def _pathway(cast: Cast) -> None:
    ladder = {
        "target": {"en": "Personal Support Worker"}, "mapping": [{"of": ["C1"], "recognition": {"en": "full credit"}}],
        "conditions": [{"en": "award not older than 3 years"}], "approved_by": "certificate coordinator",
        "effective_from": "2026-01-01", "effective_until": "2028-12-31", "review_trigger": {"en": "either side"},
    }  # fmt: skip
    version = draft(cast, pathways={"ladders": [ladder]})
    kept = Dossier.model_validate(version.content).pathways.ladders[0]
    assert (kept.approved_by, kept.effective_until.year) == ("certificate coordinator", 2028)
    assert result(version, "P4").holds


@shows("a change to either side of the pathway triggers review")
def _pathway_changes(cast: Cast) -> None:
    version, _badge = awards.issued(cast)
    Pathway.objects.create(micro_credential=version.micro_credential, program="PSW", terms={"trigger": "either side"})
    keeping.open_review(version_id=version.pk, trigger="pathway_changed")
    version.refresh_from_db()
    assert version.stage == "periodic_review"


# -- evidence -------------------------------------------------------------------------------------------------------


@shows("third-party privacy in workplace evidence")
def _third_persons(cast: Cast) -> None:
    _version, cohort = cohort_of(cast)
    enrolment = cohort.enrolments.filter(stage="invited").order_by("pk")[0]
    learning.enrol(enrolment_id=enrolment.pk, actor=enrolment.learner, consent=True)
    with pytest.raises(Refusal, match="another person"):
        learning.submit_evidence(
            enrolment_id=enrolment.pk, actor=enrolment.learner, own_work=True,
            items=[Item("T1", text="Mrs. X in room 4", third_person=True)],
        )  # fmt: skip


@shows("placement supervisor as workplace assessor")
def _workplace_assessor(cast: Cast) -> None:
    _version, cohort = cohort_of(cast)
    place = piloting.name_assessor(
        cohort_id=cohort.pk, actor=cast.ana, person=cast.vera, qualification="placement supervisor, trained in May"
    )
    assert not place.person.memberships.filter(organization=cast.college).exists()


@shows("private evidence: summary visible to employers, full reflection only to assessor and earner")
def _private_reflection(cast: Cast) -> None:
    from workflows.actions import evidencing

    _version, cohort = cohort_of(cast)
    enrolment = cohort.enrolments.filter(stage="invited").order_by("pk")[0]
    learner = enrolment.learner
    learning.enrol(enrolment_id=enrolment.pk, actor=learner, consent=True)
    items = [
        Item("T1", text="my reflection", visibility="private"),
        Item("T1", text="a summary", visibility="employers"),
    ]
    learning.submit_evidence(enrolment_id=enrolment.pk, actor=learner, items=items, own_work=True)
    stored = {item.visibility: item for item in enrolment.evidence.all()}
    assert set(stored) == {"private", "employers"}
    assert evidencing.read(item_id=stored["private"].pk, actor=cast.assessor)
    with pytest.raises(Refusal):
        evidencing.read(item_id=stored["private"].pk, actor=cast.mallory)


@shows("evidence that is partner-confidential: time-limited or redacted visibility")
def _confidential(cast: Cast) -> None:
    evidence = {"partner_confidential": [{"en": "prototype drawings"}]}
    assert draft(cast, evidence=evidence).content["evidence"]["partner_confidential"]
    _version, cohort = cohort_of(cast)
    enrolment = cohort.enrolments.filter(stage="invited").order_by("pk")[0]
    learning.enrol(enrolment_id=enrolment.pk, actor=enrolment.learner, consent=True)
    until = timezone.localdate() + timedelta(days=30)
    learning.submit_evidence(
        enrolment_id=enrolment.pk, actor=enrolment.learner, own_work=True,
        items=[Item("T1", text="drawing", visibility="employers", consent_ends_on=until)],
    )  # fmt: skip
    consent = enrolment.evidence.get().consents.get()
    assert consent.ends_on == until


# -- communities ----------------------------------------------------------------------------------------------------

TERMS = dict.fromkeys(questions.TERMS, "as the protocol says")


def _concerns_indigenous(cast: Cast) -> Version:
    return draft(cast, inclusion={"indigenous": "yes", "protocol": {"en": "asked the council first"}})


@shows(
    "question 'does the content concern Indigenous peoples or knowledge?' that asks for community involvement even when"
    " no partner is Indigenous"
)
def _the_question(cast: Cast) -> None:
    unanswered = draft(cast, inclusion={"indigenous": ""})
    proposing.note_duplicates_seen(version_id=unanswered.pk, actor=cast.ana)
    proposing.declare_interest(version_id=unanswered.pk, actor=cast.ana, kinds=["none"])
    with pytest.raises(Refusal, match="Indigenous question"):
        proposing.submit(version_id=unanswered.pk, actor=cast.ana, expected=course.number(unanswered))
    yes = _concerns_indigenous(cast)
    assert not Initiative.objects.get(pk=yes.micro_credential.initiative_id).partners.exists()
    assert cases.agreements_in_force(yes) == []


@shows("attribution and use conditions for Indigenous knowledge")
def _attribution(cast: Cast) -> None:
    inclusion = {"indigenous": "yes", "attribution": {"en": "named as the council asks; used in this course only"}}
    assert "council" in draft(cast, inclusion=inclusion).content["inclusion"]["attribution"]["en"]


@shows("Indigenous protocol record")
def _protocol(cast: Cast) -> None:
    version = _concerns_indigenous(cast)
    council = organization("council", "community")
    kept = community.record_agreement(
        version_id=version.pk, actor=cast.quinn, parties=[council], terms=TERMS, in_force_from=timezone.localdate()
    )
    assert kept.terms["protocol"] == "as the protocol says"


@shows("nine organizations in one agreement with different rights")
def _nine(cast: Cast) -> None:
    version = _concerns_indigenous(cast)
    parties = [cast.college, *(organization(f"party-{place}", "community") for place in range(8))]
    rights = {f"rights of {party.slug}": "names the steward" for party in parties}
    kept = community.record_agreement(
        version_id=version.pk, actor=cast.quinn, parties=parties, terms={**TERMS, **rights},
        in_force_from=timezone.localdate(),
    )  # fmt: skip
    assert kept.parties.count() == 9
    assert kept.terms["rights of party-3"] == "names the steward"


@shows(
    "community protocol and data-governance agreement (OCAP principles) as a blocking record before any community data"
    " or endorsement is used"
)
def _blocks(cast: Cast) -> None:
    version = draft(cast, inclusion={"indigenous": "yes"})
    in_review(cast, version, cast.employers())
    for who in (cast.bob, cast.vera):
        say(version, who, "support")
    deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    deciding.sign_moderation(version_id=version.pk, actor=cast.moe)
    course.answered(course.in_endorsement(cast, version), "endorse")
    panel = deciding.confirm_endorsement(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), committee=cast.committee()
    )
    course.voted(panel, "approve", "approve", "approve")
    with pytest.raises(Blocked):
        deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    _agreed(cast, version)
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    assert Version.objects.get(pk=version.pk).stage == "pilot_ready"


def _agreed(cast: Cast, version: Version) -> None:
    council = organization("council", "community")
    community.record_agreement(
        version_id=version.pk, actor=cast.quinn, parties=[council], terms=TERMS, in_force_from=timezone.localdate()
    )
    speaker = person("sora", council)
    panel = community.ask_community(
        version_id=version.pk, actor=cast.quinn, places=[Place(speaker, council, "community")]
    )
    reviewing.answer(
        seat_id=panel.seats.get().pk, actor=speaker, choice="agree", interests=["none"], proved_at=timezone.now()
    )


@shows("community consent that can be withdrawn; data steward outside the institution")
def _withdrawn(cast: Cast) -> None:
    version = _concerns_indigenous(cast)
    council = organization("council", "community")
    kept = community.record_agreement(
        version_id=version.pk, actor=cast.quinn, parties=[council], in_force_from=timezone.localdate(),
        terms={**TERMS, "steward": "the council's own archive"},
    )  # fmt: skip
    assert cases.agreements_in_force(version)
    community.withdraw_agreement(agreement_id=kept.pk, actor=cast.quinn, reason="the council asks")
    assert cases.agreements_in_force(version) == []


@shows("aggregate reporting only with community approval")
def _aggregate(cast: Cast) -> None:
    version = _concerns_indigenous(cast)
    terms = {**TERMS, "data": "no report on the community, also in aggregate, without its approval"}
    kept = community.record_agreement(
        version_id=version.pk, actor=cast.quinn, parties=[organization("council", "community")], terms=terms,
        in_force_from=timezone.localdate(),
    )  # fmt: skip
    assert "aggregate" in kept.terms["data"]


@shows("employer quorum counted separately from community endorsement")
def _counted_apart(cast: Cast) -> None:
    version = _concerns_indigenous(cast)
    in_review(cast, version, cast.employers())
    _agreed(cast, version)
    assert version.panels.filter(kind=PanelKind.COMMUNITY).count() == 1
    assert len(voices.voices(version, PanelKind.RELEVANCE)) == 2
    alone = [Voice("council", 0, True, True, "support")]
    assert quorum(DEFAULT_POLICY, "relevance", alone) == State.OUT_OF_REACH


# -- research, prototypes, what is in use ---------------------------------------------------------------------------

STUDY: dict[str, Any] = {
    "question": {"en": "What do employers gain?"},
    "instruments": [
        {"name": {"en": "survey"}, "audience": "learner", "questions": [{"en": "Was it worth the time?"}]},
        {"name": {"en": "interview"}, "audience": "employer", "days_after_award": 90},
    ],
    "consent": {"en": "Only for this study; saying no changes nothing about your course."},
    "sample": {"whom": {"en": "completers of 2025"}, "planned": 40, "reached": 31},
    "findings": [
        {"view": "learner", "text": {"en": "worth the time"}},
        {"view": "employer", "text": {"en": "would hire again"}},
    ],
}


@shows(
    "evaluation study as an object of its own with instruments, consent, sample and findings",
    "research initiative without credential",
)
def _study(cast: Cast) -> None:
    project = initiative(cast, "research")
    study = initiating.keep_study(initiative_id=project.pk, actor=cast.ana, record=STUDY)
    record = StudyRecord.model_validate(study.record)
    assert (record.sample.planned, record.sample.reached) == (40, 31)
    assert not project.micro_credentials.exists()


@shows("learner survey consent separate from enrolment consent")
def _consent_apart(cast: Cast) -> None:
    project = initiative(cast, "research")
    with pytest.raises(Refusal, match="apart from the consent of an enrolment"):
        initiating.keep_study(initiative_id=project.pk, actor=cast.ana, record={**STUDY, "consent": {}})
    study = initiating.keep_study(initiative_id=project.pk, actor=cast.ana, record=STUDY)
    assert StudyRecord.model_validate(study.record).consent.en != awards.CONSENT["en"]


@shows("two perspectives compared for the same credential version")
def _two_views(cast: Cast) -> None:
    version, cohort = cohort_of(cast)
    learner = cohort.enrolments.order_by("pk")[0].learner
    piloting.answer_pilot(version_id=version.pk, actor=learner, audience="learner", answers={"worth": 5})
    piloting.answer_pilot(version_id=version.pk, actor=cast.ana, audience="employer", answers={"worth": 4})
    assert {answer.audience for answer in version.pilot_answers.all()} >= {"learner", "employer"}
    assert StudyRecord.model_validate(STUDY).by_view() == {
        "learner": ["worth the time"], "employer": ["would hire again"],
    }  # fmt: skip


@shows("employability outcome follow-up after award")
def _follow_up(cast: Cast) -> None:
    assert StudyRecord.model_validate(STUDY).instruments[1].days_after_award == 90
    version, _badge = awards.issued(cast)
    answer = piloting.answer_pilot(
        version_id=version.pk, actor=cast.ana, audience="employer", answers={"days": 90, "hired": True}
    )
    assert answer.answers["hired"]


EXTRA = {
    "code": "O1",
    "title": {"en": "Where wages are said", "fr": "Salaires"},
    "blocks": ["T10"],
    "needs": "demand.region",
}


@shows("framework itself is versioned data: new clauses can be added without code change")
def _added_clause(cast: Cast) -> None:
    data = validated({**DEFAULT_POLICY, "policy": "default/2", "clauses": [EXTRA]})
    version, before = draft(cast), draft(cast)
    version.policy = Policy.objects.get_or_create(
        institution=cast.college, edition="default/2", defaults={"data": data}
    )[0]
    strip = framework.check(cases.facts(version))
    assert [r.code for r in strip][-1] == "O1"
    assert len(strip) == 17
    assert "O1" in {r.code for r in framework.blocking(cases.facts(version), "T10")}
    version.content = {**version.content, "demand": {**version.content["demand"], "region": "North"}}
    assert result(version, "O1").holds
    assert len(framework.check(cases.facts(before))) == 16
    with pytest.raises(ValueError, match=r"clauses\.1\.title: It is missing\."):
        validated({**DEFAULT_POLICY, "clauses": [{"code": "O2"}]})


@shows("findings can propose a framework change")
def _proposes(cast: Cast) -> None:
    record = {**STUDY, "findings": [{"text": {"en": "wages matter"}, "proposes_clause": EXTRA}]}
    study = initiating.keep_study(initiative_id=initiative(cast, "research").pk, actor=cast.ana, record=record)
    proposed = StudyRecord.model_validate(study.record).findings[0].proposes_clause
    assert validated({**DEFAULT_POLICY, "clauses": [proposed]})["clauses"] == [EXTRA]


@shows("exploratory initiative that may end without a credential")
def _ends_without(cast: Cast) -> None:
    project = initiative(cast, "prototype")
    with pytest.raises(Refusal, match="what came of it"):
        initiating.end_initiative(initiative_id=project.pk, actor=cast.ana, outcome=" ")
    version = draft(cast, project)
    with pytest.raises(Refusal, match="still under way"):
        initiating.end_initiative(initiative_id=project.pk, actor=cast.ana, outcome="a prototype")
    proposing.withdraw(version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="no need")
    ended = initiating.end_initiative(initiative_id=project.pk, actor=cast.ana, outcome="a prototype of a shirt")
    assert ended.ended_on is not None
    with pytest.raises(Refusal, match="has ended"):
        initiating.make_stack(initiative_id=project.pk, actor=cast.ana, title_en="late")


@shows("emergency revision path when public-health guidance changes")
def _emergency(cast: Cast) -> None:
    version, _badge = awards.issued(cast)
    following = revising.revise(
        version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="new guidance"
    )
    content = copy.deepcopy(following.content)
    content["competencies"][0]["standard"] = {"en": "with two pairs of gloves"}
    proposing.save_content(version_id=following.pk, actor=cast.ana, expected=course.number(following), content=content)
    panel = urgent.ask_urgent_release(
        version_id=following.pk, actor=cast.chair, expected=course.number(following),
        place=Place(cast.bob, cast.hospital, "partner"), reason="new guidance",
    )  # fmt: skip
    course.signed(panel.seats.get(), "endorse")
    released = urgent.release_urgently(
        version_id=following.pk, actor=cast.chair, expected=course.number(following), reason="new guidance"
    )
    assert released.stage == "active"
    assert released.urgent_until == timezone.localdate() + timedelta(days=90)


@shows("import of an existing credential with its history at state 'active' without replaying the workflow")
def _imported(cast: Cast) -> None:
    version = importing.enter_import(
        actor=cast.quinn, institution=cast.college, code="OLD", content=proposal(), approved_by="Academic council",
        approved_on=timezone.localdate() - timedelta(days=700), proof="minutes of 12 March", academic_lead=cast.ana,
    )  # fmt: skip
    active = importing.import_approved(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="proof seen"
    )
    assert active.stage == "active"
    assert active.imported
    assert active.panels.count() == 0

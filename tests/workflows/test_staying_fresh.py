"""What the system asks, notes and gathers while a version is in use: renewals, yearly questions, triggers, packs."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.cast import Cast
from tests.journeys import course
from tests.workflows.test_freshness import asked_again, flags, now, version, withdrawn  # noqa: F401
from workflows import clocks, packs, triggers
from workflows.actions import keeping, noting, piloting, standing_by
from workflows.errors import Missing, NotAllowed, NotYours, Refusal
from workflows.models import (
    Appeal,
    Attempt,
    DemandQuestion,
    Enrolment,
    LedgerEvent,
    PanelKind,
    ReviewPack,
    Stack,
    Timer,
    Version,
)


def triggered_by(version: Version) -> str:  # noqa: F811
    return str(LedgerEvent.objects.filter(type="open_review").order_by("-pk")[0].data["trigger"])


def fired(kind: str, at: object) -> set[str]:
    with time_machine.travel(at, tick=False):
        return {one.kind for one in clocks.fire_due() if one.kind == kind}


# -- the job validation ----------------------------------------------------------------------------------------------


def test_without_job_validation_no_cohort_begins_and_after_sixty_days_the_officer_is_asked(
    cast: Cast,
    version: Version,  # noqa: F811
) -> None:
    withdrawn(version, "job_performance")
    today = timezone.localdate()
    with pytest.raises(Refusal, match="no longer confirm"):
        piloting.make_cohort(
            version_id=version.pk, actor=cast.ana, name="Next", starts_on=today, ends_on=today, stop_rule="x",
            consent={"en": "x"},
        )  # fmt: skip
    assert fired("ask_suspension", Timer.objects.get(kind="ask_suspension").due_at) == {"ask_suspension"}
    assert LedgerEvent.objects.filter(type="ask_suspension").exists()


def test_a_pause_that_began_anew_gets_its_own_sixty_days(cast: Cast, version: Version) -> None:  # noqa: F811
    withdrawn(version, "demand")
    first = Timer.objects.get(kind="ask_suspension").due_at
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        course.answered(asked_again(cast, version), "support")
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        withdrawn(version, "demand")
    assert fired("ask_suspension", first) == set()
    second = Timer.objects.filter(kind="ask_suspension").latest("due_at").due_at
    assert fired("ask_suspension", second) == {"ask_suspension"}


# -- renewal by the short form ---------------------------------------------------------------------------------------


def test_ninety_days_before_the_end_all_signatories_are_asked_in_one_round(
    cast: Cast,
    version: Version,  # noqa: F811
) -> None:
    ends = version.validations.filter(kind="demand").latest("valid_until").valid_until
    with time_machine.travel(ends - timedelta(days=89), tick=False):
        clocks.fire_due()
        panel = now(version).panels.get(kind=PanelKind.RELEVANCE, closed_at=None)
        assert {seat.person.name for seat in panel.seats.all()} == {"Bob", "Vera"}
        assert {seat.state for seat in panel.seats.all()} == {"open"}, "a renewal is asked afresh"
        course.answered(panel, "support")
        source = {"kind": "survey", "claim": {"en": "Fifty"}, "on": timezone.localdate().isoformat()}
        keeping.add_demand_source(version_id=version.pk, actor=cast.ana, source=source)
        fresh = now(version).validations.filter(kind="demand").latest("valid_until")
        assert fresh.valid_until > ends + timedelta(days=300)
    with time_machine.travel(ends + timedelta(days=1), tick=False):
        clocks.fire_due()
        assert not now(version).issuing_paused


def test_the_last_source_is_told_of_before_it_ages_out(cast: Cast, version: Version) -> None:  # noqa: F811
    due = Timer.objects.filter(kind="sources_end").earliest("due_at")
    assert fired("sources_end", due.due_at) == {"sources_end"}
    source = {"kind": "survey", "claim": {"en": "Fifty"}, "on": timezone.localdate().isoformat()}
    keeping.add_demand_source(version_id=version.pk, actor=cast.ana, source=source)
    later = Timer.objects.filter(kind="sources_end", subject__startswith=due.subject[:10]).latest("due_at")
    with time_machine.travel(later.due_at, tick=False):
        clocks.fire_due()
    told = [event.data["on"] for event in LedgerEvent.objects.filter(type="sources_end").order_by("pk")]
    assert told.count(due.subject[:10]) == 1, "the older source no longer matters"


# -- once a year -----------------------------------------------------------------------------------------------------


def asked_yearly(version: Version) -> DemandQuestion:  # noqa: F811
    Version.objects.filter(pk=version.pk).update(review_due_on=None)
    due = Timer.objects.filter(kind="still_in_demand").earliest("due_at").due_at
    with time_machine.travel(due, tick=False):
        clocks.fire_due()
    return DemandQuestion.objects.get(validation__organization__slug="quellin")


def answer(question: DemandQuestion, actor: object, **more: object) -> DemandQuestion:
    with time_machine.travel(question.asked_at + timedelta(days=2), tick=False):
        return standing_by.answer_yearly(question_id=question.pk, actor=actor, **more)


def test_a_yes_is_on_record_and_changes_nothing_else(cast: Cast, version: Version) -> None:  # noqa: F811
    question = asked_yearly(version)
    until = question.validation.valid_until
    for stranger in (cast.vera, cast.mallory):
        with pytest.raises(NotYours):
            answer(question, stranger, still=True)
    answered = answer(question, cast.bob, still=True, language="fr")
    assert (answered.still, answered.language, answered.validation.valid_until) == (True, "fr", until)
    assert flags(version) == ("active", False, False)
    with pytest.raises(Refusal, match="already answered"):
        answer(question, cast.bob, still=False, words="no")


def test_a_no_says_why_and_opens_the_review_while_the_signed_statement_stands(
    cast: Cast,
    version: Version,  # noqa: F811
) -> None:
    question = asked_yearly(version)
    with pytest.raises(Missing, match="what changed"):
        answer(question, cast.bob, still=False, words=" ")
    answer(question, cast.bob, still=False, words="Machines do it now.")
    assert flags(version) == ("periodic_review", False, False)
    assert triggered_by(version) == "demand_answer"
    answers = packs.newest(version).data["demand_answers"]
    assert {(row["organization"], row["still"], row["words"]) for row in answers} == {
        ("Quellin Hospital", False, "Machines do it now."), ("Brevanth Clinic", None, ""),
    }  # fmt: skip


def test_a_link_whose_time_has_passed_answers_nothing(cast: Cast, version: Version) -> None:  # noqa: F811
    question = asked_yearly(version)
    with (
        time_machine.travel(question.asked_at + timedelta(days=40), tick=False),
        pytest.raises(Refusal, match="passed"),
    ):
        standing_by.answer_yearly(question_id=question.pk, actor=cast.bob, still=True)


# -- triggers from outside -------------------------------------------------------------------------------------------


def test_a_new_edition_of_a_standard_opens_every_review_that_names_it(
    cast: Cast,
    version: Version,  # noqa: F811
) -> None:
    content = now(version).content
    content["competencies"][0]["tool_edition"] = "ISO 14644-1:2015"
    Version.objects.filter(pk=version.pk).update(content=content)

    def note(actor: object, **changes: str) -> list[Version]:
        words = {"kind": "standard", "name": "iso 14644-1", "edition": "2027", "source": "iso.org", **changes}
        return noting.note_change(institution_id=cast.college.pk, actor=actor, **words)

    for actor, refusal in ((cast.ana, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            note(actor)
    for lacking in ({"name": " "}, {"edition": ""}, {"source": ""}, {"name": "ISO 9001"}):
        with pytest.raises(Missing):
            note(cast.quinn, **lacking)
    assert note(cast.quinn) == [version]
    assert (flags(version)[0], triggered_by(version)) == ("periodic_review", "standard")


def test_a_changed_skill_of_esco_opens_the_reviews_that_are_aligned_with_it(
    cast: Cast,
    version: Version,  # noqa: F811
) -> None:
    uri = version.content["alignments"][0]["uri"]
    assert triggers.look_at_skills("1.3", {"http://data.europa.eu/esco/skill/other"}) == []
    assert triggers.look_at_skills("1.3", {uri}) == [version]
    clocks.fire_due()
    assert (flags(version)[0], triggered_by(version)) == ("periodic_review", "esco_edition")


def test_an_odd_rate_at_the_first_try_opens_the_review_once(cast: Cast, version: Version) -> None:  # noqa: F811
    cohort = version.cohorts.first()
    for place in range(10):
        learner = type(cast.ana).objects.create_user(f"l{place}@taravelle.example", name=f"L{place}")
        enrolment = Enrolment.objects.create(cohort=cohort, learner=learner, roster_name=learner.name)
        Attempt.objects.create(enrolment=enrolment, ordinal=1, assessed_at=timezone.now(), passed=place < 3)
        assert triggers.look_at_figures() == int(place == 9)
    clocks.fire_due()
    assert (flags(version)[0], triggered_by(version)) == ("periodic_review", "pass_rate")
    keeping.close_review(version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="seen")
    assert triggers.look_at_figures() == 0, "what the review has seen does not open it again"


def test_two_upheld_appeals_open_the_review(cast: Cast, version: Version) -> None:  # noqa: F811
    for outcome, due in (("uphold", 0), ("vary", 0), ("remit", 1)):
        Appeal.objects.create(
            version=version, filed_by=cast.bob, against="A4", ground="bias", statement="x", outcome=outcome,
            decided_at=timezone.now(),
        )  # fmt: skip
        assert triggers.look_at_figures() == due
    clocks.fire_due()
    assert triggered_by(version) == "appeals"
    assert packs.newest(version).data["figures"]["appeals_upheld"] == 2


def test_a_part_of_a_stack_that_ends_opens_the_review_of_the_others(cast: Cast, version: Version) -> None:  # noqa: F811
    other = course.drafted(cast, code="OTHER")
    stack = Stack.objects.create(initiative=version.micro_credential.initiative, title_en="Cleanroom")
    stack.parts.add(version.micro_credential, other.micro_credential)
    triggers.look_beside(other.micro_credential)
    clocks.fire_due()
    assert (flags(version)[0], triggered_by(version)) == ("periodic_review", "pathway")


# -- the pack --------------------------------------------------------------------------------------------------------


def test_the_pack_is_built_with_the_review_and_the_decision_rests_on_it(
    cast: Cast,
    version: Version,  # noqa: F811
) -> None:
    keeping.open_review(version_id=version.pk, trigger="date")
    pack = ReviewPack.objects.get()
    assert LedgerEvent.objects.get(type="open_review").data["pack"] == pack.digest
    figures = pack.data["figures"]
    assert (figures["awarded"], figures["assessed"], figures["appeals"], figures["renewals"]) == (1, 2, 0, 0)
    assert pack.data["views"] == {}, "fewer than ten earners: who looks at whom is theirs to know"
    assert {row["state"] for row in pack.data["statements"]} == {"in_force"}
    assert len(pack.data["clauses"]) == 16
    done = keeping.close_review(
        version_id=version.pk,
        actor=cast.chair,
        expected=course.number(version),
        reason="seen",
        answers={"kept": "keep"},
    )
    assert done.decisions.get(choice="close_review").answers == {"kept": "keep", "pack": pack.digest}

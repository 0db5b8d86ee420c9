"""Both gates in every direction: on, back to the design or to the draft, later, never; and what stands beside them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from credentials import queries as badges
from credentials.models import Endorsement, PublishedAchievement
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.journeys.awards import approved, held, pilot
from workflows import cases
from workflows.actions import deciding, piloting, proposing
from workflows.errors import Blocked, Missing, NotAllowed, NotFromHere, OwnWork, Refusal
from workflows.models import Decision, Enrolment, PanelKind, Version


def _close(cast: Cast, version: Version, **more: object) -> Version:
    return deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version), **more)


def _at_final_approval(cast: Cast) -> Version:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    _close(cast, version)
    cohort = pilot(cast, version)
    held(cast, cohort.enrolments.order_by("pk")[0])
    _evaluated(cast, version)
    _reported(cast, version)
    return version


def _evaluated(cast: Cast, version: Version) -> None:
    learner = Enrolment.objects.filter(cohort__version=version).first().learner
    piloting.answer_pilot(version_id=version.pk, actor=learner, audience="learner", answers={"clear": "yes"})
    piloting.answer_pilot(version_id=version.pk, actor=cast.ana, audience="employer", answers={"hire": "yes"})
    piloting.close_pilot(version_id=version.pk, actor=cast.ana, expected=course.number(version))


def _reported(cast: Cast, version: Version) -> None:
    piloting.report(
        version_id=version.pk, actor=cast.ana, expected=course.number(version), measures={}, committee=cast.committee()
    )


@pytest.mark.parametrize(("to_draft", "stage"), [(False, "assessment_design"), (True, "draft")])
def test_a_return_at_gate_2_goes_where_the_closing_member_says(cast: Cast, to_draft: bool, stage: str) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "return", "return", "approve")
    with pytest.raises(Missing):
        _close(cast, version, to_draft=to_draft)
    returned = _close(cast, version, to_draft=to_draft, requests={"rubric": "Name the levels."})
    assert returned.stage == stage
    assert version.change_requests.get().facet == "rubric"
    assert not version.panels.filter(closed_at=None).exists()


@pytest.mark.parametrize(("to_draft", "stage"), [(False, "assessment_design"), (True, "draft")])
def test_a_return_at_gate_3_goes_where_the_closing_member_says(cast: Cast, to_draft: bool, stage: str) -> None:
    version = _at_final_approval(cast)
    course.voted(course.open_panel(version, PanelKind.FINAL_APPROVAL), "return", "return", "approve")
    assert _close(cast, version, to_draft=to_draft, requests={"rubric": "Name the levels."}).stage == stage


def test_a_rejection_keeps_the_reasons_and_closes_what_was_held(cast: Cast) -> None:
    version = _at_final_approval(cast)
    course.voted(course.open_panel(version, PanelKind.FINAL_APPROVAL), "reject", "reject", "approve")
    assert _close(cast, version).stage == "rejected"
    outcome = Decision.objects.get(version=version, seat=None, choice="reject")
    assert outcome.reasons.startswith("as the rubric shows")
    assert Enrolment.objects.get(cohort__version=version, roster_name="Lena 0").stage == "closed"


def test_a_version_returned_to_draft_walks_on_without_asking_anybody_twice(cast: Cast) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "return", "return", "approve")
    _close(cast, version, to_draft=True, requests={"identity": "A shorter title."})
    proposing.answer_request(request_id=version.change_requests.get().pk, actor=cast.ana, text="Done.")
    content = proposal()
    content["identity"]["title"]["en"] = "Gowning"
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    panel = course.in_relevance_review(cast, version)
    assert {seat.state for seat in panel.seats.all()} == {"carried"}
    deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    panel = course.in_endorsement(cast, version)
    assert {seat.state for seat in panel.seats.all()} == {"carried"}
    again = deciding.confirm_endorsement(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), committee=cast.committee()
    )
    assert {seat.state for seat in again.seats.all()} == {"open"}


def test_conditions_are_complete_or_the_gate_stays_shut(cast: Cast) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve_with_conditions", "approve")
    soon = timezone.localdate() + timedelta(days=20)
    for conditions in (
        [],
        [{"text": "A mirror", "owner": cast.ana}],
        [{"text": " ", "owner": cast.ana, "due_on": soon}],
    ):
        with pytest.raises(Missing):
            _close(cast, version, conditions=conditions)
    with pytest.raises(OwnWork, match="owner"):
        _close(cast, version, conditions=[{"text": "A mirror", "owner": cast.chair, "due_on": soon}])
    moved = _close(cast, version, conditions=[{"text": "A mirror", "owner": cast.ana, "due_on": soon}])
    assert (moved.stage, moved.conditions_open) == ("pilot_ready", True)


def test_the_final_approval_publishes_and_signs_before_activation(cast: Cast) -> None:
    version = _at_final_approval(cast)
    deciding.sign_transcript_rule(version_id=version.pk, actor=cast.registrar)
    course.voted(course.open_panel(version, PanelKind.FINAL_APPROVAL), "approve", "approve", "approve")
    assert not badges.is_published(str(version.public_id))
    assert cases.unmet(version, "P2a") != []
    _close(cast, version)
    version.refresh_from_db()
    assert version.stage == "approved"
    assert PublishedAchievement.objects.get().snapshot_digest == version.snapshot.digest
    quality = Endorsement.objects.get(kind="quality_approval")
    assert quality.issuer == cast.college
    assert quality.snapshot_digest == version.snapshot.digest
    assert cases.unmet(version, "P2a") == []
    active = piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    assert active.review_due_on == timezone.localdate().replace(year=timezone.localdate().year + 1)


def test_an_edit_after_the_demand_was_confirmed_asks_the_employers_again(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    content = proposal()
    content["competencies"][0]["standard"]["en"] = "without touching, in four minutes"
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    course.answered(course.in_endorsement(cast, version), "endorse")
    again = course.open_panel(version, PanelKind.RELEVANCE)
    assert {seat.state for seat in again.seats.all()} == {"open"}

    def confirm() -> object:
        return deciding.confirm_endorsement(
            version_id=version.pk, actor=cast.quinn, expected=course.number(version), committee=cast.committee()
        )

    with pytest.raises(Blocked, match="E6a"):
        confirm()
    course.answered(again, "support")
    confirm()
    again.refresh_from_db()
    assert (again.outcome, again.closed_at is not None) == ("demand_met", True)


def test_a_change_after_the_pilot_asks_the_partners_again_before_gate_3(cast: Cast) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    _close(cast, version)
    held(cast, pilot(cast, version).enrolments.order_by("pk")[0])
    _evaluated(cast, version)
    content = proposal()
    content["assessment"]["tasks"][0]["title"]["en"] = "Four gownings"
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    _reported(cast, version)
    deciding.sign_transcript_rule(version_id=version.pk, actor=cast.registrar)
    course.voted(course.open_panel(version, PanelKind.FINAL_APPROVAL), "approve", "approve", "approve")
    with pytest.raises(Blocked, match="E6b"):
        _close(cast, version)
    course.answered(course.open_panel(version, PanelKind.ENDORSEMENT), "endorse")
    assert _close(cast, version).stage == "approved"
    assert not version.panels.filter(closed_at=None).exists()


def test_a_signature_falls_with_what_it_signed(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    deciding.sign_transcript_rule(version_id=version.pk, actor=cast.registrar)
    for facet, change in (
        ("purpose", lambda content: content["purpose"]["purpose"].update(en="Enter cleanly.")),
        ("rubric", lambda content: content["rubric"]["pass_rule"].update(en="L2 everywhere")),
        ("pathways", lambda content: content["pathways"]["transcript_rule"].update(en="notation C")),
    ):
        content = Version.objects.get(pk=version.pk).content
        change(content)
        saved = proposing.save_content(
            version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content
        )
        assert (saved.moderated_before_use_by is None) is (facet != "purpose")
        assert (saved.registrar_signed_by is None) is (facet == "pathways")
    with pytest.raises(Missing, match="moderator"):
        course.in_endorsement(cast, version)


@pytest.mark.parametrize(("to_draft", "stage"), [(False, "assessment_design"), (True, "draft")])
def test_a_pilot_that_missed_its_targets_is_redesigned_and_its_evaluation_closes(
    cast: Cast, to_draft: bool, stage: str
) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    _close(cast, version)
    held(cast, pilot(cast, version).enrolments.order_by("pk")[0])
    _evaluated(cast, version)

    def redesign(actor: object, findings: str = "Half did not finish.", **requests: str) -> Version:
        return piloting.redesign(
            version_id=version.pk, actor=actor, expected=course.number(version), findings=findings,
            requests=requests, to_draft=to_draft,
        )  # fmt: skip

    with pytest.raises(NotAllowed):
        redesign(cast.ana, assessment="Shorter.")
    with pytest.raises(Missing):
        redesign(cast.members[0], findings=" ", assessment="Shorter.")
    with pytest.raises(Missing):
        redesign(cast.members[0])
    assert redesign(cast.members[0], assessment="Shorter.").stage == stage
    assert Decision.objects.get(version=version, choice="redesign").reasons == "Half did not finish."
    with pytest.raises(NotFromHere):
        redesign(cast.members[0], assessment="Shorter.")
    if to_draft:
        return
    proposing.answer_request(request_id=version.change_requests.get().pk, actor=cast.ana, text="Done.")
    content = proposal()
    content["pilot"] = {"cohort": 3}
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    course.in_endorsement(cast, version)
    panel = deciding.confirm_endorsement(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), committee=cast.committee()
    )
    course.voted(panel, "approve", "approve", "approve")
    _close(cast, version)
    second = pilot(cast, version, learners=3)
    held(cast, second.enrolments.order_by("pk")[0])
    piloting.close_pilot(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    with pytest.raises(Missing, match="view of a learner"):
        _reported(cast, version)


def test_the_officer_closes_a_pilot_only_when_the_stop_rule_is_met(cast: Cast) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    _close(cast, version)
    pilot(cast, version)
    with pytest.raises(Missing, match="stop rule"):
        piloting.close_pilot(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    closed = piloting.close_pilot(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), stop_reason="Two incidents."
    )
    assert closed.stage == "pilot_evaluation"


def test_after_the_pilot_was_approved_the_office_agrees_to_a_withdrawal(cast: Cast) -> None:
    version = _at_final_approval(cast)

    def withdraw() -> Version:
        return proposing.withdraw(
            version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="No funds."
        )

    with pytest.raises(Missing, match="quality office"):
        withdraw()
    with pytest.raises(NotAllowed):
        deciding.agree_to_withdrawal(version_id=version.pk, actor=cast.ana, plan="x")
    with pytest.raises(Missing):
        deciding.agree_to_withdrawal(version_id=version.pk, actor=cast.quinn, plan=" ")
    deciding.agree_to_withdrawal(version_id=version.pk, actor=cast.quinn, plan="Each gets a statement of results.")
    assert withdraw().stage == "withdrawn"
    assert Enrolment.objects.get(roster_name="Lena 0").stage == "closed"


def test_an_approved_version_waits_for_its_condition_before_it_issues(cast: Cast) -> None:
    version = _at_final_approval(cast)
    deciding.sign_transcript_rule(version_id=version.pk, actor=cast.registrar)
    course.voted(course.open_panel(version, PanelKind.FINAL_APPROVAL), "approve_with_conditions", "approve", "approve")
    soon = timezone.localdate() + timedelta(days=20)
    _close(cast, version, conditions=[{"text": "Kit", "owner": cast.ana, "due_on": soon, "blocks": "activate"}])
    with pytest.raises(Refusal, match="still open"):
        piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    condition = version.conditions.get()
    deciding.close_condition(condition_id=condition.pk, actor=cast.chair, proof="Seen.")
    with pytest.raises(Refusal, match="already closed"):
        deciding.close_condition(condition_id=condition.pk, actor=cast.chair, proof="Seen.")
    active = piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    assert (active.stage, active.conditions_open) == ("active", False)


def test_all_of_it_is_one_story(cast: Cast) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    _close(cast, version)
    held(cast, pilot(cast, version).enrolments.order_by("pk")[0])
    approved(cast, version)
    assert Version.objects.get(pk=version.pk).stage == "approved"

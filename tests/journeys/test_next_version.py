"""A version in use and the one that follows it: what is asked again, what stands, and how the old one gives way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from credentials.models import PublishedAchievement
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import issued
from workflows import cases, lineage
from workflows.actions import deciding, piloting, proposing, reviewing, revising
from workflows.errors import Missing, NotAllowed, NotFromHere, NotYours, OwnWork, Refusal
from workflows.models import Enrolment, PanelKind, Version


def in_use(cast: Cast) -> Version:
    version, _credential = issued(cast)
    return Version.objects.get(pk=version.pk)


def revised(cast: Cast, version: Version) -> Version:
    following = revising.revise(
        version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="A new cleanroom standard."
    )
    proposing.note_duplicates_seen(version_id=following.pk, actor=cast.ana)
    proposing.declare_interest(version_id=following.pk, actor=cast.ana, kinds=["none"])
    return following


def edited(cast: Cast, version: Version, change: object) -> None:
    content = Version.objects.get(pk=version.pk).content
    change(content)
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)


def _new_title(content: dict) -> None:
    content["identity"]["title"]["en"] = "Gowning for Cleanrooms"


def at_gate_2(cast: Cast, version: Version) -> object:
    panel = course.in_relevance_review(cast, version)
    course.answered(panel, "support")
    deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    if Version.objects.get(pk=version.pk).moderated_before_use_by is None:
        deciding.sign_moderation(version_id=version.pk, actor=cast.moe)
    course.answered(course.in_endorsement(cast, version), "endorse")
    return deciding.confirm_endorsement(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), committee=cast.committee()
    )


def test_the_next_version_begins_with_the_content_and_its_authors(cast: Cast) -> None:
    version = in_use(cast)
    with pytest.raises(NotAllowed):
        revising.revise(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x")
    with pytest.raises(NotYours):
        revising.revise(version_id=version.pk, actor=cast.mallory, expected=course.number(version), reason="x")
    with pytest.raises(Missing):
        revising.revise(version_id=version.pk, actor=cast.ana, expected=course.number(version), reason=" ")
    proposing.note_contribution(version, cast.members[0])
    following = revised(cast, version)
    version.refresh_from_db()
    assert version.stage == "active"
    assert (following.ordinal, following.stage, following.successor_of) == (2, "draft", version)
    assert following.content == version.content
    assert {author.person for author in following.contributions.all()} == {cast.ana, cast.members[0]}
    assert lineage.chain(following) == [following, version]
    with pytest.raises(Refusal, match="already in work"):
        revised(cast, version)
    proposing.withdraw(version_id=following.pk, actor=cast.ana, expected=course.number(following), reason="x")
    assert revised(cast, version).ordinal == 3


def test_answers_on_what_stayed_the_same_stand_and_no_new_pilot_is_needed(cast: Cast) -> None:
    version = in_use(cast)
    following = revised(cast, version)
    edited(cast, following, _new_title)
    panel = at_gate_2(cast, following)
    for kind in (PanelKind.RELEVANCE, PanelKind.ENDORSEMENT):
        seats = following.panels.get(kind=kind).seats.all()
        assert {seat.state for seat in seats} == {"carried"}
        assert {seat.decision.carried_from.version for seat in seats} == {version}
    seat = panel.seats.get(person=cast.chair)
    assert "waive_pilot" in reviewing.choices_of(seat)
    with pytest.raises(Missing, match="reasons"):
        reviewing.answer(seat_id=seat.pk, actor=cast.chair, choice="waive_pilot")
    course.voted(panel, "waive_pilot", "waive_pilot", "approve")
    moved = deciding.close_committee(
        version_id=following.pk, actor=cast.chair, expected=course.number(following), letter="The task is the same."
    )
    assert moved.stage == "final_approval"
    final = course.open_panel(following, PanelKind.FINAL_APPROVAL)
    assert {seat.person for seat in final.seats.all()} == {cast.chair, *cast.members}
    course.voted(final, "approve", "approve", "approve")
    deciding.close_committee(version_id=following.pk, actor=cast.chair, expected=course.number(following))
    active = piloting.activate(version_id=following.pk, actor=cast.issuer, expected=course.number(following))
    assert active.stage == "active"
    version.refresh_from_db()
    # Lena 1 is "not yet competent" and may try again, so the old version winds down first.
    assert (version.stage, version.last_start_on) == ("expiring", timezone.localdate())


def test_a_majority_that_only_goes_on_together_keeps_the_pilot(cast: Cast) -> None:
    following = revised(cast, in_use(cast))
    edited(cast, following, _new_title)
    course.voted(at_gate_2(cast, following), "waive_pilot", "approve", "return")
    moved = deciding.close_committee(version_id=following.pk, actor=cast.chair, expected=course.number(following))
    assert moved.stage == "pilot_ready"


def test_a_changed_task_needs_its_pilot_and_asks_the_partners_again(cast: Cast) -> None:
    following = revised(cast, in_use(cast))
    edited(cast, following, lambda content: content["assessment"]["tasks"][0]["title"].update(en="Four gownings"))
    panel = at_gate_2(cast, following)
    assert {s.state for s in following.panels.get(kind=PanelKind.RELEVANCE).seats.all()} == {"carried"}
    assert {s.state for s in following.panels.get(kind=PanelKind.ENDORSEMENT).seats.all()} == {"answered"}
    seat = panel.seats.get(person=cast.chair)
    assert "waive_pilot" not in reviewing.choices_of(seat)
    with pytest.raises(Missing, match="choices"):
        reviewing.answer(seat_id=seat.pk, actor=cast.chair, choice="waive_pilot", reasons="x")


def test_a_first_version_never_waives_its_pilot(cast: Cast) -> None:
    version = course.drafted(cast)
    seat = course.at_pilot_approval(cast, version).seats.first()
    assert "waive_pilot" not in reviewing.choices_of(seat)


def test_an_answer_whose_time_is_over_is_asked_again(cast: Cast) -> None:
    version = in_use(cast)
    with time_machine.travel(timezone.now() + timedelta(days=762)):
        following = revised(cast, version)
        recent = timezone.localdate().isoformat()
        edited(cast, following, lambda content: content["demand"]["sources"][0].update(on=recent))
        panel = course.in_relevance_review(cast, following)
        assert {seat.state for seat in panel.seats.all()} == {"open"}


def test_a_declared_gain_follows_the_organization_to_the_next_version(cast: Cast) -> None:
    version = in_use(cast)
    version.interests.filter(organization=cast.hospital).update(kinds=["sells"])
    following = revised(cast, version)
    edited(cast, following, lambda content: content["purpose"]["purpose"].update(en="Enter it cleanly."))
    panel = course.in_relevance_review(cast, following)
    assert not panel.seats.get(person=cast.bob).independent
    assert panel.seats.get(person=cast.vera).independent


def test_an_old_version_without_learners_is_superseded_at_once(cast: Cast) -> None:
    version = in_use(cast)
    Enrolment.objects.filter(stage="not_yet").update(stage="failed")
    following = revised(cast, version)
    edited(cast, following, _new_title)
    course.voted(at_gate_2(cast, following), "waive_pilot", "waive_pilot", "waive_pilot")
    deciding.close_committee(version_id=following.pk, actor=cast.chair, expected=course.number(following))
    course.voted(course.open_panel(following, PanelKind.FINAL_APPROVAL), "approve", "approve", "approve")
    deciding.close_committee(version_id=following.pk, actor=cast.chair, expected=course.number(following))
    piloting.activate(version_id=following.pk, actor=cast.issuer, expected=course.number(following))
    assert Version.objects.get(pk=version.pk).stage == "superseded"
    assert cases.facts(Version.objects.get(pk=following.pk)).demand == "met"


def test_a_patch_of_the_presentation_is_released_by_a_second_person(cast: Cast) -> None:
    version = in_use(cast)
    digest = PublishedAchievement.objects.get().snapshot_digest
    content = {**version.content, "presentation": {"tags": ["cleanroom", "sterile"]}}
    for actor, refusal in ((cast.quinn, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            revising.propose_patch(version_id=version.pk, actor=actor, content=content, reason="tags")
    with pytest.raises(Missing, match="reason"):
        revising.propose_patch(version_id=version.pk, actor=cast.ana, content=content, reason="")
    with pytest.raises(Missing, match="change"):
        revising.propose_patch(version_id=version.pk, actor=cast.ana, content=version.content, reason="x")
    patch = revising.propose_patch(version_id=version.pk, actor=cast.ana, content=content, reason="tags")
    for actor, refusal in ((cast.ana, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            revising.release_patch(patch_id=patch.pk, actor=actor)
    released = revising.release_patch(patch_id=patch.pk, actor=cast.quinn)
    assert released.stage == "active"
    assert released.snapshot.content["presentation"]["tags"] == ["cleanroom", "sterile"]
    shown = PublishedAchievement.objects.get()
    assert shown.document["tag"] == ["cleanroom", "sterile"]
    assert shown.snapshot_digest == digest
    assert cases.facts(released).job == "met"
    with pytest.raises(Refusal, match="already released"):
        revising.release_patch(patch_id=patch.pk, actor=cast.quinn)


def test_a_person_who_proposed_a_patch_does_not_release_it(cast: Cast) -> None:
    from workflows import rights

    version = in_use(cast)
    content = {**version.content, "presentation": {"tags": ["sterile"]}}
    patch = revising.propose_patch(version_id=version.pk, actor=cast.ana, content=content, reason="tags")
    rights.add_member(user=cast.ana, organization=cast.college, role="qa_officer")
    with pytest.raises(OwnWork):
        revising.release_patch(patch_id=patch.pk, actor=cast.ana)
    patch.proposed_by = cast.quinn
    patch.save()
    with pytest.raises(OwnWork, match="somebody else"):
        revising.release_patch(patch_id=patch.pk, actor=cast.quinn)


@pytest.mark.parametrize("facet", ["identity", "workload", "assessment"])
def test_a_wider_patch_is_refused_and_says_what_to_do_instead(cast: Cast, facet: str) -> None:
    version = in_use(cast)
    changes = {
        "identity": {"identity": {**version.content["identity"], "edition": "2"}},
        "workload": {"workload": {**version.content["workload"], "weeks": 3}},
        "assessment": {"assessment": {**version.content["assessment"], "attempts": 3}},
    }
    with pytest.raises(Refusal, match=f"{facet}.*Begin a new version"):
        revising.propose_patch(
            version_id=version.pk, actor=cast.ana, content={**version.content, **changes[facet]}, reason="x"
        )


def test_only_a_version_in_use_is_patched_or_revised(cast: Cast) -> None:
    version = course.drafted(cast)
    with pytest.raises(NotFromHere):
        revising.revise(version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="x")
    with pytest.raises(Refusal, match="in use"):
        revising.propose_patch(version_id=version.pk, actor=cast.ana, content=version.content, reason="x")

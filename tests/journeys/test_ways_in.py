"""Two ways into use beside the straight course: approved elsewhere before, and released urgently for safety."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from credentials import queries as badges
from credentials.models import Endorsement
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.journeys.test_next_version import at_gate_2, edited, in_use, revised
from workflows import clocks
from workflows.actions import importing, keeping, proposing, urgent
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import LedgerEvent, PanelKind, Version
from workflows.panels import Place
from workflows.policy import months_after

PROOF = {
    "approved_by": "Senate of Taravelle College",
    "approved_on": date(2024, 5, 2),
    "proof": "Minutes of 2 May 2024, item 7.",
}


def entered(cast: Cast, **changes: object) -> Version:
    return importing.enter_import(
        actor=cast.quinn, institution=cast.college, code="OLD-1", content=proposal(), **{**PROOF, **changes}
    )


def confirmed(cast: Cast, version: Version) -> Version:
    return importing.import_approved(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="Seen in the minutes."
    )


def test_what_was_approved_elsewhere_comes_into_use_and_pretends_no_stage(cast: Cast) -> None:
    version = entered(cast)
    assert version.stage == "draft"
    active = confirmed(cast, version)
    assert (active.stage, active.imported, active.issuing_paused) == ("active", True, False)
    assert active.review_due_on == months_after(timezone.localdate(), 12)
    assert badges.is_published(str(active.public_id))
    assert not Endorsement.objects.exists(), "no quality approval was given here"
    event = LedgerEvent.objects.get(type="import_approved")
    assert event.data["history"] == "not run here"
    strip = {row["code"]: row["state"] for row in active.decisions.get(choice="import_approved").conformance}
    assert (strip["E6a"], strip["E4a"], len(strip)) == ("not_met", "met", 16)
    assert keeping.replayed_stage(active) == "active"


def test_an_import_needs_its_proof_and_two_persons(cast: Cast) -> None:
    for missing in ({"approved_by": " "}, {"proof": ""}, {"approved_on": date(2999, 1, 1)}):
        with pytest.raises(Missing):
            entered(cast, **missing)
    for actor in (cast.ana, cast.mallory):
        with pytest.raises(NotAllowed):
            importing.enter_import(actor=actor, institution=cast.college, code="X", content=proposal(), **PROOF)
    version = entered(cast)
    with pytest.raises(Refusal, match="code"):
        entered(cast)
    for actor, refusal in ((cast.quinn, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            importing.import_approved(version_id=version.pk, actor=actor, expected=course.number(version), reason="x")
    proposing.note_contribution(version, cast.chair)
    with pytest.raises(OwnWork):
        confirmed(cast, version)


def test_a_draft_without_proof_is_not_imported(cast: Cast) -> None:
    with pytest.raises(Missing, match="proof"):
        confirmed(cast, course.drafted(cast))


def test_an_imported_version_ages_and_its_partners_can_be_asked(cast: Cast) -> None:
    version = confirmed(cast, entered(cast))
    panel = keeping.ask_again(
        version_id=version.pk, actor=_officer(cast), kind=PanelKind.RELEVANCE,
        places=cast.employers(),
    )  # fmt: skip
    course.answered(panel, "support")
    panel.refresh_from_db()
    assert panel.outcome == "asked_again"
    version.refresh_from_db()
    assert not version.issuing_paused


def _officer(cast: Cast) -> object:
    """Quinn entered the import, so another officer asks."""
    from people.models import User
    from workflows import rights

    olga = User.objects.create_user("olga@taravelle.example", name="Olga")
    rights.add_member(user=olga, organization=cast.college, role="qa_officer")
    return olga


def test_two_years_later_its_sources_are_stale_and_issuing_stops(cast: Cast) -> None:
    version = confirmed(cast, entered(cast))
    Version.objects.filter(pk=version.pk).update(review_due_on=None)
    with time_machine.travel(timezone.now() + timedelta(days=740), tick=False):
        clocks.fire_due()
    version.refresh_from_db()
    assert (version.issuing_paused, version.stage) == (True, "periodic_review")


# -- urgent release --------------------------------------------------------------------------------------------------


def _safer(content: dict) -> None:
    content["assessment"]["tasks"][0]["hazards"] = {"en": "New guidance on eye protection."}


def _asked(cast: Cast, following: Version, **more: object) -> object:
    given = {"place": Place(cast.bob, cast.hospital, "partner"), "reason": "New guidance.", "actor": cast.chair, **more}
    return urgent.ask_urgent_release(version_id=following.pk, expected=course.number(following), **given)


def _released(cast: Cast, following: Version, actor: object = None) -> Version:
    return urgent.release_urgently(
        version_id=following.pk, actor=actor or cast.chair, expected=course.number(following), reason="New guidance."
    )


def test_chair_and_partner_release_for_ninety_days_and_a_copy_runs_the_full_course(cast: Cast) -> None:
    version = in_use(cast)
    following = revised(cast, version)
    edited(cast, following, _safer)
    _asked(cast, following)
    with pytest.raises(Missing, match="partner"):
        _released(cast, following)
    course.answered(course.open_panel(following, PanelKind.ENDORSEMENT), "endorse")
    for actor, refusal in ((cast.quinn, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            _released(cast, following, actor)
    released = _released(cast, following)
    assert (released.stage, released.urgent_until) == ("active", timezone.localdate() + timedelta(days=90))
    version.refresh_from_db()
    assert version.stage == "expiring"
    copy = Version.objects.get(successor_of=following)
    assert (copy.ordinal, copy.stage, copy.content) == (3, "draft", released.content)
    assert keeping.replayed_stage(released) == "active"


def test_an_urgent_release_that_is_not_followed_in_time_is_suspended(cast: Cast) -> None:
    following = revised(cast, in_use(cast))
    edited(cast, following, _safer)
    course.answered(_asked(cast, following), "endorse")
    released = _released(cast, following)
    with time_machine.travel(timezone.now() + timedelta(days=89), tick=False):
        assert "urgent_lapses" not in {fired.kind for fired in clocks.fire_due()}
    with time_machine.travel(timezone.now() + timedelta(days=92), tick=False):
        assert "urgent_lapses" in {fired.kind for fired in clocks.fire_due()}
    released.refresh_from_db()
    assert released.stage == "suspended"
    assert released.suspensions.get().ordered_by is None


def test_the_copy_supersedes_the_urgent_release_when_it_is_active(cast: Cast) -> None:
    following = revised(cast, in_use(cast))
    edited(cast, following, _safer)
    course.answered(_asked(cast, following), "endorse")
    _released(cast, following)
    copy = Version.objects.get(successor_of=following)
    proposing.note_duplicates_seen(version_id=copy.pk, actor=cast.ana)
    proposing.declare_interest(version_id=copy.pk, actor=cast.ana, kinds=["none"])
    panel = at_gate_2(cast, copy)
    assert panel.kind == "pilot_approval"
    assert copy.panels.get(kind="endorsement").seats.get(person=cast.bob).state == "carried"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda content: None, "safety guidance asks for"),
        (lambda content: (_safer(content), content["identity"]["title"].update(en="Other")), "identity"),
        (lambda content: content["workload"].update(weeks=9), "workload"),
    ],
)
def test_an_urgent_release_changes_what_safety_touches_and_nothing_else(
    cast: Cast, change: object, sentence: str
) -> None:
    following = revised(cast, in_use(cast))
    edited(cast, following, change)
    with pytest.raises(Refusal, match=sentence):
        _asked(cast, following)


def test_an_edit_after_the_partner_agreed_asks_the_partner_again(cast: Cast) -> None:
    following = revised(cast, in_use(cast))
    edited(cast, following, _safer)
    for actor, refusal in ((cast.quinn, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            _asked(cast, following, actor=actor)
    with pytest.raises(Missing):
        _asked(cast, following, reason=" ")
    course.answered(_asked(cast, following), "decline", reasons="Unclear.")
    with pytest.raises(Missing, match="partner"):
        _released(cast, following)
    course.answered(_asked(cast, following), "endorse")
    edited(cast, following, lambda content: content["assessment"].update(wait_days=2))
    with pytest.raises(Refusal, match="Ask again"):
        _released(cast, following)


def test_a_first_version_is_never_released_urgently(cast: Cast) -> None:
    version = course.drafted(cast)
    with pytest.raises(Refusal, match="successor"):
        _asked(cast, version)
    course.submitted(cast, version)
    with pytest.raises(Refusal, match="draft"):
        _asked(cast, version)

"""Versions in use through the pages: suspension, review, winding down, changes, fresh statements, other ways in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from people.models import Organization, User
from tests.cast import Cast, proposal
from tests.journeys import awards, course
from tests.journeys.test_next_version import edited, revised
from tests.portal_quality.office import auditor_of, employers, get, path, post, reviewers, send
from workflows import questions, rights, waiting
from workflows.actions import importing, keeping, revising
from workflows.models import Agreement, Panel, Version

REVIEW = {"demand": "Two partners said so.", "changes": "None.", "figures": "As expected.", "reason": "It holds."}
SAMPLE = Path(__file__).resolve().parents[2] / "workflows" / "samples" / "cambrian-pca.json"


def body(person: User, address: str) -> str:
    answer = get(person, address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def stage(version: Version) -> str:
    return Version.objects.get(pk=version.pk).stage


@pytest.fixture
def version(cast: Cast) -> Version:
    return awards.issued(cast)[0]


@pytest.mark.parametrize(
    ("act", "who"),
    [
        ("suspend", "quinn"), ("ask_again", "quinn"), ("add_demand_source", "quinn"), ("record_agreement", "quinn"),
        ("wind_down", "chair"),
    ],
)  # fmt: skip
def test_each_act_in_use_is_its_own_roles(cast: Cast, version: Version, act: str, who: str) -> None:
    owner = getattr(cast, who)
    assert get(owner, path(version, act)).status_code == 200
    assert path(version, act) in body(owner, path(version))
    for other in (cast.quinn, cast.chair, cast.registrar, cast.issuer, cast.grant, auditor_of(cast)):
        if other != owner:
            assert get(other, path(version, act)).status_code == 403, other
            assert send(other, version, act, reason="x").status_code == 403, other
            assert path(version, act) not in body(other, path(version))
    assert get(cast.mallory, path(version, act)).status_code == 404


def test_a_suspension_is_ordered_confirmed_by_another_and_lifted(cast: Cast, version: Version) -> None:
    assert send(cast.quinn, version, "suspend", reason="").status_code == 422
    assert send(cast.quinn, version, "suspend", reason="A hazard was found.").status_code == 302
    assert stage(version) == "suspended"
    assert [item.kind for item in waiting.items(cast.chair)] == ["confirm_suspension"]
    assert get(cast.quinn, path(version, "confirm_suspension")).status_code == 403
    assert send(cast.chair, version, "confirm_suspension", reason="Seen.").status_code == 302
    assert [item.kind for item in waiting.items(cast.chair)] == ["lift"]
    again = send(cast.chair, version, "confirm_suspension", reason="Seen twice.")
    assert again.status_code == 409
    assert "Seen twice." in again.content.decode()
    assert send(cast.chair, version, "lift", reason="The hazard is gone.").status_code == 302
    assert stage(version) == "active"
    assert get(cast.chair, path(version, "lift")).status_code == 409


def test_a_suspended_version_is_wound_down_or_mended(cast: Cast, version: Version) -> None:
    send(cast.quinn, version, "suspend", reason="A hazard.")
    assert send(cast.chair, version, "mend_while_suspended", reason="Change the drill.").status_code == 302
    assert Version.objects.get(successor_of=version).stage == "assessment_design"
    today = timezone.localdate()
    typed = {"reason": "No more.", "wind_down": "yes", "last_start_on": today, "teach_out_ends_on": today}
    assert send(cast.chair, version, "lift", **typed).status_code == 302
    assert stage(version) == "expiring"


def test_a_review_shows_figures_and_is_closed_with_f7(cast: Cast, version: Version) -> None:
    keeping.open_review(version_id=version.pk, trigger="date")
    assert [item.kind for item in waiting.items(cast.chair)] == ["close_review"]
    page = body(cast.chair, path(version, "close_review"))
    assert "<dt>Competent at the first try</dt><dd>1</dd>" in page
    assert send(cast.chair, version, "close_review", kept="keep", reason="x").status_code == 422
    assert send(cast.chair, version, "close_review", kept="revise", **REVIEW).status_code == 302
    assert stage(version) == "active"
    decision = version.decisions.get(choice="close_review")
    assert decision.answers["demand"] == "Two partners said so."
    assert Version.objects.filter(successor_of=version).exists()


def test_a_review_may_end_the_offer(cast: Cast, version: Version) -> None:
    keeping.open_review(version_id=version.pk, trigger="date")
    assert send(cast.chair, version, "close_review", kept="retire", **REVIEW).status_code == 302
    assert stage(version) == "expiring"


def test_winding_down_has_days_and_a_plan(cast: Cast, version: Version) -> None:
    today = timezone.localdate()
    typed = {"reason": "The need ended.", "last_start_on": today, "teach_out_ends_on": today + timedelta(days=90)}
    needed = send(cast.chair, version, "wind_down", **typed)
    assert needed.status_code == 422
    assert "a plan for the learners" in needed.content.decode()
    assert send(cast.chair, version, "wind_down", **typed, plan="All finish by spring.").status_code == 302
    assert stage(version) == "expiring"


def test_a_change_of_the_presentation_is_released_by_a_second_person(cast: Cast, version: Version) -> None:
    content = {**Version.objects.get(pk=version.pk).content, "presentation": {"contact": "micro@taravelle.example"}}
    patch = revising.propose_patch(version_id=version.pk, actor=cast.ana, content=content, reason="New address")
    address = f"/quality/patches/{patch.public_id}"
    assert address in body(cast.quinn, "/quality/")
    assert "micro@taravelle.example" in body(cast.quinn, address)
    assert get(cast.chair, address).status_code == 403
    assert get(cast.mallory, address).status_code == 404
    assert post(cast.quinn, address, sure="yes").status_code == 302
    assert Version.objects.get(pk=version.pk).content["presentation"]["contact"] == "micro@taravelle.example"
    assert get(cast.quinn, address).status_code == 409


def test_partners_are_asked_afresh_and_sources_added(cast: Cast, version: Version) -> None:
    assert send(cast.quinn, version, "ask_again", **employers(cast)).status_code == 422
    asked = send(cast.quinn, version, "ask_again", kind="relevance", **employers(cast))
    assert asked.status_code == 302
    assert Panel.objects.filter(version=version, kind="relevance", closed_at=None).count() == 1
    twice = send(cast.quinn, version, "ask_again", kind="relevance", **employers(cast))
    assert "open already" in twice.content.decode()
    future = {"kind": "survey", "claim": "Sixty vacancies", "source": "Own survey", "on": "2100-01-01"}
    assert send(cast.quinn, version, "add_demand_source", **future).status_code == 422
    done = send(cast.quinn, version, "add_demand_source", **{**future, "on": timezone.localdate()})
    assert done.status_code == 302
    assert Version.objects.get(pk=version.pk).fresh_sources[0]["claim"]["en"] == "Sixty vacancies"


def imported(cast: Cast, data: bytes, **changes: object) -> object:
    typed = {
        "institution": cast.college.pk, "approved_by": "Senate", "approved_on": "2024-05-02",
        "proof": "Minutes, item 7", "file": SimpleUploadedFile("proposal.json", data), **changes,
    }  # fmt: skip
    return post(cast.quinn, "/quality/imports/add", **typed)


def test_what_was_approved_elsewhere_is_entered_and_confirmed_by_the_chair(cast: Cast) -> None:
    assert get(cast.chair, "/quality/imports/add").status_code == 404
    assert "/quality/imports/add" in body(cast.quinn, "/quality/proposals")
    assert imported(cast, b"{").status_code == 422
    assert imported(cast, SAMPLE.read_bytes(), approved_on="2100-01-01").status_code == 422
    done = imported(cast, SAMPLE.read_bytes())
    assert done.status_code == 302
    version = Version.objects.get()
    assert stage(version) == "draft"
    assert "lists" in imported(cast, SAMPLE.read_bytes()).content.decode()
    assert [item.kind for item in waiting.items(cast.chair)] == ["import_approved"]
    assert get(cast.quinn, path(version, "import_approved")).status_code == 403
    assert "Minutes, item 7" in body(cast.chair, path(version, "import_approved"))
    assert send(cast.chair, version, "import_approved", reason="Seen in the minutes.").status_code == 302
    # Its sources of demand are old, so the review opens at once; it is in use all the same.
    assert stage(version) == "periodic_review"
    assert "Imported" in body(cast.quinn, path(version))


def test_a_draft_of_its_own_is_not_imported(cast: Cast) -> None:
    version = course.drafted(cast)
    assert get(cast.chair, path(version, "import_approved")).status_code == 409
    assert get(cast.chair, path(version, "release_urgently")).status_code == 409


def test_an_urgent_release_needs_the_chair_and_a_partner(cast: Cast, version: Version) -> None:
    draft = revised(cast, version)
    edited(cast, draft, lambda content: content["assessment"]["tasks"][0]["title"].update(en="Four gownings"))
    assert path(draft, "ask_urgent_release") in body(cast.chair, path(draft))
    row = {"name": "Bob", "email": cast.bob.email, "organization": cast.hospital.pk, "language": "en"}
    assert send(cast.chair, draft, "ask_urgent_release", **row).status_code == 422
    early = send(cast.chair, draft, "release_urgently", reason="The directive changed.")
    assert early.status_code in {409, 422}
    asked = send(cast.chair, draft, "ask_urgent_release", **row, reason="The directive changed.")
    assert asked.status_code == 302
    course.answered(Panel.objects.get(version=draft, kind="endorsement", closed_at=None), "endorse")
    assert send(cast.chair, draft, "release_urgently", reason="The directive changed.").status_code == 302
    assert Version.objects.get(pk=draft.pk).urgent_until is not None
    assert "Urgent release until" in body(cast.quinn, path(draft))


def test_a_community_agrees_and_may_withdraw(cast: Cast) -> None:
    nation = Organization.objects.create(
        slug="wenora", kind="community", name_en="Wenora Community (fictional)", domain="wenora.example"
    )
    version = course.drafted(cast, inclusion={**proposal()["inclusion"], "indigenous": "yes"})
    course.at_pilot_approval(cast, version)
    terms = dict.fromkeys(questions.TERMS, "as the council wrote it")
    typed = {"parties": [nation.pk], "in_force_from": timezone.localdate()}
    assert send(cast.quinn, version, "record_agreement", **typed).status_code == 422
    assert get(cast.quinn, path(version, "ask_community")).status_code == 409
    assert send(cast.quinn, version, "record_agreement", **typed, **terms).status_code == 302
    agreement = Agreement.objects.get()
    assert "Wenora Community" in body(cast.registrar, path(version))
    party = {"organization": nation.pk, "name": "Winona", "email": "winona@wenora.example", "language": "en"}
    assert send(cast.quinn, version, "ask_community", **reviewers(party)).status_code == 302
    assert Panel.objects.get(kind="community").seats.get().seat_class == "community"
    address = path(version, f"agreements/{agreement.public_id}")
    assert get(cast.chair, address).status_code == 403
    assert get(cast.mallory, address).status_code == 404
    assert post(cast.quinn, address, course.number(version), reason="The council asks.").status_code == 302
    agreement.refresh_from_db()
    assert agreement.withdrawn_at is not None
    assert get(cast.quinn, address).status_code == 409


def test_an_officer_who_wrote_is_not_offered_what_decides(cast: Cast) -> None:
    version = importing.enter_import(
        actor=cast.quinn, institution=cast.college, code="OLD", content=proposal(), approved_by="Senate",
        approved_on=timezone.localdate(), proof="Minutes",
    )  # fmt: skip
    importing.import_approved(version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="Seen.")
    assert path(version, "suspend") not in body(cast.quinn, path(version))
    olga = User.objects.create_user("olga@taravelle.example", name="Olga")
    rights.add_member(user=olga, organization=cast.college, role="qa_officer")
    assert path(version, "suspend") in body(olga, path(version))

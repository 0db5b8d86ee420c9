"""The policy on its pages: written, refused by its lines, seconded, adopted, tried, rolled out."""

from __future__ import annotations

import pytest
from django.utils import timezone

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from tests.portal_quality.office import auditor_of, get, post
from tests.workflows import policies
from workflows.actions import rolling
from workflows.models import PolicyDraft, PolicyRun, Version


@pytest.fixture
def adele(cast: Cast) -> User:
    return policies.adele_of(cast)


def room(cast: Cast, *rest: object) -> str:
    return "/".join(["/quality/settings", str(cast.college.public_id), "policy", *(str(part) for part in rest)])


def body(person: User, address: str) -> str:
    answer = get(person, address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def at(cast: Cast, draft: PolicyDraft, act: str = "") -> str:
    return room(cast, "drafts", draft.public_id, *([act] if act else []))


def test_a_draft_goes_from_its_form_to_an_edition(cast: Cast, adele: User) -> None:
    course.drafted(cast)
    begun = post(adele, room(cast, "drafts"))
    draft = PolicyDraft.objects.get()
    assert begun.headers["Location"] == at(cast, draft, "form")
    page = body(adele, at(cast, draft, "form"))
    assert 'name="relevance__employer_voices" value="2"' in page
    typed = {
        "relevance__independent_partner_supports": 1, "relevance__employer_voices": 3,
        "endorsement__independent_partner_endorsements": 1, "committee__members_min": 3,
        "committee__outside_proposing_unit": 1, "committee__present": "majority", "committee__carries": "two_thirds",
        "clocks_days__screening": 5, "clocks_days__relevance": 15, "clocks_days__endorsement": 15,
        "clocks_days__pilot_approval": 15, "clocks_days__final_approval": 15, "clocks_days__deferred": 10,
        "clocks_days__escalate": 5, "validity_months__usual": 24, "validity_months__longest": 36,
        "validity_months__demand_source": 24, "exemptions__longest_months": 36, "review_months__light": 12,
        "review_months__full": 36, "exemptions__allowed": ["P4"], "exemptions__asked_by": ["proposer"],
        "calendar__rule": "ontario", "calendar__also": ["civic_holiday"],
        "holidays": "2027-12-24, Winter break, Congé d’hiver",
    }  # fmt: skip
    below = post(adele, at(cast, draft, "form"), 0, **{**typed, "relevance__employer_voices": 1})
    assert below.status_code == 422
    assert "It is at least 2; no policy goes below." in below.content.decode()
    assert "Winter break" in below.content.decode(), "what was typed is kept"
    assert post(adele, at(cast, draft, "form"), 0, **typed).status_code == 303
    words = body(adele, at(cast, draft))
    for sentence in (
        "At least 3 employer voices are heard.",
        "Carries, of the votes cast: two thirds.",
        "Winter break",
    ):
        assert sentence in words
    draft.refresh_from_db()
    assert post(adele, at(cast, draft, "text"), 1, text=draft.text, reason="Two were too few.").status_code == 303
    today = timezone.localdate().isoformat()
    assert post(adele, at(cast, draft, "put-forward"), 2, in_force_from="").status_code == 422
    assert post(adele, at(cast, draft, "put-forward"), 2, in_force_from=today).status_code == 303
    assert post(cast.quinn, at(cast, draft, "second"), 3).status_code == 303
    assert "Adopt the policy" in body(cast.chair, at(cast, draft, "adopt"))
    assert post(cast.chair, at(cast, draft, "adopt"), 4).status_code == 303
    listed = body(cast.chair, room(cast))
    assert "taravelle/2" in listed
    assert "seconded by Quinn" in listed
    assert f"/quality/settings/{cast.college.public_id}/people" not in listed


def test_a_bad_text_comes_back_with_its_lines_and_every_letter(cast: Cast, adele: User) -> None:
    draft = policies.written(cast)
    bad = draft.text.replace("employer_voices: 2", "employer_voices: 0") + "# keep this remark\n"
    answer = post(adele, at(cast, draft, "text"), draft.number, text=bad, reason="Less work.")
    page = answer.content.decode()
    line = bad.splitlines().index("  employer_voices: 0") + 1
    assert answer.status_code == 422
    assert f"Line {line}, “employer_voices: 0”: It is at least 2; no policy goes below." in page
    assert "# keep this remark" in page
    assert "Less work." in page
    stale = post(adele, at(cast, draft, "text"), 0, text=draft.text, reason="x")
    assert stale.status_code == 409


def test_only_those_whose_turn_it_is_are_offered_an_act(cast: Cast, adele: User) -> None:
    draft = policies.written(cast)
    offered = {"put-forward", "second", "adopt", "send-back", "drop"}

    def acts(person: User) -> set[str]:
        page = body(person, at(cast, draft))
        return {act for act in offered if f'/{act}"' in page}

    assert acts(adele) == {"put-forward", "drop"}
    assert acts(cast.chair) == acts(auditor_of(cast)) == set()
    post(adele, at(cast, draft, "put-forward"), draft.number, in_force_from=timezone.localdate().isoformat())
    assert acts(adele) == {"send-back"}
    assert acts(cast.members[0]) == {"second", "send-back"}
    for person, act in ((adele, "second"), (cast.quinn, "adopt"), (cast.quinn, "explode")):
        assert get(person, at(cast, draft, act)).status_code == 404
        assert post(person, at(cast, draft, act)).status_code == 404
    for person in (cast.ana, cast.mallory, cast.registrar):
        for address in (room(cast), at(cast, draft), at(cast, draft, "text")):
            assert get(person, address).status_code == 404
    assert get(cast.chair, at(cast, draft, "text")).status_code == 404


def test_a_roll_out_is_tried_read_and_carried_out(cast: Cast, adele: User) -> None:
    version, met = course.drafted(cast, code="=2+3"), course.drafted(cast, code="B")
    course.in_relevance_review(cast, version)
    course.answered(course.in_relevance_review(cast, met), "support")
    edition = policies.adopted(cast, clocks_days={"relevance": 20}, endorsement={"veto": ["employer"]})
    moving = room(cast, "editions", edition.pk, "roll-out")
    assert "A dry run comes first" in body(cast.quinn, moving)
    assert get(adele, moving).status_code == 404
    run = PolicyRun.objects.get(public_id=post(adele, room(cast, "runs"), edition=edition.pk).headers["Location"][-36:])
    open_ = body(adele, room(cast, "runs", run.public_id))
    assert "0 of 2 cases" in open_
    assert 'hx-trigger="every 2s"' in open_
    policies.done(run)
    page = body(adele, room(cast, "runs", run.public_id))
    assert "2 cases would move" in page
    assert "instead of" in page
    table = get(adele, room(cast, "runs", f"{run.public_id}.csv"))
    text = table.content.decode("utf-8-sig")
    assert "'=2+3" in text
    assert text.splitlines()[0].startswith("Code,Title,Stage")
    assert "2 move, 0 stay" in body(cast.quinn, moving)
    sent = post(cast.quinn, moving)
    assert sent.status_code == 303
    policies.done(PolicyRun.objects.get(act="roll_out"))
    assert "2 cases moved" in body(cast.quinn, sent.headers["Location"])
    assert {one.policy_id for one in Version.objects.all()} == {edition.pk}
    assert "Moved to another edition of the policy" in body(cast.quinn, f"/quality/cases/{version.public_id}")


def test_two_editions_beside_each_other_in_plain_words(cast: Cast, adele: User) -> None:
    course.drafted(cast)
    edition = policies.adopted(cast, relevance={"employer_voices": 3}, remind_at_percent=[60])
    page = body(cast.chair, room(cast, "editions", edition.pk))
    assert "<del>At least 2 employer voices are heard.</del>" in page
    assert "<ins>At least 3 employer voices are heard.</ins>" in page
    assert "What differs from default/1" in page
    assert "default/1" in body(adele, room(cast, "editions", cast.college.policies.get(edition="default/1").pk))
    assert rolling.running(cast.college).count() == 1

"""Each decision has a page of its own: what it asks, what it keeps when it is refused, and who never sees it."""

from __future__ import annotations

import pytest

from people.models import Organization
from portal_quality.urls import ON_CASES
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.portal_quality.office import auditor_of, employers, get, judged, path, post, reviewers, send, sheet
from workflows.actions import deciding, proposing
from workflows.models import ChangeRequest, Decision, Seat, Version

ACTS = [view.__name__ for view in ON_CASES]


def stage(version: Version) -> str:
    return Version.objects.get(pk=version.pk).stage


@pytest.mark.parametrize("act", ACTS)
def test_no_decision_is_open_to_whoever_may_not_take_it(cast: Cast, act: str) -> None:
    version = course.submitted(cast, course.drafted(cast))
    may = {"return_from_screening", "accept", "hold", "record_agreement"}
    for person in (cast.mallory, cast.ana, cast.bob, cast.assessor, cast.moe):
        assert get(person, path(version, act)).status_code == 404, person
        assert send(person, version, act).status_code == 404, person
    for person in (auditor_of(cast), cast.grant):
        assert get(person, path(version, act)).status_code in {403, 409}, person
        assert send(person, version, act, reason="x").status_code in {403, 404, 409}, person
    if act not in may:
        assert get(cast.quinn, path(version, act)).status_code in {403, 409}
    assert stage(version) == "screening"
    assert not Version.objects.get(pk=version.pk).on_hold


def test_a_return_needs_a_reason_and_ends_in_a_letter(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    page = get(cast.quinn, path(version, "return_from_screening"))
    assert "What will happen" in page.content.decode()
    empty = send(cast.quinn, version, "return_from_screening")
    assert empty.status_code == 422
    assert "at least one section" in empty.content.decode()
    done = send(cast.quinn, version, "return_from_screening", request_demand="Where are the vacancies counted?")
    assert done.status_code == 302
    assert stage(version) == "draft"
    letter = get(cast.quinn, get(cast.quinn, done.headers["Location"]).headers["Location"]).content.decode()
    assert "Where are the vacancies counted?" in letter
    assert "Demand" in letter
    assert ChangeRequest.objects.get().facet == "demand"


def test_a_stale_page_is_refused_and_keeps_what_was_typed(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    stale = course.number(version)
    reviewing_note = "Say where the vacancies are counted."
    send(cast.quinn, version, "hold", reason="x", until="2100-01-01")
    send(cast.quinn, version, "resume")
    late = post(cast.quinn, path(version, "return_from_screening"), stale, request_demand=reviewing_note)
    assert late.status_code == 409
    body = late.content.decode()
    assert reviewing_note in body
    assert "Put on hold" in body
    assert f'name="expected" value="{course.number(version)}"' in body
    assert stage(version) == "screening"


def test_a_second_click_does_nothing_twice_and_says_so(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    number = course.number(version)
    first = post(cast.quinn, path(version, "accept"), number, **sheet(), **employers(cast))
    assert first.status_code == 302
    second = post(cast.quinn, path(version, "accept"), number, **sheet(), **employers(cast))
    assert second.status_code == 409
    assert "moved on" in second.content.decode()
    assert version.panels.count() == 1
    assert get(cast.quinn, path(version, "accept")).status_code == 409


def test_an_address_typed_without_its_number_is_stale(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    for typed in ("", "x", "9" * 30, "-1"):
        answer = post(cast.quinn, path(version, "accept"), typed, **sheet(), **employers(cast))
        assert answer.status_code == 409, typed


def test_accepting_opens_the_round_with_partners_voices_and_newcomers(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    newcomer = {
        "seat_class": "voice", "new_organization": "Ormond Laboratories", "kind": "employer", "name": "Nell",
        "email": "nell@ormond.example", "language": "fr",
    }  # fmt: skip
    typed = {**employers(cast), **{f"reviewer-2-{name}": value for name, value in newcomer.items()}}
    assert send(cast.quinn, version, "accept", **sheet(), **typed).status_code == 302
    seats = {seat.person.name: seat for seat in Seat.objects.select_related("person", "organization")}
    assert {name: seat.seat_class for name, seat in seats.items()} == {
        "Bob": "partner",
        "Vera": "voice",
        "Nell": "voice",
    }
    assert seats["Nell"].organization.name_fr == "Ormond Laboratories"
    assert seats["Nell"].person.language == "fr"
    partners = version.micro_credential.initiative.partners.values_list("organization__slug", flat=True)
    assert list(partners) == ["quellin"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"name": "Nell", "email": "", "seat_class": "voice"}, "Fill this in"),
        ({"name": "Nell", "email": "nell@x.example", "seat_class": "voice"}, "Choose an organization"),
        ({"name": "Nell", "email": "no address", "seat_class": "voice"}, "Reviewer 1 is not complete"),
        ({}, "Name at least one reviewer"),
    ],
)
def test_a_reviewer_is_named_in_full_or_not_at_all(cast: Cast, row: dict, said: str) -> None:
    version = course.submitted(cast, course.drafted(cast))
    refused = send(cast.quinn, version, "accept", **sheet(), **reviewers(row))
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert stage(version) == "screening"


def test_a_refused_round_leaves_no_newcomer_behind(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    row = {
        "seat_class": "voice", "new_organization": "Ormond", "kind": "employer", "name": "Nell",
        "email": "nell@ormond.example",
    }  # fmt: skip
    late = post(cast.quinn, path(version, "accept"), 0, **sheet(), **reviewers(row))
    assert late.status_code == 409
    assert not Organization.objects.filter(name_en="Ormond").exists()
    institution = {
        "seat_class": "partner",
        "new_organization": "Taravelle College",
        "kind": "employer",
        "name": "Nell",
        "email": "n@x.example",
    }
    refused = send(cast.quinn, version, "accept", **sheet(), **reviewers(institution))
    assert "An institution cannot validate" in refused.content.decode()


def test_what_is_out_of_scope_is_not_accepted(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    refused = send(cast.quinn, version, "accept", **sheet(in_scope="no"), **employers(cast))
    assert refused.status_code == 422
    assert "returned with a reason" in refused.content.decode()


def test_demand_is_confirmed_only_when_nothing_stands_in_the_way(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    shut = get(cast.quinn, path(version, "confirm_demand")).content.decode()
    assert "What stands in the way" in shut
    assert "Confirm the demand</button>" not in shut
    refused = send(cast.quinn, version, "confirm_demand")
    assert refused.status_code == 409
    course.answered(panel, "support")
    assert "no clause stands in the way" in get(cast.quinn, path(version, "confirm_demand")).content.decode()
    assert send(cast.quinn, version, "confirm_demand").status_code == 302
    assert stage(version) == "assessment_design"


def test_the_chair_rejects_or_goes_on_in_writing(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    refused = send(cast.chair, version, "go_on_without_partner", reason="A new field.")
    assert refused.status_code == 422
    assert "E6a" in refused.content.decode()
    assert "A new field." in refused.content.decode()
    assert get(cast.quinn, path(version, "reject_at_relevance")).status_code == 403
    assert send(cast.chair, version, "reject_at_relevance", reason=" ").status_code == 422
    done = send(cast.chair, version, "reject_at_relevance", reason="No employer needs it.")
    letter = get(cast.chair, get(cast.chair, done.headers["Location"]).headers["Location"]).content.decode()
    assert "No employer needs it." in letter
    assert "appeal within 30" in letter


def test_the_committee_is_chosen_without_authors_and_with_somebody_from_outside(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    course.answered(course.in_endorsement(cast, version), "endorse")
    proposing.note_contribution(version, cast.members[0])
    page = get(cast.quinn, path(version, "confirm_endorsement")).content.decode()
    assert "Cato" in page
    assert "Mia" not in page
    few = send(cast.quinn, version, "confirm_endorsement", members=[cast.chair.pk, cast.members[1].pk])
    assert few.status_code == 422
    assert "at least 3 members" in few.content.decode()
    barred = send(cast.quinn, version, "confirm_endorsement", members=[cast.members[0].pk])
    assert barred.status_code == 422


def at_gate(cast: Cast, **changes: object) -> Version:
    version = course.drafted(cast, **changes)
    course.in_design(cast, version)
    course.answered(course.in_endorsement(cast, version), "endorse")
    people = [cast.chair, *cast.members]
    done = send(
        cast.quinn, version, "confirm_endorsement", members=[p.pk for p in people], outside=[cast.members[1].pk]
    )
    assert done.status_code == 302
    return version


def test_a_vote_is_given_clause_by_clause_once(cast: Cast) -> None:
    version = at_gate(cast)
    page = get(cast.chair, path(version, "vote")).content.decode()
    assert "P1a Relevant now" in page
    assert "P2a" not in page.split("<main")[1]
    assert "checked" not in page.split("<main")[1]
    missing = send(cast.chair, version, "vote", choice="approve")
    assert missing.status_code == 422
    assert "Say how you judge it." in missing.content.decode()
    silent = send(cast.chair, version, "vote", **judged(version, "pilot_approval", "return"))
    assert silent.status_code == 422
    assert "Give your reasons." in silent.content.decode()
    assert send(cast.chair, version, "vote", **judged(version, "pilot_approval", "approve")).status_code == 302
    vote = Decision.objects.get(actor=cast.chair, choice="approve")
    assert vote.answers["clauses"]["E2b"] == {"evidence_seen": True, "judged": "met"}
    assert vote.answers["validators_independent"] == "yes"
    assert {"name": "E2b", "asked": "E2b Common skills framework"} in vote.questions
    again = send(cast.chair, version, "vote", **judged(version, "pilot_approval", "reject", reasons="Changed my mind."))
    assert again.status_code == 409
    assert "Changed my mind." in again.content.decode()
    assert get(cast.chair, path(version, "vote")).status_code == 409
    assert get(cast.quinn, path(version, "vote")).status_code == 403


def test_a_vote_can_be_kept_for_later(cast: Cast) -> None:
    version = at_gate(cast)
    kept = send(cast.chair, version, "vote", choice="return", reasons="Half a thought", keep="yes", judged_E3="not_met")
    assert kept.status_code == 302
    page = get(cast.chair, path(version, "vote")).content.decode()
    assert "Half a thought" in page
    assert '<option value="not_met" selected>' in page
    assert not Decision.objects.filter(actor=cast.chair).exists()


def test_who_abstains_judges_nothing(cast: Cast) -> None:
    version = at_gate(cast)
    assert send(cast.chair, version, "vote", choice="abstain").status_code == 302


def test_stepping_back_keeps_its_reason_class(cast: Cast) -> None:
    version = at_gate(cast)
    assert send(cast.chair, version, "recuse", kind="other").status_code == 422
    assert send(cast.chair, version, "recuse", kind="interest", words="My sister teaches it.").status_code == 302
    seat = Seat.objects.get(person=cast.chair)
    assert seat.state == "recused"
    assert "My sister teaches it." in seat.recusal_reason


def voted(cast: Cast, version: Version, kind: str, *choices: str) -> None:
    for person, choice in zip([cast.chair, *cast.members], choices, strict=True):
        reasons = "" if choice == "approve" else "as the rubric shows"
        assert send(person, version, "vote", **judged(version, kind, choice, reasons=reasons)).status_code == 302


def test_nobody_closes_before_all_were_heard_and_no_outsider_ever(cast: Cast) -> None:
    version = at_gate(cast)
    assert get(cast.chair, path(version, "close_committee")).status_code == 409
    voted(cast, version, "pilot_approval", "approve", "approve", "return")
    assert get(cast.quinn, path(version, "close_committee")).status_code == 403
    assert send(cast.quinn, version, "close_committee").status_code == 403
    page = get(cast.chair, path(version, "close_committee")).content.decode()
    assert "What the votes carry: approved" in page
    assert send(cast.chair, version, "close_committee").status_code == 302
    assert stage(version) == "pilot_ready"


def conditions(**row: object) -> dict[str, object]:
    typed = {"condition-TOTAL_FORMS": 4, "condition-INITIAL_FORMS": 0}
    return typed | {f"condition-0-{name}": value for name, value in row.items()}


def test_conditions_have_a_text_an_owner_and_a_date(cast: Cast) -> None:
    version = at_gate(cast)
    voted(cast, version, "pilot_approval", "approve_with_conditions", "approve", "approve")
    assert (
        "Write at least one condition" in send(cast.chair, version, "close_committee", **conditions()).content.decode()
    )
    loose = send(cast.chair, version, "close_committee", **conditions(text="Train the assessors"))
    assert loose.status_code == 422
    assert "an owner and a date" in loose.content.decode()
    whole = conditions(text="Train the assessors", owner=cast.ana.pk, due_on="2100-01-01", blocks="start_pilot")
    done = send(cast.chair, version, "close_committee", **whole)
    assert done.status_code == 302
    condition = version.conditions.get()
    assert (condition.owner, condition.blocks, condition.set_by) == (cast.ana, "start_pilot", cast.chair)
    letter = get(cast.chair, get(cast.chair, done.headers["Location"]).headers["Location"]).content.decode()
    assert "Train the assessors" in letter


def test_a_return_by_the_committee_names_sections_and_goes_where_it_says(cast: Cast) -> None:
    version = at_gate(cast)
    voted(cast, version, "pilot_approval", "return", "return", "approve")
    assert send(cast.chair, version, "close_committee").status_code == 422
    done = send(
        cast.chair, version, "close_committee", request_rubric="Describe level 2.", to_draft="yes", letter="Dear Ana"
    )
    assert done.status_code == 302
    assert stage(version) == "draft"
    letter = get(cast.chair, get(cast.chair, done.headers["Location"]).headers["Location"]).content.decode()
    assert "Describe level 2." in letter
    assert "Dear Ana" in letter


def test_a_tie_is_deferred_with_a_new_date(cast: Cast) -> None:
    version = at_gate(cast)
    voted(cast, version, "pilot_approval", "approve", "return", "abstain")
    assert send(cast.chair, version, "close_committee", new_due_in_days="0").status_code == 422
    assert send(cast.chair, version, "close_committee", new_due_in_days="5").status_code == 302
    assert stage(version) == "pilot_approval"
    assert version.panels.filter(kind="pilot_approval").count() == 2


def test_an_approval_that_a_clause_blocks_says_so_before_the_button(cast: Cast) -> None:
    version = at_gate(cast, alignments=proposal()["alignments"][:1])
    voted(cast, version, "pilot_approval", "approve", "approve", "approve")
    page = get(cast.chair, path(version, "close_committee")).content.decode()
    assert "E2b" in page
    assert "Carry out the result</button>" not in page
    assert send(cast.chair, version, "close_committee").status_code == 409


def test_the_registrar_signs_the_rule_once(cast: Cast) -> None:
    version = at_gate(cast)
    assert "notation CMP" in get(cast.registrar, path(version, "sign_transcript_rule")).content.decode()
    assert send(cast.registrar, version, "sign_transcript_rule").status_code == 302
    assert send(cast.registrar, version, "sign_transcript_rule").status_code in {302, 409}
    assert Version.objects.get(pk=version.pk).registrar_signed_by == cast.registrar


def test_a_letter_is_made_only_of_a_decision(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    assert get(cast.quinn, path(version, "letter/1")).status_code == 404
    assert get(cast.quinn, path(version, "letter")).headers["Location"].endswith(str(version.public_id))
    deciding.return_from_screening(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), requests={"demand": "Where?"}
    )
    address = get(cast.quinn, path(version, "letter")).headers["Location"]
    assert get(cast.mallory, address).status_code == 404

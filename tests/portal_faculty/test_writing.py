"""From Start to Submit through the pages, and a return: nothing typed is lost, nobody else comes in."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import User
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.portal_faculty.pages import number, opened, sent, typed
from tests.portal_faculty.test_sheets import FORMS, rich
from workflows import dossier, rights
from workflows.actions import deciding, proposing, reviewing
from workflows.dossier import Dossier
from workflows.models import LedgerEvent, Skill, Version

TITLES = {"title_en": "Cleanroom Gowning", "title_fr": "Habillage", "code": "GOWN", "language": "en", "unit": "Health"}


PAGES = ["", "/write", "/near", "/interests", "/check", "/returned", "/answers", "/withdraw", "/exemption", "/skills"]
PAGES += ["/skills/C1"]


def skilled(english: str, french: str) -> Skill:
    address = "http://data.europa.eu/esco/skill/7bb01a18-4637-4535-ba18-258f48f705b8"
    labels = {"label_en": english, "label_fr": french, "edition": "1.2"}
    return Skill.objects.update_or_create(uri=address, defaults=labels)[0]


def started(cast: Cast, client: Client) -> Version:
    sent(client, cast.ana, "/faculty/start", {**TITLES, "institution": "taravelle"})
    return Version.objects.get()


def saved(cast: Cast, client: Client, version: Version, facet: str, **more: object) -> str:
    data = {**typed(facet, rich()), "expected": number(version), "act": "save", **more}
    return sent(client, cast.ana, f"/faculty/{version.public_id}/write/{facet}", data)


def test_ana_writes_a_proposal_section_by_section_and_submits_it(cast: Cast, client: Client) -> None:
    skill = skilled("gown", "vêtir")
    assert "What a good proposal has" in opened(client, cast.ana, "/faculty/")
    version = started(cast, client)
    base = f"/faculty/{version.public_id}"
    rubric = {name: value for name, value in typed("rubric", rich()).items() if not name.startswith("criteria")}
    sent(client, cast.ana, f"{base}/write/rubric", {**rubric, "expected": number(version)})
    for facet in ["competencies", *(name for name in FORMS if name != "competencies")]:
        assert saved(cast, client, version, facet) == f"{base}/write"
    for code in ("C1", "C2"):
        match = {"closeness": "close", "read": "on", "expected": number(version)}
        sent(client, cast.ana, f"{base}/skills/{code}/match/{skill.pk}", match)
    version.refresh_from_db()
    wanted, kept = rich(), dossier.plain(Dossier.model_validate(version.content))
    assert {facet: kept[facet] for facet in FORMS} == {facet: wanted[facet] for facet in FORMS}
    assert version.content["alignments"][1]["label"] == {"en": "gown", "fr": "vêtir"}
    assert version.content["alignments"][1]["confirmed_by"] == "Ana"

    assert "Something is missing" in sent(client, cast.ana, f"{base}/check", {"expected": number(version)}, 422)
    sent(client, cast.ana, f"{base}/near", {})
    sent(client, cast.ana, f"{base}/interests", {"kinds": ["none"]})
    assert sent(client, cast.ana, f"{base}/check", {"expected": number(version)}) == base
    version.refresh_from_db()
    assert version.stage == "screening"
    body = opened(client, cast.ana, base)
    assert "Cleanroom Gowning" in body
    assert "Submitted" in body


def test_every_page_of_a_draft_opens_in_both_languages(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    pages = [*PAGES, "/skills/C1?q=gown", *(f"/write/{facet}" for facet in FORMS)]
    for language in ("en", "fr"):
        cast.ana.language = language
        cast.ana.save()
        for place in ["/faculty/", "/faculty/start", *(f"/faculty/{version.public_id}{page}" for page in pages)]:
            assert f'lang="{language}-CA"' in opened(client, cast.ana, place)


@pytest.mark.parametrize("place", [*PAGES, "/write/purpose"])
def test_nobody_else_finds_the_proposal(cast: Cast, client: Client, place: str) -> None:
    version = course.drafted(cast)
    colleague = User.objects.create_user("pia@taravelle.example", name="Pia")
    rights.add_member(user=colleague, organization=cast.college, role="proposer")
    for other in (cast.mallory, colleague, cast.quinn, cast.assessor, cast.bob):
        opened(client, other, f"/faculty/{version.public_id}{place}", 404)
        client.post(f"/faculty/{version.public_id}{place}", {"expected": number(version)})
    version.refresh_from_db()
    assert version.stage == "draft"
    assert version.content == proposal()


def test_a_stale_page_keeps_the_text_and_shows_what_moved(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    data = {**typed("purpose", version.content), "expected": number(version) - 1, "act": "save"}
    data["audience_en"] = ["People who were here first"]
    body = sent(client, cast.ana, f"/faculty/{version.public_id}/write/purpose", data, 409)
    assert "moved on" in body
    assert "People who were here first" in body
    assert "<ins>" in body
    version.refresh_from_db()
    assert version.content["purpose"]["audience"] == {"en": "New technicians."}
    data["expected"] = number(version)
    sent(client, cast.ana, f"/faculty/{version.public_id}/write/purpose", data)


def test_a_wrong_value_comes_back_beside_its_field_with_everything_typed(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    data = {**typed("validity", version.content), "period": "a year", "reason_en": "It decays"}
    data["expected"] = number(version)
    body = sent(client, cast.ana, f"/faculty/{version.public_id}/write/validity", data, 422)
    assert 'value="a year"' in body
    assert "It decays" in body
    assert body.count("such as P12M") == 2  # in the summary and at the field
    assert "Error:" in body


def test_rows_are_added_and_taken_away_by_buttons(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    path = f"/faculty/{version.public_id}/write/demand"
    data = {**typed("demand", version.content), "expected": number(version), "act": "add:sources"}
    where = sent(client, cast.ana, path, data)
    assert where == f"{path}?add=sources#row-sources-1"
    body = opened(client, cast.ana, where)
    assert 'name="sources-1-claim_en"' in body
    data = {**typed("demand", version.content), "expected": number(version), "act": "remove:sources-0"}
    sent(client, cast.ana, path, data)
    version.refresh_from_db()
    assert version.content["demand"]["sources"] == []


def test_the_fit_with_student_aid_stands_beside_the_workload(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    body = opened(client, cast.ana, f"/faculty/{version.public_id}/write/workload")
    assert "5 to 300 hours in all" in body
    assert "not said yet" in body
    assert "student aid (OSAP)" not in opened(client, cast.ana, f"/faculty/{version.public_id}/write/purpose")


def test_numbers_that_no_page_sends_are_refused_and_not_a_fault_of_ours(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    path = f"/faculty/{version.public_id}/write/demand"
    for expected in ("", "x", "²", "-1"):
        data = {**typed("demand", version.content), "sources-row": ["0", "²", "x"], "expected": expected}
        data["sources-0-claim_en"] = ["Changed"]
        sent(client, cast.ana, path, data, 409)
        sent(client, cast.ana, f"/faculty/{version.public_id}/check", {"expected": expected}, 409)


def test_saving_without_a_change_writes_nothing(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    before = LedgerEvent.objects.count()
    data = {**typed("purpose", version.content), "expected": number(version), "act": "save"}
    sent(client, cast.ana, f"/faculty/{version.public_id}/write/purpose", data)
    assert LedgerEvent.objects.count() == before


def test_a_code_that_is_taken_and_a_missing_title_are_said_at_the_field(cast: Cast, client: Client) -> None:
    started(cast, client)
    data = {**TITLES, "title_en": "", "title_fr": "", "institution": "taravelle"}
    body = sent(client, cast.ana, "/faculty/start", data, 422)
    assert "Choose another" in body
    assert "Give it a title" in body
    sent(client, cast.ana, "/faculty/start", {**TITLES, "code": "X", "institution": "rival"}, 422)
    assert Version.objects.count() == 1


def test_a_match_needs_its_description_read_and_no_match_a_reason(cast: Cast, client: Client) -> None:
    skill = skilled("clean rooms", "nettoyer des locaux")
    version = course.drafted(cast)
    base = f"/faculty/{version.public_id}/skills/C1"
    assert "clean rooms" in opened(client, cast.ana, f"{base}?q=Clean")
    assert "Nothing found" in opened(client, cast.ana, f"{base}?q=Clean+kitchens")
    body = sent(client, cast.ana, f"{base}/match/{skill.pk}", {"closeness": "none", "expected": number(version)}, 422)
    assert "Read the description first" in body
    body = sent(client, cast.ana, f"{base}/none", {"expected": number(version)}, 422)
    assert "Say why" in body
    sent(client, cast.ana, f"{base}/none", {"en": "Too wide everywhere", "expected": number(version)})
    version.refresh_from_db()
    assert version.content["alignments"][-1]["justification"]["en"] == "Too wide everywhere"
    sent(client, cast.ana, f"{base}/remove/0", {"expected": number(version)})
    version.refresh_from_db()
    assert [item["match"] for item in version.content["alignments"] if item["competency"] == "C1"] == ["none_in_esco"]
    sent(client, cast.ana, f"{base}/remove/0", {"expected": 0}, 409)
    opened(client, cast.ana, f"/faculty/{version.public_id}/skills/C9", 404)
    opened(client, cast.ana, f"{base}/match/0", 404)


def returned(cast: Cast, version: Version) -> None:
    course.submitted(cast, version)
    deciding.return_from_screening(
        version_id=version.pk, actor=cast.quinn, expected=number(version), requests={"purpose": "Say for whom."}
    )


def test_a_return_shows_only_what_was_asked_and_the_difference_before_it_goes_again(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    returned(cast, version)
    base = f"/faculty/{version.public_id}"
    assert "Returned to you" in opened(client, cast.ana, "/faculty/")
    body = opened(client, cast.ana, f"{base}/returned")
    assert "Say for whom." in body
    assert "Quinn asks" in body
    assert "Say for whom." in opened(client, cast.ana, f"{base}/write/purpose")
    assert "an answer to each request" in sent(client, cast.ana, f"{base}/check", {"expected": number(version)}, 422)
    data = {**typed("purpose", version.content), "audience_en": "Technicians in their first year", "act": "save"}
    sent(client, cast.ana, f"{base}/write/purpose", {**data, "expected": number(version)})
    request = version.change_requests.get()
    empty = sent(client, cast.ana, f"{base}/returned", {"request": request.pk}, 422)
    assert "This was not done" in empty
    sent(client, cast.ana, f"{base}/returned", {"request": request.pk, f"{request.pk}-text": "Said now."})
    body = opened(client, cast.ana, f"{base}/check")
    assert "What you changed since it was returned" in body
    assert "first year</ins>" in body.replace("\n", "") or "first year" in body
    sent(client, cast.ana, f"{base}/check", {"expected": number(version)})
    version.refresh_from_db()
    assert version.stage == "screening"


def test_an_academic_lead_writes_too_and_leaves_the_submission_to_the_proposer(cast: Cast, client: Client) -> None:
    leo = User.objects.create_user("leo@taravelle.example", name="Leo")
    rights.add_member(user=leo, organization=cast.college, role="academic_lead")
    version = proposing.start(
        actor=cast.ana, institution=cast.college, code="GOWN", content=proposal(), academic_lead=leo
    )
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    proposing.declare_interest(version_id=version.pk, actor=cast.ana, kinds=["none"])
    base = f"/faculty/{version.public_id}"
    body = opened(client, leo, f"{base}/write")
    assert "Check your answers" not in body
    data = {**typed("purpose", version.content), "audience_en": "Everybody", "expected": number(version)}
    sent(client, leo, f"{base}/write/purpose", data)
    opened(client, leo, f"{base}/check", 404)
    bob, vera = course.in_relevance_review(cast, version).seats.order_by("pk")
    low = {"per_competency": {"C1": {"importance": 1}, "C2": {"importance": 4}}}
    course.signed(bob, "support", answers=low)
    course.signed(vera, "support")
    assert "A competency was rated" not in opened(client, leo, "/faculty/")
    assert "Send this reply" not in opened(client, leo, f"{base}/answers")
    assert "Send this reply" in opened(client, cast.ana, f"{base}/answers")
    deciding.return_from_relevance(
        version_id=version.pk, actor=cast.quinn, expected=number(version), requests={"purpose": "Say for whom."}
    )
    assert f"{base}/write" in opened(client, leo, f"{base}/returned")


def test_a_second_click_on_submit_is_refused_and_says_where_it_is(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    fresh = number(version)
    sent(client, cast.ana, f"/faculty/{version.public_id}/check", {"expected": fresh})
    body = sent(client, cast.ana, f"/faculty/{version.public_id}/check", {"expected": fresh}, 409)
    assert "moved on" in body
    assert LedgerEvent.objects.filter(type="submit").count() == 1


def test_a_frozen_section_leads_to_the_page_that_shows_it(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    client.force_login(cast.ana)
    answer = client.get(f"/faculty/{version.public_id}/write/purpose")
    assert answer["Location"] == f"/faculty/{version.public_id}#facet-purpose"
    data = {**typed("purpose", version.content), "audience_en": "Others", "expected": number(version)}
    body = sent(client, cast.ana, f"/faculty/{version.public_id}/write/purpose", data, 409)
    assert "frozen" in body
    assert "Others" in body


def test_an_edit_says_first_whose_answers_it_reopens(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    body = opened(client, cast.ana, f"/faculty/{version.public_id}/write/competencies")
    assert "A change of it asks them again" in body
    assert "Quellin Hospital, Bob" in body
    assert "asks them again" not in opened(client, cast.ana, f"/faculty/{version.public_id}/write/rubric")


def test_partners_suggestions_ratings_and_questions_get_replies(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    bob, vera = course.in_relevance_review(cast, version).seats.order_by("pk")
    reviewing.ask_question(seat_id=vera.pk, actor=cast.vera, text="Which gowns?")
    low = {"per_competency": {"C1": {"importance": 2}, "C2": {"importance": 4}}}
    course.signed(bob, "support_with_suggestions", reasons="Nearly", suggestions=["Add a drill"], answers=low)
    home = opened(client, cast.ana, "/faculty/")
    assert "A partner suggests something" in home
    assert "A partner asks" in home
    assert "A competency was rated 1 or 2" in home
    assert "Reply to 3 things" in opened(client, cast.ana, f"/faculty/{version.public_id}")
    page = f"/faculty/{version.public_id}/answers"
    body = opened(client, cast.ana, page)
    assert body.count("Send this reply") == 3
    for kind, subject in [
        ("suggestion", version.decisions.get(actor=cast.bob).suggestions.get().public_id),
        ("rating", "C1"),
        ("question", vera.questions.get().public_id),
    ]:
        path = f"{page}/{kind}/{subject}"
        sent(client, cast.ana, path, {f"{kind}-{subject}-text": ""}, 422)
        sent(client, cast.ana, path, {f"{kind}-{subject}-text": "We will."})
        sent(client, cast.ana, path, {f"{kind}-{subject}-text": "We will."}, 409)
    assert "Send this reply" not in opened(client, cast.ana, page)
    opened(client, cast.ana, f"{page}/rating/C1", 404)
    client.force_login(cast.mallory)
    assert client.post(f"{page}/rating/C1", {"rating-C1-text": "x"}).status_code == 404


def test_a_proposal_that_was_withdrawn_can_be_begun_again_from_its_copy(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    number_ = number(version)
    proposing.withdraw(version_id=version.pk, actor=cast.ana, expected=number_, reason="No funds.")
    data = {**TITLES, "code": "GOWN-2", "institution": "taravelle", "original": str(version.public_id)}
    sent(client, cast.ana, "/faculty/start", data)
    again = Version.objects.get(stage="draft")
    assert again.content["competencies"] == dossier.plain(Dossier.model_validate(version.content))["competencies"]
    assert again.content["identity"]["title"]["en"] == "Cleanroom Gowning"
    sent(client, cast.mallory, "/faculty/start", {**data, "institution": "rival"})
    assert Version.objects.get(proposer=cast.mallory).content["competencies"] == []


def test_ana_withdraws_with_a_reason(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    path = f"/faculty/{version.public_id}/withdraw"
    sent(client, cast.ana, path, {"expected": number(version)}, 422)
    sent(client, cast.ana, path, {"expected": number(version), "reason": "No funds."})
    version.refresh_from_db()
    assert version.stage == "withdrawn"


def test_a_longer_list_needs_no_more_statements(cast: Cast, client: Client) -> None:
    counts = []
    for codes in (["A"], ["B", "C"]):
        for code in codes:
            proposing.start(actor=cast.ana, institution=cast.college, code=code, content=proposal())
        opened(client, cast.ana, "/faculty/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/faculty/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]

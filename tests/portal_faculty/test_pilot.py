"""The design, its partners, the cohort with its roster, and the report, through pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import GOOD, assessed, pilot, piloting_version
from tests.portal_faculty.pages import number, opened, sent
from workflows.actions import assessing, deciding, piloting
from workflows.models import Cohort, Enrolment, Seat, Version

EMPTY_ROWS = {f"partner-{name}": value for name, value in [("TOTAL_FORMS", 3), ("INITIAL_FORMS", 0)]}
NO_PEOPLE = {f"partner-{row}-language": "en" for row in range(3)}


def designed(cast: Cast) -> Version:
    version = course.drafted(cast)
    course.in_design(cast, version)
    return version


def ready(cast: Cast) -> Version:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=number(version))
    return version


def roster(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("roster.csv", text.encode(), content_type="text/csv")


def test_ana_asks_those_who_were_asked_before_and_a_new_partner(cast: Cast, client: Client) -> None:
    version = designed(cast)
    page = f"/faculty/{version.public_id}/design"
    body = opened(client, cast.ana, page)
    assert "Bob, Quellin Hospital" in body
    assert "Moe" in body
    data = {**EMPTY_ROWS, **NO_PEOPLE, "expected": number(version)}
    assert "at least one partner" in sent(client, cast.ana, page, data, 422)
    wrong = {**data, "again": [cast.bob.pk], "partner-0-name": "Nora", "partner-0-email": "nora"}
    body = sent(client, cast.ana, page, wrong, 422)
    assert "New partner 1 is not complete." in body
    assert "Choose an organization" in body
    new = {"partner-0-name": "Nora", "partner-0-email": "nora@north.example", "partner-0-kind": "employer"}
    new["partner-0-new_organization"] = "North Labs"
    sent(client, cast.ana, page, {**data, "again": [cast.bob.pk], **new})
    version.refresh_from_db()
    assert version.stage == "endorsement"
    seats = Seat.objects.filter(panel__version=version, panel__kind="endorsement").order_by("pk")
    assert [str(seat.organization) for seat in seats] == ["Quellin Hospital", "North Labs"]


def test_a_design_that_nobody_checked_is_refused_and_leaves_nobody_behind(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    course.answered(course.in_relevance_review(cast, version), "support")
    deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=number(version))
    new = {"partner-0-name": "Nora", "partner-0-email": "nora@north.example", "partner-0-kind": "employer"}
    data = {**EMPTY_ROWS, **NO_PEOPLE, **new, "partner-0-new_organization": "North Labs", "expected": number(version)}
    body = sent(client, cast.ana, f"/faculty/{version.public_id}/design", data, 422)
    assert "the signature of a moderator" in body
    assert "nora@north.example" in body
    assert not type(cast.bob).objects.filter(email="nora@north.example").exists()


def test_a_cohort_is_planned_with_a_consent_text_that_says_what_the_proposal_says(cast: Cast, client: Client) -> None:
    version = ready(cast)
    page = f"/faculty/{version.public_id}/pilot/cohort"
    assert "Approved for a pilot" in opened(client, cast.ana, "/faculty/")
    body = opened(client, cast.ana, page)
    assert "checklist for 365 days" in body.replace("\n", " ")
    today = timezone.localdate()
    data = {"name": "Spring", "starts_on": today, "ends_on": today - timedelta(days=1), "stop_rule": "two"}
    body = sent(client, cast.ana, page, data, 422)
    assert "before the first" in body
    assert "Write the consent text" in body
    data |= {"ends_on": today + timedelta(days=30), "consent_en": "What is stored."}
    assert "/roster" in sent(client, cast.ana, page, data)
    assert Cohort.objects.get().consent_text == {"en": "What is stored.", "fr": ""}


@pytest.fixture
def cohort(cast: Cast) -> Cohort:
    today = timezone.localdate()
    return piloting.make_cohort(
        version_id=ready(cast).pk,
        actor=cast.ana,
        name="Pilot",
        starts_on=today,
        ends_on=today + timedelta(days=9),
        stop_rule="two incidents",
        consent={"en": "What is stored."},
    )


def kept_in(body: str) -> str:
    return body.partition('name="kept" value="')[2].partition('"')[0]


def test_a_roster_is_shown_first_then_entered_without_its_wrong_lines(
    cast: Cast, client: Client, cohort: Cohort
) -> None:
    page = f"/faculty/cohorts/{cohort.public_id}/roster"
    text = "email,name,shoe\nlena@learner.example,Lena,38\nnobody,Nils,40\n"
    body = sent(client, cast.ana, page, {"file": roster(text)}, 200)
    assert "1 learner can be invited" in body
    assert "Line 3" in body
    assert "shoe" in body
    assert Enrolment.objects.count() == 0
    refused = sent(client, cast.ana, page, {"kept": kept_in(body), "act": "enter"}, 422)
    assert "rows that cannot be entered" in refused
    assert Enrolment.objects.count() == 0
    sent(client, cast.ana, page, {"kept": kept_in(body), "act": "leave_out"})
    assert Enrolment.objects.get().roster_name == "Lena"
    assert "The first line does not name" in sent(client, cast.ana, page, {"file": roster("a,b\n1,2\n")}, 422)
    assert "This was not done" in sent(client, cast.ana, page, {}, 422)
    assert "This was not done" in sent(client, cast.ana, page, {"kept": "%%%"}, 422)


def test_assessors_are_named_once_with_their_qualification(cast: Cast, client: Client, cohort: Cohort) -> None:
    page = f"/faculty/cohorts/{cohort.public_id}/assessors"
    sent(client, cast.ana, page, {"person": cast.assessor.pk, "moderator": "no", "qualification": ""}, 422)
    data = {"person": cast.assessor.pk, "moderator": "no", "qualification": "requalified"}
    sent(client, cast.ana, page, data)
    assert "has this place already" in sent(client, cast.ana, page, data, 422)
    sent(client, cast.ana, page, {**data, "person": cast.moe.pk, "moderator": "yes"})
    assert sorted(cohort.assessors.values_list("moderator", flat=True)) == [False, True]
    sent(client, cast.ana, page, {**data, "person": cast.mallory.pk}, 422)


def test_the_cohort_says_what_it_lacks(cast: Cast, client: Client, cohort: Cohort) -> None:
    body = opened(client, cast.ana, f"/faculty/{cohort.version.public_id}/pilot")
    for words in ("Bring in the roster", "Name an assessor", "Name a moderator", "signs the roster"):
        assert words in body
    for other in (cast.mallory, cast.quinn, cast.assessor):
        for page in ("roster", "assessors"):
            opened(client, other, f"/faculty/cohorts/{cohort.public_id}/{page}", 404)


def test_results_are_recommended_in_one_list(cast: Cast, client: Client) -> None:
    version, cohort = piloting_version(cast)
    first, second = cohort.enrolments.order_by("pk")
    for enrolment in (first, second):
        assessed(cast, enrolment, GOOD)
        assessing.moderate(enrolment_id=enrolment.pk, actor=cast.moe, confirm=True, note="")
    assert "2 results to recommend" in opened(client, cast.ana, "/faculty/")
    page = f"/faculty/{version.public_id}/pilot"
    assert "Choose at least one" in sent(client, cast.ana, f"{page}/recommend", {}, 422)
    sent(client, cast.ana, f"{page}/recommend", {"learners": [first.pk]})
    first.refresh_from_db()
    assert first.stage == "held"
    sent(client, cast.ana, f"{page}/recommend", {"learners": [first.pk, second.pk]}, 422)
    second.refresh_from_db()
    assert second.stage == "assessed"
    client.force_login(cast.mallory)
    assert client.post(f"{page}/recommend", {"learners": [second.pk]}).status_code == 404


def test_the_pilot_is_closed_and_reported_with_each_target_met_or_explained(cast: Cast, client: Client) -> None:
    measures = [{"name": {"en": "passed"}, "target": "70 %"}, {"name": {"en": "liked"}, "target": "4 of 5"}]
    version = course.drafted(cast, pilot={"measures": measures})
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=number(version))
    cohort = pilot(cast, version)
    base = f"/faculty/{version.public_id}/pilot"
    employer = {"organization": "Quellin", "after_days": "30", "matched": "4", "hire_again": "yes", "missing": ""}
    sent(client, cast.ana, f"{base}/evaluation/employer", {**employer, "matched": ""}, 422)
    sent(client, cast.ana, f"{base}/evaluation/employer", employer)
    staff = {"agreement": "9 of 10", "incidents": "none", "verdict": "go", "why": "It works."}
    sent(client, cast.ana, f"{base}/evaluation/staff", staff)
    opened(client, cast.ana, f"{base}/evaluation/learner", 404)
    learner = cohort.enrolments.first().learner
    piloting.answer_pilot(version_id=version.pk, actor=learner, audience="learner", answers={"clear": "yes"})
    assert "cannot be undone" in opened(client, cast.ana, f"{base}/close")
    sent(client, cast.ana, f"{base}/close", {"expected": number(version)})
    sent(client, cast.ana, f"{base}/close", {"expected": number(version)}, 409)
    members = [place.person.pk for place in cast.committee()]
    data = {"met_0": "yes", "met_1": "no", "members": members, "outside": [cast.members[1].pk]}
    data["expected"] = number(version)
    body = sent(client, cast.ana, f"{base}/report", data, 422)
    assert "Explain the miss" in body
    assert "outside" in sent(client, cast.ana, f"{base}/report", {**data, "why_1": "Few answered", "outside": []}, 422)
    sent(client, cast.ana, f"{base}/report", {**data, "why_1": "Few answered"})
    version.refresh_from_db()
    assert version.stage == "final_approval"


@pytest.mark.parametrize("place", ["design", "pilot", "pilot/cohort", "pilot/close", "pilot/report",
                                   "pilot/evaluation/staff"])  # fmt: skip
def test_nobody_else_finds_the_pilot(cast: Cast, client: Client, place: str) -> None:
    version = designed(cast)
    for other in (cast.mallory, cast.quinn, cast.assessor, cast.chair):
        opened(client, other, f"/faculty/{version.public_id}/{place}", 404)


def test_every_page_around_the_pilot_opens_in_both_languages(cast: Cast, client: Client) -> None:
    version, cohort = piloting_version(cast)
    base = f"/faculty/{version.public_id}/pilot"
    pages = [base, f"{base}/close", f"{base}/report", f"{base}/evaluation/employer", f"{base}/evaluation/staff"]
    pages += [f"{base}/cohort", *(f"/faculty/cohorts/{cohort.public_id}/{page}" for page in ("roster", "assessors"))]
    for language in ("en", "fr"):
        cast.ana.language = language
        cast.ana.save()
        for page in pages:
            assert f'lang="{language}-CA"' in opened(client, cast.ana, page)


def test_more_learners_need_no_more_statements(cast: Cast, client: Client) -> None:
    version, cohort = piloting_version(cast, learners=1)
    counts = []
    for more in ([], ["kai@learner.example", "mo@learner.example"]):
        rows = [piloting.Learner(email, email) for email in more]
        if rows:
            piloting.enter_roster(cohort_id=cohort.pk, actor=cast.ana, learners=rows)
            piloting.sign_off_roster(cohort_id=cohort.pk, actor=cast.quinn)
        opened(client, cast.ana, f"/faculty/{version.public_id}/pilot")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/faculty/{version.public_id}/pilot")
        counts.append(len(queries))
    assert counts[0] == counts[1]

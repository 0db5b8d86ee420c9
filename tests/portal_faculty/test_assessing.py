"""Taking, scoring, moderating and ending a learner's work through pages; the name stays hidden."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import piloting_version
from tests.portal_faculty.pages import opened, sent
from workflows.actions import assessing, deciding, learning
from workflows.evidence import Item
from workflows.models import Enrolment


def handed_in(cast: Cast, enrolment: Enrolment) -> Enrolment:
    if enrolment.stage == "invited":
        learning.enrol(enrolment_id=enrolment.pk, actor=enrolment.learner, consent=True)
    items = [Item(task="T1", text="Three gownings observed", visibility="employers")]
    learning.submit_evidence(enrolment_id=enrolment.pk, actor=enrolment.learner, items=items, own_work=True)
    return enrolment


@pytest.fixture
def work(cast: Cast) -> Enrolment:
    _version, cohort = piloting_version(cast)
    return handed_in(cast, cohort.enrolments.order_by("pk")[0])


def levels(first: str, second: str, comment: str = "", act: str = "see") -> dict[str, str]:
    return {"R1-level": first, "R2-level": second, "R1-comment": comment, "R2-comment": "", "act": act}


def test_asa_takes_scores_and_moe_confirms(cast: Cast, client: Client, work: Enrolment) -> None:
    page = f"/faculty/assessing/{work.public_id}"
    listed = opened(client, cast.assessor, "/faculty/assessing")
    assert "Handed in: take it" in listed
    assert work.roster_name not in listed
    body = opened(client, cast.assessor, page)
    assert "Take this work" in body
    assert work.roster_name not in body
    opened(client, cast.assessor, f"{page}/score", 404)
    sent(client, cast.assessor, f"{page}/take", {})
    assert "You took it: score it" in opened(client, cast.assessor, "/faculty/assessing")
    body = sent(client, cast.assessor, f"{page}/score", levels("L2", "L2"), 200)
    assert "Competent." in body
    work.refresh_from_db()
    assert work.stage == "assessing"
    assert sent(client, cast.assessor, f"{page}/score", levels("L2", "L2", act="keep")) == page
    assert "It waits for a moderator" in opened(client, cast.assessor, page)
    opened(client, cast.assessor, f"{page}/moderate", 404)
    assert "Moderate the scores" in opened(client, cast.moe, "/faculty/assessing")
    assert "a note that says why" in sent(client, cast.moe, f"{page}/moderate", {"confirm": "no", "note": ""}, 422)
    sent(client, cast.moe, f"{page}/moderate", {"confirm": "yes", "note": ""})
    work.refresh_from_db()
    assert work.stage == "assessed"


def test_a_level_below_asks_for_a_comment_and_keeps_what_was_typed(cast: Cast, client: Client, work: Enrolment) -> None:
    assessing.take(enrolment_id=work.pk, actor=cast.assessor)
    page = f"/faculty/assessing/{work.public_id}/score"
    body = sent(client, cast.assessor, page, {**levels("L1", "L2"), "R2-comment": "Steady hands"}, 422)
    assert "Say what is missing" in body
    assert "Steady hands" in body
    assert body.count("checked") == 2
    assert "Choose a level." in sent(client, cast.assessor, page, {"R1-level": "L1", "R1-comment": "x"}, 422)
    body = sent(client, cast.assessor, page, levels("L1", "L2", "Touched the sleeve"), 200)
    assert "Not yet." in body
    assert "R1" in body
    sent(client, cast.assessor, page, levels("L1", "L2", "Touched the sleeve", "keep"))
    work.refresh_from_db()
    assert work.stage == "not_yet"


def test_a_second_click_on_keep_is_refused_with_the_scores_still_there(
    cast: Cast, client: Client, work: Enrolment
) -> None:
    assessing.take(enrolment_id=work.pk, actor=cast.assessor)
    page = f"/faculty/assessing/{work.public_id}/score"
    sent(client, cast.assessor, page, levels("L2", "L2", act="keep"))
    body = sent(client, cast.assessor, page, levels("L2", "L2", "once more", "keep"), 409)
    assert "once more" in body


def test_a_criterion_that_was_met_stands_in_the_next_attempt(cast: Cast, client: Client, work: Enrolment) -> None:
    assessing.take(enrolment_id=work.pk, actor=cast.assessor)
    weak = {"R1": {"level": "L1", "comment": "sleeve"}, "R2": {"level": "L2", "comment": ""}}
    assessing.score(enrolment_id=work.pk, actor=cast.assessor, scores=weak)
    assessing.moderate(enrolment_id=work.pk, actor=cast.moe, confirm=True, note="")
    work.refresh_from_db()
    handed_in(cast, work)
    assessing.take(enrolment_id=work.pk, actor=cast.assessor)
    page = f"/faculty/assessing/{work.public_id}/score"
    body = opened(client, cast.assessor, page)
    assert "Met by an earlier attempt; it stands." in body
    assert 'name="R2-level"' not in body
    sent(client, cast.assessor, page, {"R1-level": "L2", "R1-comment": "", "act": "keep"})
    work.refresh_from_db()
    assert work.stage == "moderating"


def test_after_the_last_attempt_the_assessor_proposes_the_end_and_the_moderator_confirms(
    cast: Cast, client: Client, work: Enrolment
) -> None:
    weak = {"R1": {"level": "L1", "comment": "sleeve"}, "R2": {"level": "L1", "comment": "late"}}
    page = f"/faculty/assessing/{work.public_id}"
    for attempt in (1, 2):
        assessing.take(enrolment_id=work.pk, actor=cast.assessor)
        assessing.score(enrolment_id=work.pk, actor=cast.assessor, scores=weak)
        assessing.moderate(enrolment_id=work.pk, actor=cast.moe, confirm=True, note="")
        work.refresh_from_db()
        if attempt == 1:
            opened(client, cast.assessor, f"{page}/fail", 404)
            handed_in(cast, work)
    assert "No attempt is left" in opened(client, cast.assessor, "/faculty/assessing")
    sent(client, cast.assessor, f"{page}/fail", {"reasons": ""}, 422)
    sent(client, cast.assessor, f"{page}/fail", {"reasons": "Two attempts, the same criterion."})
    assert "If you confirm, the course ends" in opened(client, cast.moe, f"{page}/moderate")
    sent(client, cast.moe, f"{page}/moderate", {"confirm": "yes", "note": "Agreed."})
    work.refresh_from_db()
    assert work.stage == "failed"


def test_an_assessor_steps_back_from_work_with_a_conflict(cast: Cast, client: Client, work: Enrolment) -> None:
    page = f"/faculty/assessing/{work.public_id}"
    sent(client, cast.assessor, f"{page}/take", {})
    sent(client, cast.assessor, f"{page}/conflict", {})
    work.refresh_from_db()
    assert work.stage == "submitted"
    assert "You stepped back from this work." in opened(client, cast.assessor, page)
    assert "Handed in" not in opened(client, cast.assessor, "/faculty/assessing")
    assert "declared a conflict" in sent(client, cast.assessor, f"{page}/take", {}, 403)


def test_evidence_is_read_on_record_and_cannot_run(cast: Cast, client: Client, work: Enrolment) -> None:
    item = work.evidence.get()
    path = f"/faculty/assessing/{work.public_id}/evidence/{item.public_id}"
    client.force_login(cast.assessor)
    answer = client.get(path)
    assert answer.content == b"Three gownings observed"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    sent(client, cast.assessor, f"{path}/withhold", {})
    item.refresh_from_db()
    assert item.withheld_at is not None
    opened(client, cast.assessor, f"/faculty/assessing/{work.public_id}/evidence/{work.public_id}", 404)


@pytest.mark.parametrize("place", ["", "/score", "/moderate", "/fail", "/take", "/conflict"])
def test_work_is_there_for_the_assessors_of_its_cohort_alone(
    cast: Cast, client: Client, work: Enrolment, place: str
) -> None:
    for other in (cast.ana, cast.quinn, cast.mallory, work.learner, cast.bob):
        opened(client, other, f"/faculty/assessing/{work.public_id}{place}", 404)
        client.force_login(other)
        assert client.post(f"/faculty/assessing/{work.public_id}{place}", {}).status_code == 404
    work.refresh_from_db()
    assert work.stage == "submitted"


def test_a_design_waits_for_a_moderator_who_did_not_write_and_is_signed_once(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    course.answered(course.in_relevance_review(cast, version), "support")
    deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    page = f"/faculty/assessing/design/{version.public_id}"
    assert "Check tasks and rubric before use" in opened(client, cast.moe, "/faculty/assessing")
    assert "Three gownings" in opened(client, cast.moe, page)
    opened(client, cast.assessor, page, 404)
    opened(client, cast.mallory, page, 404)
    sent(client, cast.moe, page, {})
    version.refresh_from_db()
    assert version.moderated_before_use_by == cast.moe
    assert "Signed" in opened(client, cast.moe, page)
    client.get("/faculty/assessing")  # shows the message once
    assert "before use" not in opened(client, cast.moe, "/faculty/assessing")


def test_more_work_needs_no_more_statements(cast: Cast, client: Client) -> None:
    _version, cohort = piloting_version(cast, learners=3)
    counts = []
    rows = list(cohort.enrolments.order_by("pk"))
    for group in (rows[:1], rows[1:]):
        for enrolment in group:
            handed_in(cast, enrolment)
        opened(client, cast.assessor, "/faculty/assessing")
        with CaptureQueriesContext(connection) as queries:
            body = client.get("/faculty/assessing").content.decode()
        counts.append(len(queries))
    assert body.count("Handed in: take it") == 3
    assert counts[0] == counts[1]

"""A program carries a proposal as its person would, once per key, and is refused in the words of the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from people import tokens
from people.models import AnsweredCall
from portal_api.guide import operations
from portal_api.urls import api
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.journeys.test_pilot_to_badge import issued
from tests.portal_api.program import Program
from tests.threads import at_once
from workflows import rights
from workflows.models import Cohort, LedgerEvent, Version


def test_ana_s_program_brings_a_proposal_to_screening_and_quinn_s_returns_it(cast: Cast) -> None:
    ana, quinn = Program(cast.ana, cast.college), Program(cast.quinn, cast.college)
    begun = ana.post("/versions", {"code": "GOWN", "content": proposal()}, 201)
    where = f"/versions/{begun['id']}"
    assert begun["stage"] == "draft"
    assert begun["title"] == {"en": "Cleanroom Gowning", "fr": "Habillage en salle blanche"}
    ana.post(f"{where}/near/seen")
    ana.post(f"{where}/interests", {"kinds": ["none"]})
    changed = {**proposal(), "workload": {"hours": {"practice": 20}, "weeks": 2, "language": "en"}}
    saved = ana.put(f"{where}/content", {"number": ana.get(where)["number"], "content": changed})
    sent = ana.post(f"{where}/steps/submit", {"number": saved["number"]})
    assert sent["stage"] == "screening"
    assert sent["digest"] == ana.get(f"{where}/snapshots")[0]["digest"]
    possible = {step["act"]: step["possible"] for step in quinn.get(f"{where}/steps")}
    assert possible["return_from_screening"]
    assert possible["accept"]
    assert not possible["activate"]
    back = quinn.post(
        f"{where}/steps/return_from_screening", {"number": sent["number"], "requests": {"purpose": "Say for whom."}}
    )
    assert back["stage"] == "draft"
    assert [event["type"] for event in ana.get(f"{where}/timeline")][-2:] == ["submit", "return_from_screening"]
    assert LedgerEvent.objects.filter(type="submit").get().actor == str(cast.ana.public_id)


def test_the_same_key_changes_once_and_another_body_is_refused(cast: Cast) -> None:
    ana, key = Program(cast.ana, cast.college), "order-66"
    body = {"code": "GOWN", "content": proposal()}
    first, again = (ana.post("/versions", body, 201, key) for _ in range(2))
    assert first == again
    assert Version.objects.count() == 1
    assert ana.post("/versions", {**body, "code": "MASK"}, 422, key)["code"] == "key_used_otherwise"
    assert ana.post("/versions", {**body, "code": "MASK"}, 400, "")["code"] == "key_missing"


def test_a_refused_call_changes_nothing_and_its_key_can_be_tried_again(cast: Cast) -> None:
    ana = Program(cast.ana, cast.college)
    version = course.drafted(cast)
    where = f"/versions/{version.public_id}"
    stale = ana.post(f"{where}/steps/submit", {"number": 0}, 409, "k")
    assert stale["code"] == "moved_on"
    assert not AnsweredCall.objects.exists()
    assert ana.post(f"{where}/steps/submit", {"number": course.number(version)}, 200, "k")["stage"] == "screening"


@pytest.mark.django_db(transaction=True)
def test_of_twelve_equal_calls_at_once_one_acts_and_all_hear_the_same(cast: Cast) -> None:
    ana = Program(cast.ana, cast.college)
    body = {"code": "GOWN", "content": proposal()}
    answers = at_once(*[lambda: ana.call("POST", "/versions", body, "same").json()["id"]] * 12)
    assert len(set(answers)) == 1
    assert Version.objects.count() == 1


def test_separation_of_duties_holds_for_programs(cast: Cast) -> None:
    rights.add_member(user=cast.ana, organization=cast.college, role="qa_officer")
    version = course.drafted(cast)
    course.submitted(cast, version)
    ana = Program(cast.ana, cast.college)
    refused = ana.post(
        f"/versions/{version.public_id}/steps/return_from_screening",
        {"number": course.number(version), "requests": {"purpose": "x"}},
        403,
    )
    assert refused["code"] == "own_work"


def test_refusals_speak_the_language_that_the_call_asked_for(cast: Cast) -> None:
    version = course.drafted(cast)
    french = Program(cast.quinn, cast.college, language="fr-CA")
    answer = french.call("POST", f"/versions/{version.public_id}/steps/vote", {"number": 1})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "only_in_portal"
    assert "portail" in answer.json()["detail"]


def test_a_body_that_is_not_as_described_says_where(cast: Cast) -> None:
    version = course.drafted(cast)
    answer = Program(cast.ana, cast.college).post(f"/versions/{version.public_id}/steps/submit", {"number": "x"}, 422)
    assert answer["code"] == "not_readable"
    assert answer["errors"][0]["where"] == "body.body.number"


def test_lists_come_page_by_page(cast: Cast) -> None:
    made = [str(course.drafted(cast, code=f"C{place}").public_id) for place in range(3)]
    ana = Program(cast.ana, cast.college)
    first = ana.get("/versions?limit=2")
    assert [one["id"] for one in first["items"]] == [made[2], made[1]]
    rest = ana.get(f"/versions?limit=2&after={first['next']}")
    assert [one["id"] for one in rest["items"]] == [made[0]]
    assert rest["next"] is None
    assert ana.get(f"/versions?after={uuid4()}", 404)["code"] == "not_yours"


def test_rounds_awards_rosters_and_what_waits_are_read_as_on_the_pages(cast: Cast) -> None:
    version, credential = issued(cast)
    cohort = Cohort.objects.get(version=version)
    quinn, ana = Program(cast.quinn, cast.college), Program(cast.ana, cast.college)
    where = f"/versions/{version.public_id}"
    rounds = quinn.get(f"{where}/rounds")
    assert {seat["organization"] for one in rounds for seat in one["seats"]} >= {"Quellin Hospital", "Brevanth Clinic"}
    assert ana.get(f"{where}/rounds", 403)["code"] == "not_allowed"
    assert {one["kind"] for one in quinn.get(f"{where}/validations")} == {"demand", "job_performance"}
    assert {clause["state"] for clause in quinn.get(f"{where}/conformance")} == {"met"}
    assert quinn.get("/badges")["items"][0]["id"] == str(credential.public_id)
    assert ana.get("/badges")["items"] == []
    assert isinstance(quinn.get("/waiting"), list)
    there = len(quinn.get(f"/cohorts/{cohort.public_id}/roster")["learners"])
    learner = {"email": "new@learners.example", "name": "Nia New"}
    refused = quinn.put(f"/cohorts/{cohort.public_id}/roster", {"learners": [learner]}, 403)
    assert refused["code"] == "not_allowed"
    assert len(quinn.get(f"/cohorts/{cohort.public_id}/roster")["learners"]) == there
    assert quinn.get("/register")[0]["name"]["en"] == "Cleanroom Gowning"


def test_every_address_is_shut_without_its_scope_and_to_other_institutions(cast: Cast) -> None:
    version, _credential = issued(cast)
    cohort = Cohort.objects.get(version=version)
    everything = set(tokens.SCOPES)
    mallory = Program(cast.mallory, cast.mallory.memberships.first().organization)
    known = {
        "{version_id}": version.public_id,
        "{cohort_id}": cohort.public_id,
        "{ordinal}": 1,
        "{endpoint_id}": uuid4(),
    }
    opened = []
    for one in operations(api.get_openapi_schema()):
        path = one.path
        for name, value in known.items():
            path = path.replace(name, str(value))
        if not one.scope:
            continue
        body = {"number": 1, "reason": "x", "requests": {}, "until": "2030-01-01", "content": {}, "learners": []}
        body |= {"last_start_on": "2030-01-01", "teach_out_ends_on": "2030-01-01", "kinds": ["none"], "code": "X"}
        body |= {"url": "https://x.example", "events": ["version"], "first": 1}
        without = Program(cast.quinn, cast.college, *(everything - {one.scope}))
        cases = {
            "a stranger": (Client().generic(one.method, f"/api/v1{path}"), 401),
            "a token without the scope": (without.call(one.method, path, body), 403),
        }
        if "{" in one.path:
            cases["Mallory"] = (mallory.call(one.method, path, body), 404)
        opened += [
            f"{one.method} {path} answers {answer.status_code} to {who}"
            for who, (answer, status) in cases.items()
            if answer.status_code != status
        ]
        tokens.end(token_id=without.token.public_id, actor=cast.quinn)
    assert opened == []


def test_a_token_ends_by_time_by_its_person_and_with_the_last_role(cast: Cast) -> None:
    for end in ("time", "person", "role"):
        quinn = Program(cast.quinn, cast.college)
        quinn.get("/versions")
        assert quinn.row().last_used_at is not None
        if end == "time":
            type(quinn.token).objects.filter(pk=quinn.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        elif end == "person":
            tokens.end(token_id=quinn.token.public_id, actor=cast.quinn)
        else:
            rights.end_membership(cast.quinn.memberships.get())
        refused = quinn.call("GET", "/versions")
        assert refused.status_code == 401, end
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_calls_too_often_is_asked_to_wait(cast: Cast, settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = 2
    quinn = Program(cast.quinn, cast.college)
    with time_machine.travel(timezone.now(), tick=False):
        statuses = [quinn.call("GET", "/versions").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_description_and_guide_are_open_and_fetch_nothing_from_elsewhere(db: None) -> None:
    described = Client().get("/api/v1/openapi.json").json()
    hold = described["paths"]["/api/v1/versions/{version_id}/steps/hold"]["post"]
    assert hold["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("HoldIn")
    assert {parameter["name"] for parameter in hold["parameters"]} == {"version_id", "Idempotency-Key"}
    page = Client().get("/api/v1/?lang=fr").content.decode()
    assert "steps/hold" in page
    assert "cdn" not in page

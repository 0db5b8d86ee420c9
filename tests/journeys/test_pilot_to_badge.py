"""From the pilot gate to a signed badge that others verify, and to its revocation."""

from __future__ import annotations

import copy
import json

import pytest
from django.test import Client

from credentials import keys, proofs, status
from credentials.models import Credential
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import GOOD, WEAK, approved, assessed, awarded, hearing, held, issued, piloting_version
from workflows import ledger
from workflows.actions import assessing, awarding, deciding, piloting, revoking
from workflows.errors import Blocked, NotAllowed, OwnWork, Refusal


def test_a_result_waits_on_hold_and_is_awarded_when_the_version_is_active(cast: Cast) -> None:
    version, cohort = piloting_version(cast)
    first = cohort.enrolments.order_by("pk")[0]
    held(cast, first)
    first.refresh_from_db()
    assert first.stage == "held"
    with pytest.raises(Refusal, match="not issuing now"):
        awarding.award(enrolment_id=first.pk, actor=cast.grant)
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    credential = awarded(cast, first)
    assert credential.status == "issued"
    assert credential.acceptance == "offered"
    with pytest.raises(Refusal):
        awarding.award(enrolment_id=first.pk, actor=cast.grant)
    assert Credential.objects.count() == 1
    assert list(ledger.faults()) == []


def test_the_badge_carries_its_endorsements_and_every_signature_holds(cast: Cast) -> None:
    _version, credential = issued(cast)
    document = credential.document
    assert proofs.verify(document, keys.did_document(cast.college))
    embedded = document["credentialSubject"]["achievement"]["endorsement"]
    names = {endorsement["issuer"]["name"] for endorsement in embedded}
    assert names == {"Quellin Hospital", "Brevanth Clinic", "Taravelle College"}
    organizations = {keys.did_of(o): o for o in (cast.college, cast.hospital, cast.clinic)}
    for endorsement in embedded:
        assert proofs.verify(endorsement, keys.did_document(organizations[endorsement["issuer"]["id"]]))
    assert "lena0" not in json.dumps(document)


@pytest.mark.parametrize(
    "path",
    [("name",), ("issuer", "name"), ("validFrom",), ("credentialStatus", "statusListIndex"), ("awardedDate",)],
)
def test_any_change_breaks_the_signature(cast: Cast, path: tuple[str, ...]) -> None:
    _version, credential = issued(cast)
    forged = copy.deepcopy(credential.document)
    place = forged
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "2020-01-01T00:00:00Z" if "Date" in path[-1] or "valid" in path[-1] else "7"
    assert not proofs.verify(forged, keys.did_document(cast.college))


def test_two_persons_revoke_and_the_list_shows_it(cast: Cast) -> None:
    _version, credential = issued(cast)
    awarding.answer_badge(credential_id=credential.pk, actor=credential.recipient, accept=True)
    revoking.suspend_badge(credential_id=credential.pk, actor=cast.quinn, reason="a report")
    revoking.reinstate_badge(credential_id=credential.pk, actor=cast.quinn, reason="unfounded", panel=hearing(cast))
    asked = revoking.ask_revocation(
        credential_id=credential.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    with pytest.raises(NotAllowed):
        revoking.confirm_revocation(decision_id=asked.pk, actor=cast.registrar)
    revoked = revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    assert revoked.status == "revoked"
    published = status.publish(revoked.entry.status_list)
    expected = status.encoded(published.size, [revoked.entry.index])
    assert published.document["credentialSubject"]["encodedList"] == expected
    assert proofs.verify(published.document, keys.did_document(cast.college))
    assert "wrong person" not in json.dumps([published.document, revoked.document])


def test_not_yet_is_computed_and_may_be_tried_again(cast: Cast) -> None:
    _version, cohort = piloting_version(cast)
    enrolment = cohort.enrolments.order_by("pk")[0]
    assessed(cast, enrolment, WEAK)
    enrolment.refresh_from_db()
    assert enrolment.stage == "not_yet"
    assessed(cast, enrolment, GOOD)
    enrolment.refresh_from_db()
    assert enrolment.stage == "moderating"


def test_duties_stay_apart(cast: Cast) -> None:
    _version, cohort = piloting_version(cast)
    enrolment = cohort.enrolments.order_by("pk")[0]
    assessed(cast, enrolment, GOOD)
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.assessor, qualification="x", moderator=True)
    with pytest.raises(OwnWork):
        assessing.moderate(enrolment_id=enrolment.pk, actor=cast.assessor, confirm=True, note="")
    with pytest.raises(OwnWork):
        piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=enrolment.learner, qualification="x")


def test_without_the_registrar_the_final_gate_stays_shut(cast: Cast) -> None:
    version, cohort = piloting_version(cast)
    held(cast, cohort.enrolments.order_by("pk")[0])
    held(cast, cohort.enrolments.order_by("pk")[1])
    learner = cohort.enrolments.first().learner
    piloting.answer_pilot(version_id=version.pk, actor=learner, audience="learner", answers={"clear": "yes"})
    piloting.answer_pilot(version_id=version.pk, actor=cast.ana, audience="employer", answers={"hire": "yes"})
    piloting.close_pilot(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    panel = piloting.report(
        version_id=version.pk, actor=cast.ana, expected=course.number(version), measures={},
        committee=cast.committee(),
    )  # fmt: skip
    course.voted(panel, "approve", "approve", "approve")
    with pytest.raises(Blocked, match="E5"):
        deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))


def test_strangers_read_what_a_verifier_needs(cast: Cast, client: Client) -> None:
    version, credential = issued(cast)
    assert client.get("/o/taravelle/did.json").json()["id"] == keys.did_of(cast.college)
    assert client.get(f"/achievements/{version.public_id}").json()["name"] == "Cleanroom Gowning"
    status.publish(credential.entry.status_list)
    first = client.get(f"/status/{credential.entry.status_list.public_id}")
    assert first["Access-Control-Allow-Origin"] == "*"
    assert not first.cookies
    again = client.get(first.request["PATH_INFO"], headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert client.get("/o/rival/did.json").status_code == 404

"""From Lena's page to the finding of three: each page says where it stands, and shows nobody else anything."""

from __future__ import annotations

from django.test import Client

from people.models import User
from tests.cast import Cast
from tests.journeys import awards, course
from tests.portal_quality.office import auditor_of, get, post
from workflows.actions import keeping, revoking
from workflows.models import Appeal, Enrolment

SAID = {"ground": "wrong_fact", "statement": "The checklist is mine.", "remedy": "Let it hold."}


def _client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_lena_appeals_and_three_decide(cast: Cast) -> None:
    _version, badge = awards.issued(cast)
    enrolment = Enrolment.objects.get(award__public_id=badge.award_reference)
    lena, page = _client(badge.recipient), f"/learning/courses/{enrolment.public_id}/appeal"
    assert lena.get(page).status_code == 404
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="a report")
    assert page in lena.get(f"/learning/badges/{badge.public_id}").content.decode()
    refused = lena.post(page, {**SAID, "remedy": ""})
    assert refused.status_code == 422
    assert "The checklist is mine." in refused.content.decode()
    assert lena.post(page, SAID).status_code == 303
    assert "It is decided by" in lena.get(page).content.decode()
    appeal = Appeal.objects.get()
    office = f"/quality/appeals/{appeal.public_id}"
    assert f"{office}/panel" in get(cast.quinn, "/quality/").content.decode()
    assert "Name its panel" in get(cast.quinn, office).content.decode()
    panel = awards.hearing(cast)
    assert post(cast.quinn, f"{office}/panel", panel=[panel[0].pk]).status_code == 422
    assert post(cast.quinn, f"{office}/panel", panel=[one.pk for one in panel]).status_code == 302
    assert f"{office}/finding" in get(panel[0], "/quality/").content.decode()
    for member in panel[:2]:
        sent = {"outcome": "vary", "reasons": f"{member.name} saw the log."}
        assert post(member, f"{office}/finding", **sent).status_code == 302
    assert "Hana saw the log." in lena.get(page).content.decode()
    assert "set aside" in get(auditor_of(cast), office).content.decode()
    badge.refresh_from_db()
    assert badge.status == "issued"


def test_findings_of_the_others_are_shown_when_it_is_decided(cast: Cast) -> None:
    _version, badge = awards.issued(cast)
    enrolment = Enrolment.objects.get(award__public_id=badge.award_reference)
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="a report")
    _client(badge.recipient).post(f"/learning/courses/{enrolment.public_id}/appeal", SAID)
    office, panel = f"/quality/appeals/{Appeal.objects.get().public_id}", awards.hearing(cast)
    post(cast.quinn, f"{office}/panel", panel=[one.pk for one in panel])
    post(panel[0], f"{office}/finding", outcome="vary", reasons="A log.")
    assert "A log." not in get(panel[1], office).content.decode()
    assert post(panel[0], f"{office}/finding", outcome="vary", reasons="x").status_code == 409
    assert get(cast.mallory, office).status_code == 404
    assert get(cast.grant, office).status_code == 403
    assert post(cast.grant, f"{office}/finding", outcome="vary", reasons="x").status_code == 403
    assert post(cast.registrar, f"{office}/panel", panel=[]).status_code == 403


def test_ana_appeals_on_procedure(cast: Cast) -> None:
    version = course.drafted(cast)
    course.answered(course.in_relevance_review(cast, version), "do_not_support", reasons="no need")
    page = f"/faculty/{version.public_id}/appeal"
    assert get(cast.ana, page).status_code == 404
    keeping.reject_at_relevance(
        version_id=version.pk, actor=cast.chair, expected=course.number(version), reason="no need"
    )
    assert page in get(cast.ana, f"/faculty/{version.public_id}").content.decode()
    assert post(cast.ana, page, statement="", remedy="x").status_code == 422
    assert post(cast.ana, page, statement="No letter came.", remedy="Hear us.").status_code == 303
    assert "No letter came." in get(cast.ana, page).content.decode()
    assert get(cast.mallory, page).status_code == 404

"""The register of badges: found, suspended, reinstated, revoked by two, replaced; reasons stay private."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from credentials.models import Credential
from people.models import User
from tests.cast import Cast
from tests.journeys import awards, course
from tests.portal_quality.office import auditor_of, get, post
from workflows import rights
from workflows.actions import evaluating
from workflows.models import Award, Decision

SECRET = "The report came from her former supervisor."
F8 = {"alleged": "lent work", "proof": "the file", "earner_answer": "denies", "finding": "proved"}


def page(credential: Credential, act: str = "") -> str:
    return f"/quality/badges/{credential.public_id}" + (f"/{act}" if act else "")


def body(person: User, address: str) -> str:
    answer = get(person, address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def panel_of(cast: Cast) -> list[int]:
    """Three members of the college who had no part in the case."""
    people = [User.objects.create_user(f"{name}@taravelle.example", name=name) for name in ("Hal", "Hue", "Hy")]
    for person in people:
        rights.add_member(user=person, organization=cast.college, role="committee_member")
    return [person.pk for person in people]


@pytest.fixture
def badge(cast: Cast) -> Credential:
    return awards.issued(cast)[1]


def test_badges_are_found_by_learner_title_and_state(cast: Cast, badge: Credential) -> None:
    assert "Lena 0" in body(cast.quinn, "/quality/register")
    assert "Lena 0" in body(cast.registrar, "/quality/register?q=lena0@learner gown")
    assert "No badge is like that." in body(cast.quinn, "/quality/register?q=nobody")
    assert "No badge is like that." in body(cast.quinn, "/quality/register?status=revoked")
    assert "Lena 0" in body(cast.quinn, "/quality/register?status=issued")
    assert "No badge was awarded yet" in body(cast.mallory, "/quality/register")
    assert get(cast.ana, "/quality/register").status_code == 404


def test_the_register_asks_as_many_statements_for_one_badge_as_for_many(cast: Cast) -> None:
    version, cohort = awards.piloting_version(cast)
    for enrolment in cohort.enrolments.order_by("pk"):
        awards.held(cast, enrolment)
    awards.approved(cast, version)
    evaluating.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    first, second = cohort.enrolments.order_by("pk")
    counted = []
    for enrolment in (first, second):
        awards.awarded(cast, enrolment)
        client = Client()
        client.force_login(cast.quinn)
        with CaptureQueriesContext(connection) as asked:
            assert enrolment.roster_name in client.get("/quality/register").content.decode()
        counted.append(len(asked))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("act", ["suspend", "reinstate", "revoke", "replace"])
def test_each_act_is_open_to_its_own_role_only(cast: Cast, badge: Credential, act: str) -> None:
    owners = {"suspend": cast.quinn, "reinstate": cast.quinn, "revoke": cast.registrar, "replace": cast.issuer}
    for stranger in (cast.mallory, cast.ana, cast.assessor, badge.recipient):
        assert get(stranger, page(badge, act)).status_code == 404
        assert post(stranger, page(badge, act), reason="x").status_code == 404
    for other in (cast.quinn, cast.registrar, cast.issuer, cast.grant, cast.chair, auditor_of(cast)):
        if other == owners[act] or (act == "revoke" and other == cast.issuer):
            continue
        assert get(other, page(badge, act)).status_code == 403, other
        assert post(other, page(badge, act), reason="x").status_code == 403, other
        assert page(badge, act) not in body(other, page(badge))
    badge.refresh_from_db()
    assert badge.status == "issued"


def test_a_badge_is_suspended_and_reinstated_by_a_hearing(cast: Cast, badge: Credential) -> None:
    assert get(cast.quinn, page(badge, "reinstate")).status_code == 409
    assert post(cast.quinn, page(badge, "suspend"), reason=" ").status_code == 422
    assert post(cast.quinn, page(badge, "suspend"), reason=SECRET).status_code == 302
    badge.refresh_from_db()
    assert badge.status == "suspended"
    late = post(cast.quinn, page(badge, "suspend"), reason="Once more")
    assert late.status_code == 409
    assert "Once more" in late.content.decode()
    panel = panel_of(cast)
    few = post(cast.quinn, page(badge, "reinstate"), reason="Unfounded", panel=panel[:2])
    assert few.status_code == 422
    assert "Choose three members." in few.content.decode()
    assert "Greta" not in body(cast.quinn, page(badge, "reinstate")).split("<form")[-1]
    assert post(cast.quinn, page(badge, "reinstate"), reason="Unfounded", panel=panel).status_code == 302
    badge.refresh_from_db()
    assert badge.status == "issued"


def test_reasons_are_read_by_those_who_decide_and_the_auditor_and_never_in_public(
    cast: Cast, badge: Credential, client: Client
) -> None:
    post(cast.quinn, page(badge, "suspend"), reason=SECRET)
    for reader in (cast.quinn, cast.registrar, auditor_of(cast)):
        assert SECRET in body(reader, page(badge))
    for other in (cast.grant, cast.members[0]):
        assert SECRET not in body(other, page(badge))
    for address in (
        "/register",
        f"/achievements/{badge.achievement.public_id}",
        f"/status/{badge.entry.status_list.public_id}",
    ):
        assert SECRET not in client.get(address).content.decode()


def test_a_revocation_needs_two_persons(cast: Cast, badge: Credential) -> None:
    shown = body(cast.registrar, page(badge, "revoke"))
    assert "Whom it hits" in shown
    assert "No stack and no pathway rests on it." in shown
    assert post(cast.registrar, page(badge, "revoke"), reason=SECRET).status_code == 422
    done = post(cast.registrar, page(badge, "revoke"), kind="issued_in_error", reason=SECRET)
    assert done.status_code == 302
    asked = Decision.objects.get(choice="ask_revocation")
    confirm = f"/quality/revocations/{asked.public_id}"
    again = post(cast.registrar, page(badge, "revoke"), kind="issued_in_error", reason="Again")
    assert get(cast.registrar, page(badge, "revoke")).status_code == 409
    assert again.status_code == 409
    assert "asked for already" in again.content.decode()
    for other, status in ((cast.registrar, 403), (cast.grant, 403), (cast.mallory, 404), (cast.ana, 404)):
        assert get(other, confirm).status_code == status
        assert post(other, confirm).status_code == status
    assert confirm in body(cast.quinn, "/quality/")
    assert SECRET in body(cast.quinn, confirm)
    assert post(cast.quinn, confirm).status_code == 302
    badge.refresh_from_db()
    assert badge.status == "revoked"
    assert Award.objects.get().ended_at is None
    assert get(cast.quinn, confirm).status_code == 409
    assert post(cast.quinn, confirm).status_code == 409


def test_a_fault_is_found_by_a_panel_with_the_earner_heard(cast: Cast, badge: Credential) -> None:
    loose = post(cast.registrar, page(badge, "revoke"), kind="misconduct", reason=SECRET)
    assert loose.status_code == 422
    assert "Choose three members." in loose.content.decode()
    assert "A finding of fault says this." in loose.content.decode()
    panel = panel_of(cast)
    done = post(cast.registrar, page(badge, "revoke"), kind="misconduct", reason=SECRET, panel=panel, **F8)
    assert done.status_code == 302
    asked = Decision.objects.get(choice="ask_revocation")
    assert asked.answers["f8"] == F8
    confirm = f"/quality/revocations/{asked.public_id}"
    assert "denies" in body(cast.quinn, confirm)
    post(cast.quinn, confirm)
    assert Award.objects.get().ended_at is not None


def test_the_issuer_replaces_a_badge_whose_name_changed(cast: Cast, badge: Credential) -> None:
    assert post(cast.issuer, page(badge, "replace"), reason="married").status_code == 422
    assert post(cast.issuer, page(badge, "replace"), kind="name", reason="married").status_code == 302
    badge.refresh_from_db()
    assert badge.status == "replaced"
    assert badge.replaced_by is not None
    assert "the badge that took its place" in body(cast.quinn, page(badge))
    assert body(cast.quinn, page(badge.replaced_by))


def test_a_badge_that_is_not_there_is_not_found(cast: Cast) -> None:
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert get(cast.quinn, f"/quality/badges/{nowhere}").status_code == 404
    assert get(cast.quinn, f"/quality/revocations/{nowhere}").status_code == 404

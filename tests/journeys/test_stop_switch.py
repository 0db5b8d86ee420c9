"""The stop switch: issuing halts at one institution or at all, nothing else does, and two persons stand behind it."""

from __future__ import annotations

import json
from io import StringIO
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from config.health import report
from credentials import stops
from credentials.errors import IssuingStopped, StopStands
from credentials.models import Credential
from people.models import Organization
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.awards import WEAK, approved, assessed, held, piloting_version
from tests.portal_quality.office import get, post
from workflows import ledger
from workflows.actions import awarding, piloting, stopping
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import LedgerEvent


def _prepared(cast: Cast) -> Credential:
    """Lena's badge, awarded and not yet agreed to."""
    version, cohort = piloting_version(cast)
    first, second = cohort.enrolments.order_by("pk")
    held(cast, first)
    assessed(cast, second, WEAK)
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    return awarding.award(enrolment_id=first.pk, actor=cast.grant)


def _command(*words: str) -> Any:
    out = StringIO()
    call_command("issuing", *words, stdout=out)
    return json.loads(out.getvalue())


def _stop(cast: Cast) -> None:
    stopping.stop_issuing(institution_id=cast.college.pk, actor=cast.quinn, reason="a key may be lost")


def test_nothing_is_signed_while_it_is_on_and_no_award_is_lost(cast: Cast) -> None:
    badge = _prepared(cast)
    _stop(cast)
    with pytest.raises(IssuingStopped, match="No award is lost"):
        awarding.consent_to_badge(credential_id=badge.pk, actor=badge.recipient, name_shown=False)
    badge.refresh_from_db()
    assert (badge.status, badge.consented_at, badge.document) == ("prepared", None, None)
    stopping.let_issuing_go_on(institution_id=cast.college.pk, actor=cast.chair)
    issued = awarding.consent_to_badge(credential_id=badge.pk, actor=badge.recipient, name_shown=False)
    assert issued.status == "issued"
    events = LedgerEvent.objects.filter(stream=f"institution:{cast.college.public_id}").order_by("sequence")
    assert list(events.values_list("type", flat=True)) == ["stop_issuing", "let_issuing_go_on"]
    assert list(ledger.faults()) == []


def test_approvals_and_awards_go_on(cast: Cast) -> None:
    _stop(cast)
    badge = _prepared(cast)  # from the first form to the award, with every vote between
    assert badge.status == "prepared"


def test_another_institution_issues_on(cast: Cast) -> None:
    badge = _prepared(cast)
    stops.stop(Organization.objects.get(slug="rival"), reason="x", ordered_by=None)
    assert awarding.consent_to_badge(credential_id=badge.pk, actor=badge.recipient, name_shown=False).document


def test_the_operator_stops_everybody_and_health_says_so(cast: Cast) -> None:
    badge = _prepared(cast)
    assert "issuing_stopped" not in report()["wrong"]
    assert _command("stop", "--reason", "an incident") == {"stopped": ["*"]}
    assert report()["issuing_stopped"] == ["*"]
    assert "issuing_stopped" in report()["wrong"]
    with pytest.raises(IssuingStopped):
        awarding.consent_to_badge(credential_id=badge.pk, actor=badge.recipient, name_shown=False)
    assert _command("stop", "taravelle") == {"stopped": ["*", "taravelle"]}
    assert _command("go-on") == {"stopped": ["taravelle"]}
    assert _command("go-on", "taravelle") == _command("show") == {"stopped": []}
    assert awarding.consent_to_badge(credential_id=badge.pk, actor=badge.recipient, name_shown=False).document
    assert LedgerEvent.objects.filter(stream="service").count() == 2


@pytest.mark.parametrize("words", [("go-on",), ("go-on", "taravelle"), ("stop", "nowhere")])
def test_the_command_refuses_with_a_sentence(cast: Cast, words: tuple[str, ...]) -> None:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("issuing", *words, stderr=err)
    assert ended.value.code == 1
    assert err.getvalue().strip().endswith((".", "here."))


def test_one_stops_and_another_lets_it_go_on(cast: Cast) -> None:
    _stop(cast)
    with pytest.raises(OwnWork):
        stopping.let_issuing_go_on(institution_id=cast.college.pk, actor=cast.quinn)
    with pytest.raises(StopStands):
        stopping.stop_issuing(institution_id=cast.college.pk, actor=cast.chair, reason="x")
    order = stopping.let_issuing_go_on(institution_id=cast.college.pk, actor=cast.issuer)
    with pytest.raises(StopStands):
        stops.end(order)
    with pytest.raises(Refusal, match="not stopped"):
        stopping.let_issuing_go_on(institution_id=cast.college.pk, actor=cast.chair)


def test_others_have_no_switch(cast: Cast) -> None:
    for act in (
        lambda actor: stopping.stop_issuing(institution_id=cast.college.pk, actor=actor, reason="x"),
        lambda actor: stopping.let_issuing_go_on(institution_id=cast.college.pk, actor=actor),
    ):
        for actor in (cast.ana, cast.grant, cast.registrar):
            with pytest.raises(NotAllowed):
                act(actor)
        for actor in (cast.mallory, cast.bob):
            with pytest.raises(NotYours):
                act(actor)
    with pytest.raises(Missing, match="a reason"):
        stopping.stop_issuing(institution_id=cast.college.pk, actor=cast.quinn, reason=" ")
    assert stops.standing() == []


def test_the_page_stops_and_another_person_sees_it_first_thing(cast: Cast) -> None:
    page = f"/quality/settings/{cast.college.public_id}/issuing"
    assert "No award is lost" in get(cast.quinn, page).content.decode()
    assert page in get(cast.quinn, f"/quality/settings/{cast.college.public_id}/keys").content.decode()
    assert post(cast.quinn, page).status_code == 422
    assert post(cast.quinn, page, reason="a key may be lost").status_code == 303
    mine = get(cast.quinn, page).content.decode()
    assert "somebody else lets it go on" in mine
    assert "Let issuing go on</button>" not in mine
    assert post(cast.quinn, page).status_code == 403
    assert f"Issuing is stopped at {cast.college.name}" in get(cast.chair, "/quality/").content.decode()
    assert "a key may be lost" in get(cast.chair, page).content.decode()
    assert post(cast.chair, page).status_code == 303
    assert stops.standing() == []
    for other in (cast.ana, cast.registrar, cast.mallory, cast.bob):
        assert get(other, page).status_code == 404
        assert post(other, page, reason="x").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_stops_waits_for_what_is_being_signed_and_nothing_comes_out_afterwards() -> None:
    college = Organization.objects.create(slug="taravelle", kind="institution", name_en="Taravelle College")
    signing, commit, order = Event(), Event(), []

    def issue() -> None:
        with transaction.atomic():
            stops.refuse_stopped({college.pk})
            signing.set()
            commit.wait(5)
            order.append("issued")
        connection.close()

    def stop() -> None:
        stops.stop(college, reason="x", ordered_by=None)
        order.append("stopped")
        connection.close()

    threads = [Thread(target=issue), Thread(target=stop)]
    threads[0].start()
    assert signing.wait(5)
    threads[1].start()
    threads[1].join(0.3)
    assert order == []  # it waits
    commit.set()
    for thread in threads:
        thread.join(5)
    assert order == ["issued", "stopped"]
    with pytest.raises(IssuingStopped), transaction.atomic():
        stops.refuse_stopped({college.pk})

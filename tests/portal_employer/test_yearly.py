"""Once a year: one page, one button. Opening the link answers nothing; renewing before the end is one short form."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from people import invitations
from tests.cast import Cast
from tests.portal_employer.mailed import opened, page, text
from tests.workflows.test_freshness import version  # noqa: F401
from tests.workflows.test_staying_fresh import asked_yearly, flags
from workflows import clocks
from workflows.models import DemandQuestion, PanelKind, Validation, Version


@pytest.fixture
def question(version: Version) -> DemandQuestion:  # noqa: F811
    return asked_yearly(version)


def address(question: DemandQuestion, name: str = "letter") -> str:
    return reverse(f"employer:{name}", args=[invitations.token_of(question.invitation)])


def at(question: DemandQuestion, days: int) -> object:
    return time_machine.travel(question.asked_at + timedelta(days=days), tick=False)


def test_opening_the_link_answers_nothing_and_one_press_does(question: DemandQuestion) -> None:
    client = Client()
    with at(question, 1):
        for _again in range(3):  # a scanner of mails, then Bob
            shown = text(client.get(address(question)))
            assert "Are these skills still in demand?" in shown
        assert client.get(address(question, "still")).status_code == 405
        question.refresh_from_db()
        assert question.answered_at is None
        assert client.post(address(question, "still"), {"still": "yes"})["Location"] == address(question)
        assert "Still in demand" in text(client.get(address(question)))
        second = client.post(address(question, "still"), {"still": "no", "words": "x"})
        assert (second.status_code, "already answered" in text(second)) == (409, True)
    question.refresh_from_db()
    assert question.still is True


def test_a_no_asks_for_its_reason_and_keeps_what_was_typed(question: DemandQuestion) -> None:
    client = Client()
    with at(question, 1):
        refused = client.post(address(question, "still"), {"still": "no", "words": ""})
        assert refused.status_code == 422
        assert "No longer in demand" in text(refused)
        client.post(address(question, "still"), {"still": "no", "words": "Machines do it now."})
        assert "Machines do it now." in text(client.get(address(question)))
    assert flags(question.validation.version)[0] == "periodic_review"


def test_a_link_that_is_too_old_or_made_up_asks_nothing(question: DemandQuestion) -> None:
    client = Client()
    with at(question, 40):
        assert "Nobody answered for you" in text(client.get(address(question)))
        assert client.post(address(question, "still"), {"still": "yes"}).status_code == 409
    assert client.post(reverse("employer:still", args=["made-up"]), {"still": "yes"}).status_code == 404


def test_before_the_end_one_short_form_makes_a_fresh_statement(cast: Cast, version: Version) -> None:  # noqa: F811
    first = Validation.objects.get(organization=cast.hospital, kind="demand")
    with time_machine.travel(first.valid_until - timedelta(days=89), tick=False):
        clocks.fire_due()
        seat = version.panels.get(kind=PanelKind.RELEVANCE, closed_at=None).seats.get(person=cast.bob)
        bob = opened(seat)
        assert "Still in demand?" in text(bob.get(page(seat)))
        refused = bob.post(page(seat), {"confirm": "1", "changed": "More robots.", "months": "99"})
        assert (refused.status_code, "More robots." in text(refused)) == (422, True)
        bob.post(page(seat), {"confirm": "1", "changed": "More robots.", "months": "36"})
        fresh = Validation.objects.filter(organization=cast.hospital, kind="demand").latest("valid_from")
        assert fresh.decision.answers["changed"] == "More robots."
        assert "changed" in {question["code"] for question in fresh.decision.questions}
        assert fresh.valid_until > first.valid_until + timedelta(days=900)
        assert "More robots." in text(bob.get(page(seat, "signed")))

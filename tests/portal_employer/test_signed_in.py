"""A partner with a session: one sentence, one list, the same forms, no second code while the first is fresh."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import OutgoingMail
from tests.cast import Cast
from tests.journeys import course
from tests.portal_employer.mailed import F2, code, link, page, relevance_seat, text
from workflows.models import Decision, Validation


@pytest.fixture
def bob(cast: Cast) -> Client:
    """Bob has signed in with the code of a mail."""
    client = Client()
    client.post("/sign-in", {"email": cast.bob.email})
    client.post("/sign-in/code", {"code": code()})
    return client


def test_the_first_screen_is_one_sentence_and_one_list(cast: Cast, bob: Client) -> None:
    assert "Nothing waits for your answer" in text(bob.get("/reviews/"))
    seat = relevance_seat(cast)
    shown = text(bob.get("/reviews/"))
    assert "One letter waits for your answer" in shown
    assert page(seat, "") in shown
    assert "Taravelle College" in shown


def test_the_code_of_the_sign_in_proved_the_mailbox(cast: Cast, bob: Client) -> None:
    seat = relevance_seat(cast)
    bob.get(page(seat, ""))
    assert bob.post(page(seat, "start"), {"next": "form"})["Location"] == page(seat)
    assert OutgoingMail.objects.count() == 1
    bob.post(page(seat), F2)
    decision = Decision.objects.get(seat=seat)
    assert decision.validation.assurance == "b"
    assert timezone.now() - decision.proved_at < timedelta(minutes=1)
    shown = text(bob.get("/reviews/"))
    assert "Nothing waits for your answer" in shown
    assert "What you stand by today" in shown
    assert page(seat, "withdraw") in shown


def test_after_an_hour_a_fresh_code_is_asked_for_and_signs(cast: Cast, bob: Client) -> None:
    seat = relevance_seat(cast)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert bob.post(page(seat), {**F2, "missing": "A drill"})["Location"].endswith("/code?next=form")
        assert "Mail me a code" in text(bob.get(page(seat, "code")))
        bob.post(page(seat, "start"), {"next": "form"})
        mail = OutgoingMail.objects.latest("pk")
        assert mail.kind == "signature"
        bob.post(page(seat, "code"), {"code": code()})
        assert "A drill" in text(bob.get(page(seat)))
        assert bob.post(page(seat), F2)["Location"] == page(seat, "signed")


def test_a_session_without_a_proof_reads_the_letter_and_needs_a_code_to_answer(cast: Cast) -> None:
    seat = relevance_seat(cast)
    client = Client()
    client.force_login(cast.bob)
    assert client.get(page(seat, "")).status_code == 200
    assert client.get(page(seat))["Location"].endswith("/code?next=form")
    assert client.post(page(seat), F2)["Location"].endswith("/code?next=form")
    assert not Decision.objects.filter(seat=seat).exists()


def test_a_late_letter_can_still_be_answered_by_whoever_is_signed_in(cast: Cast) -> None:
    seat = relevance_seat(cast)
    with time_machine.travel(seat.due_at + timedelta(hours=1)):
        client = Client()
        client.post("/sign-in", {"email": cast.bob.email})
        client.post("/sign-in/code", {"code": code()})
        assert "was due" in text(client.get("/reviews/"))
        assert client.post(page(seat), F2)["Location"] == page(seat, "signed")


def test_a_letter_that_was_passed_on_leaves_the_list(cast: Cast, bob: Client) -> None:
    seat = relevance_seat(cast)
    left = bob.post(page(seat, "pass-on"), {"name": "Bea", "email": "bea@quellin.example"}, follow=True)
    assert "Passed on: Bea" in text(left)
    assert "Nothing waits for your answer" in text(left)
    assert bob.get(page(seat)).status_code == 404


def test_the_link_of_a_colleague_opens_for_its_own_person_only(cast: Cast, bob: Client) -> None:
    veras = relevance_seat(cast).panel.seats.get(person=cast.vera)
    assert "Vera, Brevanth Clinic" in text(bob.get(link(veras)))
    bob.post(link(veras) + "/start")
    assert OutgoingMail.objects.latest("pk").person == cast.vera
    assert bob.get(page(veras))["Location"].endswith("/code?next=form")


def test_the_list_needs_no_more_statements_for_three_letters_than_for_one(cast: Cast, bob: Client) -> None:
    counts = []
    for number in range(3):
        seat = relevance_seat(cast, f"G{number}")
        course.signed(relevance_seat(cast, f"H{number}"), "support")
        with CaptureQueriesContext(connection) as queries:
            shown = text(bob.get("/reviews/"))
        assert page(seat, "") in shown
        counts.append(len(queries))
    assert counts[0] == counts[2]
    assert Validation.objects.count() == 3

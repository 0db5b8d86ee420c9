"""A community's letter: who asks, under which agreement; it agrees, sets a condition, or does not agree. No clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from people.models import Organization, User
from tests import worker
from tests.cast import Cast
from tests.journeys import course
from tests.portal_employer.mailed import AGREED, code, community_seat, link, opened, page, text
from tests.portal_employer.test_french import ENGLISH, own_words
from workflows.actions import community, deciding, proposing, reviewing
from workflows.errors import Blocked
from workflows.models import Agreement, Condition, Decision, PanelKind, Seat, Validation, Version
from workflows.panels import Place
from workflows.questions import PRINCIPLES

SIGNED = {"name": "Winona", "role": "Speaker"}


@pytest.fixture
def seat(cast: Cast) -> Seat:
    """The committee has voted for the pilot, and Winona is asked for her community."""
    return community_seat(cast)


@pytest.fixture
def winona(seat: Seat) -> User:
    return seat.person


def _asked(cast: Cast, version: Version, person: User) -> Seat:
    place = Place(person, Organization.objects.get(slug="wenora"), "community")
    return community.ask_community(version_id=version.pk, actor=cast.quinn, places=[place]).seats.get()


def _close(cast: Cast, seat: Seat) -> Version:
    version = seat.panel.version
    return deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))


def _without(form: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in form.items() if name not in names}


def test_the_letter_says_who_asks_under_which_agreement_and_that_no_clock_runs(cast: Cast, seat: Seat) -> None:
    letter = text(Client().get(link(seat)))
    for words in (
        "Taravelle College", "Winona, Wenora Community", "Does your community agree?", "Cleanroom Gowning",
        "The council wrote the protocol.", "The council wrote the steward.", "silence is never consent", "Start",
        "Ask a question", "Not me: pass it on",
    ):  # fmt: skip
        assert words in letter, words
    assert "About 4 minutes" not in letter
    assert "does not see it" in text(Client().get(link(seat) + "/kept"))


def test_the_mail_names_no_day_and_its_link_opens_the_letter(cast: Cast, seat: Seat) -> None:
    worker.settle()
    sent = [each for each in mail.outbox if each.to == ["winona@wenora.example"]][-1]
    assert sent.subject.startswith("Your community is asked about")
    assert "No clock runs" in sent.body
    assert link(seat) in sent.body


def test_the_form_shows_what_the_answer_covers_and_asks_about_each_principle(cast: Cast, seat: Seat) -> None:
    shown = text(opened(seat).get(page(seat)))
    assert "Two elders of Wenora told how gowns are made." in shown
    assert "The council wrote the knowledge." in shown
    for principle in PRINCIPLES:
        assert principle.words.en.replace("'", "&#x27;") in shown
        assert f'name="respected-{principle.value}"' in shown
    for foreign in ('name="interests"', 'name="months"', 'name="name_public"'):
        assert foreign not in shown


def test_a_community_agrees_by_its_link_and_the_gate_opens(cast: Cast, seat: Seat) -> None:
    with pytest.raises(Blocked, match="Wenora"):
        _close(cast, seat)
    winona = opened(seat)
    answer = {**AGREED, "decided": "The council met.", "comment": "Come and see us."}
    assert winona.post(page(seat), answer)["Location"] == page(seat, "signed")
    decision = Decision.objects.get(seat=seat)
    assert (decision.choice, decision.reasons, decision.role) == ("agree", "Come and see us.", "community")
    assert decision.answers["per_principle"]["ownership"] == {"respected": "yes"}
    assert decision.answers["decided"] == "The council met."
    assert {question["code"] for question in decision.questions} >= {"respected", "decided", "statement"}
    assert not Validation.objects.filter(organization=seat.organization).exists()
    signed = text(winona.get(page(seat, "signed")))
    assert "Agree" in signed
    assert "The community decides what its knowledge and its data are used for: Is this respected?" in signed
    assert _close(cast, seat).stage == "pilot_ready"


@pytest.mark.parametrize("name", list(AGREED))
def test_what_the_form_needs_is_asked_for(cast: Cast, seat: Seat, name: str) -> None:
    assert opened(seat).post(page(seat), _without(AGREED, name)).status_code == 422
    assert not Decision.objects.filter(seat=seat).exists()


def test_who_finds_something_not_respected_does_not_simply_agree(cast: Cast, seat: Seat) -> None:
    refused = opened(seat).post(page(seat), {**AGREED, "respected-control": "not_yet"})
    assert refused.status_code == 422
    assert "then set a condition or do not agree" in text(refused)


def test_a_condition_holds_the_gate_until_the_community_itself_closes_it(cast: Cast, seat: Seat, winona: User) -> None:
    guest = opened(seat)
    typed = {**AGREED, "respected-possession": "not_yet"}
    guest.post(page(seat), {**typed, "go": "agree_with_condition"})
    address = page(seat, "answer/agree_with_condition")
    sent = {
        **SIGNED,
        "statement": "on",
        "condition": "The films come to our archive.",
        "owner": str(cast.ana.public_id),
    }
    assert guest.post(address, _without(sent, "condition")).status_code == 422
    assert guest.post(address, sent)["Location"] == page(seat, "signed")
    condition = Condition.objects.get()
    assert (condition.set_by, condition.owner, condition.blocks) == (winona, cast.ana, "approve_pilot")
    assert Decision.objects.get(seat=seat).answers["per_principle"]["possession"] == {"respected": "not_yet"}
    with pytest.raises(Blocked, match="Wenora"):
        _close(cast, seat)
    signed = text(guest.get(page(seat, "signed")))
    assert "Your condition is open" in signed
    closing = page(seat, f"conditions/{condition.public_id}")
    assert closing in signed
    assert guest.post(closing, {"text": ""}).status_code == 422
    assert guest.post(closing, {"text": "We have them."})["Location"] == page(seat, "signed")
    assert "Your condition is closed" in text(guest.get(page(seat, "signed")))
    assert guest.post(closing, {"text": "Twice."}).status_code == 409
    assert _close(cast, seat).stage == "pilot_ready"


def test_a_community_that_does_not_agree_says_why_and_can_be_asked_anew(cast: Cast, seat: Seat, winona: User) -> None:
    guest = opened(seat)
    address = page(seat, "answer/withhold")
    assert guest.post(address, SIGNED).status_code == 422
    assert guest.post(address, {**SIGNED, "reasons": "Not this season."}).status_code == 302
    with pytest.raises(Blocked, match="Wenora"):
        _close(cast, seat)
    again = _asked(cast, seat.panel.version, winona)
    assert again.panel.round == 2
    reviewing.answer(seat_id=again.pk, actor=winona, choice="agree")
    assert _close(cast, seat).stage == "pilot_ready"


def test_a_party_that_steps_back_gives_time_as_no_reason_and_another_is_asked(cast: Cast, seat: Seat) -> None:
    guest = opened(seat)
    assert "no_time" not in text(guest.get(page(seat, "step-back")))
    assert guest.post(page(seat, "step-back"), {"reason": "no_time"}).status_code == 422
    assert guest.post(page(seat, "step-back"), {"reason": "not_my_field"}).status_code == 302
    wanda = User.objects.create_user("wanda@wenora.example", name="Wanda")
    assert _asked(cast, seat.panel.version, wanda).person == wanda


def test_a_question_and_a_colleague_are_the_same_pages_as_for_others(cast: Cast, seat: Seat) -> None:
    guest = opened(seat)
    assert guest.post(page(seat, "ask"), {"text": "Who films?"}).status_code == 302
    assert "Who films?" in text(guest.get(page(seat, "ask")))
    assert guest.post(page(seat, "pass-on"), {"name": "Wanda", "email": "wanda@wenora.example"}).status_code == 302
    taken = Seat.objects.get(pk=seat.pk)
    assert (taken.person.name, taken.seat_class) == ("Wanda", "community")
    assert opened(taken).post(page(taken), AGREED)["Location"] == page(taken, "signed")


def test_signed_in_the_letter_stands_on_the_first_screen_without_a_day(cast: Cast, seat: Seat) -> None:
    client = Client()
    client.post("/sign-in", {"email": "winona@wenora.example"})
    client.post("/sign-in/code", {"code": code()})
    with time_machine.travel(timezone.now() + timedelta(minutes=50)):
        shown = text(client.get("/reviews/"))
        assert "Does your community agree?" in shown
        assert "no clock runs" in shown
        assert "was due" not in shown
        assert client.post(page(seat), AGREED)["Location"] == page(seat, "signed")
        assert "Letters that you have answered" in text(client.get("/reviews/"))


def test_a_link_whose_month_is_over_says_so_and_nobody_answered(cast: Cast, seat: Seat) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        gone = Client().get(link(seat))
        assert gone.status_code == 410
        assert "Nobody answered for you" in text(gone)
    assert Seat.objects.get(pk=seat.pk).state == "open"


def test_a_change_of_what_the_answer_covers_asks_the_community_again(cast: Cast, seat: Seat, winona: User) -> None:
    opened(seat).post(page(seat), AGREED)
    version = Version.objects.get(pk=seat.panel.version_id)
    content = {**version.content, "evidence": {**version.content["evidence"], "third_persons": {"en": "Elders."}}}
    Version.objects.filter(pk=version.pk).update(stage="assessment_design")
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    course.in_endorsement(cast, version)
    again = _asked(cast, version, winona)
    assert again.panel.kind == PanelKind.COMMUNITY
    assert "What changed since your answer" in text(opened(again).get(page(again)))


def test_a_community_takes_its_agreement_back_by_its_link(cast: Cast, seat: Seat) -> None:
    guest = opened(seat)
    assert guest.get(page(seat, "leave-agreement")).status_code == 404
    guest.post(page(seat), AGREED)
    assert page(seat, "leave-agreement") in text(guest.get(page(seat, "signed")))
    assert guest.post(page(seat, "leave-agreement"), {"text": ""}).status_code == 422
    assert guest.post(page(seat, "leave-agreement"), {"text": "Not kept."})["Location"] == page(seat, "signed")
    agreement = Agreement.objects.get()
    assert (agreement.withdrawal_reason, agreement.withdrawn_at is not None) == ("Not kept.", True)
    assert "leave-agreement" not in text(guest.get(page(seat, "signed")))
    with pytest.raises(Blocked, match="no agreement with the community"):
        _close(cast, seat)


def test_every_page_of_the_way_is_french(cast: Cast, seat: Seat, winona: User) -> None:
    winona.language = "fr"
    winona.save(update_fields=["language"])
    guest = Client()
    pages = [guest.get(link(seat)), guest.get(link(seat) + "/kept")]
    opened(seat, guest)
    names = ("", "form", "answer/agree_with_condition", "answer/withhold", "pass-on", "ask", "step-back")
    pages += [guest.get(page(seat, name)) for name in names]
    pages.append(guest.post(page(seat), {}))
    guest.post(page(seat), AGREED)
    pages += [guest.get(page(seat, name)) for name in ("signed", "leave-agreement")]
    for answer in pages:
        assert '<html lang="fr-CA">' in text(answer)
        words = own_words(text(answer)).replace("The council wrote the", "").replace("Cleanroom", "")
        assert ENGLISH.findall(words) == [], words

"""F2 and F4 as an employer fills them in: nothing preselected, nothing typed lost, one decision on one page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.portal_employer.mailed import F2, F4, endorsement_seat, link, opened, page, relevance_seat, text
from workflows import questions
from workflows.actions import undertaking
from workflows.models import Condition, Decision, Interest, Seat, SeatQuestion, Suggestion, Validation


def _answer(seat: Seat) -> Decision:
    return Decision.objects.get(seat=seat)


def _without(form: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in form.items() if name not in names}


def test_nothing_is_preselected_and_name_and_role_are_offered(cast: Cast) -> None:
    for seat, form in ((relevance_seat(cast, "FIRST"), F2), (endorsement_seat(cast), F4)):
        shown = text(opened(seat).get(page(seat)))
        assert "checked" not in re.sub(r"<head>.*</head>", "", shown, flags=re.DOTALL)
        assert 'value="Bob"' in shown
        for name in form:
            assert f'name="{name}"' in shown
        opened(seat).post(page(seat), form)
    again = relevance_seat(cast, "THIRD")
    assert 'value="Head of training"' in text(opened(again).get(page(again)))


def test_f2_becomes_the_record_with_the_questions_as_asked(cast: Cast) -> None:
    seat = relevance_seat(cast)
    more = {
        "hard_to_find-C2": "4",
        "missing": "A drill",
        "level": "right",
        "would": ["interview", "pay"],
        "comment": "Go.",
    }
    bob = opened(seat)
    assert bob.post(page(seat), {**F2, **more, "name_public": "on"})["Location"] == page(seat, "signed")
    decision = _answer(seat)
    assert decision.answers == {
        "needed": "now",
        "missing": "A drill",
        "level": "right",
        "would": ["interview", "pay"],
        "basis": ["own_vacancies"],
        "months": "24",
        "per_competency": {
            "C1": {"importance": "5", "frequency": "daily"},
            "C2": {"importance": "4", "hard_to_find": "4"},
        },
    }
    assert (decision.choice, decision.reasons, decision.name_public) == ("support", "Go.", True)
    assert (decision.signed_name, decision.signed_role, decision.language) == ("Robert Quell", "Head of training", "en")
    assert decision.proved_at is not None
    assert decision.form_edition == questions.EDITION
    asked = {question["code"]: question for question in decision.questions}
    assert asked["needed"]["asked"]["fr"] == "Avez-vous besoin de personnes qui ont ces capacités?"
    assert asked["basis"]["options"]["sector_data"]["en"] == "Data of our sector"
    assert Interest.objects.get(organization=cast.hospital).kinds == ["hires"]
    validation = Validation.objects.get()
    assert validation.assurance == "b"
    assert 725 < (validation.valid_until - validation.valid_from).days < 735
    assert Seat.objects.get(pk=seat.pk).draft == {}


def test_f4_becomes_the_record_of_the_second_statement_beside_the_first(cast: Cast) -> None:
    seat = endorsement_seat(cast)
    bob = opened(seat)
    shown = text(bob.get(page(seat)))
    assert "Quellin Hospital signed this on" in shown
    assert "These skills are in demand in our field." in shown
    assert "Task 1 of 1: Three gownings" in shown
    bob.post(page(seat), F4)
    assert _answer(seat).answers == {
        "per_task": {"T1": {"compared": "same"}},
        "convincing": "yes",
        "trust": "enough",
        "months": "12",
    }
    kinds = Validation.objects.filter(organization=cast.hospital).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["demand", "job_performance"]


def test_a_tab_in_a_comment_is_signed_as_a_space_and_control_characters_are_refused(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    refused = bob.post(page(seat), {**F2, "comment": "bell \x07"})
    assert refused.status_code == 422
    assert "control characters" in text(refused)
    bob.post(page(seat), {**F2, "comment": "Gowns:\ttwo.\nMasks:\tnone."})
    comment = Validation.objects.get().endorsement.document["credentialSubject"]["endorsementComment"]
    assert comment.splitlines() == ["Gowns: two.", "Masks: none."]


@pytest.mark.parametrize("name", [name for name in F2 if not name.startswith("frequency")])
def test_what_f2_needs_is_asked_for_and_nothing_typed_is_lost(cast: Cast, name: str) -> None:
    seat = relevance_seat(cast)
    refused = opened(seat).post(page(seat), {**_without(F2, name), "missing": "A very long thought"})
    assert refused.status_code == 422
    shown = text(refused)
    assert "This was not done" in shown
    assert f'href="#id_{name}"' in shown
    assert f'id="id_{name}"' in shown
    assert "A very long thought" in shown
    assert not Decision.objects.filter(seat=seat).exists()


def test_an_answer_that_is_missing_is_asked_for_by_the_name_of_its_thing(cast: Cast) -> None:
    seat = endorsement_seat(cast)
    refused = text(opened(seat).post(page(seat), _without(F4, "compared-T1", "statement")))
    assert "Choose an answer about “Three gownings”." in refused
    assert "Nothing is signed without it." in refused


@pytest.mark.parametrize("name", list(F4))
def test_what_f4_needs_is_asked_for(cast: Cast, name: str) -> None:
    seat = endorsement_seat(cast)
    assert opened(seat).post(page(seat), _without(F4, name)).status_code == 422
    assert not Decision.objects.filter(seat=seat).exists()


@pytest.mark.parametrize(
    ("name", "value"), [("compared-T1", "far"), ("convincing", "with_change"), ("trust", "could_be_faked")]
)
def test_a_doubt_comes_with_what_would_be_changed_and_why(cast: Cast, name: str, value: str) -> None:
    seat = endorsement_seat(cast)
    bob = opened(seat)
    refused = bob.post(page(seat), {**F4, name: value})
    assert refused.status_code == 422
    assert "Say what you would change" in text(refused)
    assert bob.post(page(seat), {**F4, name: value, "change": "Use our gowns."}).status_code == 302


def test_who_would_not_be_convinced_does_not_endorse(cast: Cast) -> None:
    seat = endorsement_seat(cast)
    refused = opened(seat).post(page(seat), {**F4, "convincing": "no", "change": "All of it."})
    assert refused.status_code == 422
    assert "return it with changes or decline" in text(refused)


def test_no_interest_and_an_interest_exclude_each_other(cast: Cast) -> None:
    seat = relevance_seat(cast)
    refused = opened(seat).post(page(seat), {**F2, "interests": ["none", "sells"]})
    assert "You chose “None” and something else" in text(refused)


def test_a_declared_gain_is_heard_and_ends_independence(cast: Cast) -> None:
    seat = relevance_seat(cast)
    opened(seat).post(page(seat), {**F2, "interests": ["sells", "hires"]})
    assert not Validation.objects.get().independent


def test_what_is_typed_is_kept_by_a_button_and_comes_back_by_the_same_link(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    kept = bob.post(page(seat), {"needed": "in_12_months", "missing": "A drill", "keep": "1"}, follow=True)
    assert "What you typed is kept" in text(kept)
    assert not Decision.objects.filter(seat=seat).exists()
    elsewhere = text(opened(seat).get(page(seat)))
    assert "A drill" in elsewhere
    assert re.search(r'value="in_12_months"[^>]*checked', elsewhere)


def test_what_is_typed_is_kept_on_the_way_and_said_in_words(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    saved = bob.post(page(seat), {"missing": "A drill", "keep": "1"}, headers={"hx-request": "true"})
    assert saved.status_code == 200
    assert re.fullmatch(r'<span class="meta" data-say="Saved \d+:\d\d">Saved \d+:\d\d</span>', text(saved).strip())
    assert "A drill" in text(bob.get(page(seat)))


def test_what_is_typed_after_the_answer_is_not_kept_and_says_so(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    bob.post(page(seat), F2)
    late = bob.post(page(seat), {"missing": "A late thought", "keep": "1"}, headers={"hx-request": "true"})
    assert late.status_code == 409
    assert text(late).startswith('<span class="late" data-say="This link was used')
    late = bob.post(page(seat), {"missing": "A late thought", "keep": "1"})
    assert late.status_code == 409
    assert "A late thought" in text(late)


def test_another_answer_takes_along_what_was_typed(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    went = bob.post(page(seat), {**F2, "statement": "", "go": "support_with_suggestions"})
    assert went["Location"] == page(seat, "answer/support_with_suggestions")
    shown = text(bob.get(went["Location"]))
    assert 'value="Head of training"' in shown
    sent = {**F2, "suggestions": "Add a drill\n\nShow the film in French"}
    bob.post(went["Location"], {name: sent[name] for name in sent if name in
             {"interests", "name", "role", "months", "statement", "suggestions"}})  # fmt: skip
    decision = _answer(seat)
    assert decision.choice == "support_with_suggestions"
    assert decision.answers["per_competency"]["C1"] == {"importance": "5", "frequency": "daily"}
    texts = Suggestion.objects.filter(decision=decision).order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["Add a drill", "Show the film in French"]
    assert "endorsementComment" not in str(decision.validation.endorsement.document)


SIGNED = {"interests": ["none"], "name": "Bob", "role": "Head"}


def test_support_with_suggestions_needs_the_answers_of_the_form(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    sent = {**SIGNED, "months": "24", "statement": "on", "suggestions": "Add a drill"}
    refused = bob.post(page(seat, "answer/support_with_suggestions"), sent)
    assert refused.status_code == 409
    assert "Some questions of the form are still open" in text(refused)
    assert "Add a drill" in text(refused)


@pytest.mark.parametrize("choice", ["do_not_support", "cannot_judge"])
def test_no_support_says_why_and_signs_nothing(cast: Cast, choice: str) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    assert bob.post(page(seat, f"answer/{choice}"), SIGNED).status_code == 422
    bob.post(page(seat, f"answer/{choice}"), {**SIGNED, "reasons": "We hire nobody."})
    assert (_answer(seat).choice, _answer(seat).reasons) == (choice, "We hire nobody.")
    assert not Validation.objects.exists()


def test_a_condition_has_words_an_owner_and_a_date(cast: Cast) -> None:
    seat = endorsement_seat(cast)
    bob = opened(seat)
    bob.post(page(seat), {**F4, "go": "endorse_with_condition"})
    soon = timezone.localdate() + timedelta(days=20)
    sent = {
        **SIGNED, "months": "12", "statement": "on", "condition": "A second mirror.",
        "owner": str(cast.ana.public_id), "due_on": soon.isoformat(),
    }  # fmt: skip
    address = page(seat, "answer/endorse_with_condition")
    assert " checked" not in text(bob.get(address)).split("What must be done")[1].split("For how long")[0]
    assert bob.post(address, _without(sent, "owner")).status_code == 422
    assert bob.post(address, {**sent, "condition": ""}).status_code == 422
    assert bob.post(address, {**sent, "due_on": timezone.localdate().isoformat()}).status_code == 422
    assert bob.post(address, {**sent, "owner": str(cast.mallory.public_id)}).status_code == 422
    assert bob.post(address, sent).status_code == 302
    condition = Condition.objects.get()
    assert (condition.text, condition.owner, condition.due_on) == ("A second mirror.", cast.ana, soon)
    closing = page(seat, f"conditions/{condition.public_id}")
    veras = opened(seat.panel.seats.get(person=cast.vera))
    assert veras.post(closing, {"text": "Seen."}).status_code == 302  # to the sign-in: the seat is not hers
    foreign = page(seat.panel.seats.get(person=cast.vera), f"conditions/{condition.public_id}")
    assert veras.post(foreign, {"text": "Seen."}).status_code == 404
    undertaking.bring_proof(condition_id=condition.pk, actor=cast.ana, proof="It hangs.")
    assert "It hangs." in text(bob.get(closing))
    assert bob.post(closing, {"text": "I saw it."})["Location"] == page(seat, "signed")
    condition.refresh_from_db()
    assert (condition.closed_by, condition.proof) == (cast.bob, "I saw it.")
    assert _answer(seat).answers["convincing"] == "yes"


def test_a_return_asks_for_changes_section_by_section(cast: Cast) -> None:
    seat = endorsement_seat(cast)
    bob = opened(seat)
    address = page(seat, "answer/return")
    refused = bob.post(address, SIGNED)
    assert "Write a change for at least one section" in text(refused)
    bob.post(address, {**SIGNED, "section-assessment": "Use our gowns.", "section-rubric": "Level 2 is too low."})
    decision = _answer(seat)
    assert decision.answers["requests"] == {"assessment": "Use our gowns.", "rubric": "Level 2 is too low."}
    assert "The tasks and how they are run: Use our gowns." in decision.reasons
    assert not Validation.objects.filter(kind="job_performance", organization=cast.hospital).exists()


def test_declining_to_endorse_says_why(cast: Cast) -> None:
    seat = endorsement_seat(cast)
    opened(seat).post(page(seat, "answer/decline"), {**SIGNED, "reasons": "Not our work."})
    assert _answer(seat).choice == "decline"


def test_an_answer_of_another_form_has_no_page(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    for choice in ("decline", "support", "approve", "x"):
        assert bob.get(page(seat, f"answer/{choice}")).status_code == 404


def test_a_question_is_asked_and_its_reply_is_read_there(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    assert bob.post(page(seat, "ask"), {"text": ""}).status_code == 422
    assert "Your question was sent" in text(bob.post(page(seat, "ask"), {"text": "Which gowns?"}, follow=True))
    question = SeatQuestion.objects.get()
    assert (question.text, question.asked_by) == ("Which gowns?", cast.bob)
    assert "Which gowns?" not in text(bob.get(link(seat)))


def test_declining_to_take_part_ends_the_link_with_a_reason(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    assert bob.post(page(seat, "step-back"), {"reason": "other"}).status_code == 422
    left = bob.post(page(seat, "step-back"), {"reason": "conflict", "more": "My sister teaches it."}, follow=True)
    assert "You stepped back" in text(left)
    seat.refresh_from_db()
    assert (seat.state, seat.recusal_reason) == ("recused", "conflict: My sister teaches it.")
    assert Client().get(link(seat)).status_code == 410


def test_a_statement_is_withdrawn_with_a_reason_and_says_so(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    bob.post(page(seat), F2)
    assert bob.post(page(seat, "withdraw"), {"text": ""}).status_code == 422
    gone = bob.post(page(seat, "withdraw"), {"text": "We closed the plant."}, follow=True)
    assert "You withdrew this statement" in text(gone)
    validation = Validation.objects.get()
    assert validation.withdrawal_reason == "We closed the plant."
    again = bob.post(page(seat, "withdraw"), {"text": "Again."})
    assert again.status_code == 409
    assert "already withdrawn" in text(again)


def test_what_is_kept_about_a_person_is_said_before_anything_is_asked(cast: Cast) -> None:
    shown = text(Client().get(link(relevance_seat(cast)) + "/kept"))
    assert "Opening the letter is not recorded" in shown
    assert "Ana" in shown

"""The law of links by mail (`promises.md` 5), rule by rule."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people import invitations
from people.models import Invitation, MailCode, Organization, OutgoingMail, User
from tests.cast import Cast
from tests.journeys import course
from tests.portal_employer.mailed import (
    F2,
    F4,
    code,
    endorsement_seat,
    link,
    opened,
    page,
    relevance_seat,
    started,
    text,
    wrong_code,
)
from tests.threads import at_once
from workflows import rights
from workflows.actions import deciding, reviewing, seating
from workflows.models import Decision, LedgerEvent, Seat, Validation


# 1. A link names a task.
def test_a_token_has_192_bits_and_is_stored_as_a_hash_only(cast: Cast) -> None:
    seat = relevance_seat(cast)
    token = link(seat).rsplit("/", 1)[1]
    assert len(token) == 32
    invitation = Invitation.objects.get(seat=seat)
    assert token not in str(model_to_dict(invitation))
    assert (invitation.person, invitation.organization) == (cast.bob, cast.hospital)


def test_a_link_opens_no_account_and_no_second_task(cast: Cast) -> None:
    seat = relevance_seat(cast)
    veras = seat.panel.seats.get(person=cast.vera)
    bob = opened(seat)
    assert bob.get(page(seat)).status_code == 200
    assert bob.get(page(veras))["Location"].startswith("/sign-in")
    for other in ("/reviews/", "/notices/", "/home", "/quality/"):
        assert bob.get(other)["Location"].startswith("/sign-in"), other


def test_a_wrong_token_is_nothing(cast: Cast) -> None:
    address = link(relevance_seat(cast))
    for wrong in (address[:-1] + ("A" if address[-1] != "A" else "B"), "/reviews/l/x", "/reviews/l/" + "A" * 32):
        assert Client().get(wrong).status_code == 404
        assert Client().post(wrong + "/start").status_code == 404


# 2. GET never consumes and never changes anything.
def test_a_hundred_openings_change_nothing(cast: Cast) -> None:
    seat = relevance_seat(cast)
    before = [Seat.objects.values().get(pk=seat.pk), Invitation.objects.values().get(seat=seat)]
    events, scanner = LedgerEvent.objects.count(), Client()
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            for address in (link(seat), link(seat) + "/kept"):
                assert scanner.get(address).status_code == 200
            scanner.get(link(seat) + "/start")
    writing = [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert writing == []
    assert [Seat.objects.values().get(pk=seat.pk), Invitation.objects.values().get(seat=seat)] == before
    assert LedgerEvent.objects.count() == events
    assert not OutgoingMail.objects.exists()
    assert opened(seat).post(page(seat), F2).status_code == 302


def test_the_letter_says_who_asks_for_what_until_when_and_has_a_button(cast: Cast) -> None:
    seat = relevance_seat(cast)
    letter = text(Client().get(link(seat)))
    for words in ("Taravelle College", "Bob, Quellin Hospital", "Cleanroom Gowning", "Gowns", "Start", "Ana", "b•••@"):
        assert words in letter
    assert str(timezone.localtime(seat.due_at).day) in letter
    assert cast.bob.email not in letter


# 3. Until the seat's due date; a fresh code opens the form.
def test_the_link_ends_with_its_time_and_comes_back_with_an_extension(cast: Cast) -> None:
    seat = relevance_seat(cast)
    late = seat.due_at + timedelta(minutes=1)
    with time_machine.travel(late, tick=False):
        gone = Client().get(link(seat))
        assert gone.status_code == 410
        assert "s time has passed" in text(gone)
        assert "Ana" in text(gone)
        assert Client().post(link(seat) + "/start").status_code == 409
    seating.extend_seat(seat_id=seat.pk, actor=cast.quinn, until=timezone.localdate() + timedelta(days=29))
    with time_machine.travel(late, tick=False):
        assert Client().get(link(seat)).status_code == 200


def test_the_form_needs_a_code_and_the_code_comes_to_the_persons_mailbox(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = started(seat)
    mail = OutgoingMail.objects.get()
    assert (mail.person, mail.kind) == (cast.bob, "invitation")
    for name in ("form", "answer/cannot_judge", "pass-on", "ask", "step-back", "signed", "withdraw"):
        assert bob.get(page(seat, name))["Location"] == f"/reviews/{seat.public_id}/code?next={name}"
        if name != "signed":
            assert bob.post(page(seat, name), F2)["Location"] == f"/reviews/{seat.public_id}/code?next={name}"
    assert not Decision.objects.filter(seat=seat).exists()
    assert bob.post(page(seat, "code"), {"code": code()})["Location"] == page(seat)


def test_forwarding_the_mail_gives_nothing_without_the_code(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = started(seat)
    bobs_code = code()
    mallory = Client()
    mallory.get(link(seat))
    assert mallory.get(page(seat))["Location"].startswith("/sign-in")
    assert mallory.post(page(seat), F2)["Location"].startswith("/sign-in")
    assert mallory.post(page(seat, "code"), {"code": bobs_code})["Location"].startswith("/sign-in")
    # Starting it ends Bob's code and mails another one: to Bob.
    started(seat, mallory)
    assert OutgoingMail.objects.latest("pk").person == cast.bob
    assert mallory.post(page(seat, "code"), {"code": bobs_code}).status_code == 422
    assert mallory.get(page(seat)).status_code == 302
    assert bob.post(page(seat, "code"), {"code": code()}).status_code == 422


def test_five_wrong_codes_end_the_code_and_each_is_answered(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = started(seat)
    for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try", "the last try"):
        refused = bob.post(page(seat, "code"), {"code": wrong_code()})
        assert refused.status_code == 422
        assert left in text(refused)
    assert "Ask for a new one" in text(bob.post(page(seat, "code"), {"code": code()}))
    assert bob.get(page(seat)).status_code == 302
    started(seat, bob)
    assert bob.post(page(seat, "code"), {"code": code()}).status_code == 302


def test_a_code_is_for_ten_minutes_and_once(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = started(seat)
    old = code()
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert bob.post(page(seat, "code"), {"code": old}).status_code == 422
        assert "Mail me a code" in text(bob.get(page(seat, "code")))
    bob = opened(seat)
    assert bob.post(page(seat, "code"), {"code": code()}).status_code == 422


def test_a_proof_opens_the_form_for_an_hour_and_what_was_typed_later_is_kept(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        on_the_way = bob.post(page(seat), {"missing": "a film", "keep": "1"}, headers={"hx-request": "true"})
        assert on_the_way.status_code == 200
        assert Seat.objects.get(pk=seat.pk).draft["form"] == {"missing": ["a film"]}
        late = bob.post(page(seat), {**F2, "missing": "a drill"})
        assert late["Location"] == f"/reviews/{seat.public_id}/code?next=form"
        assert "more than one hour ago" in text(bob.get(late["Location"]))
        assert not Decision.objects.filter(seat=seat).exists()
        opened(seat, bob)
        assert "a drill" in text(bob.get(page(seat)))
        assert bob.post(page(seat), F2)["Location"] == page(seat, "signed")


# 4. One answer; a used link says so.
@pytest.mark.django_db(transaction=True)
def test_a_dozen_posts_at_once_are_one_answer(cast: Cast) -> None:
    cache.clear()
    seat = relevance_seat(cast)
    bob = opened(seat)
    cookies = {name: morsel.value for name, morsel in bob.cookies.items()}

    def send() -> int:
        return (
            Client(headers={"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
            .post(page(seat), F2)
            .status_code
        )

    statuses = at_once(*[send for _ in range(12)])
    assert sorted(statuses) == [302] + [409] * 11
    assert Decision.objects.filter(seat=seat).count() == 1
    assert Validation.objects.count() == 1


def test_a_used_link_says_so_and_shows_the_signer_what_was_signed_after_a_code(cast: Cast) -> None:
    seat = relevance_seat(cast)
    opened(seat).post(page(seat), F2)
    used = Client().get(link(seat))
    assert used.status_code == 410
    assert "the review is answered" in text(used)
    assert "Ana" in text(used)
    assert "Robert Quell" not in text(used)
    again = started(seat)
    assert again.get(page(seat, "signed"))["Location"] == f"/reviews/{seat.public_id}/code?next=signed"
    answer = again.post(page(seat, "code") + "?next=signed", {"code": code()})
    assert answer["Location"] == page(seat, "signed")
    shown = text(again.get(page(seat, "signed")))
    assert "Robert Quell, Head of training" in shown
    assert seat.panel.snapshot.digest in shown
    validation = Validation.objects.get()
    assert f"/endorsements/{validation.endorsement.public_id}" in shown
    assert again.get(f"/endorsements/{validation.endorsement.public_id}").status_code == 200


def test_a_second_answer_by_a_used_link_is_refused_by_name_and_keeps_what_was_typed(cast: Cast) -> None:
    seat = relevance_seat(cast)
    bob = opened(seat)
    bob.post(page(seat), F2)
    again = bob.post(page(seat), {**F2, "missing": "typed in another tab"})
    assert again.status_code == 409
    assert "already signed by Bob" in text(again)
    assert "typed in another tab" in text(again)


# 5. What ends a link ends it in the same transaction.
def test_a_closed_round_ends_the_link_and_keeps_what_was_typed_in_the_open_form(cast: Cast) -> None:
    seat = endorsement_seat(cast)
    bob = opened(seat)
    assert bob.get(page(seat)).status_code == 200
    requests = {"assessment": "Add a drill."}
    deciding.return_from_endorsement(
        version_id=seat.panel.version_id,
        actor=cast.quinn,
        expected=course.number(seat.panel.version),
        requests=requests,
    )
    elsewhere = bob.post(page(seat), {**F4, "change": "Use our own gowns.", "go": "return"})
    assert elsewhere.status_code == 409
    assert "Use our own gowns." in text(elsewhere)
    late = bob.post(page(seat), {**F4, "change": "Use our own gowns."})
    assert late.status_code == 409
    assert "closed or withdrawn" in text(late)
    assert "Use our own gowns." in text(late)
    assert Client().get(link(seat)).status_code == 410
    assert Client().post(link(seat) + "/start").status_code == 409
    assert not Decision.objects.filter(seat=seat).exists()


def test_a_replaced_reviewer_finds_the_link_ended_and_nothing_typed_lost(cast: Cast) -> None:
    seat = relevance_seat(cast)
    address, bob = link(seat), opened(seat)
    bea = User.objects.create_user("bea@quellin.example", name="Bea")
    seating.replace_seat(
        seat_id=seat.pk, actor=cast.quinn, person=bea, organization=cast.hospital, reason="Bob has left."
    )
    late = bob.post(page(seat), {**F2, "missing": "a very long thought"})
    assert late.status_code == 409
    assert "a very long thought" in text(late)
    assert bob.get(page(seat)).status_code == 410
    assert Client().get(address).status_code == 410
    assert not Decision.objects.filter(seat=seat).exists()
    assert opened(Seat.objects.get(pk=seat.pk)).post(page(seat), F2).status_code == 302
    assert Decision.objects.get(seat=seat).actor == bea


def test_a_person_who_leaves_the_partner_loses_the_link_in_the_same_transaction(cast: Cast) -> None:
    reviewer = rights.add_member(user=cast.bob, organization=cast.hospital, role="reviewer")
    signatory = rights.add_member(user=cast.bob, organization=cast.hospital, role="signatory")
    seat = relevance_seat(cast)
    bob = opened(seat)
    rights.end_membership(reviewer)
    assert bob.get(page(seat)).status_code == 200
    rights.end_membership(signatory)
    late = bob.post(page(seat), {**F2, "missing": "a very long thought"})
    assert late.status_code == 409
    assert "a very long thought" in text(late)
    assert Client().get(link(seat)).status_code == 410
    assert not Decision.objects.filter(seat=seat).exists()
    bea = User.objects.create_user("bea@quellin.example", name="Bea")
    seating.replace_seat(seat_id=seat.pk, actor=cast.quinn, person=bea, organization=cast.hospital, reason="Bob left.")
    assert Client().get(link(Seat.objects.get(pk=seat.pk))).status_code == 200


# 6. Not me: pass it on.
def test_a_link_that_is_passed_on_ends_and_the_colleague_gets_a_new_one(cast: Cast) -> None:
    seat = relevance_seat(cast)
    old = link(seat)
    bob = opened(seat)
    passed = bob.post(page(seat, "pass-on"), {"name": "Bea", "email": "bea@quellin.example"}, follow=True)
    assert "Passed on: Bea gets a link" in text(passed)
    gone = Client().get(old)
    assert gone.status_code == 410
    assert "passed on to somebody else" in text(gone)
    assert "Ana" in text(gone)
    assert "Bea" not in text(gone)
    assert bob.get(page(seat)).status_code == 410
    assert bob.post(page(seat), F2).status_code == 409
    new = link(Seat.objects.get(pk=seat.pk))
    assert new != old
    assert "Bea, Quellin Hospital" in text(Client().get(new))


def test_a_link_is_passed_on_inside_the_organization_only(cast: Cast) -> None:
    seat = relevance_seat(cast)
    refused = opened(seat).post(page(seat, "pass-on"), {"name": "Eve", "email": "eve@rival.example"})
    assert refused.status_code == 409
    assert "quellin.example" in text(refused)
    assert "eve@rival.example" in text(refused)
    assert Seat.objects.get(pk=seat.pk).person == cast.bob


# 7. Tokens stay out of logs and referrers, pages out of stores and indexes.
def test_every_page_behind_a_link_is_kept_nowhere_and_tells_no_one(cast: Cast) -> None:
    seat = relevance_seat(cast)
    address = link(seat)
    bob = opened(seat)
    pages: list[Any] = [bob.get(address), bob.get(address + "/kept"), Client().post(address + "/start")]
    pages += [bob.get(page(seat, name)) for name in ("", "kept", "code", "form", "answer/cannot_judge", "ask")]
    pages += [bob.post(page(seat), {}), bob.post(page(seat), F2), bob.get(address), bob.get(page(seat, "signed"))]
    for answer in pages:
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"


def test_the_token_is_in_no_address_but_the_letters_and_in_no_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    seat = relevance_seat(cast)
    token = link(seat).rsplit("/", 1)[1]
    bob = opened(seat)
    assert token not in text(bob.get(page(seat)))
    bob.post(page(seat), F2)
    with caplog.at_level(logging.DEBUG):
        Client().get(link(seat))
        Client(enforce_csrf_checks=True).post(link(seat) + "/start")
        Client().get(link(seat) + "x")
    assert "/reviews/l/..." in caplog.text
    assert token not in caplog.text


def test_a_form_is_taken_from_a_page_that_hides_its_origin_and_from_no_other(cast: Cast) -> None:
    seat = relevance_seat(cast)
    browser = Client(enforce_csrf_checks=True)
    browser.get(link(seat))
    token = browser.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": token}
    assert browser.post(link(seat) + "/start", sent, headers={"origin": "null"}).status_code == 302
    assert browser.post(link(seat) + "/start", sent, headers={"origin": "https://evil.example"}).status_code == 403
    assert browser.post(link(seat) + "/start", {}, headers={"origin": "null"}).status_code == 403
    assert browser.post("/sign-in", {**sent, "email": "x@y.example"}, headers={"origin": "null"}).status_code == 403


# 8. Asking is limited.
def test_asking_for_codes_is_limited_per_mailbox_over_all_links(cast: Cast) -> None:
    seat = relevance_seat(cast)
    for _ in range(4):
        assert Client().post(link(seat) + "/start").status_code == 302
    assert Client().post("/sign-in", {"email": cast.bob.email}).status_code == 302
    refused = Client().post(link(seat) + "/start")
    assert refused.status_code == 429
    assert (refused["Cache-Control"], refused["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "Too many codes were asked for" in text(refused)
    assert MailCode.objects.count() == 5


# Mallory.
def test_mallory_finds_nothing_signed_in_or_not(cast: Cast) -> None:
    seat = relevance_seat(cast)
    mallory = Client()
    mallory.force_login(cast.mallory)
    names = ["", "kept", "code", "form", "answer/cannot_judge", "signed", "withdraw", "pass-on", "ask", "step-back"]
    for name in names:
        assert mallory.get(page(seat, name)).status_code == 404, name
    for name in ["start", *(name for name in names[2:] if name != "signed")]:
        assert mallory.post(page(seat, name), F2).status_code == 404, name
        assert Client().post(page(seat, name), F2)["Location"].startswith("/sign-in"), name
    assert not OutgoingMail.objects.exists()


def test_a_committee_seat_has_no_letter(cast: Cast) -> None:
    seat = course.at_pilot_approval(cast, course.drafted(cast)).seats.get(person=cast.chair)
    chair = Client()
    chair.force_login(cast.chair)
    assert chair.get(page(seat, "")).status_code == 404


def test_a_mailbox_elsewhere_is_heard_and_told_that_nothing_was_signed(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.hospital.pk).update(domain="other.example")
    seat = relevance_seat(cast)
    bob = opened(seat)
    signed = text(bob.post(page(seat), F2, follow=True))
    assert "no endorsement was signed in its name" in signed
    assert Validation.objects.get().assurance == "c"


def test_invitations_know_their_token_again_only_with_the_secret_key(cast: Cast, settings: Any) -> None:
    seat = relevance_seat(cast)
    address = link(seat)
    settings.SECRET_KEY = "another"
    assert link(seat) != address
    assert invitations.find(link(seat).rsplit("/", 1)[1]) is None


def test_reviewing_by_a_verb_without_a_proof_signs_nothing(cast: Cast) -> None:
    seat = relevance_seat(cast)
    decision = reviewing.answer(seat_id=seat.pk, actor=cast.bob, choice="support", interests=["none"])
    assert decision.validation.endorsement is None

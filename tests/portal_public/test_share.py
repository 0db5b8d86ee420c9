"""Lena shows her badge to one person by a link: until a day, with chosen items, and she sees who looked."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from credentials import sharing
from credentials.errors import WrongStatus
from credentials.models import ShareLink, ShareOpening
from people.models import User
from tests.cast import Cast
from tests.portal_public.conftest import JSON, PAGE, Shown
from workflows import ledger
from workflows.actions import evidencing
from workflows.actions import sharing as verbs
from workflows.errors import Missing, NotYours, Refusal
from workflows.models import EvidenceItem


def _link(lenas: Shown, *, days: int = 30, items: list[str] | None = None) -> ShareLink:
    return verbs.share_badge(
        credential_id=lenas.credential.pk,
        actor=lenas.lena,
        label="Quellin Hospital, Ms. Roy",
        ends_on=timezone.localdate() + timedelta(days=days),
        items=items or [],
    )


def _address(link: ShareLink) -> str:
    return f"/s/{sharing.token_of(link)}"


def _items(lenas: Shown) -> list[EvidenceItem]:
    return list(EvidenceItem.objects.filter(enrolment__learner=lenas.lena))


def test_a_link_opens_the_verdict_and_its_earner_sees_that_it_was_opened(lenas: Shown, stranger: Client) -> None:
    link = _link(lenas)
    answer = stranger.get(_address(link), headers=PAGE)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-verdict="valid"' in page
    assert "sees that the link was opened and when" in page
    assert "Ms. Roy" not in page
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert link.openings.count() == 1
    stranger.get(_address(link), headers=PAGE)
    assert link.openings.count() == 1  # loaded again within minutes: the same look
    ShareOpening.objects.update(opened_at=timezone.now() - timedelta(hours=1))
    assert stranger.get(_address(link), headers=JSON).json() == lenas.credential.document
    assert link.openings.count() == 2
    assert stranger.get(lenas.address, headers=PAGE).status_code == 404


def test_looking_at_the_head_or_comparing_the_earner_is_no_new_look(lenas: Shown, stranger: Client) -> None:
    link = _link(lenas)
    assert stranger.head(_address(link), headers=PAGE).status_code == 200
    page = stranger.post(_address(link), {"em": "lena0@learner.example"}, headers=PAGE).content.decode()
    assert "was issued to this address" in page
    assert link.openings.count() == 0


def test_a_link_that_ended_looks_like_one_that_never_was(lenas: Shown, stranger: Client) -> None:
    past, closed = _link(lenas), _link(lenas)
    ShareLink.objects.filter(pk=past.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    verbs.end_share(link_id=closed.pk, actor=lenas.lena)
    unknown = stranger.get("/s/" + "A" * 32, headers=PAGE)
    for link in (past, closed):
        for address in (_address(link), f"{_address(link)}/picture.svg", f"{_address(link)}/picture.png"):
            answer = stranger.get(address, headers=PAGE)
            assert answer.status_code == 404
            assert answer.content == unknown.content
    with pytest.raises(WrongStatus):
        verbs.end_share(link_id=closed.pk, actor=lenas.lena)
    with pytest.raises(NotYours):
        verbs.end_share(link_id=past.pk, actor=User.objects.get(email="lena1@learner.example"))


def test_what_is_shared_in_private_is_read_by_no_other_site(lenas: Shown, stranger: Client) -> None:
    address = _address(_link(lenas))
    for path in (address, f"{address}/picture.svg", f"{address}/picture.png"):
        answer = stranger.get(path, headers={"accept": "application/json"})
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("Access-Control")], path
        assert answer["Cache-Control"] == "no-store"
        assert stranger.options(path).status_code == 405


def test_the_token_is_stored_nowhere(lenas: Shown) -> None:
    link = _link(lenas)
    token = sharing.token_of(link)
    assert len(token) == 32
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert all(token not in str(event.data) for event in ledger.LedgerEvent.objects.all())


def test_a_chosen_item_is_shown_under_the_link_until_it_ends(lenas: Shown, stranger: Client) -> None:
    (item,) = _items(lenas)
    evidencing.withdraw_consent(item_id=item.pk, actor=lenas.lena, audience="employers")
    bare, full = _link(lenas), _link(lenas, items=[str(item.public_id)])
    assert stranger.get(f"{_address(bare)}/evidence/{item.public_id}").status_code == 404
    page = stranger.get(_address(full), headers=PAGE).content.decode()
    assert item.digest in page
    shown = stranger.get(f"{_address(full)}/evidence/{item.public_id}")
    assert shown.content == b"Three gownings observed"
    assert "sha256:" + hashlib.sha256(shown.content).hexdigest() == item.digest
    assert shown["Content-Disposition"].startswith("attachment")
    assert shown["X-Content-Type-Options"] == "nosniff"
    consent = item.consents.get(withdrawn_at=None)
    assert (consent.audience, consent.ends_on) == ("employers", full.ends_on)
    evidencing.withdraw_consent(item_id=item.pk, actor=lenas.lena, audience="employers")
    assert stranger.get(f"{_address(full)}/evidence/{item.public_id}").status_code == 404
    assert "has not consented" in stranger.get(_address(full), headers=PAGE).content.decode()


def test_what_is_private_or_not_hers_is_not_shared(lenas: Shown) -> None:
    (item,) = _items(lenas)
    EvidenceItem.objects.filter(pk=item.pk).update(visibility="private")
    with pytest.raises(Refusal, match="private reflection"):
        _link(lenas, items=[str(item.public_id)])
    theirs = EvidenceItem.objects.exclude(enrolment__learner=lenas.lena).first()
    assert theirs is not None
    with pytest.raises(Refusal, match="not one of yours"):
        _link(lenas, items=[str(theirs.public_id)])
    assert ShareLink.objects.count() == 0


@pytest.mark.parametrize("days", [-1, 400])
def test_a_link_ends_within_a_year(lenas: Shown, days: int) -> None:
    with pytest.raises(Missing, match="within one year"):
        _link(lenas, days=days)


def test_a_link_names_its_recipient_and_is_her_own(lenas: Shown, cast: Cast) -> None:
    today = timezone.localdate()
    with pytest.raises(Missing, match="for whom"):
        verbs.share_badge(credential_id=lenas.credential.pk, actor=lenas.lena, label=" ", ends_on=today)
    for person in (cast.mallory, cast.quinn, User.objects.get(email="lena1@learner.example")):
        with pytest.raises(NotYours):
            verbs.share_badge(credential_id=lenas.credential.pk, actor=person, label="me", ends_on=today)
        with pytest.raises(NotYours):
            verbs.show_badge(credential_id=lenas.credential.pk, actor=person, public=True)
        with pytest.raises(NotYours):
            verbs.ask_correction(credential_id=lenas.credential.pk, actor=person, text="Mallory")


def test_she_makes_it_public_and_hides_it_again(lenas: Shown, stranger: Client) -> None:
    verbs.show_badge(credential_id=lenas.credential.pk, actor=lenas.lena, public=True)
    assert stranger.get(lenas.address, headers=PAGE).status_code == 200
    verbs.show_badge(credential_id=lenas.credential.pk, actor=lenas.lena, public=False)
    assert stranger.get(lenas.address, headers=PAGE).status_code == 404


def test_she_asks_for_her_name_to_be_corrected(lenas: Shown) -> None:
    with pytest.raises(Missing, match="how your name should read"):
        verbs.ask_correction(credential_id=lenas.credential.pk, actor=lenas.lena, text="")
    asked = verbs.ask_correction(credential_id=lenas.credential.pk, actor=lenas.lena, text="Léna, with an accent")
    assert asked.answers == {"badge": str(lenas.credential.public_id)}
    assert "Léna" not in str([event.data for event in ledger.LedgerEvent.objects.all()])


def test_a_link_pasted_into_the_check_opens_it(lenas: Shown, stranger: Client) -> None:
    link = _link(lenas)
    told = stranger.post("/verify", {"badge": f"http://testserver{_address(link)}"}, headers=JSON)
    assert told.json()["verdict"] == "valid"
    assert link.openings.count() == 1

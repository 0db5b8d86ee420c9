"""Lena keeps her account when her college closes her address: by further ones, each proved, each for one account."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from people import mailboxes, post
from people.models import OutgoingMail, User
from people.sign_in import note_proof, proved_at
from tests.cast import Cast
from tests.threads import at_once
from workflows.guards import newcomer

HOME, SCHOOL = "lena@home.example", "lena@learner.example"


@pytest.fixture
def lena(db: None) -> User:
    return User.objects.create_user(SCHOOL, name="Lena")


@pytest.fixture
def hers(lena: User) -> Client:
    client = Client()
    client.force_login(lena)
    return client


def _code() -> str:
    return post.code_of(OutgoingMail.objects.latest("pk"))


def _added(client: Client, address: str = HOME) -> None:
    assert client.post("/account/addresses", {"address": address}).status_code == 303
    assert client.post("/account/addresses/code", {"code": _code()}).status_code == 303


def test_a_code_goes_to_the_new_address_and_adds_it(hers: Client, lena: User) -> None:
    assert hers.post("/account/addresses", {"address": "Lena@Home.example"}).status_code == 303
    mail = OutgoingMail.objects.get()
    assert (mail.address, mail.kind) == (HOME, "mailbox")
    assert list(mailboxes.further_of(lena)) == []
    assert hers.post("/account/addresses/code", {"code": "1"}).status_code == 422
    assert hers.post("/account/addresses/code", {"code": _code()}).status_code == 303
    assert list(mailboxes.further_of(lena)) == [HOME]
    assert HOME in hers.get("/account").content.decode()


def test_she_signs_in_by_either_address_and_the_code_goes_where_she_asked(hers: Client, lena: User) -> None:
    _added(hers)
    for address in (HOME, SCHOOL):
        browser = Client()
        browser.post("/sign-in", {"email": address})
        assert OutgoingMail.objects.latest("pk").address == address
        assert browser.post("/sign-in/code", {"code": _code()}).status_code == 302
        assert browser.get("/account").status_code == 200


def test_the_main_address_changes_and_the_old_one_is_told(hers: Client, lena: User) -> None:
    _added(hers)
    assert hers.post("/account/addresses/main", {"address": HOME}).status_code == 303
    lena.refresh_from_db()
    assert (lena.email, list(mailboxes.further_of(lena))) == (HOME, [SCHOOL])
    told = OutgoingMail.objects.latest("pk")
    assert (told.kind, told.address) == ("main_changed", SCHOOL)
    assert hers.post("/account/addresses/remove", {"address": SCHOOL}).status_code == 303
    assert mailboxes.owner(SCHOOL) is None
    assert hers.post("/account/addresses/remove", {"address": HOME}).status_code == 409
    assert hers.post("/account/addresses/main", {"address": "else@where.example"}).status_code == 409


def test_whoever_enters_her_by_a_further_address_means_her(hers: Client, lena: User) -> None:
    _added(hers)
    assert newcomer(name="L.", email=HOME.upper(), language="en") == lena


def test_an_address_opens_one_account(hers: Client, cast: Cast) -> None:
    assert hers.post("/account/addresses", {"address": cast.quinn.email}).status_code == 303
    answer = hers.post("/account/addresses/code", {"code": _code()})
    assert answer.status_code == 409
    assert "opens another account" in answer.content.decode()


def test_a_further_address_proves_nothing_for_a_signature(lena: User) -> None:
    request = RequestFactory().get("/")
    request.session = Client().session
    request.user = lena
    lena.email, main = HOME, lena.email
    note_proof(request, lena)
    lena.email = main
    assert proved_at(request) is None
    note_proof(request, lena)
    assert proved_at(request) is not None


def test_five_further_addresses_are_enough(hers: Client) -> None:
    for number in range(mailboxes.MOST):
        _added(hers, f"lena{number}@home.example")
    assert hers.post("/account/addresses", {"address": "more@home.example"}).status_code == 409


def test_strangers_have_no_account_page(db: None) -> None:
    for path in ("", "/addresses", "/addresses/code", "/addresses/main", "/addresses/remove"):
        assert Client().post(f"/account{path}").status_code in {302, 405}


@pytest.mark.django_db(transaction=True)
def test_two_people_who_prove_one_address_at_once_do_not_both_get_it() -> None:
    people = [User.objects.create_user(f"p{n}@x.example", name=f"P{n}") for n in (1, 2)]
    digits = []
    for person in people:
        mailboxes.ask(person=person, address=HOME, browser="b")
        digits.append(_code())

    def prove(place: int) -> None:
        mailboxes.prove(person=people[place], address=HOME, browser="b", code=digits[place])

    ended = at_once(lambda: prove(0), lambda: prove(1))
    assert sum(one is None for one in ended) == 1
    assert sum(isinstance(one, mailboxes.Taken) for one in ended) == 1

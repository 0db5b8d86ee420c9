"""Sign-in by a mailed code: one answer for everybody, nothing of allauth's own, an end with the last membership."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from people import post
from people.models import Membership, OutgoingMail, User
from people.web import for_roles
from tests.cast import Cast
from tests.journeys import course
from workflows import rights
from workflows.actions import proposing
from workflows.errors import NotYours


def _ask(client: Client, mailbox: str, next_: str = "") -> HttpResponse:
    return client.post("/sign-in", {"email": mailbox, **({"next": next_} if next_ else {})})


def _code() -> str:
    return post.code_of(OutgoingMail.objects.latest("pk"))


def _wrong() -> str:
    return f"{(int(_code()) + 1) % 10**6:06}"


def _signed_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def test_a_mailed_code_signs_in_and_the_web_request_sends_no_mail(cast: Cast, client: Client) -> None:
    answer = _ask(client, "Quinn@Taravelle.example")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code")
    assert mail.outbox == []
    row = OutgoingMail.objects.get()
    assert (row.person, row.kind, row.done_at) == (cast.quinn, "sign_in", None)
    answer = client.post("/sign-in/code", {"code": _code()})
    assert (answer.status_code, answer["Location"]) == (302, "/home")
    assert _signed_in(client)


def test_an_unknown_mailbox_gets_the_same_answers(cast: Cast) -> None:
    seen = []
    for mailbox in ("quinn@taravelle.example", "nobody@nowhere.example"):
        client = Client()
        asked = _ask(client, mailbox)
        page = client.get(asked["Location"])
        guess = _wrong()
        wrong = [client.post("/sign-in/code", {"code": guess}) for _ in range(5)]
        pages = [page, *wrong, client.get("/sign-in")]
        texts = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", p.content.decode()) for p in pages]
        seen.append([(p.status_code, p.headers.get("Location")) for p in pages])
        seen[-1].extend(text.replace(mailbox, "MAILBOX") for text in texts)
    assert seen[0] == seen[1]
    assert [status for status, _ in seen[0][1:6]] == [422, 422, 422, 422, 302]
    assert OutgoingMail.objects.count() == 1


def test_five_wrong_codes_send_back_to_the_beginning_and_end_the_code(cast: Cast, client: Client) -> None:
    _ask(client, cast.quinn.email)
    for _ in range(5):
        answer = client.post("/sign-in/code", {"code": _wrong()})
    assert answer["Location"] == "/sign-in"
    client.post("/sign-in/code", {"code": _code()})
    assert not _signed_in(client)


def test_a_code_of_another_browser_signs_nobody_in(cast: Cast, client: Client) -> None:
    _ask(client, cast.quinn.email)
    stolen = _code()
    mallory = Client()
    _ask(mallory, "nobody@nowhere.example")
    assert mallory.post("/sign-in/code", {"code": stolen}).status_code == 422
    assert not _signed_in(mallory)
    assert Client().post("/sign-in/code", {"code": stolen})["Location"] == "/sign-in"


def test_a_code_ends_after_ten_minutes(cast: Cast, client: Client) -> None:
    _ask(client, cast.quinn.email)
    code = _code()
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        client.post("/sign-in/code", {"code": code})
        assert not _signed_in(client)


def test_asking_is_limited_per_mailbox_in_the_same_words_for_everybody(cast: Cast) -> None:
    for mailbox in (cast.quinn.email, "nobody@nowhere.example"):
        for _ in range(5):
            assert _ask(Client(), mailbox).status_code == 302
        refused = _ask(Client(), mailbox.upper())
        assert refused.status_code == 422
        assert "Too many codes were asked for" in refused.content.decode()
    assert OutgoingMail.objects.count() == 5


def test_asking_is_limited_per_address(cast: Cast) -> None:
    statuses = [_ask(Client(), f"person{n}@nowhere.example").status_code for n in range(101)]
    assert statuses == [302] * 100 + [422]


def test_the_session_holds_no_code(cast: Cast, client: Client) -> None:
    _ask(client, cast.quinn.email)
    assert _code() not in str(dict(client.session))


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("/quality/", "/quality/"), ("https://evil.example/", "/home"), ("//evil.example/", "/home"), ("", "/home")],
)
def test_next_is_kept_and_never_leaves_the_house(cast: Cast, client: Client, wanted: str, reached: str) -> None:
    page = client.get("/sign-in", {"next": wanted})
    assert 'name="next"' in page.content.decode() or not wanted
    asked = _ask(client, cast.quinn.email, wanted)
    answer = client.post(asked["Location"], {"code": _code(), "next": wanted})
    assert answer["Location"] == reached


def test_whoever_is_signed_in_goes_on_and_a_protected_page_asks_first(cast: Cast, client: Client) -> None:
    assert client.get("/quality/")["Location"] == "/sign-in?next=/quality/"
    client.force_login(cast.quinn)
    assert client.get("/sign-in?next=/quality/")["Location"] == "/quality/"


def test_both_languages_are_offered_first_and_the_chosen_one_stays(cast: Cast, client: Client) -> None:
    page = client.get("/sign-in").content.decode()
    assert "English" in page
    assert "Français" in page
    client.post("/language", {"language": "fr", "next": "/sign-in"})
    assert "Se connecter" in client.get("/sign-in").content.decode()
    _ask(client, cast.quinn.email)
    assert OutgoingMail.objects.get().language == "fr"
    client.post("/sign-in/code", {"code": _code()})
    assert User.objects.get(pk=cast.quinn.pk).language == "fr"


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/login/",
        "/signup/",
        "/password/reset/",
        "/email/",
        "/sign-in/",
        "/logout/",
    ],
)
def test_no_page_of_allauth_is_reachable(cast: Cast, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_allauth_knows_only_our_pages() -> None:
    known = {"account_login", "account_request_login_code", "account_confirm_login_code"}
    for name in ("account_signup", "account_logout", "account_email", "account_reset_password", "account_set_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert {reverse(name) for name in known} == {"/sign-in", "/sign-in/code"}


def test_signing_out_is_a_post_and_ends_the_session(cast: Cast, client: Client) -> None:
    client.force_login(cast.quinn)
    assert client.get("/sign-out").status_code == 405
    assert _signed_in(client)
    client.post("/sign-out")
    assert not _signed_in(client)


def test_the_session_ends_with_the_last_membership(cast: Cast, client: Client) -> None:
    rights.add_member(user=cast.quinn, organization=cast.college, role="auditor")
    client.force_login(User.objects.get(pk=cast.quinn.pk))
    first, last = Membership.objects.filter(user=cast.quinn).order_by("pk")
    rights.end_membership(first)
    assert _signed_in(client)
    rights.end_membership(last)
    assert not _signed_in(client)
    assert client.get("/quality/").status_code == 302


def test_a_proposer_who_left_loses_what_was_granted_by_name_until_coming_back(cast: Cast) -> None:
    version = course.drafted(cast)
    ana = Membership.objects.get(user=cast.ana)
    rights.end_membership(ana)
    with pytest.raises(NotYours):
        proposing.submit(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    rights.add_member(user=cast.ana, organization=cast.college, role="proposer")
    assert proposing.submit(version_id=version.pk, actor=cast.ana, expected=course.number(version)).stage == "screening"


def test_rights_are_read_live_so_a_page_is_gone_with_its_role(cast: Cast, rf: RequestFactory) -> None:
    @for_roles("qa_officer")
    def page(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("the queue")

    request = rf.get("/")
    request.user = cast.quinn
    assert page(request).status_code == 200
    rights.add_member(user=cast.quinn, organization=cast.hospital, role="reviewer")
    rights.end_membership(Membership.objects.get(user=cast.quinn, role="qa_officer"))
    with pytest.raises(Http404):
        page(request)


def test_the_demo_says_where_its_mail_is_and_only_the_demo(cast: Cast, client: Client, settings: Settings) -> None:
    _ask(client, cast.quinn.email)
    assert "/mailbox" not in client.get("/sign-in/code").content.decode()
    settings.DEMO = True
    assert 'href="/mailbox"' in client.get("/sign-in/code").content.decode()


def test_somebody_inactive_is_not_let_in(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.quinn.pk).update(is_active=False)
    assert _ask(client, cast.quinn.email).status_code == 302
    assert not OutgoingMail.objects.exists()


def test_the_demo_signs_in_by_a_button_and_only_the_demo(cast: Cast, client: Client, settings: Settings) -> None:
    address = f"/demo/sign-in/{cast.quinn.public_id}"
    for send in (client.get, client.post):
        assert send(address).status_code == 404
    settings.DEMO = True
    page = client.get(address).content.decode()
    assert "Quinn" in page
    assert "quality assurance officer, Taravelle College" in page
    assert not _signed_in(client)
    assert client.post(address)["Location"] == "/home"
    assert _signed_in(client)
    assert client.get("/demo/sign-in/1b4e28ba-2fa1-11d2-883f-0016d3cca427").status_code == 404

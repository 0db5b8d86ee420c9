"""Language, refusals and error pages of the whole house."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast


def test_a_page_is_in_the_language_that_the_address_asks_for(client: Client, db: None) -> None:
    french = client.get("/sign-in?lang=fr")
    assert '<html lang="fr-CA">' in french.content.decode()
    assert french.headers["Content-Language"] == "fr"
    assert '<html lang="en-CA">' in client.get("/sign-in?lang=xx").content.decode()


def test_the_browser_is_heard_when_nothing_else_speaks(client: Client, db: None) -> None:
    assert (
        '<html lang="fr-CA">' in client.get("/sign-in", headers={"Accept-Language": "fr-CA,en;q=0.5"}).content.decode()
    )


def test_a_chosen_language_stays_with_the_person(client: Client, cast: Cast) -> None:
    client.force_login(cast.ana)
    answer = client.post("/language", {"language": "fr", "next": "/faculty/"})
    assert answer.headers["Location"] == "/faculty/"
    cast.ana.refresh_from_db()
    assert cast.ana.language == "fr"
    assert '<html lang="fr-CA">' in client.get("/faculty/").content.decode()


def test_the_language_form_leads_nowhere_else(client: Client, db: None) -> None:
    assert client.post("/language", {"language": "fr", "next": "https://evil.example/"}).headers["Location"] == "/"
    assert client.get("/language").status_code == 405


def test_what_is_not_there_and_what_is_not_yours_are_one_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.mallory)
    missing = client.get("/faculty/nothing-here")
    assert missing.status_code == 404
    assert "There is nothing here" in missing.content.decode()


@pytest.mark.parametrize("path", ["/faculty/", "/quality/", "/learning/", "/reviews/", "/notices/"])
def test_a_portal_asks_a_stranger_to_sign_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")
    fragment = client.get(path, headers={"HX-Request": "true"})
    assert fragment.status_code == 204
    assert fragment.headers["HX-Redirect"].startswith("/sign-in")


def test_no_page_asks_a_third_party_and_the_policy_is_strict(client: Client, db: None) -> None:
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert 'src="http' not in answer.content.decode()


def test_a_form_of_an_earlier_session_is_refused_with_what_to_do(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ana)
    answer = client.post("/sign-out")
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()

"""Access tokens on their pages: made by their person alone, shown once, stored as a digest, ended at once."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client

from people import tokens
from people.models import AccessToken, User
from tests.cast import Cast
from workflows import rights

FORM = {"label": "Registrar sync", "scopes": ["cases:read"], "days": "30"}


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_quinn_makes_a_token_that_is_shown_once_and_stored_as_a_digest(cast: Cast) -> None:
    quinn = client_of(cast.quinn)
    shown = quinn.post("/account/tokens/make", {**FORM, "institution": str(cast.college.public_id)})
    [text] = re.findall(r"imp_[\w-]{43}", shown.content.decode())
    assert "no-store" in shown.headers["Cache-Control"]
    token = AccessToken.objects.get()
    assert token.token_hash == hashlib.sha256(text.encode()).hexdigest()
    listed = quinn.get("/account/tokens").content.decode()
    assert "Registrar sync" in listed
    assert text not in listed
    assert tokens.bearer(text).person == cast.quinn
    quinn.post(f"/account/tokens/{token.public_id}/end")
    with pytest.raises(tokens.NoToken):
        tokens.bearer(text)


def test_a_refused_form_keeps_what_was_typed(cast: Cast) -> None:
    refused = client_of(cast.quinn).post(
        "/account/tokens/make", {"label": "Sync", "days": "900", "institution": str(cast.college.public_id)}
    )
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="Sync"' in page
    assert "Choose at least one thing that the token may do." in page
    assert not AccessToken.objects.exists()


def test_nobody_makes_a_token_where_he_or_she_has_no_role(cast: Cast) -> None:
    foreign = client_of(cast.mallory).post("/account/tokens/make", {**FORM, "institution": str(cast.college.public_id)})
    assert foreign.status_code == 422
    assert client_of(cast.bob).get("/account/tokens/make").status_code == 404
    assert not AccessToken.objects.exists()


def test_an_administrator_ends_the_token_of_another_and_mallory_does_not(cast: Cast) -> None:
    token, text = tokens.make(
        person=cast.quinn, institution=cast.college.public_id, label="Sync", scopes=["cases:read"], days=1
    )
    boss = User.objects.create_user("ada@taravelle.example", name="Ada")
    rights.add_member(user=boss, organization=cast.college, role="administrator")
    end = f"/account/tokens/{token.public_id}/end"
    assert client_of(cast.mallory).post(end).status_code == 404
    assert client_of(cast.ana).post(end).status_code == 404
    assert tokens.bearer(text)
    assert "Quinn" in client_of(boss).get("/account/tokens").content.decode()
    client_of(boss).post(end)
    token.refresh_from_db()
    assert token.ended_by == boss


def test_the_scopes_are_a_table_too(cast: Cast) -> None:
    rows = client_of(cast.quinn).get("/account/tokens/scopes.csv").content.decode().splitlines()
    assert len(rows) == len(tokens.SCOPES) + 1
    assert rows[1].startswith("cases:read,")

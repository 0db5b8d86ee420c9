"""A program that calls with a token of one of the cast."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from people import tokens
from people.models import AccessToken, Organization, User


class Program:
    """Calls the API; `last` is the answer."""

    def __init__(self, person: User, institution: Organization, *scopes: str, language: str = "en") -> None:
        self.token, self.text = tokens.make(
            person=person, institution=institution.public_id, label="Registrar sync", days=30,
            scopes=scopes or tuple(tokens.SCOPES),
        )  # fmt: skip
        self.headers = {"Authorization": f"Bearer {self.text}", "Accept-Language": language}

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """The answer; a change gets a fresh key unless one is given."""
        headers = dict(self.headers)
        if method in {"POST", "PUT", "DELETE"}:
            headers["Idempotency-Key"] = str(uuid4()) if key is None else key
        data = json.dumps(body) if body is not None else ""
        return Client().generic(method, f"/api/v1{path}", data, "application/json", headers=headers)

    def get(self, path: str, status: int = 200) -> Any:
        """What is read."""
        answer = self.call("GET", path)
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 200, key: str | None = None) -> Any:
        """What a change answers."""
        answer = self.call("POST", path, body, key)
        assert answer.status_code == status, answer.content
        return answer.json()

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        """The same for what is put."""
        answer = self.call("PUT", path, body)
        assert answer.status_code == status, answer.content
        return answer.json()

    def row(self) -> AccessToken:
        """The token as it is stored now."""
        return AccessToken.objects.get(pk=self.token.pk)

"""A real badge for the public pages: Lena's, accepted, with all its endorsements."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from credentials.models import Credential
from people.models import User
from tests.cast import Cast
from tests.journeys.awards import issued
from workflows.actions import awarding
from workflows.models import Version

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"accept": "application/json"}


@dataclass
class Shown:
    """Lena, her badge, and the version that it was earned for."""

    lena: User
    credential: Credential
    version: Version

    @property
    def address(self) -> str:
        return f"/badges/{self.credential.public_id}"


@pytest.fixture
def lenas(cast: Cast) -> Shown:
    version, credential = issued(cast)
    lena = credential.recipient
    accepted = awarding.answer_badge(credential_id=credential.pk, actor=lena, accept=True)
    version.refresh_from_db()
    version.refresh_from_db()
    return Shown(lena, accepted, version)


@pytest.fixture
def public(lenas: Shown) -> Shown:
    """The same, after Lena made it public."""
    Credential.objects.filter(pk=lenas.credential.pk).update(public=True)
    return lenas


@pytest.fixture
def stranger() -> Client:
    return Client()

"""`manage.py check --deploy` says what is not as people may rely on it, with a number and what to do."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from config.checks import installation
from config.logs import HideLinks

SOUND: dict[str, Any] = {
    "BASE_URL": "https://badges.taravelle.ca",
    "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    "DEFAULT_FROM_EMAIL": "Badges <badges@taravelle.ca>",
    "DEMO": False,
}
LOCAL_MEMORY = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def _found(**changes: Any) -> list[str]:
    with override_settings(**{**SOUND, **changes}):
        return [message.id.removeprefix("imprimatur.") for message in installation()]


def test_a_sound_installation_has_nothing_to_hear() -> None:
    assert _found() == []


@pytest.mark.parametrize(
    ("changes", "heard"),
    [
        ({"BASE_URL": "http://badges.taravelle.ca"}, "E001"),
        ({"KEY_WRAPPING_KEY": "", "KEY_WRAPPING_KEY_FILE": ""}, "E002"),
        ({"KEY_WRAPPING_KEY": "dG9vIHNob3J0"}, "E002"),
        ({"KEY_WRAPPING_KEY": "", "KEY_WRAPPING_KEY_FILE": "/nowhere"}, "E002"),
        ({"CACHES": LOCAL_MEMORY}, "E003"),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, "W004"),
        ({"DEFAULT_FROM_EMAIL": "no-reply@imprimatur.example"}, "W005"),
        ({"DEMO": True}, "W006"),
    ],
)
def test_each_fault_is_heard_alone_and_with_a_hint(changes: dict[str, Any], heard: str) -> None:
    assert _found(**changes) == [heard]
    with override_settings(**{**SOUND, **changes}):
        assert all(message.hint for message in installation())


def test_a_demo_on_this_machine_has_nothing_to_hear() -> None:
    assert _found(BASE_URL="http://localhost:8000", DEMO=True, ALLAUTH_TRUSTED_PROXY_COUNT=0) == []


def test_they_are_asked_before_a_release_and_never_stop_another_command() -> None:
    with override_settings(**{**SOUND, "KEY_WRAPPING_KEY": ""}):
        assert "imprimatur.E002" in {message.id for message in run_checks(include_deployment_checks=True)}
        assert "imprimatur.E002" not in {message.id for message in run_checks()}


@pytest.mark.parametrize("address", ["/reviews/l/pnXq9d-_4kw", "/reviews/l/pnXq9d-_4kw/start", "/s/pnXq9d-_4kw"])
def test_the_token_of_an_address_is_not_logged(address: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Gone: %s", (address,), None)
    HideLinks().filter(record)
    assert "pnXq9d" not in record.getMessage()
    assert record.getMessage().startswith("Gone: /")

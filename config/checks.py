"""What an operator should hear before people rely on an installation: `manage.py check --deploy`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from credentials import wrapping

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PER_PROCESS = ("locmem", "dummy")


def _is_local() -> bool:
    return (urlsplit(settings.BASE_URL).hostname or "") in LOOPBACK


def _public_address() -> Iterator[CheckMessage]:
    if not (settings.BASE_URL.startswith("https://") or _is_local()):
        yield Error(
            f"BASE_URL is {settings.BASE_URL}. Ids of badges and keys begin with it, and verifiers ask for https.",
            hint="Set BASE_URL to the public https address. It cannot be changed once badges are out.",
            id="imprimatur.E001",
        )


def _wrapping_key() -> Iterator[CheckMessage]:
    trouble = wrapping.trouble()
    if trouble:
        yield Error(
            f"Nothing can be signed. {trouble}",
            hint="`openssl rand -base64 32 | tr +/ -_` makes a key; `manage.py keys make-token-key` one in a token.",
            id="imprimatur.E002",
        )


def _cache() -> Iterator[CheckMessage]:
    if any(word in settings.CACHES["default"]["BACKEND"] for word in PER_PROCESS):
        yield Error(
            "The default cache is kept per process, so limits on codes and links do not hold.",
            hint="Use the database cache (`manage.py createcachetable`) or another shared one.",
            id="imprimatur.E003",
        )


def _proxy() -> Iterator[CheckMessage]:
    if not _is_local() and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield Warning(
            "No proxy is named before web. If there is one, all visitors share one address and one limit.",
            hint="Set TRUSTED_PROXY_COUNT to the number of proxies.",
            id="imprimatur.W004",
        )


def _sender() -> Iterator[CheckMessage]:
    if not _is_local() and ".example" in settings.DEFAULT_FROM_EMAIL:
        yield Warning(
            "Mail would be sent from a made-up address and be refused.",
            hint="Set DEFAULT_FROM_EMAIL to an address of your domain.",
            id="imprimatur.W005",
        )


def _demo() -> Iterator[CheckMessage]:
    if settings.DEMO and not _is_local():
        yield Warning(
            "DEMO is on for a public address: whoever finds it signs in as anybody.",
            hint="Unset DEMO wherever people are real.",
            id="imprimatur.W006",
        )


CHECKS: tuple[Callable[[], Iterator[CheckMessage]], ...] = (
    _public_address,
    _wrapping_key,
    _cache,
    _proxy,
    _sender,
    _demo,
)


def installation(**_options: Any) -> list[CheckMessage]:
    """All of them, in the order of their numbers."""
    return [message for check in CHECKS for message in check()]

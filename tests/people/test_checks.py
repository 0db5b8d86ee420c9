"""Start-up says what would make the limits of sign-in worthless."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from people.checks import limits_are_shared, visitors_are_told_apart


def test_a_cache_of_its_own_for_each_process_is_an_error(settings: Settings) -> None:
    assert limits_are_shared() == []
    for backend in ("locmem.LocMemCache", "dummy.DummyCache"):
        settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
        (fault,) = limits_are_shared()
        assert fault.id == "people.E001"
        assert "createcachetable" in fault.hint


@pytest.mark.parametrize(
    ("address", "proxies", "told"),
    [("https://x.example", 0, True), ("https://x.example", 1, False), ("http://localhost:8000", 0, False)],
)
def test_https_without_a_counted_proxy_is_a_warning(settings: Settings, address: str, proxies: int, told: bool) -> None:
    settings.BASE_URL, settings.ALLAUTH_TRUSTED_PROXY_COUNT = address, proxies
    assert [fault.id for fault in visitors_are_told_apart()] == (["people.W001"] if told else [])

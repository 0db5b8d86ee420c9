"""What must be right before anybody signs in: limits that all processes share, and visitors told apart."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

OWN_EACH = ("locmem.LocMemCache", "dummy.DummyCache")


@register()
def limits_are_shared(**_more: Any) -> list[CheckMessage]:
    """The limits of sign-in live in the default cache; one cache for each process would multiply them."""
    if not settings.CACHES["default"]["BACKEND"].endswith(OWN_EACH):
        return []
    hint = "Use the database cache (manage.py createcachetable) or another one that all processes share."
    return [
        Error("The default cache is not shared, so the limits of sign-in do not hold.", hint=hint, id="people.E001")
    ]


@register(deploy=True)
def visitors_are_told_apart(**_more: Any) -> list[CheckMessage]:
    """Behind a proxy every visitor has the proxy's address unless we know how many proxies there are."""
    if not settings.BASE_URL.startswith("https://") or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    hint = "Set TRUSTED_PROXY_COUNT to the number of proxies in front; 0 is right only when there is none."
    text = "This installation speaks https and counts no proxy, so all visitors may share one limit."
    return [Warning(text, hint=hint, id="people.W001")]

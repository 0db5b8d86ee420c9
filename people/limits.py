"""How often somebody may ask at a door that is open to strangers: counted by allauth in the database cache.

The rates stand in `ACCOUNT_RATE_LIMITS` under the name of the act, so that all limits of the house stand in one place.
"""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from people.errors import Refusal

CHECKING, CHECKING_MANY = "check_badge", "check_many_badges"
CALLING = "call_api"


class TooOften(Refusal):
    """One address checks more than one person or one class does."""

    status = 429
    sentence = _("Too many badges were handed in from your address. Wait a minute, then hand it in again.")


def refuse_too_often(request: HttpRequest, act: str = CHECKING) -> None:
    """Count one more badge, or one more pile of them, that this address hands in. Raises `TooOften`.

    What is counted goes by a keyed hash, so that no address of a stranger stands in a table.
    """
    address = get_adapter().get_client_ip(request)
    if not ratelimit.consume(request, action=act, key=salted_hmac(act, address).hexdigest()):
        raise TooOften


class TooManyCalls(Refusal):
    """One token calls more often than a program needs to."""

    status = 429
    sentence = _("This token called too often. Wait a minute, then go on more slowly.")


def refuse_too_many_calls(token: str) -> None:
    """Count one more call of a token in this minute, by its public id. Raises `TooManyCalls`.

    allauth's own counter lets reading pass uncounted, and reading is most of what programs do.
    """
    key = f"{CALLING}:{token}:{int(time.time() // 60)}"
    calls = 1 if cache.add(key, 1, timeout=120) else cache.incr(key)
    if calls > settings.API_CALLS_A_MINUTE:
        raise TooManyCalls

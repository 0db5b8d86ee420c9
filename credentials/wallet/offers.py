"""Offers of a badge to its earner's wallet: for ten minutes, for one wallet, with digits that only the earner sees.

Code and digits are derived from the secret key and the offer's id, so that the earner's page can show them again; the
database holds their hash at most. Five wrong digits end an offer.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from credentials.errors import WrongStatus
from credentials.models import Credential, WalletOffer
from credentials.wallet.errors import WalletRefused, no_token
from people.models import Organization

LIVES = timedelta(minutes=10)
TOKEN_LIVES = timedelta(minutes=10)
TRIES = 5
DIGITS = 6


def _mac(purpose: bytes, public_id: UUID) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), purpose + public_id.bytes, hashlib.sha256).digest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def code_of(offer: WalletOffer) -> str:
    """The pre-authorized code, which stands in the offer: 192 bits, letters and digits only."""
    return _mac(b"wallet-code:", offer.public_id)[:24].hex()


def digits_of(offer: WalletOffer) -> str:
    """The transaction code (`tx_code`), which stands on the earner's page and in no offer."""
    number = int.from_bytes(_mac(b"wallet-digits:", offer.public_id)[:8], "big")
    return str(number % 10**DIGITS).zfill(DIGITS)


def may_go(credential: Credential) -> bool:
    """Whether a badge can be handed to a wallet now: accepted by its earner, and neither suspended nor ended."""
    return credential.status == Credential.Status.ISSUED and credential.acceptance == Credential.Acceptance.ACCEPTED


def make(credential: Credential) -> WalletOffer:
    """A new offer of an accepted badge; one that was open before it ends. Raises `WrongStatus`."""
    if not may_go(credential):
        raise WrongStatus
    now = timezone.now()
    WalletOffer.objects.filter(credential=credential, ends_at__gt=now, token_hash=None).update(ends_at=now)
    offer = WalletOffer(public_id=uuid4(), credential=credential, ends_at=now + LIVES)
    offer.code_hash = _hash(code_of(offer))
    offer.save()
    return offer


def open_offer(credential: Credential) -> WalletOffer | None:
    """The offer of this badge that a wallet may still take up."""
    rows = WalletOffer.objects.filter(credential=credential, ends_at__gt=timezone.now(), token_hash=None)
    return rows.filter(tries__lt=TRIES).order_by("-pk").first()


def last_taken(credential: Credential) -> WalletOffer | None:
    """The last offer that a wallet took the badge by."""
    return WalletOffer.objects.filter(credential=credential).exclude(taken_at=None).order_by("-taken_at").first()


def offered(issuer: Organization, public_id: UUID) -> WalletOffer | None:
    """An open offer under its own address; one that was used or ended looks like one that never was."""
    found = WalletOffer.objects.filter(public_id=public_id, credential__issuer=issuer).select_related("credential")
    offer = found.first()
    return offer if offer is not None and offer == open_offer(offer.credential) else None


def redeem(issuer: Organization, code: str, digits: str) -> str:
    """An access token for the code and the digits, once (OpenID4VCI 1.0, section 6). Raises `WalletRefused`."""
    with transaction.atomic():
        rows = WalletOffer.objects.select_for_update().filter(code_hash=_hash(code), credential__issuer=issuer)
        offer = rows.first()
        token = _redeemed(offer, digits) if offer is not None else None
    if token is None:
        raise WalletRefused("invalid_grant", "The code or the digits are wrong, were used already, or are too old.")
    return token


def _redeemed(offer: WalletOffer, digits: str) -> str | None:
    if offer.token_hash is not None or offer.tries >= TRIES or offer.ends_at <= timezone.now():
        return None
    if not hmac.compare_digest(digits_of(offer).encode(), digits.encode()):
        offer.tries += 1
        offer.save(update_fields=["tries"])
        return None
    token = secrets.token_urlsafe(32)
    offer.token_hash, offer.token_ends_at = _hash(token), timezone.now() + TOKEN_LIVES
    offer.save(update_fields=["token_hash", "token_ends_at"])
    return token


def of_token(issuer: Organization, token: str) -> WalletOffer:
    """The offer that an access token stands for. Raises `WalletRefused`."""
    rows = WalletOffer.objects.filter(token_hash=_hash(token), credential__issuer=issuer)
    offer = rows.select_related("credential__issuer", "credential__achievement").first()
    if offer is None or offer.token_ends_at is None or offer.token_ends_at <= timezone.now():
        raise no_token()
    return offer


def note_taken(offer: WalletOffer) -> bool:
    """Remember that the badge was handed over; True the first time."""
    return bool(WalletOffer.objects.filter(pk=offer.pk, taken_at=None).update(taken_at=timezone.now()))


def note_told(offer: WalletOffer, event: str) -> None:
    """Remember what the wallet says became of the badge (section 11)."""
    WalletOffer.objects.filter(pk=offer.pk).update(told=event)

"""Links by which an earner shows a badge: for one recipient, until a day, revocable; the earner sees who looked.

The token is derived from the secret key and the link's id, so that its earner can copy it again later; the database
holds only its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from credentials.errors import WrongStatus
from credentials.models import Credential, ShareLink, ShareOpening

LONGEST = timedelta(days=366)
# Openings within this time are one: a page that is loaded again, or a flood, adds no rows.
ONE_OPENING = timedelta(minutes=10)


def _token(public_id: UUID) -> str:
    """192 bits, URL-safe."""
    mac = hmac.new(settings.SECRET_KEY.encode(), b"share:" + public_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:24]).decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(link: ShareLink) -> str:
    """The token of a link, for its earner alone."""
    return _token(link.public_id)


def make(*, credential: Credential, label: str, ends_on: date, items: Iterable[str] = ()) -> ShareLink:
    """Store a link to an accepted badge. Raises `WrongStatus` for one that was not accepted."""
    if credential.acceptance != Credential.Acceptance.ACCEPTED or credential.offered_at is None:
        raise WrongStatus
    public_id = uuid4()
    return ShareLink.objects.create(
        public_id=public_id,
        credential=credential,
        token_hash=_hash(_token(public_id)),
        label=label,
        ends_on=ends_on,
        items=list(items),
    )


def end(*, link: ShareLink) -> None:
    """Close a link for ever. Raises `WrongStatus` at the second call."""
    if not ShareLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=timezone.now()):
        raise WrongStatus


def is_open(link: ShareLink) -> bool:
    """Whether the link still shows its badge today."""
    return link.ended_at is None and timezone.localdate() <= link.ends_on


def opened_by(token: str) -> ShareLink | None:
    """The link of a token, if it still shows its badge. One that ended looks like one that never was."""
    rows = ShareLink.objects.select_related("credential__issuer")
    link = rows.filter(token_hash=_hash(token)).first()
    return link if link is not None and is_open(link) else None


def note_opening(link: ShareLink) -> None:
    """Remember for the earner that the link was opened now; nothing about who opened it is known or kept."""
    if not link.openings.filter(opened_at__gt=timezone.now() - ONE_OPENING).exists():
        ShareOpening.objects.create(link=link)


def links_of(credential: Credential) -> list[ShareLink]:
    """Every link of a badge, the newest first, with its openings."""
    return list(credential.shares.prefetch_related("openings").order_by("-created_at"))

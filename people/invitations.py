"""Links by mail: one link, one person, one task (`promises.md` 5).

The token is derived from the secret key and the invitation's id, so that the mail can be made again after a crash; the
database holds only its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from people.models import Invitation, Organization, User


def _token(public_id: UUID) -> str:
    """192 bits, URL-safe."""
    mac = hmac.new(settings.SECRET_KEY.encode(), b"invitation:" + public_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:24]).decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make(*, person: User, organization: Organization, expires_at: datetime) -> tuple[Invitation, str]:
    """Store an invitation and answer it with its token, which is stored nowhere."""
    public_id = uuid4()
    token = _token(public_id)
    invitation = Invitation.objects.create(
        public_id=public_id,
        token_hash=_hash(token),
        person=person,
        organization=organization,
        expires_at=expires_at,
    )
    return invitation, token


def token_of(invitation: Invitation) -> str:
    """The token again, for the mail that carries it."""
    return _token(invitation.public_id)


def find(token: str) -> Invitation | None:
    """The invitation of a token, whatever its state, or None."""
    return Invitation.objects.select_related("person", "organization").filter(token_hash=_hash(token)).first()


def is_open(invitation: Invitation) -> bool:
    """True while the link can still be acted on."""
    return invitation.used_at is None and invitation.ended_at is None and invitation.expires_at > timezone.now()


def end(invitation: Invitation) -> None:
    """End a link; one that has ended stays as it was."""
    Invitation.objects.filter(pk=invitation.pk, ended_at__isnull=True).update(ended_at=timezone.now())

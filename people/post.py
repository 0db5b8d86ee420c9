"""Codes by mail, from the ground floor: a row in the caller's transaction, sent by the same worker as every notice.

The code is derived from the secret key and the row's id, as the token of an invitation is: the mail can be made again
after a crash, and no code is ever stored. Whoever asked keeps only its hash (`people.models.MailCode`).
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from people.models import OutgoingMail, User
from people.wakeups import after_commit

DIGITS = 6
NEWS_FOR = timedelta(days=7)


def post_code(
    *, person: User, kind: str, good_until: datetime, language: str = "", address: str = ""
) -> tuple[OutgoingMail, str]:
    """Hand in a mail with a fresh six-digit code, and answer it with the code. `kind` is an `OutgoingMail.Kind`.

    A mail that could not leave by `good_until` is not sent any more. The language is the person's unless given, and
    so is the address.
    """
    mail = OutgoingMail.objects.create(
        person=person,
        kind=OutgoingMail.Kind(kind),
        good_until=good_until,
        language=language or person.language,
        address=address,
    )
    after_commit(mail)
    return mail, code_of(mail)


def post_notice(*, person: User, kind: str, address: str) -> OutgoingMail:
    """Hand in a mail without a code, to an address that is not the main one."""
    mail = OutgoingMail.objects.create(
        person=person,
        kind=OutgoingMail.Kind(kind),
        good_until=timezone.now() + NEWS_FOR,
        language=person.language,
        address=address,
    )
    after_commit(mail)
    return mail


def code_of(mail: OutgoingMail) -> str:
    """The code again, for the mail that carries it."""
    mac = hmac.new(settings.SECRET_KEY.encode(), b"code:" + mail.public_id.bytes, hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:8]) % 10**DIGITS:0{DIGITS}d}"

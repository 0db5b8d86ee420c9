"""Six-digit codes that prove a mailbox: ten minutes, five tries, once, in the browser that asked (`promises.md` 5.3).

Bound to a purpose, such as `sign_in` or `invitation:<uuid>`, and to a secret of the browser. The row holds keyed
hashes only: six digits can be guessed from a plain hash, but not without the secret key.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from people.errors import Refusal
from people.models import MailCode, User
from people.post import post_code

LIVES = timedelta(minutes=10)
TRIES = 5
KEPT = timedelta(days=30)  # long enough to answer who asked when somebody says that a code never came
SIGN_IN = "sign_in"


class NoCode(Refusal):
    """No live code for this purpose in this browser: never asked, used, timed out, or replaced by a newer one."""

    status = 422
    sentence = _(
        "There is no code to compare with. A code lives ten minutes, works once, and only in the browser that asked "
        "for it. Ask for a new one."
    )


class WrongCode(Refusal):
    """The digits are not those of the mail."""

    status = 422

    def __init__(self, left: int) -> None:
        if left:
            more = ngettext("You have %d more try.", "You have %d more tries.", left) % left
            super().__init__(_("This is not the code of our last mail. %(more)s"), more=more)
        else:
            super().__init__(_("This is not the code of our last mail, and it was the last try. Ask for a new code."))


def _keyed(what: str, value: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{what}:{value}".encode(), "sha256").hexdigest()


def ask(*, person: User, purpose: str, browser: str, kind: str, language: str = "", address: str = "") -> MailCode:
    """Mail a fresh code; whatever was mailed before for this purpose ends. `kind` is an `OutgoingMail.Kind`."""
    now = timezone.now()
    with transaction.atomic():
        # One live code for each purpose, also when two browsers ask at once: the person's row is the queue.
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        earlier = MailCode.objects.filter(person=person, purpose=purpose, used_at=None, expires_at__gt=now)
        earlier.update(expires_at=now)
        _mail, code = post_code(person=person, kind=kind, good_until=now + LIVES, language=language, address=address)
        return MailCode.objects.create(
            person=person,
            purpose=purpose,
            code_hash=_keyed("code", code),
            browser_hash=_keyed("browser", browser),
            expires_at=now + LIVES,
        )


def forget_old() -> int:
    """Delete the codes that ended more than thirty days ago; nothing refers to them. Answers how many."""
    deleted, _each = MailCode.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()
    return deleted


def is_live(*, person: User, purpose: str) -> bool:
    """True while a code that was mailed for this purpose can still be tried."""
    rows = MailCode.objects.filter(person=person, purpose=purpose, used_at=None, tries__lt=TRIES)
    return rows.filter(expires_at__gt=timezone.now()).exists()


def prove(*, person: User, purpose: str, browser: str, code: str) -> datetime:
    """Use a code up, and answer the moment at which the mailbox was proved. Raises `WrongCode` or `NoCode`."""
    with transaction.atomic():
        # Waits for its turn, so that a hundred tries at once are a hundred tries.
        asked = (
            MailCode.objects.select_for_update()
            .filter(person=person, purpose=purpose, browser_hash=_keyed("browser", browser))
            .filter(used_at=None, expires_at__gt=timezone.now(), tries__lt=TRIES)
            .first()
        )
        if asked is None:
            raise NoCode
        asked.tries += 1
        right = hmac.compare_digest(asked.code_hash, _keyed("code", "".join(code.split())))
        if right:
            asked.used_at = timezone.now()
        asked.save(update_fields=["tries", "used_at"])
    if asked.used_at is None:
        raise WrongCode(TRIES - asked.tries)
    return asked.used_at

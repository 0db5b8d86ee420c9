"""What the operator of the service does with signing keys; each act leaves a row in the stream of the key's owner.

Operators decide no case. They act by command and not on a page, so the record names the system, not a person.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import keys, status
from credentials.models import SigningKey
from people.models import Organization
from workflows import ledger
from workflows.errors import Refusal
from workflows.key_uses import key_stream
from workflows.models import LedgerEvent


def record(type_: str, key: SigningKey, **data: str) -> LedgerEvent:
    """A fact about a key, in the stream of its owner."""
    owner = key.organization
    return ledger.append(
        key_stream(owner),
        type_,
        actor=None,
        organization=str(owner.public_id),
        data={"key": key.public_multibase, "purpose": key.purpose, **data},
    )


@transaction.atomic
def create_key(*, organization: Organization, purpose: str) -> SigningKey:
    """Prepare a key: it is listed from now on and signs once it is activated."""
    key = keys.prepare_key(organization, purpose)
    record("create_key", key)
    return key


@transaction.atomic
def activate_key(*, key: SigningKey) -> SigningKey:
    """A prepared key signs from now on, and the one before it is retired."""
    active = keys.activate_key(key)
    record("activate_key", active)
    return active


@transaction.atomic
def rotate_key(*, organization: Organization, purpose: str) -> SigningKey:
    """Make a key and let it sign at once; the one before it is retired and stays listed, so nothing is issued anew."""
    return activate_key(key=create_key(organization=organization, purpose=purpose))


@transaction.atomic
def retire_key(*, key: SigningKey) -> SigningKey:
    """A key signs no more; what it signed still holds."""
    retired = keys.retire_key(key)
    record("retire_key", retired)
    return retired


@transaction.atomic
def mark_compromised(*, key: SigningKey, since: datetime) -> SigningKey:
    """Others may sign with this key since then: it leaves the list of keys at once, and for ever.

    Status lists are signed anew by another key. Badges are not: `manage.py keys drill` does that.
    """
    if since > timezone.now():
        raise Refusal(_("The date since when the key is compromised lies in the future."))
    marked = keys.mark_compromised(key, since)
    if marked.purpose == SigningKey.Purpose.STATUS:
        status.sign_all_anew(marked.organization)  # the rows of lists before the stream, as whoever signs takes them
    record("mark_compromised", marked, since=since.isoformat())
    return marked

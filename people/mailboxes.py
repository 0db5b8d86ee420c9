"""The mail addresses of a person: the main one, to which messages go, and others that open the account as well.

So a badge stays its earner's when an institution closes her address: she proves another one while she still can, or
signs in with one that she proved before. Only proved addresses are kept (allauth's `EmailAddress`), and an address
opens one account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from people import codes
from people.errors import Refusal
from people.models import OutgoingMail, User
from people.post import post_notice

MOST = 5


class Taken(Refusal):
    """The address opens another account."""

    sentence = _(
        "This address opens another account here. Sign in with it to see what is there; two accounts are not made one."
    )


class NotThisAddress(Refusal):
    """The address is none of this person's, or is the one that must stay."""

    sentence = _("This is not one of your further addresses. Open the page again to see which there are.")


class TooManyAddresses(Refusal):
    """The account has as many addresses as it may have."""

    sentence = _("Your account has five further addresses, and more are not kept. Remove one first.")


def owner(address: str) -> User | None:
    """The person whose account an address opens, by the main address or a further one."""
    known = address.strip().lower()
    main = User.objects.filter(email=known).first()
    if main is not None:
        return main
    further = EmailAddress.objects.filter(email=known, verified=True).select_related("user").first()
    return further.user if further is not None else None


def further_of(person: User) -> Sequence[str]:
    """The addresses beside the main one, the oldest first."""
    rows = EmailAddress.objects.filter(user=person, verified=True).exclude(email=person.email)
    return list(rows.order_by("pk").values_list("email", flat=True))


def _purpose(address: str) -> str:
    return f"mailbox:{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def ask(*, person: User, address: str, browser: str, language: str = "") -> None:
    """Mail a code to an address that this person wants to add. Whether somebody else has it is not said before."""
    if len(further_of(person)) >= MOST:
        raise TooManyAddresses
    codes.ask(
        person=person,
        purpose=_purpose(address.lower()),
        browser=browser,
        kind=OutgoingMail.Kind.MAILBOX,
        language=language,
        address=address.lower(),
    )


def prove(*, person: User, address: str, browser: str, code: str) -> None:
    """The code proves the address, which then opens the account. Raises `WrongCode`, `NoCode`, `Taken`."""
    known = address.lower()
    codes.prove(person=person, purpose=_purpose(known), browser=browser, code=code)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if (other := owner(known)) is not None and other.pk != person.pk:
            raise Taken
        try:
            with transaction.atomic():
                EmailAddress.objects.get_or_create(user=person, email=known, defaults={"verified": True})
        except IntegrityError as raced:
            raise Taken from raced


def make_main(*, person: User, address: str) -> None:
    """Messages go to this address from now on; the one before it stays as a further one and is told."""
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if address not in further_of(fresh):
            raise NotThisAddress
        before, fresh.email = fresh.email, address
        fresh.save(update_fields=["email"])
        EmailAddress.objects.filter(user=fresh, email=address).delete()
        EmailAddress.objects.get_or_create(user=fresh, email=before, defaults={"verified": True})
        post_notice(person=fresh, kind=OutgoingMail.Kind.MAIN_CHANGED, address=before)
    person.email = address


def remove(*, person: User, address: str) -> None:
    """An address opens the account no more; the main one cannot go."""
    gone, _each = EmailAddress.objects.filter(user=person, email=address).exclude(email=person.email).delete()
    if not gone:
        raise NotThisAddress

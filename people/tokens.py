"""Access tokens: a program acts as the person who made the token, in one institution, within the scopes chosen.

A token never gives more than its person has: each call goes through the same queries and verbs as the pages. Nobody
makes one for somebody else, not even an administrator, because acts under it are the person's own (`promises.md` H19).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.errors import Refusal
from people.models import AccessToken, AnsweredCall, Membership, Organization, OrganizationKind, Role, User

MARK = "imp_"  # by which scanners for leaked secrets know ours
LONGEST_DAYS = 365
USE_NOTED_EVERY = timedelta(minutes=1)
ANSWERS_KEPT = timedelta(days=7)
MOST_LIVE = 20

# What a token can be made for. A scope opens doors; what is behind them, the person's own roles say.
SCOPES: dict[str, str | Promise] = {
    "cases:read": _("read proposals, their record and reviews"),
    "cases:propose": _("start, write, submit and withdraw proposals"),
    "cases:decide": _("carry out steps of the quality office that need no presence"),
    "rosters:write": _("enter learners into cohorts"),
    "awards:read": _("read learners of a cohort, awards and badges"),
    "reports:read": _("read what waits and for how long"),
    "webhooks:manage": _("manage where events are sent to"),
}


class NoToken(Refusal):
    """Nobody is known by what was shown, or no longer."""

    status = 401
    sentence = _("This token is unknown, has expired or was ended. Make a new one on the page “Access tokens”.")


class ScopeMissing(Refusal):
    """The token was not made for this."""

    status = 403
    sentence = _("This token was made without the scope “%(scope)s”. Make one that has it.")


class KeyUsedOtherwise(Refusal):
    """An idempotency key stands for one call."""

    status = 422
    sentence = _("This idempotency key was used for another call. Take a new key for each thing that you do.")


class NotYourToken(Refusal):
    """The same words as for a token that does not exist."""

    status = 404
    sentence = _("There is nothing here under this address, or it is not open to you.")


def places_of(person: User) -> list[Organization]:
    """The institutions in which this person can make a token."""
    held = Membership.objects.filter(user=person, ended_at=None)
    rows = Organization.objects.filter(kind=OrganizationKind.INSTITUTION, pk__in=held.values("organization"))
    return list(rows.order_by("name_en", "name_fr"))


def make(*, person: User, institution: UUID, label: str, scopes: Collection[str], days: int) -> tuple[AccessToken, str]:
    """Make a token, and answer it with its text, which is told this once. Raises a `Refusal`."""
    place = next((one for one in places_of(person) if one.public_id == institution), None)
    if place is None:
        raise NotYourToken
    if not scopes or set(scopes) - set(SCOPES):
        raise Refusal(_("Choose at least one thing that the token may do."))
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal(_("A token lives between 1 and 365 days."))
    if live_of(person).count() >= MOST_LIVE:
        raise Refusal(_("You have as many tokens as anybody can have. End one that is no longer used."))
    text = MARK + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        person=person,
        institution=place,
        label=label.strip(),
        token_hash=_hash(text),
        ending=text[-4:],
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, text


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def live_of(person: User) -> QuerySet[AccessToken]:
    """This person's tokens that still open something, the newest first."""
    rows = AccessToken.objects.filter(person=person, ended_at=None, expires_at__gt=timezone.now())
    return rows.select_related("institution").order_by("-pk")


def seen_by(person: User) -> QuerySet[AccessToken]:
    """Live tokens of others in the institutions that this person administers: to be ended, never to be used."""
    held = Membership.objects.filter(user=person, ended_at=None, role=Role.ADMINISTRATOR)
    rows = AccessToken.objects.filter(ended_at=None, expires_at__gt=timezone.now())
    rows = rows.filter(institution__in=held.values("organization")).exclude(person=person)
    return rows.select_related("institution", "person").order_by("-pk")


def end(*, token_id: UUID, actor: User) -> AccessToken:
    """End a token at once: one's own, or as an administrator that of somebody else. Raises `NotYourToken`."""
    token = (live_of(actor) | seen_by(actor).select_related(None)).filter(public_id=token_id).first()
    if token is None:
        raise NotYourToken
    token.ended_at, token.ended_by = timezone.now(), actor
    token.save(update_fields=["ended_at", "ended_by"])
    return token


def bearer(text: str) -> AccessToken:
    """The token behind this text, if its person still belongs to its institution. Raises `NoToken`."""
    now = timezone.now()
    rows = AccessToken.objects.select_related("person", "institution")
    token = rows.filter(token_hash=_hash(text), ended_at=None, expires_at__gt=now, person__is_active=True).first()
    member = token is not None and Membership.objects.filter(
        user=token.person_id, organization=token.institution_id, ended_at=None
    )
    if token is None or not member or not member.exists():
        raise NoToken
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def claim(token: AccessToken, key: str, asked: bytes) -> AnsweredCall:
    """The row of a call, ours to answer while its `status` is 0. Raises `KeyUsedOtherwise` for another call's key.

    Inside the transaction of the act: of two calls at once the second waits here, and then gets the first's answer.
    A refused act rolls its row back, so that it can be tried again.
    """
    digest = hashlib.sha256(asked).hexdigest()
    with transaction.atomic():
        call, _made = AnsweredCall.objects.get_or_create(token=token, key=key, defaults={"asked": digest})
    if call.asked != digest:
        raise KeyUsedOtherwise
    return call


def keep(call: AnsweredCall, status: int, answer: object) -> None:
    """Keep the answer for whoever asks again with the same key."""
    AnsweredCall.objects.filter(pk=call.pk).update(status=status, answer=answer)


def forget_old() -> int:
    """Forget answers that nobody asks for again."""
    return AnsweredCall.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()[0]

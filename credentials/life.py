"""What happens to a badge after it was offered (`lifecycle.md` 5, C3-C8). Each act is a conditional write.

The old status stands in the condition; zero rows is a named refusal. Why anything happened is not kept here, because
nothing here may say why.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from credentials import status
from credentials.errors import WrongStatus
from credentials.models import Credential

S, A = Credential.Status, Credential.Acceptance
OPEN_OFFER = {A.OFFERED, A.UNCLAIMED}


def _move(credential: Credential, condition: Q, **values: Any) -> Credential:
    if not Credential.objects.filter(condition, pk=credential.pk).update(**values):
        raise WrongStatus
    credential.refresh_from_db()
    return credential


def answer(*, credential: Credential, accept: bool) -> Credential:
    """C3: the earner accepts or declines, once. A badge that is only prepared can be declined, and is never signed."""
    if accept:
        return _move(credential, Q(status=S.ISSUED, acceptance__in=OPEN_OFFER), acceptance=A.ACCEPTED)
    prepared = Q(status=S.PREPARED) & ~Q(acceptance=A.DECLINED)
    return _move(credential, prepared | Q(status=S.ISSUED, acceptance__in=OPEN_OFFER), acceptance=A.DECLINED)


def unclaim(*, credential: Credential) -> Credential:
    """C3: nobody answered; the offer stands, without a public page."""
    waits = Q(status=S.PREPARED, acceptance="") | Q(status=S.ISSUED, acceptance=A.OFFERED)
    return _move(credential, waits, acceptance=A.UNCLAIMED)


def show(*, credential: Credential, public: bool) -> Credential:
    """The earner gives an accepted badge its public page, or takes it away."""
    return _move(credential, Q(acceptance=A.ACCEPTED, offered_at__isnull=False), public=public)


def suspend(*, credential: Credential) -> Credential:
    """C4: shown by us and in the second list; the revocation bit is not touched (badges.md 4.20)."""
    changed = _move(credential, Q(status=S.ISSUED), status=S.SUSPENDED, suspended_at=timezone.now())
    status.changed(changed.entry.status_list_id)
    return changed


def reinstate(*, credential: Credential) -> Credential:
    """C5: the suspension ends."""
    changed = _move(credential, Q(status=S.SUSPENDED), status=S.ISSUED, suspended_at=None)
    status.changed(changed.entry.status_list_id)
    return changed


def revoke(*, credential: Credential) -> Credential:
    """C6, C7: for ever."""
    live = Q(status__in={S.PREPARED, S.ISSUED, S.SUSPENDED})
    revoked = _move(credential, live, status=S.REVOKED, revoked_at=timezone.now(), surrender_asked_at=None)
    status.revoke(revoked.entry)
    return revoked


def ask_surrender(*, credential: Credential) -> Credential:
    """C7: the earner gives the badge back; it holds while she may change her mind."""
    return _move(credential, Q(status=S.ISSUED, surrender_asked_at=None), surrender_asked_at=timezone.now())


def keep(*, credential: Credential) -> Credential:
    """C7: the earner changes her mind in time."""
    return _move(credential, Q(status=S.ISSUED, surrender_asked_at__isnull=False), surrender_asked_at=None)


def expire(*, credential: Credential, now: datetime) -> Credential:
    """C8: its last day has passed."""
    return _move(credential, Q(status=S.ISSUED, valid_until__lte=now), status=S.EXPIRED, expired_at=now)

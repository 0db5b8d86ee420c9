"""The stop switch of issuing, per institution and for all (`promises.md` 2). Approvals and awards go on.

Who issues holds a shared lock until its commit, and who stops takes the same lock alone: so once a stop has committed,
nothing that was begun before it can still come out.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from credentials.errors import IssuingStopped, StopStands
from credentials.models import IssuingStop, KeyDrill
from people.models import Organization, User

EVERYBODY = 0


def _lock(ids: Collection[int], *, alone: bool) -> None:
    assert connection.in_atomic_block, "The lock lasts until the commit of what is issued."
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        for number in sorted(ids):
            cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"issuing:{number}"])


def refuse_stopped(issuers: Collection[int]) -> None:
    """Refuse to issue for these while issuing is stopped; else nobody stops it before the caller's commit.

    Raises `IssuingStopped`.
    """
    _lock({EVERYBODY, *issuers}, alone=False)
    of_these = Q(organization=None) | Q(organization__in=issuers)
    if IssuingStop.objects.filter(of_these, ended_at=None).exists():
        raise IssuingStopped
    if KeyDrill.objects.filter(key__organization__in=issuers, ended_at=None).exists():
        raise IssuingStopped


def wait_for_issuers(organization: Organization | None) -> None:
    """Wait until whatever is being issued has committed; nothing new is issued before the caller's commit."""
    _lock({organization.pk if organization else EVERYBODY}, alone=True)


@transaction.atomic
def stop(organization: Organization | None, *, reason: str, ordered_by: User | None) -> IssuingStop:
    """Stop issuing at once, for one institution or for all. Raises `StopStands` at the second call."""
    wait_for_issuers(organization)
    if open_stop(organization) is not None:
        raise StopStands
    return IssuingStop.objects.create(organization=organization, reason=reason, ordered_by=ordered_by)


def end(order: IssuingStop) -> None:
    """Issuing goes on. Raises `StopStands` when somebody was first."""
    if not IssuingStop.objects.filter(pk=order.pk, ended_at=None).update(ended_at=timezone.now()):
        raise StopStands


def open_stop(organization: Organization | None) -> IssuingStop | None:
    """The order in force for one institution, or for all."""
    return IssuingStop.objects.filter(organization=organization, ended_at=None).first()


def standing() -> list[str]:
    """Whose issuing is stopped now, by short name; `*` for everybody. For health."""
    stopped = IssuingStop.objects.filter(ended_at=None).values_list("organization__slug", flat=True)
    drilled = KeyDrill.objects.filter(ended_at=None).values_list("key__organization__slug", flat=True)
    return sorted({slug or "*" for slug in (*stopped, *drilled)})

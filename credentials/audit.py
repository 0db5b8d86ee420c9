"""Every stored badge read again from scratch: rendered, compared with its digest, verified by the second reader."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from credentials import keys, proofs, queries, second_reader
from credentials.models import AuditFinding, AuditRound, Credential
from people.models import Organization

Controllers = dict[int, dict[str, Any]]
PORTION, ROWS_AT_ONCE = 15.0, 100  # seconds of the clock each hour: some ten thousand badges a day
ENDED = {Credential.Status.REVOKED, Credential.Status.REPLACED}  # perhaps because their key is no longer listed


@dataclass(frozen=True)
class Defect:
    """One badge that is not as it was signed."""

    badge: str
    reason: str


def defects(*, verify: bool = True) -> Iterator[Defect]:
    """Name each stored badge that does not render to its digest or, unless it ended or nobody asks, does not verify."""
    controllers: Controllers = {}
    for credential in _signed().iterator(chunk_size=1000):
        reason = _defect(credential, controllers, verify=verify)
        if reason:
            yield Defect(str(credential.public_id), reason)


def read_on(seconds: float = PORTION) -> int:
    """Read the next portion of all stored badges and keep what is found; how many were read. For the clock.

    A round goes on where the last portion ended. A portion that is killed is read again.
    """
    ends, controllers, number = time.monotonic() + seconds, Controllers(), 0
    round_, _new = AuditRound.objects.get_or_create(ended_at=None)
    while time.monotonic() < ends:
        rows = list(_signed().filter(pk__gt=round_.last)[:ROWS_AT_ONCE])
        if not rows:
            AuditRound.objects.filter(pk=round_.pk).update(ended_at=timezone.now())
            break
        for credential in rows:
            note(credential, _defect(credential, controllers, verify=True))
        round_.last, round_.read, number = rows[-1].pk, round_.read + len(rows), number + len(rows)
        round_.save(update_fields=["last", "read"])
    return number


def note(credential: Credential, reason: str) -> None:
    """Keep a finding while it stands; a badge that is whole has none."""
    open_ones = AuditFinding.objects.filter(badge=credential, gone_at=None)
    if not reason:
        open_ones.update(gone_at=timezone.now())
    elif not open_ones.update(reason=reason):
        AuditFinding.objects.create(badge=credential, reason=reason)


def findings(issuer: Organization | None = None) -> list[AuditFinding]:
    """Badges that are not as they were signed: of one issuer, or of all."""
    rows = AuditFinding.objects.filter(gone_at=None).select_related("badge").order_by("pk")
    return list(rows if issuer is None else rows.filter(badge__issuer=issuer))


def _signed() -> QuerySet[Credential]:
    return Credential.objects.filter(offered_at__isnull=False).select_related("issuer").order_by("pk")


def _defect(credential: Credential, controllers: Controllers, *, verify: bool) -> str:
    """What is wrong with a stored badge; empty for one that is as it was signed."""
    text = credential.text
    if text is None:
        return "it was offered, but nothing signed is stored"
    if f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" != queries.digest_of(credential):
        return "its text is not the text that was signed"
    if verify and credential.status not in ENDED and not _verifies(credential, text, controllers):
        return "its signature does not hold"
    return ""


def _verifies(credential: Credential, text: str, controllers: Controllers) -> bool:
    """True when the signature holds by the second reader, with the keys that the issuer lists today."""
    if credential.issuer_id not in controllers:
        controllers[credential.issuer_id] = keys.did_document(credential.issuer)
    return proofs.verify(json.loads(text), controllers[credential.issuer_id], second_reader.canonical)

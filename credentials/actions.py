"""The verbs of `credentials`. Each runs in its caller's transaction and raises a named refusal."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from credentials import documents, keys, proofs, status
from credentials.errors import Refusal, WrongStatus
from credentials.models import Credential, Endorsement, PublishedAchievement, SigningKey
from people.models import Organization, User

ENDORSEMENT_NAMES = {
    Endorsement.Kind.DEMAND: "Endorsement: the competency is in demand",
    Endorsement.Kind.JOB: "Endorsement: the assessment reflects job performance",
    Endorsement.Kind.QUALITY: "Quality approval",
}


def _read_back(document: dict[str, Any], issuer: Organization) -> None:
    """What was signed must verify against the public controller document before anybody sees it."""
    if not proofs.verify(document, keys.did_document(issuer)):
        raise Refusal


def issue_endorsement(
    *,
    issuer: Organization,
    kind: str,
    achievement_url: str,
    snapshot_digest: str,
    comment: str,
    valid_until: datetime,
) -> Endorsement:
    """Sign one endorsement with the endorsing organization's own key, over the exact snapshot."""
    key = keys.ensure_key(issuer, SigningKey.Purpose.ENDORSEMENTS)
    public_id, now = uuid4(), timezone.now()
    entry = status.allocate(issuer)
    unsigned = documents.endorsement(
        address=documents.address("endorsements", public_id),
        issuer=issuer,
        name=ENDORSEMENT_NAMES[Endorsement.Kind(kind)],
        achievement_url=achievement_url,
        comment=comment,
        snapshot_url=f"{achievement_url}/snapshots/{snapshot_digest.removeprefix('sha256:')}",
        snapshot_digest=snapshot_digest,
        valid_from=now,
        valid_until=valid_until,
        status=status.entry_document(entry),
    )
    document = proofs.sign(unsigned, key, created=now)
    _read_back(document, issuer)
    return Endorsement.objects.create(
        public_id=public_id,
        issuer=issuer,
        kind=kind,
        achievement_url=achievement_url,
        snapshot_digest=snapshot_digest,
        valid_from=now,
        valid_until=valid_until,
        entry=entry,
        document=document,
    )


def withdraw_endorsement(*, endorsement: Endorsement) -> None:
    """Take an endorsement back; its bit is set for ever. Raises `WrongStatus` at the second call."""
    taken = Endorsement.objects.filter(pk=endorsement.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    if not taken:
        raise WrongStatus
    _set_bit(endorsement)


def _set_bit(thing: Endorsement | Credential) -> None:
    thing.entry.revoked = True
    thing.entry.save(update_fields=["revoked"])


def publish_achievement(
    *, public_id: UUID, issuer: Organization, document: dict[str, Any], snapshot_digest: str
) -> PublishedAchievement:
    """Make the achievement of an approved version public, under the version's own id."""
    return PublishedAchievement.objects.create(
        public_id=public_id, issuer=issuer, document=document, snapshot_digest=snapshot_digest
    )


def amend_achievement(*, public_id: UUID, document: dict[str, Any]) -> None:
    """Show a released patch of the presentation; the digest stays that of the approved snapshot."""
    PublishedAchievement.objects.filter(public_id=public_id).update(document=document)


def prepare(
    *,
    achievement: PublishedAchievement,
    recipient: User,
    award_reference: UUID,
    results: list[dict[str, Any]],
    awarded_at: datetime,
    valid_until: datetime | None,
    endorsements: list[Endorsement],
) -> Credential:
    """C1: store the planned content and the status index, before anything is signed."""
    public_id = uuid4()
    entry = status.allocate(achievement.issuer)
    plan = documents.badge(
        address=documents.address("badges", public_id),
        issuer=achievement.issuer,
        achievement=achievement.document,
        identity=documents.hashed_identity(recipient.email, secrets.token_hex(16)),
        results=results,
        awarded_at=awarded_at,
        valid_from=timezone.now(),
        valid_until=valid_until,
        status=status.entry_document(entry),
        endorsements=[endorsement.document for endorsement in endorsements],
    )
    return Credential.objects.create(
        public_id=public_id,
        issuer=achievement.issuer,
        achievement=achievement,
        award_reference=award_reference,
        recipient=recipient,
        entry=entry,
        plan=plan,
        awarded_at=awarded_at,
        valid_until=valid_until,
    )


def issue(*, credential: Credential) -> Credential:
    """C2: sign the plan, read it back, then offer it."""
    key = keys.active_key(credential.issuer, SigningKey.Purpose.BADGES)
    document = proofs.sign(credential.plan, key, created=timezone.now())
    _read_back(document, credential.issuer)
    return _move(
        credential,
        {Credential.Status.PREPARED},
        status=Credential.Status.ISSUED,
        acceptance=Credential.Acceptance.OFFERED,
        document=document,
    )


def _move(credential: Credential, from_: set[Credential.Status], **values: Any) -> Credential:
    """A conditional write: the old status stands in the condition, zero rows is a named refusal."""
    if not Credential.objects.filter(pk=credential.pk, status__in=from_).update(**values):
        raise WrongStatus
    credential.refresh_from_db()
    return credential


def answer(*, credential: Credential, accept: bool) -> Credential:
    """C3: the earner accepts or declines, once."""
    choice = Credential.Acceptance.ACCEPTED if accept else Credential.Acceptance.DECLINED
    offered = {Credential.Acceptance.OFFERED, Credential.Acceptance.UNCLAIMED}
    if not Credential.objects.filter(pk=credential.pk, status=Credential.Status.ISSUED, acceptance__in=offered).update(
        acceptance=choice
    ):
        raise WrongStatus
    credential.refresh_from_db()
    return credential


def suspend(*, credential: Credential) -> Credential:
    """C4: a suspension is shown by us; the revocation bit is not touched (badges.md 4.20)."""
    return _move(
        credential,
        {Credential.Status.ISSUED},
        status=Credential.Status.SUSPENDED,
        suspended_at=timezone.now(),
    )


def reinstate(*, credential: Credential) -> Credential:
    """C5: the suspension ends."""
    return _move(credential, {Credential.Status.SUSPENDED}, status=Credential.Status.ISSUED, suspended_at=None)


def revoke(*, credential: Credential) -> Credential:
    """C6: for ever. The reason is not kept here, because nothing here may say why."""
    live = {Credential.Status.PREPARED, Credential.Status.ISSUED, Credential.Status.SUSPENDED}
    revoked = _move(credential, live, status=Credential.Status.REVOKED, revoked_at=timezone.now())
    _set_bit(revoked)
    return revoked

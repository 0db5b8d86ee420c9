"""What `credentials` signs: endorsements, achievements, badges. Each verb runs in its caller's transaction.

What happens to a badge afterwards stands in `credentials.life`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from credentials import claims, documents, keys, proofs, second_reader, status, stops, storing
from credentials.badge_template import Pen, sign_plan
from credentials.errors import NotReadBack, WrongStatus
from credentials.models import Credential, Endorsement, PublishedAchievement, SigningKey
from people.models import Organization, User

SAMPLE = 3  # badges of a batch, chosen at random, that are read back beside the first and the last


@dataclass(frozen=True)
class Contents:
    """What a badge says beyond its achievement."""

    results: list[dict[str, Any]]
    awarded_at: datetime
    evidence: list[dict[str, Any]] = field(default_factory=list)
    valid_until: datetime | None = None
    endorsements: Sequence[Endorsement] = ()
    name: str = ""


def read_back(document: dict[str, Any], issuer: Organization) -> None:
    """What was signed must verify in a second implementation before anybody sees it."""
    read_back_all([document], issuer)


def read_back_all(documents_: Iterable[dict[str, Any]], issuer: Organization) -> None:
    """The same for some badges that one pen signed."""
    controller, canonical = keys.did_document(issuer), second_reader.of_a_batch()
    for document in documents_:
        if not proofs.verify(document, controller, canonical):
            raise NotReadBack


def issue_endorsement(
    *,
    issuer: Organization,
    kind: str,
    achievement_url: str,
    snapshot_digest: str,
    comment: str,
    valid_until: datetime,
    facets: Mapping[str, str] | None = None,
) -> Endorsement:
    """Sign one endorsement with the endorsing organization's own key, over the exact snapshot.

    `facets` are the digests of the parts that it covers: it holds for a later snapshot in which these are the same.
    """
    key = keys.ensure_key(issuer, SigningKey.Purpose.ENDORSEMENTS)
    public_id, now = uuid4(), timezone.now()
    entry = status.allocate(issuer)
    address = documents.endorsement_address(achievement_url, public_id)
    unsigned = documents.endorsement(
        address=address,
        issuer=issuer,
        kind=kind,
        name=claims.NAMES[claims.Claim(kind)],
        achievement_url=achievement_url,
        comment=comment,
        resources=documents.snapshot_resources(achievement_url, snapshot_digest, facets or {}),
        valid_from=now,
        valid_until=valid_until,
        # The entry is named below the endorsement, so that it too sorts before every badge.
        status={**status.entry_document(entry), "id": f"{address}#status"},
    )
    document = proofs.sign(unsigned, keys.signer(key), created=now, named=f"{address}#proof")
    read_back(document, issuer)
    return Endorsement.objects.create(
        public_id=public_id,
        issuer=issuer,
        kind=kind,
        achievement_url=achievement_url,
        snapshot_digest=snapshot_digest,
        facets=dict(facets or {}),
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
    status.revoke(endorsement.entry)


def publish_achievement(
    *,
    public_id: UUID,
    issuer: Organization,
    document: dict[str, Any],
    snapshot_digest: str,
    facets: Mapping[str, str] | None = None,
) -> PublishedAchievement:
    """Make the achievement of an approved version public, under the version's own id, with a list to revoke by."""
    status.open_list(issuer)
    return PublishedAchievement.objects.create(
        public_id=public_id,
        issuer=issuer,
        document=document,
        snapshot_digest=snapshot_digest,
        facets=dict(facets or {}),
    )


def plan_of(credential: Credential, contents: Contents, salt: str, valid_from: datetime) -> dict[str, Any]:
    """The unsigned badge of a row with these contents."""
    identities = [documents.hashed_identity(credential.recipient.email, salt)]
    if contents.name:
        identities.append(documents.shown_name(contents.name))
    return documents.badge(
        address=documents.address("badges", credential.public_id),
        issuer=credential.issuer,
        achievement=credential.achievement.document,
        identities=identities,
        results=contents.results,
        evidence=contents.evidence,
        awarded_at=contents.awarded_at,
        valid_from=valid_from,
        valid_until=contents.valid_until,
        status=status.entry_document(credential.entry),
        endorsements=[endorsement.document for endorsement in contents.endorsements],
    )


def amend_achievement(*, public_id: UUID, document: dict[str, Any]) -> None:
    """Show a released patch of the presentation; the digest stays that of the approved snapshot."""
    PublishedAchievement.objects.filter(public_id=public_id).update(document=document)


def prepare(
    *, achievement: PublishedAchievement, recipient: User, award_reference: UUID, contents: Contents
) -> Credential:
    """C1: store the planned content and the status index, before anything is signed."""
    credential = Credential(
        issuer=achievement.issuer,
        achievement=achievement,
        award_reference=award_reference,
        recipient=recipient,
        entry=status.allocate(achievement.issuer),
        awarded_at=contents.awarded_at,
        valid_until=contents.valid_until,
    )
    storing.write_plan(credential, plan_of(credential, contents, secrets.token_hex(16), timezone.now()))
    credential.save()
    return credential


def consent(*, credential: Credential, contents: Contents, name_shown: bool) -> Credential:
    """C1: the earner agrees to what the badge will say; the plan is written anew as it was shown, not yet signed."""
    locked = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    now = timezone.now()
    over = locked.valid_until is not None and locked.valid_until <= now
    if locked.status != Credential.Status.PREPARED or locked.acceptance == Credential.Acceptance.DECLINED or over:
        raise WrongStatus
    storing.write_plan(locked, planned(locked, contents))
    locked.consented_at, locked.name_shown = now, name_shown
    locked.save(update_fields=["template", "slots", "whole_plan", "consented_at", "name_shown"])
    return locked


def planned(credential: Credential, contents: Contents) -> dict[str, Any]:
    """What a prepared badge would say with these contents: same address, index, identity and first day."""
    salt = credential.plan["credentialSubject"]["identifier"][0]["salt"]
    first_day = proofs.moment(credential.plan["validFrom"])
    assert first_day is not None
    return plan_of(credential, contents, salt, first_day)


def issue(*, credential: Credential) -> Credential:
    """C2 for one badge."""
    return issue_batch(credentials=[credential])[0]


@transaction.atomic
def issue_batch(*, credentials: Sequence[Credential]) -> list[Credential]:
    """C2: sign each plan to which its earner agreed, read back, then offer it. One function for one and for many.

    The first, the last, a random sample, and each badge that needed the full algorithm are read back: one that fails
    takes the whole batch with it, before anybody sees a badge.
    """
    stops.refuse_stopped({credential.issuer_id for credential in credentials})
    now, looked_at = timezone.now(), sample(len(credentials))
    pens: dict[int, Pen] = {}
    issued = []
    with ExitStack() as opened:
        for place, credential in enumerate(credentials):
            if credential.issuer_id not in pens:
                key = keys.active_key(credential.issuer, SigningKey.Purpose.BADGES)
                pens[credential.issuer_id] = Pen(opened.enter_context(keys.opened_signer(key)), created=now)
            signed = sign_plan(credential.plan, pens[credential.issuer_id])
            if signed.full or place in looked_at:
                read_back(signed.document, credential.issuer)
            issued.append(_offer(credential, signed.document, now))
    return issued


def sample(size: int) -> set[int]:
    """The places of a batch that are read back."""
    chosen = secrets.SystemRandom().sample(range(size), min(size, SAMPLE))
    return {0, size - 1, *chosen}


def _offer(credential: Credential, document: dict[str, Any], now: datetime) -> Credential:
    agreed = Credential.objects.filter(pk=credential.pk, status=Credential.Status.PREPARED, consented_at__isnull=False)
    if not agreed.update(
        status=Credential.Status.ISSUED,
        acceptance=Credential.Acceptance.OFFERED,
        offered_at=now,
        **storing.signed_values(credential, document),
    ):
        raise WrongStatus
    credential.refresh_from_db()
    return credential


@transaction.atomic
def replace(*, credential: Credential, contents: Contents) -> Credential:
    """C9: a corrected badge for the same award, signed and offered before the old one's bit is set.

    The earner's consent and the choice about the name are carried over; the old badge says for ever which took its
    place. One transaction, so that nobody ever sees the award without a badge, or with two.
    """
    now = timezone.now()
    live = Credential.objects.filter(pk=credential.pk, status=Credential.Status.ISSUED)
    if not live.update(status=Credential.Status.REPLACED, replaced_at=now, surrender_asked_at=None):
        raise WrongStatus
    fresh = prepare(
        achievement=credential.achievement,
        recipient=credential.recipient,
        award_reference=credential.award_reference,
        contents=contents,
    )
    Credential.objects.filter(pk=fresh.pk).update(consented_at=now, name_shown=credential.name_shown)
    issued = issue(credential=fresh)
    Credential.objects.filter(pk=credential.pk).update(replaced_by=issued)
    status.revoke(credential.entry)
    return issued


def sign_statement(
    *,
    public_id: UUID,
    issuer: Organization,
    recipient: User,
    name: str,
    description: str,
    achievement: dict[str, Any],
    results: list[dict[str, Any]],
) -> dict[str, Any]:
    """A statement of results in the institution's name, read back before it is handed out."""
    now = timezone.now()
    unsigned = documents.statement(
        address=documents.address("statements", public_id),
        issuer=issuer,
        name=name,
        description=description,
        achievement=achievement,
        identities=[documents.hashed_identity(recipient.email, secrets.token_hex(16))],
        results=results,
        valid_from=now,
    )
    key = keys.ensure_key(issuer, SigningKey.Purpose.BADGES)
    document = proofs.sign(unsigned, keys.signer(key), created=now)
    read_back(document, issuer)
    return document

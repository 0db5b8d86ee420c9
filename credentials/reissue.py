"""Badges and endorsements whose signature holds no more, made anew: the new one is signed before the old one ends.

For the drill of a compromised key (`promises.md` PR11), which has stopped issuing: this is the one way past the stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from credentials import actions, batch, keys, proofs, status
from credentials.batch import Offered, Planned
from credentials.errors import WrongStatus
from credentials.models import BadgeTemplate, Credential, Endorsement, ShareLink, SigningKey
from people.models import Organization

S = Credential.Status
LIVE = (S.ISSUED, S.SUSPENDED)
CARRIED = ("status", "acceptance", "public", "offered_at", "suspended_at", "surrender_asked_at")


def badges_hit_by(key: SigningKey) -> QuerySet[Credential]:
    """The issuer's badges that hold no more without this key, whatever became of them.

    Those that it signed; of a key for endorsements, those that carry an approval of the issuer's own by it.
    """
    own = Credential.objects.filter(issuer=key.organization, offered_at__isnull=False)
    method = keys.method_of(key)
    if key.purpose == SigningKey.Purpose.BADGES:
        return own.filter(Q(proof__0=method) | Q(whole_document__proof__contains=[{"verificationMethod": method}]))
    if key.purpose == SigningKey.Purpose.ENDORSEMENTS:
        texts = BadgeTemplate.objects.annotate(text=Cast("parts", TextField()))
        shapes = list(texts.filter(text__contains=key.public_multibase).values_list("pk", flat=True))
        return own.annotate(whole=Cast("whole_document", TextField())).filter(
            Q(template__in=shapes) | Q(whole__contains=key.public_multibase)
        )
    return own.none()


def endorsements_signed_with(key: SigningKey) -> QuerySet[Endorsement]:
    """Every endorsement of an organization that carries this key's signature."""
    signed = [{"verificationMethod": keys.method_of(key)}]
    return Endorsement.objects.filter(issuer=key.organization, document__proof__contains=signed)


@transaction.atomic
def replace_all(*, old: Sequence[Credential], planned: Sequence[Planned]) -> list[Offered]:
    """C9 for many badges of one achievement, for a new key: same award, consent, answer, page and suspension.

    Set-wise, and the bits of the old ones are the last thing that is set. Raises `WrongStatus` when one of them is no
    longer live: then nothing happened.
    """
    now, pks, issuer = timezone.now(), [credential.pk for credential in old], old[0].issuer
    locked = Credential.objects.select_for_update(of=("self",)).filter(pk__in=pks, status__in=LIVE)
    before = {row.pk: row for row in locked.select_related("entry")}
    if len(before) != len(pks):
        raise WrongStatus
    Credential.objects.filter(pk__in=pks).update(status=S.REPLACED, replaced_at=now, surrender_asked_at=None)
    prepared = [pk for pk, _public_id in batch.prepare_many(achievement=old[0].achievement, planned=planned)]
    offered = {one.pk: one for one in batch.sign_many(issuer=issuer, badges=prepared, drill=True)}
    _carry_over([before[pk] for pk in pks], prepared)
    status.revoke_many([before[pk].entry for pk in pks])
    return [offered[pk] for pk in prepared]


def _carry_over(before: Sequence[Credential], fresh: Sequence[int]) -> None:
    """What the earner answered and shows, links too, and a suspension with its day, stand for the new badge."""
    rows = Credential.objects.select_related("entry").in_bulk(fresh)
    suspended_in: set[int] = set()
    for old, pk in zip(before, fresh, strict=True):
        new = rows[pk]
        for name in CARRIED:
            setattr(new, name, getattr(old, name))
        if new.status == S.SUSPENDED:
            suspended_in.add(new.entry.status_list_id)
    Credential.objects.bulk_update(rows.values(), CARRIED)
    replaced = Credential.objects.in_bulk([old.pk for old in before])
    for old, pk in zip(before, fresh, strict=True):
        replaced[old.pk].replaced_by_id = pk
    Credential.objects.bulk_update(replaced.values(), ["replaced_by"])
    successor = Credential.objects.filter(pk=OuterRef("credential_id")).values("replaced_by_id")[:1]
    ShareLink.objects.filter(credential__in=replaced).update(credential_id=Subquery(successor))
    for status_list_id in sorted(suspended_in):
        status.changed(status_list_id)


@transaction.atomic
def sign_again(endorsement: Endorsement) -> Endorsement:
    """The institution's own approval by its new key, over the same snapshot and until the same day; the old one ends.

    Never for a partner: its key signs only when its signatory acts.
    """
    fresh = actions.issue_endorsement(
        issuer=endorsement.issuer,
        kind=endorsement.kind,
        achievement_url=endorsement.achievement_url,
        snapshot_digest=endorsement.snapshot_digest,
        comment=endorsement.document["credentialSubject"].get("endorsementComment", ""),
        valid_until=endorsement.valid_until,
        facets=endorsement.facets,
    )
    actions.withdraw_endorsement(endorsement=endorsement)
    return fresh


def signed_again(document: dict[str, Any], issuer: Organization) -> dict[str, Any]:
    """The same document with a signature by the issuer's present key for badges, read back."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    key = keys.active_key(issuer, SigningKey.Purpose.BADGES)
    signed = proofs.sign(unsigned, keys.signer(key), created=timezone.now())
    actions.read_back(signed, issuer)
    return signed

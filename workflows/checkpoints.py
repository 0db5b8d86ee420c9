"""Checkpoints of the ledger: a signed root over the heads of all streams, chained, so that a cut end is found too.

A chain of hashes shows that nothing in the middle was changed. That its last rows were cut off, or that a whole stream
was written anew, only a checkpoint shows, and only a copy outside shows that the last checkpoints were cut off as well
(`promises.md` 10). A checkpoint keeps the heads that moved since the one before it; its root covers all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import rfc8785
from django.db import connection, transaction
from django.utils import timezone

from credentials import attestations
from people.models import Organization, OrganizationKind
from workflows import ledger
from workflows.ledger import GENESIS, Fault
from workflows.models import Checkpoint, LedgerEvent

STREAM = "checkpoints"
LOCK = "checkpoints"
Heads = dict[str, tuple[int, str]]


class Contradiction(Exception):
    """The ledger no longer holds what an earlier checkpoint covers; nothing new is signed over it."""


def body_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """What the digest and the signatures of a checkpoint cover."""
    return {
        "root": checkpoint.root,
        "heads": checkpoint.heads,
        "at": checkpoint.made_at.isoformat(),
        "previous": checkpoint.previous,
    }


def as_data(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint as JSON values, to be kept outside."""
    return {**body_of(checkpoint), "digest": checkpoint.digest, "signature": checkpoint.signature}


def _bytes(checkpoint: Checkpoint) -> bytes:
    return rfc8785.dumps(body_of(checkpoint))


def _covered() -> Heads:
    """The heads as all checkpoints together state them."""
    covered: Heads = {}
    for heads in Checkpoint.objects.order_by("pk").values_list("heads", flat=True):
        covered.update({stream: (sequence, digest) for stream, (sequence, digest) in heads.items()})
    return covered


@transaction.atomic
def make() -> Checkpoint | None:
    """Cover the heads of all streams; the last checkpoint when nothing moved, None when there is nothing at all.

    Every institution signs with its own key. Raises `Contradiction` instead of covering up a cut.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    last = Checkpoint.objects.order_by("-pk").first()
    heads, covered = ledger.heads(), _covered()
    _refuse_cut(heads, covered)
    moved = {stream: list(head) for stream, head in heads.items() if covered.get(stream) != head}
    if not moved:
        return last
    checkpoint = Checkpoint(
        root=ledger.merkle_root(heads),
        heads=moved,
        made_at=timezone.now(),
        previous=last.digest if last else GENESIS,
    )
    data = _bytes(checkpoint)
    checkpoint.digest = hashlib.sha256(data).hexdigest()
    checkpoint.signature = {
        organization.slug: attestations.attest(organization, data)
        for organization in Organization.objects.filter(kind=OrganizationKind.INSTITUTION).order_by("pk")
    }
    checkpoint.save(force_insert=True)
    return checkpoint


def _refuse_cut(heads: Heads, covered: Heads) -> None:
    for stream, (sequence, _digest) in covered.items():
        if heads.get(stream, (0, ""))[0] < sequence:
            raise Contradiction(f"{stream} ends before row {sequence}, which an earlier checkpoint covers.")


def faults() -> Iterator[Fault]:
    """Every place where checkpoints contradict themselves or the ledger."""
    institutions = {organization.slug: organization for organization in Organization.objects.all()}
    previous, covered, last = GENESIS, {}, None
    for place, checkpoint in enumerate(Checkpoint.objects.order_by("pk").iterator(), start=1):
        yield from _faults_of(checkpoint, place, previous, institutions)
        covered.update({(stream, head[0]): head[1] for stream, head in checkpoint.heads.items()})
        previous, last = checkpoint.digest, (place, checkpoint)
    if last is not None and last[1].root != ledger.merkle_root(_covered()):
        yield Fault(STREAM, last[0], "its root is not the one over the heads that the checkpoints state")
    yield from _against_rows(covered)


def _faults_of(
    checkpoint: Checkpoint, place: int, previous: str, institutions: Mapping[str, Organization]
) -> Iterator[Fault]:
    data = _bytes(checkpoint)
    if checkpoint.previous != previous:
        yield Fault(STREAM, place, "it does not follow from the checkpoint before it")
    if checkpoint.digest != hashlib.sha256(data).hexdigest():
        yield Fault(STREAM, place, "its content is not what was signed")
        return
    for slug, signature in checkpoint.signature.items():
        signer = institutions.get(slug)
        if signer is None or not attestations.holds(signer, signature, data, at=checkpoint.made_at):
            yield Fault(STREAM, place, f"the signature of {slug} does not hold")
    if not checkpoint.signature and institutions:
        yield Fault(STREAM, place, "nobody signed it")


def _against_rows(covered: dict[tuple[str, int], str]) -> Iterator[Fault]:
    """Rows that a checkpoint covers and that are gone or another one now."""
    left = dict(covered)
    rows = LedgerEvent.objects.values_list("stream", "sequence", "hash")
    for stream, sequence, digest in rows.iterator(chunk_size=5000):
        stated = left.pop((stream, sequence), None)
        if stated is not None and stated != digest:
            yield Fault(stream, sequence, "it is not the row that a checkpoint covers")
    for stream, sequence in sorted(left):
        yield Fault(stream, sequence, f"row {sequence}, which a checkpoint covers, is missing")


def against(copy: Mapping[str, Any]) -> Iterator[Fault]:
    """Whether a copy that was kept outside stands among our checkpoints; else the end was cut off or written anew."""
    known = set(Checkpoint.objects.values_list("digest", flat=True))
    if copy.get("digest") not in known:
        yield Fault(STREAM, 0, f"the checkpoint of {copy.get('at')} that was kept outside is not among ours")

"""Checkpoints of the ledger: a signed root over the heads of all streams, chained, so that a cut end is found too.

A chain of hashes shows that nothing in the middle was changed. That its last rows were cut off, or that a whole stream
was written anew, only a checkpoint shows, and only a copy outside shows that the last checkpoints were cut off as well
(`promises.md` 10). A checkpoint keeps the heads that moved since the one before it; its root covers all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import rfc8785
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from credentials import attestations
from people.models import Organization, OrganizationKind
from workflows import ledger
from workflows.ledger import GENESIS, Fault
from workflows.merkle import Head, Inclusion, Tree
from workflows.models import Checkpoint

STREAM = "checkpoints"
LOCK = "checkpoints"
FORM = 2
COVERED = """
    SELECT DISTINCT ON (head.key COLLATE "C") head.key AS stream, (head.value->>0)::int AS sequence,
        head.value->>1 AS hash
    FROM workflows_checkpoint AS checkpoint CROSS JOIN LATERAL jsonb_each(checkpoint.heads) AS head
    WHERE %s::bigint IS NULL OR checkpoint.id <= %s
    ORDER BY head.key COLLATE "C", checkpoint.id DESC
"""
# The heads of now beside those that the checkpoints state: one statement, so that both are of the same moment.
COMPARED = f"""
    WITH head AS ({ledger.ALL_HEADS}), covered AS ({COVERED})
    SELECT COALESCE(head.stream, covered.stream) AS name, head.sequence, head.hash, covered.sequence, covered.hash
    FROM head FULL JOIN covered ON covered.stream = head.stream
    ORDER BY COALESCE(head.stream, covered.stream) COLLATE "C"
"""  # noqa: S608  # two constants of ours
# Rows that a checkpoint covers and that are gone or another one now.
MISSING = """
    SELECT head.key, (head.value->>0)::int, event.hash
    FROM workflows_checkpoint AS checkpoint CROSS JOIN LATERAL jsonb_each(checkpoint.heads) AS head
    LEFT JOIN workflows_ledgerevent AS event ON event.stream = head.key AND event.sequence = (head.value->>0)::int
    WHERE event.hash IS DISTINCT FROM head.value->>1
    ORDER BY event.hash IS NULL, head.key COLLATE "C", 2
"""


class Contradiction(Exception):
    """The ledger no longer holds what an earlier checkpoint covers; nothing new is signed over it."""


def body_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """What the digest and the signatures of a checkpoint cover."""
    body = {"root": checkpoint.root, "at": checkpoint.made_at.isoformat(), "previous": checkpoint.previous}
    if checkpoint.form == 1:
        return {**body, "heads": checkpoint.heads}
    heads = hashlib.sha256(rfc8785.dumps(checkpoint.heads)).hexdigest()
    return {**body, "form": checkpoint.form, "heads": f"sha256:{heads}", "streams": checkpoint.streams}


def as_data(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint as JSON values, to be kept outside."""
    return {**body_of(checkpoint), "digest": checkpoint.digest, "signature": checkpoint.signature}


def newest() -> dict[str, Any] | None:
    """The last checkpoint, to be kept outside; None before there is one."""
    last = Checkpoint.objects.order_by("-pk").first()
    return as_data(last) if last is not None else None


def _bytes(checkpoint: Checkpoint) -> bytes:
    return rfc8785.dumps(body_of(checkpoint))


def covered(until: Checkpoint | None = None) -> Iterator[Head]:
    """The heads as the checkpoints state them, up to and with one of them or the last one."""
    last = until.pk if until is not None else None
    with connection.chunked_cursor() as cursor:
        cursor.execute(COVERED, [last, last])
        yield from cursor


def inclusion(stream: str, checkpoint: Checkpoint) -> Inclusion | None:
    """The proof that a stream's head lies under the root of a checkpoint; None for a stream that began later."""
    tree = Tree(stream)
    for head in covered(checkpoint):
        tree.add(head)
    return tree.inclusion()


@transaction.atomic
def make() -> Checkpoint | None:
    """Cover the heads of all streams; the last checkpoint when nothing moved, None when there is nothing at all.

    Every institution signs with its own key. Raises `Contradiction` instead of covering up a cut.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    last = Checkpoint.objects.order_by("-pk").first()
    tree, moved = _compared()
    if not moved:
        return last
    checkpoint = Checkpoint(
        root=tree.root(),
        heads=moved,
        made_at=timezone.now(),
        previous=last.digest if last else GENESIS,
        form=FORM,
        streams=tree.size,
    )
    data = _bytes(checkpoint)
    checkpoint.digest = hashlib.sha256(data).hexdigest()
    checkpoint.signature = {
        organization.slug: attestations.attest(organization, data)
        for organization in Organization.objects.filter(kind=OrganizationKind.INSTITUTION).order_by("pk")
    }
    checkpoint.save(force_insert=True)
    return checkpoint


def _compared() -> tuple[Tree, dict[str, list[int | str]]]:
    """The tree over the heads of now, and those that moved. Raises `Contradiction` for a stream that was cut."""
    tree, moved = Tree(), {}
    with connection.chunked_cursor() as cursor:
        cursor.execute(COMPARED, [None, None])
        for stream, sequence, digest, stated, stated_digest in cursor:
            if stated is not None and (sequence or 0) < stated:
                raise Contradiction(f"{stream} ends before row {stated}, which an earlier checkpoint covers.")
            tree.add((stream, sequence, digest))
            if (sequence, digest) != (stated, stated_digest):
                moved[stream] = [sequence, digest]
    return tree, moved


def faults() -> Iterator[Fault]:
    """Every place where checkpoints contradict themselves or the ledger."""
    institutions = {organization.slug: organization for organization in Organization.objects.all()}
    previous, last = GENESIS, None
    for place, checkpoint in enumerate(Checkpoint.objects.order_by("pk").iterator(chunk_size=100), start=1):
        yield from _faults_of(checkpoint, place, previous, institutions)
        previous, last = checkpoint.digest, (place, checkpoint)
    if last is not None and last[1].root != ledger.merkle_root(covered()):
        yield Fault(STREAM, last[0], "its root is not the one over the heads that the checkpoints state")
    yield from _against_rows()


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


def _against_rows() -> Iterator[Fault]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(MISSING)
        for stream, sequence, digest in cursor:
            if digest is not None:
                yield Fault(stream, sequence, "it is not the row that a checkpoint covers")
            else:
                yield Fault(stream, sequence, f"row {sequence}, which a checkpoint covers, is missing")


def against(copy: Mapping[str, Any]) -> Iterator[Fault]:
    """Whether a copy that was kept outside stands among our checkpoints; else the end was cut off or written anew."""
    known = set(Checkpoint.objects.values_list("digest", flat=True))
    if copy.get("digest") not in known:
        yield Fault(STREAM, 0, f"the checkpoint of {copy.get('at')} that was kept outside is not among ours")


def keep() -> None:
    """Make a checkpoint and leave a copy of it in the folder of the settings, for others to copy on.

    Raises `Contradiction` when the newest copy there is not among ours: then the end was cut off or written anew.
    """
    if not settings.CHECKPOINT_FOLDER:
        make()
        return
    folder = Path(settings.CHECKPOINT_FOLDER)
    copies = sorted(folder.glob("*.json"))
    for fault in against(json.loads(copies[-1].read_text(encoding="utf-8"))) if copies else ():
        raise Contradiction(fault.reason)
    made = make()
    if made is not None:
        path = folder / f"{made.made_at:%Y%m%dT%H%M%S%f}-{made.digest[:16]}.json"
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(as_data(made), indent=1), encoding="utf-8")
        partial.replace(path)

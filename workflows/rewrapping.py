"""Everything that the wrapping key protects, wrapped with the present one: signing keys and learners' evidence.

Row by row, each in a transaction of its own: it may be killed at any moment and run again, and it may run while the
service does, as long as the wrapping key before it is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from credentials import keys, wrapping
from workflows.models import EvidenceItem


@dataclass
class Rewrapped:
    """What a run did, and what another wrapping key still protects."""

    keys: int = 0
    evidence: int = 0
    left: int = 0


def rewrap() -> Rewrapped:
    """Wrap all anew. Raises `DoesNotOpen` where the wrapping key before it is not at hand."""
    done, name = Rewrapped(), wrapping.current().name
    for key in keys.left_to_rewrap():
        done.keys += keys.rewrap_key(key)
    items = EvidenceItem.objects.filter(content__isnull=False).order_by("pk")
    for pk in items.values_list("pk", flat=True).iterator(chunk_size=500):
        done.evidence += _rewrap_item(pk, name)
    done.left = len(keys.left_to_rewrap())
    return done


@transaction.atomic
def _rewrap_item(pk: int, name: str) -> bool:
    item = EvidenceItem.objects.select_for_update().get(pk=pk)
    if item.content is None or wrapping.sealed_with(bytes(item.content)) == name:
        return False
    item.content = wrapping.reseal(bytes(item.content), f"evidence:{item.public_id}")
    item.save(update_fields=["content"])
    return True

"""Everything that the wrapping key protects, wrapped with the present one: signing keys and learners' evidence.

Row by row, each in a transaction of its own: it may be killed at any moment and run again, and it may run while the
service does, as long as the wrapping key before it is at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from credentials import keys, wrapping
from workflows.models import EvidenceItem


@dataclass
class Rewrapped:
    """What a run did, and what another wrapping key still protects."""

    keys: int = 0
    evidence: int = 0
    others: int = 0
    left: int = 0


Rewrap = Callable[[], int]  # wraps what an upper floor keeps with the present key, and answers how many rows it wrapped
_others: list[Rewrap] = []


def register(rewrap_others: Rewrap) -> None:
    """Let an upper floor's secrets be wrapped anew with the others; a second call with the same one changes nothing."""
    if rewrap_others not in _others:
        _others.append(rewrap_others)


def rewrap() -> Rewrapped:
    """Wrap all anew. Raises `DoesNotOpen` where the wrapping key before it is not at hand."""
    done, name = Rewrapped(), wrapping.current().name
    for key in keys.left_to_rewrap():
        done.keys += keys.rewrap_key(key)
    items = EvidenceItem.objects.filter(content__isnull=False).order_by("pk")
    for pk in items.values_list("pk", flat=True).iterator(chunk_size=500):
        done.evidence += _rewrap_item(pk, name)
    done.others = sum(rewrap_others() for rewrap_others in _others)
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

"""Writes badges compactly: a plan is cut into its template and its own values; a signed badge adds only its proof."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import rfc8785
from django.db import transaction

from credentials.badge_template import replaced
from credentials.compact import PROOF, Shape
from credentials.errors import LossyDocument
from credentials.models import BadgeTemplate, Credential
from people.among import among

Document = dict[str, Any]


def cut(plan: Document) -> tuple[Shape, list[str]]:
    """The shape of an unsigned badge, and its own values in the order of its places."""
    secret = secrets.token_hex(8)
    values: list[tuple[str, str]] = []

    def put(place: tuple[str, ...], value: str) -> str:
        values.append((".".join(place), value))
        return f"{secret}:{len(values) - 1}:"

    text = rfc8785.dumps({**replaced(plan, put), PROOF: secret}).decode()
    holes = re.compile(rf'"{PROOF}":"{secret}",|{secret}:(\d+):')
    found = list(holes.finditer(text))
    starts, ends = [0, *(hole.end() for hole in found)], [*(hole.start() for hole in found), len(text)]
    parts = tuple(text[start:end] for start, end in zip(starts, ends, strict=True))
    cuts = [values[int(hole[1])] if hole[1] else (PROOF, "") for hole in found]
    shape = Shape(parts, tuple(place for place, _value in cuts))
    return shape, [value for place, value in cuts if place != PROOF]


def keep_templates(shapes: Collection[Shape]) -> None:
    """Store the shapes that are not stored yet, always in one order, so that two batches never wait in a ring."""
    rows = {shape.key: BadgeTemplate(shape.key, list(shape.parts), list(shape.places)) for shape in shapes}
    BadgeTemplate.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)


def write_plan(credential: Credential, plan: Document) -> None:
    """Put a plan into a row that its caller saves, and its template into the table."""
    shape, slots = cut(plan)
    keep_templates([shape])
    credential.template_id, credential.slots, credential.whole_plan = shape.key, slots, None


def signed_values(credential: Credential, document: Document) -> dict[str, Any]:
    """What a row keeps of a signed badge. Raises `LossyDocument` when that would not be the whole of it."""
    [proof] = document[PROOF]
    kept = [proof["verificationMethod"], proof["created"], proof["proofValue"]]
    if credential.template_id is None:
        write_plan(credential, credential.plan)  # planned before storage was compact
    text = credential.text_with(kept)
    if text.encode() != rfc8785.dumps(document):
        raise LossyDocument
    return {
        "template_id": credential.template_id,
        "slots": credential.slots,
        "whole_plan": None,
        "proof": kept,
        "text_digest": hashlib.sha256(text.encode()).digest(),
    }


def compact_rows(*, size: int = 500) -> int:
    """The second step to compact storage: rewrite rows that keep whole documents; how many.

    Each row is rendered and compared before its whole document goes. One that cannot be rendered the same stays.
    """
    return sum(compact(keys) for keys in _whole(size))


def _whole(size: int) -> Iterator[list[int]]:
    last = 0
    rows = Credential.objects.filter(template=None).order_by("pk")
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:size]):
        yield keys
        last = keys[-1]


@transaction.atomic
def compact(keys: Sequence[int]) -> int:
    """Rewrite those of these rows that keep whole documents; how many."""
    done = 0
    rows = Credential.objects.select_for_update(of=("self",)).filter(among("pk", keys), template=None)
    for row in rows.order_by("pk"):
        whole, row.whole_document = row.whole_document, None
        try:
            write_plan(row, {name: value for name, value in (whole or row.plan).items() if name != PROOF})
            values = signed_values(row, whole) if whole else {"template_id": row.template_id, "slots": row.slots}
        except (LossyDocument, ValueError, KeyError, TypeError):  # not one proof of ours: it stays whole
            continue
        done += Credential.objects.filter(pk=row.pk).update(**{**values, "whole_plan": None, "whole_document": None})
    return done

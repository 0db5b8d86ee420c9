"""Every stored badge read again from scratch: rendered, compared with its digest, verified by the second reader."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from credentials import keys, proofs, queries, second_reader
from credentials.models import Credential

ENDED = {Credential.Status.REVOKED, Credential.Status.REPLACED}  # perhaps because their key is no longer listed


@dataclass(frozen=True)
class Defect:
    """One badge that is not as it was signed."""

    badge: str
    reason: str


def defects(*, verify: bool = True) -> Iterator[Defect]:
    """Name each stored badge that does not render to its digest or, unless it ended or nobody asks, does not verify."""
    controllers: dict[int, dict[str, Any]] = {}
    signed = Credential.objects.filter(offered_at__isnull=False).select_related("issuer").order_by("pk")
    for credential in signed.iterator(chunk_size=1000):
        text = credential.text
        if text is None:
            yield Defect(str(credential.public_id), "it was offered, but nothing signed is stored")
        elif f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" != queries.digest_of(credential):
            yield Defect(str(credential.public_id), "its text is not the text that was signed")
        elif verify and credential.status not in ENDED and not _verifies(credential, text, controllers):
            yield Defect(str(credential.public_id), "its signature does not hold")


def _verifies(credential: Credential, text: str, controllers: dict[int, dict[str, Any]]) -> bool:
    """True when the signature holds by the second reader, with the keys that the issuer lists today."""
    if credential.issuer_id not in controllers:
        controllers[credential.issuer_id] = keys.did_document(credential.issuer)
    return proofs.verify(json.loads(text), controllers[credential.issuer_id], second_reader.canonical)

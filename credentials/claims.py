"""What an endorsement claims and which text it is bound to: words and digests that documents and verdicts share."""

from __future__ import annotations

import base64
import re
from enum import StrEnum
from typing import Any


class Claim(StrEnum):
    """The two validations by partners, and the approval by the quality office (badges.md 1.9)."""

    DEMAND = "demand"
    JOB = "job_performance"
    QUALITY = "quality_approval"


NAMES = {
    Claim.DEMAND: "Endorsement: the competency is in demand",
    Claim.JOB: "Endorsement: the assessment reflects job performance",
    Claim.QUALITY: "Quality approval",
}
# Any installation of Imprimatur has the same terms: what is claimed is not yet believed.
_TERM = re.compile(r"https?://[^/?#\s]+/terms/(" + "|".join(Claim) + ")")


def term(base: str, claim: str) -> str:
    """The IRI of a claim, at the address of an installation."""
    return f"{base}/terms/{claim}"


def claim_of(endorsement: dict[str, Any]) -> str:
    """What an endorsement claims, by the IRI among its types, else by the name that we give it; empty when unknown."""
    types = endorsement.get("type")
    stated = {m.group(1) for one in types if (m := _TERM.fullmatch(str(one)))} if isinstance(types, list) else set()
    named = {name: str(claim) for claim, name in NAMES.items()}
    return stated.pop() if len(stated) == 1 else named.get(str(endorsement.get("name")), "")


def multibase_digest(digest: str) -> str:
    """`sha256:<hex>` as Multibase base64url of the Multihash (VC Data Model 2.0, section 5.3)."""
    raw = b"\x12\x20" + bytes.fromhex(digest.removeprefix("sha256:"))
    return "u" + base64.urlsafe_b64encode(raw).decode().rstrip("=")

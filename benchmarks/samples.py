"""The badges that are measured, and a key that needs no database."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.badge_template import Pen, slots_of, template_of
from credentials.base58 import b58encode
from credentials.compiled import Template

Document = dict[str, Any]
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
COHORT = 1000  # learners of one cohort: every one has other values
# What differs between the learners of a cohort who reached the same levels on the same day.
OWN = ("id", "credentialStatus.id", "credentialStatus.statusListIndex")


class Key:
    """A fresh Ed25519 key of an issuer."""

    def __init__(self, did: str) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.public = self.private.public_key()
        self.multibase = "z" + b58encode(b"\xed\x01" + self.public.public_bytes_raw())
        self.did, self.method = did, f"{did}#{self.multibase}"
        self.sign = self.private.sign

    @property
    def controller(self) -> Document:
        """The document of the issuer that lists the key."""
        method = {
            "id": self.method,
            "type": "Multikey",
            "controller": self.did,
            "publicKeyMultibase": self.multibase,
        }
        return {"id": self.did, "verificationMethod": [method], "assertionMethod": [self.method]}


def gowning() -> Document:
    """The badge of our sample "Cleanroom Behaviour and Gowning", whole: five endorsements, three pieces of evidence."""
    found: Document = json.loads((Path(__file__).parent / "gowning.json").read_text(encoding="utf-8"))
    return found


def plain() -> Document:
    """The same badge as most programs would write it: two endorsements, one criterion in the rubric, no evidence."""
    document = gowning()
    del document["evidence"]
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement["endorsement"] = achievement["endorsement"][:2]
    achievement["alignment"] = achievement["alignment"][:2]
    achievement["resultDescription"] = [achievement["resultDescription"][0], achievement["resultDescription"][-1]]
    subject["result"] = [subject["result"][0], subject["result"][-1]]
    return document


@dataclass
class Cohort:
    """A compiled badge and the values of many learners."""

    name: str
    document: Document
    template: Template
    slots: list[dict[str, str]]
    key: Key
    pen: Pen


def cohort(name: str, document: Document) -> Cohort:
    """Compile a badge and invent its learners."""
    values = slots_of(document)
    own = [place for place in values if place in OWN or place.endswith(".id") or "identifier" in place]
    shared = {place: value for place, value in values.items() if place not in own}
    key = Key(document["issuer"]["id"])
    return Cohort(
        name,
        document,
        template_of(document).specialized(shared),
        [_learner(values, own) for _ in range(COHORT)],
        key,
        Pen(key, created=NOW),
    )


def _learner(values: dict[str, str], own: list[str]) -> dict[str, str]:
    number = str(secrets.randbelow(131072))
    made = {
        "id": values["id"].rsplit("/", 1)[0] + f"/{uuid4()}",
        "credentialStatus.id": values["credentialStatus.statusListCredential"] + f"#{number}",
        "credentialStatus.statusListIndex": number,
        "credentialSubject.identifier.0.salt": secrets.token_hex(16),
        "credentialSubject.identifier.0.identityHash": f"sha256${secrets.token_hex(32)}",
    }
    return {place: made.get(place, f"urn:uuid:{uuid4()}") for place in own}

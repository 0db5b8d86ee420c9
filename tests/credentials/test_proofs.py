"""Sets, chains and the second suite: proofs that others make and we check; and keys that follow from their name."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials import proofs
from credentials.base58 import b58encode
from credentials.canonical import OPEN_BADGES, V2, canonical
from credentials.controllers import controller_of
from credentials.keys import MULTICODEC_ED25519
from credentials.outcomes import Answer
from credentials.verdict import verify
from tests.credentials.maker import Handed

DOCUMENT: dict[str, Any] = {
    "@context": [V2, OPEN_BADGES], "id": "https://x.example/1", "validFrom": "2026-01-01T00:00:00Z", "name": "Badge",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "credentialSubject": {
        "id": "did:key:z6MkLena", "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://x.example/a", "type": ["Achievement"], "name": "a", "description": "b",
            "criteria": {"narrative": "c"},
        },
    },
}  # fmt: skip


class Foreign:
    """An issuer elsewhere, known by did:key alone."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.multibase = "z" + b58encode(MULTICODEC_ED25519 + self.private.public_key().public_bytes_raw())
        self.did = f"did:key:{self.multibase}"

    def options(self, **more: Any) -> dict[str, Any]:
        return {
            "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2026-01-01T00:00:00Z",
            "verificationMethod": f"{self.did}#{self.multibase}", "proofPurpose": "assertionMethod", **more,
        }  # fmt: skip

    def prove(
        self, document: dict[str, Any], before: list[dict[str, Any]] | None = None, **more: Any
    ) -> dict[str, Any]:
        covered = {**document, **({"proof": before} if before else {})}
        options = self.options(**more)
        hashed = (
            hashlib.sha256(canonical({**options, "@context": document["@context"]})).digest()
            + hashlib.sha256(canonical(covered)).digest()
        )
        return {**options, "proofValue": "z" + b58encode(self.private.sign(hashed))}

    def document(self) -> dict[str, Any]:
        return {**DOCUMENT, "issuer": {"id": self.did, "type": ["Profile"], "name": "Elsewhere"}}


def _holds(document: dict[str, Any], foreign: Foreign) -> bool:
    controller = controller_of(foreign.did, Handed())
    assert controller is not None
    return proofs.verify(document, controller)


def test_a_badge_of_an_issuer_that_we_do_not_know_can_be_valid_and_is_not_trusted() -> None:
    foreign = Foreign()
    document = foreign.document()
    verdict = verify({**document, "proof": foreign.prove(document)}, lookup=Handed())
    assert (verdict.answer, verdict.trusted) == (Answer.VALID, "unknown")


def test_of_a_set_every_proof_must_hold() -> None:
    foreign = Foreign()
    document = foreign.document()
    one, two = foreign.prove(document), foreign.prove(document, created="2026-02-01T00:00:00Z")
    assert _holds({**document, "proof": [one, two]}, foreign)
    assert not _holds({**document, "proof": [one, {**two, "created": "2026-03-01T00:00:00Z"}]}, foreign)


def test_a_chain_covers_the_proofs_before_it() -> None:
    foreign = Foreign()
    document = foreign.document()
    first = foreign.prove(document, id="urn:uuid:1")
    second = foreign.prove(document, before=[first], previousProof="urn:uuid:1")
    assert _holds({**document, "proof": [first, second]}, foreign)
    assert not _holds({**document, "proof": [second]}, foreign)
    other = foreign.prove(document, id="urn:uuid:1", created="2026-02-01T00:00:00Z")
    assert not _holds({**document, "proof": [other, second]}, foreign)
    both = foreign.prove(document, before=[first, second | {"id": "urn:uuid:2"}], previousProof=["urn:uuid:1"])
    assert not _holds({**document, "proof": [first, second, both]}, foreign)


def test_the_suite_without_rdf_is_checked_too() -> None:
    foreign = Foreign()
    document = foreign.document()
    options = foreign.options(**{"cryptosuite": "eddsa-jcs-2022", "@context": document["@context"]})
    hashed = hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()
    proof = {**options, "proofValue": "z" + b58encode(foreign.private.sign(hashed))}
    assert _holds({**document, "proof": proof}, foreign)
    assert verify({**document, "proof": proof}, lookup=Handed()).answer == Answer.VALID
    assert not _holds({**document, "name": "Another", "proof": proof}, foreign)


@pytest.mark.parametrize("text", ["", "2026-01-01", "2026-01-01T00:00:00", "x" * 99, 7, None, "2026-01-01 00:00:00Z"])
def test_a_moment_has_day_time_and_zone(text: Any) -> None:
    assert proofs.moment(text) is None

"""Sets, chains and the second suite: proofs that others make and we check; and keys that follow from their name."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials import proofs
from credentials.base58 import b58encode
from credentials.canonical import OPEN_BADGES, V2, canonical
from credentials.controllers import controller_of
from credentials.errors import BrokenChain
from credentials.multikey import ed25519_multikey
from credentials.outcomes import Answer
from credentials.signers import Signer
from credentials.verdict import verify
from tests.credentials.maker import Handed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
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
        self.multibase = ed25519_multikey(self.private.public_key().public_bytes_raw())
        self.did = f"did:key:{self.multibase}"

    @property
    def signer(self) -> Signer:
        return Signer(f"{self.did}#{self.multibase}", self.private.sign)

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


SET = ({}, {"suite": proofs.JCS_SUITE}, {"named": "urn:uuid:1"})
CHAIN = (
    {"named": "urn:uuid:1"},
    {"named": "urn:uuid:2"},
    {"named": "urn:uuid:3", "after": ["urn:uuid:1", "urn:uuid:2"]},
    {"after": ["urn:uuid:3"]},
)


@pytest.mark.parametrize("more", [*SET, *CHAIN[:2]], ids=str)
@pytest.mark.parametrize("suite", [proofs.SUITE, proofs.JCS_SUITE])
def test_our_own_proof_is_one_that_we_and_a_second_reader_take(suite: str, more: dict[str, Any]) -> None:
    foreign = Foreign()
    signed = proofs.sign(foreign.document(), foreign.signer, created=NOW, **{"suite": suite, **more})
    assert _holds(signed, foreign)
    assert not _holds({**signed, "name": "Another"}, foreign)
    assert not _holds({**signed, "proof": [{**signed["proof"][0], "created": "2026-01-02T00:00:00Z"}]}, foreign)


def _signed(foreign: Foreign, steps: Any) -> dict[str, Any]:
    document = foreign.document()
    for step in steps:
        document = proofs.sign(document, foreign.signer, created=NOW, **step)
    return document


def test_our_own_set_stands_in_any_order_and_falls_with_any_of_its_proofs() -> None:
    foreign = Foreign()
    document = _signed(foreign, SET)
    assert [proof["cryptosuite"] for proof in document["proof"]] == [proofs.SUITE, proofs.JCS_SUITE, proofs.SUITE]
    assert _holds({**document, "proof": document["proof"][::-1]}, foreign)
    assert _holds({**document, "proof": document["proof"][1:]}, foreign)
    for place in range(3):
        bent = [dict(proof) for proof in document["proof"]]
        bent[place]["created"] = "2026-01-02T00:00:00Z"
        assert not _holds({**document, "proof": bent}, foreign)


def test_our_own_chain_names_one_proof_as_a_word_and_more_as_a_list() -> None:
    foreign = Foreign()
    document = _signed(foreign, CHAIN)
    assert document["proof"][2]["previousProof"] == ["urn:uuid:1", "urn:uuid:2"]
    assert document["proof"][3]["previousProof"] == "urn:uuid:3"
    assert _holds(document, foreign)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_chain_breaks_where_an_earlier_proof_is_taken_out_or_changed(gone: int) -> None:
    foreign = Foreign()
    document = _signed(foreign, CHAIN)
    assert not _holds({**document, "proof": [p for n, p in enumerate(document["proof"]) if n != gone]}, foreign)
    anew = foreign.prove(foreign.document(), id=document["proof"][gone]["id"], created="2026-02-01T00:00:00Z")
    bent = [anew if n == gone else p for n, p in enumerate(document["proof"])]
    assert not _holds({**document, "proof": bent}, foreign)


@pytest.mark.parametrize("before", ["urn:uuid:9", [], ["urn:uuid:1", "urn:uuid:1"], [None], {}, 7, None])
def test_a_chain_names_each_earlier_proof_once_and_by_its_address(before: Any) -> None:
    foreign = Foreign()
    first = foreign.prove(foreign.document(), id="urn:uuid:1")
    last = {**foreign.prove(foreign.document()), "previousProof": before}
    assert not _holds({**foreign.document(), "proof": [first, last]}, foreign)


def test_nothing_is_signed_over_a_proof_that_is_not_there() -> None:
    foreign = Foreign()
    with pytest.raises(BrokenChain, match="earlier signature"):
        proofs.sign(foreign.document(), foreign.signer, created=NOW, after=["urn:uuid:1"])


def test_no_context_can_be_added_after_a_signature_without_rdf() -> None:
    foreign = Foreign()
    signed = proofs.sign(foreign.document(), foreign.signer, created=NOW, suite=proofs.JCS_SUITE)
    wider = [*signed["@context"], "https://w3id.org/security/multikey/v1"]
    assert not _holds({**signed, "@context": wider}, foreign)


def test_a_proof_of_somebody_who_is_named_by_no_key_at_all_does_not_hold() -> None:
    foreign = Foreign()
    signed = proofs.sign(foreign.document(), foreign.signer, created=NOW)
    assert not proofs.verify(signed, {"id": foreign.did, "assertionMethod": [foreign.signer.method]})


@pytest.mark.parametrize("text", ["", "2026-01-01", "2026-01-01T00:00:00", "x" * 99, 7, None, "2026-01-01 00:00:00Z"])
def test_a_moment_has_day_time_and_zone(text: Any) -> None:
    assert proofs.moment(text) is None

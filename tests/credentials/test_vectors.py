"""What W3C and 1EdTech published is computed again, byte for byte (tests/data/vectors/README.md)."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials import proofs, second_reader
from credentials.base58 import b58decode
from credentials.canonical import EXAMPLES, PINNED, V2, canonical
from credentials.errors import LossyDocument
from credentials.multikey import ed25519_multikey
from credentials.signers import Signer

FOLDER = Path(__file__).parents[1] / "data" / "vectors"
W3C = json.loads((FOLDER / "w3c-vc-di-eddsa.json").read_text())
GUIDE = json.loads((FOLDER / "1edtech-ob-guide.json").read_text())
DOCUMENT: dict[str, Any] = W3C["document"]
KNOWN = {**PINNED, **EXAMPLES}
WITH_EXAMPLES = partial(canonical, known=KNOWN)
Proof = dict[str, Any]


def _private(multikey: str) -> Ed25519PrivateKey:
    """A published secret: two bytes of Multicodec (ed25519-priv) and the seed."""
    secret = b58decode(W3C["keys"][multikey][1:])
    assert secret.startswith(b"\x80\x26")
    return Ed25519PrivateKey.from_private_bytes(secret[2:])


def _signed(document: dict[str, Any], proof: Proof) -> Proof:
    """The proof that we make with the key, the moment and the place in the chain of a published one."""
    before = proof.get("previousProof", [])
    moment = proofs.moment(proof["created"])
    assert moment is not None
    signed = proofs.sign(
        document,
        Signer(proof["verificationMethod"], _private(proof["verificationMethod"].partition("#")[2]).sign),
        created=moment,
        suite=proof["cryptosuite"],
        named=proof.get("id", ""),
        after=before if isinstance(before, list) else [before],
        canonicalize=WITH_EXAMPLES,
    )
    made: Proof = signed["proof"][-1]
    return made


def _controller(proof: Proof) -> dict[str, Any]:
    issuer, _mark, multikey = proof["verificationMethod"].partition("#")
    method = {"id": proof["verificationMethod"], "type": "Multikey", "controller": issuer}
    return {"id": issuer, "verificationMethod": [{**method, "publicKeyMultibase": multikey}]}


@pytest.mark.parametrize("multikey", W3C["keys"])
def test_the_published_secrets_belong_to_the_published_keys(multikey: str) -> None:
    assert ed25519_multikey(_private(multikey).public_key().public_bytes_raw()) == multikey


@pytest.mark.parametrize("vector", W3C["single"], ids=lambda vector: vector["proof"]["cryptosuite"])
def test_hashes_and_proofs_of_both_suites(vector: dict[str, Any]) -> None:
    proof = vector["proof"]
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    assert proofs.hash_data(DOCUMENT, options, WITH_EXAMPLES).hex().endswith(vector["hashes"])
    assert _signed(DOCUMENT, proof) == proof
    signed = {**DOCUMENT, "proof": proof}
    assert proofs.signature_holds(signed, proof, _controller(proof), WITH_EXAMPLES)
    assert not proofs.signature_holds({**signed, "name": "x"}, proof, _controller(proof), WITH_EXAMPLES)


def test_a_second_implementation_canonicalizes_the_published_document_the_same() -> None:
    second = second_reader.canonical(DOCUMENT, known=KNOWN)
    assert second == WITH_EXAMPLES(DOCUMENT)
    assert hashlib.sha256(second).hexdigest() == W3C["single"][0]["hashes"][64:]


def test_the_published_chain_is_made_again_and_holds() -> None:
    document = {**DOCUMENT, "proof": W3C["chain"]}
    for place, proof in enumerate(W3C["chain"]):
        assert _signed({**DOCUMENT, "proof": W3C["chain"][:place]}, proof) == proof
        assert proofs.signature_holds(document, proof, _controller(proof), WITH_EXAMPLES)
    without = {**DOCUMENT, "proof": W3C["chain"][1:]}
    assert not proofs.signature_holds(without, W3C["chain"][2], _controller(W3C["chain"][2]), WITH_EXAMPLES)


def test_the_context_of_the_examples_is_known_to_no_badge() -> None:
    with pytest.raises(LossyDocument):
        canonical(DOCUMENT)


def test_the_vector_of_the_open_badges_guide() -> None:
    lines = {name: "".join(f"{line}\n" for line in GUIDE[name]) for name in ("document_normalized", "proof_normalized")}
    options = {name: value for name, value in GUIDE["proof"].items() if name != "proofValue"}
    ours = canonical({"@context": [V2], **options}).decode()
    assert ours.replace("^^<https://w3id.org/security#cryptosuiteString>", "") == lines["proof_normalized"]
    hashes = [hashlib.sha256(lines[name].encode()).digest() for name in ("proof_normalized", "document_normalized")]
    assert [hashed.hex() for hashed in hashes] == [GUIDE["proof_hash"], GUIDE["document_hash"]]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(GUIDE["private"]))
    assert private.public_key().public_bytes_raw().hex() == GUIDE["public"]
    assert ed25519_multikey(bytes.fromhex(GUIDE["public"])) == GUIDE["multikey"]

    def published(document: dict[str, Any]) -> bytes:
        return lines["proof_normalized" if "cryptosuite" in document else "document_normalized"].encode()

    moment = proofs.moment(GUIDE["proof"]["created"])
    assert moment is not None
    signer = Signer(GUIDE["proof"]["verificationMethod"], private.sign)
    made = proofs.sign({"@context": [V2]}, signer, created=moment, canonicalize=published)
    assert made["proof"] == [GUIDE["proof"]]
    assert b58decode(made["proof"][0]["proofValue"][1:]).hex() == GUIDE["signature"]

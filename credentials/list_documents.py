"""The signed document of a status list: a fixed template with a few values, so that publishing needs no JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from credentials import keys, proofs
from credentials.base58 import b58encode
from credentials.canonical import V2
from credentials.compiled import Markers, Template, Unsound, compile_template
from credentials.models import SigningKey
from credentials.signers import CanSign
from people.models import Organization

SECONDS_KEPT = 60  # how long a reader may keep a list: its `ttl`, and Cache-Control of the page that serves it


def _list(url: str, subject: str, issuer: str, name: str, purpose: str, since: str, bits: str) -> dict[str, Any]:
    return {
        "@context": [V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "name": name,
        "issuer": issuer,
        "validFrom": since,
        "credentialSubject": {
            "id": subject,
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bits,
            "ttl": SECONDS_KEPT * 1000,
        },
    }


def _options(method: str, created: str) -> dict[str, Any]:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": proofs.SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }


@lru_cache(maxsize=1)
def _templates() -> tuple[Template, Template]:
    """The list, and the options of its proof."""
    mark = Markers()
    document = _list(
        mark.iri("url"), mark.iri("subject"), mark.iri("issuer"), mark.text("name"), mark.text("purpose"),
        mark.text("since"), mark.text("bits"),
    )  # fmt: skip
    proof = Markers()
    options = {"@context": [V2], **_options(proof.iri("method"), proof.text("created"))}
    return compile_template(document, mark), compile_template(options, proof)


class Signer:
    """Signs the lists of one issuer at one moment."""

    def __init__(self, issuer: str, signer: CanSign, now: datetime) -> None:
        self._now, self._issuer, self._signer = now, issuer, signer

    def signed(self, url: str, purpose: str, sequence: int, bits: str) -> dict[str, Any]:
        """The list with its proof. Its number is signed, so that an older list is known as older (H25)."""
        since = proofs.stamp(self._now)
        slots = {
            "url": url, "subject": f"{url}#list", "issuer": self._issuer, "name": f"{purpose} {sequence}",
            "purpose": purpose, "since": since, "bits": bits,
        }  # fmt: skip
        document = _list(**slots)
        options = _options(self._signer.method, since)
        lists, proof = _templates()
        try:
            digest = proof.digest({"method": self._signer.method, "created": since}) + lists.digest(slots)
        except Unsound:  # such as an address that is not plain; the full algorithm reads it
            return proofs.sign(document, self._signer, created=self._now)
        return {**document, "proof": [{**options, "proofValue": "z" + b58encode(self._signer.sign(digest))}]}


@contextmanager
def opened(issuer: Organization, now: datetime) -> Iterator[Signer]:
    """What signs lists with the issuer's key for them, which is unwrapped once for both."""
    with keys.opened_signer(keys.ensure_key(issuer, SigningKey.Purpose.STATUS)) as signer:
        yield Signer(keys.did_of(issuer), signer, now)

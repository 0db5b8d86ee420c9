"""The acts that are measured: to issue, to verify, to publish a list; ours, and the same by others."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from benchmarks.measure import Contender, Rival, here, node_is_there
from benchmarks.samples import COHORT, NOW, Cohort
from credentials import list_documents, own_shape, proofs, second_reader, status
from credentials.badge_template import sign_filled
from credentials.canonical import PINNED, context_document
from credentials.strictjson import read

YARDSTICK, VERIFICATION = "one Ed25519 signature", "one Ed25519 verification"
GZIP, REBUILT = "gzip -6 of the list", "list rebuilt and signed"
LIST = "https://rehearsal.example/status/1"
OURS, PYLD, OXIGRAPH, LIBRARY, NPM = "ours", "PyLD", "pyoxigraph", "openbadgeslib", "@digitalbazaar/vc"


def yardstick() -> Contender:
    """One signature by `cryptography` over 64 bytes, which is what a proof signs."""
    private, data = Ed25519PrivateKey.generate(), secrets.token_bytes(64)
    return Contender(YARDSTICK, 500, here(lambda _number: private.sign(data)))


def issuing(cohort: Cohort) -> list[Contender]:
    """Slots in, signed JSON out."""
    template, slots, pen = cohort.template, cohort.slots, cohort.pen
    pem = cohort.key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unsigned = cohort.document

    def library(_number: int) -> None:
        from openbadgeslib.ob3.ldp import add_data_integrity_proof

        add_data_integrity_proof(unsigned, pem, cohort.key.method, created=NOW)

    def slow(canonicalize: Any) -> Any:
        return here(lambda _n: proofs.sign(unsigned, cohort.key, created=NOW, canonicalize=canonicalize))

    return [
        Contender(OURS, 500, here(lambda number: sign_filled(template, slots[number % COHORT], pen))),
        Contender(PYLD, 1, slow(proofs.canonical)),
        Contender(OXIGRAPH, 2, slow(second_reader.canonical)),
        Contender(LIBRARY, 1, here(library)),
    ]


def verifying(cohort: Cohort) -> list[Contender]:
    """Signed text in, yes or no out: our own shape, and the full way that foreign badges take."""
    badges = [sign_filled(cohort.template, slots, cohort.pen).data for slots in cohort.slots]
    checker, controller = own_shape.Checker(cohort.template, cohort.key.controller), cohort.key.controller
    public, data = cohort.key.public, secrets.token_bytes(64)
    signature = cohort.key.sign(data)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def own(number: int) -> None:
        assert checker.holds(badges[number % COHORT], NOW)

    def full(number: int) -> None:
        document = read(badges[number % COHORT])
        assert proofs.signature_holds(document, document["proof"][0], controller)

    def library(number: int) -> None:
        from openbadgeslib.ob3.ldp import verify_data_integrity_proof

        verify_data_integrity_proof(read(badges[number % COHORT]), pem)

    return [
        Contender(VERIFICATION, 300, here(lambda _number: public.verify(signature, data))),
        Contender(f"{OURS}, own shape", 300, here(own)),
        Contender(f"{OURS}, full way", 2, here(full)),
        Contender(LIBRARY, 1, here(library)),
    ]


def publishing(cohort: Cohort, share: int = 50) -> list[Contender]:
    """A list of 131,072, one in `share` bits set: rebuilt from its indices and signed, and gzip -6 of it alone."""
    size = 131072
    indices = secrets.SystemRandom().sample(range(size), size // share)
    bits = bytearray(size // 8)
    for index in indices:
        bits[index >> 3] |= 0x80 >> (index & 7)
    packed = bytes(bits)

    lists, _proof = list_documents._templates()
    fixed = {
        "url": LIST, "subject": f"{LIST}#list", "issuer": cohort.key.did, "name": "revocation 7",
        "purpose": "revocation", "since": cohort.pen.created,
    }  # fmt: skip

    def rebuilt(_number: int) -> None:
        slots = {**fixed, "bits": status.encoded(size, indices)}
        cohort.key.sign(cohort.pen.options_hash + lists.digest(slots))

    return [
        Contender(GZIP, 20, here(lambda _number: gzip.compress(packed, 6))),
        Contender(REBUILT, 10, here(rebuilt)),
    ]


@contextmanager
def rivals(cohort: Cohort) -> Iterator[tuple[list[Contender], list[Contender]]]:
    """The npm implementation, issuing and verifying the same badge, where it is installed."""
    if not node_is_there():
        yield [], []
        return
    rival = Rival(cohort.document, {url: context_document(url) for url in PINNED})
    try:
        yield [Contender(NPM, 3, rival.timed("issue"))], [Contender(NPM, 3, rival.timed("verify"))]
    finally:
        rival.close()

"""A good badge of an issuer elsewhere in every form, and what may be done to it; no database is needed."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import rfc8785
from django.utils import translation

from credentials import baking, jose
from credentials.base58 import b58decode, b58encode
from credentials.carriers import png
from credentials.carriers import svg as drawing
from credentials.errors import LossyDocument, NoTokenForm
from credentials.opening import open_credential
from credentials.outcomes import Answer
from credentials.strictjson import Unreadable
from credentials.verdict import Verdict, verify
from tests.credentials.maker import Handed
from tests.credentials.test_baking import GOWNING
from tests.credentials.test_proofs import Foreign

Document = dict[str, Any]
Change = Callable[[Document], object]
ELSEWHERE = "https://elsewhere.example/x"
ISSUER, PARTNER, MALLORY = Foreign(), Foreign(), Foreign()
SMALL = baking.drawn(GOWNING, size=24)
FORMS = ("JSON", "JWT", "PNG", "SVG")


def unsigned() -> Document:
    """A badge with evidence, dates and a subject of its own."""
    return copy.deepcopy(
        {**ISSUER.document(), "awardedDate": "2026-01-01T00:00:00Z", "validUntil": "2036-01-01T00:00:00Z"}
    )


def proved(document: Document, signer: Foreign = ISSUER) -> Document:
    """With a proof; what cannot be signed bears the proof of the good one."""
    try:
        return {**document, "proof": [signer.prove(document)]}
    except LossyDocument:
        return {**document, "proof": [signer.prove(unsigned())]}


def proved_without_rdf(document: Document) -> Document:
    """With a proof of `eddsa-jcs-2022`, which covers every letter and no meaning."""
    options = ISSUER.options(**{"cryptosuite": "eddsa-jcs-2022", "@context": document["@context"]})
    hashed = hashlib.sha256(_jcs(options)).digest() + hashlib.sha256(_jcs(document)).digest()
    return {**document, "proof": {**options, "proofValue": "z" + b58encode(ISSUER.private.sign(hashed))}}


def _jcs(document: Document) -> bytes:
    return rfc8785.dumps(document)


def token(document: Document, signer: Foreign = ISSUER, claims: Document | None = None, **header: Any) -> str:
    """As a token, made by hand where ours refuses to."""
    content = {name: value for name, value in document.items() if name != "proof"}
    try:
        honest = jose.claims_of(content)
    except NoTokenForm:
        honest = jose.claims_of(unsigned())
    head = {"alg": "EdDSA", "kid": f"{signer.did}#{signer.multibase}", "typ": "vc+jwt", **header}
    parts = ".".join(
        jose.encoded(json.dumps(part).encode()) for part in (head, {**content, **honest, **(claims or {})})
    )
    return f"{parts}.{jose.encoded(signer.private.sign(parts.encode()))}"


def tampered(text: str, change: Change) -> str:
    """A token whose payload was changed under its signature."""
    head, payload, signature = text.split(".")
    content = json.loads(jose.decoded(payload))
    change(content)
    return f"{head}.{jose.encoded(json.dumps(content).encode())}.{signature}"


def carried(text: str, form: str) -> bytes:
    """A text in the form in which it is handed in."""
    if form == "PNG":
        return png.bake(SMALL, text)
    if form == "SVG":
        return drawing.bake('<svg xmlns="http://www.w3.org/2000/svg"></svg>', text)
    return text.encode()


def changed_before(change: Change, form: str) -> bytes:
    """Signed by its issuer over the changed content: only what it says is wrong."""
    document = unsigned()
    change(document)
    return carried(token(document) if form == "JWT" else baking.text_of(proved(document)), form)


def changed_after(change: Change, form: str) -> bytes:
    """Changed after it was signed."""
    if form == "JWT":
        return tampered(token(unsigned()), change).encode()
    document = proved(unsigned())
    change(document)
    return carried(baking.text_of(document), form)


def put(*path: Any, value: Any) -> Change:
    """Put a value in its place."""

    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def drop(*path: Any) -> Change:
    """Take a member away."""

    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def judged(data: bytes, lookup: Handed | None = None) -> Verdict:
    """Opened and judged, without any rows."""
    return verify(open_credential(data), lookup=lookup or Handed())


def refusal(data: bytes, lookup: Handed | None = None) -> tuple[str, str]:
    """What it is answered with, and the sentence. A good badge has none."""
    try:
        verdict = judged(data, lookup)
    except Unreadable as refused:
        return "unreadable", str(refused.sentence)
    return verdict.answer.value, str(verdict.worst.sentence) if verdict.worst else ""


def assert_refused(data: bytes, lookup: Handed | None = None, *, open_too: bool = False) -> None:
    """Refused by one sentence that exists in both languages and names no inner works."""
    answer, sentence = refusal(data, lookup)
    wanted = {"unreadable", Answer.NOT_VALID.value} | ({Answer.CANNOT_TELL.value} if open_too else set())
    assert answer in wanted, (answer, sentence)
    with translation.override("fr"):
        french = refusal(data, lookup)[1]
    assert french != sentence
    for text in (sentence, french):
        assert text.endswith(".")
        assert 12 < len(text) < 220
        assert not {"{", "}", "_", "Error", "None"} & {*text, *text.split()}


def malleable(value: str) -> list[str]:
    """Other ways to write a signature, and other signatures for the same text."""
    raw = b58decode(value[1:])
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(raw[32:], "little")
    return [
        "z" + b58encode(raw[:32] + (scalar + order).to_bytes(32, "little")),
        value + "1", "z1" + value[1:], value[1:], "m" + value[1:], "", "z",
        "z" + b58encode(raw[:-1]), "z" + b58encode(raw + b"\0"), "z" + b58encode(bytes(64)),
    ]  # fmt: skip

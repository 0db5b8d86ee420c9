"""Checks credentials and presentations of every kind, for the conformance doors; badges are judged by `verdict.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from credentials import jose, proofs, status_check, vc_form
from credentials.canonical import EXAMPLES, PINNED, canonical
from credentials.controllers import controller_of
from credentials.errors import NotConforming
from credentials.outcomes import Lookup, Outcome
from credentials.strictjson import Unreadable

Document = dict[str, Any]
KNOWN = {**PINNED, **EXAMPLES}
canonical_here = partial(canonical, known=KNOWN)
BROKEN = "https://w3id.org/security#PROOF_VERIFICATION_ERROR"
CRYPTOGRAPHIC = "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"
RANGE = "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"
PARSING = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
STATUS = "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
UNAVAILABLE = "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
ALL = ("proof", "validity", "credentialStatus")


@dataclass
class Asked:
    """What a caller wants to be looked at; without a word of it, everything."""

    checks: tuple[str, ...] = ALL
    purpose: str = ""
    challenge: str | None = None
    domain: str | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Asked:
        """By the options of a request. Raises `NotConforming`."""
        given = options.get("checks", list(ALL))
        if not isinstance(given, list) or not set(map(str, given)) <= set(ALL):
            raise NotConforming(f"checks may hold {', '.join(ALL)}.", problem=vc_form.MALFORMED)
        words = {name: options.get(name) for name in ("challenge", "domain", "expectedProofPurpose")}
        if any(value is not None and not isinstance(value, str) for value in words.values()):
            raise NotConforming(f"{', '.join(words)} are strings.", problem=vc_form.MALFORMED)
        return cls(tuple(given), words["expectedProofPurpose"] or "", words["challenge"], words["domain"])


def credential(document: Document, lookup: Lookup, asked: Asked) -> Document:
    """A credential that holds; a token is taken out of its envelope. Raises `NotConforming`."""
    if "EnvelopedVerifiableCredential" in vc_form.types_of(document):
        return _token(document, lookup, asked)
    vc_form.credential(document)
    _words_kept(document)
    if "proof" in asked.checks:
        _proofs(document, lookup, asked, asked.purpose or "assertionMethod", proofs.issuer_of(document))
    _standing(document, lookup, asked)
    return document


def presentation(document: Document, lookup: Lookup, asked: Asked) -> None:
    """Refuse a presentation that does not hold, or that presents what does not. Raises `NotConforming`."""
    vc_form.presentation(document)
    _words_kept({name: value for name, value in document.items() if name != "verifiableCredential"})
    if "proof" not in asked.checks:
        return
    holder = document.get("holder", "")
    speaker = str(holder.get("id") if isinstance(holder, dict) else holder)
    _proofs(document, lookup, asked, asked.purpose or "authentication", speaker)
    inner = Asked(asked.checks, now=asked.now)
    for one in vc_form.credentials_in(document):
        credential(one, lookup, inner)


def _words_kept(document: Document) -> None:
    """Refuse words that a signature would not cover, and contexts that bend protected words."""
    canonical_here({name: value for name, value in document.items() if name != "proof"})


def _token(document: Document, lookup: Lookup, asked: Asked) -> Document:
    vc_form.enveloped(document)
    try:
        text = jose.token_in(document)
        token = jose.read(text or "")
    except Unreadable as refused:
        raise NotConforming(str(refused.sentence), problem=PARSING) from refused
    fault = jose.form_fault(token)
    controller = controller_of(proofs.issuer_of(token.document), lookup) if fault is None else None
    if fault is None and controller is not None:
        fault = jose.key_fault(token, controller)
    if fault is not None or controller is None or not jose.signature_holds(token, controller):
        raise NotConforming(str(fault or "The signature of the token does not hold."), problem=CRYPTOGRAPHIC)
    vc_form.credential(token.document)
    _words_kept(token.document)
    _standing(token.document, lookup, asked)
    return token.document


def _proofs(document: Document, lookup: Lookup, asked: Asked, purpose: str, speaker: str) -> None:
    """Every proof must hold, by a key that its own controller lists; one at least must be the speaker's own."""
    found = proofs.proofs_of(document)
    if not found:
        raise NotConforming("There is no proof that can be looked at.", problem=BROKEN)
    controllers = set()
    for proof in found:
        controllers.add(_proof(document, proof, lookup, asked, purpose))
    if speaker and speaker not in controllers:
        raise NotConforming("No proof is by whom the document names as its author.", problem=CRYPTOGRAPHIC)


def _proof(document: Document, proof: Document, lookup: Lookup, asked: Asked, purpose: str) -> str:
    """The controller whose key made a proof that holds."""
    if any(proof.get(name) != value for name, value in _bound(asked).items()):
        raise NotConforming("The proof was made for another challenge or domain.", problem=BROKEN)
    named = str(proof.get("verificationMethod")).partition("#")[0]
    fault = proofs.form_fault(proof, asked.now, purpose)
    controller = controller_of(named, lookup) if fault is None and named.startswith("did:") else None
    if fault is None and controller is not None:
        fault = proofs.method_fault(proof, controller, purpose)
    if fault is not None or controller is None:
        raise NotConforming(str(fault or "The key of the proof cannot be found."), problem=BROKEN)
    if not proofs.signature_holds(document, proof, controller, canonical_here):
        raise NotConforming("The proof does not hold.", problem=CRYPTOGRAPHIC)
    return named


def _bound(asked: Asked) -> Document:
    bound = {"challenge": asked.challenge, "domain": asked.domain}
    return {name: value for name, value in bound.items() if value is not None}


def _standing(document: Document, lookup: Lookup, asked: Asked) -> None:
    start, end = (proofs.moment(document.get(name)) for name in ("validFrom", "validUntil"))
    if "validity" in asked.checks and ((start and start > asked.now) or (end and end < asked.now)):
        raise NotConforming("Today does not lie within its dates.", problem=RANGE)
    if "credentialStatus" not in asked.checks:
        return
    entries = document.get("credentialStatus", [])
    for entry in entries if isinstance(entries, list) else [entries]:
        found = status_check.status({**document, "credentialStatus": entry}, lookup, asked.now)
        if found.outcome == Outcome.FAILED:
            raise NotConforming(str(found.sentence), problem=STATUS)
        if found.outcome == Outcome.NOT_CHECKED:
            raise NotConforming(str(found.sentence), problem=UNAVAILABLE)


def unsigned(document: Document, _lookup: Lookup, _asked: Asked) -> None:
    """Refuse what must not be signed. Raises `NotConforming`, `LossyDocument` and what is too tangled."""
    vc_form.credential(document)
    _words_kept(document)


LOOKS = {"credential": credential, "presentation": presentation, "unsigned": unsigned}

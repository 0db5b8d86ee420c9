"""Checks credentials and presentations of every kind, for the conformance doors; badges are judged by `verdict.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from credentials import jose, proofs, status_check, vc_form
from credentials.canonical import EXAMPLES, PINNED, canonical, context_bytes
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
TOO_SHORT = "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR"
OUT_OF_LIST = "https://www.w3.org/ns/credentials/status-list#RANGE_ERROR"
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
    related(document)
    if "proof" in asked.checks:
        _proofs(document, lookup, asked, asked.purpose or "assertionMethod", proofs.issuer_of(document))
    _standing(document, lookup, asked)
    return document


def presentation(document: Document, lookup: Lookup, asked: Asked) -> None:
    """Refuse a presentation that does not hold, or that presents what does not. Raises `NotConforming`."""
    if "EnvelopedVerifiablePresentation" in vc_form.types_of(document):
        _presented_token(document, lookup, asked)
        return
    vc_form.presentation(document)
    _words_kept({name: value for name, value in document.items() if name != "verifiableCredential"})
    if "proof" not in asked.checks:
        return
    holder = document.get("holder", "")
    speaker = str(holder.get("id") if isinstance(holder, dict) else holder)
    _proofs(document, lookup, asked, asked.purpose or "authentication", speaker)
    _each(document, lookup, asked)


def _each(document: Document, lookup: Lookup, asked: Asked) -> None:
    """What is presented must hold; what the holder says of himself is secured by the presentation."""
    inner = Asked(asked.checks, now=asked.now)
    own = Asked(tuple(name for name in asked.checks if name != "proof"), now=asked.now)
    for one in vc_form.credentials_in(document):
        credential(one, lookup, own if vc_form.is_own(one, document) else inner)


def _presented_token(document: Document, lookup: Lookup, asked: Asked) -> None:
    """A presentation as a token in an envelope (VC-JOSE-COSE, section 3.1.2), by a key of its holder."""
    vc_form.enveloped(document, "EnvelopedVerifiablePresentation")
    token = _read(document)
    inner = {name: value for name, value in token.payload.items() if name not in {*jose.CLAIMS, "aud", "nonce"}}
    vc_form.presentation(inner)
    _words_kept({name: value for name, value in inner.items() if name != "verifiableCredential"})
    if "proof" not in asked.checks:
        return
    speaker = _signed_by(token, lookup, asked.purpose or "authentication")
    if {token.payload.get("iss", speaker), vc_form.speaker_of(inner) or speaker} != {speaker}:
        raise NotConforming("The token is not by whom the document names as its author.", problem=CRYPTOGRAPHIC)
    audience = token.payload.get("aud", [])
    if asked.challenge not in {None, token.payload.get("nonce")} or (
        asked.domain is not None and asked.domain not in (audience if isinstance(audience, list) else [audience])
    ):
        raise NotConforming("The token was made for another challenge or domain.", problem=BROKEN)
    ends = token.payload.get("exp")
    if isinstance(ends, (int, float)) and ends < asked.now.timestamp():
        raise NotConforming("The token has expired.", problem=BROKEN)
    _each(inner, lookup, asked)


def _signed_by(token: jose.Token, lookup: Lookup, purpose: str) -> str:
    """Whose key signed a token, as its controller lists it for a purpose. Raises `NotConforming`."""
    fault, method = jose.head_fault(token, jose.PRESENTED), str(token.header.get("kid", ""))
    controller = controller_of(method.partition("#")[0], lookup) if fault is None else None
    if fault is not None or controller is None or not jose.signature_holds(token, controller):
        raise NotConforming(str(fault or "The signature of the token does not hold."), problem=CRYPTOGRAPHIC)
    if method not in proofs.methods_for(controller, purpose):
        raise NotConforming("The key of the token is not listed for this purpose.", problem=CRYPTOGRAPHIC)
    return str(controller["id"])


def _read(document: Document) -> jose.Token:
    try:
        return jose.read(jose.token_in(document) or "")
    except Unreadable as refused:
        raise NotConforming(str(refused.sentence), problem=PARSING) from refused


def related(document: Document) -> None:
    """Refuse digests of pinned contexts that are not theirs; other resources are not fetched (section 5.3)."""
    resources = document.get("relatedResource", [])
    for one in resources if isinstance(resources, list) else [resources]:
        data = context_bytes(str(one.get("id")), KNOWN)
        if data is not None and not vc_form.digests_hold(one, data):
            raise NotConforming(
                "A digest of a related resource is not that of the resource.", problem=vc_form.MALFORMED
            )


def _words_kept(document: Document) -> None:
    """Refuse words that a signature would not cover, and contexts that bend protected words."""
    canonical_here({name: value for name, value in document.items() if name != "proof"})


def _token(document: Document, lookup: Lookup, asked: Asked) -> Document:
    vc_form.enveloped(document)
    token = _read(document)
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
            raise NotConforming(str(found.sentence), problem=_why_not(document, entry, lookup))


def _why_not(document: Document, entry: Any, lookup: Lookup) -> str:
    """Why a status was not told: no list, one that is too short or cannot be relied on, or one without this index."""
    url = entry.get("statusListCredential") if isinstance(entry, dict) else None
    published = lookup.status_list(url) if isinstance(url, str) else None
    if published is None:
        return UNAVAILABLE
    listed, _token = status_check.opened_list(published)
    subject = listed.get("credentialSubject")
    found = status_check.unpacked(subject.get("encodedList") if isinstance(subject, dict) else None)
    if found is None:
        return STATUS
    if len(found) * 8 < status_check.SMALLEST_LIST:
        return TOO_SHORT
    index = status_check.index_of(entry)
    return OUT_OF_LIST if index is not None and index >= len(found) * 8 else STATUS


def unsigned(document: Document, _lookup: Lookup, _asked: Asked) -> None:
    """Refuse what must not be signed. Raises `NotConforming`, `LossyDocument` and what is too tangled."""
    vc_form.credential(document)
    _words_kept(document)
    related(document)


LOOKS = {"credential": credential, "presentation": presentation, "unsigned": unsigned}

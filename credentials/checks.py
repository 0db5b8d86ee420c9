"""The single looks at a credential: signature, key, meaning, dates; and what stands beside the verdict."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy

from credentials import held, jose, names, proofs, shape
from credentials.canonical import compacted
from credentials.controllers import controller_of
from credentials.errors import LossyDocument
from credentials.jose import Token
from credentials.outcomes import Cause, Finding, Lookup, day, failed, not_applicable, not_checked, passed
from credentials.proofs import issuer_of, moment
from people.words import lazy_text as _

Document = dict[str, Any]
SHAPED = passed(_("It has the shape of an Open Badges 3.0 credential."))
UNCHANGED = passed(_("Nothing was changed since it was signed."))
LISTED = passed(_("It is signed with a key that its issuer lists for this."))
AS_KEPT = passed(_("It is word for word what its issuer keeps."))

WITHDRAWN = failed(
    _("Its issuer no longer lists the key that signed it. The issuer's own record keeps this badge word for word."),
    Cause.KEY_WITHDRAWN,
)


def shaped(document: Document, kind: str) -> Finding:
    """Limits, contexts, words and members, before anything costly is done."""
    fault = shape.fault(document, kind)
    if fault is not None:
        return failed(fault, Cause.SHAPE)
    if not shape.contexts_known(document):
        return not_checked(_("It uses a context that we do not keep, so we cannot tell what its words mean."))
    return SHAPED


def key(document: Document, lookup: Lookup) -> Finding:
    """Whether the issuer lists the key, for statements, as its own (badges.md 2.13)."""
    found = proofs.proofs_of(document)
    if not found:
        return not_checked(_("There is no signature, so there is no key to look at."))
    if any(str(proof.get("verificationMethod")).partition("#")[0] != issuer_of(document) for proof in found):
        return failed(_("The key that signed it belongs to somebody else than its issuer."), Cause.FORGED)
    controller = controller_of(issuer_of(document), lookup)
    if controller is None:
        return not_checked(_("The issuer's public keys are not at hand."))
    for proof in found:
        fault = proofs.key_fault(document, proof, controller)
        if fault is not None:
            return WITHDRAWN if _is_kept(document, lookup) else failed(fault, Cause.FORGED)
    return LISTED


def _is_kept(document: Document, lookup: Lookup) -> bool:
    """True for what our own rows keep word for word: that is no forgery, whatever became of the key (H23)."""
    standing = lookup.standing(str(document.get("id")))
    return standing is not None and bool(standing.digest) and standing.digest == held.digest(document)


def signature(document: Document, lookup: Lookup, now: datetime) -> Finding:
    """Whether each signature fits the document, the way it says it was made, and the key."""
    found = proofs.proofs_of(document)
    if not found:
        return failed(_("It is not signed."), Cause.FORGED)
    for proof in found:
        fault = proofs.form_fault(proof, now)
        if fault is not None:
            return failed(fault, Cause.FORGED)
    controller = controller_of(issuer_of(document), lookup)
    if controller is None:
        return not_checked(_("The issuer's public key is not at hand, so the signature was not checked."))
    if any(proofs.key_fault(document, proof, controller) is not None for proof in found):
        return not_checked(_("Without a key of the issuer there is nothing to check the signature with."))
    own = issuer_of(document) in lookup.known_issuers()
    try:
        holds = all(held.signature_holds(document, proof, controller, own=own) for proof in found)
    except LossyDocument as lost:
        return failed(lost.sentence, Cause.CHANGED)
    if holds:
        return UNCHANGED
    return failed(_("It was changed after it was signed, or was not signed by its issuer."), Cause.CHANGED)


def token_key(token: Token, lookup: Lookup) -> Finding:
    """Whether the issuer lists the key of a token, for statements, as its own (badges.md 2.13)."""
    if jose.form_fault(token) is not None:
        return not_checked(_("There is no proper signature, so there is no key to look at."))
    issuer = issuer_of(token.document)
    if str(token.header["kid"]).partition("#")[0] != issuer:
        return failed(_("The key that signed it belongs to somebody else than its issuer."), Cause.FORGED)
    controller = controller_of(issuer, lookup)
    if controller is None:
        return not_checked(_("The issuer's public keys are not at hand."))
    fault = jose.key_fault(token, controller)
    if fault is not None:
        return failed(fault, Cause.FORGED, detail=str(token.header["kid"]))
    return LISTED


def token_signature(token: Token, lookup: Lookup) -> Finding:
    """Whether a token is of the kind that badges come in, and its signature fits."""
    fault = jose.form_fault(token)
    if fault is not None:
        return failed(fault, Cause.FORGED, detail=f"header {', '.join(map(ascii, token.header))}")
    controller = controller_of(issuer_of(token.document), lookup)
    if controller is None:
        return not_checked(_("The issuer's public key is not at hand, so the signature was not checked."))
    if jose.key_fault(token, controller) is not None:
        return not_checked(_("Without a key of the issuer there is nothing to check the signature with."))
    if jose.signature_holds(token, controller):
        return UNCHANGED
    return failed(_("It was changed after it was signed, or was not signed by its issuer."), Cause.CHANGED)


def meaning(document: Document, lookup: Lookup) -> Finding:
    """Whether what is shown equals what was signed, spelt out and written again by the contexts (badges.md 5.23)."""
    if _is_kept(document, lookup):
        return AS_KEPT
    try:
        same = held.means(document, lambda: _plain(document) == _plain(compacted(document)))
    except LossyDocument as lost:
        return failed(lost.sentence, Cause.CHANGED)
    if same:
        return passed(_("Its words mean what they seem to mean."))
    return failed(_("Its words mean something else than they seem to."), Cause.CHANGED)


def _plain(value: Any) -> Any:
    """A document without what JSON-LD may write in two ways: contexts, lists of one, the order of lists."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name != "@context" and inner != []}
    if isinstance(value, list):
        parts = [_plain(inner) for inner in value]
        return parts[0] if len(parts) == 1 else sorted(parts, key=lambda part: json.dumps(part, sort_keys=True))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def dates(document: Document, now: datetime) -> Finding:
    """Whether today lies within its dates."""
    start, end = moment(document.get("validFrom")), moment(document.get("validUntil"))
    if start is None or ("validUntil" in document and (end is None or end < start)):
        return failed(_("Its dates are not possible."), Cause.DATES)
    if "awardedDate" in document and moment(document["awardedDate"]) is None:
        return failed(_("The date of its award is not possible."), Cause.DATES)
    if now < start:
        return failed(format_lazy(_("It is not valid before {day}."), day=day(start)), Cause.EARLY, start)
    if end is not None and end < now:
        return failed(format_lazy(_("It expired on {day}."), day=day(end)), Cause.EXPIRED, end)
    return passed(_("Today lies within its dates."))


def known_issuer(document: Document, lookup: Lookup, *, signed: bool) -> Finding:
    """Trust by key, not by name: known, unknown, or a name that imitates a known one (`promises.md` H17).

    `signed` says that signature and key hold: without them the issuer that a badge names is only a claim.
    """
    issuer = document.get("issuer")
    name = str(issuer.get("name", "")) if isinstance(issuer, dict) else ""
    known = lookup.known_issuers()
    if issuer_of(document) in known:
        if signed:
            return passed(_("Its issuer is known here by its key."))
        return not_checked(_("It names an issuer that is known here, but no signature of that issuer holds."))
    alike = [n for n_list in known.values() for n in n_list if name and names.skeleton(n) == names.skeleton(name)]
    if alike:
        sentence = format_lazy(_("It bears a name like that of {name}, but is not signed by it."), name=alike[0])
        return failed(sentence, Cause.LOOK_ALIKE)
    if names.disguised(name):
        return failed(_("The issuer's name mixes scripts or hides characters, as imitations do."), Cause.LOOK_ALIKE)
    return not_checked(_("Its issuer is not known here. Whether it is who it says it is, you must find out yourself."))


def earner(document: Document, address: str | None) -> Finding:
    """Whether a mail address is the one that the badge was issued to."""
    identities = document["credentialSubject"].get("identifier", [])
    listed = identities if isinstance(identities, list) else [identities]
    mailed = [identity for identity in listed if identity["identityType"] in {"emailAddress", "email"}]
    if not mailed:
        return not_applicable(_("It does not name its earner by a mail address."))
    if address is None:
        return not_checked(_("Nobody asked whether it belongs to a certain person."))
    if any(_is_identity(identity, address.strip()) for identity in mailed):
        return passed(_("It was issued to this mail address."))
    return failed(_("It was issued to another mail address."))


def _is_identity(identity: Document, address: str) -> bool:
    known, salt = identity["identityHash"], str(identity.get("salt", ""))
    given = {address, address.lower()}
    if identity["hashed"]:
        given = {"sha256$" + hashlib.sha256((one + salt).encode()).hexdigest() for one in given}
    return any(hmac.compare_digest(one.encode(), known.encode()) for one in given)


def evidence(document: Document) -> Finding:
    """Evidence is told in words; the items are their earner's to show."""
    if not document.get("evidence"):
        return not_applicable(_("It carries no evidence."))
    return not_checked(_("It tells the evidence in words. The items themselves were not handed in to be compared."))

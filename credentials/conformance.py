"""What the conformance doors do (VCALM): issue, verify, set a status. For suites of others, never for people.

Everything is signed by one did:key of the installation, which is no organization's, so nothing that is made here can
be taken for a badge of anybody (docs/conformance.md).
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from credentials import apart, jose, keys, proofs, vc_check, vc_form
from credentials.canonical import V2, is_absolute
from credentials.errors import NotConforming
from credentials.lookups import OwnAndForeign
from credentials.models import ConformanceEntry
from credentials.signers import Signer
from credentials.vc_check import Asked

Document = dict[str, Any]
SIZE = 131_072
PURPOSES = {"revocation": "revoked", "suspension": "suspended"}
SUITES = (proofs.SUITE, proofs.JCS_SUITE)


class DoorLookup(OwnAndForeign):
    """Our rows, the guarded client, and the lists of these doors."""

    def status_list(self, url: str) -> Document | None:
        """A list of these doors, else as for badges."""
        purpose = url.removeprefix(list_url(""))
        return status_list(purpose) if purpose in PURPOSES else super().status_list(url)


def list_url(purpose: str) -> str:
    """The address of one of the two lists."""
    return f"{settings.BASE_URL}/credentials/status-lists/{purpose}"


def _object(body: Mapping[str, Any], name: str) -> Document:
    found = body.get(name)
    if not isinstance(found, dict):
        raise NotConforming(f"{name} must be an object.", problem=vc_check.PARSING)
    return dict(found)


def _options(body: Mapping[str, Any]) -> Document:
    return _object({"options": {}, **body}, "options")


@transaction.atomic
def issue(body: Mapping[str, Any]) -> Document:
    """Sign a credential that conforms. Raises `NotConforming` and the refusals of signing."""
    document, options, signer = _object(body, "credential"), _options(body), keys.conformance_signer()
    if "proof" in document:
        apart.look("credential", document, {"checks": ["proof"]}, lookup=DoorLookup())
    else:
        document["issuer"] = _issuer(document, signer)
    apart.look("unsigned", document, {}, lookup=DoorLookup())
    for entry in _statuses(options):
        document = _with_status(document, entry)
    if options.get("format") == "vc+jwt":
        return {"verifiableCredential": jose.enveloped(jose.sign(document, signer))}
    return {"verifiableCredential": _signed(document, options, signer)}


def _issuer(document: Document, signer: Signer) -> Any:
    """The issuer is whoever signs: its address is put in place of another, what else is said of it stays."""
    did, given = signer.method.partition("#")[0], document.get("issuer", "urn:none")
    if isinstance(given, dict) and is_absolute(given.get("id", "urn:none")):
        return {**given, "id": did}
    return did if is_absolute(given) else given


def _signed(document: Document, options: Document, signer: Signer) -> Document:
    suite, named, before = options.get("cryptosuite", proofs.SUITE), options.get("proofId", ""), []
    if options.get("previousProof") is not None:
        given = options["previousProof"]
        before = given if isinstance(given, list) else [given]
    if suite not in SUITES or not (named == "" or is_absolute(named)) or not all(isinstance(b, str) for b in before):
        raise NotConforming("These options are not known here.", problem=vc_form.MALFORMED)
    return proofs.sign(
        document, signer, created=datetime.now(UTC), suite=suite, named=named, after=before,
        canonicalize=vc_check.canonical_here,
    )  # fmt: skip


def _statuses(options: Document) -> list[str]:
    """The purposes for which the caller wants an entry."""
    given = options.get("credentialStatus", [])
    listed = given if isinstance(given, list) else [given]
    purposes = [one.get("statusPurpose", "revocation") if isinstance(one, dict) else "" for one in listed]
    if len(set(map(str, purposes))) != len(purposes) or not set(map(str, purposes)) <= set(PURPOSES):
        raise NotConforming("A status is of purpose revocation or suspension.", problem=vc_form.MALFORMED)
    return purposes


def _with_status(document: Document, purpose: str) -> Document:
    address = document.get("id") or f"urn:uuid:{uuid4()}"
    entry, _new = ConformanceEntry.objects.get_or_create(credential=address, defaults={"index": _unused_index()})
    status = {
        "id": f"{list_url(purpose)}#{entry.index}", "type": vc_form.STATUS_ENTRY, "statusPurpose": purpose,
        "statusListIndex": str(entry.index), "statusListCredential": list_url(purpose),
    }  # fmt: skip
    before = document.get("credentialStatus", [])
    listed = [*(before if isinstance(before, list) else [before]), status]
    return {**document, "id": address, "credentialStatus": listed if len(listed) > 1 else status}


def _unused_index() -> int:
    """A random index that nothing has; half of the list stays free, so that one is found at once."""
    used = set(ConformanceEntry.objects.values_list("index", flat=True))
    if len(used) >= SIZE // 2:
        raise NotConforming("The list of these doors is full.", problem=vc_form.MALFORMED)
    return next(index for index in iter(lambda: SystemRandom().randrange(SIZE), -1) if index not in used)


def status_list(purpose: str) -> Document:
    """The signed list of one purpose, rebuilt from its rows."""
    bits = bytearray(SIZE // 8)
    for index in ConformanceEntry.objects.filter(**{PURPOSES[purpose]: True}).values_list("index", flat=True):
        bits[index >> 3] |= 0x80 >> (index & 7)
    signer, now = keys.conformance_signer(), datetime.now(UTC)
    packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits), 6, mtime=0)).decode().rstrip("=")
    document = {
        "@context": [V2], "id": list_url(purpose), "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": signer.method.partition("#")[0], "validFrom": proofs.stamp(now),
        "credentialSubject": {
            "id": f"{list_url(purpose)}#list", "type": vc_form.STATUS_LIST, "statusPurpose": purpose,
            "encodedList": f"u{packed}",
        },
    }  # fmt: skip
    return proofs.sign(document, signer, created=now)


def set_status(body: Mapping[str, Any]) -> Document:
    """Set or take back a bit; a revocation is never taken back. Raises `NotConforming`."""
    entry, value = _object(body, "credentialStatus"), body.get("status")
    member = PURPOSES.get(str(entry.get("statusPurpose")))
    if member is None or not isinstance(value, bool):
        raise NotConforming("status is true or false, of revocation or suspension.", problem=vc_form.MALFORMED)
    rows = ConformanceEntry.objects.filter(credential=str(body.get("credentialId")))
    kept = rows if value or member != "revoked" else rows.filter(revoked=False)
    if not kept.update(**{member: value}):
        raise NotConforming("No such credential, or its revocation is final.", problem=vc_form.MALFORMED)
    return {}


def verify_credential(body: Mapping[str, Any]) -> Document:
    """Look at a credential. Raises `NotConforming` with what does not hold."""
    return _verified("credential", _object(body, "verifiableCredential"), _options(body))


def verify_presentation(body: Mapping[str, Any]) -> Document:
    """Look at a presentation and at what it presents. Raises `NotConforming` with what does not hold."""
    return _verified("presentation", _object(body, "verifiablePresentation"), _options(body))


def _verified(what: str, document: Document, options: Document) -> Document:
    """Looked at where it can be killed (`credentials.apart`)."""
    asked = Asked.of(options)
    apart.look(what, document, options, lookup=DoorLookup())
    return _answer(asked)


def _answer(asked: Asked) -> Document:
    """What was looked at holds. Without the proof nobody looked at enough to say that it is verified."""
    warned = [] if "proof" in asked.checks else ["No check of the proof was asked for: only the form was looked at."]
    return {"verified": "proof" in asked.checks, "checks": list(asked.checks), "warnings": warned, "errors": []}

"""A badge as a JSON Web Token, its second form (VC-JOSE-COSE; Open Badges 3.0, section 8.2).

It is the same badge under the same address and the same place in the status list, so what ends one ends both. The
standard wants an address for the earner, which a badge by hashed identity has not: it is the address of the award, a
random number that says nothing about anybody, or the key of the wallet that the token is made for.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from credentials import jose, keys, stops
from credentials.errors import NotReadBack, WrongStatus
from credentials.models import Credential, SigningKey


def with_subject(document: dict[str, Any], subject: str) -> dict[str, Any]:
    """The unsigned badge with an address for its earner."""
    named = {"id": subject, **document["credentialSubject"]}
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return {**unsigned, "credentialSubject": named}


def award_address(credential: Credential) -> str:
    """The address that stands for the earner where nothing else does."""
    return f"urn:uuid:{credential.award_reference}"


@transaction.atomic
def sign(credential: Credential, *, subject: str = "") -> str:
    """The badge as a token. Raises `WrongStatus` before it is signed, `IssuingStopped`, `NotReadBack`."""
    document = credential.document
    if document is None:
        raise WrongStatus
    stops.refuse_stopped([credential.issuer_id])
    key = keys.active_key(credential.issuer, SigningKey.Purpose.BADGES)
    text = jose.sign(with_subject(document, subject or award_address(credential)), keys.signer(key))
    token, controller = jose.read(text), keys.did_document(credential.issuer)
    if jose.form_fault(token) or jose.key_fault(token, controller) or not jose.signature_holds(token, controller):
        raise NotReadBack
    return text

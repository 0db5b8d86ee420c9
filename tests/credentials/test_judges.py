"""An implementation that others wrote judges our badges: openbadgeslib, which is never imported by the product."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.did import resolve_did
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from credentials import keys, status
from credentials.models import Credential
from tests.cast import Cast
from tests.journeys.awards import issued
from workflows.actions import awarding, revoking


def _fetch(url: str) -> bytes:
    """The judge's only way out: our own public pages, answered by the test's client."""
    answer = Client().get(urlsplit(url).path)
    assert answer.status_code == 200, url
    return answer.content


def _key(did: str) -> bytes:
    """The public key of a did:web address as PEM."""
    document = json.loads(_fetch("https://localhost/" + "/".join(did.split(":")[3:]) + "/did.json"))
    return resolve_did("did:key:" + document["verificationMethod"][0]["publicKeyMultibase"])


def _judge(credential: Credential, document: dict[str, Any]) -> None:
    OB3LdpVerifier(pubkey_pem=_key(keys.did_of(credential.issuer))).verify(document)


def test_the_judge_accepts_the_badge_and_each_endorsement(cast: Cast) -> None:
    _version, credential = issued(cast)
    _judge(credential, credential.document)
    endorsements = credential.document["credentialSubject"]["achievement"]["endorsement"]
    assert len(endorsements) == 5
    issuers = {keys.did_of(organization) for organization in (cast.college, cast.hospital, cast.clinic)}
    assert {endorsement["issuer"]["id"] for endorsement in endorsements} == issuers
    for endorsement in endorsements:
        issuer, public = endorsement["proof"][0]["verificationMethod"].split("#")
        assert issuer == endorsement["issuer"]["id"]
        verify_data_integrity_proof(endorsement, resolve_did(f"did:key:{public}"))


def _paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every text of a document."""
    if isinstance(value, dict):
        return [path for name, inner in value.items() for path in _paths(inner, (*before, name))]
    if isinstance(value, list):
        return [path for place, inner in enumerate(value) for path in _paths(inner, (*before, place))]
    return [before] if isinstance(value, str) else []


def test_the_judge_refuses_a_change_of_any_leaf(cast: Cast) -> None:
    _version, credential = issued(cast)
    leaves = [
        path
        for path in _paths(credential.document)
        if "@context" not in path and path[-1] not in {"type", "proofPurpose"}
    ]
    assert len(leaves) > 60
    for path in leaves[:: max(1, len(leaves) // 40)]:
        forged = copy.deepcopy(credential.document)
        place: Any = forged
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = place[path[-1]][:-1] + ("8" if place[path[-1]][-1] != "8" else "9")
        with pytest.raises(LibOpenBadgesException):
            _judge(credential, forged)


def test_foreign_code_reads_the_revocation_from_our_list(cast: Cast) -> None:
    _version, credential = issued(cast)
    status.publish(credential.entry.status_list)
    judge = OB3LdpVerifier(pubkey_pem=_key(keys.did_of(credential.issuer)))
    judge.verify(credential.document, check_status=True, download=_fetch, verify_status_list=False)
    asked = revoking.ask_revocation(
        credential_id=credential.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    published = status.publish(credential.entry.status_list)
    with pytest.raises(LibOpenBadgesException):
        judge.verify(credential.document, check_status=True, download=_fetch, verify_status_list=False)
    method = published.document["proof"][0]["verificationMethod"]
    verify_data_integrity_proof(published.document, resolve_did("did:key:" + method.split("#")[1]))


def test_foreign_code_reads_a_suspension_from_the_second_list_and_not_from_the_first(cast: Cast) -> None:
    _version, credential = issued(cast)
    revoking.suspend_badge(credential_id=credential.pk, actor=cast.quinn, reason="a report")
    published = status.publish(credential.entry.status_list)
    found = {}
    for document in (published.document, published.suspensions):
        method = document["proof"][0]["verificationMethod"]
        verify_data_integrity_proof(document, resolve_did("did:key:" + method.split("#")[1]))
        subject = document["credentialSubject"]
        found[subject["statusPurpose"]] = set_indices(decode_encoded_list(subject["encodedList"]))
    assert found == {"revocation": frozenset(), "suspension": frozenset({credential.entry.index})}
    judge = OB3LdpVerifier(pubkey_pem=_key(keys.did_of(credential.issuer)))
    judge.verify(credential.document, check_status=True, download=_fetch, verify_status_list=False)


def test_the_judge_accepts_a_replacement_and_refuses_what_it_replaced(cast: Cast) -> None:
    _version, old = issued(cast)
    fresh = awarding.replace_badge(credential_id=old.pk, actor=cast.issuer, kind="correction", reason="a level")
    status.publish(old.entry.status_list)
    judge = OB3LdpVerifier(pubkey_pem=_key(keys.did_of(fresh.issuer)))
    judge.verify(fresh.document, check_status=True, download=_fetch, verify_status_list=False)
    with pytest.raises(LibOpenBadgesException):
        judge.verify(old.document, check_status=True, download=_fetch, verify_status_list=False)


def test_the_judge_accepts_a_badge_with_a_name_in_it_and_refuses_another_name(cast: Cast) -> None:
    _version, old = issued(cast)
    Credential.objects.filter(pk=old.pk).update(name_shown=True)
    named = awarding.replace_badge(credential_id=old.pk, actor=cast.issuer, kind="name", reason="as asked")
    assert named.document["credentialSubject"]["identifier"][1]["identityHash"] == "Lena 0"
    _judge(named, named.document)
    forged = copy.deepcopy(named.document)
    forged["credentialSubject"]["identifier"][1]["identityHash"] = "Mallory"
    with pytest.raises(LibOpenBadgesException):
        _judge(named, forged)

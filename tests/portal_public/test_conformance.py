"""The conformance doors: what the suites of W3C ask of issuers and verifiers; what is not on is not there."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from credentials import conformance, jose, keys, proofs, status_check
from credentials.base58 import b58encode
from credentials.canonical import V2, context_bytes
from credentials.controllers import did_key, method_of
from credentials.models import ConformanceEntry
from credentials.multikey import ed25519_multikey
from credentials.signers import Signer
from credentials.strictjson import MOST_BYTES
from credentials.vc_check import canonical_here
from portal_public.forms import MOST_REQUEST_BYTES
from tests.credentials.test_jose import _token

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
Document = dict[str, Any]
pytestmark = pytest.mark.django_db


@pytest.fixture
def door(settings: Any) -> Client:
    settings.VCALM, settings.VCALM_TOKEN = True, "open sesame"
    return Client(headers={"authorization": "Bearer open sesame"})


def post(client: Client, path: str, body: Any) -> tuple[int, Document]:
    answer = client.post(path, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def credential(**more: Any) -> Document:
    document = {
        "@context": [V2, EXAMPLES], "type": ["VerifiableCredential", "ExampleAlumniCredential"],
        "issuer": "https://university.example/issuers/565049", "validFrom": "2023-07-01T19:23:24Z",
        "credentialSubject": {"id": "did:example:ebfeb1f712ebc6f1c276e12ec21", "alumniOf": "Example University"},
    }  # fmt: skip
    return {name: value for name, value in {**document, **more}.items() if value is not ...}


def issued(door: Client, options: Document | None = None, **more: Any) -> Document:
    status, answer = post(door, "/credentials/issue", {"credential": credential(**more), "options": options or {}})
    assert status == 201, answer
    document: Document = answer["verifiableCredential"]
    return document


def refused(door: Client, **more: Any) -> str:
    status, answer = post(door, "/credentials/issue", {"credential": credential(**more)})
    assert status in {400, 422}, answer
    assert answer["errors"][0]["type"].startswith("https://")
    return str(answer["detail"])


def verified(door: Client, document: Any, **options: Any) -> int:
    status, answer = post(door, "/credentials/verify", {"verifiableCredential": document, "options": options})
    assert answer["verified"] is (status == 200)
    return status


def test_the_doors_do_not_exist_unless_they_are_opened(settings: Any) -> None:
    paths = ["credentials/issue", "credentials/verify", "presentations/verify", "credentials/status"]
    client = Client(headers={"authorization": "Bearer "})
    for settings.VCALM, settings.VCALM_TOKEN in ((False, ""), (False, "x"), (True, "")):
        for path in paths:
            assert client.post(f"/{path}", "{}", content_type="application/json").status_code == 404
        assert client.get("/credentials/status-lists/revocation").status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "open sesame", "Bearer open sesame "])
def test_whoever_does_not_know_the_token_gets_nothing(door: Client, given: str) -> None:
    stranger = Client(headers={"authorization": given} if given else {})
    assert post(stranger, "/credentials/issue", {"credential": credential()})[0] == 401


def test_the_token_may_stand_in_a_file(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "token").write_text("kept apart\n")
    settings.VCALM, settings.VCALM_TOKEN_FILE = True, str(tmp_path / "token")
    assert issued(Client(headers={"authorization": "Bearer kept apart"}))["proof"]


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_what_is_issued_verifies_and_falls_with_any_change(door: Client, suite: str) -> None:
    document = issued(door, {"cryptosuite": suite})
    did = keys.conformance_signer().method.partition("#")[0]
    assert document["issuer"] == did
    assert document["proof"][0]["cryptosuite"] == suite
    assert verified(door, document) == 200
    assert verified(door, document, checks=["proof"]) == 200
    assert verified(door, {**document, "credentialSubject": {"alumniOf": "Another"}}) == 400
    assert verified(door, {**document, "issuer": "did:key:z6MkOther"}) == 400


def test_the_issuer_keeps_what_is_said_of_it_and_is_no_organization(door: Client) -> None:
    given = {"id": "https://university.example/", "type": ["Person"], "name": [{"@value": "U", "@language": "en"}]}
    issuer = issued(door, issuer=given)["issuer"]
    assert issuer == {**given, "id": keys.conformance_signer().method.partition("#")[0]}
    assert issued(door, issuer=...)["issuer"] == issuer["id"]


GOOD: dict[str, Document] = {
    "an id": {"id": "urn:uuid:a9ab2a7c-5d0d-4c31-a5ee-b8ab6d4a4b5a"},
    "a context in place": {"@context": [V2, {"@vocab": "https://x.example/#"}]},
    "names in languages": {"name": [{"@value": "a", "@language": "en"}, {"@value": "b", "@language": "fr"}]},
    "a name with direction": {"description": {"@value": "a", "@language": "ar", "@direction": "rtl"}},
    "two subjects": {"credentialSubject": [{"id": "did:example:1", "a": "b"}, {"c": "d"}]},
    "offsets": {"validFrom": "2023-07-01T19:23:24+02:00", "validUntil": "2199-01-01T00:00:00.5-05:00"},
    "no dates": {"validFrom": ...},
    "a schema": {"credentialSchema": {"id": "https://x.example/s.json", "type": "JsonSchema"}},
    "refresh": {"refreshService": [{"type": "ExampleRefresh", "id": "https://x.example/"}, {"type": "Other"}]},
    "terms of use": {"termsOfUse": [{"type": "ExamplePolicy", "id": "https://x.example/p"}, {"type": "Other"}]},
    "evidence": {"evidence": [{"type": ["ExampleEvidence"], "seen": "yes"}]},
    "resources": {"relatedResource": [
        {"id": "https://x.example/1", "digestSRI": "sha256-" + "A" * 43 + "="},
        {"id": "https://x.example/2", "digestMultibase": "zQm" + "1" * 43},
    ]},
    "a status": {"credentialStatus": {
        "id": "https://x.example/list#94567", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "94567", "statusListCredential": "https://x.example/list",
    }},
}  # fmt: skip


@pytest.mark.parametrize("what", GOOD)
def test_a_credential_that_conforms_is_issued_and_verifies(door: Client, what: str) -> None:
    assert verified(door, issued(door, **GOOD[what]), checks=["proof"]) == 200


STATUS = GOOD["a status"]["credentialStatus"]
BAD: dict[str, Document] = {
    "no context": {"@context": ...}, "an empty context": {"@context": []}, "a context alone": {"@context": V2},
    "another context first": {"@context": [EXAMPLES, V2]}, "no base context": {"@context": [EXAMPLES]},
    "a number as context": {"@context": [V2, 7]}, "no address as context": {"@context": [V2, "https ://x"]},
    "an unknown context": {"@context": [V2, "https://x.example/unknown"]},
    "a bent word": {"@context": [V2, {"VerifiableCredential": "https://x.example/#V"}]},
    "a bent protected word": {"@context": [V2, EXAMPLES, {"description": "https://x.example/#about"}]},
    "a word without meaning": {"@context": [V2], "type": ["VerifiableCredential"], "credentialSubject": {"x": "y"}},
    "no type": {"type": ...}, "another type": {"type": ["ExampleAlumniCredential"]}, "a number as type": {"type": [7]},
    "a type without meaning": {"@context": [V2], "type": ["VerifiableCredential", "Foo"]},
    "an id that is no address": {"id": "not-an-address"}, "two ids": {"id": ["urn:a:1", "urn:a:2"]},
    "a null id": {"id": None}, "a subject with a bad id": {"credentialSubject": {"id": "x y", "a": "b"}},
    "a number as name": {"name": 7}, "too much in a name": {"name": {"@value": "a", "@language": "en", "url": "x"}},
    "a direction that is none": {"name": {"@value": "a", "@direction": "up"}}, "no words in a name": {"name": []},
    "an issuer without id": {"issuer": {"name": "x"} | {"id": None}}, "an issuer that is no address": {"issuer": "x"},
    "too much in the issuer's name": {"issuer": {"id": "urn:a:1", "name": {"@value": "a", "extra": 1}}},
    "no subject": {"credentialSubject": ...}, "an empty subject": {"credentialSubject": {}},
    "no subjects": {"credentialSubject": []}, "one empty subject": {"credentialSubject": [{"a": "b"}, {}]},
    "a word as subject": {"credentialSubject": "did:example:1"}, "a date alone": {"validFrom": "2023-07-01"},
    "a date without zone": {"validFrom": "2023-07-01T19:23:24"}, "a date that is none": {"validUntil": "soon"},
    "a day that is none": {"validFrom": "2023-13-01T00:00:00Z"},
    "an end before its start": {"validUntil": "2020-01-01T00:00:00Z"},
    "a schema without type": {"credentialSchema": {"id": "https://x.example/"}},
    "a schema without id": {"credentialSchema": {"type": "JsonSchema"}},
    "a schema that is a word": {"credentialSchema": "https://x.example/"},
    "refresh without type": {"refreshService": {"id": "https://x.example/"}},
    "terms without type": {"termsOfUse": [{"type": "A"}, {"id": "https://x.example/"}]},
    "evidence without type": {"evidence": {"seen": "yes"}},
    "a status without type": {"credentialStatus": {"id": "urn:a:1"}},
    "a status with a bad id": {"credentialStatus": {**STATUS, "id": "not an address"}},
    "an index that is a number": {"credentialStatus": {**STATUS, "statusListIndex": 7}},
    "an index that is true": {"credentialStatus": {**STATUS, "statusListIndex": True}},
    "an index below zero": {"credentialStatus": {**STATUS, "statusListIndex": "-1"}},
    "a list that is no address": {"credentialStatus": {**STATUS, "statusListCredential": "list"}},
    "an entry with the list's own id": {"credentialStatus": {**STATUS, "id": "https://x.example/list"}},
    "no purpose": {"credentialStatus": {n: v for n, v in STATUS.items() if n != "statusPurpose"}},
    "no size": {"credentialStatus": {**STATUS, "statusSize": 0}},
    "a size without messages": {"credentialStatus": {**STATUS, "statusSize": 2}},
    "messages without their value": {
        "credentialStatus": {**STATUS, "statusMessage": [{"message": "a"}, {"status": "b"}]},
    },
    "too few messages": {"credentialStatus": {**STATUS, "statusMessage": []}},
    "a malformed entry elsewhere": {"evidence": {"type": "BitstringStatusListEntry", "statusListIndex": True}},
    "a resource without digest": {"relatedResource": {"id": "https://x.example/1"}},
    "a resource without id": {"relatedResource": {"digestSRI": "sha256-" + "A" * 43 + "="}},
    "a resource twice": {"relatedResource": [GOOD["resources"]["relatedResource"][0]] * 2},
    "a malformed digest": {"relatedResource": {"id": "https://x.example/1", "digestSRI": "sha256-zz"}},
    "a malformed multibase": {"relatedResource": {"id": "https://x.example/1", "digestMultibase": "zQm0"}},
    "a resource that is a word": {"relatedResource": "https://x.example/1"},
    "a list without subject's type": {
        "@context": [V2], "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "credentialSubject": {"id": "urn:a:1", "statusPurpose": "revocation", "encodedList": "uH4s"},
    },
    "far too many parts": {"evidence": [{"type": "A"}] * 2500},
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_credential_that_does_not_conform_is_refused(door: Client, what: str) -> None:
    assert refused(door, **BAD[what])


@pytest.mark.parametrize("body", [[], {}, {"credential": []}, {"credential": {}, "options": []}, "x", None], ids=str)
def test_a_request_of_another_form_is_refused(door: Client, body: Any) -> None:
    for path in ("/credentials/issue", "/credentials/verify", "/presentations/verify", "/credentials/status"):
        assert post(door, path, body)[0] == 400


def test_a_request_without_end_is_not_read(door: Client) -> None:
    for size, status in ((MOST_BYTES + 1, 400), (MOST_REQUEST_BYTES + 1, 413)):
        answer = door.post("/credentials/verify", "x" * size, content_type="application/json")
        assert answer.status_code == status


@pytest.mark.parametrize(
    "options",
    [
        {"cryptosuite": "ecdsa-rdfc-2019"}, {"cryptosuite": ["eddsa-jcs-2022"]}, {"proofId": "x"},
        {"previousProof": [7]}, {"previousProof": "urn:uuid:1"}, {"credentialStatus": {"statusPurpose": "message"}},
        {"credentialStatus": ["revocation"]},
    ],
    ids=str,
)  # fmt: skip
def test_options_that_are_not_known_are_refused(door: Client, options: Document) -> None:
    assert post(door, "/credentials/issue", {"credential": credential(), "options": options})[0] in {400, 422}


def _bent(document: Document, **changes: Any) -> Document:
    bent = copy.deepcopy(document)
    bent["proof"][0] = {n: v for n, v in {**bent["proof"][0], **changes}.items() if v is not ...}
    return bent


@pytest.mark.parametrize(
    "changes",
    [
        {"type": ...}, {"type": "UnknownProof"}, {"verificationMethod": ...}, {"verificationMethod": "did:key:x#y"},
        {"verificationMethod": 7}, {"proofPurpose": ...}, {"proofPurpose": "authentication"}, {"proofValue": ...},
        {"proofValue": None}, {"proofValue": "21EVs3eXERqTn4"}, {"cryptosuite": ...}, {"cryptosuite": "x"},
        {"cryptosuite": ["eddsa-rdfc-2022"]}, {"created": "2023-02-24"}, {"created": "2199-01-01T00:00:00Z"},
        {"created": "2023-02-24T23:36:38"}, {"expires": "2020-01-01T00:00:00Z"}, {"previousProof": "urn:uuid:1"},
        {"previousProof": ["urn:uuid:1"]}, {"previousProof": 7},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_proof_of_another_form_does_not_verify(door: Client, suite: str, changes: Document) -> None:
    document = issued(door, {"cryptosuite": suite})
    assert verified(door, _bent(document, **changes)) in {400, 422}


@pytest.mark.parametrize("proof", [..., None, [], {}, "x"], ids=str)
def test_without_a_proof_nothing_verifies(door: Client, proof: Any) -> None:
    document = {n: v for n, v in {**issued(door), "proof": proof}.items() if v is not ...}
    assert verified(door, document) == 400


def test_a_caller_may_ask_for_purpose_challenge_and_domain(door: Client) -> None:
    document = issued(door)
    assert verified(door, document, expectedProofPurpose="assertionMethod") == 200
    assert verified(door, document, expectedProofPurpose="authentication") == 400
    assert verified(door, document, challenge="1235abcd6789") == 400
    assert verified(door, document, domain="domain.example") == 400
    assert verified(door, document, checks=["everything"]) == 400
    assert verified(door, document, challenge=7) == 400


def test_nothing_is_called_verified_when_nobody_asked_for_the_proof(door: Client) -> None:
    body = {"verifiableCredential": issued(door), "options": {"checks": []}}
    status, answer = post(door, "/credentials/verify", body)
    assert (status, answer["verified"], len(answer["warnings"])) == (200, False, 1)


def test_a_set_and_a_chain_are_made_step_by_step(door: Client) -> None:
    one = issued(door, {"proofId": "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"})
    body = {"credential": one, "options": {"cryptosuite": "eddsa-jcs-2022"}}
    both = post(door, "/credentials/issue", body)[1]["verifiableCredential"]
    assert verified(door, both) == 200
    body["options"] = {"previousProof": ["urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"]}
    chain = post(door, "/credentials/issue", body)[1]["verifiableCredential"]
    assert verified(door, chain) == 200
    assert verified(door, {**chain, "proof": chain["proof"][1:]}) == 400
    bent = _bent(one, created="2023-01-01T00:00:00Z")
    assert post(door, "/credentials/issue", {"credential": bent})[0] == 400


def test_dates_count_unless_only_the_proof_is_asked_for(door: Client) -> None:
    for document in (issued(door, validUntil="2024-01-01T00:00:00Z"), issued(door, validFrom="2199-01-01T00:00:00Z")):
        assert verified(door, document) == 400
        assert verified(door, document, checks=["proof"]) == 200


def _set(door: Client, document: Document, purpose: str, value: object) -> int:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
    body = {"credentialId": document["id"], "credentialStatus": entry, "status": value}
    return post(door, "/credentials/status", body)[0]


def test_a_status_is_issued_set_and_seen(door: Client) -> None:
    wanted = {"credentialStatus": [{"statusPurpose": "revocation"}, {"statusPurpose": "suspension"}]}
    document = issued(door, wanted)
    entries = document["credentialStatus"]
    assert len({entry["statusListIndex"] for entry in entries}) == 1
    assert verified(door, document) == 200
    assert _set(door, document, "suspension", True) == 200
    assert verified(door, document) == 400
    assert _set(door, document, "suspension", False) == 200
    assert verified(door, document) == 200
    assert _set(door, document, "revocation", True) == 200
    assert verified(door, document) == 400
    assert _set(door, document, "revocation", False) == 400
    assert _set(door, document, "revocation", "1") == 400
    assert _set(door, document, "message", True) == 400
    assert _set(door, {"id": "urn:uuid:unknown"}, "revocation", True) == 400


def test_the_list_is_public_signed_and_long_enough(door: Client) -> None:
    document = issued(door, {"credentialStatus": {"statusPurpose": "revocation"}})
    _set(door, document, "revocation", True)
    entry = document["credentialStatus"]
    listed = Client().get(entry["statusListCredential"].partition("//")[2].partition("/")[2].join(["/", ""])).json()
    assert listed["id"] == entry["statusListCredential"]
    assert verified(door, listed, checks=["proof"]) == 200
    bits = status_check.bits(listed["credentialSubject"]["encodedList"])
    assert bits is not None
    assert len(bits) * 8 == conformance.SIZE >= 131_072
    assert [index for index in range(len(bits) * 8) if status_check.is_set(bits, index)] == [
        int(entry["statusListIndex"])
    ]
    assert Client().get("/credentials/status-lists/message").status_code == 404


def test_no_index_is_given_twice_and_a_half_full_list_gives_none(door: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "SIZE", 4)
    wanted = {"credentialStatus": {"statusPurpose": "revocation"}}
    for _time in range(2):
        issued(door, wanted)
    assert ConformanceEntry.objects.values("index").distinct().count() == 2
    assert post(door, "/credentials/issue", {"credential": credential(), "options": wanted})[0] == 400


def test_a_status_that_nobody_can_look_up_is_not_verified(door: Client) -> None:
    document = issued(door, credentialStatus=STATUS)
    body = {"verifiableCredential": document}
    status, answer = post(door, "/credentials/verify", body)
    assert (status, answer["title"]) == (400, "STATUS_RETRIEVAL_ERROR")


def test_a_token_in_an_envelope_is_issued_and_verifies(door: Client) -> None:
    envelope = issued(door, {"format": "vc+jwt"}, id="urn:uuid:a9ab2a7c-5d0d-4c31-a5ee-b8ab6d4a4b5a")
    assert verified(door, envelope) == 200
    head, payload, signature = str(jose.token_in(envelope)).split(".")
    for wrong in (
        {**envelope, "@context": []}, {**envelope, "@context": EXAMPLES}, {**envelope, "type": "VerifiableCredential"},
        {**envelope, "id": f"{head}.{payload}.{signature}"}, {n: v for n, v in envelope.items() if n != "type"},
        jose.enveloped(f"{head}.{payload}.{signature[::-1]}"), jose.enveloped(f"{head}.{payload}."),
        jose.enveloped(_token()),
    ):  # fmt: skip
        assert verified(door, wrong) == 400
    assert post(door, "/credentials/issue", {"credential": credential(), "options": {"format": "vc+jwt"}})[0] == 422


class Holder:
    """Somebody who presents, by did:key."""

    def __init__(self) -> None:
        private = Ed25519PrivateKey.generate()
        self.did = did_key(ed25519_multikey(private.public_key().public_bytes_raw()))
        self.signer = Signer(method_of(self.did), private.sign)

    def presents(self, credentials: list[Any], **more: Any) -> Document:
        document = {
            "@context": [V2, EXAMPLES], "type": ["VerifiablePresentation"], "holder": self.did,
            "verifiableCredential": credentials, **{n: v for n, v in more.items() if n != "purpose"},
        }  # fmt: skip
        options = {
            "proofPurpose": more.get("purpose", "authentication"), "challenge": "3f1b", "domain": "verifier.example",
        }  # fmt: skip
        return proofs.sign(document, self.signer, created=NOW, more=options, canonicalize=canonical_here)


NOW = proofs.moment("2024-01-01T00:00:00Z")


def presented(door: Client, document: Any, **options: Any) -> int:
    body = {"verifiablePresentation": document, "options": options}
    return post(door, "/presentations/verify", body)[0]


def test_a_presentation_verifies_with_what_it_presents(door: Client) -> None:
    one, two, holder = issued(door), issued(door, {"cryptosuite": "eddsa-jcs-2022"}), Holder()
    both = holder.presents([one, two])
    assert presented(door, both) == 200
    assert presented(door, both, challenge="3f1b", domain="verifier.example") == 200
    assert presented(door, both, challenge="other") == 400
    assert presented(door, both, domain="other.example") == 400
    assert presented(door, {**both, "verifiableCredential": [one]}) == 400
    assert presented(door, holder.presents([{**one, "issuer": "did:key:z6MkOther"}])) == 400
    assert presented(door, holder.presents([one], purpose="assertionMethod")) == 400
    assert presented(door, {**both, "holder": Holder().did}) == 400
    assert presented(door, holder.presents([], holder={"id": holder.did})) == 200


def test_nobody_signs_in_the_name_of_another(door: Client) -> None:
    holder, other = Holder(), Holder()
    for issuer, status in ((holder.did, 200), (other.did, 400), ({"id": other.did}, 400)):
        signed = proofs.sign(credential(issuer=issuer), holder.signer, created=NOW, canonicalize=canonical_here)
        assert verified(door, signed) == status


def test_the_form_of_a_presentation_counts(door: Client) -> None:
    good = Holder().presents([issued(door)])
    assert presented(door, good, checks=[]) == 200
    unsecured = credential()
    for wrong in (
        {"@context": ...}, {"@context": [EXAMPLES]}, {"@context": [V2, 7]}, {"@context": [V2, "https ://x"]},
        {"type": ...}, {"type": ["VerifiableCredential"]}, {"id": "x"}, {"holder": {"name": "x"}}, {"holder": 7},
        {"verifiableCredential": ["https://x.example/1"]}, {"verifiableCredential": [7]},
        {"verifiableCredential": [unsecured]},
        {"verifiableCredential": [{**good["verifiableCredential"][0], "type": "x"}]},
        {"verifiableCredential": [{"@context": V2, "type": "EnvelopedVerifiableCredential", "id": "https://x.example"}]},
    ):  # fmt: skip
        document = {n: v for n, v in {**good, **wrong}.items() if v is not ...}
        assert presented(door, document, checks=[]) == 400, wrong


def _enveloped(holder: Holder, payload: Any, **header: Any) -> Document:
    head = {"alg": "EdDSA", "kid": holder.signer.method, "typ": "vp+jwt", **header}
    text = ".".join(jose.encoded(json.dumps(part).encode()) for part in (head, payload))
    token = f"{text}.{jose.encoded(holder.signer.sign(text.encode()))}"
    return {"@context": V2, "type": "EnvelopedVerifiablePresentation", "id": f"data:application/vp+jwt,{token}"}


def test_a_presentation_in_an_envelope_verifies_by_a_key_of_its_holder(door: Client) -> None:
    holder, other = Holder(), Holder()
    shown = {
        "@context": [V2, EXAMPLES], "type": ["VerifiablePresentation"], "holder": holder.did,
        "verifiableCredential": [issued(door), issued(door, {"format": "vc+jwt"}, id="https://x.example/1")],
    }  # fmt: skip
    claims = {"iss": holder.did, "aud": "verifier.example", "nonce": "3f1b", "exp": 4102444800}
    good = _enveloped(holder, {**shown, **claims})
    assert presented(door, good) == presented(door, good, challenge="3f1b", domain="verifier.example") == 200
    assert presented(door, {**good, "@context": [V2]}) == presented(door, good, checks=[]) == 200
    assert presented(door, good, challenge="other") == presented(door, good, domain="other.example") == 400
    assert presented(door, good, expectedProofPurpose="keyAgreement") == 400
    forged = {**shown, "verifiableCredential": [{**issued(door), "name": "Other"}]}
    for wrong in (
        _enveloped(other, {**shown, **claims}), _enveloped(other, shown), _enveloped(holder, {"vp": shown, **claims}),
        _enveloped(holder, forged), _enveloped(holder, {**shown, "exp": 1}),
        _enveloped(holder, {**shown, "iss": other.did}),
        _enveloped(holder, {**shown, "type": ["VerifiableCredential"]}), _enveloped(holder, shown, alg="none"),
        _enveloped(holder, shown, kid="did:key:z6MkOther#z6MkOther"),
        {**good, "id": good["id"][:-4] + "AAAA"}, {**good, "id": good["id"].partition(",")[2]},
        {**good, "type": ["VerifiablePresentation"]}, {**good, "@context": []}, {**good, "@context": [EXAMPLES]},
    ):  # fmt: skip
        assert presented(door, wrong) == 400, wrong


def test_what_a_holder_says_of_himself_is_secured_by_the_presentation(door: Client) -> None:
    holder = Holder()
    own = credential(issuer=holder.did)
    assert presented(door, holder.presents([own])) == 200
    assert presented(door, holder.presents([own], holder={"id": holder.did})) == 200
    assert presented(door, {**holder.presents([own]), "verifiableCredential": [{**own, "name": "Other"}]}) == 400
    assert presented(door, holder.presents([credential(issuer=Holder().did)])) == 400


def test_digests_of_contexts_that_we_keep_are_compared(door: Client) -> None:
    data = context_bytes(V2)
    assert data is not None
    right = hashlib.sha256(data).digest()
    sri = "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()
    for digest in (
        {"digestSRI": sri}, {"digestMultibase": "u" + jose.encoded(right)}, {"digestMultibase": "z" + b58encode(right)},
        {"digestMultibase": "u" + jose.encoded(b"\x12\x20" + right), "digestSRI": sri},
    ):  # fmt: skip
        assert verified(door, issued(door, relatedResource={"id": V2, **digest})) == 200
    for digest in ({"digestSRI": sri[:-4] + "AAAA"}, {"digestMultibase": "u" + jose.encoded(bytes(32))}):
        refused(door, relatedResource=[{"id": V2, **digest}])


def test_why_a_status_was_not_told_has_a_name_of_its_own(door: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    document = issued(door, {"credentialStatus": {"statusPurpose": "revocation"}})
    listed = conformance.status_list("revocation")

    def answer(change: Document, *, sign: bool = True) -> str:
        subject = {**listed["credentialSubject"], **change}
        unsigned = {name: value for name, value in {**listed, "credentialSubject": subject}.items() if name != "proof"}
        signer = keys.conformance_signer()
        other = proofs.sign(unsigned, signer, created=NOW) if sign else {**listed, "credentialSubject": subject}
        monkeypatch.setattr(conformance.DoorLookup, "status_list", lambda _self, _url: other)
        return str(post(door, "/credentials/verify", {"verifiableCredential": document})[1].get("title", "verified"))

    short = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(100))).decode().rstrip("=")
    assert answer({}) == "verified"
    assert answer({"encodedList": short}) == "STATUS_LIST_LENGTH_ERROR"
    assert answer({"encodedList": "uAAAA"}) == answer({"statusPurpose": "refresh"}) == "STATUS_VERIFICATION_ERROR"
    assert answer({"ttl": 5}, sign=False) == "STATUS_VERIFICATION_ERROR"
    beyond = {**document["credentialStatus"], "statusListIndex": str(131_072 * 9)}
    document = issued(door, credentialStatus=beyond)
    assert answer({}) == "RANGE_ERROR"

"""The table "must be refused" (`promises.md` 6): each case in each form that it can take, by one plain sentence.

`docs/verification.md` names the test of each group. Cases that need our own rows stand in `test_refused.py`, those of
the files themselves in `test_baking.py`, those of tokens themselves in `test_jose.py`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest

from credentials import baking, jose
from credentials.base58 import b58encode
from credentials.canonical import OPEN_BADGES, V2
from credentials.multikey import MULTICODEC_ED25519, WEAK_KEYS
from credentials.outcomes import Answer, Outcome
from tests.credentials import refusable as r
from tests.credentials.hostile import BOMBS
from tests.credentials.maker import Handed
from tests.credentials.refusable import ELSEWHERE, FORMS, ISSUER, MALLORY, PARTNER, drop, put
from tests.credentials.test_baking import CROOKED
from tests.credentials.test_proofs import Foreign

S, A = "credentialSubject", "achievement"


@pytest.mark.parametrize("form", FORMS)
def test_the_badge_itself_is_good_in_every_form(form: str) -> None:
    assert r.judged(r.changed_before(lambda _document: None, form)).answer == Answer.VALID


ALTERED = {
    "name": put("name", value="Surgery"),
    "issuer's name": put("issuer", "name", value="Another College"),
    "issuer": put("issuer", "id", value=MALLORY.did),
    "earner": put(S, "id", value="did:key:z6MkMallory"),
    "achievement": put(S, A, "name", value="Surgery"),
    "criteria": put(S, A, "criteria", "narrative", value="none"),
    "first day": put("validFrom", value="2020-01-01T00:00:00Z"),
    "last day": put("validUntil", value="2099-01-01T00:00:00Z"),
    "no last day": drop("validUntil"),
    "award's date": put("awardedDate", value="2020-01-01T00:00:00Z"),
    "a status more": put("credentialStatus", value={"id": ELSEWHERE, "type": "BitstringStatusListEntry"}),
    "evidence more": put("evidence", value=[{"id": "urn:uuid:1", "type": ["Evidence"], "name": "Exam"}]),
    "own address": put("id", value=ELSEWHERE),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", ALTERED)
def test_altered(case: str, form: str) -> None:
    r.assert_refused(r.changed_after(ALTERED[case], form))


PROOFS: dict[str, r.Change] = {
    "removed": drop("proof"),
    "empty": put("proof", value=[]),
    "null": put("proof", value=None),
    "of another badge": lambda d: d.update(proof=[ISSUER.prove({**r.unsigned(), "name": "Other"})]),
    "another date": put("proof", 0, "created", value="2020-01-01T00:00:00Z"),
    "a challenge more": put("proof", 0, "challenge", value="x"),
    **{
        f"signature written in another way {place}": lambda d, place=place: d["proof"][0].update(
            proofValue=r.malleable(d["proof"][0]["proofValue"])[place]
        )
        for place in range(10)
    },
}


@pytest.mark.parametrize("form", ["JSON", "PNG", "SVG"])
@pytest.mark.parametrize("case", PROOFS)
def test_altered_proof(case: str, form: str) -> None:
    r.assert_refused(r.changed_after(PROOFS[case], form))


WRONG_KEY: dict[str, r.Change] = {
    "another's key under the issuer's id": lambda d: d.update(proof=[MALLORY.prove(r.unsigned())]),
    "another's key that calls itself the issuer's": lambda d: d.update(
        proof=[{**MALLORY.prove(r.unsigned()), "verificationMethod": f"{ISSUER.did}#{ISSUER.multibase}"}]
    ),
    "inline key": put("proof", 0, "verificationMethod", value={"id": ELSEWHERE, "type": "Multikey"}),
    "key that is not listed": put("proof", 0, "verificationMethod", value=f"{ISSUER.did}#other"),
    "wrong purpose": put("proof", 0, "proofPurpose", value="authentication"),
    "unknown suite": put("proof", 0, "cryptosuite", value="ecdsa-rdfc-2019"),
    "old suite": put("proof", 0, "type", value="Ed25519Signature2020"),
    "confused suite": put("proof", 0, "cryptosuite", value="eddsa-jcs-2022"),
    "expired proof": put("proof", 0, "expires", value="2020-01-01T00:00:00Z"),
    "proof of tomorrow": put("proof", 0, "created", value="2099-01-01T00:00:00Z"),
    "one bad proof in a set": lambda d: d["proof"].append({**d["proof"][0], "created": "2020-01-01T00:00:00Z"}),
    "more proofs than anybody needs": lambda d: d.update(proof=d["proof"] * 9),
    "broken chain": put("proof", 0, "previousProof", value="urn:uuid:none"),
    "chain on itself": lambda d: d["proof"][0].update(id="urn:uuid:1", previousProof="urn:uuid:1"),
}


@pytest.mark.parametrize("form", ["JSON", "PNG", "SVG"])
@pytest.mark.parametrize("case", WRONG_KEY)
def test_wrong_key(case: str, form: str) -> None:
    r.assert_refused(r.changed_after(WRONG_KEY[case], form))


@pytest.mark.parametrize("weak", [*sorted(WEAK_KEYS)[:4], b"\2" * 31])
def test_wrong_key_that_is_weak_or_too_short(weak: bytes) -> None:
    signer = Foreign()
    signer.multibase = "z" + b58encode(MULTICODEC_ED25519 + weak)
    signer.did = f"did:key:{signer.multibase}"
    document = {**r.unsigned(), "issuer": signer.did}
    r.assert_refused(json.dumps(r.proved(document, signer)).encode())
    r.assert_refused(r.token(document, signer).encode())


def _listed(**change: Any) -> Handed:
    """An issuer by did:web whose document was handed in, with a fault."""
    method = {
        "id": "did:web:x.example#k", "type": "Multikey", "controller": "did:web:x.example",
        "publicKeyMultibase": ISSUER.multibase, **change.pop("method", {}),
    }  # fmt: skip
    document = {"id": "did:web:x.example", "verificationMethod": [method], "assertionMethod": [method["id"]], **change}
    return Handed({"did:web:x.example": document})


CONTROLLERS: dict[str, dict[str, Any]] = {
    "not for statements": {"assertionMethod": []},
    "of another controller": {"method": {"controller": MALLORY.did}},
    "of another name": {"id": MALLORY.did},
    "not listed": {"verificationMethod": []},
    "of another kind": {"method": {"type": "Ed25519VerificationKey2018"}},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CONTROLLERS)
def test_wrong_key_in_the_issuers_own_document(case: str, form: str) -> None:
    signer = Foreign()
    signer.private, signer.did, signer.multibase = ISSUER.private, "did:web:x.example", "k"
    document = {**r.unsigned(), "issuer": "did:web:x.example"}
    text = r.token(document, signer) if form == "JWT" else baking.text_of(r.proved(document, signer))
    assert r.judged(r.carried(text, form), _listed()).answer == Answer.VALID
    r.assert_refused(r.carried(text, form), _listed(**CONTROLLERS[case]))


MEANINGS = {
    "undefined word": put("favouriteColour", value="green"),
    "undefined word inside": put(S, A, "grade", value="A"),
    "undefined type": put(S, A, "type", value=["Achievement", "Diploma"]),
    "relative id": put("id", value="badge-1"),
    "relative id inside": put(S, A, "alignment", value=[{"id": "here", "type": ["Alignment"]}]),
    "nothing": put("description", value=None),
    "name as an address": put("https://schema.org/name", value="Surgery"),
    "short address": put("schema:name", value="Surgery"),
    "@type": put("@type", value=["OpenBadgeCredential"]),
    "@id": put(S, A, "@id", value=ELSEWHERE),
    "@graph": put("@graph", value=[{"id": ELSEWHERE}]),
    "@included": put("@included", value=[{"id": ELSEWHERE}]),
    "@reverse": put(S, "@reverse", value={"issuer": {"id": ELSEWHERE}}),
    "nested lists": put(S, A, "tag", value=[["x"]]),
    "@vocab": put("@context", value=[V2, OPEN_BADGES, {"@vocab": "https://elsewhere.example/"}]),
    "inline context": put(S, "@context", value=[V2]),
    "wrong order of contexts": put("@context", value=[OPEN_BADGES, V2]),
    "one context": put("@context", value=V2),
    "control character": put("name", value="Gown\u0007ing"),
    "long number": put(S, A, "creditsAvailable", value=1e300),
    "tiny number": put(S, A, "creditsAvailable", value=1e-7),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", MEANINGS)
def test_same_signature_other_meaning(case: str, form: str) -> None:
    r.assert_refused(r.changed_before(MEANINGS[case], form))


@pytest.mark.parametrize("case", MEANINGS)
def test_same_signature_other_meaning_without_rdf(case: str) -> None:
    document = r.unsigned()
    MEANINGS[case](document)
    r.assert_refused(json.dumps(r.proved_without_rdf(document)).encode())
    assert r.judged(json.dumps(r.proved_without_rdf(r.unsigned())).encode()).answer == Answer.VALID


@pytest.mark.parametrize("form", FORMS)
def test_remote_context_is_not_fetched_and_not_judged(form: str) -> None:
    remote = r.changed_before(put("@context", value=[V2, OPEN_BADGES, ELSEWHERE]), form)
    assert r.refusal(remote)[0] == Answer.CANNOT_TELL
    r.assert_refused(remote, open_too=True)


SHAPES = {
    "not a badge": put("type", value=["VerifiableCredential"]),
    "an endorsement": put("type", value=["VerifiableCredential", "EndorsementCredential"]),
    "a status list": put("type", value=["VerifiableCredential", "BitstringStatusListCredential"]),
    "no type": drop("type"),
    "no id": drop("id"),
    "no issuer": drop("issuer"),
    "issuer without id": put("issuer", value={"name": "Elsewhere"}),
    "no subject": drop(S),
    "no achievement": drop(S, A),
    "achievement without criteria": drop(S, A, "criteria"),
    "nobody's": drop(S, "id"),
    "no first day": drop("validFrom"),
    "first day without zone": put("validFrom", value="2026-01-01T00:00:00"),
    "first day that is none": put("validFrom", value="2026-02-30T00:00:00Z"),
    "last day without zone": put("validUntil", value="2036-01-01T00:00:00"),
    "last day before the first": put("validUntil", value="2025-01-01T00:00:00Z"),
    "past": put("validUntil", value="2026-02-01T00:00:00Z"),
    "ahead": put("validFrom", value="2034-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", SHAPES)
def test_shape_and_dates(case: str, form: str) -> None:
    r.assert_refused(r.changed_before(SHAPES[case], form))


URL = "https://x.example/lists/1"
ENTRY = {
    "id": f"{URL}#5", "type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "5",
    "statusListCredential": URL,
}  # fmt: skip


def _bits(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def _list(change: r.Change = lambda _list: None, *, bits: bytes = bytes(16384), signer: Foreign = ISSUER) -> Handed:
    """The issuer's signed list, with a fault."""
    listed: dict[str, Any] = {
        "@context": [V2], "id": URL, "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER.did, "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{URL}#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
            "encodedList": _bits(gzip.compress(bits)),
        },
    }  # fmt: skip
    change(listed)
    return Handed(lists={URL: {"proof": [signer.prove(listed)], **listed}})


REVOKED = b"\x04" + bytes(16383)
STATUS: dict[str, tuple[dict[str, Any], Handed]] = {
    "bit set": ({}, _list(bits=REVOKED)),
    "index negative": ({"statusListIndex": "-1"}, _list()),
    "index fractional": ({"statusListIndex": "1.5"}, _list()),
    "index as a number": ({"statusListIndex": 5}, _list()),
    "index out of range": ({"statusListIndex": "131072"}, _list()),
    "unknown type": ({"type": "RevocationList2020Status"}, _list()),
    "unknown purpose": ({"statusPurpose": "message"}, _list()),
    "list of another issuer": ({}, _list(put("issuer", value=MALLORY.did), signer=MALLORY)),
    "list by another's key": ({}, _list(signer=MALLORY)),
    "list of another purpose": ({}, _list(put(S, "statusPurpose", value="suspension"))),
    "list of another id": ({}, _list(put("id", value=ELSEWHERE))),
    "unsigned": ({}, _list(put("proof", value=[]))),
    "expired": ({}, _list(put("validUntil", value="2026-02-01T00:00:00Z"))),
    "of tomorrow": ({}, _list(put("validFrom", value="2034-01-01T00:00:00Z"))),
    "too short": ({}, _list(bits=bytes(16000))),
    "not gzip": ({}, _list(put(S, "encodedList", value=_bits(bytes(16384))))),
    "a bomb": ({}, _list(bits=bytes(40 * 1024 * 1024))),
    "a badge offered as list": ({}, Handed(lists={URL: r.proved({**r.unsigned(), "id": URL})})),
    "not at hand": ({}, Handed()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", STATUS)
def test_status(case: str, form: str) -> None:
    entry, lookup = STATUS[case]
    good = r.changed_before(put("credentialStatus", value=ENTRY), form)
    assert r.judged(good, _list()).answer == Answer.VALID
    badge = r.changed_before(put("credentialStatus", value={**ENTRY, **entry}), form)
    r.assert_refused(badge, lookup, open_too=case != "bit set")


@pytest.mark.parametrize("form", FORMS)
def test_status_in_two_places(form: str) -> None:
    second = {**ENTRY, "statusListIndex": "6"}
    r.assert_refused(r.changed_before(put("credentialStatus", value=[second, ENTRY]), form), _list(bits=REVOKED))


def _with_head(**header: Any) -> bytes:
    return r.token(r.unsigned(), **header).encode()


def _by_secret() -> bytes:
    """Signed with the public key as a secret."""
    secret = ISSUER.private.public_key().public_bytes_raw()
    head = _with_head(alg="HS256").rpartition(b".")[0]
    return head + b"." + jose.encoded(hmac.new(secret, head, hashlib.sha256).digest()).encode()


GOOD = r.token(r.unsigned())
PARTS = GOOD.split(".")
TOKENS: dict[str, bytes] = {
    "none": _with_head(alg="none"),
    "none without a signature": ".".join([_with_head(alg="none").decode().split(".")[0], PARTS[1], ""]).encode(),
    "HMAC with the public key": _by_secret(),
    "jwk": _with_head(jwk={"kty": "OKP", "crv": "Ed25519", "x": "x"}),
    "jku": _with_head(jku="https://elsewhere.example/keys"),
    "x5u": _with_head(x5u="https://elsewhere.example/chain"),
    "path in kid": _with_head(kid="../../../../dev/null"),
    "SQL in kid": _with_head(kid="x' UNION SELECT 'y"),
    "another's kid": _with_head(kid=f"{MALLORY.did}#{MALLORY.multibase}"),
    "unknown crit": _with_head(crit=["exp"]),
    "b64 false": _with_head(b64=False, crit=["b64"]),
    "another type": _with_head(typ="at+jwt"),
    "a presentation": _with_head(typ="vp+jwt"),
    "claims that differ": r.tampered(GOOD, put("sub", value="did:key:z6MkMallory")).encode(),
    "another's claim": r.token(r.unsigned(), claims={"iss": MALLORY.did}).encode(),
    "stripped": ".".join(PARTS[:2]).encode(),
    "stripped to the point": f"{PARTS[0]}.{PARTS[1]}.".encode(),
    "padded": f"{GOOD}==".encode(),
    "another last letter": (GOOD[:-1] + ("A" if GOOD[-1] != "A" else "B")).encode(),
    "signature of another": f"{PARTS[0]}.{PARTS[1]}.{r.token({**r.unsigned(), 'name': 'x'}).split('.')[2]}".encode(),
    "duplicate keys": ".".join([PARTS[0], jose.encoded(b'{"iss":"a","iss":"b"}'), PARTS[2]]).encode(),
    "wrapped as in older standards": r.token({**r.unsigned(), "vc": {"type": ["OpenBadgeCredential"]}}).encode(),
}


@pytest.mark.parametrize("form", ["JWT", "PNG", "SVG", "envelope"])
@pytest.mark.parametrize("case", TOKENS)
def test_jwt(case: str, form: str) -> None:
    text = TOKENS[case].decode()
    if form == "envelope":
        r.assert_refused(json.dumps(jose.enveloped(text)).encode())
    else:
        r.assert_refused(r.carried(text, form))


TEXT = baking.text_of(r.proved(r.unsigned()))
TEXTS: dict[str, bytes] = {
    "duplicate keys": TEXT.replace('"name":', '"name":"Surgery","name":', 1).encode(),
    "NaN": TEXT.replace('"2036-01-01T00:00:00Z"', "NaN").encode(),
    "infinity": TEXT.replace('"2036-01-01T00:00:00Z"', "-Infinity").encode(),
    "huge number": TEXT.replace('"2036-01-01T00:00:00Z"', "9" * 5000).encode(),
    "number beyond doubles": TEXT.replace('"2036-01-01T00:00:00Z"', "1e999").encode(),
    "depth": b'{"a":' * 65 + TEXT.encode() + b"}" * 65,
    "depth without end": b"[" * 500_000,
    "lone surrogate": TEXT.replace("Elsewhere", "\\ud800").encode(),
    "NUL": TEXT.replace("Elsewhere", "\\u0000").encode(),
    "not UTF-8": TEXT.replace("Elsewhere", "\xff").encode("latin-1"),
    "text after the end": TEXT.encode() + b"{}",
    "comment": b"/* good */" + TEXT.encode(),
    "empty": b"",
    "not an object": b"[" + TEXT.encode() + b"]",
    "cut off": TEXT.encode()[:-9],
}


@pytest.mark.parametrize("form", ["JSON", "JWT", "PNG", "SVG"])
@pytest.mark.parametrize("case", TEXTS)
def test_json(case: str, form: str) -> None:
    data = TEXTS[case]
    if form == "JSON":
        r.assert_refused(data)
    elif form == "JWT":
        r.assert_refused(f"{PARTS[0]}.{jose.encoded(data)}.{PARTS[2]}".encode())
    elif case not in {"not UTF-8", "empty"}:  # of a picture these are faults of the file itself
        r.assert_refused(r.carried(data.decode(), form))


@pytest.mark.parametrize("case", [name for name in CROOKED if name != "empty"])
def test_pictures(case: str) -> None:
    r.assert_refused(CROOKED[case][0])


@pytest.mark.parametrize("case", ["pixel flood", "text-chunk bomb", "entities"])
def test_pictures_that_explode(case: str) -> None:
    r.assert_refused(BOMBS[case]())


ABOUT = r.unsigned()[S][A]["id"]


def _endorsement(signer: Foreign = PARTNER, **more: Any) -> dict[str, Any]:
    return {
        "@context": [V2, OPEN_BADGES], "id": "https://partner.example/e/1", "name": "Endorsement",
        "type": ["VerifiableCredential", "EndorsementCredential"], "validFrom": "2026-01-01T00:00:00Z",
        "issuer": {"id": signer.did, "type": ["Profile"], "name": "Partner"},
        "credentialSubject": {"id": ABOUT, "type": ["EndorsementSubject"], "endorsementComment": "Good."}, **more,
    }  # fmt: skip


def _forged(change: r.Change) -> tuple[Any, Any]:
    """Changed after it was signed, as JSON and as token."""
    document = r.proved(_endorsement(), PARTNER)
    change(document)
    return document, r.tampered(r.token(_endorsement(), PARTNER), change)


def _made(document: dict[str, Any], signer: Foreign = PARTNER) -> tuple[Any, Any]:
    return r.proved(document, signer), r.token(document, signer)


ENDORSEMENTS: dict[str, tuple[Any, Any]] = {
    "by the issuer in the partner's name": _made(_endorsement(), ISSUER),
    "of another achievement": _made(_endorsement(credentialSubject={"id": ELSEWHERE, "type": ["EndorsementSubject"]})),
    "expired": _made(_endorsement(validUntil="2026-02-01T00:00:00Z")),
    "of tomorrow": _made(_endorsement(validFrom="2034-01-01T00:00:00Z")),
    "withdrawn": _made(_endorsement(credentialStatus=ENTRY | {"statusListCredential": "https://partner.example/l"})),
    "altered": _forged(put("credentialSubject", "endorsementComment", value="Superb")),
    "unsigned": (_endorsement(), ".".join(r.token(_endorsement(), PARTNER).split(".")[:2])),
    "of oneself": _made(_endorsement(ISSUER), ISSUER),
    "a quality approval by somebody else": _made(
        _endorsement(type=["VerifiableCredential", "EndorsementCredential"], name="Quality approval")
    ),
    "no endorsement": ("text", "ey.is.none"),
    "a badge": _made(r.unsigned(), ISSUER),
}


def _withdrawn() -> Handed:
    """The partner's list, where its endorsement is taken back."""
    url = "https://partner.example/l"
    listed = {**_list(bits=REVOKED).lists[URL], "id": url, "issuer": PARTNER.did}
    listed.pop("proof")
    return Handed(lists={url: r.proved(listed, PARTNER)})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("token", [False, True], ids=["as JSON", "as token"])
@pytest.mark.parametrize("case", ENDORSEMENTS)
def test_endorsements(case: str, token: bool, form: str) -> None:
    good, bad = _made(_endorsement())[token], ENDORSEMENTS[case][token]
    name = "endorsementJwt" if token else "endorsement"
    document = r.unsigned()
    document[S][A][name] = [good, bad]
    text = r.token(document) if form == "JWT" else baking.text_of(r.proved(document))
    verdict = r.judged(r.carried(text, form), _withdrawn())
    found = {check.name: check for check in verdict.checks}
    # A proof over an endorsement that has no meaning cannot be made, so a badge that carries it is refused as a whole.
    if case != "no endorsement" or token:
        assert verdict.answer == Answer.VALID, verdict.worst
    assert found["endorsement_1"].outcome == Outcome.PASSED
    assert found["endorsement_2"].outcome == Outcome.FAILED
    assert str(found["endorsement_2"].sentence).endswith(".")


def test_the_page_for_verifiers_names_a_test_for_every_row() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "verification.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| [^|]+ \| [^|]+ \| ((?:`test_\w+`,? ?)+) \|$", page, re.MULTILINE)
    groups = {name for name, _tests in rows}
    assert groups == {
        "altered", "wrong key", "same signature other meaning", "shape and dates", "status", "jwt", "json", "pictures",
        "endorsements",
    }  # fmt: skip
    for _name, tests in rows:
        for test in re.findall(r"test_\w+", tests):
            assert test in globals(), test

"""What must be refused (`promises.md` 6), a line of the table after the other; each refusal is a plain sentence."""

from __future__ import annotations

import base64
import copy
import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from credentials import actions, claims, documents, keys, life, proofs, status
from credentials.base58 import b58decode, b58encode
from credentials.canonical import OPEN_BADGES, V2
from credentials.models import Endorsement, StatusEntry
from credentials.multikey import WEAK_KEYS, ed25519_multikey
from credentials.outcomes import Answer, Outcome
from people.models import Organization
from tests.credentials.maker import Document, Handed, Made, judged, make, outcomes
from tests.credentials.test_proofs import Foreign

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://elsewhere.example/x"


@pytest.fixture
def made() -> Made:
    return make()


def _put(*path: Any, value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def _drop(*path: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def _refused(document: Document, *checks: str, **more: Any) -> None:
    """Not valid, by one of these checks, in a sentence."""
    verdict = judged(document, **more)
    assert verdict.answer == Answer.NOT_VALID
    failed = [check for check in verdict.checks if check.deciding and check.outcome == Outcome.FAILED]
    assert {check.name for check in failed} & set(checks), failed
    assert all(str(check.sentence).endswith(".") and len(str(check.sentence)) > 15 for check in failed)


def test_the_badge_itself_is_good(made: Made) -> None:
    verdict = judged(made.document)
    assert verdict.answer == Answer.VALID
    assert "failed" not in outcomes(verdict).values()
    assert judged(made.signed_anew(lambda _document: None)).answer == Answer.VALID


SUBJECT = ("credentialSubject",)
ALTERED = {
    "name": _put("name", value="Another"),
    "issuer's name": _put("issuer", "name", value="Another College"),
    "issuer's address": _put("issuer", "url", value=ELSEWHERE),
    "earner": _put(*SUBJECT, "identifier", 0, "identityHash", value="sha256$" + "0" * 64),
    "salt": _put(*SUBJECT, "identifier", 0, "salt", value="other"),
    "hashed or not": _put(*SUBJECT, "identifier", 0, "hashed", value=False),
    "shown name": _put(*SUBJECT, "identifier", 1, "identityHash", value="Mallory"),
    "a name more": lambda d: d["credentialSubject"]["identifier"].append(
        {"type": ["IdentityObject"], "identityHash": "Mallory", "identityType": "name", "hashed": False}
    ),
    "no earner's name": _drop(*SUBJECT, "identifier", 1),
    "what was achieved": _put(*SUBJECT, "achievement", "name", value="Surgery"),
    "credits": _put(*SUBJECT, "achievement", "creditsAvailable", value=15),
    "first day": _put("validFrom", value="2020-01-01T00:00:00Z"),
    "last day": _put("validUntil", value="2099-01-01T00:00:00Z"),
    "no last day": _drop("validUntil"),
    "award's date": _put("awardedDate", value="2020-01-01T00:00:00Z"),
    "another index": _put("credentialStatus", "statusListIndex", value="7"),
    "another list": _put("credentialStatus", "statusListCredential", value=ELSEWHERE),
    "no status": _drop("credentialStatus"),
    "an endorsement's comment": _put(
        *SUBJECT, "achievement", "endorsement", 0, "credentialSubject", "endorsementComment", value="Superb"
    ),
    "an endorsement less": _drop(*SUBJECT, "achievement", "endorsement", 0),
    "proof's date": _put("proof", 0, "created", value="2020-01-01T00:00:00Z"),
    "a challenge more": _put("proof", 0, "challenge", value="x"),
    "evidence more": _put("evidence", value=[{"id": "urn:uuid:1", "type": ["Evidence"], "name": "Exam"}]),
}


@pytest.mark.parametrize("change", ALTERED.values(), ids=ALTERED)
def test_whatever_is_altered_breaks_the_signature(made: Made, change: Callable[[Document], object]) -> None:
    document = made.document
    change(document)
    _refused(document, "signature")


@pytest.mark.parametrize("value", [None, [], "", {}, 7, "z", [None]])
def test_a_badge_without_a_proof_is_refused(made: Made, value: Any) -> None:
    _refused({**made.document, "proof": value}, "signature", "shape")
    document = made.document
    del document["proof"]
    _refused(document, "signature")


def test_a_proof_of_another_badge_is_refused(made: Made) -> None:
    other = made.signed_anew(_put("name", value="Other"))
    _refused({**made.document, "proof": other["proof"]}, "signature")


def test_one_bad_proof_in_a_set_is_one_too_many(made: Made) -> None:
    document = made.document
    bad = {**document["proof"][0], "created": "2020-01-01T00:00:00Z"}
    _refused({**document, "proof": [document["proof"][0], bad]}, "signature")
    _refused({**document, "proof": document["proof"] * 9}, "signature")


def test_signature_values_can_be_written_in_one_way_only(made: Made) -> None:
    value = made.document["proof"][0]["proofValue"]
    raw = b58decode(value[1:])
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(raw[32:], "little")
    malleable = raw[:32] + (scalar + order).to_bytes(32, "little")
    variants = [
        value[1:], "z1" + value[1:], value + "1", value + "0", "m" + value[1:], "z" + b58encode(raw[:-1]),
        "z" + b58encode(raw + b"\0"), "z" + b58encode(malleable), "z", "", "z" + "9" * 300, value.upper(),
    ]  # fmt: skip
    for variant in variants:
        document = made.document
        document["proof"][0]["proofValue"] = variant
        _refused(document, "signature")


PROOFS = {
    "unknown suite": _put("proof", 0, "cryptosuite", value="ecdsa-rdfc-2019"),
    "old suite": _put("proof", 0, "type", value="Ed25519Signature2020"),
    "confused suite": _put("proof", 0, "cryptosuite", value="eddsa-jcs-2022"),
    "no suite": _drop("proof", 0, "cryptosuite"),
    "wrong purpose": _put("proof", 0, "proofPurpose", value="authentication"),
    "no purpose": _drop("proof", 0, "proofPurpose"),
    "made tomorrow": _put("proof", 0, "created", value="2099-01-01T00:00:00Z"),
    "no zone": _put("proof", 0, "created", value="2026-01-01T00:00:00"),
    "expired proof": _put("proof", 0, "expires", value="2020-01-01T00:00:00Z"),
    "no method": _drop("proof", 0, "verificationMethod"),
    "inline key": _put("proof", 0, "verificationMethod", value={"id": "x", "type": "Multikey"}),
    "missing link of a chain": _put("proof", 0, "previousProof", value="urn:uuid:none"),
    "chain on itself": lambda d: d["proof"][0].update({"id": "urn:uuid:1", "previousProof": "urn:uuid:1"}),
}


@pytest.mark.parametrize("change", PROOFS.values(), ids=PROOFS)
def test_a_proof_that_is_not_made_for_this_is_refused(made: Made, change: Callable[[Document], object]) -> None:
    document = made.document
    change(document)
    _refused(document, "signature", "key")


def test_anothers_key_under_the_issuers_name_is_refused(made: Made) -> None:
    key = keys.active_key(made.hospital, "endorsements")
    unsigned = {name: value for name, value in made.document.items() if name != "proof"}
    foreign = proofs.sign(unsigned, keys.signer(key), created=timezone.now())
    _refused(foreign, "key")
    foreign["proof"][0]["verificationMethod"] = made.document["proof"][0]["verificationMethod"]
    _refused(foreign, "signature")
    _refused({**made.document, "issuer": keys.did_of(made.hospital)}, "key")


def _lookup(made: Made, change: Callable[[Document], object]) -> Handed:
    lists = {status.list_url(made.badge.entry.status_list): status.publish(made.badge.entry.status_list).document}
    controller = copy.deepcopy(keys.did_document(made.college))
    change(controller)
    return Handed({keys.did_of(made.college): controller}, lists)


CONTROLLERS = {
    "not for assertions": _put("assertionMethod", value=[]),
    "assertions by object": _put("assertionMethod", value=[{"id": "x"}]),
    "not listed": _put("verificationMethod", value=[]),
    "of another controller": lambda d: [m.update({"controller": "did:web:x"}) for m in d["verificationMethod"]],
    "of another name": _put("id", value="did:web:x"),
    "no Multikey": lambda d: [m.update({"type": "JsonWebKey"}) for m in d["verificationMethod"]],
    "another kind of key": lambda d: [
        m.update({"publicKeyMultibase": "z" + b58encode(b"\xe7\x01" + b"\x02" * 33)}) for m in d["verificationMethod"]
    ],
    "no key": lambda d: [m.pop("publicKeyMultibase") for m in d["verificationMethod"]],
}


@pytest.mark.parametrize("change", CONTROLLERS.values(), ids=CONTROLLERS)
def test_a_key_that_may_not_speak_for_the_issuer_is_refused(made: Made, change: Callable[[Document], object]) -> None:
    assert judged(made.document, lookup=_lookup(made, lambda _document: None)).answer == Answer.VALID
    _refused(made.document, "key", lookup=_lookup(made, change))


@pytest.mark.parametrize("weak", sorted(WEAK_KEYS))
def test_keys_of_small_order_are_refused(made: Made, weak: bytes) -> None:
    text = ed25519_multikey(weak)
    change = lambda d: [m.update({"publicKeyMultibase": text}) for m in d["verificationMethod"]]  # noqa: E731
    _refused(made.document, "key", lookup=_lookup(made, change))


MEANINGS = {
    "undefined word": _put("favouriteColour", value="green"),
    "undefined word inside": _put(*SUBJECT, "achievement", "grade", value="A"),
    "relative id": _put("id", value="badge-1"),
    "relative id inside": _put(*SUBJECT, "achievement", "alignment", 0, "id", value="here"),
    "nameless id": _put(*SUBJECT, "achievement", "alignment", 0, "id", value="_:b0"),
    "undefined type": _put(*SUBJECT, "achievement", "type", value=["Achievement", "Diploma"]),
    "nothing": _put("description", value=None),
    "name as an address": _put("https://schema.org/name", value="Surgery"),
    "short address": _put("schema:name", value="Surgery"),
    "@type": _put("@type", value=["OpenBadgeCredential"]),
    "@id": _put(*SUBJECT, "achievement", "@id", value=ELSEWHERE),
    "@graph": _put("@graph", value=[{"id": ELSEWHERE}]),
    "@included": _put("@included", value=[{"id": ELSEWHERE}]),
    "@reverse": _put(*SUBJECT, "@reverse", value={"issuer": {"id": ELSEWHERE}}),
    "@value": _put("name", value={"@value": "Another"}),
    "nested lists": _put(*SUBJECT, "achievement", "tag", value=[["x"]]),
    "own context": _put("@context", value=[V2, OPEN_BADGES, {"@vocab": "https://elsewhere.example/"}]),
    "one context": _put("@context", value=V2),
    "order of contexts": _put("@context", value=[OPEN_BADGES, V2]),
    "context twice": _put("@context", value=[V2, OPEN_BADGES, V2]),
    "no Open Badges": _put("@context", value=[V2, "https://w3id.org/security/data-integrity/v2"]),
    "context inside": _put(*SUBJECT, "@context", value=[V2]),
    "own context inside": _put(
        *SUBJECT, "achievement", "endorsement", 0, "@context", value=[V2, OPEN_BADGES, {"name": "schema:x"}]
    ),
    "control character": _put("name", value="Gown\u0007ing"),
    "delete character": _put("name", value="Gown\u007fing"),
    "long number": _put(*SUBJECT, "achievement", "creditsAvailable", value=1e300),
    "tiny number": _put(*SUBJECT, "achievement", "creditsAvailable", value=1e-7),
}


@pytest.mark.parametrize("change", MEANINGS.values(), ids=MEANINGS)
def test_what_could_mean_something_else_is_refused(made: Made, change: Callable[[Document], object]) -> None:
    document = made.document
    change(document)
    _refused(document, "shape", "signature", "meaning")


def test_a_context_that_we_do_not_keep_is_not_judged(made: Made) -> None:
    for other in ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.9.json", OPEN_BADGES):
        contexts = [V2, other, *([] if other != OPEN_BADGES else [ELSEWHERE])]
        assert judged({**made.document, "@context": contexts}).answer == Answer.CANNOT_TELL


SHAPES = {
    "not a badge": _put("type", value=["VerifiableCredential"]),
    "an endorsement": _put("type", value=["VerifiableCredential", "EndorsementCredential"]),
    "no type": _drop("type"),
    "type in one word": _put("type", value="OpenBadgeCredential"),
    "no id": _drop("id"),
    "no issuer": _drop("issuer"),
    "issuer without id": _put("issuer", value={"name": "Taravelle College"}),
    "no subject": _drop("credentialSubject"),
    "two subjects": lambda d: d.update({"credentialSubject": [d["credentialSubject"]] * 2}),
    "no achievement": _drop(*SUBJECT, "achievement"),
    "achievement's address alone": _put(*SUBJECT, "achievement", value=ELSEWHERE),
    "achievement without name": _drop(*SUBJECT, "achievement", "name"),
    "achievement without criteria": _drop(*SUBJECT, "achievement", "criteria"),
    "nobody's": _drop(*SUBJECT, "identifier"),
    "unclear whose": _drop(*SUBJECT, "identifier", 0, "hashed"),
    "no first day": _drop("validFrom"),
    "first day without zone": _put("validFrom", value="2026-01-01T00:00:00"),
    "first day without time": _put("validFrom", value="2026-01-01"),
    "two states": lambda d: d.update({"credentialStatus": [d["credentialStatus"]] * 2}),
}


@pytest.mark.parametrize("change", SHAPES.values(), ids=SHAPES)
def test_what_is_no_badge_is_refused(made: Made, change: Callable[[Document], object]) -> None:
    document = made.document
    change(document)
    _refused(document, "shape")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("validFrom", "2026-13-45T00:00:00Z"), ("validUntil", "2026-01-01"), ("validUntil", "never"),
        ("validUntil", "2020-01-01T00:00:00Z"), ("awardedDate", "yesterday"), ("validFrom", "2099-01-01T00:00:00Z"),
    ],
)  # fmt: skip
def test_dates_that_are_not_possible_or_not_today_are_refused(made: Made, member: str, value: str) -> None:
    try:
        document = made.signed_anew(_put(member, value=value))
    except Exception:  # noqa: BLE001  (what cannot be signed is tried with the old signature)
        document = {**made.document, member: value}
    _refused(document, "dates", "shape")


def test_an_expired_badge_says_since_when(made: Made) -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    worst = judged(made.document, now=later).worst
    assert worst is not None
    assert (worst.name, worst.cause, "expired on" in str(worst.sentence)) == ("dates", "expired", True)
    assert worst.since is not None


def _list_of(made: Made) -> Document:
    document: Document = copy.deepcopy(status.publish(made.badge.entry.status_list).document)
    return document


def _packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def _with_list(made: Made, change: Callable[[Document], object], *, resign: bool = True) -> Handed:
    document = _list_of(made)
    unsigned = {name: value for name, value in document.items() if name != "proof"} if resign else document
    change(unsigned)
    key = keys.active_key(made.college, "status")
    listed = proofs.sign(unsigned, keys.signer(key), created=timezone.now()) if resign else unsigned
    dids = {keys.did_of(o): keys.did_document(o) for o in (made.college, made.hospital)}
    return Handed(dids, {document["id"]: listed})


BIT = ("credentialSubject", "encodedList")
LISTS = {
    "another issuer": _put("issuer", value="did:web:elsewhere.example"),
    "another purpose": _put("credentialSubject", "statusPurpose", value="suspension"),
    "another id": _put("id", value=ELSEWHERE),
    "too short": _put(*BIT, value=_packed(gzip.compress(bytes(100)))),
    "not gzip": _put(*BIT, value=_packed(bytes(16384))),
    "no multibase": _put(*BIT, value="x" * 40),
    "not base64": _put(*BIT, value="u****"),
    "cut off": _put(*BIT, value=_packed(gzip.compress(bytes(16384))[:-9])),
    "data after the end": _put(*BIT, value=_packed(gzip.compress(bytes(16384)) + b"more")),
    "a bomb": _put(*BIT, value=_packed(gzip.compress(bytes(40 * 1024 * 1024)))),
    "expired": _put("validUntil", value="2020-01-01T00:00:00Z"),
    "of tomorrow": _put("validFrom", value="2099-01-01T00:00:00Z"),
    "a badge as list": _put("type", value=["VerifiableCredential", "OpenBadgeCredential"]),
    "a list of nothing": _put("credentialSubject", "type", value="Thing"),
}


@pytest.mark.parametrize("change", LISTS.values(), ids=LISTS)
def test_a_list_that_cannot_be_relied_on_answers_nothing(made: Made, change: Callable[[Document], object]) -> None:
    assert judged(made.document, lookup=_with_list(made, lambda _document: None)).answer == Answer.VALID
    try:
        lookup = _with_list(made, change)
    except Exception:  # noqa: BLE001  (what cannot be signed is handed in with the old signature)
        lookup = _with_list(made, change, resign=False)
    verdict = judged(made.document, lookup=lookup)
    assert verdict.answer == Answer.CANNOT_TELL
    assert outcomes(verdict)["status"] == "not_checked"


@pytest.mark.parametrize("change", [_drop("proof"), _put("proof", value=[]), _put("name", value="older 1")])
def test_an_unsigned_or_altered_list_answers_nothing(made: Made, change: Callable[[Document], object]) -> None:
    assert judged(made.document, lookup=_with_list(made, change, resign=False)).answer == Answer.CANNOT_TELL


@pytest.mark.parametrize(
    "entry",
    [
        {"statusListIndex": "-1"}, {"statusListIndex": "1.5"}, {"statusListIndex": "131072"}, {"statusListIndex": 7},
        {"statusListIndex": "٣"}, {"type": "StatusList2021Entry"}, {"statusPurpose": "message"},
        {"statusListCredential": ["x"]}, {"statusSize": 2},
    ],
)  # fmt: skip
def test_an_entry_that_points_nowhere_is_never_read_as_not_revoked(made: Made, entry: Document) -> None:
    document = made.document
    document["credentialStatus"].update(entry)
    lookup = _with_list(made, lambda _document: None)
    assert outcomes(judged(document, lookup=lookup))["status"] == "not_checked"


def test_a_set_bit_is_a_revocation_wherever_it_is_read(made: Made) -> None:
    StatusEntry.objects.filter(pk=made.badge.entry.pk).update(revoked=True)
    worst = judged(made.document, lookup=_with_list(made, lambda _document: None)).worst
    assert worst is not None
    assert (worst.name, worst.cause) == ("status", "revoked")


@pytest.mark.parametrize(
    ("act", "cause", "words"),
    [
        (lambda b: life.revoke(credential=b), "revoked", "was revoked on"),
        (lambda b: life.suspend(credential=b), "suspended", "has been suspended since"),
        (
            lambda b: actions.replace(
                credential=b, contents=actions.Contents(results=[], awarded_at=b.awarded_at, name="Lena Roy-Tremblay")
            ),
            "replaced",
            "was replaced by a newer badge on",
        ),
    ],
)
def test_what_happened_to_a_badge_of_ours_is_said_with_its_date(
    made: Made, act: Callable[[Any], Any], cause: str, words: str
) -> None:
    after = act(made.badge)
    worst = judged(made.document).worst
    assert worst is not None
    assert (worst.name, worst.cause, words in str(worst.sentence)) == ("status", cause, True)
    assert worst.since is not None
    if cause == "replaced":
        assert judged(after.document).answer == Answer.VALID


def test_a_suspension_is_seen_without_our_rows_in_the_second_list(made: Made) -> None:
    life.suspend(credential=made.badge)
    published = status.publish(made.badge.entry.status_list)
    dids = {keys.did_of(made.college): keys.did_document(made.college)}
    first, second = status.list_url(published), status.suspensions_url(published)
    assert judged(made.document, lookup=Handed(dids, {first: published.document})).answer == Answer.VALID
    both = Handed(dids, {first: published.document, second: published.suspensions})
    worst = judged(made.document, lookup=both).worst
    assert worst is not None
    assert (worst.name, worst.cause) == ("status", "suspended")
    forged = copy.deepcopy(published.document)
    assert judged(made.document, lookup=Handed(dids, {first: published.document, second: forged})).answer == "valid"


def test_a_badge_that_we_never_issued_is_forged_even_with_our_signature(made: Made) -> None:
    document = made.signed_anew(_put("id", value=documents.address("badges", "6f9f1a7e-0000-4000-8000-000000000000")))
    worst = judged(document).worst
    assert worst is not None
    assert (worst.name, worst.cause) == ("status", "forged")


def _endorsement(made: Made, change: Callable[[Document], object], issuer: Organization | None = None) -> Document:
    """The badge with its first endorsement changed and signed anew by its issuer; the badge is signed anew, too."""

    def swap(document: Document) -> None:
        listed = document["credentialSubject"]["achievement"]["endorsement"]
        unsigned = {name: value for name, value in listed[0].items() if name != "proof"}
        change(unsigned)
        key = keys.ensure_key(issuer or made.hospital, "endorsements")
        listed[0] = proofs.sign(unsigned, keys.signer(key), created=timezone.now())

    return made.signed_anew(swap)


ENDORSEMENTS = {
    "of another achievement": (_put("credentialSubject", "id", value=ELSEWHERE), "another achievement"),
    "of another text": (
        _put("relatedResource", 0, "digestMultibase", value=claims.multibase_digest("sha256:" + "00" * 32)),
        "another text",
    ),
    "expired": (_put("validUntil", value="2026-01-01T00:00:00Z"), "dates are not possible"),
    "of nothing": (
        lambda d: d.update(credentialSubject={"id": d["credentialSubject"]["id"], "type": ["Profile"]}),
        "what is endorsed",
    ),
    "not an endorsement": (_put("type", value=["VerifiableCredential"]), "kind that was expected"),
    "a quality approval by a partner": (
        _put("type", value=["VerifiableCredential", "EndorsementCredential", documents.claim("quality_approval")]),
        "not its issuer's",
    ),
    "never issued here": (
        _put("id", value=documents.address("endorsements", "6f9f1a7e-0000-4000-8000-000000000000")),
        "no record",
    ),
    "never issued here, below its achievement": (
        lambda d: d.update(
            id=documents.endorsement_address(d["credentialSubject"]["id"], "6f9f1a7e-0000-4000-8000-000000000000")
        ),
        "no record",
    ),
}


@pytest.mark.parametrize(("change", "words"), ENDORSEMENTS.values(), ids=ENDORSEMENTS)
def test_an_endorsement_that_does_not_hold_is_struck_and_the_badge_stays(
    made: Made, change: Callable[[Document], object], words: str
) -> None:
    verdict = judged(_endorsement(made, change))
    first = next(check for check in verdict.checks if check.name == "endorsement_1")
    assert (verdict.answer, first.outcome) == (Answer.VALID, Outcome.FAILED)
    assert words in str(first.sentence)


def test_an_endorsement_of_oneself_or_in_anothers_name_does_not_hold(made: Made) -> None:
    own = _endorsement(made, _put("issuer", value=documents.profile(made.college)), made.college)
    assert outcomes(judged(own))["endorsement_1"] == "failed"
    in_their_name = _endorsement(made, lambda _document: None, made.college)
    assert outcomes(judged(in_their_name))["endorsement_1"] == "failed"


@pytest.mark.parametrize("value", ["text", 7, {"type": ["EndorsementCredential"]}])
def test_what_is_no_signed_endorsement_does_not_hold(made: Made, value: Any) -> None:
    document = made.document
    document["credentialSubject"]["achievement"]["endorsement"] = [value]
    assert outcomes(judged(document))["endorsement_1"] == "failed"


def test_a_withdrawn_endorsement_says_since_when(made: Made) -> None:
    actions.withdraw_endorsement(endorsement=Endorsement.objects.get(kind="job_performance"))
    first = next(check for check in judged(made.document).checks if check.name == "endorsement_1")
    assert (first.outcome, first.cause, first.since is not None) == ("failed", "revoked", True)


def test_the_quality_approval_is_a_line_of_its_own(made: Made) -> None:
    assert outcomes(judged(made.document))["quality_approval"] == "passed"
    actions.withdraw_endorsement(endorsement=Endorsement.objects.get(kind="quality_approval"))
    assert outcomes(judged(made.document))["quality_approval"] == "failed"
    without = made.signed_anew(_drop(*SUBJECT, "achievement", "endorsement"))
    assert outcomes(judged(without))["quality_approval"] == "not_applicable"


def test_an_endorsement_holds_while_the_parts_that_it_covers_are_unchanged(made: Made) -> None:
    type(made.achievement).objects.update(snapshot_digest="sha256:" + "00" * 32)
    assert outcomes(judged(made.document))["endorsement_1"] == "failed"
    rubric = {"id": ELSEWHERE + "#rubric", "digestMultibase": claims.multibase_digest("sha256:" + "ab" * 32)}
    covered = _endorsement(made, lambda d: d["relatedResource"].append(rubric))
    assert outcomes(judged(covered))["endorsement_1"] == "passed"
    type(made.achievement).objects.update(facets={"rubric": "sha256:" + "cd" * 32})
    assert outcomes(judged(covered))["endorsement_1"] == "failed"


def test_an_issuer_is_trusted_by_its_key_and_not_by_its_name(made: Made) -> None:
    assert outcomes(judged(made.document))["known_issuer"] == "passed"
    known = {"did:web:real.example": ["Taravelle College"]}
    names = {
        "Taravelle College": "failed",
        "TARAVELLE  C0LLEGE": "failed",
        "Tаravelle College": "failed",
        "Tara\u200bvelle College": "failed",
        "Another \u202eegelloC": "failed",
        "Аnother College": "failed",
        "Another College": "not_checked",
    }
    for name, outcome in names.items():
        document = {**made.document, "issuer": {**made.document["issuer"], "name": name}}
        verdict = judged(document, lookup=Handed(issuers=known))
        assert (name, outcomes(verdict)["known_issuer"]) == (name, outcome)
        assert verdict.trusted == {"failed": "no"}.get(outcome, "unknown")
        assert {c.cause for c in verdict.checks if c.name == "known_issuer"} == (
            {"look_alike"} if outcome == "failed" else {""}
        )


def test_whoever_only_names_us_is_not_known(made: Made) -> None:
    document = made.document
    document["name"] = "Surgery"
    for forged in (document, {**document, "proof": []}, {**document, "proof": Foreign().prove(document)}):
        verdict = judged(forged)
        assert (verdict.answer, verdict.trusted, verdict.signed) == (Answer.NOT_VALID, "unknown", False)
        assert outcomes(verdict)["known_issuer"] == "not_checked"
    true = judged(made.document)
    assert (true.trusted, true.signed) == ("yes", True)


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        (None, "not_checked"),
        ("lena@learner.example", "passed"),
        (" Lena@Learner.example ", "passed"),
        ("mallory@learner.example", "failed"),
        ("", "failed"),
    ],
)
def test_whether_it_is_a_certain_persons_is_answered_when_asked(made: Made, address: str | None, outcome: str) -> None:
    assert outcomes(judged(made.document, earner=address))["earner"] == outcome


def test_a_badge_by_subject_id_names_no_mail_address(made: Made) -> None:
    document = made.signed_anew(lambda d: d.update(credentialSubject={
        **{n: v for n, v in d["credentialSubject"].items() if n != "identifier"}, "id": "did:key:z6Mkx",
    }))  # fmt: skip
    assert outcomes(judged(document))["earner"] == "not_applicable"

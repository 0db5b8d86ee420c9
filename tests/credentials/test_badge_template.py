"""A badge signed by its template is the badge that the full algorithm signs; what does not fit goes that way."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials import badge_template, documents, proofs, second_reader
from credentials.badge_template import Pen, Signed, render, sign_filled, sign_plan, slots_of, template_of
from credentials.base58 import b58decode, b58encode
from credentials.canonical import canonical
from credentials.compiled import Template
from credentials.errors import LossyDocument
from people.models import Organization

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOME = "https://college.example"
COLLEGE = Organization(slug="taravelle", kind="institution", name_en="Taravelle College")
URL = f"{HOME}/achievements/1"
LEVEL = "credentialSubject.result.0.achievedLevel"
LIST = "credentialStatus.statusListCredential"


class Key:
    """A key of a test's own."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        self.public = "z" + b58encode(b"\xed\x01" + self._private.public_key().public_bytes_raw())
        self.did = documents.profile(COLLEGE)["id"]
        self.method = f"{self.did}#{self.public}"

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)

    @property
    def controller(self) -> dict[str, Any]:
        method = {"id": self.method, "type": "Multikey", "controller": self.did, "publicKeyMultibase": self.public}
        return {"id": self.did, "verificationMethod": [method], "assertionMethod": [self.method]}


KEY = Key()


def achievement() -> dict[str, Any]:
    """With rubric, a skill named twice, and an approval whose status stands on the same list as the badge's."""
    return {
        "id": URL,
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": "Gowning, 100 % by %s {{and}}",
        "description": "Enters cleanly.",
        "criteria": {"narrative": "Three gownings."},
        "creditsAvailable": 1.5,
        "alignment": [
            {"type": ["Alignment"], "targetName": name, "targetUrl": f"{HOME}/skills/{name}"}
            for name in ("a", "a", "b")
        ],
        "resultDescription": [
            {
                "id": f"{URL}#R{n}",
                "type": ["ResultDescription"],
                "name": f"criterion {n}",
                "resultType": "RubricCriterionLevel",
                "rubricCriterionLevel": [
                    {"id": f"{URL}#R{n}-L{m}", "type": ["RubricCriterionLevel"], "name": f"L{m}", "points": str(m)}
                    for m in range(3)
                ],
            }
            for n in range(2)
        ],
    }


def status(index: int = 7) -> dict[str, Any]:
    return {
        "id": f"{HOME}/status/1#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": f"{HOME}/status/1",
    }


def approval() -> dict[str, Any]:
    unsigned = documents.endorsement(
        address=f"{HOME}/endorsements/1", issuer=COLLEGE, kind="quality_approval", name="Quality approval",
        achievement_url=URL, comment="As approved.",
        resources=documents.snapshot_resources(URL, "sha256:" + "ab" * 32, {}),
        valid_from=NOW, valid_until=NOW.replace(year=2027), status=status(3),
    )  # fmt: skip
    options = {"type": "DataIntegrityProof", "cryptosuite": proofs.SUITE, "proofPurpose": "assertionMethod"}
    return {**unsigned, "proof": [{**options, "created": "2026-05-04T12:00:00Z", "proofValue": "z1"}]}


def plan(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "address": f"{HOME}/badges/1",
        "issuer": COLLEGE,
        "achievement": achievement(),
        "identities": [documents.hashed_identity("lena@learner.example", "5a17"), documents.shown_name("Lena Roy")],
        "results": [
            {"type": ["Result"], "resultDescription": f"{URL}#R{n}", "achievedLevel": f"{URL}#R{n}-L2"}
            for n in range(2)
        ],
        "evidence": [
            {"id": f"urn:uuid:{'0' * 8}-0000-4000-8000-{n:012}", "type": ["Evidence"], "narrative": f"Task {n}\nDone"}
            for n in range(2)
        ],
        "awarded_at": NOW,
        "valid_from": NOW,
        "valid_until": NOW.replace(year=2028),
        "status": status(),
        "endorsements": [approval()],
    }
    return documents.badge(**{**values, **changes})


def compiled(document: dict[str, Any]) -> tuple[Template, dict[str, str]]:
    """The template, its status list filled in for good as a batch does it."""
    slots = slots_of(document)
    return template_of(document).specialized({LIST: slots[LIST]}), slots


def signed(document: dict[str, Any]) -> Signed:
    template, slots = compiled(document)
    return sign_filled(template, slots, Pen(KEY, created=NOW))


def test_the_template_signs_what_the_full_algorithm_signs() -> None:
    unsigned = plan()
    badge = signed(unsigned)
    assert not badge.full
    assert {name: value for name, value in badge.document.items() if name != "proof"} == unsigned
    assert list(badge.document) == [*unsigned, "proof"]
    for way in (canonical, second_reader.canonical):
        assert proofs.verify(badge.document, KEY.controller, way)


def test_other_learners_are_filled_into_the_same_template() -> None:
    template, _slots = compiled(plan())
    other = plan(
        address=f"{HOME}/badges/2",
        identities=[
            documents.hashed_identity("omar@learner.example", "6b"),
            documents.shown_name("Omar “O’” \\ Ōé\r\n😀"),
        ],
        status=status(131071),
    )
    assert template_of(other) is template_of(plan())
    badge = sign_filled(template, slots_of(other), Pen(KEY, created=NOW))
    assert not badge.full
    assert {name: value for name, value in badge.document.items() if name != "proof"} == other
    assert proofs.verify(badge.document, KEY.controller, second_reader.canonical)


def test_the_text_is_rendered_again_byte_for_byte() -> None:
    template, slots = compiled(plan())
    pen = Pen(KEY, created=NOW)
    badge = sign_filled(template, slots, pen)
    again = render(template, slots, method=pen.method, created=pen.created, proof_value=badge.proof_value)
    assert again == badge.text
    assert badge.digest == hashlib.sha256(again.encode()).hexdigest()


def test_the_proof_is_written_as_the_slow_way_writes_it() -> None:
    assert proofs.sign(plan(), KEY, created=NOW)["proof"] == signed(plan()).document["proof"]


@pytest.mark.parametrize(
    "change",
    [
        {"identities": [documents.shown_name("Lena"), documents.shown_name("Lena")]},
        {"address": URL + "#R1"},
        {"address": "tag:college.example,2026:1"},
    ],
)
def test_values_that_do_not_fit_take_the_full_algorithm_in_the_open(change: dict[str, Any]) -> None:
    badge = signed(plan(**change))
    assert badge.full
    assert proofs.verify(badge.document, KEY.controller)


def test_a_shape_that_always_ties_takes_the_full_algorithm_in_the_open() -> None:
    document = plan(endorsements=[approval(), approval()])
    badge = sign_plan(document, Pen(KEY, created=NOW))
    assert badge.full
    assert proofs.verify(badge.document, KEY.controller, second_reader.canonical)


def test_an_address_that_would_be_lost_is_refused() -> None:
    template, slots = compiled(plan())
    with pytest.raises(LossyDocument):
        sign_filled(template, {**slots, "id": "badges/1"}, Pen(KEY, created=NOW))


def test_another_shape_is_another_template() -> None:
    shapes = [
        plan(),
        plan(valid_until=None),
        plan(results=[]),
        plan(evidence=[]),
        plan(endorsements=[]),
        plan(identities=[documents.hashed_identity("lena@learner.example", "5a17")]),
        plan(achievement={**achievement(), "description": "Other."}),
    ]
    assert len({badge_template.fixed_digest(shape) for shape in shapes}) == len(shapes)
    for shape in shapes:
        assert proofs.verify(signed(shape).document, KEY.controller, second_reader.canonical)


def _mutations(value: Any) -> Iterator[Any]:
    """The document with one leaf changed, for every leaf."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: changed} for changed in _mutations(inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in _mutations(inner))
    elif isinstance(value, bool):
        yield not value
    else:
        yield value + 1 if isinstance(value, int | float) else value + "9"


def test_every_leaf_is_covered_by_the_signature() -> None:
    document = signed(plan()).document
    changed = list(_mutations(document))
    assert len(changed) > 100
    for other in changed:
        assert other != document
        with contextlib.suppress(LossyDocument):
            assert not proofs.verify(other, KEY.controller), json.dumps(other)


def test_few_templates_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(badge_template, "MOST_TEMPLATES", 2)
    monkeypatch.setattr(badge_template, "_known", {})
    first, second = plan(), plan(evidence=[])
    kept = template_of(first)
    template_of(second)
    assert template_of(first) is kept  # used last
    template_of(plan(results=[]))
    assert len(badge_template._known) == 2
    assert template_of(first) is kept


def test_a_plan_is_not_changed_by_being_split() -> None:
    document = plan()
    before = copy.deepcopy(document)
    template_of(document)
    assert document == before


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\0\0\1", b"\xff" * 64, bytes(range(64)), b"\0" * 64, bytes(3) + b"\x39"]
)
def test_base58_goes_both_ways(data: bytes) -> None:
    text = b58encode(data)
    assert b58decode(text) == data
    number, slow = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        slow = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + slow
    assert text == "1" * (len(data) - len(data.lstrip(b"\0"))) + slow


@pytest.mark.parametrize("text", ["0", "O", "l", "I", "é", "zz zz", "11+1"])
def test_base58_refuses_other_letters(text: str) -> None:
    with pytest.raises(ValueError):
        b58decode(text)

"""The short check of a badge of a known shape says what the full one says, or says nothing."""

from __future__ import annotations

import copy
import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials import own_shape, proofs, second_reader
from credentials.badge_template import Pen, sign_filled, sign_plan
from credentials.canonical import canonical
from credentials.errors import LossyDocument
from credentials.strictjson import Unreadable, read
from tests.credentials.test_badge_template import KEY, NOW, Key, achievement, compiled, plan

MUTATIONS = 5000 if os.environ.get("IMPRIMATUR_NIGHTLY") else 400
TEMPLATE, SLOTS = compiled(plan())
PEN = Pen(KEY, created=NOW)
SIGNED = sign_filled(TEMPLATE, SLOTS, PEN).data
CHECKER = own_shape.Checker(TEMPLATE, KEY.controller)


def full(data: bytes) -> bool:
    """The verdict of the full way, by the quick one of two implementations."""
    try:
        return proofs.verify(read(data), KEY.controller, second_reader.canonical)
    except (Unreadable, LossyDocument):
        return False


def test_a_badge_of_the_shape_is_read_without_the_full_way() -> None:
    assert CHECKER.holds(SIGNED) is True
    quoted = {**SLOTS, "credentialSubject.identifier.1.identityHash": 'Noé "\\\n😀'}
    assert CHECKER.holds(sign_filled(TEMPLATE, quoted, PEN).data) is True


def test_what_is_not_exactly_the_shape_is_left_to_the_full_way() -> None:
    document = json.loads(SIGNED)
    turned = dict(reversed(document.items()))
    assert full(json.dumps(turned).encode())
    for text in (json.dumps(document), json.dumps(turned), SIGNED.decode() + " ", "{}", ""):
        assert CHECKER.holds(text.encode()) is None
    assert CHECKER.holds(SIGNED[:-1]) is None
    other = sign_plan(plan(achievement={**achievement(), "description": "Other."}), PEN)
    assert CHECKER.holds(other.data) is None


def test_a_slot_that_is_written_in_another_way_is_left_to_the_full_way() -> None:
    escaped = SIGNED.replace(b"Lena Roy", rb"\u004cena Roy")
    assert escaped != SIGNED
    assert full(escaped)
    assert CHECKER.holds(escaped) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Lena Roy", b"Lena Rey"),
        (b'"2026-05-04T12:00:00Z","verificationMethod"', b'"2026-05-04T12:00:01Z","verificationMethod"'),
        (b"/badges/1", b"/badges/2"),
        (SIGNED[-14:-4], b"1111111111"),
    ],
    ids=["name", "moment", "address", "signature"],
)
def test_a_changed_value_fails_in_both_ways(before: bytes, after: bytes) -> None:
    changed = SIGNED.replace(before, after)
    assert changed != SIGNED
    assert CHECKER.holds(changed) is False
    assert not full(changed)


def test_another_key_and_another_time_fail_in_both_ways() -> None:
    assert own_shape.Checker(TEMPLATE, Key().controller).holds(SIGNED) is False
    unlisted = {**KEY.controller, "assertionMethod": []}
    assert own_shape.Checker(TEMPLATE, unlisted).holds(SIGNED) is False
    assert CHECKER.holds(SIGNED, NOW.replace(year=2025)) is False
    early = sign_filled(TEMPLATE, SLOTS, Pen(KEY, created=datetime(2999, 1, 1, tzinfo=UTC))).data
    assert CHECKER.holds(early) is False
    assert not full(early)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """The signed text with a few places changed, cut, doubled or put in."""
    data = bytearray(SIGNED)
    slots = [SIGNED.index(value.encode()) for value in SLOTS.values() if "\n" not in value]
    for _ in range(draw(st.integers(1, 3))):
        near = draw(st.sampled_from(slots)) + draw(st.integers(-3, 40))
        place = draw(st.one_of(st.just(near), st.integers(0, len(data)), st.integers(len(data) - 400, len(data))))
        put = draw(st.one_of(st.binary(max_size=3), st.sampled_from([b'"', b"\\", b"\\n", b"\n", b"9", "é".encode()])))
        data[place : place + draw(st.integers(0, 3))] = put
    return bytes(data)


@settings(max_examples=MUTATIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_changed_texts_get_the_verdict_of_the_full_way(data: bytes) -> None:
    found = CHECKER.holds(data)
    if found is not None:
        assert found == full(data)
    if found:
        assert data == SIGNED


def test_a_document_of_the_shape_is_canonicalized_by_the_template() -> None:
    canonicalize = own_shape.reader(TEMPLATE)
    document = json.loads(SIGNED)
    turned = dict(reversed(document.items()))
    for one in (document, turned):
        assert proofs.verify(one, KEY.controller, canonicalize)
        assert canonicalize({k: v for k, v in one.items() if k != "proof"}) == canonical(plan())


def _changed(*path: str | int, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(json.loads(SIGNED))
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return dict(document)


@pytest.mark.parametrize(
    "document",
    [
        _changed("credentialSubject", "identifier", 0, "hashed", to=1),
        _changed("credentialSubject", "identifier", 0, "salt", to=5),
        _changed("credentialSubject", "achievement", "creditsAvailable", to=2.5),
        _changed("credentialSubject", "achievement", "creditsAvailable", to="1.5"),
        _changed("id", to="https://college.example/badges/2"),
        _changed("id", to="badges/1"),
        _changed("extra", to="x"),
        _changed("evidence", to=[]),
        _changed("proof", 0, "created", to="2026-05-04T12:00:01Z"),
        _changed("proof", 0, "domain", to="college.example"),
    ],
)
def test_a_changed_document_gets_the_verdict_of_the_full_way(document: dict[str, Any]) -> None:
    def judged(canonicalize: Any) -> bool:
        try:
            return proofs.verify(document, KEY.controller, canonicalize)
        except LossyDocument:
            return False

    assert judged(own_shape.reader(TEMPLATE)) is judged(canonical) is False

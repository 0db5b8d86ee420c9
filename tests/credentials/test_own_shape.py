"""The short check of a badge of a known shape says what the full one says, or says nothing."""

from __future__ import annotations

import contextlib
import copy
import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials import checks, held, own_shape, proofs, second_reader, shape
from credentials.badge_template import Pen, sign_filled, sign_plan
from credentials.canonical import canonical
from credentials.errors import LossyDocument
from credentials.handed import Handed
from credentials.outcomes import Outcome
from credentials.strictjson import Unreadable, read
from tests.credentials.test_badge_template import KEY, NOW, Key, achievement, compiled, plan

MUTATIONS, CHANGES = (5000, 3000) if os.environ.get("IMPRIMATUR_NIGHTLY") else (400, 200)
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


def learnt() -> own_shape.Shapes:
    """What a process knows that has looked at two badges of the shape."""
    shapes = own_shape.Shapes()
    for number in (1, 2):
        document = json.loads(
            sign_filled(TEMPLATE, {**SLOTS, "id": f"https://college.example/badges/{number}"}, PEN).data
        )
        assert shapes.signature_holds(document, document["proof"][0], KEY.controller)
    return shapes


@pytest.fixture
def full_ways(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each document that is canonicalized in full."""
    done: list[Any] = []

    def counted(document: dict[str, Any]) -> bytes:
        done.append(document)
        return canonical(document)

    monkeypatch.setattr(own_shape, "canonical", counted)
    return done


def test_the_third_badge_of_a_shape_is_canonicalized_by_its_template(full_ways: list[Any]) -> None:
    shapes = learnt()
    assert len(full_ways) == 2
    document = json.loads(SIGNED)
    for one in (document, dict(reversed(document.items()))):
        assert shapes.signature_holds(one, one["proof"][0], KEY.controller)
    assert len(full_ways) == 2


def test_what_nobody_signed_teaches_nothing(full_ways: list[Any]) -> None:
    shapes, forged = own_shape.Shapes(), json.loads(SIGNED)
    forged["credentialSubject"]["achievement"]["description"] = "Other."
    for _ in range(4):
        assert not shapes.signature_holds(forged, forged["proof"][0], KEY.controller)
    assert len(full_ways) == 4


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
    shapes = learnt()

    def judged(look: Any) -> bool:
        try:
            return all(look(document, proof, KEY.controller) for proof in document["proof"])
        except LossyDocument:
            return False

    assert judged(shapes.signature_holds) is judged(proofs.signature_holds) is False


SHAPES = learnt()
LOOKUP = Handed(dids={KEY.did: KEY.controller}, issuers={KEY.did: ["College"]})
LEAVES: list[Any] = ["", "x", "https://college.example/badges/2", "a\tb", "_:b0", 0, 1, 1.0, True, None, [], {}, ["x"]]


def _leaves(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every leaf of a document."""
    if isinstance(value, dict):
        return [path for name, inner in value.items() for path in _leaves(inner, (*before, name))]
    if isinstance(value, list):
        return [path for place, inner in enumerate(value) for path in _leaves(inner, (*before, place))]
    return [before]


@st.composite
def changed_documents(draw: st.DrawFn) -> dict[str, Any]:
    """The badge with one or two leaves or members changed; every other time its issuer signs it again like that."""
    document = copy.deepcopy(json.loads(SIGNED))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(_leaves(document)))
        place: Any = document
        for step in way:
            place = place[step]
        what = draw(st.sampled_from(["put", "edit", "drop", "add", "turn"]))
        if what == "drop":
            del place[last]
        elif what == "add" and isinstance(place, dict):
            place[draw(st.sampled_from(["name", "url", "value", "salt", "unknown"]))] = copy.deepcopy(
                draw(st.sampled_from(LEAVES))
            )
        elif what == "turn" and isinstance(place, list):
            place.reverse()
        elif what == "edit" and isinstance(place[last], str):
            place[last] += draw(st.sampled_from(["9", " ", '"', "\\", "\n", "\x7f", "é", "😀", "\ue000"]))
        else:
            place[last] = copy.deepcopy(draw(st.sampled_from(LEAVES)))
    if draw(st.booleans()):
        with contextlib.suppress(LossyDocument, KeyError, TypeError, AttributeError):
            plan = {name: value for name, value in document.items() if name != "proof"}
            return proofs.sign(plan, KEY, created=NOW, canonicalize=canonical)
    return document


def _found(document: dict[str, Any], shapes: own_shape.Shapes) -> tuple[str, ...]:
    """What the check of the signature says in a process that knows these shapes and has not seen this badge."""
    held.MEMORY.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(held, "SHAPES", shapes)
        found = checks.signature(document, LOOKUP, NOW)
    return found.outcome, str(found.sentence), found.cause, found.detail


@settings(max_examples=CHANGES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changed_documents())
def test_the_check_of_a_signature_says_the_same_with_the_template_and_without(document: dict[str, Any]) -> None:
    if checks.shaped(document, shape.BADGE).outcome == Outcome.PASSED:  # nothing else is asked about its signature
        assert _found(document, SHAPES) == _found(document, own_shape.Shapes())

"""Broken on purpose and at random: whatever is handed in is read or refused, and every answer comes in time.

A few examples in each run, 10,000 of each with `IMPRIMATUR_NIGHTLY=1` (CONTRIBUTING.md).
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials import baking, jose
from credentials.opening import open_credential
from credentials.outcomes import Answer
from credentials.status_check import bits
from credentials.strictjson import Unreadable
from credentials.verdict import verify
from tests.credentials import refusable as r
from tests.credentials.maker import Handed

EXAMPLES = 10_000 if os.environ.get("IMPRIMATUR_NIGHTLY") == "1" else 40
fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
GOOD = r.proved(r.unsigned())
TEXT, TOKEN = baking.text_of(GOOD), r.token(r.unsigned())
SEEDS: dict[str, bytes] = {
    "JSON": TEXT.encode(), "JWT": TOKEN.encode(), "PNG": r.carried(TEXT, "PNG"), "SVG": r.carried(TEXT, "SVG"),
}  # fmt: skip
TIME = 3.0  # of the processor, far above what one may take, so that a hang is found and a slow machine is not
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["@id", "@type", "https://x.example/1", "did:key:z6Mk", "2026-01-01T00:00:00Z", "_:b", "\ud800"])
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "type", "@context", "@graph", "name", "proof", "issuer", "endorsement", "x"])
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def _survives(data: bytes | str) -> None:
    """Read or refused by a sentence, in time; and never valid unless it is the good badge itself."""
    before = time.thread_time()
    try:
        opened = open_credential(data)
    except Unreadable as refused:
        sentence = str(refused.sentence)
    else:
        verdict = verify(opened, lookup=Handed())
        sentence = str(verdict.worst.sentence) if verdict.worst else "It is the good one."
        if verdict.answer == Answer.VALID:
            assert opened.document in (GOOD, {name: value for name, value in GOOD.items() if name != "proof"})
    assert sentence.endswith(".")
    assert time.thread_time() - before < TIME


@st.composite
def broken(draw: st.DrawFn, seed: bytes) -> bytes:
    """A good one with some bytes changed, taken out, put in or doubled."""
    data = bytearray(seed)
    for _change in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 40))
        kind = draw(st.sampled_from(["change", "cut", "insert", "double", "end"]))
        if kind == "change":
            data[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
        elif kind == "cut":
            del data[place : place + length]
        elif kind == "insert":
            data[place:place] = draw(st.binary(max_size=40))
        elif kind == "double":
            data[place:place] = data[place : place + length]
        else:
            del data[place:]
    return bytes(data)


@pytest.mark.parametrize("form", SEEDS)
@fuzzed
@given(st.data())
def test_a_broken_badge_of_any_form_is_read_or_refused(form: str, data: st.DataObject) -> None:
    _survives(data.draw(broken(SEEDS[form])))


@pytest.mark.parametrize("form", ["PNG", "SVG"])
@fuzzed
@given(broken(SEEDS["JSON"]))
def test_a_broken_badge_in_a_sound_picture_is_read_or_refused(form: str, data: bytes) -> None:
    _survives(r.carried(data.decode(errors="replace").replace("\0", " "), form))


@fuzzed
@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _survives(data)


@pytest.mark.parametrize(
    "head", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"<svg ", b"\xff\xd8\xff", b"RIFF0000WEBP", b"ey", b"{"]
)
@fuzzed
@given(st.binary(max_size=500))
def test_any_bytes_behind_a_known_head_are_read_or_refused(head: bytes, data: bytes) -> None:
    _survives(head + data)


@fuzzed
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    _survives(text)


def _places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(place for name, part in inner for place in _places(part, (*before, name)))]


PLACES = _places(GOOD)[1:]


@fuzzed
@given(st.sampled_from(PLACES), VALUES)
def test_any_value_in_any_place_of_a_badge_is_judged(place: tuple[Any, ...], value: Any) -> None:
    document = json.loads(TEXT)
    r.put(*place, value=value)(document)
    _survives(json.dumps(document))


@fuzzed
@given(
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "cty", "crit", "jwk", "b64"]) | st.text(max_size=5), VALUES, max_size=4
    )
)
def test_any_head_of_a_token_is_judged(header: dict[str, Any]) -> None:
    head = {"alg": "EdDSA", "kid": f"{r.ISSUER.did}#{r.ISSUER.multibase}", **header}
    _survives(".".join([jose.encoded(json.dumps(head).encode()), *TOKEN.split(".")[1:]]))


LIST = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(16384))).decode().rstrip("=")


@fuzzed
@given(st.one_of(broken(LIST.encode()).map(lambda data: data.decode("latin-1")), VALUES, st.text(max_size=60)))
def test_any_status_list_is_read_or_not(encoded: Any) -> None:
    before = time.thread_time()
    found = bits(encoded)
    assert found is None or 16384 <= len(found) <= 4 * 1024 * 1024
    assert time.thread_time() - before < TIME


@fuzzed
@given(st.binary(min_size=0, max_size=300), st.integers(0, 4))
def test_any_packed_list_is_read_or_not(data: bytes, times: int) -> None:
    packed = gzip.compress(data * 16384**times if times < 2 else data * 200_000)
    found = bits("u" + base64.urlsafe_b64encode(packed).decode().rstrip("="))
    assert found is None or 16384 <= len(found) <= 4 * 1024 * 1024

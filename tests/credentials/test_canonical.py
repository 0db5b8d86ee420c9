"""Two canonicalizers that share no code agree on every byte; what would get lost, or takes too long, is refused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import second_reader
from credentials.canonical import OPEN_BADGES, V2, canonical, context_document, is_absolute
from credentials.errors import LossyDocument, TooTangled

_text = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), max_size=12
) | st.sampled_from(['"', "\\", "a\nb", "\t", "_:b0", "{{x}}", "%s", "\u202e", "é", "e\u0301", "𝔘", ""])


def _document(names: list[str], identities: int, alignments: int, ids: bool) -> dict[str, Any]:
    return {
        "@context": [V2, OPEN_BADGES],
        "id": "https://x.example/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": names[0],
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": ["IdentityObject"], "identityHash": names[1] + str(n), "hashed": n % 2 == 0, "salt": names[2]}
                for n in range(identities)
            ],
            "achievement": {
                "id": "https://x.example/a", "type": ["Achievement"], "name": names[2], "creditsAvailable": 1.5,
                "tag": sorted(set(names)),
                "alignment": [
                    {
                        "type": ["Alignment"], "targetName": names[0], "targetUrl": f"https://x.example/{n}",
                        **({"id": f"https://x.example/al/{n}"} if ids else {}),
                    }
                    for n in range(alignments)
                ],
            },
        },
    }  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(_text, min_size=3, max_size=3), st.integers(0, 3), st.integers(0, 4), st.booleans())
def test_both_readers_agree_on_every_byte(names: list[str], identities: int, alignments: int, ids: bool) -> None:
    document = _document(names, identities, alignments, ids)
    assert canonical(document) == second_reader.canonical(document)


@pytest.mark.parametrize(
    "change",
    [
        {"undefined": "x"}, {"id": "relative"}, {"id": "no spaces: here"}, {"id": "_:b1"}, {"type": ["Undefined"]},
        {"@context": [V2, OPEN_BADGES, "https://elsewhere.example/c.json"]}, {"@context": [V2, {"a": 7}]},
        {"issuer": "relative"}, {"issuer": {"id": "did:web:x", "type": ["Profile"], "@context": ""}},
        {"issuer": {"id": "did:web:x", "type": ["Profile"], "image": {"id": "pic.png"}}},
    ],
)  # fmt: skip
def test_what_would_fall_out_of_the_signature_is_an_error(change: dict[str, Any]) -> None:
    with pytest.raises(LossyDocument):
        canonical({**_document(["a", "b", "c"], 1, 1, ids=True), **change})


def _poison(size: int) -> dict[str, Any]:
    """Parts that cannot be told apart, each naming all the others: the work is the factorial of their number."""
    names = [f"_:n{n}" for n in range(size)]
    related = [
        {"id": name, "type": ["Achievement"], "related": [{"id": other} for other in names if other != name]}
        for name in names
    ]
    return {"@context": [V2, OPEN_BADGES], "id": "https://x.example/1", "type": ["VerifiableCredential"],
            "credentialSubject": {"type": ["AchievementSubject"], "achievement": related}}  # fmt: skip


@pytest.mark.parametrize("size", [8, 10, 30])
def test_poison_graphs_cost_next_to_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "credentials.canonical.is_absolute", lambda _address: True
    )  # past the rule that stops them first
    before = time.perf_counter()
    with pytest.raises(TooTangled):
        canonical(_poison(size))
    assert time.perf_counter() - before < 1


def test_parts_that_say_the_same_are_no_poison() -> None:
    document = _document(["a", "b", "c"], 0, 0, ids=False)
    same = {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://x.example/1"}
    document["credentialSubject"]["achievement"]["alignment"] = [same, same, same]
    assert canonical(document) == second_reader.canonical(document)


def test_a_context_that_was_changed_on_disk_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        __import__("credentials.canonical", fromlist=["PINNED"]).PINNED, V2, ("credentials-v2.json", "0" * 64)
    )
    with pytest.raises(RuntimeError, match="was changed"):
        context_document(V2)


@pytest.mark.parametrize(
    ("address", "absolute"),
    [
        ("https://x.example/a#b", True), ("urn:uuid:1", True), ("did:web:x%3A8000:o:a", True), ("x", False),
        ("", False), ("//x", False), ("https://x y", False), ("https://x|y", False), (None, False), ("1a:b", False),
    ],
)  # fmt: skip
def test_what_an_address_is(address: Any, absolute: bool) -> None:
    assert is_absolute(address) == absolute

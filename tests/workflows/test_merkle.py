"""The tree over the heads: the same root as RFC 6962 defines it by recursion, and a proof for every leaf."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from workflows.merkle import Head, Tree, leaf

HEADS: list[Head] = [(f"version:{place:03}", place + 1, f"{place:064x}") for place in range(70)]


def _by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, with leaves that are hashed already."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _by_definition(leaves[:split]) + _by_definition(leaves[split:])).digest()


def _tree(heads: list[Head], wanted: str = "") -> Tree:
    tree = Tree(wanted)
    for head in heads:
        tree.add(head)
    return tree


@pytest.mark.parametrize("size", range(1, 71))
def test_the_root_is_that_of_the_standard_for_every_size(size: int) -> None:
    expected = _by_definition([leaf(head) for head in HEADS[:size]])
    assert _tree(HEADS[:size]).root() == expected.hex()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 21, 64, 70])
def test_every_leaf_is_led_to_the_root_and_no_other_is(size: int) -> None:
    root = _tree(HEADS[:size]).root()
    for name, sequence, digest in HEADS[:size]:
        proof = _tree(HEADS[:size], name).inclusion()
        assert proof is not None
        assert proof.root() == root
        assert replace(proof, head=(name, sequence + 1, digest)).root() != root
        assert len(proof.path) <= (size - 1).bit_length()


def test_without_leaves_the_root_is_that_of_nothing_and_nothing_is_proved() -> None:
    assert _tree([]).root() == hashlib.sha256(b"").hexdigest()
    assert _tree([]).inclusion() is None
    assert _tree(HEADS[:3], "version:999").inclusion() is None


def test_a_node_is_never_taken_for_a_leaf() -> None:
    root = _tree(HEADS[:2]).root()
    assert leaf(("version:000", 1, root)).hex() != root

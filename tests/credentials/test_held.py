"""What follows from the text alone is worked out once; keys, dates and status are looked at afresh each time."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from credentials import documents, held, life, own_shape, proofs
from credentials.canonical import canonical
from credentials.held import Memory
from credentials.models import SigningKey, StatusEntry
from credentials.outcomes import Answer
from tests.credentials.maker import Made, judged, make
from tests.credentials.test_proofs import Foreign

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Made:
    held.MEMORY.clear()
    return make()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each signature that is really checked."""
    done: list[str] = []
    honest = proofs.signature_holds

    def counted(document: dict[str, Any], *more: Any) -> bool:
        done.append(str(document.get("id")))
        return honest(document, *more)

    monkeypatch.setattr(proofs, "signature_holds", counted)
    return done


def test_a_badge_that_is_looked_at_again_costs_no_signature(made: Made, work: list[str]) -> None:
    first = judged(made.document)
    assert (first.answer, len(work) >= 3) == (Answer.VALID, True)
    work.clear()
    second = judged(made.document)
    assert second == first
    assert work == []


def test_what_happens_to_a_badge_shows_at_once(made: Made) -> None:
    assert judged(made.document).answer == Answer.VALID
    life.suspend(credential=made.badge)
    assert judged(made.document).cause == "suspended"
    made.badge.refresh_from_db()
    life.reinstate(credential=made.badge)
    assert judged(made.document).answer == Answer.VALID
    StatusEntry.objects.filter(pk=made.badge.entry.pk).update(revoked=True)
    SigningKey.objects.filter(organization=made.college).delete()
    assert judged(made.document).answer != Answer.VALID


def test_another_byte_or_another_key_is_another_question(made: Made, work: list[str]) -> None:
    foreign, other = Foreign(), Foreign()
    document = foreign.document()
    proof = foreign.prove(document)

    def controller(key: Foreign) -> dict[str, Any]:
        method = f"{foreign.did}#{foreign.multibase}"
        listed = {"id": method, "type": "Multikey", "controller": foreign.did, "publicKeyMultibase": key.multibase}
        return {"id": foreign.did, "verificationMethod": [listed], "assertionMethod": [method]}

    assert held.signature_holds(document, proof, controller(foreign))
    assert held.signature_holds(copy.deepcopy(document), dict(proof), controller(foreign))
    assert len(work) == 1
    assert not held.signature_holds({**document, "name": "x"}, proof, controller(foreign))
    assert not held.signature_holds(document, {**proof, "created": "2026-01-01T00:00:01Z"}, controller(foreign))
    assert not held.signature_holds(document, proof, controller(other))
    assert not held.signature_holds(document, proof, controller(other))
    assert len(work) == 5


def test_values_that_python_takes_for_the_same_are_not(made: Made) -> None:
    digests = {held.digest({"a": value}) for value in (1, True, "1", [1], None, 0, False)}
    assert len(digests) == 7


def test_the_memory_ends_somewhere_and_forgets_the_oldest() -> None:
    memory = Memory(2)
    for name in (b"1", b"2", b"1", b"3"):
        assert memory.answer(name, lambda: "x") == "x"
    assert memory.answer(b"1", lambda: "new") == "x"
    assert memory.answer(b"2", lambda: "new") == "new"
    assert memory.answer(b"4", lambda: "") == ""
    assert memory.answer(b"4", lambda: "later") == "later"


def test_badges_of_one_issuer_share_the_reading_of_their_shape(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict by our own rows takes the template of a shape from the third badge on, and says the same."""
    read: list[str] = []

    def counted(document: dict[str, Any]) -> bytes:
        read.append(str(document["id"]))
        return canonical(document)

    monkeypatch.setattr(own_shape, "canonical", counted)
    monkeypatch.setattr(held, "SHAPES", own_shape.Shapes())
    found = []
    for number in range(4):
        address = documents.address("badges", f"00000000-0000-4000-8000-00000000000{number}")
        verdict = judged(made.signed_anew(lambda d, address=address: d.update(id=address)))
        found.append([(c.name, c.outcome, str(c.sentence)) for c in verdict.checks])
    assert len({address for address in read if "/badges/" in address}) == 2
    assert found[0] == found[3]

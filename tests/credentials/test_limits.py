"""Work is bounded before it is begun (`promises.md` 6): parts, nameless parts, endorsements."""

from __future__ import annotations

import time
from typing import Any

import pytest

from credentials.outcomes import Answer
from credentials.verdict import verify
from tests.credentials.maker import Handed
from tests.credentials.test_proofs import DOCUMENT, Foreign


def _with(**achievement: Any) -> dict[str, Any]:
    subject = DOCUMENT["credentialSubject"]
    return {
        **Foreign().document(),
        "credentialSubject": {**subject, "achievement": {**subject["achievement"], **achievement}},
    }


@pytest.mark.parametrize(
    "achievement",
    [
        {"tag": [{"id": f"https://x.example/{n}"} for n in range(2100)]},
        {"alignment": [{"type": ["Alignment"]} for _ in range(600)]},
        {"endorsement": [{"id": f"https://x.example/{n}"} for n in range(21)]},
    ],
)
def test_a_badge_of_thousands_of_parts_is_refused_at_once(achievement: dict[str, Any]) -> None:
    before = time.perf_counter()
    verdict = verify(_with(**achievement), lookup=Handed())
    assert verdict.answer == Answer.NOT_VALID
    assert verdict.checks[0].name == "shape"
    assert time.perf_counter() - before < 0.5


def test_what_would_take_too_long_is_not_looked_at_and_never_called_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = Foreign()
    document = foreign.document()
    signed = {**document, "proof": foreign.prove(document)}
    assert verify(signed, lookup=Handed()).answer == Answer.VALID
    monkeypatch.setattr("credentials.verdict.MOST_SECONDS", -1.0)
    verdict = verify(signed, lookup=Handed())
    assert verdict.answer == Answer.CANNOT_TELL
    assert {check.outcome for check in verdict.checks if check.deciding and check.name != "shape"} == {"not_checked"}

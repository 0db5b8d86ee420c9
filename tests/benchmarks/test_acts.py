"""What is benchmarked is done right: the acts of the benchmark give badges that hold."""

from __future__ import annotations

import json

import pytest

from benchmarks import acts, samples
from benchmarks.run import Row
from credentials import proofs, second_reader
from credentials.badge_template import sign_filled


@pytest.mark.parametrize("document", [samples.plain(), samples.gowning()], ids=["plain", "gowning"])
def test_what_is_measured_is_a_badge_that_holds(document: samples.Document) -> None:
    cohort = samples.cohort("sample", document)
    for slots in cohort.slots[:20]:
        signed = sign_filled(cohort.template, slots, cohort.pen)
        assert not signed.full
        assert proofs.verify(json.loads(signed.data), cohort.key.controller, second_reader.canonical)


def test_each_act_runs() -> None:
    cohort = samples.cohort("sample", samples.plain())
    for contender in [acts.yardstick(), *acts.issuing(cohort), *acts.verifying(cohort), *acts.publishing(cohort)]:
        assert contender.timed(1) > 0


def test_a_missed_aim_is_printed_as_missed() -> None:
    assert Row("x", 2.6, 2.5, 2.0).line() == "| x | 2.60 | <= 2.5 | <= 2 | MISSED |"
    assert Row("x", 100, 100, None, most=False).line() == "| x | 100.00 | >= 100 |  | passed |"

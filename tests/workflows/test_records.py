"""Every decision on a version is named in the ledger with the digest of all its words."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785

from tests.cast import Cast
from tests.journeys import awards
from workflows import ledger, records
from workflows.models import Decision


def test_each_decision_that_somebody_made_is_named_with_its_digest(cast: Cast) -> None:
    version, _credential = awards.issued(cast)
    named = {
        event.data["decision"]: event.data["record"]
        for event in ledger.events_of(f"version:{version.public_id}")
        if "record" in event.data
    }
    made = Decision.objects.filter(version=version, carried_from=None)
    assert made.count() > 5
    for decision in made:
        words = rfc8785.dumps(records.record_of(decision))
        assert named.pop(str(decision.public_id)) == f"sha256:{hashlib.sha256(words).hexdigest()}"
    assert named == {}


@pytest.mark.parametrize("member", ["reasons", "choice", "answers", "signed_name", "facets", "decided_at", "actor"])
def test_a_decision_that_was_altered_is_not_the_one_that_was_named(cast: Cast, member: str) -> None:
    version, _credential = awards.issued(cast)
    decision = Decision.objects.filter(version=version).earliest("pk")
    before = records.named(decision)
    other = {"answers": {"x": 1}, "facets": {}, "decided_at": version.stage_since, "actor": cast.mallory}
    setattr(decision, member, other.get(member, "altered"))
    assert records.named(decision) != before

"""The fast writer of the ledger gives the bytes of RFC 8785 for all that a batch may record."""

from __future__ import annotations

import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.ledger import quick

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
VALUES = st.text(st.characters(exclude_categories=["Cs"])) | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is not a fault
@given(st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES)))
def test_the_fast_writer_writes_what_rfc_8785_asks(data: dict[str, object]) -> None:
    assert quick(data) == rfc8785.dumps(data)

"""Asks a lookup each question once for one verdict: a badge and its endorsements share keys and lists."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from credentials.outcomes import Lookup, Published, Standing
from credentials.proofs import issuer_of, proofs_of


class Once:
    """A lookup that remembers for the time of one verdict."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._answers: dict[tuple[str, ...], Any] = {}
        self.seconds = 0.0  # of this thread, for answering; a list that is signed while we ask is not the badge's fault

    def _ask(self, ask: Callable[..., Any], *about: str) -> Any:
        question = (ask.__name__, *about)
        if question not in self._answers:
            before = time.thread_time()
            self._answers[question] = ask(*about)
            self.seconds += time.thread_time() - before
        return self._answers[question]

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document of an issuer, or None when it is not at hand."""
        found: dict[str, Any] | None = self._ask(self._lookup.did_document, did)
        return found

    def status_list(self, url: str) -> dict[str, Any] | None:
        """The status list credential of an address, or None when it is not at hand."""
        found: dict[str, Any] | None = self._ask(self._lookup.status_list, url)
        self._forget_older_than(found or {})
        return found

    def _forget_older_than(self, listed: dict[str, Any]) -> None:
        """The first list of an issuer may be signed by a key that was made just now: ask for its keys again."""
        question = ("did_document", issuer_of(listed))
        methods = {str(proof.get("verificationMethod")) for proof in proofs_of(listed)}
        known = (self._answers.get(question) or {}).get("assertionMethod")
        if question in self._answers and not (isinstance(known, list) and methods <= {str(one) for one in known}):
            del self._answers[question]

    def standing(self, address: str) -> Standing | None:
        """How a credential of ours stands; None for one that is not ours to know."""
        found: Standing | None = self._ask(self._lookup.standing, address)
        return found

    def keeps_records_of(self, address: str) -> bool:
        """True when a credential of this address would have a standing here."""
        return bool(self._ask(self._lookup.keeps_records_of, address))

    def published(self, achievement: str) -> Published | None:
        """What is published of an achievement; None when that is not at hand."""
        found: Published | None = self._ask(self._lookup.published, achievement)
        return found

    def known_issuers(self) -> dict[str, list[str]]:
        """The names of each issuer that is known here, by its id."""
        found: dict[str, list[str]] = self._ask(self._lookup.known_issuers)
        return found

"""A lookup without rows: a verdict by documents that were handed in beside the badge, and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from credentials.outcomes import Published, Standing

Document = dict[str, Any]


@dataclass
class Handed:
    """Controller documents and status lists by their id, and the names of the issuers that the reader trusts."""

    dids: dict[str, Document] = field(default_factory=dict)
    lists: dict[str, Document] = field(default_factory=dict)
    issuers: dict[str, list[str]] = field(default_factory=dict)

    def did_document(self, did: str) -> Document | None:
        """The controller document with this id."""
        return self.dids.get(did)

    def status_list(self, url: str) -> Document | None:
        """The list with this id."""
        return self.lists.get(url)

    def standing(self, _address: str) -> Standing | None:
        """Nothing: there are no rows."""
        return None

    def keeps_records_of(self, _address: str) -> bool:
        """Nobody's."""
        return False

    def published(self, _achievement: str) -> Published | None:
        """Nothing that could be relied on."""
        return None

    def known_issuers(self) -> dict[str, list[str]]:
        """Those whom the reader trusts."""
        return self.issuers

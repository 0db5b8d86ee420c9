"""Where a verdict finds keys and lists: our own rows, or a folder that the holder hands in. Never the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from credentials import documents, fetching, keys, queries, status_check
from credentials.handed import Handed
from credentials.outcomes import Published, Standing
from credentials.strictjson import Unreadable, read


class OwnRows:
    """Our own organizations, lists, badges and endorsements, read from the database."""

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document of one of our organizations."""
        organization = queries.organization_with_keys(did.rsplit(":", 1)[-1])
        if organization is None or keys.did_of(organization) != did:
            return None
        return keys.did_document(organization)

    def status_list(self, url: str) -> dict[str, Any] | None:
        """One of our lists, true to its rows."""
        second = url.removesuffix("/suspensions")
        public_id = queries.id_in(second, "status")
        if public_id is None:
            return None
        return queries.status_document(public_id, "revocation" if second == url else "suspension")

    def standing(self, address: str) -> Standing | None:
        """How a badge or an endorsement of ours stands."""
        badge, endorsement = queries.id_in(address, "badges"), queries.id_in(address, "endorsements")
        if badge is not None:
            return queries.standing_of_badge(badge)
        return queries.standing_of_endorsement(endorsement) if endorsement is not None else None

    def keeps_records_of(self, address: str) -> bool:
        """True for the addresses of badges and endorsements here."""
        place = documents.at_root(address)
        return any(place.startswith(documents.address(kind, "")) for kind in ("badges", "endorsements"))

    def published(self, achievement: str) -> Published | None:
        """What is published of one of our achievements."""
        public_id = queries.id_in(achievement, "achievements")
        found = queries.achievement_or_none(public_id) if public_id is not None else None
        return Published(found.snapshot_digest, found.facets) if found is not None else None

    def known_issuers(self) -> dict[str, list[str]]:
        """Our own institutions."""
        return {keys.did_of(o): [name for name in (o.name_en, o.name_fr) if name] for o in queries.issuers()}


class OwnAndForeign(OwnRows):
    """Our own rows; for foreign issuers what the guarded client brings, then the list that the holder hands in.

    A list is signed by its issuer, so anybody may hand it in. Keys are taken from nobody's hand.
    """

    def __init__(self, handed: dict[str, Any] | None = None) -> None:
        self.client = fetching.Client()
        self.handed = handed or {}

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document of one of our organizations, or of a did:web that the client may ask."""
        address = fetching.did_address(did)
        return super().did_document(did) or (self.client.document(address) if address else None)

    def status_list(self, url: str) -> dict[str, Any] | None:
        """One of our lists, or a foreign one."""
        if url.startswith(f"{settings.BASE_URL}/"):
            return super().status_list(url)
        return self._fetched(url) or (self.handed if status_check.is_under(self.handed, url) else None)

    def _fetched(self, url: str) -> dict[str, Any] | None:
        try:
            return status_check.read_list(self.client.fetch(url))
        except (fetching.Unreachable, Unreadable):
            return None


class Folder(Handed):
    """Documents in a folder: every JSON file below it, found by its `id`. It knows no rows and trusts no name."""

    def __init__(self, folder: Path) -> None:
        found: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.rglob("*.json")):
            try:
                document = read(path.read_bytes())
            except Unreadable:
                continue
            if isinstance(document.get("id"), str):
                found[document["id"]] = document
        super().__init__(dids=found, lists=found)

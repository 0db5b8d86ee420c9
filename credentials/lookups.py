"""Where a verdict finds keys and lists: our own rows, or a folder that the holder hands in. Never the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from credentials import keys, queries
from credentials.strictjson import Unreadable, read


class OwnRows:
    """Our own organizations and lists, read from the database."""

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document of one of our organizations."""
        organization = queries.organization_with_keys(did.rsplit(":", 1)[-1])
        if organization is None or keys.did_of(organization) != did:
            return None
        return keys.did_document(organization)

    def status_list(self, url: str) -> dict[str, Any] | None:
        """One of our lists, true to its rows."""
        prefix = f"{settings.BASE_URL}/status/"
        try:
            return queries.status_document(UUID(url.removeprefix(prefix))) if url.startswith(prefix) else None
        except ValueError:
            return None


class Folder:
    """Documents in a folder: every JSON file below it, found by its `id`."""

    def __init__(self, folder: Path) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.rglob("*.json")):
            try:
                document = read(path.read_bytes())
            except Unreadable:
                continue
            if isinstance(document.get("id"), str):
                self.documents[document["id"]] = document

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document with this id."""
        return self.documents.get(did)

    def status_list(self, url: str) -> dict[str, Any] | None:
        """The list with this id."""
        return self.documents.get(url)

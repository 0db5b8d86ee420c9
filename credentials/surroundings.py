"""What stands around the badges of one achievement: its text, the keys, the endorsements and their lists.

A page of a badge asks for all of it, and it changes seldom. So a process remembers it, but believes its memory only as
long as PostgreSQL shows the very rows that it was made from: before each use one statement asks for their versions
(`xmin` and `ctid`, which every update changes). A key that is marked as compromised, or an endorsement that is
withdrawn, is seen by the next reader of every process, and no code has to say that something changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from credentials import documents, proofs, queries, shape
from credentials.held import Memory
from credentials.lookups import OwnRows
from credentials.multikey import ed25519_bytes
from credentials.outcomes import Published, Standing
from credentials.proofs import moment
from credentials.status_check import Lists
from credentials.verdict import Embedded, embedded_in, part_of

Document = dict[str, Any]
Row = tuple[str, str, str, str]
MOST_ACHIEVEMENTS, MOST_LISTS = 1000, 100
LONGEST = timedelta(minutes=1)  # a finding of an endorsement is used again for so long, and never over a date in it
ROWS = """
    WITH mine AS (SELECT * FROM credentials_endorsement WHERE achievement_url = %(address)s),
    who AS (SELECT issuer_id FROM mine UNION
            SELECT issuer_id FROM credentials_publishedachievement WHERE public_id = %(achievement)s)
    SELECT 'achievement', public_id::text, xmin::text, ctid::text FROM credentials_publishedachievement
        WHERE public_id = %(achievement)s
    UNION ALL SELECT 'endorsement', e.public_id::text, e.xmin::text, e.ctid::text FROM credentials_endorsement AS e
        WHERE e.achievement_url = %(address)s
    UNION ALL SELECT 'organization', slug, xmin::text, ctid::text FROM people_organization
        WHERE id IN (SELECT issuer_id FROM who)
    UNION ALL SELECT 'key', public_multibase, xmin::text, ctid::text FROM credentials_signingkey
        WHERE organization_id IN (SELECT issuer_id FROM who)
    UNION ALL SELECT DISTINCT 'list', list.public_id::text, list.sequence::text, list.changes || ' ' || list.shown
        FROM mine JOIN credentials_statusentry AS entry ON entry.id = mine.entry_id
        JOIN credentials_statuslist AS list ON list.id = entry.status_list_id
"""
_numbers = count(1)


class Around(OwnRows):
    """Our rows around one achievement, each asked for once. What lies beyond them is asked anew every time."""

    def __init__(self, achievement: UUID, rows: frozenset[Row]) -> None:
        self.achievement, self.rows, self.number = achievement, rows, next(_numbers)
        self.lists: Memory[Lists] = Memory(MOST_LISTS)
        self._names = {(kind, name) for kind, name, *_version in rows}
        self._answers: dict[tuple[str, str], Any] = {}
        self._keys: dict[tuple[str, str], Ed25519PublicKey | None] = {}
        self._embedded: dict[UUID, tuple[datetime, datetime, int, list[Embedded]]] = {}

    def _kept(self, kind: str, name: str, question: str, find: Callable[[], Any]) -> Any:
        if (kind, name) not in self._names:
            return find()
        asked = (question, name)
        if asked not in self._answers:
            self._answers[asked] = find()
        return self._answers[asked]

    def did_document(self, did: str) -> Document | None:
        """The controller document of the issuer, or of one who endorses."""
        slug, found = did.rpartition(":")[2], super().did_document
        document: Document | None = self._kept("organization", slug, f"keys {did}", lambda: found(did))
        return document

    def status_list(self, url: str) -> Document | None:
        """A list of the endorsements."""
        public_id, found = queries.id_in(url.removesuffix("/suspensions"), "status"), super().status_list
        document: Document | None = self._kept("list", str(public_id), url, lambda: found(url))
        return document

    def standing(self, address: str) -> Standing | None:
        """How an endorsement stands."""
        public_id, found = queries.id_in(address, "endorsements"), super().standing
        standing: Standing | None = self._kept("endorsement", str(public_id), "standing", lambda: found(address))
        return standing

    def published(self, achievement: str) -> Published | None:
        """The text that the endorsements must be about."""
        public_id, found = queries.id_in(achievement, "achievements"), super().published
        text: Published | None = self._kept("achievement", str(public_id), "text", lambda: found(achievement))
        return text

    def known_issuers(self) -> dict[str, list[str]]:
        """The issuer of the achievement, if it is one of our institutions; others play no part in its badges."""
        if ("known", "") not in self._answers:
            known = super().known_issuers().items()
            self._answers["known", ""] = {
                did: names for did, names in known if ("organization", did.rpartition(":")[2]) in self._names
            }
        found: dict[str, list[str]] = self._answers["known", ""]
        return found

    def public_key(self, issuer: str, method: str) -> Ed25519PublicKey | None:
        """The key of a method that the issuer lists for statements, as its own; None for every other."""
        if (issuer, method) not in self._keys:
            self._keys[issuer, method] = self._listed_key(issuer, method)
        return self._keys[issuer, method]

    def _listed_key(self, issuer: str, method: str) -> Ed25519PublicKey | None:
        controller = self.did_document(issuer) or {}
        if proofs.key_fault({"issuer": issuer}, {"verificationMethod": method}, controller) is not None:
            return None
        listed = next(one for one in controller["verificationMethod"] if one["id"] == method)
        raw = ed25519_bytes(listed["publicKeyMultibase"])
        return Ed25519PublicKey.from_public_bytes(raw) if raw is not None else None

    def embedded(self, template: UUID, badge: Document, now: datetime) -> tuple[int, list[Embedded]]:
        """What the endorsements in all badges of a template are worth at a moment, with a number for this finding."""
        since, until, number, found = self._embedded.get(template, (now, now, 0, []))
        if not since <= now < until:
            found, number = embedded_in(badge, lookup=self, now=now), next(_numbers)
            self._embedded[template] = (now, _until(badge, now), number, found)
        return number, found


def _until(badge: Document, now: datetime) -> datetime:
    """Until when the dates of the endorsements in a badge say the same as now, a minute at the most."""
    parts = [part_of(part).document for part, _about in shape.endorsements(badge)]
    days = [moment(part.get(name)) for part in parts for name in ("validFrom", "validUntil")]
    return min([now + LONGEST, *(day for day in days if day is not None and day > now)])


_known: Memory[Around] = Memory(MOST_ACHIEVEMENTS)


def around(achievement: UUID) -> Around:
    """What stands around the badges of an achievement now."""
    address = documents.address("achievements", achievement)
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"achievement": achievement, "address": address})
        rows = frozenset(cursor.fetchall())
    return _known.answer(achievement, lambda: Around(achievement, rows), holds=lambda known: known.rows == rows)

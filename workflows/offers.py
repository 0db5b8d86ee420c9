"""What the public pages of an achievement show, remembered by each process as long as its rows stay as they are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from django.db import connection

from credentials.held import Memory
from credentials.surroundings import Around
from workflows.public import Offer, offer_of

ROWS = """
    WITH one AS (SELECT id, institution_id, micro_credential_id, xmin, ctid FROM workflows_version
        WHERE public_id = %(achievement)s)
    SELECT 'version', one.xmin::text || house.xmin::text || code.xmin::text,
        one.ctid::text || house.ctid::text || code.ctid::text
        FROM one JOIN people_organization AS house ON house.id = one.institution_id
        JOIN workflows_microcredential AS code ON code.id = one.micro_credential_id
    UNION ALL SELECT 'successor', next.xmin::text, next.ctid::text
        FROM workflows_version AS next JOIN one ON next.successor_of_id = one.id
    UNION ALL SELECT 'validation', v.xmin::text || ' ' || d.xmin::text, v.ctid::text || d.ctid::text
        FROM workflows_validation AS v JOIN workflows_decision AS d ON d.id = v.decision_id
        JOIN one ON v.version_id = one.id
    UNION ALL SELECT 'exemption', e.xmin::text, e.ctid::text
        FROM workflows_exemption AS e JOIN one ON e.version_id = one.id
    UNION ALL (SELECT 'step', e.sequence::text, '' FROM workflows_ledgerevent AS e
        WHERE e.stream = %(stream)s ORDER BY e.sequence DESC LIMIT 1)
    UNION ALL SELECT 'evidence', '', '' WHERE EXISTS (SELECT FROM workflows_award AS award
        JOIN workflows_evidenceitem AS item ON item.enrolment_id = award.enrolment_id
        JOIN workflows_evidenceconsent AS consent ON consent.item_id = item.id
        WHERE award.public_id = %(award)s AND consent.audience = 'public')
"""
EVIDENCE = ("evidence", "", "")
Row = tuple[str, str, str]
_numbers = count(1)


@dataclass(frozen=True)
class Remembered:
    """An offer as its rows say it, by `number`; another one as soon as one of them is another."""

    around: Around
    rows: frozenset[Row]
    minute: int
    number: int
    offer: Offer | None


@dataclass(frozen=True)
class Seen:
    """An offer and its number; and whether the earner of one badge may show evidence to everybody."""

    offer: Offer | None
    number: int
    evidence: bool


_offers: Memory[Remembered] = Memory(1000)


def seen(nearby: Around, *, award: UUID | None = None) -> Seen:
    """The offer of an achievement, remembered by each process as long as PostgreSQL shows the very rows behind it.

    As in `credentials.surroundings`: every update of a row gives it another `xmin` and `ctid`. Whether an endorsement
    is in force also follows from the hour, so nothing is remembered over a minute.
    """
    achievement = nearby.achievement
    values = {"achievement": str(achievement), "stream": f"version:{achievement}", "award": award and str(award)}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        found = frozenset(cursor.fetchall())
    rows, minute = found - {EVIDENCE}, int(time.time() // 60)

    def read() -> Remembered:
        return Remembered(nearby, rows, minute, next(_numbers), offer_of(achievement))

    def holds(kept: Remembered) -> bool:
        return kept.around is nearby and (kept.rows, kept.minute) == (rows, minute)

    kept = _offers.answer(achievement, read, holds=holds)
    return Seen(kept.offer, kept.number, EVIDENCE in found)

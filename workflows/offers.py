"""What the public pages of an achievement show, remembered by each process as long as its rows stay as they are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from django.db import connection

from credentials import queries as badges
from credentials.held import Memory
from workflows.public import Offer, offer_of

ROWS = """
    WITH one AS (SELECT id, institution_id, micro_credential_id, xmin, ctid FROM workflows_version
        WHERE public_id = %(achievement)s)
    SELECT 'version', one.xmin::text, one.ctid::text FROM one
    UNION ALL SELECT 'institution', house.xmin::text, house.ctid::text
        FROM people_organization AS house JOIN one ON house.id = one.institution_id
    UNION ALL SELECT 'code', code.xmin::text, code.ctid::text
        FROM workflows_microcredential AS code JOIN one ON code.id = one.micro_credential_id
    UNION ALL SELECT 'successor', next.xmin::text, next.ctid::text
        FROM workflows_version AS next JOIN one ON next.successor_of_id = one.id
    UNION ALL SELECT 'validation', v.xmin::text || ' ' || d.xmin::text, v.ctid::text || d.ctid::text
        FROM workflows_validation AS v JOIN workflows_decision AS d ON d.id = v.decision_id
        JOIN one ON v.version_id = one.id
    UNION ALL SELECT 'exemption', e.xmin::text, e.ctid::text
        FROM workflows_exemption AS e JOIN one ON e.version_id = one.id
    UNION ALL SELECT 'published', p.xmin::text, p.ctid::text
        FROM credentials_publishedachievement AS p WHERE p.public_id = %(achievement)s
    UNION ALL SELECT 'endorsement', e.xmin::text, e.ctid::text
        FROM credentials_endorsement AS e WHERE e.achievement_url = %(address)s
    UNION ALL (SELECT 'step', e.sequence::text, '' FROM workflows_ledgerevent AS e
        WHERE e.stream = %(stream)s ORDER BY e.sequence DESC LIMIT 1)
"""
MINUTE = 60.0
_numbers = count(1)


@dataclass(frozen=True)
class Seen:
    """An offer as its rows say it; `number` is another one as soon as one of them is another."""

    rows: tuple[tuple[str, str, str], ...]
    minute: int
    number: int
    offer: Offer | None


_seen: Memory[Seen] = Memory(1000)


def seen(achievement: UUID) -> Seen:
    """The offer of an achievement, remembered by each process as long as PostgreSQL shows the very rows behind it.

    As in `credentials.surroundings`: every update of a row gives it another `xmin` and `ctid`. Whether an endorsement
    is in force also follows from the hour, so nothing is remembered over a minute.
    """
    values = {
        "achievement": str(achievement),
        "address": badges.achievement_address(achievement),
        "stream": f"version:{achievement}",
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        rows = tuple(sorted(cursor.fetchall()))
    minute = int(time.time() // MINUTE)

    def read() -> Seen:
        return Seen(rows, minute, next(_numbers), offer_of(achievement))

    return _seen.answer(achievement, read, holds=lambda found: (found.rows, found.minute) == (rows, minute))

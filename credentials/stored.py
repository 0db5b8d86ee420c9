"""The verdict of a badge that we keep: the same as `verdict.verify` gives, at the cost of one signature.

What all badges of a template share (shape, endorsements, what their words mean) is looked at once and remembered with
`credentials.surroundings`, as long as the rows behind it stay as they are. What is a badge's own is looked at every
time: its row, the digest of its text, its signature by a key that is listed now, its dates, its status. Wherever this
short way does not end in a plain answer, the full one is taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.db import connection

from credentials import checks, proofs, queries, shape, status, status_check
from credentials.badge_template import options_hash, template_of
from credentials.base58 import b58decode
from credentials.compiled import Template, Unsound
from credentials.errors import LossyDocument
from credentials.held import Memory
from credentials.lookups import OwnRows
from credentials.models import Credential, shape_under
from credentials.outcomes import Check, Finding, Outcome, Standing, check
from credentials.surroundings import Around, around
from credentials.verdict import Verdict, beside, verify

Document = dict[str, Any]
COLUMNS = """
    SELECT badge.id, badge.award_reference, achievement.public_id, badge.status, badge.suspended_at, badge.revoked_at,
        badge.replaced_at, badge.template_id, badge.slots, badge.proof, badge.text_digest, badge.document,
        list.id, list.sequence, list.published_at, list.changes <> list.shown
    FROM credentials_credential AS badge
    JOIN credentials_publishedachievement AS achievement ON achievement.id = badge.achievement_id
    JOIN credentials_statusentry AS entry ON entry.id = badge.entry_id
    JOIN credentials_statuslist AS list ON list.id = entry.status_list_id
    WHERE badge.offered_at IS NOT NULL
"""
IN_PUBLIC = COLUMNS + "AND badge.public_id = %s AND badge.public AND badge.acceptance = 'accepted'"
BY_KEY = COLUMNS + "AND badge.id = %s"


@dataclass(frozen=True)
class Stored:
    """The row of a signed badge, and of the list in which its status stands."""

    pk: int
    award_reference: UUID
    achievement: UUID
    status: str
    suspended_at: datetime | None
    revoked_at: datetime | None
    replaced_at: datetime | None
    template: UUID | None
    slots: list[str] | None
    proof: list[str] | None
    digest: bytes | None
    whole: Document | None
    list: int
    sequence: int
    published_at: datetime | None
    due: bool

    @property
    def text(self) -> str:
        """The signed badge; in RFC 8785 form where its row is compact."""
        if self.template is None or self.proof is None:
            return json.dumps(self.whole, ensure_ascii=False, sort_keys=True)
        return shape_under(self.template).text(self.slots or (), self.proof)

    @property
    def standing(self) -> Standing:
        """How it stands by its row."""
        digest = f"sha256:{bytes(self.digest).hex()}" if self.digest else ""
        return queries.standing_by(self.status, self.revoked_at, self.replaced_at, self.suspended_at, digest)


def in_public(public_id: UUID) -> Stored | None:
    """A badge that its earner accepted and made public. For every other id the answer is the same: none."""
    return _row(IN_PUBLIC, public_id)


def of(credential: Credential) -> Stored | None:
    """The row of a signed badge, whoever may see it; None before it is signed."""
    return _row(BY_KEY, credential.pk)


def _row(statement: str, key: Any) -> Stored | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        row = cursor.fetchone()
    if row is None:
        return None
    values = dict(zip((field.name for field in fields(Stored)), row, strict=True))
    for name in ("slots", "proof", "whole"):  # JSON, which a plain cursor leaves as text
        values[name] = json.loads(values[name]) if isinstance(values[name], str) else values[name]
    return Stored(**values)


@dataclass(frozen=True)
class Judged:
    """A badge and its verdict; by the short way also what stands around it, and a number for its endorsements.

    Badges for which both are the same differ by their own values and checks alone.
    """

    document: Document
    verdict: Verdict
    around: Around | None = None
    number: int = 0


def judged(badge: Stored, *, earner: str | None = None, now: datetime | None = None) -> Judged:
    """The verdict of `verdict.verify` with our own rows, by the short way where that is sound."""
    moment = now or datetime.now(UTC)
    document: Document = json.loads(badge.text)
    found = _shortly(badge, document, earner, moment)
    return found or Judged(document, verify(document, lookup=OwnRows(), now=now, earner=earner))


_templates: Memory[Template | None] = Memory(1024)
LIST = "credentialStatus.statusListCredential"  # its address may stand in an endorsement too, so it is filled for good


def _compiled(badge: Stored) -> Template | None:
    """The compiled template of a badge, where badges of it have a good shape; rows of templates never change."""
    if badge.template is None or badge.proof is None:
        return None
    kept, slots = shape_under(badge.template), badge.slots or ()
    listed = {name: value for name, value in kept.named(slots).items() if name == LIST}
    return _templates.answer((badge.template, *listed.values()), lambda: _compiled_now(kept.document(slots), listed))


def _compiled_now(plan: Document, listed: Mapping[str, str]) -> Template | None:
    try:
        if checks.shaped(plan, shape.BADGE).outcome == Outcome.PASSED:
            return template_of(plan).specialized(listed)
    except (Unsound, LossyDocument):
        pass
    return None


def _shortly(badge: Stored, document: Document, earner: str | None, now: datetime) -> Judged | None:
    """The verdict by the short way; None where only the full one can tell."""
    template = _compiled(badge)
    nearby, issuer = around(badge.achievement), proofs.issuer_of(document)
    if template is None or issuer not in nearby.known_issuers() or not _signed(badge, template, nearby, issuer, now):
        return None
    dates, standing = checks.dates(document, now), _status(badge, document, nearby, now)
    if standing is None or standing.outcome == Outcome.NOT_CHECKED or proofs.moment(document["validFrom"]) is None:
        return None
    number, embedded = nearby.embedded(badge.template, document, now) if badge.template else (0, [])
    looks = {
        "shape": checks.SHAPED, "signature": checks.UNCHANGED, "key": checks.LISTED, "meaning": checks.AS_KEPT,
        "dates": dates, "status": standing,
    }  # fmt: skip
    found: list[Check] = [check(name, finding) for name, finding in looks.items()]
    verdict = Verdict((*found, *beside(document, embedded, nearby, earner, signed=True)))
    return Judged(document, verdict, nearby, number)


def _signed(badge: Stored, template: Template, nearby: Around, issuer: str, now: datetime) -> bool:
    """Whether text and signature are what the row says, by a key that the issuer lists now."""
    assert badge.template is not None
    assert badge.proof is not None
    method, created, value = badge.proof
    key, made = nearby.public_key(issuer, method), proofs.moment(created)
    if key is None or made is None or made > now + proofs.CLOCKS_DIFFER:
        return False
    if hashlib.sha256(badge.text.encode()).digest() != bytes(badge.digest or b""):
        return False
    try:
        hashed = options_hash(method, created) + template.digest(_named(badge))
        key.verify(b58decode(value[1:]), hashed)
    except (Unsound, LossyDocument, InvalidSignature, ValueError, KeyError):
        return False
    return value.startswith("z")


def _named(badge: Stored) -> Mapping[str, str]:
    assert badge.template is not None
    return shape_under(badge.template).named(badge.slots or ())


def _status(badge: Stored, document: Document, nearby: Around, now: datetime) -> Finding | None:
    """By the row, then by the signed lists as they are published now; None where the full way must look."""
    own = status_check.by_standing(badge.standing)
    entry = document.get("credentialStatus")
    if own is not None or not isinstance(entry, dict):
        return own
    index = status_check.index_of(entry)
    if index is None or badge.due or badge.published_at is None or now - badge.published_at > status.SIGNED_ANEW:
        return None
    purpose, url = str(entry["statusPurpose"]), str(entry.get("statusListCredential"))
    name = (badge.list, badge.sequence, url)

    def read() -> Any:
        found = status_check.bits_of(url, purpose, proofs.issuer_of(document), nearby, now)
        return found if isinstance(found, status_check.Lists) else None

    lists = nearby.lists.answer(name, read)
    return status_check.by_lists(lists, index, purpose) if lists is not None else None

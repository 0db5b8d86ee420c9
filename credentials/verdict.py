"""Judges a badge: one outcome per check, and a verdict that is a pure function of the deciding ones (badges.md 5).

Nothing is fetched. Keys and lists come from a `Lookup`: our own rows, or documents that the holder hands in.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials import proofs
from credentials.canonical import OPEN_BADGES, V2
from credentials.errors import LossyDocument

Sentence = str | Promise
SMALLEST_LIST = 131_072  # Bitstring Status List 1.0, section 4.2
MOST_LIST_BYTES = 4 * 1024 * 1024


class Outcome(StrEnum):
    """What one check found. Only a check that looked may say passed or failed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    NOT_APPLICABLE = "not_applicable"


class Answer(StrEnum):
    """The verdict."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    CANNOT_TELL = "cannot_tell"


TITLES: dict[str, Sentence] = {
    "shape": _("Content shape"),
    "signature": _("Signature"),
    "key": _("Issuer’s key"),
    "dates": _("Dates"),
    "status": _("Status"),
    "suspension": _("Suspension"),
    "known_issuer": _("Known issuer"),
    "quality_approval": _("Quality approval"),
    "evidence": _("Evidence"),
    "earner": _("Earner"),
}


@dataclass(frozen=True)
class Check:
    """One check: its name, what it found, in a sentence, and whether it decides the verdict."""

    name: str
    outcome: Outcome
    sentence: Sentence
    deciding: bool = True

    @property
    def title(self) -> Sentence:
        """What was looked at, in the reader's words."""
        return TITLES.get(self.name, self.name)


@dataclass(frozen=True)
class Verdict:
    """All checks of one badge; valid only if every applicable deciding one passed."""

    checks: tuple[Check, ...]

    @property
    def answer(self) -> Answer:
        """Not valid when a deciding check failed; cannot tell when one was not made; else valid."""
        outcomes = {check.outcome for check in self.checks if check.deciding}
        if Outcome.FAILED in outcomes:
            return Answer.NOT_VALID
        return Answer.CANNOT_TELL if Outcome.NOT_CHECKED in outcomes else Answer.VALID

    def as_data(self) -> dict[str, Any]:
        """The verdict as JSON values."""
        checks = [
            {"name": c.name, "outcome": c.outcome.value, "sentence": str(c.sentence), "deciding": c.deciding}
            for c in self.checks
        ]
        return {"verdict": self.answer.value, "checks": checks}


class Lookup(Protocol):
    """Where keys and lists come from."""

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document of an issuer, or None when it is not at hand."""

    def status_list(self, url: str) -> dict[str, Any] | None:
        """The status list credential of an address, or None when it is not at hand."""


def _moment(value: Any) -> datetime | None:
    """A date with time and zone, or None."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _shape(document: dict[str, Any], kind: str) -> str | Promise | None:
    """What is wrong with the shape of a credential, or None (badges.md 1.1, 1.2, 1.8)."""
    subject = document.get("credentialSubject")
    issuer = document.get("issuer")
    types = document.get("type")
    if document.get("@context") != [V2, OPEN_BADGES]:
        return _("It does not use the contexts of Open Badges 3.0 alone, so its words could mean something else.")
    if not isinstance(types, list) or {"VerifiableCredential", kind} - {t for t in types if isinstance(t, str)}:
        return _("It is not a badge of the kind that was expected here.")
    if not isinstance(issuer, dict) or not isinstance(issuer.get("id"), str) or not isinstance(subject, dict):
        return _("It does not say who issued it, or what about.")
    if kind == "OpenBadgeCredential" and not isinstance(subject.get("achievement"), dict):
        return _("It does not say what was achieved.")
    if _moment(document.get("validFrom")) is None:
        return _("Its first day of validity is missing or has no time zone.")
    if "credentialStatus" in document and not isinstance(document["credentialStatus"], dict):
        return _("It names more than one place for its status.")
    return None


def _signature(document: dict[str, Any], lookup: Lookup) -> tuple[Outcome, Sentence]:
    did_document = lookup.did_document(document["issuer"]["id"])
    if did_document is None:
        return Outcome.NOT_CHECKED, _("The issuer's public key is not at hand, so the signature was not checked.")
    try:
        holds = proofs.verify(document, did_document)
    except LossyDocument:
        return Outcome.FAILED, _("A part of it is not covered by the signature.")
    if holds:
        return Outcome.PASSED, _("It is signed by a key that its issuer lists.")
    return Outcome.FAILED, _("It was changed after it was signed, or was not signed by its issuer.")


def _dates(document: dict[str, Any], now: datetime) -> tuple[Outcome, Sentence]:
    start, end = _moment(document.get("validFrom")), _moment(document.get("validUntil"))
    if start is None or ("validUntil" in document and (end is None or end < start)):
        return Outcome.FAILED, _("Its dates are not possible.")
    if now < start:
        return Outcome.FAILED, _("It is not valid yet.")
    if end is not None and end < now:
        return Outcome.FAILED, _("It has expired.")
    return Outcome.PASSED, _("Today lies within its dates.")


def _bits(encoded: str) -> bytes | None:
    """The bits of a list, at most 4 MiB, or None when they cannot be read."""
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        unpack = zlib.decompressobj(wbits=31)
        bits = unpack.decompress(packed, MOST_LIST_BYTES)
    except (ValueError, zlib.error):
        return None
    return bits if encoded[:1] == "u" and unpack.eof and len(bits) * 8 >= SMALLEST_LIST else None


def _status(document: dict[str, Any], lookup: Lookup) -> tuple[Outcome, Sentence]:
    entry = document.get("credentialStatus")
    if entry is None:
        return Outcome.NOT_APPLICABLE, _("It has no status that could change.")
    published = lookup.status_list(str(entry.get("statusListCredential")))
    if published is None:
        return Outcome.NOT_CHECKED, _(
            "The issuer's status list is not at hand, so nobody looked whether it is revoked."
        )
    unreadable = Outcome.NOT_CHECKED, _("The issuer's status list cannot be relied on, so its answer was not used.")
    subject, issuer = published.get("credentialSubject"), document["issuer"]["id"]
    if (
        not isinstance(subject, dict)
        or published.get("issuer") != issuer
        or published.get("id") != entry.get("statusListCredential")
    ):
        return unreadable
    if subject.get("statusPurpose") != entry.get("statusPurpose") or _signature_of_list(published, lookup):
        return unreadable
    bits, index = _bits(str(subject.get("encodedList"))), str(entry.get("statusListIndex"))
    if bits is None or not (index.isascii() and index.isdigit()) or int(index) >= len(bits) * 8:
        return unreadable
    if bits[int(index) >> 3] & (0x80 >> (int(index) & 7)):
        return Outcome.FAILED, _("It was revoked.")
    return Outcome.PASSED, _("The issuer's status list does not revoke it.")


def _signature_of_list(published: dict[str, Any], lookup: Lookup) -> bool:
    """True when the list's own signature does not hold."""
    did_document = lookup.did_document(str(published.get("issuer")))
    try:
        return did_document is None or not proofs.verify(published, did_document)
    except LossyDocument:
        return True


def _judge(document: dict[str, Any], kind: str, lookup: Lookup, now: datetime) -> list[Check]:
    """The deciding checks of one credential, in order; after a wrong shape nothing else is looked at."""
    wrong = _shape(document, kind)
    if wrong is not None:
        skipped = _("Not looked at, because the shape is wrong.")
        rest = [Check(name, Outcome.NOT_CHECKED, skipped) for name in ("signature", "dates", "status")]
        return [Check("shape", Outcome.FAILED, wrong), *rest]
    found: list[tuple[str, Callable[[], tuple[Outcome, Sentence]]]] = [
        ("signature", lambda: _signature(document, lookup)),
        ("dates", lambda: _dates(document, now)),
        ("status", lambda: _status(document, lookup)),
    ]
    shape = Check("shape", Outcome.PASSED, _("It has the shape of an Open Badges 3.0 credential."))
    return [shape, *(Check(name, *look()) for name, look in found)]


def verify(document: dict[str, Any], *, lookup: Lookup, now: datetime | None = None) -> Verdict:
    """Judge a badge and, each on its own beside it, every endorsement embedded in its achievement."""
    moment = now or datetime.now(UTC)
    checks = _judge(document, "OpenBadgeCredential", lookup, moment)
    if checks[0].outcome == Outcome.PASSED:
        achievement = document["credentialSubject"]["achievement"]
        embedded = achievement.get("endorsement", [])
        for place, endorsement in enumerate(embedded if isinstance(embedded, list) else [embedded]):
            checks.append(_endorsement(place, endorsement, achievement.get("id"), lookup, moment))
    return Verdict(tuple(checks))


def verify_endorsement(document: dict[str, Any], *, lookup: Lookup, now: datetime | None = None) -> Check:
    """Judge one endorsement that stands alone, whatever achievement it names."""
    subject = document.get("credentialSubject")
    named = subject.get("id") if isinstance(subject, dict) else None
    return _endorsement(0, document, named, lookup, now or datetime.now(UTC))


def _endorsement(place: int, endorsement: Any, achievement: Any, lookup: Lookup, now: datetime) -> Check:
    name = f"endorsement_{place + 1}"
    if not isinstance(endorsement, dict):
        return Check(name, Outcome.FAILED, _("It is not a signed endorsement."), deciding=False)
    parts = Verdict(tuple(_judge(endorsement, "EndorsementCredential", lookup, now)))
    if parts.answer == Answer.VALID and endorsement["credentialSubject"].get("id") != achievement:
        return Check(name, Outcome.FAILED, _("It endorses another achievement."), deciding=False)
    outcome = {
        Answer.VALID: Outcome.PASSED,
        Answer.NOT_VALID: Outcome.FAILED,
        Answer.CANNOT_TELL: Outcome.NOT_CHECKED,
    }[parts.answer]
    worst = next((c.sentence for c in parts.checks if c.outcome == outcome), _("It holds."))
    return Check(name, outcome, worst if outcome != Outcome.PASSED else _("It holds today."), deciding=False)

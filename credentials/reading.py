"""What a badge says, in the parts that a page shows. Read from the document alone, whoever wrote it; never fails.

Strangers hand documents in, so nothing here trusts a type: what is not of its kind counts as not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from credentials import shape
from credentials.claims import claim_of
from credentials.strictjson import Unreadable
from credentials.verdict import Check, Lookup, Outcome, Verdict, part_of, verify_endorsement


@dataclass(frozen=True)
class Proved:
    """One result: which outcome, at which rung of how many, and the rung's name. `code` is the criterion's."""

    code: str
    name: str
    level: str
    rung: int
    rungs: int

    @property
    def steps(self) -> list[tuple[int, bool]]:
        """For the drawn row of boxes: where each stands, and whether it is reached."""
        return [(11 * place, place < self.rung) for place in range(self.rungs)]

    @property
    def width(self) -> int:
        """How wide that row is."""
        return 11 * self.rungs - 1


@dataclass(frozen=True)
class Endorser:
    """One embedded endorsement with what its own check found; `kind` is empty where we do not know the claim."""

    address: str
    kind: str
    issuer: str
    issuer_id: str
    comment: str
    signed: datetime | None
    until: datetime | None
    check: Check

    @property
    def state(self) -> str:
        """For machines: valid, invalid or unknown."""
        outcome = self.check.outcome
        return {Outcome.PASSED: "valid", Outcome.FAILED: "invalid"}.get(outcome, "unknown")


@dataclass(frozen=True)
class Reading:
    """A badge as people read it."""

    address: str = ""
    title: str = ""
    issuer: str = ""
    issuer_id: str = ""
    achievement: str = ""
    description: str = ""
    language: str = ""
    version: str = ""
    earner: str = ""
    awarded: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    proved: tuple[Proved, ...] = ()
    skills: tuple[tuple[str, str], ...] = ()
    endorsers: tuple[Endorser, ...] = ()
    suites: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    digest: str = ""
    evidence: tuple[dict[str, Any], ...] = field(default=())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _part(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _parts(value: Any) -> list[dict[str, Any]]:
    """What may be one or many, as many."""
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]


def _date(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _proved(subject: dict[str, Any], achievement: dict[str, Any]) -> Iterator[Proved]:
    described = {_text(part.get("id")): part for part in _parts(achievement.get("resultDescription"))}
    for result in _parts(subject.get("result")):
        address = _text(result.get("resultDescription"))
        description = described.get(address, {})
        if description.get("resultType") == "Status":
            continue  # says only that the award was completed
        levels = _parts(description.get("rubricCriterionLevel"))
        levels.sort(key=lambda level: _points(level.get("points")))
        order = [_text(level.get("id")) for level in levels]
        achieved = _text(result.get("achievedLevel"))
        at = order.index(achieved) if achieved in order else -1
        yield Proved(
            code=address.rpartition("#")[2],
            name=_text(description.get("name")),
            level=_text(levels[at].get("name"))
            if at >= 0
            else _text(result.get("value")) or _text(result.get("status")),
            rung=at + 1,
            rungs=len(levels),
        )


def _points(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _endorser(part: dict[str, Any], check: Check) -> Endorser:
    issuer = _part(part.get("issuer"))
    return Endorser(
        address=_text(part.get("id")),
        kind=claim_of(part),
        issuer=_text(issuer.get("name")) or _text(issuer.get("id")),
        issuer_id=_text(issuer.get("id")),
        comment=_text(_part(part.get("credentialSubject")).get("endorsementComment")),
        signed=_date(part.get("validFrom")),
        until=_date(part.get("validUntil")),
        check=check,
    )


def _endorsers(document: dict[str, Any], checks: dict[str, Check]) -> Iterator[Endorser]:
    for place, (part, _about) in enumerate(shape.endorsements(document)):
        name = f"endorsement_{place + 1}"
        found = checks.get(name, Check(name, Outcome.NOT_CHECKED, "", deciding=False))
        try:
            yield _endorser(part_of(part).document, found)
        except Unreadable:
            yield _endorser({}, found)


def read_endorsement(document: dict[str, Any], lookup: Lookup) -> Endorser:
    """One endorsement that stands alone, with its check."""
    return _endorser(document, verify_endorsement(document, lookup=lookup))


def _name_of(subject: dict[str, Any]) -> str:
    """The earner's name where the badge says it openly (IdentityObject of type `name`)."""
    for identity in _parts(subject.get("identifier")):
        if identity.get("identityType") == "name" and identity.get("hashed") is not True:
            return _text(identity.get("identityHash"))
    return ""


def read_badge(document: dict[str, Any], verdict: Verdict, digest: str = "") -> Reading:
    """Read a badge; each endorsement with its own check of the verdict."""
    issuer, subject = _part(document.get("issuer")), _part(document.get("credentialSubject"))
    achievement = _part(subject.get("achievement"))
    proofs = _parts(document.get("proof"))
    alignments = _parts(achievement.get("alignment"))
    return Reading(
        address=_text(document.get("id")),
        title=_text(achievement.get("name")) or _text(document.get("name")),
        issuer=_text(issuer.get("name")) or _text(issuer.get("id")) or _text(document.get("issuer")),
        issuer_id=_text(issuer.get("id")) or _text(document.get("issuer")),
        achievement=_text(achievement.get("id")),
        description=_text(achievement.get("description")),
        language=_text(achievement.get("inLanguage")),
        version=_text(achievement.get("version")),
        earner=_name_of(subject),
        awarded=_date(document.get("awardedDate")),
        starts=_date(document.get("validFrom")),
        ends=_date(document.get("validUntil")),
        proved=tuple(_proved(subject, achievement)),
        skills=tuple((_text(a.get("targetName")), _text(a.get("targetUrl"))) for a in alignments),
        endorsers=tuple(_endorsers(document, {check.name: check for check in verdict.checks})),
        suites=tuple(_text(proof.get("cryptosuite")) for proof in proofs),
        keys=tuple(_text(proof.get("verificationMethod")) for proof in proofs),
        digest=digest,
        evidence=tuple(_parts(document.get("evidence"))),
    )

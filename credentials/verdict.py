"""Judges a badge: one outcome per check, and a verdict that is a pure function of the deciding ones (badges.md 5).

Nothing is fetched. Keys and lists come from a `Lookup`: our own rows, or documents that the holder hands in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from credentials import checks, jose, shape
from credentials.claims import Claim, claim_of, multibase_digest
from credentials.once import Once
from credentials.outcomes import (
    TITLES,
    Answer,
    Cause,
    Check,
    Finding,
    Lookup,
    Outcome,
    Published,
    Standing,
    Trust,
    check,
    failed,
    not_applicable,
    not_checked,
    passed,
)
from credentials.proofs import issuer_of
from credentials.status_check import status
from credentials.strictjson import Unreadable
from credentials.texts import Opened, of_token
from people.words import lazy_text as _

__all__ = [
    "TITLES",
    "Answer",
    "Cause",
    "Check",
    "Lookup",
    "Outcome",
    "Published",
    "Standing",
    "Trust",
    "Verdict",
    "beside",
    "embedded_in",
    "part_of",
    "verify",
    "verify_as",
    "verify_endorsement",
]
Document = dict[str, Any]
Embedded = tuple[str, Finding]  # what an endorsement claims, and what was found of it
MOST_SECONDS = 1.0


@dataclass(frozen=True)
class Verdict:
    """All checks of one badge; valid only if every applicable deciding one passed."""

    checks: tuple[Check, ...]

    @property
    def answer(self) -> Answer:
        """Not valid when a deciding check failed; cannot tell when one was not made; else valid."""
        outcomes = {found.outcome for found in self.checks if found.deciding}
        if Outcome.FAILED in outcomes:
            return Answer.NOT_VALID
        return Answer.CANNOT_TELL if Outcome.NOT_CHECKED in outcomes else Answer.VALID

    @property
    def worst(self) -> Check | None:
        """The deciding check that made the badge not valid, or that could not be made; None when it is valid.

        That a key was withdrawn says less about a badge than its end, its replacement or its last day do.
        """
        wanted = {Answer.NOT_VALID: Outcome.FAILED, Answer.CANNOT_TELL: Outcome.NOT_CHECKED}.get(self.answer)
        found = [check_ for check_ in self.checks if check_.deciding and check_.outcome == wanted]
        return min(found, key=lambda check_: check_.cause == Cause.KEY_WITHDRAWN, default=None)

    @property
    def cause(self) -> Cause:
        """Why it is not valid, in one word; empty when it is valid or nobody can tell."""
        return self.worst.cause if self.worst is not None else Cause.NONE

    @property
    def since(self) -> datetime | None:
        """Since when it is not valid, where that is known."""
        return self.worst.since if self.worst is not None else None

    @property
    def signed(self) -> bool:
        """True when every member that is shown was signed, unchanged, by a key that the issuer lists."""
        return {"shape", "signature", "key", "meaning"} <= _passed(self.checks)

    @property
    def trusted(self) -> Trust:
        """Whether the issuer is known here by the key that signed, imitates one that is, or is neither."""
        outcome = next((found.outcome for found in self.checks if found.name == "known_issuer"), None)
        return {Outcome.PASSED: Trust.YES, Outcome.FAILED: Trust.NO}.get(outcome or Outcome.NOT_CHECKED, Trust.UNKNOWN)


def _passed(checks_: Iterable[Check]) -> set[str]:
    return {found.name for found in checks_ if found.outcome == Outcome.PASSED}


class _Budget:
    """The time of this thread that one verdict may take (`promises.md` 6): what comes later is not looked at."""

    def __init__(self, lookup: Once) -> None:
        self._lookup, self._began = lookup, time.thread_time()

    def look(self, check_: Callable[[], Finding]) -> Finding:
        """What a check finds, unless the time is over."""
        if time.thread_time() - self._began - self._lookup.seconds > MOST_SECONDS:
            return not_checked(
                _("Checking it took too long, so this was not looked at. No honest badge needs so long.")
            )
        return check_()


def _judge(given: Opened, kind: str, lookup: Lookup, now: datetime, budget: _Budget) -> list[Check]:
    """The deciding checks of one credential, in order; after a wrong shape nothing else is looked at."""
    document, token = given.document, given.token
    shaped = check("shape", checks.shaped(document, kind))
    looks: dict[str, Callable[[], Finding]] = {
        "signature": lambda: (
            checks.token_signature(token, lookup) if token else checks.signature(document, lookup, now)
        ),
        "key": lambda: checks.token_key(token, lookup) if token else checks.key(document, lookup),
        "meaning": lambda: checks.meaning(document, lookup),
        "dates": lambda: checks.dates(document, now),
        "status": lambda: status(document, lookup, now),
    }
    if shaped.outcome != Outcome.PASSED:
        skipped = not_checked(_("Not looked at, because the shape is not one that we read."))
        return [shaped, *(check(name, skipped) for name in looks)]
    return [shaped, *(check(name, budget.look(look)) for name, look in looks.items())]


def unlooked(finding: Finding) -> Verdict:
    """The verdict when nothing could be looked at."""
    return Verdict(tuple(check(name, finding) for name in ("shape", "signature", "key", "meaning", "dates", "status")))


def verify(
    given: Document | Opened, *, lookup: Lookup, now: datetime | None = None, earner: str | None = None
) -> Verdict:
    """Judge a badge and, each on its own beside it, issuer, quality approval, endorsements, evidence and earner.

    `given` is the document of a badge, or what `open_credential` found, which may be a token. `earner` is a
    mail address, when somebody asks whether the badge belongs to it.
    """
    opened, asked = given if isinstance(given, Opened) else Opened(given), Once(lookup)
    document, moment, budget = opened.document, now or datetime.now(UTC), _Budget(asked)
    found = _judge(opened, shape.BADGE, asked, moment, budget)
    if found[0].outcome != Outcome.PASSED:
        return Verdict(tuple(found))
    embedded = _all_embedded(document, asked, moment, budget)
    more = beside(document, embedded, asked, earner, signed={"signature", "key"} <= _passed(found))
    return Verdict((*found, *more))


def embedded_in(document: Document, *, lookup: Lookup, now: datetime) -> list[Embedded]:
    """What each endorsement in a badge claims, and whether it holds."""
    asked = Once(lookup)
    return _all_embedded(document, asked, now, _Budget(asked))


def _all_embedded(document: Document, lookup: Lookup, now: datetime, budget: _Budget) -> list[Embedded]:
    return [_embedded(*part, document, lookup, now, budget) for part in shape.endorsements(document)]


def beside(
    document: Document, embedded: list[Embedded], lookup: Lookup, earner: str | None, *, signed: bool
) -> list[Check]:
    """What stands beside the verdict of a badge whose shape is right; `signed` says that signature and key hold."""
    found = {
        "known_issuer": checks.known_issuer(document, lookup, signed=signed),
        "quality_approval": _approval(document, embedded),
        **{f"endorsement_{place + 1}": finding for place, (_kind, finding) in enumerate(embedded)},
        "evidence": checks.evidence(document),
        "earner": checks.earner(document, earner),
    }
    return [check(name, finding, deciding=False) for name, finding in found.items()]


def part_of(part: Any) -> Opened:
    """An embedded endorsement, which may be a token. Raises `Unreadable` for what is neither."""
    if isinstance(part, dict):
        inner = jose.token_in(part)
        return Opened(part) if inner is None else of_token(inner)
    if isinstance(part, str) and jose.looks_like(part):
        return of_token(part)
    raise Unreadable(_("It is not a signed endorsement."))


def _embedded(part: Any, about: str, badge: Document, lookup: Lookup, now: datetime, budget: _Budget) -> Embedded:
    """An endorsement in a badge: what it claims, and whether it holds and is about the very thing that carries it."""
    try:
        opened = part_of(part)
    except Unreadable as refused:
        return "", failed(refused.sentence, detail=refused.detail)
    kind = claim_of(opened.document)
    own = issuer_of(opened.document) == issuer_of(badge)
    if own and kind != Claim.QUALITY:
        return kind, failed(_("The issuer endorses itself, which says nothing."))
    if not own and kind == Claim.QUALITY:
        return kind, failed(_("It claims a quality approval, but is not its issuer's."))
    return kind, _endorsement(opened, about, lookup, now, budget)


def _endorsement(given: Opened, about: Any, lookup: Lookup, now: datetime, budget: _Budget) -> Finding:
    verdict = Verdict(tuple(_judge(given, shape.ENDORSEMENT, lookup, now, budget)))
    worst = verdict.worst
    if worst is not None:
        return Finding(worst.outcome, worst.sentence, worst.cause, worst.since, worst.detail)
    if given.document["credentialSubject"]["id"] != about:
        return failed(_("It endorses another achievement."))
    return _bound(given.document, lookup.published(str(about)))


def _bound(part: Document, published: Published | None) -> Finding:
    """Whether an endorsement is about the text that is published: the very snapshot, or unchanged parts of it."""
    resources = part.get("relatedResource", [])
    named = {
        str(r.get("id", "")).partition("#")[2]: r.get("digestMultibase")
        for r in (resources if isinstance(resources, list) else [resources])
        if isinstance(r, dict)
    }
    if published is None or not named:
        return passed(_("It holds today."))
    if named.get("") == multibase_digest(published.snapshot_digest):
        return passed(_("It holds today, over exactly this text."))
    facets = {facet: value for facet, value in named.items() if facet}
    if facets and all(
        facet in published.facets and multibase_digest(published.facets[facet]) == value
        for facet, value in facets.items()
    ):
        return passed(_("It holds today; the parts that it covers have not changed since."))
    return failed(_("It endorses another text of this achievement than the one that is published."))


def _approval(badge: Document, embedded: list[Embedded]) -> Finding:
    """The quality office's approval as a line of its own."""
    own = [finding for kind, finding in embedded if kind == Claim.QUALITY]
    if not own:
        return not_applicable(_("It carries no quality approval."))
    if own[0].outcome == Outcome.PASSED:
        return passed(_("The quality office of its issuer approved exactly this version."))
    return own[0]


def verify_endorsement(document: Document, *, lookup: Lookup, now: datetime | None = None) -> Check:
    """Judge one endorsement that stands alone, whatever achievement it names."""
    subject = document.get("credentialSubject")
    named = subject.get("id") if isinstance(subject, dict) else None
    asked = Once(lookup)
    finding = _endorsement(Opened(document), named, asked, now or datetime.now(UTC), _Budget(asked))
    return check("endorsement_1", finding, deciding=False)


def verify_as(kind: str, given: Document | Opened, *, lookup: Lookup, now: datetime | None = None) -> Verdict:
    """The deciding checks alone, of a credential of another kind than a badge."""
    opened, asked = given if isinstance(given, Opened) else Opened(given), Once(lookup)
    return Verdict(tuple(_judge(opened, kind, asked, now or datetime.now(UTC), _Budget(asked))))

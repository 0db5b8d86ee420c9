"""What holds several badges: a learner record (CLR 2.0), a presentation (VC Data Model 2.0, section 4.13).

Each badge in it is judged on its own, and the whole is no better than the worst of them. A record is signed by an
issuer and judged as such. A presentation only carries: who presents it says nothing about the badges, and a badge is
no more its bearer's for it, so that signature is not looked at, and the verdict says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials import jose, shape
from credentials.outcomes import Answer, Finding, Lookup, Outcome, check, failed, not_checked, passed
from credentials.strictjson import Unreadable
from credentials.texts import Opened, of_token
from credentials.verdict import Verdict, verify, verify_as
from people.words import lazy_text as _

Document = dict[str, Any]
PRESENTATION = "VerifiablePresentation"
MOST_BADGES = 20


@dataclass(frozen=True)
class Part:
    """One badge of a bundle."""

    opened: Opened
    verdict: Verdict


@dataclass(frozen=True)
class BundleVerdict:
    """The verdict of the whole, and that of each badge in it."""

    whole: Verdict
    parts: tuple[Part, ...]

    @property
    def answer(self) -> Answer:
        """Valid only if the whole and every badge in it is."""
        return together(self.whole, *(part.verdict for part in self.parts))


def together(*verdicts: Verdict) -> Answer:
    """The worst of several answers."""
    answers = {verdict.answer for verdict in verdicts}
    return next((a for a in (Answer.NOT_VALID, Answer.CANNOT_TELL) if a in answers), Answer.VALID)


def _types(document: Document) -> list[Any]:
    types = document.get("type")
    return types if isinstance(types, list) else [types]


def is_bundle(document: Document) -> bool:
    """True for what calls itself a record or a presentation, whether or not it is a good one."""
    return shape.RECORD in _types(document) or PRESENTATION in _types(document)


def held(document: Document) -> list[Any]:
    """What a bundle holds, as it is written."""
    holder = document if PRESENTATION in _types(document) else document.get("credentialSubject", {})
    found = holder.get("verifiableCredential", []) if isinstance(holder, dict) else []
    return found if isinstance(found, list) else [found]


def _opened(part: Any) -> Opened:
    """A badge in a bundle, which may be a token. Raises `Unreadable` for what is neither."""
    token = jose.token_in(part) if isinstance(part, dict) else part
    if isinstance(token, str):
        return of_token(token)
    if not isinstance(part, dict):
        raise Unreadable(_("It holds something that is no signed badge."))
    return Opened(part, text=json.dumps(part, ensure_ascii=False))


def judge(
    given: Opened,
    *,
    lookup: Lookup,
    now: datetime | None = None,
    earner: str | None = None,
    before_each: Callable[[], None] = lambda: None,
) -> BundleVerdict:
    """Judge a bundle and each badge in it; `before_each` is called before each badge."""
    whole = _whole(given, lookup, now)
    if whole.checks[0].outcome != Outcome.PASSED:
        return BundleVerdict(whole, ())
    try:
        badges = [_opened(part) for part in held(given.document)]
    except Unreadable as refused:
        return BundleVerdict(Verdict((check("shape", failed(refused.sentence, detail=refused.detail)),)), ())
    parts = []
    for badge in badges:
        before_each()
        parts.append(Part(badge, verify(badge, lookup=lookup, now=now, earner=earner)))
    return BundleVerdict(whole, tuple(parts))


def _whole(given: Opened, lookup: Lookup, now: datetime | None) -> Verdict:
    if not 0 < len(held(given.document)) <= MOST_BADGES:
        return Verdict((check("shape", failed(_("It holds no badge, or more badges than are looked at in one."))),))
    if PRESENTATION not in _types(given.document):
        return verify_as(shape.RECORD, given, lookup=lookup, now=now)
    fault = shape.too_large(given.document)
    shaped: Finding = passed(_("It is a presentation that holds badges.")) if fault is None else failed(fault)
    presenter = not_checked(_("Who presents it was not checked. Each badge in it was judged on its own."))
    return Verdict((check("shape", shaped), check("presenter", presenter, deciding=False)))

"""What a check can find, and where it looks: the words that verdicts are made of (badges.md 5.22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.utils.functional import Promise, lazy

from people.dates import long_day
from people.words import has_settings
from people.words import lazy_text as _

Sentence = str | Promise


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


class Cause(StrEnum):
    """Why a badge is not valid, in one word, for pages and programs; empty for what does not fail."""

    NONE = ""
    SHAPE = "shape"
    CHANGED = "changed"
    FORGED = "forged"
    REVOKED = "revoked"
    REPLACED = "replaced"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    EARLY = "early"
    DATES = "dates"
    LOOK_ALIKE = "look_alike"
    KEY_WITHDRAWN = "key_withdrawn"


class Trust(StrEnum):
    """Whether the issuer is known here by its key; `no` is a name that imitates a known one, or hides letters."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


TITLES: dict[str, Sentence] = {
    "shape": _("Content shape"),
    "meaning": _("Meaning"),
    "signature": _("Signature"),
    "key": _("Issuer’s key"),
    "dates": _("Dates"),
    "status": _("Status"),
    "known_issuer": _("Known issuer"),
    "quality_approval": _("Quality approval"),
    "evidence": _("Evidence"),
    "earner": _("Earner"),
    "presenter": _("Presenter"),
}


@dataclass(frozen=True)
class Finding:
    """What one look found, in a sentence; `since` is the date from which it is so, `detail` is for engineers."""

    outcome: Outcome
    sentence: Sentence
    cause: Cause = Cause.NONE
    since: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class Check:
    """One check: its name, what it found, and whether it decides the verdict."""

    name: str
    outcome: Outcome
    sentence: Sentence
    deciding: bool = True
    cause: Cause = Cause.NONE
    since: datetime | None = None
    detail: str = ""

    @property
    def title(self) -> Sentence:
        """What was looked at, in the reader's words."""
        return TITLES.get(self.name, self.name)

    def as_data(self) -> dict[str, Any]:
        """Every member as a JSON value, the sentence in the language of the moment."""
        return {
            "name": self.name,
            "outcome": self.outcome.value,
            "sentence": str(self.sentence),
            "deciding": self.deciding,
            "cause": self.cause.value,
            "since": self.since.isoformat() if self.since else None,
            "detail": self.detail,
        }


def check(name: str, finding: Finding, *, deciding: bool = True) -> Check:
    """A finding under the name of what was looked at."""
    return Check(name, finding.outcome, finding.sentence, deciding, finding.cause, finding.since, finding.detail)


def passed(sentence: Sentence) -> Finding:
    """We looked, and it holds."""
    return Finding(Outcome.PASSED, sentence)


def failed(
    sentence: Sentence, cause: Cause = Cause.NONE, since: datetime | None = None, *, detail: str = ""
) -> Finding:
    """We looked, and it does not hold."""
    return Finding(Outcome.FAILED, sentence, cause, since, detail)


def not_checked(sentence: Sentence, *, detail: str = "") -> Finding:
    """We could not look, or nobody asked."""
    return Finding(Outcome.NOT_CHECKED, sentence, detail=detail)


def not_applicable(sentence: Sentence) -> Finding:
    """The badge has nothing of the kind."""
    return Finding(Outcome.NOT_APPLICABLE, sentence)


def _day(moment: datetime) -> str:
    return long_day(moment) if has_settings() else moment.date().isoformat()


day = lazy(_day, str)  # the date in the language of whoever reads the sentence


@dataclass(frozen=True)
class Standing:
    """How a badge or an endorsement of ours stands by our own rows: `state` is a value of `Cause`, or empty."""

    state: Cause = Cause.NONE
    since: datetime | None = None
    digest: str = ""


@dataclass(frozen=True)
class Published:
    """What endorsements of an achievement must be about."""

    snapshot_digest: str
    facets: Mapping[str, str] = field(default_factory=dict)


class Lookup(Protocol):
    """Where keys, lists and standings come from; the network only by the one guarded client."""

    def did_document(self, did: str) -> dict[str, Any] | None:
        """The controller document of an issuer, or None when it is not at hand."""

    def status_list(self, url: str) -> dict[str, Any] | None:
        """The status list credential of an address, or None when it is not at hand."""

    def standing(self, address: str) -> Standing | None:
        """How a credential of ours stands; None for one that is not ours to know."""

    def keeps_records_of(self, address: str) -> bool:
        """True when a credential of this address would have a standing here, if it had ever been issued."""

    def published(self, achievement: str) -> Published | None:
        """What is published of an achievement; None when that is not at hand."""

    def known_issuers(self) -> dict[str, list[str]]:
        """The names of each issuer that is known here, by its id."""

"""One badge as strangers see it: the verdict of `credentials`, and what the record of its course adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from credentials import apart
from credentials.bundles import is_bundle, together
from credentials.held import Memory
from credentials.lookups import OwnAndForeign
from credentials.picture import Picture, picture_of
from credentials.reading import Proved, Reading, read_badge
from credentials.report import bundle_report, report
from credentials.stored import Stored, judged
from credentials.texts import Opened
from credentials.verdict import Answer, Check, Outcome, Trust, Verdict
from workflows import offers
from workflows.dossier import Competency, Task
from workflows.public import Offer, Voucher, offer_of, vouched

_VOUCHERS: Memory[list[Voucher]] = Memory(1000)


@dataclass(frozen=True)
class Shown:
    """One result with what the approved version says about it: the competencies behind it and how they are shown."""

    result: Proved
    competencies: list[Competency]
    tasks: list[Task]


@dataclass(frozen=True)
class Judgement:
    """Everything that the verdict page shows. `cause` says why a badge is not valid, `since` when that happened."""

    verdict: Verdict
    reading: Reading
    cause: str
    since: datetime | None
    offer: Offer | None
    vouchers: list[Voucher]
    earner: Outcome
    picture: Picture | None
    alike: tuple[object, ...] | None = None  # equal where all but the badge's own values and checks is the same
    evidence: bool = True  # whether there may be some that its earner shows to everybody

    @property
    def answer(self) -> Answer:
        """The verdict."""
        return self.verdict.answer

    @property
    def deciding(self) -> list[Check]:
        """The checks that decide."""
        return [check for check in self.verdict.checks if check.deciding]

    @property
    def beside(self) -> list[Check]:
        """The checks that stand beside it; each endorsement is shown from its voucher instead."""
        kept = (check for check in self.verdict.checks if not check.deciding)
        return [check for check in kept if not check.name.startswith("endorsement_")]

    @property
    def trusted(self) -> Trust:
        """Whether this service knows the issuer by the key that signed: yes, no (a look-alike) or unknown."""
        return self.verdict.trusted

    @property
    def status_passed(self) -> bool:
        """True when somebody looked whether it is revoked, and it is not; "not revoked" is never said otherwise."""
        return any(check.name == "status" and check.outcome == Outcome.PASSED for check in self.verdict.checks)

    @property
    def lost(self) -> list[Voucher]:
        """The endorsements that do not hold today."""
        return [voucher for voucher in self.vouchers if voucher.endorser.check.outcome == Outcome.FAILED]

    @property
    def doubtful(self) -> list[Voucher]:
        """The endorsements that do not hold or were not checked: trouble first."""
        return [voucher for voucher in self.vouchers if voucher.endorser.check.outcome != Outcome.PASSED]

    @property
    def holding(self) -> int:
        """How many endorsements hold."""
        return len(self.vouchers) - len(self.doubtful)

    @property
    def signed(self) -> bool:
        """True when what the badge says is what its issuer signed; else nothing of it may be shown as proved."""
        return self.verdict.signed

    @property
    def results(self) -> list[Shown]:
        """What was proved."""
        offer = self.offer
        return [
            Shown(r, offer.competencies_of(r.code) if offer else [], offer.tasks_of(r.code) if offer else [])
            for r in self.reading.proved
        ]

    @property
    def found(self) -> tuple[tuple[object, ...], ...]:
        """What each check found, for telling two verdicts apart that are alike otherwise."""
        return tuple((check.name, check.outcome, check.cause, check.since) for check in self.verdict.checks)

    def backing(self, kind: str) -> list[Voucher]:
        """The endorsements that make one claim; an empty kind is a claim that we do not know."""
        return [voucher for voucher in self.vouchers if voucher.endorser.kind == kind]

    @property
    def demand(self) -> list[Voucher]:
        """Who says that the skills are in demand."""
        return self.backing("demand")

    @property
    def job(self) -> list[Voucher]:
        """Who says that the assessment shows what the job requires."""
        return self.backing("job_performance")

    @property
    def quality(self) -> list[Voucher]:
        """Who approved the quality."""
        return self.backing("quality_approval")

    @property
    def other(self) -> list[Voucher]:
        """Who says something else."""
        return self.backing("")

    def as_data(self) -> dict[str, Any]:
        """The same as JSON values, for programs."""
        return report(self.verdict, self.reading)


def judge(badge: Stored, *, address: str | None = None) -> Judgement:
    """Judge a badge of ours; `address` is the mail address that the person in front of the reader gives."""
    found = judged(badge, earner=_given(address))
    if found.around is None:
        return _judgement(found.document, found.verdict)
    seen = offers.seen(found.around, award=badge.award_reference)
    alike = (found.around.number, found.number, seen.number)
    reading = read_badge(found.document, found.verdict)
    return Judgement(
        verdict=found.verdict,
        reading=reading,
        cause=found.verdict.cause.value,
        since=found.verdict.since,
        offer=seen.offer,
        vouchers=_VOUCHERS.answer(alike, lambda: vouched(reading.endorsers)),
        earner=_earner(found.verdict),
        picture=picture_of(found.document, sample=bool(settings.DEMO)),
        alike=alike,
        evidence=seen.evidence,
    )


@dataclass(frozen=True)
class Bundle:
    """A record or a presentation as strangers see it: what was found of the whole, and each badge with its text."""

    verdict: Verdict
    badges: list[tuple[str, Judgement]]

    @property
    def answer(self) -> Answer:
        """No better than the worst in it."""
        return together(self.verdict, *(judgement.verdict for _text, judgement in self.badges))

    def as_data(self) -> dict[str, Any]:
        """The same as JSON values, for programs."""
        return bundle_report(self.answer, self.verdict, [judgement.as_data() for _text, judgement in self.badges])


def judge_handed(data: bytes, *, listed: bytes = b"", address: str | None = None) -> tuple[Opened, Judgement | Bundle]:
    """Open and judge whatever a stranger hands in, with the issuer's status list where it comes along.

    Raises `Unreadable`, and `Busy` when too many do so at once. What holds only an address is handed back as such.
    """
    found = apart.judge(data, listed=listed, lookup=OwnAndForeign(), earner=_given(address))
    if is_bundle(found.opened.document):
        parts = [(part.opened.text, _judgement(part.opened.document, part.verdict)) for part in found.parts]
        return found.opened, Bundle(found.verdict, parts)
    return found.opened, _judgement(found.opened.document, found.verdict)


def _given(address: str | None) -> str | None:
    return (address or "").strip() or None


def _judgement(document: dict[str, Any], verdict: Verdict) -> Judgement:
    reading = read_badge(document, verdict)
    signed = verdict.signed
    return Judgement(
        verdict=verdict,
        reading=reading,
        cause=verdict.cause.value,
        since=verdict.since,
        offer=_offer(reading.achievement) if signed else None,
        vouchers=vouched(reading.endorsers),
        earner=_earner(verdict),
        picture=picture_of(document, sample=bool(settings.DEMO)) if signed else None,
    )


def _earner(verdict: Verdict) -> Outcome:
    return next((check.outcome for check in verdict.checks if check.name == "earner"), Outcome.NOT_CHECKED)


def _offer(achievement: str) -> Offer | None:
    prefix = f"{settings.BASE_URL}/achievements/"
    try:
        return offer_of(UUID(achievement.removeprefix(prefix))) if achievement.startswith(prefix) else None
    except ValueError:
        return None

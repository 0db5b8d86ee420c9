"""The shapes of the API: what a program gets and sends. Each is made from rows by one function beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from credentials.models import Credential
from workflows.models import Decision, Enrolment, Snapshot, Validation, Version
from workflows.proceedings import Place, Round
from workflows.timeline import Happening


class Both(Schema):
    """A text in both languages; either may be empty."""

    en: str
    fr: str


class VersionOut(Schema):
    """One version. Send `number` back with a step: if somebody acted since, it is refused as `moved_on`."""

    id: UUID
    code: str
    ordinal: int
    number: int
    stage: str
    stage_since: datetime
    title: Both
    language: str
    proposer: UUID
    academic_lead: UUID | None
    on_hold: bool
    conditions_open: bool
    at_risk: bool
    issuing_paused: bool
    imported: bool
    policy: str
    digest: str | None = Field(description="Of the snapshot that the present decisions are over.")


def of_version(version: Version) -> VersionOut:
    """A version as it stands."""
    return VersionOut(
        id=version.public_id,
        code=version.micro_credential.code,
        title=Both(en=version.title_en, fr=version.title_fr),
        proposer=version.proposer.public_id,
        academic_lead=version.academic_lead.public_id if version.academic_lead else None,
        policy=version.policy.edition,
        digest=version.snapshot.digest if version.snapshot else None,
        **{
            name: getattr(version, name)
            for name in (
                "ordinal", "number", "stage", "stage_since", "language", "on_hold", "conditions_open", "at_risk",
                "issuing_paused", "imported",
            )
        },
    )  # fmt: skip


class VersionsOut(Schema):
    """A page of versions; ask for more with `after=<next>`."""

    items: list[VersionOut]
    next: UUID | None


class SnapshotOut(Schema):
    """A frozen content with the digest of the whole and of each facet."""

    id: UUID
    ordinal: int
    digest: str
    facets: dict[str, str]
    made_at: datetime


class SnapshotContentOut(SnapshotOut):
    """The same with the content itself."""

    content: dict[str, Any]


def of_snapshot(snapshot: Snapshot) -> SnapshotContentOut:
    """A snapshot with its content."""
    return SnapshotContentOut(
        id=snapshot.public_id,
        ordinal=snapshot.ordinal,
        digest=snapshot.digest,
        facets=snapshot.facets,
        made_at=snapshot.made_at,
        content=snapshot.content,
    )


class ContentOut(Schema):
    """The content as it stands now, before any snapshot of it."""

    number: int
    content: dict[str, Any]


class PieceOut(Schema):
    """A run of words: `same`, `added` or `removed`."""

    kind: str
    words: str


class LeafOut(Schema):
    """A text of an item that came or went."""

    place: str
    language: str
    words: str


class ChangeOut(Schema):
    """One place that differs."""

    facet: str
    place: str
    language: str
    kind: str
    pieces: list[PieceOut]
    leaves: list[LeafOut]


class ClauseOut(Schema):
    """One of the sixteen clauses of the framework."""

    code: str
    title: str
    state: Literal["met", "exempt", "not_met", "stale"]
    reasons: list[str]
    advice: list[str]
    blocks: list[str]


class HappeningOut(Schema):
    """One event of the record."""

    at: datetime
    type: str
    words: str
    who: str
    detail: str
    digest: str
    hash: str
    number: int


def of_happening(happening: Happening) -> HappeningOut:
    """An event in the reader's language."""
    return HappeningOut(
        at=happening.at,
        type=happening.type,
        words=str(happening.words),
        who=happening.who,
        detail=happening.detail,
        digest=happening.digest,
        hash=happening.hash,
        number=happening.number,
    )


class AnswerOut(Schema):
    """What a seat answered, over which facets."""

    choice: str
    reasons: str
    answers: dict[str, Any]
    facets: dict[str, str]
    decided_at: datetime
    carried: bool


class SeatOut(Schema):
    """One seat of a round."""

    id: UUID
    organization: str
    person: str
    seat_class: str
    state: str
    due_at: datetime
    interests: list[str]
    answer: AnswerOut | None


class RoundOut(Schema):
    """One round of a panel, newest first."""

    panel: str
    round: int
    opened: bool
    outcome: str
    due_at: datetime
    seats: list[SeatOut]


def _of_decision(decision: Decision) -> AnswerOut:
    return AnswerOut(
        choice=decision.choice,
        reasons=decision.reasons,
        answers=decision.answers,
        facets=decision.facets,
        decided_at=decision.decided_at,
        carried=decision.carried_from_id is not None,
    )


def _of_place(place: Place) -> SeatOut:
    seat = place.seat
    return SeatOut(
        id=seat.public_id,
        organization=seat.organization.name,
        person=seat.person.name,
        seat_class=seat.seat_class,
        state=seat.state,
        due_at=seat.due_at,
        interests=list(place.interests),
        answer=_of_decision(place.decision) if place.decision else None,
    )


def of_round(found: Round) -> RoundOut:
    """A round with its seats."""
    return RoundOut(
        panel=found.panel.kind,
        round=found.panel.round,
        opened=found.open,
        outcome=found.panel.outcome,
        due_at=found.panel.due_at,
        seats=[_of_place(place) for place in found.places],
    )


class ValidationOut(Schema):
    """A partner's statement."""

    organization: str
    kind: str
    independent: bool
    assurance: str
    valid_from: datetime
    valid_until: datetime
    withdrawn_at: datetime | None


def of_validation(validation: Validation) -> ValidationOut:
    """A validation."""
    names = ("kind", "independent", "assurance", "valid_from", "valid_until", "withdrawn_at")
    return ValidationOut(
        organization=validation.organization.name, **{name: getattr(validation, name) for name in names}
    )


class StepOut(Schema):
    """A step that the table of transitions has from here; `refused` says what stands in the way of this caller."""

    act: str
    where: Literal["api", "portal"]
    possible: bool
    refused: str


class StartIn(Schema):
    """A new proposal. `content` follows docs/proposal.schema.json."""

    code: str
    content: dict[str, Any]
    unit: str = ""


class ContentIn(Schema):
    """The whole content, and the number of the version that it was made from."""

    number: int
    content: dict[str, Any]


class InterestIn(Schema):
    """What the caller stands to gain: hires, sells, funds, delivers, owner, member or none."""

    kinds: list[str]
    note: str = ""


class LearnerIn(Schema):
    """One row of a roster."""

    email: str
    name: str
    number: str = ""
    language: Literal["", "en", "fr"] = ""


class RosterIn(Schema):
    """Learners to be invited, beside those who are there."""

    learners: list[LearnerIn]


class EnrolmentOut(Schema):
    """One learner of a cohort."""

    id: UUID
    name: str
    number: str
    stage: str


def of_enrolment(enrolment: Enrolment) -> EnrolmentOut:
    """A learner of a cohort."""
    return EnrolmentOut(
        id=enrolment.public_id, name=enrolment.roster_name, number=enrolment.student_number, stage=enrolment.stage
    )


class RosterOut(Schema):
    """A cohort with its learners."""

    cohort: UUID
    name: str
    starts_on: date
    ends_on: date
    signed_off: bool
    learners: list[EnrolmentOut]


class BadgeOut(Schema):
    """A badge, without private reasons."""

    id: UUID
    award: UUID
    version: UUID
    earner: str
    status: str
    acceptance: str
    awarded_at: datetime
    valid_until: datetime | None
    public: bool


def of_badge(badge: Credential, version: Version) -> BadgeOut:
    """A badge and the version that it was earned in."""
    names = ("status", "acceptance", "awarded_at", "valid_until", "public")
    return BadgeOut(
        id=badge.public_id,
        award=badge.award_reference,
        version=version.public_id,
        earner=badge.recipient.name,
        **{name: getattr(badge, name) for name in names},
    )


class BadgesOut(Schema):
    """A page of badges; ask for more with `after=<next>`."""

    items: list[BadgeOut]
    next: UUID | None


class WaitingOut(Schema):
    """One thing that waits for the caller."""

    kind: str
    subject: UUID
    version: UUID
    since: datetime
    due: date | None

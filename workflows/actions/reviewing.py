"""What a reviewer does in a seat: answer, recuse, keep a draft; and withdraw a validation later.

Employer, partner and quality office use the same `answer`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from people.models import Membership, User
from workflows import cases
from workflows.door import opened
from workflows.errors import AlreadyAnswered, Missing, NotYours, OwnWork, Refusal
from workflows.models import Decision, Interest, PanelKind, Seat, SeatState, Validation, Version
from workflows.panels import covered_digests, end_seat, finish_task
from workflows.rights import may_answer

CHOICES: dict[str, tuple[str, ...]] = {
    PanelKind.RELEVANCE: ("support", "support_with_suggestions", "do_not_support", "cannot_judge"),
    PanelKind.ENDORSEMENT: ("endorse", "endorse_with_condition", "return", "decline"),
    PanelKind.PILOT_APPROVAL: ("approve", "approve_with_conditions", "return", "defer", "reject", "abstain"),
    PanelKind.FINAL_APPROVAL: ("approve", "approve_with_conditions", "return", "defer", "reject", "abstain"),
}
PLAIN_SUPPORT = {"support", "endorse", "approve", "abstain"}
DEMAND_GIVEN = {"support", "support_with_suggestions"}
JOB_GIVEN = {"endorse", "endorse_with_condition"}
COMMITTEE = {PanelKind.PILOT_APPROVAL, PanelKind.FINAL_APPROVAL}
LONGEST_VALIDITY_MONTHS = 36  # lifecycle.md 8


def _own_work(version: Version, actor: User) -> bool:
    return version.contributions.filter(person=actor).exists() or version.proposer_id == actor.pk


def answer(
    *,
    seat_id: int,
    actor: User,
    choice: str,
    reasons: str = "",
    answers: dict[str, Any] | None = None,
    valid_months: int = 24,
    interests: list[str] | None = None,
    name_public: bool = False,
) -> Decision:
    """Give a seat's answer, once. A supporting partner's answer becomes a signed validation."""
    seat = Seat.objects.select_related("panel__version", "organization", "person").filter(pk=seat_id).first()
    if seat is None:
        raise NotYours
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        passage.refuse_on_hold()
        seat.refresh_from_db()
        _refuse_answer(seat, passage.version, actor, choice, reasons, valid_months)
        if seat.panel.kind not in COMMITTEE:
            if not interests:
                raise Missing(what=_("your interest in this offer (or “none”)"))
            Interest.objects.create(
                version=passage.version, organization=seat.organization, person=actor, kinds=interests
            )
            if {"sells", "funds", "delivers", "owner", "member"} & set(interests):
                seat.independent = False
        decision = _write(seat, actor, choice, reasons, answers or {}, name_public)
        if choice in DEMAND_GIVEN | JOB_GIVEN and seat.panel.kind not in COMMITTEE:
            _validate(decision, seat, valid_months)
        seat.state = SeatState.ANSWERED
        seat.draft = {}
        seat.save()
        end_seat(seat)
        finish_task(seat, actor)
        passage.record(
            "answer",
            panel=seat.panel.kind,
            round=seat.panel.round,
            choice=choice,
            decision=str(decision.public_id),
            facets=decision.facets,
        )
        return decision


def _refuse_answer(seat: Seat, version: Version, actor: User, choice: str, reasons: str, valid_months: int) -> None:
    if seat.person_id != actor.pk:
        raise NotYours
    if seat.state == SeatState.ANSWERED:
        day = date_format(timezone.localtime(seat.decision.decided_at), "DATE_FORMAT")
        raise AlreadyAnswered(person=seat.decision.actor, day=day)
    if seat.state != SeatState.OPEN or not may_answer(actor, seat):
        raise Refusal(
            _("This round is closed. A late answer counts in the next round; the quality office can open it.")
        )
    if _own_work(version, actor):
        raise OwnWork
    if seat.panel.kind not in COMMITTEE and _member_of_institution(actor, version):
        raise OwnWork(_("A partner's reviewer is never a member of the institution that asks."))
    if choice not in CHOICES[seat.panel.kind]:
        raise Missing(what=_("one of the choices of the form"))
    if choice not in PLAIN_SUPPORT and not reasons.strip():
        raise Missing(what=_("your reasons"))
    if not 1 <= valid_months <= LONGEST_VALIDITY_MONTHS:
        raise Missing(what=_("for how many months you stand by this, from 1 to 36"))


def _member_of_institution(actor: User, version: Version) -> bool:
    return Membership.objects.filter(user=actor, organization=version.institution, ended_at=None).exists()


def _write(seat: Seat, actor: User, choice: str, reasons: str, answers: dict[str, Any], name_public: bool) -> Decision:
    version = seat.panel.version
    return Decision.objects.create(
        version=version,
        panel=seat.panel,
        seat=seat,
        snapshot=seat.panel.snapshot,
        actor=actor,
        organization=seat.organization,
        role=seat.seat_class,
        choice=choice,
        reasons=reasons,
        answers=answers,
        facets=covered_digests(seat.panel.snapshot.facets, seat.panel.kind),
        conformance=cases.strip(version),
        name_public=name_public,
    )


def _validate(decision: Decision, seat: Seat, months: int) -> Validation:
    """Make validation 1 or 2 of a supporting answer, signed with the partner organization's own key."""
    demand = seat.panel.kind == PanelKind.RELEVANCE
    now = timezone.now()
    until: datetime = now + timedelta(days=round(months * 365.25 / 12))
    proved = bool(seat.organization.domain) and seat.person.email.endswith("@" + seat.organization.domain)
    validation = Validation(
        version=decision.version,
        decision=decision,
        organization=seat.organization,
        kind=Validation.Kind.DEMAND if demand else Validation.Kind.JOB,
        independent=seat.independent,
        assurance="b" if proved else "c",
        valid_from=now,
        valid_until=until,
    )
    if proved:  # an unproved mailbox is heard as a voice and signs no endorsement (lifecycle.md 6.6)
        validation.endorsement = badges.issue_endorsement(
            issuer=seat.organization,
            kind=validation.kind,
            achievement_url=cases.achievement_url(decision.version),
            snapshot_digest=seat.panel.snapshot.digest,
            comment=decision.reasons,
            valid_until=until,
        )
    validation.save()
    return validation


def keep_draft(*, seat_id: int, actor: User, draft: dict[str, Any]) -> Seat:
    """Keep answers as they are typed; nothing is decided."""
    seat = Seat.objects.filter(pk=seat_id, person=actor, state=SeatState.OPEN).first()
    if seat is None:
        raise NotYours
    seat.draft = draft
    seat.save(update_fields=["draft"])
    return seat


def recuse(*, seat_id: int, actor: User, reason: str) -> Seat:
    """Step back from a seat, with a reason class that stays on record (`lifecycle.md` 6.5)."""
    seat = Seat.objects.select_related("panel").filter(pk=seat_id, person=actor).first()
    if seat is None:
        raise NotYours
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        seat.refresh_from_db()
        if seat.state != SeatState.OPEN:
            raise Refusal(_("This seat is no longer open, so there is nothing to step back from."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        seat.state, seat.recusal_reason = SeatState.RECUSED, reason
        seat.save()
        finish_task(seat, actor)
        end_seat(seat)
        passage.record("recuse", panel=seat.panel.kind, seat=str(seat.public_id))
        return seat


def withdraw_validation(*, validation_id: int, actor: User, reason: str) -> Validation:
    """A partner takes its statement back, with a reason. Nobody's badge is revoked by it."""
    validation = Validation.objects.filter(pk=validation_id, decision__actor=actor).first()
    if validation is None:
        raise NotYours
    with opened(version_id=validation.version_id, actor=actor) as passage:
        validation.refresh_from_db()
        if validation.withdrawn_at is not None:
            raise Refusal(_("This statement was already withdrawn."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        validation.withdrawn_at, validation.withdrawal_reason = timezone.now(), reason
        validation.save()
        if validation.endorsement is not None:
            badges.withdraw_endorsement(endorsement=validation.endorsement)
        passage.record("withdraw_validation", kind=validation.kind, validation=str(validation.decision.public_id))
        return validation

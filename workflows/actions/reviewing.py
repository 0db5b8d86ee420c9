"""What a reviewer does in a seat: answer, keep a draft, ask, step back, pass it on.

Employer, partner and quality office use the same `answer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.dates import long_day
from people.models import User
from workflows import cases
from workflows.actions.validating import refuse_stale_proof, validate, withdraw_validation
from workflows.door import Passage, opened
from workflows.errors import AlreadyAnswered, Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.freshness import in_use, refresh
from workflows.guards import newcomer, own_work, refuse_member, refuse_seat, seat_of
from workflows.lineage import piloted_before
from workflows.models import (
    Condition,
    Decision,
    Interest,
    PanelKind,
    Seat,
    SeatQuestion,
    SeatState,
    Suggestion,
    Version,
)
from workflows.panels import BY_LINK, PARTNER_KINDS, end_seat, finish_task
from workflows.questions import CHOICES_OF, EDITION
from workflows.records import named
from workflows.rights import holds, may_answer
from workflows.rounds import reseat, settle
from workflows.timers import arm_condition
from workflows.voices import covered_digests, is_independent, mailbox_belongs

__all__ = ["answer", "ask_question", "choices_of", "keep_draft", "pass_on", "recuse", "withdraw_validation"]

CHOICES: dict[str, tuple[str, ...]] = {
    PanelKind.RELEVANCE: CHOICES_OF["relevance"],
    PanelKind.ENDORSEMENT: CHOICES_OF["endorsement"],
    PanelKind.COMMUNITY: CHOICES_OF["community"],
    PanelKind.PILOT_APPROVAL: ("approve", "approve_with_conditions", "return", "defer", "reject", "abstain"),
    PanelKind.FINAL_APPROVAL: ("approve", "approve_with_conditions", "return", "defer", "reject", "abstain"),
}
WAIVE = "waive_pilot"  # joins the choices of gate 2 where T10c is open
PLAIN_SUPPORT = {"support", "endorse", "agree", "approve", "abstain"}
DEMAND_GIVEN = {"support", "support_with_suggestions"}
JOB_GIVEN = {"endorse", "endorse_with_condition"}
# Answers that depend on something: on which panel, and the verb that waits for it.
CONDITIONAL = {
    "endorse_with_condition": (PanelKind.ENDORSEMENT, "approve"),
    "agree_with_condition": (PanelKind.COMMUNITY, "approve_pilot"),
}
LONGEST_VALIDITY_MONTHS = 36  # fixed: lifecycle.md 8; a policy may have statements end earlier


@dataclass(frozen=True)
class PartnerCondition:
    """What an answer depends on. An endorsement counts once it has an owner and a date (`lifecycle.md` 6.1)."""

    text: str
    owner: User | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Signature:
    """How an answer is signed: as whom, in which language, to which questions, and when the mailbox was proved."""

    name: str = ""
    role: str = ""
    language: str = ""
    questions: list[dict[str, Any]] = field(default_factory=list)
    proved_at: datetime | None = None
    name_public: bool = False


def answer(
    *,
    seat_id: int,
    actor: User,
    choice: str,
    reasons: str = "",
    answers: dict[str, Any] | None = None,
    valid_months: int = 24,
    interests: list[str] | None = None,
    suggestions: list[str] | None = None,
    condition: PartnerCondition | None = None,
    questions: list[dict[str, Any]] | None = None,
    language: str = "",
    signed_name: str = "",
    signed_role: str = "",
    proved_at: datetime | None = None,
    name_public: bool = False,
) -> Decision:
    """Give a seat's answer, once. A supporting partner's answer becomes a validation.

    `proved_at` is when a mailed code proved the mailbox; without it nothing is signed in the organization's name.
    `questions` are the questions in the words that were shown, which the record keeps.
    """
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        passage.refuse_on_hold()
        seat.refresh_from_db()
        _refuse_answer(seat, passage.version, actor, choice, reasons, valid_months)
        signature = Signature(signed_name, signed_role, language, questions or [], proved_at, name_public)
        if seat.panel.kind in PARTNER_KINDS:
            refuse_stale_proof(seat, proved_at)
            _declare(seat, actor, interests or [])
        decision = _write(seat, actor, choice, reasons, answers or {}, signature)
        _follow_up(decision, seat, suggestions or [], valid_months)
        if choice in CONDITIONAL:
            _set_condition(passage, decision, condition or PartnerCondition(reasons))
        seat.state = SeatState.ANSWERED
        seat.draft = {}
        seat.save()
        end_seat(seat)
        finish_task(seat, actor)
        settle(seat.panel)
        passage.record(
            "answer",
            panel=seat.panel.kind,
            round=seat.panel.round,
            seat=str(seat.public_id),
            choice=choice,
            **named(decision),
            facets=decision.facets,
        )
        if seat.panel.kind in BY_LINK and in_use(passage.version):
            refresh(passage)
        return decision


def choices_of(seat: Seat) -> tuple[str, ...]:
    """What this seat may answer; gate 2 can waive a new pilot where an earlier one still stands (T10c)."""
    waivable = seat.panel.kind == PanelKind.PILOT_APPROVAL and piloted_before(seat.panel.version) is not None
    return (*CHOICES[seat.panel.kind], WAIVE) if waivable else CHOICES[seat.panel.kind]


def _refuse_answer(seat: Seat, version: Version, actor: User, choice: str, reasons: str, valid_months: int) -> None:
    if seat.person_id != actor.pk:
        raise NotYours
    if seat.state == SeatState.ANSWERED:
        day = long_day(seat.decision.decided_at)
        raise AlreadyAnswered(person=seat.decision.actor, day=day)
    if seat.state != SeatState.OPEN or not may_answer(actor, seat):
        raise Refusal(
            _("This round is closed. A late answer counts in the next round; the quality office can open it.")
        )
    if own_work(version, actor):
        raise OwnWork
    if seat.panel.kind in BY_LINK:
        refuse_member(actor, version)
    elif not holds(actor, version, "decide"):
        raise NotAllowed  # whoever left the committee meanwhile (`lifecycle.md` 6.5)
    if choice not in choices_of(seat):
        raise Missing(what=_("one of the choices of the form"))
    if choice not in PLAIN_SUPPORT and not reasons.strip():
        raise Missing(what=_("your reasons"))
    if not 1 <= valid_months <= LONGEST_VALIDITY_MONTHS:
        raise Missing(what=_("for how many months you stand by this, from 1 to 36"))


def _declare(seat: Seat, actor: User, interests: list[str]) -> None:
    """Interests are declared before the answer, and shown beside it (`lifecycle.md` 6.3)."""
    if not interests:
        raise Missing(what=_("your interest in this offer (or “none”)"))
    version = seat.panel.version
    Interest.objects.create(version=version, organization=seat.organization, person=actor, kinds=interests)
    seat.independent = is_independent(version, seat.organization)


def _write(
    seat: Seat, actor: User, choice: str, reasons: str, answers: dict[str, Any], signature: Signature
) -> Decision:
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
        form_edition=EDITION,
        facets=covered_digests(seat.panel.snapshot.facets, seat.panel.kind),
        conformance=cases.strip(version),
        name_public=signature.name_public,
        questions=signature.questions,
        language=signature.language or actor.language,
        signed_name=signature.name or actor.name,
        signed_role=signature.role,
        proved_at=signature.proved_at,
    )


def _follow_up(decision: Decision, seat: Seat, suggestions: list[str], months: int) -> None:
    """What an answer brings with it: suggestions to be replied to, and a validation."""
    if decision.choice == "support_with_suggestions":
        given = [text for text in suggestions if text.strip()] or [decision.reasons]
        Suggestion.objects.bulk_create(Suggestion(decision=decision, text=text) for text in given)
    if seat.panel.kind in PARTNER_KINDS and decision.choice in DEMAND_GIVEN | JOB_GIVEN:
        validate(decision, seat, months)


def _set_condition(passage: Passage, decision: Decision, wanted: PartnerCondition) -> None:
    if wanted.owner is not None and wanted.owner.pk == decision.actor_id:
        raise OwnWork(_("The owner of a condition is somebody else than the person who sets it."))
    gate, blocks = CONDITIONAL[decision.choice]
    condition = Condition.objects.create(
        version=passage.version,
        decision=decision,
        text=wanted.text,
        set_by=decision.actor,
        set_at_gate=gate,
        owner=wanted.owner,
        due_on=wanted.due_on,
        blocks=blocks,
    )
    arm_condition(condition)
    passage.version.conditions_open = True


def keep_draft(*, seat_id: int, actor: User, draft: dict[str, Any]) -> Seat:
    """Keep answers as they are typed; nothing is decided. A seat that was answered meanwhile takes no draft."""
    own = Seat.objects.filter(pk=seat_id, person=actor)
    if not own.filter(state=SeatState.OPEN).update(draft=draft):
        raise NotYours
    return own.get()


def _own_open_seat(seat: Seat, passage: Passage) -> None:
    """The rest of the guard of what a person does with an open seat of his or her own."""
    seat.refresh_from_db()
    if passage.actor is None or seat.person_id != passage.actor.pk:
        raise NotYours
    passage.refuse_on_hold()
    if seat.state != SeatState.OPEN:
        raise Refusal(_("This seat is no longer open: it was answered, passed on or closed."))


def recuse(*, seat_id: int, actor: User, reason: str) -> Seat:
    """Step back from a seat, with a reason class that stays on record (`lifecycle.md` 6.5)."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        _own_open_seat(seat, passage)
        if not reason.strip():
            raise Missing(what=_("a reason"))
        seat.state, seat.recusal_reason, seat.draft = SeatState.RECUSED, reason, {}
        seat.save()
        finish_task(seat, actor)
        end_seat(seat)
        settle(seat.panel)
        passage.record("recuse", panel=seat.panel.kind, seat=str(seat.public_id))
        return seat


def ask_question(*, seat_id: int, actor: User, text: str) -> SeatQuestion:
    """Ask the institution something before answering; the seat stays open and its clock goes on."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        _own_open_seat(seat, passage)
        if not text.strip():
            raise Missing(what=_("your question"))
        question = SeatQuestion.objects.create(seat=seat, text=text, asked_by=actor)
        passage.record("ask_question", seat=str(seat.public_id), question=str(question.public_id))
        return question


def pass_on(*, seat_id: int, actor: User, name: str, email: str, language: str = "") -> Seat:
    """ "Not me": a person of the same organization takes the seat by a new link, and the old link ends."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        _own_open_seat(seat, passage)
        if seat.panel.kind not in BY_LINK:
            raise Refusal(_("A seat on a committee is not passed on. Step back from it; the chair names somebody."))
        if not name.strip() or not email.strip():
            raise Missing(what=_("the name and the mail address of the person who takes over"))
        if seat.organization.domain and not mailbox_belongs(email.strip(), seat.organization):
            raise Refusal(
                _("The address must be at %(domain)s, so that the seat stays with %(name)s."),
                domain=seat.organization.domain,
                name=seat.organization,
            )
        person = newcomer(name=name, email=email, language=language or actor.language)
        refuse_seat(seat, person)
        reseat(seat, person, seat.organization)
        passage.record("pass_on", panel=seat.panel.kind, seat=str(seat.public_id), to=str(person.public_id))
        return seat

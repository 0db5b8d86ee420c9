"""What the quality office does about seats: answer a reviewer's question, extend, replace, close a silent one.

At the end of its time a seat is late and goes to the officer, later to the chair. Nothing is ever approved by time,
and no answer counts neither way (`lifecycle.md` 6.2).
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organization, User
from workflows import rights
from workflows.actions.gates import refuse_committee
from workflows.cases import named_parties
from workflows.door import Passage, found, opened
from workflows.errors import Missing, NotAllowed, Refusal
from workflows.guards import not_own, refuse_seat, seat_of
from workflows.models import PanelKind, Seat, SeatQuestion, SeatState
from workflows.panels import BY_LINK, end_seat, finish_task
from workflows.rounds import LONGEST_LINK, extend, reseat, settle


def answer_question(*, question_id: int, actor: User, text: str) -> SeatQuestion:
    """Reply to what a reviewer asked, once; the proposer, the academic lead or the quality office may."""
    question = found(SeatQuestion, question_id)
    with opened(version_id=question.seat.panel.version_id, actor=actor) as passage:
        if not any(rights.holds(actor, passage.version, grant) for grant in ("submit", "design", "screen")):
            raise NotAllowed
        question.refresh_from_db()
        if question.answered_at is not None:
            raise Refusal(_("This question was already answered."))
        if not text.strip():
            raise Missing(what=_("your reply"))
        question.answer, question.answered_by, question.answered_at = text, actor, timezone.now()
        question.save()
        passage.record("answer_question", seat=str(question.seat.public_id), question=str(question.public_id))
        return question


def _office(seat: Seat, passage: Passage) -> None:
    """An officer, or the chair when it came to that, may act on an open seat of somebody else."""
    assert passage.actor is not None
    if not any(rights.holds(passage.actor, passage.version, grant) for grant in ("screen", "chair")):
        raise NotAllowed
    not_own(passage)
    passage.refuse_on_hold()
    seat.refresh_from_db()
    if seat.state != SeatState.OPEN:
        raise Refusal(_("This seat is no longer open: it was answered, passed on or closed."))


def _present_end(seat: Seat) -> datetime:
    """What an extension must go beyond; a community has no due date, only a link that is renewed."""
    if seat.panel.kind == PanelKind.COMMUNITY and seat.invitation is not None:
        return max(seat.invitation.expires_at, timezone.now())
    return max(seat.due_at, timezone.now())


def extend_seat(*, seat_id: int, actor: User, until: date) -> Seat:
    """Give a reviewer more time: the seat and its link live until the end of that day, 30 calendar days at most."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        _office(seat, passage)
        due = timezone.make_aware(datetime.combine(until, time.max))
        if due <= _present_end(seat):
            raise Missing(what=_("a day that is later than the present one"))
        if until > timezone.localdate() + LONGEST_LINK:
            raise Refusal(_("A seat is extended by 30 calendar days at most at a time."))
        extend(seat, due)
        passage.record("extend_seat", panel=seat.panel.kind, seat=str(seat.public_id), until=until.isoformat())
        return seat


def replace_seat(
    *, seat_id: int, actor: User, person: User, organization: Organization, reason: str, outside_unit: bool = False
) -> Seat:
    """Ask somebody else instead, also of another organization; the old link ends and a new one goes out."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        _office(seat, passage)
        if not reason.strip():
            raise Missing(what=_("a reason"))
        if seat.due_at < timezone.now():
            raise Refusal(_("The time of this seat has ended. Extend it first, then name somebody else."))
        refuse_seat(seat, person)
        if seat.panel.kind == PanelKind.COMMUNITY and organization.pk not in named_parties(passage.version):
            raise Missing(what=_("a party that is named in a community's agreement in force"))
        before, seat.outside_unit = seat.person, outside_unit
        if seat.panel.kind not in BY_LINK:
            refuse_committee(seat, passage.version, person, outside_unit=outside_unit)
        reseat(seat, person, organization)
        passage.record(
            "replace_seat",
            panel=seat.panel.kind,
            seat=str(seat.public_id),
            before=str(before.public_id),
            to=str(person.public_id),
            reason=reason,
        )
        return seat


def close_seat(*, seat_id: int, actor: User, reason: str) -> Seat:
    """Close a silent seat as "no answer" after its time, with a reason. A community's silence is never closed."""
    seat = seat_of(seat_id)
    with opened(version_id=seat.panel.version_id, actor=actor) as passage:
        _office(seat, passage)
        if seat.panel.kind == PanelKind.COMMUNITY:
            raise Refusal(_("No clock runs against a community, and its silence is never an answer."))
        if timezone.now() <= seat.due_at:
            raise Refusal(_("The time of this seat has not ended. Extend or replace it instead."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        seat.state, seat.closing_reason, seat.draft = SeatState.NO_ANSWER, reason, {}
        seat.save()
        finish_task(seat, actor)
        end_seat(seat)
        settle(seat.panel)
        passage.record("close_seat", panel=seat.panel.kind, seat=str(seat.public_id), reason=reason)
        return seat

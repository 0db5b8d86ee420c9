"""Silent seats, questions of reviewers, conditions: what the office does between opening and closing a round."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from people.web import person
from portal_quality.decide import decide, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.common import ReasonForm
from portal_quality.forms.keeping import CompleteForm, ProofForm, ReplyForm, UntilForm
from portal_quality.forms.rounds import MemberForm, ReplacementForm
from portal_quality.prospects import seats as prospects
from workflows import lookups
from workflows.actions import deciding, inviting, seating
from workflows.models import Condition, Seat, SeatQuestion, Version
from workflows.panels import BY_LINK, Place
from workflows.possible import refuse_on_condition, refuse_on_question, refuse_on_seat


@office
def extend_seat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """More time for a reviewer."""
    seat, user = lookups.seat(public_id), person(request)
    case, form = case_for(request, seat.panel.version.public_id), UntilForm(posted(request))

    def act(_expected: int) -> Seat:
        return seating.extend_seat(seat_id=seat.pk, actor=user, until=form.cleaned_data["until"])

    def gate() -> None:
        refuse_on_seat(case, user, seat, "extend_seat")

    return decide(request, case, prospects.EXTEND_SEAT, form, act, gate=gate, template="quality/seat.html", seat=seat)


def _place(form: ReplacementForm | MemberForm, version: Version) -> Place:
    if isinstance(form, MemberForm):
        return form.place()
    return inviting.places_for(version=version, asked=[form.asked()], community=form.community)[0]


@office
def replace_seat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody else is asked: a reviewer by link, or another member of the committee."""
    seat, user = lookups.seat(public_id), person(request)
    case = case_for(request, seat.panel.version.public_id)
    kind = ReplacementForm if seat.panel.kind in BY_LINK else MemberForm
    form = kind(posted(request), seat=seat)

    @transaction.atomic
    def act(_expected: int) -> Seat:
        place = _place(form, case.version)
        return seating.replace_seat(
            seat_id=seat.pk,
            actor=user,
            person=place.person,
            organization=place.organization,
            reason=form.cleaned_data["reason"],
            outside_unit=place.outside_unit,
        )

    def gate() -> None:
        refuse_on_seat(case, user, seat, "replace_seat")

    return decide(request, case, prospects.REPLACE_SEAT, form, act, gate=gate, template="quality/seat.html", seat=seat)


@office
def close_seat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A silent seat ends without an answer."""
    seat, user = lookups.seat(public_id), person(request)
    case, form = case_for(request, seat.panel.version.public_id), ReasonForm(posted(request))

    def act(_expected: int) -> Seat:
        return seating.close_seat(seat_id=seat.pk, actor=user, reason=form.cleaned_data["reason"])

    def gate() -> None:
        refuse_on_seat(case, user, seat, "close_seat")

    return decide(request, case, prospects.CLOSE_SEAT, form, act, gate=gate, template="quality/seat.html", seat=seat)


@office
def answer_question(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reply to what a reviewer asked."""
    question, user = lookups.question(public_id), person(request)
    case, form = case_for(request, question.seat.panel.version.public_id), ReplyForm(posted(request))

    def act(_expected: int) -> SeatQuestion:
        return seating.answer_question(question_id=question.pk, actor=user, text=form.cleaned_data["text"])

    def gate() -> None:
        refuse_on_question(case, question)

    return decide(
        request,
        case,
        prospects.ANSWER_QUESTION,
        form,
        act,
        gate=gate,
        template="quality/question.html",
        question=question,
    )


@office
def complete_condition(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a partner's condition its owner and date."""
    condition, user = lookups.condition(public_id), person(request)
    case = case_for(request, condition.version.public_id)
    form = CompleteForm(posted(request), version=case.version)

    def act(_expected: int) -> Condition:
        return deciding.complete_condition(
            condition_id=condition.pk, actor=user, owner=form.owner(), due_on=form.cleaned_data["due_on"]
        )

    def gate() -> None:
        refuse_on_condition(case, user, condition, "complete_condition")

    return decide(
        request, case, prospects.COMPLETE_CONDITION, form, act, gate=gate, template="quality/condition.html",
        condition=condition,
    )  # fmt: skip


@office
def close_condition(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whoever set a condition closes it, with the proof."""
    condition, user = lookups.condition(public_id), person(request)
    case, form = case_for(request, condition.version.public_id), ProofForm(posted(request))

    def act(_expected: int) -> Condition:
        return deciding.close_condition(condition_id=condition.pk, actor=user, proof=form.cleaned_data["proof"])

    def gate() -> None:
        refuse_on_condition(case, user, condition, "close_condition")

    return decide(
        request, case, prospects.CLOSE_CONDITION, form, act, gate=gate, template="quality/condition.html",
        condition=condition,
    )  # fmt: skip

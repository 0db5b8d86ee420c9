"""Screening, closing the partners' rounds, and the seats in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from people.web import person
from portal_quality.decide import decide, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.common import ConfirmForm, ReasonForm, ReturnForm
from portal_quality.forms.rounds import AcceptForm, CommitteeForm
from portal_quality.prospects import course as prospects
from workflows import cases, proceedings, queries
from workflows.actions import deciding, inviting, keeping
from workflows.dossier import Dossier
from workflows.models import Panel, Version


def _letter(public_id: UUID) -> str:
    return reverse("quality:last_letter", args=[public_id])


@office
def return_from_screening(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T2."""
    case, form = case_for(request, public_id), ReturnForm(posted(request))

    def act(expected: int) -> Version:
        return deciding.return_from_screening(
            version_id=case.version.pk, actor=person(request), expected=expected, requests=form.requests()
        )

    return decide(
        request,
        case,
        prospects.RETURN_FROM_SCREENING,
        form,
        act,
        template="quality/return.html",
        onward=_letter(public_id),
    )


@office
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T3: the screening sheet, and whom to ask."""
    case = case_for(request, public_id)
    form = AcceptForm(posted(request), version=case.version)

    @transaction.atomic
    def act(expected: int) -> Panel:
        return deciding.accept(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            sheet=form.sheet,
            places=inviting.places_for(version=case.version, asked=form.asked()),
        )

    beside: dict[str, Any] = {
        "inclusion": Dossier.model_validate(case.version.content).inclusion,
        "interests": proceedings.declarations(case.version),
        "near": queries.near_versions(case.version),
    }
    return decide(request, case, prospects.ACCEPT, form, act, template="quality/accept.html", **beside)


@office
def confirm_demand(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T4."""
    case, form = case_for(request, public_id), ConfirmForm(posted(request))

    def act(expected: int) -> Version:
        return deciding.confirm_demand(version_id=case.version.pk, actor=person(request), expected=expected)

    blocked = cases.blocking(case.version, "T4") + cases.unanswered_suggestions(case.version)
    return decide(
        request, case, prospects.CONFIRM_DEMAND, form, act, template="quality/close_round.html", blocked=blocked
    )


@office
def return_from_relevance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T5."""
    case, form = case_for(request, public_id), ReturnForm(posted(request))

    def act(expected: int) -> Version:
        return deciding.return_from_relevance(
            version_id=case.version.pk, actor=person(request), expected=expected, requests=form.requests()
        )

    return decide(
        request,
        case,
        prospects.RETURN_FROM_RELEVANCE,
        form,
        act,
        template="quality/return.html",
        onward=_letter(public_id),
    )


@office
def go_on_without_partner(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T6a."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))

    def act(expected: int) -> Version:
        return keeping.go_on_without_partner(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            reason=form.cleaned_data["reason"],
        )

    return decide(request, case, prospects.GO_ON, form, act, onward=_letter(public_id))


@office
def reject_at_relevance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T6b."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))

    def act(expected: int) -> Version:
        return keeping.reject_at_relevance(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            reason=form.cleaned_data["reason"],
        )

    return decide(request, case, prospects.REJECT, form, act, onward=_letter(public_id))


@office
def confirm_endorsement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T8: with the choice of the committee."""
    case = case_for(request, public_id)
    form = CommitteeForm(posted(request), version=case.version)

    def act(expected: int) -> Panel:
        return deciding.confirm_endorsement(
            version_id=case.version.pk, actor=person(request), expected=expected, committee=form.places()
        )

    blocked = cases.blocking(case.version, "T8")
    return decide(
        request, case, prospects.CONFIRM_ENDORSEMENT, form, act, template="quality/close_round.html", blocked=blocked
    )


@office
def return_from_endorsement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T9."""
    case, form = case_for(request, public_id), ReturnForm(posted(request))

    def act(expected: int) -> Version:
        return deciding.return_from_endorsement(
            version_id=case.version.pk, actor=person(request), expected=expected, requests=form.requests()
        )

    return decide(
        request,
        case,
        prospects.RETURN_FROM_ENDORSEMENT,
        form,
        act,
        template="quality/return.html",
        onward=_letter(public_id),
    )

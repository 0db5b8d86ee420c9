"""Versions in use: suspend, confirm, lift, review, wind down, release a change, ask afresh."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from people.web import person
from portal_quality.decide import decide, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.agreements import AskAgainForm
from portal_quality.forms.common import ConfirmForm, ReasonForm
from portal_quality.forms.keeping import LiftForm, ReviewForm, SourceForm, WindDownForm
from portal_quality.prospects import keeping as prospects
from workflows import differences, lookups, pack_words, packs
from workflows.actions import inviting, keeping, revising
from workflows.models import Panel, PanelKind, Suspension, Version
from workflows.possible import refuse_on_patch


@office
def suspend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T19, first step: an interim order."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))

    def act(expected: int) -> Version:
        return keeping.suspend(
            version_id=case.version.pk, actor=person(request), expected=expected, reason=form.cleaned_data["reason"]
        )

    return decide(request, case, prospects.SUSPEND, form, act)


@office
def confirm_suspension(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T19, second step: the chair confirms for the committee."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))

    def act(expected: int) -> Suspension:
        return keeping.confirm_suspension(
            version_id=case.version.pk, actor=person(request), expected=expected, reason=form.cleaned_data["reason"]
        )

    return decide(request, case, prospects.CONFIRM_SUSPENSION, form, act)


@office
def lift(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T20: back into use, or on to the end of the offer."""
    case, form = case_for(request, public_id), LiftForm(posted(request))

    def act(expected: int) -> Version:
        return keeping.lift(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            reason=form.cleaned_data["reason"],
            wind_down=form.winds_down,
            **form.days(),
        )

    return decide(request, case, prospects.LIFT, form, act)


@office
def mend_while_suspended(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T20: the cause is mended in a new version."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))

    def act(expected: int) -> Version:
        return keeping.mend_while_suspended(
            version_id=case.version.pk, actor=person(request), expected=expected, reason=form.cleaned_data["reason"]
        )

    return decide(request, case, prospects.MEND, form, act)


@office
def close_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T22 with F7."""
    case, form = case_for(request, public_id), ReviewForm(posted(request))

    def act(expected: int) -> Version:
        kept = form.cleaned_data["kept"]
        return keeping.close_review(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            reason=form.cleaned_data["reason"],
            wind_down=kept == "retire",
            new_version=kept == "revise",
            answers=form.answers(),
            **form.days(),
        )

    pack = packs.newest(case.version)
    read: dict[str, Any] = {}
    if pack is not None:
        read = {"pack": pack, "why": pack_words.why(pack), "sections": pack_words.told(pack)}
    return decide(request, case, prospects.CLOSE_REVIEW, form, act, template="quality/review.html", **read)


@office
def wind_down(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T25."""
    case, form = case_for(request, public_id), WindDownForm(posted(request))

    def act(expected: int) -> Version:
        return keeping.wind_down(
            version_id=case.version.pk, actor=person(request), expected=expected, **form.cleaned_data
        )

    return decide(request, case, prospects.WIND_DOWN, form, act)


@office
def release_patch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T23, second person."""
    patch, user, form = lookups.patch(public_id), person(request), ConfirmForm(posted(request))
    case = case_for(request, patch.version.public_id)

    def act(_expected: int) -> Version:
        return revising.release_patch(patch_id=patch.pk, actor=user)

    return decide(
        request, case, prospects.RELEASE_PATCH, form, act, template="quality/patch.html", patch=patch,
        gate=partial(refuse_on_patch, case, user, patch),
        differences=differences.between(case.version.content, patch.content),
    )  # fmt: skip


@office
def ask_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Fresh statements of partners about a version in use."""
    case = case_for(request, public_id)
    form = AskAgainForm(posted(request), version=case.version)

    @transaction.atomic
    def act(_expected: int) -> Panel:
        return keeping.ask_again(
            version_id=case.version.pk,
            actor=person(request),
            kind=PanelKind(form.cleaned_data["kind"]),
            places=inviting.places_for(version=case.version, asked=form.asked()),
        )

    return decide(request, case, prospects.ASK_AGAIN, form, act, template="quality/ask.html")


@office
def add_demand_source(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A fresh source of demand for the review."""
    case, form = case_for(request, public_id), SourceForm(posted(request))

    def act(_expected: int) -> Version:
        source = form.as_source(case.version.language)
        return keeping.add_demand_source(version_id=case.version.pk, actor=person(request), source=source)

    return decide(request, case, prospects.ADD_SOURCE, form, act)

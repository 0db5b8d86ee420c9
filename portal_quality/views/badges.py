"""The register of badges, and what may be done with one. Reasons are never public."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from credentials.models import Credential
from people.web import person, show
from portal_quality import offers
from portal_quality.decide import decide, posted
from portal_quality.doors import case_for, office, reads_reasons
from portal_quality.forms.badges import PrivateReasonForm, ReinstateForm, ReplaceForm, RevocationForm
from portal_quality.forms.common import ConfirmForm
from portal_quality.prospects import badges as prospects
from workflows import lookups, shelf
from workflows.actions import awarding, revoking
from workflows.models import Decision
from workflows.possible import refuse_confirmation, refuse_on_badge
from workflows.reissued import present
from workflows.timeline import WORDS, timeline

PAGE = 50


@office
def register(request: HttpRequest) -> HttpResponse:
    """All badges of the person's institutions, by state and by words."""
    user = person(request)
    status, words = request.GET.get("status", ""), request.GET.get("q", "").strip()
    page = Paginator(shelf.found(user, status=status, words=words), PAGE).get_page(request.GET.get("page"))
    counted = shelf.counts(user)
    chips = [(value, label, counted.get(value, 0)) for value, label in Credential.Status.choices]
    context = {"page": page, "badges": shelf.shelved(page), "chips": chips, "all": sum(counted.values())}
    return show(request, "quality/register.html", {**context, "status": status, "words": words})


@office
def badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One badge: facts, what was decided, its history, and what this person may do."""
    found, user = shelf.badge(public_id), person(request)
    case = case_for(request, found.version.public_id)
    context: dict[str, Any] = {
        "case": case,
        "badge": found,
        "offers": offers.on_badge(case, user, found),
        "happenings": timeline(f"award:{found.enrolment.public_id}"),
        "words": WORDS,
        "decisions": shelf.decisions(found.credential) if reads_reasons(case) else [],
    }
    return show(request, "quality/badge.html", context)


def _onward(public_id: UUID) -> str:
    return reverse("quality:badge", args=[public_id])


@office
def suspend_badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C4: at once, for 20 days at most."""
    found, user, form = shelf.badge(public_id), person(request), PrivateReasonForm(posted(request))
    case = case_for(request, found.version.public_id)

    def act(_expected: int) -> Credential:
        return revoking.suspend_badge(credential_id=found.credential.pk, actor=user, reason=form.cleaned_data["reason"])

    return decide(
        request, case, prospects.SUSPEND_BADGE, form, act, template="quality/badge_act.html", badge=found,
        gate=partial(refuse_on_badge, case, user, found, "suspend_badge"), onward=_onward(public_id),
    )  # fmt: skip


@office
def reinstate_badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C5: the finding of a hearing panel."""
    found, user = shelf.badge(public_id), person(request)
    case, form = case_for(request, found.version.public_id), ReinstateForm(posted(request), badge=found, person=user)

    def act(_expected: int) -> Credential:
        return revoking.reinstate_badge(
            credential_id=found.credential.pk,
            actor=user,
            reason=form.cleaned_data["reason"],
            panel=form.chosen_panel(),
        )

    return decide(
        request, case, prospects.REINSTATE_BADGE, form, act, template="quality/badge_act.html", badge=found,
        gate=partial(refuse_on_badge, case, user, found, "reinstate_badge"), onward=_onward(public_id),
    )  # fmt: skip


@office
def ask_revocation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C6, first person: kind, private reason, and whom it hits."""
    found, user = shelf.badge(public_id), person(request)
    case = case_for(request, found.version.public_id)
    form = RevocationForm(posted(request), badge=found, person=user, case=case)

    def act(_expected: int) -> Decision:
        return revoking.ask_revocation(
            credential_id=found.credential.pk,
            actor=user,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            panel=form.chosen_panel(),
            answers=form.answers(),
        )

    return decide(
        request, case, prospects.ASK_REVOCATION, form, act, template="quality/revoke.html", badge=found,
        gate=partial(refuse_on_badge, case, user, found, "ask_revocation"), onward=_onward(public_id),
        impact=revoking.impact_of(found.credential),
    )  # fmt: skip


@office
def confirm_revocation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C6, second person: for ever."""
    asked, user, form = lookups.revocation(public_id), person(request), ConfirmForm(posted(request))
    case, found = case_for(request, asked.version.public_id), shelf.badge(present(asked.answers["badge"]).public_id)

    def act(_expected: int) -> Credential:
        return revoking.confirm_revocation(decision_id=asked.pk, actor=user)

    return decide(
        request, case, prospects.CONFIRM_REVOCATION, form, act, template="quality/confirm_revocation.html",
        gate=partial(refuse_confirmation, case, user, found, asked), onward=_onward(found.credential.public_id),
        badge=found, asked=asked, kind=revoking.KINDS[asked.answers["kind"]], f8=revoking.F8,
    )  # fmt: skip


@office
def replace_badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """C9: a corrected badge for the same award."""
    found, user, form = shelf.badge(public_id), person(request), ReplaceForm(posted(request))
    case = case_for(request, found.version.public_id)

    def act(_expected: int) -> Credential:
        return awarding.replace_badge(
            credential_id=found.credential.pk,
            actor=user,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
        )

    return decide(
        request, case, prospects.REPLACE_BADGE, form, act, template="quality/badge_act.html", badge=found,
        gate=partial(refuse_on_badge, case, user, found, "replace_badge"), onward=_onward(public_id),
    )  # fmt: skip

"""Around the pilot and the way into use: start, stop, send back, activate, sign the transcript rule, hold."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.web import person
from portal_quality.decide import decide, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.common import ConfirmForm, ReasonForm, RedesignForm
from portal_quality.forms.keeping import HoldForm, StopForm
from portal_quality.prospects import course as prospects
from workflows import cases, withdrawals
from workflows.actions import deciding, evaluating, piloting
from workflows.dossier import Dossier
from workflows.models import Decision, Version

PLAN = _("What happens to the learners")
PLAN_HINT = _("Who is under way, what they keep, who tells them. That there are none is an answer too.")


@office
def start_pilot(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T11."""
    case, form = case_for(request, public_id), ConfirmForm(posted(request))

    def act(expected: int) -> Version:
        return piloting.start_pilot(version_id=case.version.pk, actor=person(request), expected=expected)

    return decide(request, case, prospects.START_PILOT, form, act)


@office
def close_pilot(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T12 by the officer: the stop rule is met."""
    case, form = case_for(request, public_id), StopForm(posted(request))

    def act(expected: int) -> Version:
        return evaluating.close_pilot(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            stop_reason=form.cleaned_data["stop_reason"],
        )

    return decide(request, case, prospects.CLOSE_PILOT, form, act)


@office
def redesign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T13: the targets were missed."""
    case, form = case_for(request, public_id), RedesignForm(posted(request))

    def act(expected: int) -> Version:
        return evaluating.redesign(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            findings=form.cleaned_data["findings"],
            requests=form.requests(),
            to_draft=bool(form.cleaned_data["to_draft"]),
        )

    onward = reverse("quality:last_letter", args=[public_id])
    return decide(request, case, prospects.REDESIGN, form, act, template="quality/redesign.html", onward=onward)


@office
def activate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T18."""
    case, form = case_for(request, public_id), ConfirmForm(posted(request))

    def act(expected: int) -> Version:
        return evaluating.activate(version_id=case.version.pk, actor=person(request), expected=expected)

    blocked = cases.blocking(case.version, "T18") + cases.open_conditions(case.version, "activate")
    return decide(request, case, prospects.ACTIVATE, form, act, template="quality/close_round.html", blocked=blocked)


@office
def sign_transcript_rule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The registrar's signature of clause E5."""
    case, form = case_for(request, public_id), ConfirmForm(posted(request))

    def act(_expected: int) -> Version:
        return deciding.sign_transcript_rule(version_id=case.version.pk, actor=person(request))

    pathways = Dossier.model_validate(case.version.content).pathways
    return decide(
        request, case, prospects.SIGN_TRANSCRIPT_RULE, form, act, template="quality/transcript.html", pathways=pathways
    )


@office
def agree_to_withdrawal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T28 after the pilot was approved: the office agrees, and says what happens to the learners."""
    case, form = case_for(request, public_id), ReasonForm(posted(request), label=PLAN, hint=PLAN_HINT)

    def act(_expected: int) -> Decision:
        plan = form.cleaned_data["reason"]
        return deciding.agree_to_withdrawal(version_id=case.version.pk, actor=person(request), plan=plan)

    asked = withdrawals.asked(case.version)
    return decide(
        request, case, prospects.AGREE_TO_WITHDRAWAL, form, act, template="quality/withdrawal.html", asked=asked
    )


@office
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T29: the clocks stop."""
    case, form = case_for(request, public_id), HoldForm(posted(request))

    def act(expected: int) -> Version:
        return deciding.hold(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
        )

    return decide(request, case, prospects.HOLD, form, act)


@office
def resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T29: the clocks go on."""
    case, form = case_for(request, public_id), ConfirmForm(posted(request))

    def act(expected: int) -> Version:
        return deciding.resume(version_id=case.version.pk, actor=person(request), expected=expected)

    return decide(request, case, prospects.RESUME, form, act)

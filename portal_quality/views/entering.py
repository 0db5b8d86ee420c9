"""Other ways into use: what was approved elsewhere, urgent releases; and agreements with communities."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from people.models import Role
from people.queries import institutions_of
from people.web import attempt, for_roles, person, show
from portal_quality.decide import decide, posted
from portal_quality.doors import case_for, office
from portal_quality.forms.agreements import AgreementForm, CommunityForm, ImportForm, UrgentForm
from portal_quality.forms.common import ReasonForm
from portal_quality.prospects import keeping as prospects
from workflows import authoring, proposals, queries
from workflows.actions import community, importing, inviting, urgent
from workflows.models import Agreement, Panel, Version
from workflows.possible import refuse_on_agreement


@for_roles(Role.QA_OFFICER)
def enter_import(request: HttpRequest) -> HttpResponse:
    """T30, first person: an officer enters what was approved elsewhere, with its proof."""
    institutions = institutions_of(person(request), Role.QA_OFFICER)
    form = ImportForm(posted(request), request.FILES or None, institutions=institutions)
    proposal = _one_proposal(form) if form.is_bound and form.is_valid() else None
    if proposal is not None:
        entered = attempt(form, lambda: _enter(request, form, proposal))
        if entered is not None:
            messages.success(request, _("It is entered. The chair confirms it."))
            return redirect("quality:version", entered.public_id)
    return show(request, "quality/import.html", {"form": form})


def _one_proposal(form: ImportForm) -> proposals.Proposal | None:
    """The one proposal of the file; each fault becomes an error of the form."""
    try:
        found = proposals.read(form.cleaned_data["file"].read()).as_given
    except proposals.Unusable as unusable:
        for sentence in unusable.sentences:
            form.add_error("file", str(sentence))
        return None
    if len(found) != 1:
        form.add_error("file", _("The file must hold one proposal."))
    elif authoring.code_taken(form.institutions[form.cleaned_data["institution"]], found[0].id):
        form.add_error("file", _("Your institution lists “%s” already. Give the proposal another id.") % found[0].id)
    return None if form.errors else found[0]


def _enter(request: HttpRequest, form: ImportForm, proposal: proposals.Proposal) -> Version:
    typed = form.cleaned_data
    return importing.enter_import(
        actor=person(request),
        institution=form.institutions[typed["institution"]],
        code=proposal.id,
        unit=proposal.offering_unit,
        content=proposals.content_of(proposal),
        approved_by=typed["approved_by"],
        approved_on=typed["approved_on"],
        proof=typed["proof"],
    )


@office
def import_approved(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T30, second person: the chair confirms for the committee."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))

    def act(expected: int) -> Version:
        return importing.import_approved(
            version_id=case.version.pk, actor=person(request), expected=expected, reason=form.cleaned_data["reason"]
        )

    proof = queries.import_proof(case.version)
    return decide(request, case, prospects.IMPORT, form, act, template="quality/import_approved.html", proof=proof)


@office
def ask_urgent_release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T31, first step: one partner is asked."""
    case = case_for(request, public_id)
    form = UrgentForm(posted(request), version=case.version)

    @transaction.atomic
    def act(expected: int) -> Panel:
        place = inviting.places_for(version=case.version, asked=[form.asked()])[0]
        return urgent.ask_urgent_release(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected,
            place=place,
            reason=form.cleaned_data["reason"],
        )

    return decide(request, case, prospects.ASK_URGENT, form, act)


@office
def release_urgently(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T31: chair and partner agree."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))

    def act(expected: int) -> Version:
        return urgent.release_urgently(
            version_id=case.version.pk, actor=person(request), expected=expected, reason=form.cleaned_data["reason"]
        )

    return decide(request, case, prospects.RELEASE_URGENTLY, form, act)


@office
def record_agreement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An agreement with a community: parties, terms, days."""
    case, form = case_for(request, public_id), AgreementForm(posted(request))

    def act(_expected: int) -> Agreement:
        return community.record_agreement(
            version_id=case.version.pk,
            actor=person(request),
            parties=form.chosen(),
            terms=form.terms(),
            in_force_from=form.cleaned_data["in_force_from"],
            review_on=form.cleaned_data["review_on"],
        )

    return decide(request, case, prospects.RECORD_AGREEMENT, form, act)


@office
def ask_community(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The named parties are asked by link, counted apart, without a clock."""
    case = case_for(request, public_id)
    form = CommunityForm(posted(request), version=case.version)

    @transaction.atomic
    def act(_expected: int) -> Panel:
        places = inviting.places_for(version=case.version, asked=form.asked(), community=True)
        return community.ask_community(version_id=case.version.pk, actor=person(request), places=places)

    return decide(request, case, prospects.ASK_COMMUNITY, form, act, template="quality/ask.html")


@office
def withdraw_agreement(request: HttpRequest, public_id: UUID, agreement_id: UUID) -> HttpResponse:
    """Record that a party took its agreement back."""
    case, form = case_for(request, public_id), ReasonForm(posted(request))
    agreement = queries.agreement_of(case.version, agreement_id)

    def act(_expected: int) -> Agreement:
        return community.withdraw_agreement(
            agreement_id=agreement.pk, actor=person(request), reason=form.cleaned_data["reason"]
        )

    return decide(
        request, case, prospects.WITHDRAW_AGREEMENT, form, act, gate=partial(refuse_on_agreement, case, agreement),
        template="quality/agreement.html", agreement=agreement,
    )  # fmt: skip

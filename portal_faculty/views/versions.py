"""One version as its proposer and academic lead see it, and what they do with the whole of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from people.web import attempt, person, see_other, show
from portal_faculty import offers
from portal_faculty.doors import expected, faculty, own_case, own_version
from portal_faculty.forms import ExemptionForm, ReasonForm, ReplyForm
from portal_faculty.sheets import Sheet
from workflows import proceedings, withdrawals
from workflows.actions import proposing, revising, seating, undertaking
from workflows.door import stream_of
from workflows.dossier import Dossier
from workflows.outline import outline, trace
from workflows.stations import Stage
from workflows.threads import Thread, threads
from workflows.timeline import timeline
from workflows.waiting import title_of


@faculty
def version(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where it is, who has it, what happens next; the clauses, the content, the history."""
    case = own_case(request, public_id)
    context = {
        "case": case,
        "rounds": proceedings.rounds(case.version),
        "traces": trace(case.version.content),
        "sections": outline(case.version.content),
        "happenings": timeline(stream_of(case.version)),
        "offers": offers.of(case, sum(row.open for row in threads(case.version, person(request)))),
    }
    return show(request, "faculty/version.html", context)


@faculty
def answers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What partners said, asked and demanded, each with its reply."""
    return _answers(request, public_id, None, None)


@faculty
def reply(request: HttpRequest, public_id: UUID, kind: str, subject: str) -> HttpResponse:
    """Keep one reply."""
    version_ = own_version(request, public_id)
    thread = next(
        (row for row in threads(version_, person(request)) if (row.kind, row.subject) == (kind, subject)), None
    )
    if thread is None or request.method != "POST":
        raise Http404
    form = ReplyForm(request.POST, prefix=f"{kind}-{subject}", proof=kind == "condition")
    kept = attempt(form, lambda: _reply(request, version_.pk, thread, form.cleaned_data["text"]))
    if kept is not None:
        return see_other(request, _("Your reply is kept."), "faculty:answers", public_id)
    return _answers(request, public_id, thread, form)


def _reply(request: HttpRequest, version_id: int, thread: Thread, text: str) -> object:
    actor = person(request)
    if thread.kind == "suggestion":
        return proposing.reply_to_suggestion(suggestion_id=thread.pk, actor=actor, text=text)
    if thread.kind == "question":
        return seating.answer_question(question_id=thread.pk, actor=actor, text=text)
    if thread.kind == "condition":
        return undertaking.bring_proof(condition_id=thread.pk, actor=actor, proof=text)
    return proposing.reply_to_rating(version_id=version_id, actor=actor, competency=thread.subject, text=text)


def _answers(request: HttpRequest, public_id: UUID, wrong: Thread | None, bound: ReplyForm | None) -> HttpResponse:
    case = own_case(request, public_id)
    rows = [
        (row, bound if row == wrong else ReplyForm(prefix=f"{row.kind}-{row.subject}", proof=row.kind == "condition"))
        for row in threads(case.version, person(request))
    ]
    context = {"case": case, "rows": rows, "rounds": proceedings.rounds(case.version), "form": bound}
    return show(request, "faculty/answers.html", context)


@faculty
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T28: take it back, with a reason; once the pilot was approved the quality office is asked first."""
    if withdrawals.needs_agreement(own_version(request, public_id, "submit")):
        words = _("The quality office is asked. You are told when it agrees.")
        return _with_reason(request, public_id, "ask_withdrawal", proposing.ask_withdrawal, words)
    return _with_reason(request, public_id, "withdraw", proposing.withdraw, _("The proposal is withdrawn."))


@faculty
def revise(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T24: a draft of the next version beside this one."""
    return _with_reason(request, public_id, "revise", revising.revise, _("The new version is begun as a draft."))


@faculty
def patch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """T23, first person: hand in a change of the presentation; the quality office releases it."""
    version_ = own_version(request, public_id, "design")
    if request.method != "POST" and version_.stage != Stage.ACTIVE:
        raise Http404
    sheet = Sheet("presentation", Dossier.model_validate(version_.content), request.POST or None)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    handed_in = None
    if sheet.form.is_bound and sheet.is_valid() and form.is_valid():
        handed_in = attempt(
            form,
            lambda: revising.propose_patch(
                version_id=version_.pk,
                actor=person(request),
                content=sheet.content(),
                reason=form.cleaned_data["reason"],
            ),
        )
    if handed_in is not None:
        return see_other(request, _("Handed in. The quality office releases it."), "faculty:version", public_id)
    context = {"version": version_, "heading": title_of(version_), "sheet": sheet, "reason": form}
    return show(request, "faculty/patch.html", {**context, "form": sheet.form if sheet.form.errors else form})


def _with_reason(request: HttpRequest, public_id: UUID, act: str, verb: Any, words: str) -> HttpResponse:
    case, page = own_case(request, public_id, "submit"), offers.PAGES[act]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].label = str(page.question)
    done = attempt(
        form,
        lambda: verb(
            version_id=case.version.pk,
            actor=person(request),
            expected=expected(request),
            reason=form.cleaned_data["reason"],
        ),
    )
    if done is not None:
        return see_other(request, words, "faculty:version", done.public_id)
    return show(request, "faculty/act.html", {"case": case, "form": form, "page": page})


@faculty
def exemption(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Comply or explain: ask for an exemption from a clause that allows one."""
    version_ = own_version(request, public_id)
    form = ExemptionForm(request.POST if request.method == "POST" else None)
    asked = attempt(
        form, lambda: undertaking.ask_exemption(version_id=version_.pk, actor=person(request), **form.cleaned_data)
    )
    if asked is not None:
        words = _("The exemption is asked for. The committee signs it at its gate.")
        return see_other(request, words, "faculty:version", public_id)
    context = {"version": version_, "heading": title_of(version_), "form": form}
    return show(request, "faculty/exemption.html", context)

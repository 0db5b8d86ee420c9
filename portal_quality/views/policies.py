"""The policy of an institution: its editions, drafts, and what an edition means for the cases that are running."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.models import Organization
from people.web import attempt, for_roles, person, see_other, show
from portal_quality.decide import expected_of, posted
from portal_quality.effects import row_of
from portal_quality.forms.common import ConfirmForm
from portal_quality.forms.policies import FieldsForm, TextForm
from portal_quality.policy_acts import ACTS, Act
from portal_quality.rules import differences, in_words
from workflows import house
from workflows.actions import governing, rolling
from workflows.actions.governing import WrongPolicy
from workflows.errors import NotYours
from workflows.models import PolicyDraft, PolicyRun
from workflows.policies import editions, reading

rulers = for_roles(*governing.READERS)
PAGE = 50


def _room(request: HttpRequest, public_id: UUID) -> tuple[Organization, dict[str, Any]]:
    """The institution, and what every page of its policy shows."""
    institution = house.institution_for(person(request), public_id, *governing.READERS)
    may = reading.may(person(request), institution)
    return institution, {"institution": institution, "may": may, "room": "policy"}


@rulers
def policy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The rules in force in plain words, the drafts, and every edition before."""
    institution, context = _room(request, public_id)
    rules = house.policy(institution)
    context |= {"policy": rules, "rules": in_words(rules.data) if rules else []}
    context |= {"drafts": reading.drafts(institution), "history": editions.history(institution)}
    return show(request, "quality/policy.html", context)


@rulers
@require_POST
def begin_policy_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin a draft from the edition in force."""
    institution, _context = _room(request, public_id)
    draft = governing.begin_draft(institution_id=institution.pk, actor=person(request))
    return see_other(request, _("The draft was begun."), "quality:policy_form", public_id, draft.public_id)


@rulers
def policy_draft(request: HttpRequest, public_id: UUID, draft_id: UUID) -> HttpResponse:
    """A draft in plain words, beside the edition that it was begun from, and what can be done with it."""
    institution, context = _room(request, public_id)
    draft = reading.draft_of(institution, draft_id)
    data = governing.document_of(draft.text).model_dump(mode="json")
    before = draft.begun_from.data if draft.begun_from is not None else None
    own = reading.wrote(draft, person(request))
    acts = [act for act in ACTS.values() if act.open(draft, context["may"], own=own, person=person(request))]
    context |= {"draft": draft, "rules": in_words(data), "name": data["policy"], "acts": acts, "own": own}
    context["differences"] = differences(before, data) if before is not None else None
    context["runs"] = draft.runs.order_by("-created_at")[:5]
    return show(request, "quality/policy_draft.html", context)


def _save(request: HttpRequest, draft: PolicyDraft, form: Any, text: str, reason: str) -> PolicyDraft | None:
    """Save what was typed; faults are said in the form, which keeps every letter."""

    def save() -> PolicyDraft:
        try:
            return governing.save_draft(
                draft_id=draft.pk, actor=person(request), expected=expected_of(request), text=text, reason=reason
            )
        except WrongPolicy as refused:
            form.refuse(refused)
            raise

    return attempt(form, save)


@rulers
def policy_text(request: HttpRequest, public_id: UUID, draft_id: UUID) -> HttpResponse:
    """A draft as text. A bad one comes back with the lines that are wrong, and as it was typed."""
    institution, context = _room(request, public_id)
    draft = reading.draft_of(institution, draft_id)
    _refuse_reader(context)
    form = TextForm(posted(request), initial={"text": draft.text, "reason": draft.reason})
    if request.method == "POST" and form.is_valid():
        saved = _save(request, draft, form, form.cleaned_data["text"], form.cleaned_data["reason"])
        if saved is not None:
            return see_other(request, _("The draft is saved."), "quality:policy_draft", public_id, draft_id)
    return show(request, "quality/policy_text.html", {**context, "draft": draft, "form": form})


@rulers
def policy_form(request: HttpRequest, public_id: UUID, draft_id: UUID) -> HttpResponse:
    """The usual settings of a draft as fields; the rest is kept as the text says it."""
    institution, context = _room(request, public_id)
    draft = reading.draft_of(institution, draft_id)
    _refuse_reader(context)
    form = FieldsForm(posted(request), text=draft.text)
    if request.method == "POST" and form.is_valid():
        saved = _save(request, draft, form, form.text(), draft.reason)
        if saved is not None:
            return see_other(request, _("The draft is saved."), "quality:policy_text", public_id, draft_id)
    return show(request, "quality/policy_form.html", {**context, "draft": draft, "form": form})


def _refuse_reader(context: dict[str, Any]) -> None:
    if not context["may"].write:
        raise NotYours


@rulers
def policy_act(request: HttpRequest, public_id: UUID, draft_id: UUID, act: str) -> HttpResponse:
    """Put a draft forward, second it, adopt it, send it back or drop it: each on a page of its own."""
    institution, context = _room(request, public_id)
    draft, chosen = reading.draft_of(institution, draft_id), ACTS.get(act)
    own = reading.wrote(draft, person(request))
    if chosen is None or not chosen.open(draft, context["may"], own=own, person=person(request)):
        raise NotYours
    form = chosen.form(posted(request))
    if request.method == "POST":
        done = attempt(form, lambda: _act(request, draft, chosen, form.cleaned_data))
        if done is not None:
            return see_other(request, chosen.done, "quality:policy_draft", public_id, draft_id)
    return show(request, "quality/policy_act.html", {**context, "draft": draft, "act": chosen, "form": form})


def _act(request: HttpRequest, draft: PolicyDraft, act: Act, typed: dict[str, Any]) -> object:
    return act.verb(draft_id=draft.pk, actor=person(request), expected=expected_of(request), **typed)


@rulers
def policy_edition(request: HttpRequest, public_id: UUID, key: int) -> HttpResponse:
    """One edition in plain words, beside another one, and how many running cases are pinned to it."""
    institution, context = _room(request, public_id)
    edition, all_ = reading.edition_of(institution, key), editions.history(institution)
    place = next(at for at, one in enumerate(all_) if one.pk == edition.pk)
    other = next((one for one in all_ if str(one.pk) == request.GET.get("with")), None)
    other = other or (all_[place + 1] if place + 1 < len(all_) else None)
    context |= {"edition": edition, "rules": in_words(edition.data), "pinned": reading.pinned(edition)}
    context |= {"others": [one for one in all_ if one.pk != edition.pk], "other": other}
    context["differences"] = differences(other.data, edition.data) if other is not None else None
    context["runs"] = reading.runs_of(edition)
    return show(request, "quality/policy_edition.html", context)


@rulers
@require_POST
def look_at_cases(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin a dry run of an edition or a draft over all running cases."""
    institution, _context = _room(request, public_id)
    draft = request.POST.get("draft", "")
    about = (
        {"draft_id": reading.draft_of(institution, UUID(draft)).pk}
        if draft
        else {"edition_id": int(request.POST.get("edition", "0"))}
    )
    run = rolling.dry_run(institution_id=institution.pk, actor=person(request), **about)
    return see_other(request, "", "quality:policy_run", public_id, run.public_id)


@rulers
def roll_out(request: HttpRequest, public_id: UUID, key: int) -> HttpResponse:
    """Move the running cases to an edition: what will happen, and the one button."""
    institution, context = _room(request, public_id)
    if not context["may"].move:
        raise NotYours
    edition, form = (
        reading.edition_of(institution, key),
        ConfirmForm(request.POST if request.method == "POST" else None),
    )
    if request.method == "POST":
        run = attempt(
            form,
            lambda: rolling.roll_out(institution_id=institution.pk, actor=person(request), edition_id=edition.pk),
        )
        if run is not None:
            return see_other(request, "", "quality:policy_run", public_id, run.public_id)
    looked = next((run for run in reading.runs_of(edition) if run.act == "dry_run" and run.summary), None)
    return show(request, "quality/roll_out.html", {**context, "edition": edition, "looked": looked, "form": form})


@rulers
def policy_run(request: HttpRequest, public_id: UUID, run_id: UUID) -> HttpResponse:
    """How far a run is, and what it found: first the cases that stay."""
    institution, context = _room(request, public_id)
    run = reading.run_of(institution, run_id)
    page = Paginator(reading.findings(run), PAGE).get_page(request.GET.get("page"))
    moved = run.act == PolicyRun.Act.ROLL_OUT
    context |= {"run": run, "progress": reading.progress(run), "page": page, "name": run.data["policy"]}
    context["rows"] = [row_of(finding, moved=moved) for finding in page]
    part = "#progress" if "HX-Request" in request.headers else ""
    return show(request, f"quality/policy_run.html{part}", context)


@rulers
def policy_run_table(request: HttpRequest, public_id: UUID, run_id: UUID) -> HttpResponse:
    """The same as a table for spreadsheets."""
    institution, _context = _room(request, public_id)
    run = reading.run_of(institution, run_id)
    out = io.StringIO()
    table = csv.writer(out)
    heads = (
        _("Code"),
        _("Title"),
        _("Stage"),
        _("Edition before"),
        _("Outcome"),
        _("What would be lost"),
        _("What differs"),
    )
    table.writerow(heads)
    for finding in reading.findings(run):
        row = row_of(finding, moved=run.act == PolicyRun.Act.ROLL_OUT)
        title = row.title.said(request.LANGUAGE_CODE[:2])
        cells = (finding.version.micro_credential.code, title, row.stage, finding.before, row.verdict)
        table.writerow([_harmless(cell) for cell in (*cells, " ".join(row.lost), " ".join(row.different))])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"policy-{slugify(run.data['policy'])}-{run.act}.csv"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def _harmless(cell: str) -> str:
    """A spreadsheet takes no cell for a formula (`promises.md` H16)."""
    return "'" + cell if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell

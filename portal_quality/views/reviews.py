"""The pack of a periodic review as page and files, and the office's note that something outside has changed."""

from __future__ import annotations

import csv
import io
import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Role
from people.web import attempt, for_roles, person, see_other, show
from portal_quality.decide import posted
from portal_quality.doors import case_for, office
from portal_quality.forms.keeping import ChangeForm
from workflows import house, pack_words, packs
from workflows.actions import noting
from workflows.errors import NotYours
from workflows.models import ReviewPack
from workflows.queries import Case
from workflows.waiting import title_of

officers = for_roles(Role.QA_OFFICER)


def _pack(case: Case) -> ReviewPack:
    pack = packs.newest(case.version)
    if pack is None:
        raise NotYours
    return pack


@office
def review_pack(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the system gathered when the review opened."""
    case = case_for(request, public_id)
    pack = _pack(case)
    context = {"case": case, "pack": pack, "why": pack_words.why(pack), "sections": pack_words.told(pack)}
    return show(request, "quality/pack.html", context)


@office
def save_pack(request: HttpRequest, public_id: UUID, form: str) -> HttpResponse:
    """The same as a table (CSV) or as it was kept (JSON)."""
    case = case_for(request, public_id)
    pack = _pack(case)
    name = f"review-{slugify(case.version.micro_credential.code) or 'case'}-{case.version.ordinal}.{form}"
    kept = {"trigger": pack.trigger, "built_at": pack.built_at.isoformat(), "digest": pack.digest, **pack.data}
    text = json.dumps(kept, ensure_ascii=False, indent=1) if form == "json" else _table(pack)
    media_type = "application/json" if form == "json" else "text/csv; charset=utf-8"
    response = HttpResponse(text, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response


def _table(pack: ReviewPack) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    for section in pack_words.told(pack):
        # A spreadsheet would run what begins like a formula; a word of a partner must not.
        rows.writerows((section.title, _plain(row.name), _plain(row.words)) for row in section.rows)
    return "\ufeff" + out.getvalue()


def _plain(words: str) -> str:
    return "'" + words if words[:1] in {"=", "+", "-", "@", "\t"} else words


@officers
def note_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A standard has a new edition, or the other side of a pathway moved: whom it concerns first, then the reviews."""
    user = person(request)
    institution = house.institution_for(user, public_id, Role.QA_OFFICER)
    form, hit = ChangeForm(posted(request)), None
    looks = request.method == "POST" and "look" in request.POST
    if looks and form.is_valid():
        given = form.cleaned_data
        versions = noting.named_in(institution_id=institution.pk, actor=user, kind=given["kind"], name=given["name"])
        hit = [(version, title_of(version)) for version in versions]
    elif not looks:
        noted = attempt(
            form, lambda: noting.note_change(institution_id=institution.pk, actor=user, **form.cleaned_data)
        )
        if noted is not None:
            number = len(noted)
            words = ngettext("Noted. %d version is reviewed.", "Noted. %d versions are reviewed.", number) % number
            return see_other(request, words, "quality:note_change", public_id)
    context = {"institution": institution, "form": form, "hit": hit, "heading": _("A change outside")}
    return show(request, "quality/note_change.html", context)

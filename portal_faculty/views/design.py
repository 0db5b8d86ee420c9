"""The assessment design: how far it is, who checked it before use, and which partners are asked (T7)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from people.web import SeeOther, attempt, person, see_other, show
from portal_faculty.doors import expected, faculty, own_case
from portal_faculty.partners import PartnersForm
from workflows import authoring, queries, reopening
from workflows.actions import deciding, inviting
from workflows.differences import SECTIONS
from workflows.models import Panel
from workflows.outline import trace
from workflows.progress import progress
from workflows.queries import Case
from workflows.stations import Stage

DESIGNED = ("competencies", "assessment", "rubric", "evidence", "pilot", "validity")


@faculty
def design(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the design still needs; then the partners who are asked whether it reflects the job."""
    case = own_case(request, public_id, "design")
    version = case.version
    if request.method != "POST" and version.stage != Stage.ASSESSMENT_DESIGN:
        return SeeOther(reverse("faculty:version", args=[public_id]))
    form = PartnersForm(request.POST if request.method == "POST" else None, version=version)

    @transaction.atomic
    def act() -> Panel:
        new = inviting.places_for(version=version, asked=form.newcomers())
        places, number = [*form.known(), *new], expected(request)
        return deciding.design_ready(version_id=version.pk, actor=person(request), expected=number, places=places)

    if attempt(form, act) is not None:
        words = _("The design is ready. The partners are asked by mail whether it reflects the job.")
        return see_other(request, words, "faculty:version", public_id)
    return show(request, "faculty/design.html", {"case": case, "form": form, **_designed(case)})


def _designed(case: Case) -> dict[str, Any]:
    """How far the design is, what stands in the way of asking, and whose answers stand anyway."""
    version = case.version
    states = progress(version.content)
    return {
        "traces": trace(version.content),
        "sections": [(facet, SECTIONS[facet], states[facet]) for facet in DESIGNED],
        "requests": [row for row in authoring.requests_of(version) if row.answered_at is None],
        "blocking": [result for result in case.strip if "T7" in result.blocks and result.state == "not_met"],
        "differences": queries.changes_since(authoring.last_snapshot(version), version.content),
        "effects": reopening.effects(version),
    }

"""Appeals in the quality office: read one, name its panel, give one's finding."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from people.web import person, show
from portal_quality.decide import decide, posted
from portal_quality.doors import case_for, office, reads_reasons
from portal_quality.forms.appeals import FindingForm, PanelForm
from portal_quality.prospects import appeals as prospects
from workflows import appeals
from workflows.actions import appealing
from workflows.errors import NotAllowed
from workflows.models import Appeal
from workflows.queries import Case


def _opened(request: HttpRequest, public_id: UUID) -> tuple[Appeal, Case]:
    found = appeals.appeal_for(person(request), public_id)
    return found, case_for(request, found.version.public_id)


def _page(public_id: UUID) -> str:
    return reverse("quality:appeal", args=[public_id])


@office
def appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is challenged and why, who judges it, what was found."""
    found, case = _opened(request, public_id)
    seats = list(found.seats.select_related("person").order_by("person__name"))
    own = next((seat for seat in seats if seat.person_id == person(request).pk), None)
    if own is None and not reads_reasons(case):
        raise NotAllowed
    context = {
        "case": case,
        "appeal": found,
        "words": appeals.words_of(found),
        "seats": seats,
        "may_seat": found.seated_at is None and bool(case.grants & {"screen", "chair"}),
        "may_decide": own is not None and own.voted_at is None and found.decided_at is None,
    }
    return show(request, "quality/appeal.html", context)


@office
def seat_appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name the three people."""
    found, case = _opened(request, public_id)
    user, form = person(request), PanelForm(posted(request), appeal=found, person=person(request))

    def act(_expected: int) -> Appeal:
        return appealing.seat_appeal(appeal_id=found.pk, actor=user, panel=form.chosen())

    def gate() -> None:
        if not case.grants & {"screen", "chair"}:
            raise NotAllowed
        appealing.refuse_seated(found)

    return decide(
        request, case, prospects.SEAT_APPEAL, form, act, template="quality/appeal_act.html", gate=gate,
        onward=_page(public_id), appeal=found, words=appeals.words_of(found),
    )  # fmt: skip


@office
def decide_appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give one's finding."""
    found, case = _opened(request, public_id)
    user, form = person(request), FindingForm(posted(request), outcomes=appeals.outcomes(found))

    def act(_expected: int) -> Appeal:
        return appealing.decide_appeal(appeal_id=found.pk, actor=user, **form.cleaned_data)

    def gate() -> None:
        appealing.refuse_finding(found, user)

    return decide(
        request, case, prospects.DECIDE_APPEAL, form, act, template="quality/appeal_act.html", gate=gate,
        onward=_page(public_id), appeal=found, words=appeals.words_of(found),
    )  # fmt: skip

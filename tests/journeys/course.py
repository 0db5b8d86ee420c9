"""Steps of the course that several journeys share."""

from __future__ import annotations

from django.utils import timezone

from tests.cast import Cast, proposal
from tests.remembered import remembered
from workflows.actions import deciding, proposing, reviewing
from workflows.models import Decision, Panel, PanelKind, Seat, Suggestion, Version

SHEET = {"in_scope": "yes", "indigenous_question": "answered", "partner_relations": "recorded"}
RATINGS = {"per_competency": {"C1": {"importance": 5}, "C2": {"importance": 4}}}


def number(version: Version) -> int:
    """The number that a fresh page would carry."""
    return Version.objects.get(pk=version.pk).number


@remembered
def drafted(cast: Cast, code: str = "GOWN", **changes: object) -> Version:
    version = proposing.start(actor=cast.ana, institution=cast.college, code=code, content={**proposal(), **changes})
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    proposing.declare_interest(version_id=version.pk, actor=cast.ana, kinds=["none"])
    return version


def submitted(cast: Cast, version: Version) -> Version:
    return proposing.submit(version_id=version.pk, actor=cast.ana, expected=number(version))


@remembered
def in_relevance_review(cast: Cast, version: Version) -> Panel:
    submitted(cast, version)
    return deciding.accept(
        version_id=version.pk,
        actor=cast.quinn,
        expected=number(version),
        sheet=SHEET,
        places=cast.employers(),
    )


def signed(seat: Seat, choice: str, **more: object) -> Decision:
    """An answer by its own person, who has just proved the mailbox by a mailed code."""
    more = {"interests": ["hires"], "answers": RATINGS, "proved_at": timezone.now(), **more}
    return reviewing.answer(seat_id=seat.pk, actor=seat.person, choice=choice, **more)


def answered(panel: Panel, choice: str, **more: object) -> None:
    for seat in Seat.objects.filter(panel=panel, state="open"):
        signed(seat, choice, **more)


@remembered
def in_design(cast: Cast, version: Version) -> None:
    answered(in_relevance_review(cast, version), "support")
    deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=number(version))
    deciding.sign_moderation(version_id=version.pk, actor=cast.moe)


@remembered
def in_endorsement(cast: Cast, version: Version) -> Panel:
    return deciding.design_ready(
        version_id=version.pk, actor=cast.ana, expected=number(version), places=cast.employers()
    )


@remembered
def at_pilot_approval(cast: Cast, version: Version) -> Panel:
    in_design(cast, version)
    answered(in_endorsement(cast, version), "endorse")
    return deciding.confirm_endorsement(
        version_id=version.pk, actor=cast.quinn, expected=number(version), committee=cast.committee()
    )


@remembered
def voted(panel: Panel, *choices: str) -> None:
    seats = Seat.objects.filter(panel=panel).order_by("pk")
    for seat, choice in zip(seats, choices, strict=True):
        reviewing.answer(seat_id=seat.pk, actor=seat.person, choice=choice, reasons="as the rubric shows")


def open_panel(version: Version, kind: PanelKind) -> Panel:
    return version.panels.get(kind=kind, closed_at=None)


def suggestions_of(version: Version) -> list[Suggestion]:
    return list(Suggestion.objects.filter(decision__version=version).order_by("pk"))

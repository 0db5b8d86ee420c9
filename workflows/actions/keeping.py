"""What happens to a version beside its straight course: override, rejection, suspension, review, winding down."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import cases, ledger
from workflows.award_course import UNDER_WAY
from workflows.door import opened, stream_of
from workflows.errors import Blocked, Missing, Refusal
from workflows.guards import reasoned, replied
from workflows.models import Enrolment, PanelKind, Version
from workflows.rounds import close_round, close_rounds


def go_on_without_partner(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T6a: partners declined, but P1a and P1b hold by other voices and an E6a exemption was asked for."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "go_on_without_partner", reason)
        replied(passage)
        version = passage.version
        if not version.exemptions.filter(clause="E6a").exists():
            raise Missing(what=_("a request for an exemption from clause E6a"))
        blocked = [sentence for sentence in cases.blocking(version, "T4") if not sentence.startswith("E6a")]
        if blocked:
            raise Blocked(blocked)
        close_round(version.panels.get(kind=PanelKind.RELEVANCE, closed_at=None), "overridden")
        passage.move("go_on_without_partner", reason=reason)
        return version


def reject_at_relevance(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T6b: the chair rejects, with reasons; the proposal may be submitted anew."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "reject_at_relevance", reason)
        close_rounds(passage.version, "rejected")
        passage.move("reject_at_relevance", reason=reason)
        return passage.version


def suspend(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T19: issuing stops at once; holders keep their badges."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "suspend", reason)
        passage.move("suspend", reason=reason)
        return passage.version


def lift(*, version_id: int, actor: User, expected: int, reason: str, wind_down: bool = False) -> Version:
    """T20: the cause is closed; back to use, or on to the end of the offer."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        verb = "lift_to_expiring" if wind_down else "lift"
        reasoned(passage, verb, reason)
        passage.move(verb, reason=reason)
        return passage.version


def open_review(*, version_id: int, trigger: str) -> Version:
    """T21: the system opens the periodic review on its date or on a trigger."""
    with opened(version_id=version_id, actor=None) as passage:
        passage.move("open_review", trigger=trigger)
        return passage.version


def close_review(*, version_id: int, actor: User, expected: int, reason: str, wind_down: bool = False) -> Version:
    """T22: back to use with fresh demand, or on to the end of the offer."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        verb = "close_review_to_expiring" if wind_down else "close_review"
        reasoned(passage, verb, reason)
        if not wind_down:
            blocked = [*cases.blocking(passage.version, "T22"), *cases.unmet(passage.version, "E6a")]
            if blocked:
                raise Blocked(blocked)
        passage.move(verb, reason=reason)
        return passage.version


def wind_down(
    *, version_id: int, actor: User, expected: int, reason: str, last_start_on: date, teach_out_ends_on: date
) -> Version:
    """T25: a last start date, an end of teaching, and a plan for learners."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "wind_down", reason)
        if teach_out_ends_on < last_start_on:
            raise Missing(what=_("an end of teaching that is not before the last start"))
        passage.version.last_start_on, passage.version.teach_out_ends_on = last_start_on, teach_out_ends_on
        passage.move("wind_down", reason=reason, last_start_on=last_start_on.isoformat())
        return passage.version


def retire(*, version_id: int) -> Version:
    """T26: the system closes an offer when no enrolment and no appeal is open."""
    with opened(version_id=version_id, actor=None) as passage:
        version = passage.version
        passage.ask("retire")
        if Enrolment.objects.filter(cohort__version=version, stage__in=UNDER_WAY).exists():
            raise Refusal(_("Learners are still under way. The offer closes when the last one has finished."))
        if version.appeals.filter(decided_at=None).exists():
            raise Refusal(_("An appeal is still open. The offer closes when it is decided."))
        succeeded = version.successors.filter(stage="active").exists()
        passage.move("close_superseded" if succeeded else "retire")
        return version


def replayed_stage(version: Version) -> str:
    """The stage that the ledger's own history leads to (`promises.md` PR8)."""
    stage = "draft"
    for event in ledger.events_of(stream_of(version)):
        if "to" in event.data:
            stage = event.data["to"] if event.data["from"] == stage else f"a gap before {event.sequence}"
    return stage

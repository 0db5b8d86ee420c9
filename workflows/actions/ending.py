"""T25, T26: an offer winds down with its dates and a plan for learners, and closes when nobody is under way."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows.award_course import UNDER_WAY
from workflows.door import Passage, opened
from workflows.errors import Missing, Refusal
from workflows.guards import reasoned
from workflows.lineage import followed
from workflows.models import Enrolment, Suspension, Version
from workflows.records import decide, named
from workflows.stations import Stage
from workflows.timers import Kind, arm, begin_of
from workflows.triggers import look_beside


def set_end(version: Version, last_start_on: date | None = None, teach_out_ends_on: date | None = None) -> None:
    """The last start and the end of teaching; without dates: nobody starts any more, and running cohorts finish."""
    last_start = last_start_on or timezone.localdate()
    running = version.cohorts.filter(closed_at=None).values_list("ends_on", flat=True)
    teach_out = teach_out_ends_on or max([last_start, *running])
    if teach_out < last_start:
        raise Missing(what=_("an end of teaching that is not before the last start"))
    version.last_start_on, version.teach_out_ends_on = last_start, teach_out
    arm(version, Kind.OFFER_ENDS, begin_of(teach_out + timedelta(days=1)))


def wind_down(
    *,
    version_id: int,
    actor: User,
    expected: int,
    reason: str,
    last_start_on: date,
    teach_out_ends_on: date,
    plan: str = "",
) -> Version:
    """T25: a last start date, an end of teaching, and a plan for learners (needed while somebody is under way)."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        reasoned(passage, "wind_down", reason)
        if under_way(version) and not plan.strip():
            raise Missing(what=_("a plan for the learners who are under way"))
        decision = decide(passage, "wind_down", role="committee", reasons=reason, answers={"plan": plan})
        set_end(version, last_start_on, teach_out_ends_on)
        Suspension.objects.filter(version=version, ended_at=None).update(ended_at=timezone.now(), outcome="wound_down")
        passage.move(
            "wind_down",
            reason=reason,
            plan=plan,
            last_start_on=last_start_on.isoformat(),
            **named(decision),
        )
        return version


def under_way(version: Version) -> bool:
    """True while a learner's course is open."""
    return Enrolment.objects.filter(cohort__version=version, stage__in=UNDER_WAY).exists()


def retire(*, version_id: int) -> Version:
    """T26: the system closes an offer when no enrolment and no appeal is open."""
    with opened(version_id=version_id, actor=None) as passage:
        passage.ask("retire")
        reason = still_open(passage.version)
        if reason is not None:
            raise Refusal(reason)
        _close(passage)
        return passage.version


def still_open(version: Version) -> Promise | None:
    """What keeps an offer from closing, in words."""
    if under_way(version):
        return _("Learners are still under way. The offer closes when the last one has finished.")
    if version.appeals.filter(decided_at=None).exists():
        return _("An appeal is still open. The offer closes when it is decided.")
    if version.teach_out_ends_on is not None and version.teach_out_ends_on >= timezone.localdate():
        return _("The end of teaching has not come yet.")
    return None


def _close(passage: Passage) -> None:
    version = passage.version
    ended = not followed(version)
    passage.move("retire" if ended else "close_superseded")
    if ended:
        look_beside(version.micro_credential)


def close_offer(passage: Passage) -> bool:
    """T26 by the clock: close the offer, or look again tomorrow. True when it closed."""
    version = passage.version
    if version.stage != Stage.EXPIRING:
        return False
    if still_open(version) is None:
        _close(passage)
        return True
    arm(version, Kind.OFFER_ENDS, begin_of(timezone.localdate() + timedelta(days=1)))
    return False

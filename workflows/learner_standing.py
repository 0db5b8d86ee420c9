"""What every screen answers, said to a learner about her course: where, who, next. Never “fail” (`interface.md` 9)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Credential
from workflows.actions import learning
from workflows.models import AwardStage, Enrolment
from workflows.policy import clock_days
from workflows.standing import Standing

S, A = AwardStage, Credential.Acceptance


def standing_of(enrolment: Enrolment, badge: Credential | None) -> Standing:
    """Where it is, who has it, what happens next, said to the learner."""
    words = _badge_words(badge) if badge is not None else _STAGES[AwardStage(enrolment.stage)](enrolment)
    return Standing(*words)


def _days(enrolment: Enrolment) -> int:
    return clock_days(enrolment.cohort.version.policy.data, "assessment")


def _submitted(enrolment: Enrolment) -> tuple[str, str, str]:
    days = _days(enrolment)
    next_ = ngettext(
        "An assessor scores your work by the rubric, as a rule within %(days)d business day.",
        "An assessor scores your work by the rubric, as a rule within %(days)d business days.",
        days,
    ) % {"days": days}
    return _("Your evidence is handed in."), _("The assessors of your cohort."), next_


def _not_yet(enrolment: Enrolment) -> tuple[str, str, str]:
    where = _("Not yet: some of it is shown, and some is still missing.")
    if learning.may_try_again(enrolment):
        return where, _("You."), _("Read the feedback, then repeat only the tasks that are not met yet.")
    lead = _("The academic lead.")
    return where, lead, _("No attempt is left here. The academic lead tells you what is possible now.")


_STAGES: dict[AwardStage, Callable[[Enrolment], tuple[str, str, str]]] = {
    S.INVITED: lambda e: (
        _("You are invited."),
        _("You."),
        _("Read what is stored about you, and agree if you want to take part."),
    ),
    S.ENROLLED: lambda e: (
        _("You are enrolled."),
        _("You."),
        _("Hand in evidence for each task. An assessor then looks at it."),
    ),
    S.SUBMITTED: _submitted,
    S.ASSESSING: lambda e: (
        _("An assessor looks at your work."),
        _("An assessor of your cohort."),
        _("You are told as soon as the result stands."),
    ),
    S.NOT_YET: _not_yet,
    S.ASSESSED: lambda e: (
        _("Your work is assessed."),
        _("The academic lead."),
        _("When everything is complete, you are recommended for the award."),
    ),
    S.MODERATING: lambda e: (
        _("A second person checks the scores."),
        _("A moderator."),
        _("You are told as soon as the result stands. Work is drawn for this check by a rule, not by suspicion."),
    ),
    S.RECOMMENDED: lambda e: (
        _("You showed every competency."),
        _("The grantor."),
        _("Somebody who did not assess you makes the award. Then you see what the badge will say."),
    ),
    S.HELD: lambda e: (
        _("You showed every competency. The result is kept."),
        _("The institution."),
        _(
            "The micro-credential is not issuing badges now. When it does, yours is awarded. Until then you can have a "
            "signed statement of your results."
        ),
    ),
    S.AWARDED: lambda e: (_("Awarded."), _("The institution."), _("Your badge is being prepared.")),
    S.FAILED: lambda e: (
        _("It ended without the award."),
        _("You."),
        _("You may appeal within 30 days."),
    ),
    S.WITHDREW: lambda e: (
        _("You left."),
        _("Nobody."),
        _("Your evidence is deleted when its time of keeping ends."),
    ),
    S.LAPSED: lambda e: (
        _("Your place lapsed, because nothing was handed in."),
        _("Nobody."),
        _("Ask the academic lead if you want to start again."),
    ),
    S.CLOSED: lambda e: (
        _("It was closed: this micro-credential will not be offered."),
        _("Nobody."),
        _("You keep a signed statement of your results."),
    ),
}


def _badge_words(badge: Credential) -> tuple[str, str, str]:
    status, yours = badge.status, _("You.")
    if status == Credential.Status.SUSPENDED:
        office = _("The quality office.")
        return _("Your badge is suspended."), office, _("You can answer. A panel that is new to the case decides.")
    if status == Credential.Status.REVOKED:
        return _("Your badge was revoked."), _("Nobody."), _("It no longer counts. You may appeal within 30 days.")
    if status == Credential.Status.EXPIRED:
        return _("Your badge expired."), _("Nobody."), _("It shows that you earned it. Ask how it is renewed.")
    if badge.acceptance == A.DECLINED:
        return _("You declined the badge."), _("Nobody."), _("The award stands on your record all the same.")
    if badge.surrender_asked_at is not None:
        return _("You gave the badge back."), yours, _("For seven days you can still keep it.")
    if badge.acceptance == A.ACCEPTED:
        return _("You earned it."), yours, _("Nobody sees it unless you show it.")
    return _("You earned it."), yours, _("See what the badge will say, and accept it.")

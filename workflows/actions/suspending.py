"""T19 and T20: an interim order stops issuing at once; the committee confirms it in time, or it lapses."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows.actions.ending import set_end
from workflows.actions.revising import successor
from workflows.door import Passage, opened
from workflows.errors import OwnWork, Refusal
from workflows.freshness import refresh
from workflows.guards import not_followed, reasoned
from workflows.lineage import followed
from workflows.models import Suspension, Version
from workflows.policy import clock_days
from workflows.records import decide, named
from workflows.rights import holds
from workflows.stations import Stage
from workflows.timers import Kind, after_business_days, arm


def suspend(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T19: issuing stops at once; holders keep their badges. The committee confirms it in time, or it lapses."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "suspend", reason)
        order(passage, reason)
        return passage.version


def order(passage: Passage, reason: str) -> Suspension:
    """The interim order itself, also when the system gives it because an urgent release lapsed."""
    version = passage.version
    confirm_by = after_business_days(version, clock_days(version.policy.data, "suspension_confirm"))
    suspension = Suspension.objects.create(
        version=version,
        from_stage=version.stage,
        reason=reason,
        ordered_by=passage.actor,
        confirm_by=confirm_by,
    )
    passage.move("suspend", reason=reason, confirm_by=confirm_by.isoformat())
    arm(version, Kind.SUSPENSION_LAPSES, confirm_by, subject=str(suspension.pk))
    return suspension


def open_suspension(version: Version) -> Suspension:
    """The order in force. Raises a refusal when there is none."""
    suspension = version.suspensions.filter(ended_at=None).first()
    if suspension is None:
        raise Refusal(_("This version is not suspended."))
    return suspension


def confirm_suspension(*, version_id: int, actor: User, expected: int, reason: str) -> Suspension:
    """T19, second step: the chair confirms for the committee; nobody confirms an order of his or her own."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "lift", reason)  # the same people, from the same stage
        suspension = open_suspension(passage.version)
        if suspension.ordered_by_id == actor.pk:
            raise OwnWork(_("An interim order is confirmed by somebody else than the person who gave it."))
        if suspension.confirmed_at is not None:
            raise Refusal(_("This suspension was already confirmed."))
        decision = decide(passage, "confirm_suspension", role="committee", reasons=reason)
        suspension.confirmed_by, suspension.confirmed_at = actor, timezone.now()
        suspension.save()
        passage.record("confirm_suspension", **named(decision))
        return suspension


def lapse_suspension(passage: Passage) -> bool:
    """An order that nobody confirmed ends by itself; the version stands where it stood before. True when it lapsed."""
    version = passage.version
    suspension = version.suspensions.filter(ended_at=None).first()
    if suspension is None or suspension.confirmed_at is not None or suspension.confirm_by > timezone.now():
        return False
    _end(suspension, "lapsed")
    ends = suspension.from_stage == Stage.EXPIRING or followed(version)
    if ends and version.teach_out_ends_on is None:
        set_end(version)
    passage.move("lift_to_expiring" if ends else "lift", lapsed=True)
    refresh(passage, trigger="suspension_lapsed" if suspension.from_stage == Stage.PERIODIC_REVIEW else "")
    return True


def _end(suspension: Suspension, outcome: str) -> None:
    suspension.ended_at, suspension.outcome = timezone.now(), outcome
    suspension.save(update_fields=["ended_at", "outcome"])


def lift(
    *,
    version_id: int,
    actor: User,
    expected: int,
    reason: str,
    wind_down: bool = False,
    last_start_on: date | None = None,
    teach_out_ends_on: date | None = None,
) -> Version:
    """T20: the cause is closed; back to use, or on to the end of the offer."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        verb = "lift_to_expiring" if wind_down else "lift"
        reasoned(passage, verb, reason)
        decision = decide(passage, verb, role="committee", reasons=reason)
        _end(open_suspension(passage.version), "wound_down" if wind_down else "lifted")
        if wind_down:
            set_end(passage.version, last_start_on, teach_out_ends_on)
        else:
            not_followed(passage)
        passage.move(verb, reason=reason, **named(decision))
        refresh(passage)
        return passage.version


def mend_while_suspended(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T20: it stays suspended, and the cause is mended in a new version that begins at the assessment design."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "mend_while_suspended", reason)
        decision = decide(passage, "mend_while_suspended", role="committee", reasons=reason)
        proposer = passage.version.proposer
        if not holds(proposer, passage.version, "submit"):
            raise Refusal(_("Its proposer has left. Name another proposer first."))
        following = successor(passage, proposer=proposer, stage=Stage.ASSESSMENT_DESIGN)
        passage.move(
            "mend_while_suspended",
            reason=reason,
            successor=str(following.public_id),
            **named(decision),
        )
        return following

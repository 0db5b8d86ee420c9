"""A partner's statement: made of a supporting answer, signed with the partner's own key, taken back by the partner."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from people.models import User
from workflows import cases
from workflows.door import Passage, opened
from workflows.dossier import Dossier
from workflows.errors import Missing, NotYours, Refusal
from workflows.freshness import refresh
from workflows.key_uses import note_use
from workflows.lineage import following
from workflows.models import Decision, PanelKind, Seat, Validation
from workflows.policy import setting
from workflows.timers import arm_statement, arm_yearly, end_of
from workflows.voices import mailbox_belongs

# What a partner asks of the institution is no comment on the badge.
PLAIN = {"support", "endorse"}
PROOF_HOLDS = timedelta(hours=1)


def refuse_stale_proof(seat: Seat, proved_at: datetime | None) -> None:
    """A proof that is too old is refused by name, so that no statement goes unsigned without anybody noticing."""
    now = timezone.now()
    if proved_at is None or not mailbox_belongs(seat.person.email, seat.organization):
        return
    if not now - PROOF_HOLDS <= proved_at <= now:
        raise Refusal(_("Your code was used more than one hour ago. Ask for a new code; your answers are kept."))


def validate(decision: Decision, seat: Seat, months: int) -> Validation:
    """Make validation 1 or 2 of a supporting answer.

    Signed in the organization's name only when a code proved the mailbox and the mailbox is at the organization's
    verified domain; else it is heard as a voice and signs no endorsement (`lifecycle.md` 6.6).
    """
    demand = seat.panel.kind == PanelKind.RELEVANCE
    now = timezone.now()
    longest = setting(decision.version.policy.data, "validity_months")["longest"]
    until: datetime = now + timedelta(days=round(min(months, longest) * 365.25 / 12))
    need = Dossier.model_validate(seat.panel.snapshot.content).demand.need_ends_on
    if need is not None:  # never beyond the end of the stated need (lifecycle.md 8)
        until = max(now, min(until, end_of(need)))
    signs = decision.proved_at is not None and mailbox_belongs(seat.person.email, seat.organization)
    validation = Validation(
        version=decision.version,
        decision=decision,
        organization=seat.organization,
        kind=Validation.Kind.DEMAND if demand else Validation.Kind.JOB,
        independent=seat.independent,
        assurance="b" if signs else "c",
        valid_from=now,
        valid_until=until,
    )
    if signs:
        validation.endorsement = badges.issue_endorsement(
            issuer=seat.organization,
            kind=validation.kind,
            achievement_url=cases.achievement_url(decision.version),
            snapshot_digest=seat.panel.snapshot.digest,
            facets=decision.facets,
            comment=decision.reasons if decision.choice in PLAIN else "",
            valid_until=until,
        )
        note_use(validation.endorsement, actor=decision.actor, version=decision.version)
    validation.save()
    arm_statement(decision.version, str(decision.public_id), until)
    if demand:
        arm_yearly(decision.version, str(decision.public_id), now, until)
    return validation


def withdraw_validation(*, validation_id: int, actor: User, reason: str) -> Validation:
    """A partner takes its statement back, with a reason. Nobody's badge is revoked by it."""
    validation = Validation.objects.filter(pk=validation_id, decision__actor=actor).first()
    if validation is None:
        raise NotYours
    with opened(version_id=validation.version_id, actor=actor) as passage:
        validation.refresh_from_db()
        if validation.withdrawn_at is not None:
            raise Refusal(_("This statement was already withdrawn."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        take_back(passage, validation, "withdraw_validation", reason)
        return validation


def take_back(passage: Passage, validation: Validation, type_: str, reason: str, **data: str) -> None:
    """A statement holds no more, with its endorsement; every version for which it stood is looked at again."""
    validation.withdrawn_at, validation.withdrawal_reason = timezone.now(), reason
    validation.save()
    if validation.endorsement is not None:
        badges.withdraw_endorsement(endorsement=validation.endorsement)
    passage.record(type_, kind=validation.kind, validation=str(validation.decision.public_id), **data)
    for version in following(validation.version):
        if version.pk == passage.version.pk:
            refresh(passage, trigger="withdrawn")
        else:
            with opened(version_id=version.pk, actor=None) as other:
                refresh(other, trigger="withdrawn")

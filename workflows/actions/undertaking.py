"""What stands beside a gate: exemptions asked for, conditions with owner and date, the registrar's signature."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import cases, dossier, rights
from workflows.door import found, opened
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.freshness import refresh
from workflows.guards import not_own
from workflows.models import Condition, Decision, Exemption, Version
from workflows.policy import months_after, setting
from workflows.records import decide, named
from workflows.timers import arm_condition
from workflows.withdrawals import AGREED, needs_agreement

ASKS = {"proposer": "submit", "academic_lead": "design"}


def ask_exemption(*, version_id: int, actor: User, clause: str, reason: str, tried: str, ends_on: date) -> Exemption:
    """Ask for comply-or-explain on one of the clauses that allow it; the committee signs it at its gate."""
    with opened(version_id=version_id, actor=actor) as passage:
        rule = setting(passage.version.policy.data, "exemptions")
        if not any(rights.holds(actor, passage.version, ASKS[role]) for role in rule["asked_by"]):
            raise NotAllowed
        if clause not in cases.exemptible(passage.version):
            raise Refusal(_("This clause allows no exemption."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        today = timezone.localdate()
        full = setting(passage.version.policy.data, "review_months")["full"]
        latest = months_after(today, min(full, rule["longest_months"]))
        if not today < ends_on <= latest:
            raise Missing(what=_("an end date that is not past, and not after the next full review"))
        exemption = Exemption.objects.create(
            version=passage.version,
            clause=clause,
            reason=reason,
            tried=tried,
            asked_by=actor,
            ends_on=ends_on,
        )
        passage.record("ask_exemption", clause=clause)
        return exemption


def complete_condition(*, condition_id: int, actor: User, owner: User, due_on: date) -> Condition:
    """Give a partner's condition its owner and date; only then does the endorsement count (`lifecycle.md` 6.1)."""
    condition = found(Condition, condition_id)
    with opened(version_id=condition.version_id, actor=actor) as passage:
        if not any(rights.holds(actor, passage.version, grant) for grant in ("design", "screen")):
            raise NotAllowed
        condition.refresh_from_db()
        if condition.closed_at is not None:
            raise Refusal(_("This condition is already closed."))
        if owner.pk == condition.set_by_id:
            raise OwnWork(_("The owner of a condition is somebody else than the person who sets it."))
        if due_on < timezone.localdate():
            raise Missing(what=_("a date that is not past"))
        condition.owner, condition.due_on = owner, due_on
        condition.save()
        arm_condition(condition)
        passage.record("complete_condition", condition=str(condition.public_id), due_on=due_on.isoformat())
        return condition


def close_condition(*, condition_id: int, actor: User, proof: str) -> Condition:
    """Whoever set a condition closes it, never its owner (`lifecycle.md` 6.4)."""
    condition = found(Condition, condition_id)
    with opened(version_id=condition.version_id, actor=actor) as passage:
        condition.refresh_from_db()
        if condition.set_by_id != actor.pk or condition.owner_id == actor.pk:
            raise NotAllowed(_("A condition is closed by the person who set it, and never by its owner."))
        if condition.closed_at is not None:
            raise Refusal(_("This condition is already closed."))
        condition.proof, condition.closed_by, condition.closed_at = proof, actor, timezone.now()
        condition.save()
        passage.version.conditions_open = passage.version.conditions.filter(closed_at=None).exists()
        refresh(passage)
        passage.record("close_condition", condition=str(condition.public_id))
        return condition


def sign_transcript_rule(*, version_id: int, actor: User) -> Version:
    """The registrar signs how the award stands on the transcript (clause E5)."""
    with opened(version_id=version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "register"):
            raise NotAllowed
        not_own(passage)
        passage.version.registrar_signed_by = actor
        passage.record("sign_transcript_rule", pathways=dossier.facet_digests(passage.version.content)["pathways"])
        return passage.version


def agree_to_withdrawal(*, version_id: int, actor: User, plan: str) -> Decision:
    """T28 after the pilot was approved: the quality office agrees, and says what happens to the learners."""
    with opened(version_id=version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "screen"):
            raise NotAllowed
        not_own(passage)
        if not needs_agreement(passage.version):
            raise Refusal(_("No agreement is needed: the proposer can withdraw it, or it is in use."))
        if not plan.strip():
            raise Missing(what=_("a plan for the learners, or the words that there are none"))
        agreed = decide(passage, AGREED, role="qa_officer", reasons=plan)
        passage.record("agree_to_withdrawal", **named(agreed))
        return agreed


def bring_proof(*, condition_id: int, actor: User, proof: str) -> Condition:
    """The owner says how a condition was kept; whoever set it looks at the proof and closes it."""
    condition = found(Condition, condition_id)
    with opened(version_id=condition.version_id, actor=actor) as passage:
        condition.refresh_from_db()
        if condition.owner_id != actor.pk:
            raise NotAllowed(_("The proof is brought by the owner of the condition."))
        if condition.closed_at is not None:
            raise Refusal(_("This condition is already closed."))
        if not proof.strip():
            raise Missing(what=_("the proof"))
        condition.proof = proof
        condition.save(update_fields=["proof"])
        passage.record("bring_proof", condition=str(condition.public_id))
        return condition

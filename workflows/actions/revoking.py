"""What may happen to a badge afterwards: suspend, reinstate, revoke by two persons. The public never reads why."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from credentials import life
from credentials.models import Credential
from people.models import User
from workflows import rights
from workflows.award_course import enrolment_of, opened_award
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork
from workflows.models import Decision


def suspend_badge(*, credential_id: int, actor: User, reason: str) -> Credential:
    """C4: an officer suspends at once; the reason stays private."""
    return _interim(credential_id, actor, reason, "suspend_badge")


def reinstate_badge(*, credential_id: int, actor: User, reason: str) -> Credential:
    """C5: the suspension ends."""
    return _interim(credential_id, actor, reason, "reinstate_badge")


@transaction.atomic
def _interim(credential_id: int, actor: User, reason: str, verb: str) -> Credential:
    credential = Credential.objects.filter(pk=credential_id).first()
    if credential is None:
        raise NotYours
    with opened_award(enrolment_id=enrolment_of(credential).pk, actor=actor) as passage:
        if not rights.holds(actor, passage.enrolment.cohort.version, "screen"):
            raise NotAllowed
        if not reason.strip():
            raise Missing(what=_("a reason"))
        act = life.suspend if verb == "suspend_badge" else life.reinstate
        changed = act(credential=credential)
        digest = "sha256:" + hashlib.sha256(reason.encode()).hexdigest()
        passage.record(verb, badge=str(credential.public_id), reason_digest=digest)
        return changed


def ask_revocation(*, credential_id: int, actor: User, kind: str, reason: str) -> Decision:
    """C6, first person: the registrar asks for a revocation, with its kind and reason, which stay private."""
    credential = Credential.objects.filter(pk=credential_id).first()
    if credential is None:
        raise NotYours
    with opened_award(enrolment_id=enrolment_of(credential).pk, actor=actor) as passage:
        version = passage.enrolment.cohort.version
        if not rights.holds(actor, version, "register"):
            raise NotAllowed
        if not reason.strip():
            raise Missing(what=_("a reason"))
        asked = Decision.objects.create(
            version=version,
            actor=actor,
            organization=version.institution,
            role="registrar",
            choice="ask_revocation",
            reasons=reason,
            answers={"badge": str(credential.public_id), "kind": kind},
        )
        passage.record("ask_revocation", badge=str(credential.public_id), decision=str(asked.public_id))
        return asked


def confirm_revocation(*, decision_id: int, actor: User) -> Credential:
    """C6, second person: an officer who did not ask, and is not the earner, revokes for ever."""
    asked = Decision.objects.filter(pk=decision_id, choice="ask_revocation").first()
    if asked is None:
        raise NotYours
    credential = Credential.objects.get(public_id=asked.answers["badge"])
    with opened_award(enrolment_id=enrolment_of(credential).pk, actor=actor) as passage:
        if not rights.holds(actor, asked.version, "screen"):
            raise NotAllowed
        if credential.recipient_id in {actor.pk, asked.actor_id} or asked.actor_id == actor.pk:
            raise OwnWork(_("Two different persons revoke, and neither is the earner."))
        revoked = life.revoke(credential=credential)
        passage.record("revoke_badge", badge=str(credential.public_id), decision=str(asked.public_id))
        return revoked

"""What may happen to a badge afterwards: suspend, reinstate, revoke by two persons, give back (`lifecycle.md` 5, 12).

Reasons are private to the earner, the panel and the auditor. The public status never says why and never names a kind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials import life
from credentials.models import Credential
from people.models import Membership, User
from workflows import rights
from workflows.actions.awarding import opened_badge, own_badge
from workflows.award_course import AwardPassage
from workflows.door import found
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import Award, Decision, Enrolment
from workflows.models.appeals import Outcome
from workflows.reissued import ids_of, present

PANEL_OF = 3
LIVE = (Credential.Status.PREPARED, Credential.Status.ISSUED, Credential.Status.SUSPENDED)


@dataclass(frozen=True)
class Kind:
    """One kind of revocation: what it is called, whether it is a fault, and which grants ask for it and confirm it."""

    name: str | Promise
    fault: bool
    asks: str = "register"
    confirms: str = "screen"


KINDS: dict[str, Kind] = {
    "misconduct": Kind(_("misconduct"), fault=True),
    "false_evidence": Kind(_("false evidence"), fault=True),
    "identity": Kind(_("wrong person"), fault=True),
    "issued_in_error": Kind(_("issued in error"), fault=False),
    "key_compromise": Kind(_("a signing key was compromised"), fault=False, asks="activate", confirms="chair"),
}
# The main questions of F8; a finding of fault answers each.
F8: dict[str, str | Promise] = {
    "alleged": _("what is alleged, and against which rule"),
    "proof": _("with which proof"),
    "earner_answer": _("what the earner answered"),
    "finding": _("the finding of the panel"),
}


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _decide(
    passage: AwardPassage, credential: Credential, choice: str, role: str, reasons: str, answers: Mapping[str, Any]
) -> Decision:
    """Keep a decision about a badge with its private reasons; the ledger holds their digest."""
    assert passage.actor is not None
    version = passage.enrolment.cohort.version
    return Decision.objects.create(
        version=version,
        actor=passage.actor,
        organization=version.institution,
        role=role,
        choice=choice,
        reasons=reasons,
        answers={"badge": str(credential.public_id), **answers},
    )


def _granted(passage: AwardPassage, actor: User, codename: str) -> None:
    if not rights.holds(actor, passage.enrolment.cohort.version, codename):
        raise NotAllowed


def _panel(passage: AwardPassage, credential: Credential, panel: Sequence[User], *others: int | None) -> list[str]:
    """The public ids of a hearing panel: three members who sat on no earlier decision of the case.

    `others` are the persons besides the panel who act now.
    """
    enrolment = passage.enrolment
    ids = {person.pk for person in panel}
    if len(panel) != PANEL_OF or len(ids) != PANEL_OF:
        raise Missing(what=_("the three members of the hearing panel"))
    members = Membership.objects.filter(user__in=ids, organization=enrolment.cohort.version.institution, ended_at=None)
    if members.values("user").distinct().count() != PANEL_OF:
        raise OwnWork(_("The members of a hearing panel belong to the institution."))
    if ids & (acted_before(enrolment, credential) | {other for other in others if other is not None}):
        raise OwnWork(_("A hearing panel is new: none of its members is the earner or acted in this case before."))
    return [str(person.public_id) for person in panel]


def acted_before(enrolment: Enrolment, credential: Credential) -> set[int]:
    """The keys of everybody who took part in what led to this badge, or in a decision about it."""
    attempts = enrolment.attempts.values_list("assessor_id", "moderator_id")
    decided = Decision.objects.filter(answers__badge__in=ids_of(credential)).values_list("actor_id", flat=True)
    granted = Award.objects.values_list("granted_by_id", flat=True).get(public_id=credential.award_reference)
    return {pk for pair in attempts for pk in pair if pk} | set(decided) | {granted, credential.recipient_id}


def sat_in_hearings(credential: Credential) -> set[int]:
    """The keys of everybody who sat on a hearing panel about this badge."""
    asked = Decision.objects.filter(answers__badge__in=ids_of(credential)).values_list("answers__panel", flat=True)
    seated = {public_id for panel in asked for public_id in panel or ()}
    return set(User.objects.filter(public_id__in=seated).values_list("pk", flat=True))


def suspend_badge(*, credential_id: int, actor: User, reason: str) -> Credential:
    """C4: an officer suspends at once, for 20 days at most; the earner reads the reason and may answer.

    Verifiers elsewhere do not see it: only our page, our verdict and our second list do (`lifecycle.md` 12).
    """
    credential = found(Credential, credential_id)
    with opened_badge(credential, actor) as passage:
        _granted(passage, actor, "screen")
        if credential.recipient_id == actor.pk:
            raise OwnWork(_("Nobody decides about his or her own badge."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        changed = life.suspend(credential=credential)
        _decide(passage, credential, "suspend_badge", "qa_officer", reason, {})
        passage.record("suspend_badge", badge=str(credential.public_id), reason_digest=_digest(reason))
        return changed


def answer_suspension(*, credential_id: int, actor: User, text: str) -> Decision:
    """The earner's right to answer while a badge is suspended."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        if credential.status != Credential.Status.SUSPENDED:
            raise NotYours(_("This badge is not suspended, so there is nothing to answer."))
        if not text.strip():
            raise Missing(what=_("your answer"))
        answer = _decide(passage, credential, "answer_suspension", "earner", text, {})
        passage.record("answer_suspension", badge=str(credential.public_id), decision=str(answer.public_id))
        return answer


def reinstate_badge(*, credential_id: int, actor: User, reason: str, panel: Sequence[User]) -> Credential:
    """C5: a hearing panel of three lets the badge hold again; an officer enters its finding."""
    credential = found(Credential, credential_id)
    with opened_badge(credential, actor) as passage:
        _granted(passage, actor, "screen")
        if not reason.strip():
            raise Missing(what=_("a reason"))
        heard = _panel(passage, credential, panel, actor.pk)
        changed = life.reinstate(credential=credential)
        _decide(passage, credential, "reinstate_badge", "qa_officer", reason, {"panel": heard})
        passage.record("reinstate_badge", badge=str(credential.public_id), reason_digest=_digest(reason), panel=heard)
        return changed


def impact_of(credential: Credential) -> dict[str, Any]:
    """Whom and what a revocation hits: shown before it is asked for, and kept with the request."""
    micro_credential = credential_version(credential).micro_credential
    return {
        "earner": str(credential.recipient.public_id),
        "stacks": [str(stack) for stack in micro_credential.stacks.all()],
        "pathways": [str(pathway) for pathway in micro_credential.pathways.all()],
    }


def credential_version(credential: Credential) -> Any:
    """The version whose badge this is."""
    related = Award.objects.select_related("version__micro_credential")
    return related.get(public_id=credential.award_reference).version


def ask_revocation(
    *,
    credential_id: int,
    actor: User,
    kind: str,
    reason: str,
    panel: Sequence[User] = (),
    answers: Mapping[str, str] | None = None,
    safety: bool = False,
) -> Decision:
    """C6, first person: asks for a revocation, with its kind and reason, which stay private.

    A finding of fault is a panel's, with the earner heard: `answers` are those of F8. `safety` says that somebody
    would be in danger meanwhile, so that the revocation does not wait for an appeal.
    """
    credential = found(Credential, credential_id)
    with opened_badge(credential, actor) as passage:
        if kind not in KINDS:
            raise Missing(what=_("the kind of revocation"))
        _granted(passage, actor, KINDS[kind].asks)
        if credential.recipient_id == actor.pk:
            raise OwnWork(_("Nobody decides about his or her own badge."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        if pending(credential) is not None:
            raise Refusal(_("A revocation of this badge was asked for already, and waits for a second person."))
        record: dict[str, Any] = {"kind": kind, "impact": impact_of(credential), "safety": safety}
        if KINDS[kind].fault:
            record |= {"panel": _panel(passage, credential, panel, actor.pk), "f8": _heard(answers or {})}
        asked = _decide(passage, credential, "ask_revocation", KINDS[kind].asks, reason, record)
        passage.record("ask_revocation", badge=str(credential.public_id), decision=str(asked.public_id))
        return asked


def pending(credential: Credential) -> Decision | None:
    """The revocation that was asked for and waits for its second person, while the badge is live."""
    if credential.status not in LIVE:
        return None
    asked = Decision.objects.filter(choice="ask_revocation", answers__badge__in=ids_of(credential))
    asked = asked.exclude(appeals__outcome=Outcome.VARY)
    return asked.select_related("actor").order_by("-decided_at").first()


def _heard(answers: Mapping[str, str]) -> dict[str, str]:
    for question, words in F8.items():
        if not answers.get(question, "").strip():
            raise Missing(what=words)
    return {question: answers[question] for question in F8}


def confirm_revocation(*, decision_id: int, actor: User) -> Credential:
    """C6, second person: neither asked, nor sat on the panel, nor earned it; revokes for ever.

    A fault ends the award with the badge; all else leaves the award as it is.
    """
    asked = Decision.objects.filter(pk=decision_id, choice="ask_revocation").first()
    if asked is None:
        raise NotYours
    credential = present(asked.answers["badge"])
    with opened_badge(credential, actor) as passage:
        kind = KINDS[asked.answers["kind"]]
        _granted(passage, actor, kind.confirms)
        sat = str(actor.public_id) in asked.answers.get("panel", [])
        if actor.pk in {credential.recipient_id, asked.actor_id} or sat:
            raise OwnWork(_("Two different persons revoke, and neither is the earner or sat on the panel."))
        _refuse_appealed(asked)
        revoked = life.revoke(credential=credential)
        if kind.fault:
            Award.objects.filter(public_id=credential.award_reference).update(ended_at=timezone.now())
        passage.record("revoke_badge", badge=str(credential.public_id), decision=str(asked.public_id))
        return revoked


def _refuse_appealed(asked: Decision) -> None:
    """Enforcement waits for an appeal, unless safety is at stake (`lifecycle.md` 12)."""
    if asked.appeals.filter(outcome=Outcome.VARY).exists():
        raise Refusal(_("An appeal set this finding aside, so nothing is revoked by it."))
    if asked.appeals.filter(decided_at=None).exists() and not asked.answers.get("safety"):
        raise Refusal(_("The earner appealed. The revocation waits until the appeal is decided."))


def surrender_badge(*, credential_id: int, actor: User) -> Credential:
    """C7: the earner gives the badge back; for seven calendar days she may still keep it."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        changed = life.ask_surrender(credential=credential)
        passage.record("ask_surrender", badge=str(credential.public_id))
        return changed


def keep_badge(*, credential_id: int, actor: User) -> Credential:
    """C7: the earner changes her mind in time."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        changed = life.keep(credential=credential)
        passage.record("keep_badge", badge=str(credential.public_id))
        return changed

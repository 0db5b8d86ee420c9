"""How an institution changes its rules: written, put forward with a date, seconded, adopted. Three people at least.

The administrator or a quality officer writes; somebody of the office or the committee seconds; the chair adopts. Nobody
seconds or adopts what he or she wrote, and the chair does not second what the chair adopts (`lifecycle.md` 1, 6.4).
Adopting changes no running case: those are moved by a roll-out, or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization, Role, User
from workflows import ledger
from workflows.door import found
from workflows.errors import Missing, MovedOn, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import Initiative, Policy, PolicyDraft
from workflows.policies import editions
from workflows.policies.document import BadPolicy, Wrong, plain
from workflows.policies.schema import Document
from workflows.policies.text import parse, write
from workflows.policy import DEFAULT_POLICY

WRITERS = (Role.ADMINISTRATOR, Role.QA_OFFICER)
SECONDERS = (Role.QA_OFFICER, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR)
ADOPTERS = (Role.COMMITTEE_CHAIR,)
READERS = (*WRITERS, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.AUDITOR)


class WrongPolicy(Refusal):
    """A text that is no policy; `wrong` names each fault with its line."""

    status = 422
    sentence = _("This is not a policy yet. Each line that is wrong is named below; nothing was saved.")

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__()


def refuse_without(actor: User, institution: Organization, roles: tuple[str, ...]) -> None:
    """A stranger to the institution finds nothing; a member without one of these roles is told so."""
    held = Membership.objects.filter(user=actor, organization=institution, ended_at=None)
    if not held.exists():
        raise NotYours
    if not held.filter(role__in=roles).exists():
        raise NotAllowed


def document_of(text: str) -> Document:
    """The policy that a text says. Raises `WrongPolicy` with the lines that are wrong."""
    try:
        return parse(text)[0]
    except BadPolicy as bad:
        raise WrongPolicy(bad.wrong) from bad


@contextmanager
def opened_draft(draft_id: int, actor: User, expected: int, roles: tuple[str, ...]) -> Iterator[PolicyDraft]:
    """Lock a draft for one act of somebody who holds one of these roles; it is saved and counted at the end."""
    with transaction.atomic():
        draft = PolicyDraft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
        if draft is None:
            raise NotYours
        refuse_without(actor, draft.institution, roles)
        if draft.number != expected:
            raise MovedOn
        if draft.state in {"adopted", "dropped"}:
            raise Refusal(_("This draft is closed: it was adopted or dropped."))
        yield draft
        draft.number, draft.updated_at = draft.number + 1, timezone.now()
        draft.save()


def begin_draft(*, institution_id: int, actor: User, edition_id: int | None = None) -> PolicyDraft:
    """Begin a draft from an edition, by default the one in force, under the next number.

    The first draft of an institution is filled in with the default policy and Ontario's holidays.
    """
    institution = found(Organization, institution_id)
    refuse_without(actor, institution, WRITERS)
    base = editions.in_force(institution)
    if edition_id is not None:
        base = institution.policies.filter(pk=edition_id, initiative=None).first()
        if base is None:
            raise NotYours
    data = dict(base.data) if base is not None else {**DEFAULT_POLICY, "calendar": {"rule": "ontario", "also": []}}
    data = {**DEFAULT_POLICY, **data, "policy": _next_name(institution)}
    with transaction.atomic():
        draft = PolicyDraft.objects.create(institution=institution, begun_from=base, text=write(data))
        draft.writers.add(actor)
        _record(draft, "begin_policy_draft", actor)
    return draft


def _next_name(institution: Organization) -> str:
    number = institution.policies.filter(initiative=None).count() + 1
    names = set(institution.policies.values_list("edition", flat=True))
    while f"{institution.slug[:30]}/{number}" in names:
        number += 1
    return f"{institution.slug[:30]}/{number}"


def save_draft(*, draft_id: int, actor: User, expected: int, text: str, reason: str) -> PolicyDraft:
    """Keep what was written, if it is a policy. Raises `WrongPolicy`, and the page keeps what was typed."""
    with opened_draft(draft_id, actor, expected, WRITERS) as draft:
        if draft.put_forward_at is not None:
            raise Refusal(_("This draft was put forward. It is written on only after it was sent back."))
        document = document_of(text)
        if draft.institution.policies.filter(edition=document.policy).exists():
            raise WrongPolicy([Wrong(("policy",), str(_("Another edition has this name.")), _line_of(text, "policy"))])
        draft.text, draft.reason = text, reason.strip()
        draft.writers.add(actor)
        _record(draft, "write_policy_draft", actor, digest=editions.digest(plain(document)))
    return draft


def _line_of(text: str, name: str) -> int:
    return parse(text)[1].get((name,), 0)


def put_forward(*, draft_id: int, actor: User, expected: int, in_force_from: date) -> PolicyDraft:
    """Ask the committee to adopt it for cases that begin on that day or later."""
    with opened_draft(draft_id, actor, expected, WRITERS) as draft:
        if draft.put_forward_at is not None:
            raise Refusal(_("This draft was put forward already."))
        if not draft.reason:
            raise Missing(what=_("why the rules change"))
        if in_force_from < timezone.localdate():
            raise Missing(what=_("a day that is not past"))
        document = document_of(draft.text)
        draft.put_forward_by, draft.put_forward_at = actor, timezone.now()
        draft.in_force_from, draft.sent_back = in_force_from, ""
        day = in_force_from.isoformat()
        _record(draft, "put_forward_policy", actor, digest=editions.digest(plain(document)), in_force_from=day)
    return draft


def send_back_draft(*, draft_id: int, actor: User, expected: int, reason: str) -> PolicyDraft:
    """Back to those who write, with a reason; a second that was given ends with it."""
    with opened_draft(draft_id, actor, expected, (*SECONDERS, *WRITERS)) as draft:
        _put_forward(draft)
        if not reason.strip():
            raise Missing(what=_("a reason"))
        draft.put_forward_at = draft.put_forward_by = draft.seconded_at = draft.seconded_by = None
        draft.in_force_from, draft.sent_back = None, reason.strip()
        _record(draft, "send_back_policy", actor)
    return draft


def second(*, draft_id: int, actor: User, expected: int) -> PolicyDraft:
    """A second person who did not write it stands behind it."""
    with opened_draft(draft_id, actor, expected, SECONDERS) as draft:
        _put_forward(draft)
        _not_own(draft, actor)
        if draft.seconded_at is not None:
            raise Refusal(_("This draft was seconded already."))
        draft.seconded_by, draft.seconded_at = actor, timezone.now()
        _record(draft, "second_policy", actor)
    return draft


def adopt(*, draft_id: int, actor: User, expected: int) -> Policy:
    """The chair adopts it. Cases that begin from its day on are pinned to it; no running case changes."""
    with opened_draft(draft_id, actor, expected, ADOPTERS) as draft:
        _put_forward(draft)
        _not_own(draft, actor)
        if draft.seconded_at is None:
            raise Missing(what=_("a second person who stands behind it"))
        if draft.seconded_by_id == actor.pk:
            raise OwnWork(_("Somebody else than the person who seconded it adopts it."))
        data = plain(document_of(draft.text))
        if draft.institution.policies.filter(edition=data["policy"]).exists():
            raise Refusal(_("Another edition has this name by now. Send it back to be named anew."))
        draft.edition = Policy.objects.create(
            institution=draft.institution,
            edition=data["policy"],
            data=data,
            in_force_from=draft.in_force_from,
            reason=draft.reason,
            seconded_by=draft.seconded_by,
            adopted_by=actor,
        )
        assert draft.in_force_from is not None
        facts = {"edition": data["policy"], "digest": editions.digest(data)}
        _record(draft, "adopt_policy", actor, **facts, in_force_from=draft.in_force_from.isoformat())
    return draft.edition


def drop_draft(*, draft_id: int, actor: User, expected: int) -> PolicyDraft:
    """Give a draft up; it stays in the record."""
    with opened_draft(draft_id, actor, expected, WRITERS) as draft:
        draft.dropped_at = timezone.now()
        _record(draft, "drop_policy_draft", actor)
    return draft


def _put_forward(draft: PolicyDraft) -> None:
    if draft.put_forward_at is None:
        raise Refusal(_("This draft is still being written. It is put forward first."))


def _not_own(draft: PolicyDraft, actor: User) -> None:
    if draft.writers.filter(pk=actor.pk).exists() or draft.put_forward_by_id == actor.pk:
        raise OwnWork(_("You wrote or put forward this draft. Somebody else seconds and adopts it."))


@transaction.atomic
def tighten(*, initiative_id: int, actor: User, asked: dict[str, Any]) -> Initiative:
    """Ask more in one initiative than the institution does, for its versions that begin from now on (6.1)."""
    initiative = Initiative.objects.select_for_update(of=("self",)).filter(pk=initiative_id).first()
    if initiative is None:
        raise NotYours
    refuse_without(actor, initiative.institution, (Role.QA_OFFICER, Role.COMMITTEE_CHAIR))
    base = editions.current(initiative.institution)
    wrong = editions.looser(base.data, asked)
    if wrong:
        raise WrongPolicy(wrong)
    try:
        editions.tightened(base.data, asked)
    except BadPolicy as bad:
        raise WrongPolicy(bad.wrong) from bad
    initiative.tightening = asked
    initiative.save(update_fields=["tightening"])
    public_id = str(initiative.institution.public_id)
    about = {"initiative": str(initiative.public_id), "asked": asked}
    ledger.append(f"institution:{public_id}", "tighten_policy", actor=actor, organization=public_id, data=about)
    return initiative


def _record(draft: PolicyDraft, type_: str, actor: User, **data: str) -> None:
    public_id = str(draft.institution.public_id)
    facts = {"draft": str(draft.public_id), **data}
    ledger.append(f"institution:{public_id}", type_, actor=actor, organization=public_id, data=facts)

"""What is done about an initiative as a whole: its study, its stacks, its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from people.models import Role, User
from workflows import ledger
from workflows.errors import Missing, NotAllowed, NotYours, Refusal
from workflows.models import Initiative, MicroCredential, Stack, Study, Version
from workflows.stacks import RULES
from workflows.stations import STATIONS
from workflows.studies import StudyRecord

UNDER_WAY = [stage for stage, station in STATIONS.items() if not station.issues and station.stop is not None]
WHO = {Role.PROPOSER, Role.ACADEMIC_LEAD, Role.QA_OFFICER}


@contextmanager
def _opened(initiative_id: int, actor: User) -> Iterator[Initiative]:
    """Lock an initiative for one act. Raises `NotYours` for one that is unknown or another institution's."""
    with transaction.atomic():
        rows = Initiative.objects.select_for_update(of=("self",)).select_related("institution")
        initiative = rows.filter(pk=initiative_id).first()
        if initiative is None:
            raise NotYours
        roles = set(
            actor.memberships.filter(organization=initiative.institution, ended_at=None).values_list("role", flat=True)
        )
        if not roles or not actor.is_active:
            raise NotYours
        if not roles & WHO:
            raise NotAllowed
        if initiative.ended_on is not None:
            raise Refusal(_("This initiative has ended."))
        yield initiative


def _stream(initiative: Initiative) -> str:
    return f"initiative:{initiative.public_id}"


def keep_study(*, initiative_id: int, actor: User, record: dict[str, Any]) -> Study:
    """Keep the record of a study: instruments, consent, sample, findings. One study for each initiative."""
    with _opened(initiative_id, actor) as initiative:
        try:
            kept = StudyRecord.model_validate(record)
        except ValidationError as wrong:
            raise Missing(what=_("a record of a study as its form has it")) from wrong
        if kept.instruments and not kept.consent:
            raise Missing(what=_("the consent of the study, apart from the consent of an enrolment"))
        study, _new = Study.objects.update_or_create(
            initiative=initiative, defaults={"record": kept.model_dump(mode="json")}
        )
        ledger.append(
            _stream(initiative),
            "keep_study",
            actor=actor,
            organization=str(initiative.institution.public_id),
            data={"findings": len(kept.findings)},
        )
        return study


def make_stack(
    *, initiative_id: int, actor: User, title_en: str, title_fr: str = "", rule: str = "all", needed: int | None = None
) -> Stack:
    """Begin a whole of several parts; the parts are added as they come to be."""
    with _opened(initiative_id, actor) as initiative:
        if rule not in RULES or (rule == "n_of_m" and not needed):
            raise Missing(what=_("the rule of the stack: all parts, a number of them, or all in their order"))
        if not (title_en.strip() or title_fr.strip()):
            raise Missing(what=_("the title"))
        stack = Stack.objects.create(
            initiative=initiative, title_en=title_en, title_fr=title_fr, rule=rule, needed=needed
        )
        ledger.append(
            _stream(initiative),
            "make_stack",
            actor=actor,
            organization=str(initiative.institution.public_id),
            data={"stack": stack.pk, "rule": rule},
        )
        return stack


def add_part(*, stack_id: int, actor: User, micro_credential: MicroCredential) -> Stack:
    """Add a part to a stack, also long after its first one was awarded."""
    stack = Stack.objects.filter(pk=stack_id).first()
    if stack is None:
        raise NotYours
    with _opened(stack.initiative_id, actor) as initiative:
        if micro_credential.institution_id != initiative.institution_id:
            raise NotYours
        stack.parts.add(micro_credential)
        ledger.append(
            _stream(initiative),
            "add_part",
            actor=actor,
            organization=str(initiative.institution.public_id),
            data={"stack": stack.pk, "part": str(micro_credential.public_id)},
        )
        return stack


def end_initiative(*, initiative_id: int, actor: User, outcome: str) -> Initiative:
    """End a project, also one that made no credential; what came of it is said."""
    with _opened(initiative_id, actor) as initiative:
        if not outcome.strip():
            raise Missing(what=_("what came of it"))
        if Version.objects.filter(micro_credential__initiative=initiative, stage__in=UNDER_WAY).exists():
            raise Refusal(_("A proposal of this initiative is still under way. Withdraw it, or wait for its end."))
        initiative.ended_on, initiative.outcome = timezone.localdate(), outcome
        initiative.save(update_fields=["ended_on", "outcome"])
        ledger.append(
            _stream(initiative),
            "end_initiative",
            actor=actor,
            organization=str(initiative.institution.public_id),
            data={},
        )
        return initiative

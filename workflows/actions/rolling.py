"""A new edition and the cases that are under way: first a dry run over all of them, then one step that moves them.

Both are done by a worker, a hundred cases to a transaction, and may be killed and begun again at any moment: a case's
own finding says that it was done. The step looks at each case anew under its lock, so what happened since the dry run
counts; a case that would lose something stays with its edition and is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organization, Role, User
from people.wakeups import after_commit
from workflows import ledger
from workflows.actions.governing import document_of, refuse_without
from workflows.door import found
from workflows.errors import Missing, NotYours, Refusal
from workflows.models import (
    Initiative,
    Panel,
    Policy,
    PolicyFinding,
    PolicyRun,
    Seat,
    Version,
)
from workflows.panels import PARTNER_KINDS
from workflows.policies import editions
from workflows.policies.document import plain
from workflows.policies.moving import Looked, move
from workflows.stations import STATIONS
from workflows.voices import gathered

CHUNK = 100
MAY_LOOK = (Role.ADMINISTRATOR, Role.QA_OFFICER, Role.COMMITTEE_CHAIR)
MAY_MOVE = (Role.QA_OFFICER, Role.COMMITTEE_CHAIR)
RUNNING = [stage for stage, station in STATIONS.items() if station.stop is not None]


def running(institution: Organization) -> QuerySet[Version]:
    """Every case of an institution that has not ended."""
    return Version.objects.filter(institution=institution, stage__in=RUNNING)


def dry_run(
    *, institution_id: int, actor: User, edition_id: int | None = None, draft_id: int | None = None
) -> PolicyRun:
    """Have a worker say for every running case what an edition, or a draft, would change. Nothing changes."""
    institution = found(Organization, institution_id)
    refuse_without(actor, institution, MAY_LOOK)
    edition = _edition(institution, edition_id) if edition_id is not None else None
    if edition is not None:
        return _ask(institution, actor, PolicyRun.Act.DRY_RUN, edition.data, edition=edition, draft=None)
    draft = institution.policy_drafts.filter(pk=draft_id or 0).first()
    if draft is None:
        raise NotYours
    return _ask(institution, actor, PolicyRun.Act.DRY_RUN, plain(document_of(draft.text)), edition=None, draft=draft)


def roll_out(*, institution_id: int, actor: User, edition_id: int) -> PolicyRun:
    """Have a worker move every running case to an adopted edition, after a dry run of the same edition."""
    institution = found(Organization, institution_id)
    refuse_without(actor, institution, MAY_MOVE)
    edition = _edition(institution, edition_id)
    looked = edition.runs.filter(act=PolicyRun.Act.DRY_RUN, done_at__isnull=False)
    if not looked.exists():
        raise Missing(what=_("a finished dry run of this edition"))
    if edition.in_force_from is not None and edition.in_force_from > timezone.localdate():
        raise Refusal(_("This edition is not in force yet. Running cases move from its first day on."))
    return _ask(institution, actor, PolicyRun.Act.ROLL_OUT, edition.data, edition=edition, draft=None)


def _edition(institution: Organization, edition_id: int) -> Policy:
    edition = institution.policies.filter(pk=edition_id, initiative=None).first()
    if edition is None:
        raise NotYours
    return edition


@transaction.atomic
def _ask(institution: Organization, actor: User, act: str, data: dict[str, Any], **about: Any) -> PolicyRun:
    """One open run of each kind at a time; a second request for the same rules is the first one."""
    Organization.objects.select_for_update().get(pk=institution.pk)
    waiting = institution.policy_runs.filter(act=act, done_at=None, set_aside_at=None).first()
    if waiting is not None:
        if waiting.data == data:
            return waiting
        raise Refusal(_("Another run over the running cases is not over yet. Wait for its end."))
    total = running(institution).exclude(policy=about["edition"]).count()
    run = PolicyRun.objects.create(institution=institution, act=act, data=data, actor=actor, total=total, **about)
    if act == PolicyRun.Act.ROLL_OUT:
        _record(run, "begin_roll_out", cases=total)
    after_commit(run)
    return run


def work_off(run: PolicyRun) -> None:
    """Go through the cases that have no finding yet, chunk by chunk, and say at the end what came of it."""
    while _chunk(run):
        pass
    _end(run)


@transaction.atomic
def _chunk(run: PolicyRun) -> bool:
    """Look at the next cases, and in a roll-out move those that lose nothing; False when none is left."""
    rest = running(run.institution).exclude(pk__in=run.findings.values("version")).order_by("pk")
    if run.edition is not None:
        rest = rest.exclude(policy=run.edition)
    keys = list(rest.values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return False
    if run.act == PolicyRun.Act.ROLL_OUT:
        # Locked in the order of their keys, so that two workers never wait for each other; what one did is left out.
        list(Version.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))
        done = set(run.findings.filter(version__in=keys).values_list("version_id", flat=True))
        keys = [key for key in keys if key not in done]
    versions = _gathered(keys)
    targets = {initiative: _target(run, initiative) for initiative in {_initiative(version) for version in versions}}
    rows = gathered(versions, PARTNER_KINDS)
    looked = [Looked(version, targets[_initiative(version)], rows) for version in versions]
    findings = [_finding(run, one) for one in looked]
    if run.act == PolicyRun.Act.ROLL_OUT:
        move([one for one in looked if one.effect.moves and one.version.policy_id != one.edition.pk], run.actor)
    PolicyFinding.objects.bulk_create(findings, ignore_conflicts=True)
    return True


def _initiative(version: Version) -> int | None:
    initiative = version.micro_credential.initiative
    return initiative.pk if initiative.tightening else None


def _gathered(keys: Sequence[int]) -> list[Version]:
    """The cases with what their effects look at, in a number of statements that does not grow with them."""
    seats = Seat.objects.select_related("person", "organization__part_of", "decision", "invitation").order_by("pk")
    panels = Panel.objects.filter(closed_at=None).select_related("policy").prefetch_related(Prefetch("seats", seats))
    rows = Version.objects.filter(pk__in=keys).select_related(
        "policy", "snapshot", "institution", "proposer", "micro_credential__initiative", "successor_of"
    )
    return list(rows.prefetch_related(Prefetch("panels", panels), "exemptions").order_by("pk"))


def _target(run: PolicyRun, initiative_id: int | None) -> Policy:
    """The rules for the cases of one initiative: the edition itself, or with what the initiative asks beside it."""
    edition = run.edition or Policy(institution=run.institution, edition=run.data["policy"], data=run.data)
    if initiative_id is None:
        return edition
    initiative = Initiative.objects.get(pk=initiative_id)
    if run.act == PolicyRun.Act.ROLL_OUT:
        return editions.for_initiative(edition, initiative)
    stricter = editions.tightened(edition.data, initiative.tightening)
    return Policy(institution=run.institution, edition=edition.edition, data=stricter)


def _finding(run: PolicyRun, one: Looked) -> PolicyFinding:
    return PolicyFinding(
        run=run,
        version=one.version,
        stage=one.version.stage,
        before=one.before.edition,
        moves=one.effect.moves,
        changes=one.effect.changes,
        effect=one.effect.as_data(),
    )


@transaction.atomic
def _end(run: PolicyRun) -> None:
    """Say once how many cases move and how many stay."""
    locked = PolicyRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.summary is not None:
        return
    counts = Counter(locked.findings.values_list("moves", "changes"))
    moved = counts[True, True] + counts[True, False]
    stays = counts[False, True] + counts[False, False]
    locked.summary = {"moves": moved, "stays": stays, "changes": counts[True, True]}
    locked.save(update_fields=["summary"])
    if locked.act == PolicyRun.Act.ROLL_OUT:
        _record(locked, "end_roll_out", moved=moved, stayed=stays)


def _record(run: PolicyRun, type_: str, **data: int) -> None:
    public_id = str(run.institution.public_id)
    facts = {"run": str(run.public_id), "edition": run.data["policy"], **data}
    ledger.append(f"institution:{public_id}", type_, actor=run.actor, organization=public_id, data=facts)

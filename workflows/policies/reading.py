"""What pages show of policies: editions, drafts, runs and what they found."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from people.models import Membership, Organization, Role, User
from workflows.actions import governing, rolling
from workflows.errors import NotYours
from workflows.models import Policy, PolicyDraft, PolicyFinding, PolicyRun


def drafts(institution: Organization) -> list[PolicyDraft]:
    """The drafts that are neither adopted nor dropped, the newest first."""
    rows = institution.policy_drafts.filter(edition=None, dropped_at=None)
    return list(rows.select_related("put_forward_by", "seconded_by").order_by("-updated_at"))


def draft_of(institution: Organization, public_id: UUID) -> PolicyDraft:
    """One draft. Raises `NotYours`."""
    rows = institution.policy_drafts.select_related("begun_from", "put_forward_by", "seconded_by", "edition")
    draft = rows.prefetch_related("writers").filter(public_id=public_id).first()
    if draft is None:
        raise NotYours
    return draft


def edition_of(institution: Organization, key: int) -> Policy:
    """One edition that the institution adopted. Raises `NotYours`."""
    rows = institution.policies.filter(initiative=None).select_related("adopted_by", "seconded_by")
    edition = rows.filter(pk=key).first()
    if edition is None:
        raise NotYours
    return edition


def run_of(institution: Organization, public_id: UUID) -> PolicyRun:
    """One run over the running cases. Raises `NotYours`."""
    rows = institution.policy_runs.select_related("edition", "draft", "actor")
    run = rows.filter(public_id=public_id).first()
    if run is None:
        raise NotYours
    return run


def runs_of(edition: Policy) -> list[PolicyRun]:
    """The runs of an edition, the newest first."""
    return list(edition.runs.select_related("actor").order_by("-created_at"))


def findings(run: PolicyRun) -> QuerySet[PolicyFinding]:
    """What a run found: first the cases that stay, then those for which something changes, then the others."""
    rows = run.findings.select_related("version__micro_credential", "version__proposer")
    return rows.order_by("moves", "-changes", "version")


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    done: int
    total: int
    over: bool
    set_aside: bool


def progress(run: PolicyRun) -> Progress:
    """Counted from the findings themselves."""
    done = run.findings.count()
    return Progress(done, max(run.total, done), run.done_at is not None, run.set_aside_at is not None)


def pinned(edition: Policy) -> int:
    """How many running cases are pinned to an edition, or to one that an initiative made of it."""
    institution = edition.institution
    mine = rolling.running(institution).filter(policy=edition).count()
    return mine + rolling.running(institution).filter(policy__tightened_from=edition).count()


@dataclass(frozen=True)
class May:
    """What a person may do about the policy of an institution."""

    write: bool
    second: bool
    adopt: bool
    look: bool
    move: bool
    settings: bool


def may(person: User, institution: Organization) -> May:
    """By the roles that the person holds there today."""
    held = Membership.objects.filter(user=person, organization=institution, ended_at=None)
    roles = set(held.values_list("role", flat=True))
    return May(
        write=bool(roles & set(governing.WRITERS)),
        second=bool(roles & set(governing.SECONDERS)),
        adopt=bool(roles & set(governing.ADOPTERS)),
        look=bool(roles & set(rolling.MAY_LOOK)),
        move=bool(roles & set(rolling.MAY_MOVE)),
        settings=bool(roles & {Role.ADMINISTRATOR, Role.QA_OFFICER, Role.AUDITOR}),
    )


def wrote(draft: PolicyDraft, person: User) -> bool:
    """Whether somebody wrote or put forward a draft, and so neither seconds nor adopts it."""
    return draft.put_forward_by_id == person.pk or person in draft.writers.all()

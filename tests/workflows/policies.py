"""Editions and their roll-out, as tests and benchmarks bring them about."""

from __future__ import annotations

from django.utils import timezone

from people.models import User
from tests.cast import Cast
from workflows import rights
from workflows.actions import governing, rolling
from workflows.models import Policy, PolicyDraft, PolicyRun
from workflows.policies.text import write
from workflows.policy import DEFAULT_POLICY

WHY = "Two voices were too few last year."


def adele_of(cast: Cast) -> User:
    """The administrator, who writes policies and decides nothing."""
    person, _made = User.objects.get_or_create(email="adele@taravelle.example", defaults={"name": "Adele"})
    rights.add_member(user=person, organization=cast.college, role="administrator")
    return person


def text_of(**changes: object) -> str:
    """The default policy under another name, with these parts changed."""
    parts = {
        name: {**DEFAULT_POLICY[name], **change} if isinstance(change, dict) else change
        for name, change in changes.items()
    }
    return write({**DEFAULT_POLICY, "policy": "taravelle/2", **parts})


def written(cast: Cast, **changes: object) -> PolicyDraft:
    """A draft that the administrator has written."""
    adele = adele_of(cast)
    draft = governing.begin_draft(institution_id=cast.college.pk, actor=adele)
    return governing.save_draft(
        draft_id=draft.pk, actor=adele, expected=draft.number, text=text_of(**changes), reason=WHY
    )


def adopted(cast: Cast, **changes: object) -> Policy:
    """An edition that came the whole way and is in force today."""
    draft = written(cast, **changes)
    draft = governing.put_forward(
        draft_id=draft.pk, actor=adele_of(cast), expected=draft.number, in_force_from=timezone.localdate()
    )
    draft = governing.second(draft_id=draft.pk, actor=cast.quinn, expected=draft.number)
    return governing.adopt(draft_id=draft.pk, actor=cast.chair, expected=draft.number)


def looked_at(cast: Cast, edition: Policy) -> PolicyRun:
    """A dry run of an edition, done."""
    run = rolling.dry_run(institution_id=cast.college.pk, actor=cast.quinn, edition_id=edition.pk)
    return done(run)


def rolled_out(cast: Cast, edition: Policy) -> PolicyRun:
    """A roll-out, done."""
    looked_at(cast, edition)
    return done(rolling.roll_out(institution_id=cast.college.pk, actor=cast.quinn, edition_id=edition.pk))


def done(run: PolicyRun) -> PolicyRun:
    """Work a run off in this process."""
    rolling.work_off(run)
    PolicyRun.objects.filter(pk=run.pk).update(done_at=timezone.now())
    run.refresh_from_db()
    return run

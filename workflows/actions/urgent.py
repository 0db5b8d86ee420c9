"""T31: safety guidance has changed. The chair and one partner release a successor for ninety days; its full course runs
in a copy."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import dossier, rights
from workflows.actions.gates import publish
from workflows.actions.proposing import freeze
from workflows.actions.revising import successor, supersede
from workflows.door import Passage, opened
from workflows.errors import Missing, NotAllowed, Refusal
from workflows.freshness import next_review, start_clocks
from workflows.guards import not_own, reasoned, refuse_places
from workflows.locks import predecessor_locked
from workflows.models import Panel, PanelKind, Version
from workflows.panels import Place
from workflows.policy import State, quorum, setting
from workflows.records import decide, named
from workflows.rounds import close_rounds, days_of, open_round
from workflows.stations import Stage
from workflows.timers import Kind, arm, begin_of
from workflows.voices import voices

# What changed safety guidance touches; everything else waits for the full course.
SAFETY_FACETS = {"competencies", "assessment", "rubric", "presentation"}


def _refuse_wider(version: Version) -> Version:
    """Only a successor of a version in use, changed where safety guidance touches it and nowhere else."""
    before = version.successor_of
    if before is None or before.stage != Stage.ACTIVE:
        raise Refusal(_("Only the successor of a version in use can be released urgently."))
    old, new = dossier.facet_digests(before.content), dossier.facet_digests(version.content)
    changed = {name for name in new if new[name] != old[name]}
    if not changed:
        raise Missing(what=_("the change that the safety guidance asks for"))
    if changed - SAFETY_FACETS:
        raise Refusal(
            _("An urgent release changes only what safety guidance touches, and this one changes more: %(facets)s."),
            facets=", ".join(sorted(changed - SAFETY_FACETS)),
        )
    return before


def ask_urgent_release(*, version_id: int, actor: User, expected: int, place: Place, reason: str) -> Panel:
    """The chair asks one partner by link whether the changed assessment reflects the job; the draft is frozen."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        if version.stage != Stage.DRAFT:
            raise Refusal(_("An urgent release starts from a draft."))
        if not rights.holds(actor, version, "chair"):
            raise NotAllowed
        not_own(passage)
        if not reason.strip():
            raise Missing(what=_("a reason"))
        _refuse_wider(version)
        refuse_places(version, PanelKind.ENDORSEMENT, [place])
        freeze(passage)
        close_rounds(version, "asked_again")
        panel = open_round(version, PanelKind.ENDORSEMENT, [place], days_of(version, "urgent"))
        passage.record("ask_urgent_release", round=panel.round, reason=reason)
        return panel


def release_urgently(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T31: chair and partner agree; in use for ninety days, while a copy runs the full gates and then supersedes it."""
    with (
        predecessor_locked(version_id),
        opened(version_id=version_id, actor=actor, expected=expected) as passage,
    ):
        version = passage.version
        reasoned(passage, "release_urgently", reason)
        before = _refuse_wider(version)
        _refuse_without_partner(version)
        close_rounds(version, "endorsed")
        decision = decide(passage, "release_urgently", role="committee", reasons=reason)
        publish(version)
        lasts = setting(version.policy.data, "limits_days")["urgent_release"]
        version.urgent_until = timezone.localdate() + timedelta(days=lasts)
        version.review_due_on = next_review(version)
        arm(version, Kind.URGENT_LAPSES, begin_of(version.urgent_until + timedelta(days=1)))
        copy = _in_use(passage, reason, named(decision))
        supersede(before.pk, version)
        return copy.successor_of or version


def _in_use(passage: Passage, reason: str, decision: dict[str, str]) -> Version:
    """Move, and begin the copy that runs the full course."""
    version = passage.version
    assert version.snapshot is not None
    assert version.urgent_until is not None
    copy = successor(passage, proposer=version.proposer)
    passage.move(
        "release_urgently",
        reason=reason,
        until=version.urgent_until.isoformat(),
        digest=version.snapshot.digest,
        successor=str(copy.public_id),
        **decision,
    )
    start_clocks(version)
    return copy


def _refuse_without_partner(version: Version) -> None:
    """One independent partner has endorsed exactly this content, by a proved signature."""
    if version.snapshot is None or version.snapshot.digest != dossier.digest(version.content):
        raise Refusal(_("The content has changed since the partner was asked. Ask again."))
    asked = version.panels.filter(kind=PanelKind.ENDORSEMENT).exists()
    heard = voices(version, PanelKind.ENDORSEMENT) if asked else []
    if not heard or quorum(version.policy.data, "endorsement", heard) != State.MET:
        raise Missing(what=_("the endorsement of one independent partner"))

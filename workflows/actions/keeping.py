"""What happens to a version beside its straight course: override, rejection, review, asking partners again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import cases, ledger, rights
from workflows.actions.ending import retire, set_end, wind_down
from workflows.actions.revising import successor
from workflows.actions.suspending import confirm_suspension, lift, mend_while_suspended, suspend
from workflows.door import Passage, opened, stream_of
from workflows.dossier import Source
from workflows.errors import Blocked, Missing, NotAllowed, Refusal
from workflows.freshness import in_use, next_review, refresh
from workflows.freshness import open_review as begin_review
from workflows.guards import not_followed, reasoned, refuse_places, replied
from workflows.models import Panel, PanelKind, Version
from workflows.packs import newest
from workflows.panels import PARTNER_KINDS, Place
from workflows.policy import State, quorum
from workflows.records import decide, named
from workflows.rounds import close_round, close_rounds, days_of, open_round
from workflows.voices import voices

__all__ = [
    "add_demand_source",
    "ask_again",
    "close_review",
    "confirm_suspension",
    "go_on_without_partner",
    "lift",
    "mend_while_suspended",
    "open_review",
    "reject_at_relevance",
    "replayed_stage",
    "retire",
    "suspend",
    "wind_down",
]


def go_on_without_partner(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T6a: partners declined, but P1a and P1b hold by other voices and an E6a exemption was asked for."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "go_on_without_partner", reason)
        replied(passage)
        version = passage.version
        if not version.exemptions.filter(clause="E6a").exists():
            raise Missing(what=_("a request for an exemption from clause E6a"))
        _refuse_while_partners_may_support(version)
        blocked = [sentence for sentence in cases.blocking(version, "T4") if not sentence.startswith("E6a")]
        if blocked:
            raise Blocked(blocked)
        decision = decide(passage, "go_on_without_partner", role="committee_chair", reasons=reason)
        close_round(version.panels.get(kind=PanelKind.RELEVANCE, closed_at=None), "overridden")
        passage.move("go_on_without_partner", reason=reason, **named(decision))
        return version


def _refuse_while_partners_may_support(version: Version) -> None:
    """An override follows a decline or a silence that ended; it never runs ahead of an answer."""
    state = quorum(version.policy.data, "relevance", voices(version, PanelKind.RELEVANCE))
    if state == State.MET:
        raise Refusal(_("Partners support it. Confirm the demand instead."))
    if state == State.OPEN:
        raise Refusal(
            _("Partners can still answer. Go on without them when they have declined, or when their seats are closed.")
        )


def reject_at_relevance(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T6b: the chair rejects, with reasons; the proposal may be submitted anew."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        reasoned(passage, "reject_at_relevance", reason)
        decision = decide(passage, "reject_at_relevance", role="committee_chair", reasons=reason)
        close_rounds(passage.version, "rejected")
        passage.move("reject_at_relevance", reason=reason, **named(decision))
        return passage.version


def open_review(*, version_id: int, trigger: str) -> Version:
    """T21: the system opens the periodic review on its date or on a trigger."""
    with opened(version_id=version_id, actor=None) as passage:
        begin_review(passage, trigger)
        return passage.version


def close_review(
    *,
    version_id: int,
    actor: User,
    expected: int,
    reason: str,
    wind_down: bool = False,
    new_version: bool = False,
    answers: dict[str, Any] | None = None,
    last_start_on: date | None = None,
    teach_out_ends_on: date | None = None,
) -> Version:
    """T22: back to use with fresh demand, or on to the end of the offer; either may begin a new version.

    `answers` are those of F7. Exemptions that were asked for are signed with the decision.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        verb = "close_review_to_expiring" if wind_down else "close_review"
        reasoned(passage, verb, reason)
        if wind_down:
            set_end(version, last_start_on, teach_out_ends_on)
        else:
            not_followed(passage)
            _fresh(passage)
            version.review_due_on = next_review(version)
        pack = newest(version)
        rests_on = {**(answers or {}), **({"pack": pack.digest} if pack is not None else {})}
        decision = decide(passage, verb, role="committee", reasons=reason, answers=rests_on)
        following = successor(passage, proposer=version.proposer) if new_version else None
        more = {"successor": str(following.public_id)} if following is not None else {}
        passage.move(verb, reason=reason, **named(decision), **more)
        refresh(passage)
        return version


def _fresh(passage: Passage) -> None:
    """Only with demand in force, or an exemption that this decision signs, does a version go back into use."""
    version = passage.version
    version.exemptions.filter(signed_at=None).update(signed_at=timezone.now())
    blocked = [*cases.blocking(version, "T22"), *cases.unmet(version, "E6a")]
    if blocked:
        raise Blocked(blocked)


def ask_again(*, version_id: int, actor: User, kind: PanelKind, places: list[Place]) -> Panel:
    """Ask partners afresh about a version in use, by the same short form; the earlier answers count until then."""
    with opened(version_id=version_id, actor=actor) as passage:
        version = passage.version
        if not rights.holds(actor, version, "screen"):
            raise NotAllowed
        if kind not in PARTNER_KINDS:
            raise Refusal(_("Only partners are asked again while a version is in use."))
        if not in_use(version):
            raise Refusal(_("Partners are asked again only about a version that is in use."))
        if version.panels.filter(kind=kind, closed_at=None).exists():
            raise Refusal(_("A round of this kind is open already."))
        refuse_places(version, kind, places)
        panel = open_round(version, kind, places, days_of(version, kind.value), afresh=True)
        passage.record("ask_again", panel=str(kind), round=panel.round, seats=len(places))
        return panel


def add_demand_source(*, version_id: int, actor: User, source: dict[str, Any]) -> Version:
    """Gather a fresh source of demand for the review (F7). It counts for P1a and changes no facet."""
    with opened(version_id=version_id, actor=actor) as passage:
        version = passage.version
        if not any(rights.holds(actor, version, grant) for grant in ("submit", "design", "screen")):
            raise NotAllowed
        if not in_use(version):
            raise Refusal(_("Before a version is in use, its sources belong to the proposal."))
        dated = Source.model_validate(source)
        if dated.on is None or dated.on > timezone.localdate() or not dated.claim:
            raise Missing(what=_("what the source says, and its day, which is not in the future"))
        version.fresh_sources = [*version.fresh_sources, dated.model_dump(mode="json")]
        passage.record("add_demand_source", on=dated.on.isoformat())
        refresh(passage)
        return version


def replayed_stage(version: Version) -> str:
    """The stage that the ledger's own history leads to (`promises.md` PR8)."""
    stage = "draft"
    for event in ledger.events_of(stream_of(version)):
        stage = event.data.get("stage", stage)
        if "to" in event.data:
            stage = event.data["to"] if event.data["from"] == stage else f"a gap before {event.sequence}"
    return stage

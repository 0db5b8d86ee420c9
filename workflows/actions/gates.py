"""The two gates: seating the committee, and carrying out what its votes say (T10, T10b, T10c, T15, T16, T17)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from people.models import User
from workflows import achievements, cases, rights
from workflows.award_course import close_results
from workflows.door import Passage, opened
from workflows.errors import Blocked, Missing, NotAllowed, OwnWork, Refusal
from workflows.guards import not_own, own_work, refuse_places, replied, request_changes, unblocked
from workflows.key_uses import note_use
from workflows.lineage import piloted_before
from workflows.models import Condition, Decision, Panel, PanelKind, Seat, SeatState, Version
from workflows.panels import PARTNER_KINDS, Place
from workflows.policy import GOES_ON, carried, months_after, setting
from workflows.records import decide, named
from workflows.rounds import (
    close_reopened,
    close_round,
    close_rounds,
    days_of,
    open_panel,
    open_round,
    places_of,
)
from workflows.stations import Stage
from workflows.timers import arm_condition, end_of

COMMITTEE_VERBS = {
    (PanelKind.PILOT_APPROVAL, "approve"): "approve_pilot",
    (PanelKind.PILOT_APPROVAL, "approve_with_conditions"): "approve_pilot",
    (PanelKind.PILOT_APPROVAL, "waive_pilot"): "waive_pilot",
    (PanelKind.PILOT_APPROVAL, "return"): "return_pilot_approval",
    (PanelKind.PILOT_APPROVAL, "return_to_draft"): "return_pilot_approval_to_draft",
    (PanelKind.PILOT_APPROVAL, "defer"): "defer_pilot_approval",
    (PanelKind.PILOT_APPROVAL, "reject"): "reject_pilot",
    (PanelKind.FINAL_APPROVAL, "approve"): "approve",
    (PanelKind.FINAL_APPROVAL, "approve_with_conditions"): "approve_with_conditions",
    (PanelKind.FINAL_APPROVAL, "return"): "return_final",
    (PanelKind.FINAL_APPROVAL, "return_to_draft"): "return_final_to_draft",
    (PanelKind.FINAL_APPROVAL, "defer"): "defer_final",
    (PanelKind.FINAL_APPROVAL, "reject"): "reject_final",
}
HEARD = {SeatState.ANSWERED, SeatState.CARRIED}


def open_committee(passage: Passage, kind: PanelKind, committee: list[Place]) -> Panel:
    """Seat a committee of at least the policy's number, nobody of whom wrote, one from outside the unit."""
    version = passage.version
    rule = setting(version.policy.data, "committee")
    refuse_places(version, kind, committee)
    if len(committee) < rule["members_min"]:
        raise Missing(what=_("a committee of at least %d members") % rule["members_min"])
    _refuse_inside(version, sum(place.outside_unit for place in committee))
    for place in committee:
        _refuse_member(version, place.person)
    return open_round(version, kind, committee, days_of(version, kind.value))


def _refuse_inside(version: Version, outside: int) -> None:
    if outside < setting(version.policy.data, "committee")["outside_proposing_unit"]:
        raise Missing(what=_("a committee member from outside the proposing unit"))


def _refuse_member(version: Version, person: User) -> None:
    if not rights.holds(person, version, "decide"):
        raise NotAllowed(_("Only members of the institution's committee can be seated on it."))
    if own_work(version, person):
        raise OwnWork(_("A committee member who wrote part of the version cannot be seated."))


def refuse_committee(seat: Seat, version: Version, person: User, *, outside_unit: bool) -> None:
    """The guards of `open_committee` for one person who takes over a seat."""
    others = seat.panel.seats.exclude(pk=seat.pk).exclude(state=SeatState.RECUSED)
    _refuse_inside(version, others.filter(outside_unit=True).count() + outside_unit)
    _refuse_member(version, person)


def close_committee(
    *,
    version_id: int,
    actor: User,
    expected: int,
    conditions: list[dict[str, Any]] | None = None,
    requests: dict[str, str] | None = None,
    to_draft: bool = False,
    letter: str = "",
    new_due_in_days: int | None = None,
) -> Version:
    """Carry out what the votes say at gate 2 or 3 (T10, T10b, T10c, T15, T16, T17). Nobody can choose another outcome.

    What is enough of those present and of the votes cast says the policy, by default a majority; a tie defers
    (`lifecycle.md` 6.1): then a new round of the same members opens for `new_due_in_days` business days, else as the
    policy says, in which approvals stand and the others are asked again. A return goes to the design, or `to_draft`.
    The one who closes holds a seat on the panel. Without a `letter` the members' own reasons stand in the record.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        kind = PanelKind.PILOT_APPROVAL if version.stage == Stage.PILOT_APPROVAL else PanelKind.FINAL_APPROVAL
        panel = open_panel(version, kind)
        outcome = carried_by(panel)
        verb = COMMITTEE_VERBS[kind, "return_to_draft" if outcome == "return" and to_draft else outcome]
        passage.ask(verb)
        not_own(passage)
        if not panel.seats.filter(person=actor).exists():
            raise NotAllowed(_("Only a member of this panel closes it."))
        if outcome in GOES_ON:
            _approve(passage, kind, outcome, conditions or [])
        elif outcome == "return":
            request_changes(passage, requests or {})
        decision = _outcome(passage, panel, outcome, letter)
        _close(passage, panel, outcome, new_due_in_days)
        passage.move(verb, outcome=outcome, round=panel.round, **named(decision))
        return version


def _close(passage: Passage, panel: Panel, outcome: str, new_due_in_days: int | None) -> None:
    """End the round, and what ends or begins with it."""
    version, kind = passage.version, PanelKind(panel.kind)
    close_round(panel, outcome)
    if outcome == "defer":
        open_round(version, kind, places_of(panel), new_due_in_days or days_of(version, "deferred"))
    elif outcome == "waive_pilot":
        open_committee(passage, PanelKind.FINAL_APPROVAL, places_of(panel))
    elif outcome in {"return", "reject"}:
        close_rounds(version, outcome)
    if outcome == "reject":
        close_results(version)


def carried_by(panel: Panel) -> str:
    """What the votes carry: a choice of the form, or `defer` on a tie or without a quorum.

    Raises `Refusal` while seats are open and more votes could change the outcome.
    """
    seats = [seat for seat in panel.seats.select_related("decision") if seat.state != SeatState.RECUSED]
    votes = [(seat.decision.choice, seat.outside_unit) for seat in seats if seat.state in HEARD]
    still_open = sum(seat.state == SeatState.OPEN for seat in seats)
    if still_open and timezone.now() < panel.due_at:
        raise Refusal(_("Some members have not voted yet, and their time has not ended."))
    rule = setting(panel.policy.data, "committee")
    return carried(rule, votes, len(seats))


def _approve(passage: Passage, kind: PanelKind, outcome: str, conditions: list[dict[str, Any]]) -> None:
    version = passage.version
    version.exemptions.filter(signed_at=None).update(signed_at=timezone.now())
    missing = cases.community_open(version)
    if missing:
        raise Blocked(missing)
    if kind == PanelKind.FINAL_APPROVAL:
        waiting = Q(set_at_gate=PanelKind.PILOT_APPROVAL) | Q(blocks="approve")
        if version.conditions.filter(waiting, closed_at=None).exists():
            raise Refusal(
                _("A condition of the pilot approval or of a partner is still open. Whoever set it closes it first.")
            )
        unblocked(passage, "T15")
        replied(passage)
        close_reopened(version, *PARTNER_KINDS)
        publish(version)
        _sign_quality(version)
    else:
        unblocked(passage, "T10")
        if outcome == "waive_pilot":
            refuse_waiver(version)
    _set_conditions(passage, kind, outcome, conditions)


def refuse_waiver(version: Version) -> None:
    """T10c: only a later version whose assessment, rubric and evidence were tried in a finished pilot needs none."""
    if piloted_before(version) is None:
        raise Refusal(
            _(
                "A new pilot is needed: only a later version whose assessment, rubric and evidence rules are unchanged"
                " since a finished pilot can go on without one."
            )
        )


def publish(version: Version) -> None:
    """Make the achievement of the exact snapshot public."""
    assert version.snapshot is not None
    badges.publish_achievement(
        public_id=version.public_id,
        issuer=version.institution,
        document=achievements.document(version),
        snapshot_digest=version.snapshot.digest,
        facets=version.snapshot.facets,
    )


def _sign_quality(version: Version) -> None:
    """Sign the quality approval over the exact snapshot (T15)."""
    assert version.snapshot is not None
    approval = badges.issue_endorsement(
        issuer=version.institution,
        kind="quality_approval",
        achievement_url=cases.achievement_url(version),
        snapshot_digest=version.snapshot.digest,
        comment="",
        valid_until=end_of(months_after(timezone.localdate(), setting(version.policy.data, "review_months")["full"])),
    )
    note_use(approval, actor=None, version=version)


def _set_conditions(passage: Passage, kind: PanelKind, outcome: str, conditions: list[dict[str, Any]]) -> None:
    """Conditions are complete: each has a text, an owner who is not the one who sets it, and a date."""
    version, actor = passage.version, passage.actor
    assert actor is not None
    if outcome == "approve_with_conditions" and not conditions:
        raise Missing(what=_("the conditions, each with owner and date"))
    for condition in conditions:
        if not (str(condition.get("text", "")).strip() and condition.get("owner") and condition.get("due_on")):
            raise Missing(what=_("a text, an owner and a date for each condition"))
        if condition["owner"].pk == actor.pk:
            raise OwnWork(_("The owner of a condition is somebody else than the person who sets it."))
        arm_condition(Condition.objects.create(version=version, set_by=actor, set_at_gate=kind, **condition))
    version.conditions_open = version.conditions.filter(closed_at=None).exists()


def _outcome(passage: Passage, panel: Panel, outcome: str, letter: str) -> Decision:
    given = panel.decisions.filter(seat__isnull=False).exclude(reasons="").order_by("pk")
    reasons = letter or "\n\n".join(given.values_list("reasons", flat=True))
    return decide(passage, outcome, role="committee", reasons=reasons, panel=panel)

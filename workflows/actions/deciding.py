"""What the quality office and its committee decide: screening, closing rounds, gates, holds."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Role, User
from workflows import cases, ledger, rights
from workflows.actions.proposing import freeze, note_contribution
from workflows.door import Passage, found, opened, stream_of
from workflows.errors import Blocked, Missing, NotAllowed, OwnWork, Refusal
from workflows.models import (
    ChangeRequest,
    Condition,
    Decision,
    Exemption,
    Panel,
    PanelKind,
    SeatState,
    Version,
)
from workflows.panels import Place, close_round, give_back, open_round, places_of
from workflows.stations import Stage

COMMITTEE_VERBS = {
    (PanelKind.PILOT_APPROVAL, "approve"): "approve_pilot",
    (PanelKind.PILOT_APPROVAL, "return"): "return_pilot_approval",
    (PanelKind.PILOT_APPROVAL, "defer"): "defer_pilot_approval",
    (PanelKind.PILOT_APPROVAL, "reject"): "reject_pilot",
    (PanelKind.FINAL_APPROVAL, "approve"): "approve",
    (PanelKind.FINAL_APPROVAL, "approve_with_conditions"): "approve_with_conditions",
    (PanelKind.FINAL_APPROVAL, "return"): "return_final",
    (PanelKind.FINAL_APPROVAL, "defer"): "defer_final",
    (PanelKind.FINAL_APPROVAL, "reject"): "reject_final",
}


def _days(version: Version, clock: str) -> int:
    return int(version.policy.data["clocks_days"][clock])


def _not_own(passage: Passage) -> None:
    if passage.actor is not None and passage.version.contributions.filter(person=passage.actor).exists():
        raise OwnWork


def _unblocked(passage: Passage, code: str) -> None:
    reasons = cases.blocking(passage.version, code)
    if reasons:
        raise Blocked(reasons)


def _requests(passage: Passage, requests: dict[str, str]) -> None:
    given = {facet: text for facet, text in requests.items() if text.strip()}
    if not given:
        raise Missing(what=_("a reason for at least one section"))
    assert passage.actor is not None
    for facet, text in given.items():
        ChangeRequest.objects.create(version=passage.version, facet=facet, text=text, asked_by=passage.actor)


def return_from_screening(*, version_id: int, actor: User, expected: int, requests: dict[str, str]) -> Version:
    """T2: back to the proposer, with a reason per section."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("return_from_screening")
        _not_own(passage)
        _requests(passage, requests)
        passage.move("return_from_screening", facets=sorted(requests))
        return passage.version


def accept(*, version_id: int, actor: User, expected: int, sheet: dict[str, Any], places: list[Place]) -> Panel:
    """T3: accept for review; the relevance round opens and its links go out."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("accept")
        _not_own(passage)
        for answer in ("in_scope", "indigenous_question", "partner_relations"):
            if not sheet.get(answer):
                raise Missing(what=_("the screening sheet: %s") % answer.replace("_", " "))
        if not places:
            raise Missing(what=_("at least one reviewer to ask"))
        _unblocked(passage, "T3")
        # Replies to ratings of an earlier round stay: they belong to the version, not to the sheet.
        replies = passage.version.screening.get("rating_replies", {})
        passage.version.screening = {**sheet, "rating_replies": replies}
        panel = open_round(passage.version, PanelKind.RELEVANCE, places, _days(passage.version, "relevance"))
        passage.move("accept", panel="relevance", round=panel.round, seats=len(places))
        return panel


def _open_panel(version: Version, kind: PanelKind) -> Panel:
    panel = version.panels.filter(kind=kind, closed_at=None).first()
    if panel is None:
        raise Refusal(_("No round of this panel is open."))
    return panel


def confirm_demand(*, version_id: int, actor: User, expected: int) -> Version:
    """T4: the quorum is met and clauses P1a, P1b and E6a hold; the officer confirms."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("confirm_demand")
        _not_own(passage)
        _unblocked(passage, "T4")
        close_round(_open_panel(passage.version, PanelKind.RELEVANCE), "demand_met")
        passage.move("confirm_demand")
        return passage.version


def return_from_relevance(*, version_id: int, actor: User, expected: int, requests: dict[str, str]) -> Version:
    """T5: support is missing or changes were asked; the summary of views goes to the proposer."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("return_from_relevance")
        _requests(passage, requests)
        close_round(_open_panel(passage.version, PanelKind.RELEVANCE), "returned")
        passage.move("return_from_relevance", facets=sorted(requests))
        return passage.version


def sign_moderation(*, version_id: int, actor: User) -> Version:
    """A person who did not write signs that task and rubric were checked before use (guard of T7)."""
    with opened(version_id=version_id, actor=actor) as passage:
        _not_own(passage)
        if not Membership.objects.filter(
            user=actor, organization=passage.version.institution, role=Role.MODERATOR, ended_at=None
        ).exists():
            raise NotAllowed
        passage.version.moderated_before_use_by = actor
        passage.record("sign_moderation")
        return passage.version


def design_ready(*, version_id: int, actor: User, expected: int, places: list[Place]) -> Panel:
    """T7: freeze the design and open the endorsement round."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("design_ready")
        if version.moderated_before_use_by_id is None:
            raise Missing(what=_("the signature of a moderator who did not write"))
        if version.contributions.filter(person=version.moderated_before_use_by).exists():
            raise OwnWork(_("The moderator before use must not have written any part."))
        if version.change_requests.filter(answered_at=None).exists():
            raise Missing(what=_("an answer to each request of the last return"))
        if not places:
            raise Missing(what=_("at least one partner to ask"))
        note_contribution(version, actor)
        snapshot = freeze(passage)
        _unblocked(passage, "T7")
        panel = open_round(version, PanelKind.ENDORSEMENT, places, _days(version, "endorsement"))
        passage.move("design_ready", digest=snapshot.digest, round=panel.round)
        return panel


def return_from_endorsement(*, version_id: int, actor: User, expected: int, requests: dict[str, str]) -> Version:
    """T9: the change list goes to the academic lead."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("return_from_endorsement")
        _requests(passage, requests)
        close_round(_open_panel(passage.version, PanelKind.ENDORSEMENT), "returned")
        passage.move("return_from_endorsement", facets=sorted(requests))
        return passage.version


def confirm_endorsement(*, version_id: int, actor: User, expected: int, committee: list[Place]) -> Panel:
    """T8: partners endorsed these very digests; the committee's panel for gate 2 opens."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("confirm_endorsement")
        _not_own(passage)
        _unblocked(passage, "T8")
        close_round(_open_panel(passage.version, PanelKind.ENDORSEMENT), "endorsed")
        panel = open_committee(passage, PanelKind.PILOT_APPROVAL, committee)
        passage.move("confirm_endorsement", committee=len(committee))
        return panel


def open_committee(passage: Passage, kind: PanelKind, committee: list[Place]) -> Panel:
    """Seat a committee of at least the policy's number, nobody of whom wrote, one from outside the unit."""
    version = passage.version
    rule = version.policy.data["committee"]
    if len(committee) < rule["members_min"]:
        raise Missing(what=_("a committee of at least %d members") % rule["members_min"])
    if sum(place.outside_unit for place in committee) < rule["outside_proposing_unit"]:
        raise Missing(what=_("a committee member from outside the proposing unit"))
    for place in committee:
        if not rights.holds(place.person, version, "decide"):
            raise NotAllowed(_("Only members of the institution's committee can be seated on it."))
        if version.contributions.filter(person=place.person).exists():
            raise OwnWork(_("A committee member who wrote part of the version cannot be seated."))
    return open_round(version, kind, committee, _days(version, kind.value))


def ask_exemption(*, version_id: int, actor: User, clause: str, reason: str, tried: str, ends_on: date) -> Exemption:
    """Ask for comply-or-explain on one of the clauses that allow it; the committee signs it at its gate."""
    with opened(version_id=version_id, actor=actor) as passage:
        if not (rights.holds(actor, passage.version, "submit") or rights.holds(actor, passage.version, "design")):
            raise NotAllowed
        if clause not in cases.exemptible():
            raise Refusal(_("This clause allows no exemption."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        exemption = Exemption.objects.create(
            version=passage.version,
            clause=clause,
            reason=reason,
            tried=tried,
            asked_by=actor,
            ends_on=ends_on,
        )
        passage.record("ask_exemption", clause=clause)
        return exemption


def close_committee(
    *,
    version_id: int,
    actor: User,
    expected: int,
    conditions: list[dict[str, Any]] | None = None,
    requests: dict[str, str] | None = None,
    new_due_in_days: int = 10,
) -> Version:
    """Carry out what the votes say at gate 2 or 3 (T10, T10b, T15, T16, T17). Nobody can choose another outcome.

    Majority of votes cast, a majority of members present, a tie defers (`lifecycle.md` 6.1): then a new round of
    the same members opens for `new_due_in_days` business days, in which approvals stand and the others are asked
    again. The one who closes holds a seat on the panel.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        kind = PanelKind.PILOT_APPROVAL if version.stage == Stage.PILOT_APPROVAL else PanelKind.FINAL_APPROVAL
        panel = _open_panel(version, kind)
        outcome = carried_by(panel)
        verb = COMMITTEE_VERBS[
            (kind, "approve" if kind == PanelKind.PILOT_APPROVAL and "approve" in outcome else outcome)
        ]
        passage.ask(verb)
        _not_own(passage)
        if not panel.seats.filter(person=actor).exists():
            raise NotAllowed(_("Only a member of this panel closes it."))
        if "approve" in outcome:
            _approve(passage, kind, outcome, conditions or [])
        elif outcome == "return":
            _requests(passage, requests or {})
        close_round(panel, outcome)
        _outcome(passage, panel, outcome)
        if outcome == "defer":
            open_round(version, kind, places_of(panel), new_due_in_days)
        passage.move(verb, outcome=outcome, round=panel.round)
        return version


def carried_by(panel: Panel) -> str:
    """What the votes carry: a choice of the form, or `defer` on a tie or without a quorum.

    Raises `Refusal` while seats are open and more votes could change the outcome.
    """
    seats = [seat for seat in panel.seats.select_related("decision") if seat.state != SeatState.RECUSED]
    votes = [seat.decision.choice for seat in seats if seat.state in {SeatState.ANSWERED, SeatState.CARRIED}]
    still_open = sum(seat.state == SeatState.OPEN for seat in seats)
    if still_open and timezone.now() < panel.due_at:
        raise Refusal(_("Some members have not voted yet, and their time has not ended."))
    if len(votes) * 2 <= len(seats):
        return "defer"
    cast = [vote for vote in votes if vote != "abstain"]
    approving = sum(vote.startswith("approve") for vote in cast)
    if approving * 2 > len(cast):
        return "approve_with_conditions" if "approve_with_conditions" in cast else "approve"
    choice, number = Counter(cast).most_common(1)[0] if cast else ("defer", 0)
    return choice if number * 2 > len(cast) and not choice.startswith("approve") else "defer"


def _approve(passage: Passage, kind: PanelKind, outcome: str, conditions: list[dict[str, Any]]) -> None:
    version = passage.version
    assert passage.actor is not None
    for exemption in version.exemptions.filter(signed_at=None):
        exemption.signed_at = timezone.now()
        exemption.save(update_fields=["signed_at"])
    if kind == PanelKind.FINAL_APPROVAL:
        if version.conditions.filter(closed_at=None, set_at_gate=PanelKind.PILOT_APPROVAL).exists():
            raise Refusal(_("A condition of the pilot approval is still open. Whoever set it closes it first."))
        _unblocked(passage, "T15")
    else:
        _unblocked(passage, "T10")
    if outcome == "approve_with_conditions" and not conditions:
        raise Missing(what=_("the conditions, each with owner and date"))
    for condition in conditions:
        Condition.objects.create(version=version, set_by=passage.actor, set_at_gate=kind, **condition)
    version.conditions_open = version.conditions.filter(closed_at=None).exists()


def _outcome(passage: Passage, panel: Panel, outcome: str) -> Decision:
    version = passage.version
    assert passage.actor is not None
    return Decision.objects.create(
        version=version,
        panel=panel,
        snapshot=panel.snapshot,
        actor=passage.actor,
        organization=version.institution,
        role="committee",
        choice=outcome,
        facets=panel.snapshot.facets,
        conformance=cases.strip(version),
    )


def close_condition(*, condition_id: int, actor: User, proof: str) -> Condition:
    """Whoever set a condition closes it, never its owner (`lifecycle.md` 6.4)."""
    condition = found(Condition, condition_id)
    with opened(version_id=condition.version_id, actor=actor) as passage:
        condition.refresh_from_db()
        if condition.set_by_id != actor.pk or condition.owner_id == actor.pk:
            raise NotAllowed(_("A condition is closed by the person who set it, and never by its owner."))
        if condition.closed_at is not None:
            raise Refusal(_("This condition is already closed."))
        condition.proof, condition.closed_by, condition.closed_at = proof, actor, timezone.now()
        condition.save()
        passage.version.conditions_open = passage.version.conditions.filter(closed_at=None).exists()
        passage.record("close_condition", condition=str(condition.public_id))
        return condition


def sign_transcript_rule(*, version_id: int, actor: User) -> Version:
    """The registrar signs how the award stands on the transcript (clause E5)."""
    with opened(version_id=version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "register"):
            raise NotAllowed
        _not_own(passage)
        passage.version.registrar_signed_by = actor
        passage.record("sign_transcript_rule")
        return passage.version


def hold(*, version_id: int, actor: User, expected: int, reason: str, until: date) -> Version:
    """T29: stop the clocks, with a reason and a date."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        if not reason.strip():
            raise Missing(what=_("a reason"))
        passage.ask("hold")
        passage.version.hold_reason, passage.version.hold_until = reason, until
        passage.move("hold", reason=reason, until=until.isoformat())
        passage.version.on_hold = True
        passage.version.save(update_fields=["on_hold"])
        return passage.version


def resume(*, version_id: int, actor: User, expected: int) -> Version:
    """T29: the clocks go on; open rounds get the days back that they stood still."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        if not passage.version.on_hold:
            raise Refusal(_("This version is not on hold."))
        passage.ask("resume")
        held = ledger.events_of(stream_of(passage.version), type_="hold")[-1]
        give_back(passage.version, timezone.now() - datetime.fromisoformat(held.at))
        passage.version.on_hold, passage.version.hold_until = False, None
        passage.move("resume")
        return passage.version

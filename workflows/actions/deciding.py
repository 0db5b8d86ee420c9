"""What the quality office and its committee decide: screening, closing rounds, gates, holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Role, User
from workflows import ledger
from workflows.actions.gates import close_committee, open_committee
from workflows.actions.proposing import freeze, note_contribution
from workflows.actions.undertaking import (
    agree_to_withdrawal,
    ask_exemption,
    close_condition,
    complete_condition,
    sign_transcript_rule,
)
from workflows.door import opened, stream_of
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.guards import (
    demand_still_met,
    not_own,
    refuse_places,
    refuse_too_few,
    replied,
    request_changes,
    unblocked,
)
from workflows.models import Panel, PanelKind, Version
from workflows.panels import Place
from workflows.rounds import (
    close_reopened,
    close_round,
    close_rounds,
    days_of,
    give_back,
    open_panel,
    open_round,
    reopen_changed,
)
from workflows.stage_clock import given_back
from workflows.timers import Kind, arm, begin_of

__all__ = [
    "accept",
    "agree_to_withdrawal",
    "ask_exemption",
    "close_committee",
    "close_condition",
    "complete_condition",
    "confirm_demand",
    "confirm_endorsement",
    "design_ready",
    "hold",
    "resume",
    "return_from_endorsement",
    "return_from_relevance",
    "return_from_screening",
    "sign_moderation",
    "sign_transcript_rule",
]


def return_from_screening(*, version_id: int, actor: User, expected: int, requests: dict[str, str]) -> Version:
    """T2: back to the proposer, with a reason per section."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("return_from_screening")
        not_own(passage)
        request_changes(passage, requests)
        passage.move("return_from_screening", facets=sorted(requests))
        return passage.version


def accept(*, version_id: int, actor: User, expected: int, sheet: dict[str, Any], places: list[Place]) -> Panel:
    """T3: accept for review; the relevance round opens and its links go out."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("accept")
        not_own(passage)
        for answer in ("in_scope", "indigenous_question", "partner_relations"):
            if not sheet.get(answer):
                raise Missing(what=_("the screening sheet: %s") % answer.replace("_", " "))
        refuse_places(passage.version, PanelKind.RELEVANCE, places)
        refuse_too_few(passage.version, PanelKind.RELEVANCE, places)
        unblocked(passage, "T3")
        # Replies to ratings of an earlier round stay: they belong to the version, not to the sheet.
        replies = passage.version.screening.get("rating_replies", {})
        passage.version.screening = {**sheet, "rating_replies": replies}
        panel = open_round(passage.version, PanelKind.RELEVANCE, places, days_of(passage.version, "relevance"))
        passage.move("accept", panel="relevance", round=panel.round, seats=len(places))
        return panel


def confirm_demand(*, version_id: int, actor: User, expected: int) -> Version:
    """T4: the quorum is met and clauses P1a, P1b and E6a hold; the officer confirms."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("confirm_demand")
        not_own(passage)
        unblocked(passage, "T4")
        replied(passage)
        close_round(open_panel(passage.version, PanelKind.RELEVANCE), "demand_met")
        passage.move("confirm_demand")
        return passage.version


def return_from_relevance(*, version_id: int, actor: User, expected: int, requests: dict[str, str]) -> Version:
    """T5: support is missing or changes were asked; the summary of views goes to the proposer."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("return_from_relevance")
        request_changes(passage, requests)
        close_rounds(passage.version, "returned")
        passage.move("return_from_relevance", facets=sorted(requests))
        return passage.version


def sign_moderation(*, version_id: int, actor: User) -> Version:
    """A person who did not write signs that task and rubric were checked before use (guard of T7)."""
    with opened(version_id=version_id, actor=actor) as passage:
        not_own(passage)
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
        refuse_places(version, PanelKind.ENDORSEMENT, places)
        refuse_too_few(version, PanelKind.ENDORSEMENT, places)
        note_contribution(version, actor)
        snapshot = freeze(passage)
        unblocked(passage, "T7")
        panel = open_round(version, PanelKind.ENDORSEMENT, places, days_of(version, "endorsement"))
        reopen_changed(version, PanelKind.RELEVANCE)
        passage.move("design_ready", digest=snapshot.digest, round=panel.round)
        return panel


def return_from_endorsement(*, version_id: int, actor: User, expected: int, requests: dict[str, str]) -> Version:
    """T9: the change list goes to the academic lead."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("return_from_endorsement")
        request_changes(passage, requests)
        close_rounds(passage.version, "returned")
        passage.move("return_from_endorsement", facets=sorted(requests))
        return passage.version


def confirm_endorsement(*, version_id: int, actor: User, expected: int, committee: list[Place]) -> Panel:
    """T8: partners endorsed these very digests; the committee's panel for gate 2 opens."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("confirm_endorsement")
        not_own(passage)
        unblocked(passage, "T8")
        demand_still_met(passage)
        close_round(open_panel(passage.version, PanelKind.ENDORSEMENT), "endorsed")
        close_reopened(passage.version, PanelKind.RELEVANCE)
        panel = open_committee(passage, PanelKind.PILOT_APPROVAL, committee)
        passage.move("confirm_endorsement", committee=len(committee))
        return panel


def hold(*, version_id: int, actor: User, expected: int, reason: str, until: date) -> Version:
    """T29: stop the clocks, with a reason and a date."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        if not reason.strip():
            raise Missing(what=_("a reason"))
        if until <= timezone.localdate():
            raise Missing(what=_("a day that is later than today"))
        passage.ask("hold")
        passage.version.hold_reason, passage.version.hold_until = reason, until
        passage.move("hold", reason=reason, until=until.isoformat())
        arm(passage.version, Kind.HOLD_OVER, begin_of(until))
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
        stood = timezone.now() - datetime.fromisoformat(held.at)
        give_back(passage.version, stood)
        passage.version.stage_due_on = given_back(passage.version, stood)
        passage.version.on_hold, passage.version.hold_until = False, None
        passage.move("resume")
        return passage.version

"""What happened to a version or an award, told from its ledger: who, when, what, over which content."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import User
from workflows import ledger, wording
from workflows.differences import SECTIONS
from workflows.models import LedgerEvent, PanelKind

# What each kind of event says. A test finds every kind that a verb writes.
WORDS: dict[str, str | Promise] = {
    "start": gettext_lazy("Proposal started"),
    "edit": gettext_lazy("Content edited"),
    "duplicates_seen": gettext_lazy("Near micro-credentials looked at"),
    "declare_interest": gettext_lazy("Interests declared"),
    "submit": gettext_lazy("Submitted"),
    "answer_request": gettext_lazy("Request of a return answered"),
    "reply_to_rating": gettext_lazy("Low rating answered"),
    "reply_to_suggestion": gettext_lazy("Suggestion answered"),
    "withdraw": gettext_lazy("Withdrawn"),
    "accept": gettext_lazy("Accepted for review; employers are asked"),
    "return_from_screening": gettext_lazy("Returned by the quality office"),
    "confirm_demand": gettext_lazy("Demand confirmed"),
    "return_from_relevance": gettext_lazy("Returned after the relevance review"),
    "go_on_without_partner": gettext_lazy("Taken further without a partner, by reasoned override"),
    "reject_at_relevance": gettext_lazy("Rejected after the relevance review"),
    "sign_moderation": gettext_lazy("Checked before use by a moderator"),
    "design_ready": gettext_lazy("Design ready; partners are asked"),
    "confirm_endorsement": gettext_lazy("Endorsement confirmed; the committee is asked"),
    "return_from_endorsement": gettext_lazy("Returned to the design"),
    "approve_pilot": gettext_lazy("Pilot approved"),
    "return_pilot_approval": gettext_lazy("Returned by the committee to the design"),
    "return_pilot_approval_to_draft": gettext_lazy("Returned by the committee to the proposal"),
    "defer_pilot_approval": gettext_lazy("Decision on the pilot deferred"),
    "reject_pilot": gettext_lazy("Rejected by the committee"),
    "waive_pilot": gettext_lazy("No new pilot needed"),
    "make_cohort": gettext_lazy("Cohort planned"),
    "enter_roster": gettext_lazy("Roster entered"),
    "sign_off_roster": gettext_lazy("Roster signed off"),
    "name_assessor": gettext_lazy("Assessor or moderator named"),
    "start_pilot": gettext_lazy("Pilot started"),
    "answer_pilot": gettext_lazy("Pilot evaluation answered"),
    "close_pilot": gettext_lazy("Pilot closed"),
    "redesign": gettext_lazy("Sent back to the design after the pilot"),
    "redesign_from_draft": gettext_lazy("Sent back to the proposal after the pilot"),
    "report": gettext_lazy("Pilot reported; the committee is asked"),
    "approve": gettext_lazy("Approved"),
    "approve_with_conditions": gettext_lazy("Approved with conditions"),
    "return_final": gettext_lazy("Returned by the committee to the design"),
    "return_final_to_draft": gettext_lazy("Returned by the committee to the proposal"),
    "defer_final": gettext_lazy("Final decision deferred"),
    "reject_final": gettext_lazy("Rejected by the committee"),
    "sign_transcript_rule": gettext_lazy("Transcript rule signed by the registrar"),
    "activate": gettext_lazy("Opened for use"),
    "suspend": gettext_lazy("Suspended"),
    "lift": gettext_lazy("Suspension lifted"),
    "lift_to_expiring": gettext_lazy("Suspension lifted; winding down"),
    "open_review": gettext_lazy("Periodic review opened"),
    "close_review": gettext_lazy("Periodic review closed; stays in use"),
    "close_review_to_expiring": gettext_lazy("Periodic review closed; winding down"),
    "patch": gettext_lazy("Presentation mended"),
    "revise": gettext_lazy("New version begun"),
    "wind_down": gettext_lazy("Winding down"),
    "retire": gettext_lazy("Retired"),
    "close_superseded": gettext_lazy("Closed; a newer version took its place"),
    "supersede": gettext_lazy("Replaced by a newer version"),
    "supersede_slowly": gettext_lazy("Replaced by a newer version; learners under way finish"),
    "hold": gettext_lazy("Put on hold"),
    "resume": gettext_lazy("Resumed"),
    "import_approved": gettext_lazy("Imported with its earlier approval"),
    "release_urgently": gettext_lazy("Released urgently"),
    "enter_import": gettext_lazy("Entered with the proof of its earlier approval"),
    "ask_urgent_release": gettext_lazy("A partner is asked about an urgent release"),
    "record_agreement": gettext_lazy("Agreement recorded"),
    "ask_community": gettext_lazy("The community is asked"),
    "withdraw_agreement": gettext_lazy("Agreement withdrawn"),
    "mend_while_suspended": gettext_lazy("Stays suspended; a new version mends the cause"),
    "confirm_suspension": gettext_lazy("Suspension confirmed by the committee"),
    "ask_again": gettext_lazy("Partners asked again"),
    "add_demand_source": gettext_lazy("Fresh source of demand added"),
    "pause_issuing": gettext_lazy("Issuing paused: the demand is no longer confirmed"),
    "resume_issuing": gettext_lazy("Issuing goes on: the demand is confirmed again"),
    "at_risk": gettext_lazy("Marked as at risk"),
    "risk_over": gettext_lazy("No longer at risk"),
    "remind": gettext_lazy("A reviewer was reminded"),
    "seat_overdue": gettext_lazy("A review is overdue"),
    "seat_escalated": gettext_lazy("An overdue review went to the chair"),
    "screening_overdue": gettext_lazy("Screening is overdue"),
    "hold_over": gettext_lazy("The day came until which it was on hold"),
    "condition_overdue": gettext_lazy("A condition is overdue"),
    "statement_ends": gettext_lazy("A partner’s statement ends soon"),
    "sources_end": gettext_lazy("The last source of demand ages out soon"),
    "ask_still_in_demand": gettext_lazy("A partner is asked whether it is still in demand"),
    "say_still_in_demand": gettext_lazy("A partner says that it is still in demand"),
    "say_no_longer": gettext_lazy("A partner says that it is no longer in demand"),
    "lose_job_validation": gettext_lazy("Partners no longer confirm that the assessment reflects the job"),
    "regain_job_validation": gettext_lazy("Partners confirm again that the assessment reflects the job"),
    "note_change": gettext_lazy("A change outside was noted: a standard or the other side of a pathway"),
    "ask_suspension": gettext_lazy("Sixty days without valid confirmation; suspension is asked for"),
    "propose_patch": gettext_lazy("Change of the presentation proposed"),
    "ask_withdrawal": gettext_lazy("The quality office is asked to agree to a withdrawal"),
    "agree_to_withdrawal": gettext_lazy("The quality office agreed to a withdrawal"),
    "ask_exemption": gettext_lazy("Exemption asked for"),
    "complete_condition": gettext_lazy("Condition given its owner and date"),
    "bring_proof": gettext_lazy("Proof brought for a condition"),
    "close_condition": gettext_lazy("Condition closed"),
    "answer": gettext_lazy("Review answered"),
    "ask_question": gettext_lazy("Question asked by a reviewer"),
    "answer_question": gettext_lazy("Reviewer’s question answered"),
    "pass_on": gettext_lazy("Review passed on"),
    "recuse": gettext_lazy("A reviewer stepped back"),
    "move_policy": gettext_lazy("Moved to another edition of the policy"),
    "extend_seat": gettext_lazy("A reviewer was given more time"),
    "delegate_seat": gettext_lazy("Somebody stands in on a seat"),
    "return_seat": gettext_lazy("A seat went back to its owner"),
    "write_note": gettext_lazy("A note of the committee"),
    "remove_note": gettext_lazy("A note of the committee taken back"),
    "replace_seat": gettext_lazy("Somebody else was asked"),
    "vacate_seat": gettext_lazy("A member left, and the seat is vacant"),
    "close_seat": gettext_lazy("A silent review was closed"),
    "withdraw_validation": gettext_lazy("A partner’s validation was withdrawn"),
    "withdraw_for_key": gettext_lazy("A partner’s validation ended with the key that signed it"),
    "reissue_badges": gettext_lazy("Badges made anew with a new key"),
    "invite": gettext_lazy("Invited"),
    "enrol": gettext_lazy("Enrolled with consent"),
    "take": gettext_lazy("Work taken by an assessor"),
    "score": gettext_lazy("Assessed: competent"),
    "not_yet": gettext_lazy("Assessed: not yet"),
    "open_moderation": gettext_lazy("Sampled for moderation"),
    "confirm_scores": gettext_lazy("Scores confirmed by the moderator"),
    "score_again": gettext_lazy("Sent back to be scored again"),
    "recommend": gettext_lazy("Recommended for the award"),
    "award": gettext_lazy("Awarded"),
    "fail": gettext_lazy("Ended without the award"),
    "leave": gettext_lazy("Left"),
    "close_held": gettext_lazy("Held result closed"),
    "lapse": gettext_lazy("Place lapsed"),
    "release": gettext_lazy("Work given back"),
    "declare_conflict": gettext_lazy("Conflict of interest declared"),
    "confirm_not_yet": gettext_lazy("“Not yet” confirmed by the moderator"),
    "propose_fail": gettext_lazy("End of the course proposed after the last attempt"),
    "give_evidence_consent": gettext_lazy("Consent to show an item"),
    "withdraw_evidence_consent": gettext_lazy("Consent to show an item withdrawn"),
    "withhold_evidence": gettext_lazy("Item held back because it shows another person"),
    "read_evidence": gettext_lazy("Item of evidence read"),
    "delete_evidence": gettext_lazy("Item deleted after its time of keeping"),
    "remind_learner": gettext_lazy("Learner reminded"),
    "state_results": gettext_lazy("Statement of results signed"),
    "consent_to_badge": gettext_lazy("Agreed to what the badge says"),
    "issue_badge": gettext_lazy("Badge signed and offered"),
    "remind_badge": gettext_lazy("Reminded that a badge waits"),
    "unclaim_badge": gettext_lazy("Badge not claimed"),
    "replace_badge": gettext_lazy("Badge replaced"),
    "reissue_badge": gettext_lazy("Badge made anew with a new key"),
    "sign_statement_again": gettext_lazy("Statement of results signed again with a new key"),
    "answer_suspension": gettext_lazy("Earner answered the suspension"),
    "ask_surrender": gettext_lazy("Earner gives the badge back"),
    "keep_badge": gettext_lazy("Earner keeps the badge"),
    "surrender_badge": gettext_lazy("Badge given back"),
    "warn_of_expiry": gettext_lazy("Notice that the badge ends soon"),
    "expire_badge": gettext_lazy("Badge expired"),
    "accept_badge": gettext_lazy("Badge accepted"),
    "decline_badge": gettext_lazy("Badge declined"),
    "show_badge": gettext_lazy("Badge made public"),
    "hide_badge": gettext_lazy("Badge hidden again"),
    "share_badge": gettext_lazy("Badge shared by a link"),
    "end_share": gettext_lazy("Link of a badge closed"),
    "gather_record": gettext_lazy("Badges gathered into one record"),
    "take_as_token": gettext_lazy("Badge taken along as a token"),
    "offer_to_wallet": gettext_lazy("Badge offered to a wallet"),
    "take_to_wallet": gettext_lazy("Badge taken by a wallet"),
    "ask_correction": gettext_lazy("Correction of the name asked for"),
    "file_appeal": gettext_lazy("Appeal filed"),
    "seat_appeal": gettext_lazy("Panel of the appeal named"),
    "vote_appeal": gettext_lazy("A member of the appeal's panel gave a finding"),
    "decide_appeal": gettext_lazy("Appeal decided"),
    "assess_anew": gettext_lazy("To be assessed anew"),
    "make_badge_anew": gettext_lazy("A new badge made after an appeal"),
    "suspend_badge": gettext_lazy("Badge suspended"),
    "reinstate_badge": gettext_lazy("Badge reinstated"),
    "ask_revocation": gettext_lazy("Revocation asked for"),
    "revoke_badge": gettext_lazy("Badge revoked"),
}


@dataclass(frozen=True)
class Happening:
    """One event of a timeline; `digest` is that of the content it was over, `hash` that of its row in the ledger."""

    at: datetime
    type: str
    words: str | Promise
    who: str
    detail: str
    digest: str
    hash: str
    number: int = 0  # what the version's or the enrolment's row counted after it


def timeline(stream: str) -> list[Happening]:
    """Every event of a stream, the oldest first; equal edits in a row by one person are told once."""
    events = ledger.events_of(stream)
    names = _names(events)
    told: list[Happening] = []
    for event in events:
        happening = _happening(event, names)
        if told and _same_edit(told[-1], happening):
            told.pop()
        told.append(happening)
    return told


def last_of(streams: Collection[str]) -> dict[str, Happening]:
    """The last event of each stream that has one, in two statements."""
    events = list(ledger.last_events(streams))
    names = _names(events)
    return {event.stream: _happening(event, names) for event in events}


def _names(events: Collection[LedgerEvent]) -> dict[str, str]:
    people = User.objects.filter(public_id__in={event.actor for event in events if event.actor != "system"})
    return {str(person.public_id): person.name for person in people}


def _same_edit(before: Happening, now: Happening) -> bool:
    same = (before.type, before.who, before.detail) == (now.type, now.who, now.detail)
    return now.type == "edit" and same


def _happening(event: LedgerEvent, names: dict[str, str]) -> Happening:
    return Happening(
        at=datetime.fromisoformat(event.at),
        type=event.type,
        words=WORDS.get(event.type, event.type.replace("_", " ")),
        who=names.get(event.actor, _("Imprimatur itself")),
        detail=" · ".join(_details(event.data)),
        digest=event.data.get("digest", ""),
        hash=event.hash,
        number=event.data.get("number", 0),
    )


def _details(data: dict[str, Any]) -> list[str]:
    found = []
    if data.get("panel") in PanelKind.values:
        found.append(str(PanelKind(data["panel"]).label))
    if data.get("round"):
        found.append(_("round %d") % data["round"])
    if data.get("choice"):
        found.append(str(wording.CHOICES.get(data["choice"], data["choice"])))
    facets = data.get("facets")
    sections = facets if isinstance(facets, list) else [data["facet"]] if data.get("facet") else []
    found += [str(SECTIONS[facet]) for facet in sections if facet in SECTIONS]
    if data.get("edition"):
        found.append(str(data["edition"]))
    if data.get("clause"):
        found.append(str(data["clause"]))
    if data.get("reason"):
        found.append(str(data["reason"]))
    return found

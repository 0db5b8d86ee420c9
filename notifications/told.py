"""Which event tells whom what: the "Told" columns of `lifecycle.md` 4 and 5 as a table. What is not in it tells nobody.

A key is the kind of stream and the event's type. Where an event has several notices, a person gets the first that is
meant for him or her.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import audiences as to
from notifications.audiences import Audience


@dataclass(frozen=True)
class Notice:
    """One message: who gets it, and its first sentence. %(title)s is the micro-credential."""

    audience: Audience
    subject: str | Promise
    lead: str | Promise
    asks: bool = False  # it asks for an act by link, so it is dropped when the link has ended before it left


def _all(subject: str | Promise, lead: str | Promise) -> tuple[Notice, ...]:
    return (Notice(to.everybody, subject, lead),)


_ASKED = Notice(
    to.asked,
    _("You are asked about “%(title)s”"),
    _("Your view of “%(title)s” is asked for. The link opens the letter, which says who asks, why, and until when."),
    asks=True,
)
_VOTE = Notice(
    to.committee,
    _("Your vote is asked for: “%(title)s”"),
    _("“%(title)s” is before the committee, and you hold a seat."),
)
_ASKED_BY_NAME = replace(_ASKED, audience=to.seat_by_link)
_VOTE_BY_NAME = replace(_VOTE, audience=to.seat_on_committee)
_MORE_TIME = (_("You have more time: “%(title)s”"), _("Your time to answer about “%(title)s” was extended."))
_CLOSED = (
    _("Your seat was closed: “%(title)s”"),
    _(
        "The time to answer about “%(title)s” has ended, and your seat was closed without an answer. It counts neither "
        "for nor against."
    ),
)
_QUESTION = (_("A reviewer asks: “%(title)s”"), _("A reviewer of “%(title)s” asks something before answering."))
_REMINDER = (
    _("Your answer is awaited: “%(title)s”"),
    _("You are asked about “%(title)s”, and your answer is awaited. The page says until when."),
)
_CONDITION = Notice(
    to.condition_owners,
    _("A condition is yours: “%(title)s”"),
    _("“%(title)s” stands under conditions, and you own at least one of them."),
)
_RETURNED = (_("Returned for changes: “%(title)s”"), _("“%(title)s” was returned. The reasons stand by each section."))
_BACK_AT_G2 = (
    Notice(to.proposer, *_RETURNED),
    Notice(to.lead, *_RETURNED),
    Notice(to.partners, _("Returned: “%(title)s”"), _("The committee returned “%(title)s” for changes.")),
)
_DEFERRED = (
    _VOTE,
    Notice(to.proposer, _("Deferred: “%(title)s”"), _("The committee deferred “%(title)s” and votes again.")),
    Notice(to.partners, _("Deferred: “%(title)s”"), _("The committee deferred “%(title)s” and votes again.")),
)
_REJECTED = (
    Notice(to.proposer, _("Rejected: “%(title)s”"), _("“%(title)s” was rejected. The letter gives the reasons.")),
    Notice(to.lead, _("Rejected: “%(title)s”"), _("“%(title)s” was rejected. The letter gives the reasons.")),
    Notice(to.partners, _("Rejected: “%(title)s”"), _("“%(title)s” was rejected by the institution.")),
)
_REDESIGN = _all(_("Back to the design: “%(title)s”"), _("The pilot of “%(title)s” missed targets; it is redesigned."))
_LIFTED = _all(_("Suspension lifted: “%(title)s”"), _("The suspension of “%(title)s” is lifted."))
_REVIEWED = _all(_("Review closed: “%(title)s”"), _("The periodic review of “%(title)s” is closed."))
_NEWER = (
    Notice(
        to.holders,
        _("A newer version of “%(title)s”"),
        _("A newer version of “%(title)s” is in use. Your badge stays valid; a short way to the newer one is offered."),
    ),
)

VERSION: dict[str, tuple[Notice, ...]] = {
    "submit": (
        Notice(to.officers, _("To screen: “%(title)s”"), _("“%(title)s” was submitted and waits for screening.")),
    ),
    "return_from_screening": (Notice(to.proposer, *_RETURNED),),
    "accept": (
        _ASKED,
        Notice(to.proposer, _("Accepted for review: “%(title)s”"), _("“%(title)s” was accepted; partners are asked.")),
    ),
    "confirm_demand": _all(_("In demand: “%(title)s”"), _("Employers confirmed that “%(title)s” is in demand.")),
    "return_from_relevance": (Notice(to.proposer, *_RETURNED),),
    "go_on_without_partner": _all(
        _("Goes on: “%(title)s”"),
        _("“%(title)s” goes on without a partner's support; an exemption is asked for."),
    ),
    "reject_at_relevance": _all(_("Rejected: “%(title)s”"), _("“%(title)s” was rejected. The letter says why.")),
    "design_ready": (_ASKED,),
    "confirm_endorsement": (_VOTE,),
    "return_from_endorsement": (
        Notice(to.lead, *_RETURNED),
        Notice(to.partners, _("Being changed: “%(title)s”"), _("“%(title)s” goes back to its design for changes.")),
    ),
    "approve_pilot": _all(_("Pilot approved: “%(title)s”"), _("The committee approved the pilot of “%(title)s”.")),
    "return_pilot_approval": _BACK_AT_G2,
    "return_pilot_approval_to_draft": _BACK_AT_G2,
    "defer_pilot_approval": _DEFERRED,
    "reject_pilot": _REJECTED,
    "waive_pilot": _all(_("No new pilot: “%(title)s”"), _("“%(title)s” needs no new pilot and goes to the committee.")),
    "start_pilot": (
        Notice(
            to.learners_under_way,
            _("The pilot of “%(title)s” begins"),
            _("The pilot of “%(title)s” begins. Read what is stored, and agree if you want to take part."),
        ),
        Notice(
            to.assessors_of_version,
            _("You assess in the pilot of “%(title)s”"),
            _("The pilot of “%(title)s” begins, and you are named as an assessor."),
        ),
    ),
    "close_pilot": (
        Notice(to.officers, _("Pilot closed: “%(title)s”"), _("The pilot of “%(title)s” is closed.")),
        Notice(to.partners, _("Pilot closed: “%(title)s”"), _("The pilot of “%(title)s” is closed.")),
    ),
    "redesign": _REDESIGN,
    "redesign_from_draft": _REDESIGN,
    "report": (_VOTE,),
    "approve": _all(_("Approved: “%(title)s”"), _("The committee gave “%(title)s” its final approval.")),
    "approve_with_conditions": (_CONDITION,),
    "return_final": _BACK_AT_G2,
    "return_final_to_draft": _BACK_AT_G2,
    "defer_final": _DEFERRED,
    "reject_final": _REJECTED,
    "activate": (
        Notice(to.partners, _("In use: “%(title)s”"), _("“%(title)s” is in use and stands in the public register.")),
        Notice(
            to.learners_on_hold,
            _("“%(title)s” may now be awarded"),
            _("“%(title)s” is in use. Your result, which was on hold, can now be awarded."),
        ),
    ),
    "suspend": (
        Notice(
            to.learners_under_way,
            _("Paused: “%(title)s”"),
            _("“%(title)s” is suspended. Your results are kept; nothing is issued until the committee has decided."),
        ),
        Notice(to.partners, _("Suspended: “%(title)s”"), _("“%(title)s” is suspended. Earned badges stay valid.")),
    ),
    "lift": _LIFTED,
    "lift_to_expiring": _LIFTED,
    "open_review": (
        Notice(to.officers, _("Review due: “%(title)s”"), _("The periodic review of “%(title)s” is open.")),
        Notice(
            to.partners,
            _("Are these skills still in demand? “%(title)s”"),
            _("The periodic review of “%(title)s” is open. The office will ask you again."),
        ),
    ),
    "close_review": _REVIEWED,
    "close_review_to_expiring": _REVIEWED,
    "wind_down": (
        Notice(
            to.learners_under_way,
            _("“%(title)s” is coming to its end"),
            _("“%(title)s” is no longer offered after its last start date. Who is under way can finish."),
        ),
        Notice(to.partners, _("Ending: “%(title)s”"), _("“%(title)s” is coming to its end. Earned badges stay valid.")),
    ),
    "supersede": _NEWER,
    "supersede_slowly": _NEWER,
    "withdraw": _all(_("Withdrawn: “%(title)s”"), _("The proposer withdrew “%(title)s”.")),
    "hold": _all(_("On hold: “%(title)s”"), _("“%(title)s” is on hold. Its clocks stand still.")),
    "resume": _all(_("Resumed: “%(title)s”"), _("“%(title)s” goes on. Open rounds got their days back.")),
    "import_approved": (
        Notice(to.officers, _("Imported: “%(title)s”"), _("“%(title)s” was imported as approved elsewhere.")),
    ),
    "release_urgently": _all(
        _("Urgent release: “%(title)s”"),
        _("“%(title)s” was released urgently for 90 days, because safety guidance changed."),
    ),
    "mend_while_suspended": _all(
        _("A new version mends it: “%(title)s”"),
        _("“%(title)s” stays suspended. A new version is being designed to mend the cause."),
    ),
    "confirm_suspension": (
        Notice(
            to.officers,
            _("Suspension confirmed: “%(title)s”"),
            _("The committee confirmed the suspension of “%(title)s”."),
        ),
    ),
    "ask_again": (_ASKED,),
    "pause_issuing": _all(
        _("Issuing paused: “%(title)s”"),
        _("The demand for “%(title)s” is no longer confirmed, so nothing new is issued. Earned badges stay valid."),
    ),
    "resume_issuing": _all(
        _("Issuing goes on: “%(title)s”"), _("The demand for “%(title)s” is confirmed again, and issuing goes on.")
    ),
    "at_risk": (
        Notice(
            to.officers,
            _("At risk: “%(title)s”"),
            _("“%(title)s” is at risk: a condition is overdue, or partners no longer confirm it. The page says why."),
        ),
    ),
    "remind": (
        Notice(to.seat_by_link, *_REMINDER, asks=True),
        Notice(to.seat_on_committee, *_REMINDER),
    ),
    "seat_overdue": (
        Notice(
            to.officers,
            _("A review is overdue: “%(title)s”"),
            _("A seat for “%(title)s” did not answer in time. Extend it, ask somebody else, or close it."),
        ),
    ),
    "seat_escalated": (
        Notice(
            to.chairs,
            _("A review has been overdue for days: “%(title)s”"),
            _("A seat for “%(title)s” is silent, and its time ended days ago. You may extend, replace or close it."),
        ),
    ),
    "screening_overdue": (
        Notice(
            to.officers,
            _("Screening is overdue: “%(title)s”"),
            _("“%(title)s” waits for its screening longer than the policy allows."),
        ),
    ),
    "hold_over": (
        Notice(
            to.officers,
            _("Resume it? “%(title)s”"),
            _("The day has come until which “%(title)s” was put on hold. Its clocks still stand."),
        ),
    ),
    "condition_overdue": (
        Notice(
            to.condition_owners,
            _("A condition is overdue: “%(title)s”"),
            _("A condition on “%(title)s” is overdue, so the version is at risk."),
        ),
        Notice(
            to.officers,
            _("A condition is overdue: “%(title)s”"),
            _("A condition on “%(title)s” is overdue, so the version is at risk."),
        ),
    ),
    "statement_ends": (
        Notice(
            to.officers,
            _("A partner's statement ends soon: “%(title)s”"),
            _("A partner's statement about “%(title)s” ends soon. Ask again in time, or issuing may pause."),
        ),
        Notice(
            to.partners,
            _("Your statement ends soon: “%(title)s”"),
            _("A partner's statement about “%(title)s” ends soon. The office will ask whether it still holds."),
        ),
    ),
    "ask_suspension": (
        Notice(
            to.officers,
            _("Suspend it? “%(title)s”"),
            _("For 60 days the demand for “%(title)s” has not been confirmed. Decide whether to suspend it."),
        ),
    ),
    "enter_import": (
        Notice(
            to.chairs,
            _("To confirm: “%(title)s”"),
            _("“%(title)s” was entered as approved elsewhere. The committee confirms it from the proof."),
        ),
    ),
    "ask_urgent_release": (_ASKED,),
    "ask_community": (_ASKED,),
    "withdraw_agreement": _all(
        _("An agreement was withdrawn: “%(title)s”"),
        _("A community withdrew its agreement about “%(title)s”. Learners keep their awards; the review decides."),
    ),
    "propose_patch": (
        Notice(
            to.officers,
            _("A change to release: “%(title)s”"),
            _("A change of the presentation of “%(title)s” is proposed. An officer who did not write it releases it."),
        ),
    ),
    "agree_to_withdrawal": (
        Notice(
            to.proposer,
            _("You may withdraw “%(title)s”"),
            _("The quality office agreed that “%(title)s” may be withdrawn, with its plan for the learners."),
        ),
    ),
    "answer": (
        Notice(
            to.when_all_answered,
            _("Everybody has answered: “%(title)s”"),
            _("The last open seat for “%(title)s” has answered. The round can be closed."),
        ),
    ),
    "recuse": (
        Notice(to.officers, _("A seat is empty: “%(title)s”"), _("Somebody stepped back from a seat for “%(title)s”.")),
    ),
    "pass_on": (_ASKED_BY_NAME,),
    "replace_seat": (
        _ASKED_BY_NAME,
        _VOTE_BY_NAME,
        Notice(
            to.former_person,
            _("Somebody else is asked: “%(title)s”"),
            _("Somebody else is asked about “%(title)s” in your place. Your link has ended; there is nothing to do."),
        ),
    ),
    "extend_seat": (
        Notice(to.seat_by_link, *_MORE_TIME, asks=True),
        Notice(to.seat_on_committee, *_MORE_TIME),
    ),
    "vacate_seat": (
        Notice(
            to.officers,
            _("A seat is vacant: “%(title)s”"),
            _("A member of the committee for “%(title)s” has left. Name somebody else for the seat."),
        ),
    ),
    "close_seat": (
        Notice(to.seat_by_link, *_CLOSED),
        Notice(to.seat_on_committee, *_CLOSED),
    ),
    "ask_question": (
        Notice(to.lead, *_QUESTION),
        Notice(to.proposer, *_QUESTION),
        Notice(to.officers, *_QUESTION),
    ),
    "answer_question": (
        Notice(
            to.seat_by_link,
            _("Your question was answered: “%(title)s”"),
            _("Your question about “%(title)s” was answered. The reply stands in the form."),
        ),
    ),
    "complete_condition": (_CONDITION,),
    "bring_proof": (
        Notice(
            to.condition_setter,
            _("Proof for your condition: “%(title)s”"),
            _("The owner of a condition that you set for “%(title)s” brought proof. Close it if the proof holds."),
        ),
    ),
    "withdraw_validation": (
        Notice(
            to.officers,
            _("A partner's statement was withdrawn: “%(title)s”"),
            _("A partner took a statement about “%(title)s” back. The page shows which, and the reason."),
        ),
    ),
    "enter_roster": (
        Notice(to.officers, _("A roster to sign: “%(title)s”"), _("The roster of a cohort of “%(title)s” is entered.")),
    ),
    "sign_off_roster": (
        Notice(to.lead, _("Roster signed: “%(title)s”"), _("The roster of a cohort of “%(title)s” is signed off.")),
    ),
    "name_assessor": (
        Notice(
            to.named_person,
            _("You are named for “%(title)s”"),
            _("You are named to assess or to moderate work for “%(title)s”."),
        ),
    ),
}


AWARD: dict[str, tuple[Notice, ...]] = {
    "invite": (
        Notice(
            to.learner,
            _("You are invited: “%(title)s”"),
            _("You are on the list of learners for “%(title)s”. Sign in to see what it is and whether to take part."),
        ),
    ),
    "enrol": (Notice(to.lead, _("A learner enrolled: “%(title)s”"), _("A learner enrolled in “%(title)s”.")),),
    "submit": (Notice(to.assessors, _("Work to assess: “%(title)s”"), _("A learner handed in work for “%(title)s”.")),),
    "take": (Notice(to.learner, _("Your work is being assessed: “%(title)s”"), _("An assessor took your work.")),),
    "not_yet": (
        Notice(
            to.learner,
            _("Feedback on your work: “%(title)s”"),
            _("Your work for “%(title)s” was assessed. Some of it is not yet what the rubric asks; see the feedback."),
        ),
    ),
    "open_moderation": (
        Notice(to.moderators, _("Work to moderate: “%(title)s”"), _("Scored work for “%(title)s” was sampled.")),
    ),
    "confirm_scores": (
        Notice(to.own_assessor, _("Scores confirmed: “%(title)s”"), _("A moderator confirmed your scores.")),
    ),
    "confirm_not_yet": (
        Notice(to.own_assessor, _("Scores confirmed: “%(title)s”"), _("A moderator confirmed your scores.")),
    ),
    "propose_fail": (
        Notice(
            to.moderators,
            _("A last attempt to confirm: “%(title)s”"),
            _("An assessor says that a last attempt at “%(title)s” ends the course. You confirm it or send it back."),
        ),
    ),
    "declare_conflict": (
        Notice(
            to.lead,
            _("A conflict of interest: “%(title)s”"),
            _("Somebody declared a conflict of interest in a learner's work. Another person looks at it."),
        ),
    ),
    "withhold_evidence": (
        Notice(
            to.learner,
            _("An item is held back: “%(title)s”"),
            _("A reviewer saw another person in an item of your evidence, so it is shown to nobody outside."),
        ),
    ),
    "lapse": (
        Notice(
            to.learner,
            _("Your place has lapsed: “%(title)s”"),
            _("Your place in a cohort of “%(title)s” has lapsed. The academic lead can say how to begin again."),
        ),
    ),
    "score_again": (
        Notice(to.own_assessor, _("To score again: “%(title)s”"), _("A moderator asks you to score a work again.")),
    ),
    "recommend": (
        Notice(to.grantors, _("An award to grant: “%(title)s”"), _("An award of “%(title)s” is recommended.")),
    ),
    "hold": (
        Notice(
            to.learner,
            _("You met every criterion: “%(title)s”"),
            _("You met every criterion of “%(title)s”. The result is on hold until the micro-credential may issue."),
        ),
    ),
    "award": (
        Notice(
            to.learner,
            _("You earned “%(title)s”"),
            _("You earned “%(title)s”. See what your badge will say, then accept it."),
        ),
    ),
    "fail": (
        Notice(
            to.learner,
            _("The result of your last attempt: “%(title)s”"),
            _(
                "Your last attempt at “%(title)s” did not show every competency. The reasons and your right to appeal "
                "stand on the page."
            ),
        ),
    ),
    "leave": (Notice(to.lead, _("A learner left: “%(title)s”"), _("A learner left a cohort of “%(title)s”.")),),
    "close_held": (
        Notice(
            to.learner,
            _("“%(title)s” will not be issued"),
            _("“%(title)s” will not be issued. You receive a signed statement of your results instead."),
        ),
    ),
    "suspend_badge": (
        Notice(
            to.learner,
            _("Your badge is suspended: “%(title)s”"),
            _("Your badge “%(title)s” is suspended for now. The page gives the reason and how to answer."),
        ),
    ),
    "reinstate_badge": (
        Notice(to.learner, _("Your badge holds again: “%(title)s”"), _("The suspension of your badge has ended.")),
    ),
    "ask_revocation": (
        Notice(
            to.officers,
            _("A revocation to decide: “%(title)s”"),
            _("The revocation of a badge of “%(title)s” is asked for. A second person decides."),
        ),
    ),
    "remind_learner": (
        Notice(
            to.learner,
            _("The cohort is over: “%(title)s”"),
            _("Your work for “%(title)s” is still open. Without an act of yours your place lapses after two notices."),
        ),
    ),
    "remind_badge": (
        Notice(
            to.learner,
            _("Your badge waits: “%(title)s”"),
            _("Your badge “%(title)s” waits for you. See what it will say, then accept or decline it."),
        ),
    ),
    "ask_correction": (
        Notice(
            to.issuers,
            _("A name to correct: “%(title)s”"),
            _("The earner of a badge of “%(title)s” asks that the name be corrected. A new badge can replace it."),
        ),
    ),
    "answer_suspension": (
        Notice(
            to.officers,
            _("A suspension was answered: “%(title)s”"),
            _("The earner of a suspended badge of “%(title)s” has answered."),
        ),
    ),
    "surrender_badge": (
        Notice(
            to.learner,
            _("Your badge is given back: “%(title)s”"),
            _("You gave your badge “%(title)s” back, and the time to change your mind is over. The award stays."),
        ),
    ),
    "warn_of_expiry": (
        Notice(
            to.learner,
            _("Your badge ends soon: “%(title)s”"),
            _("Your badge “%(title)s” ends soon. The page says when, and how it is renewed."),
        ),
    ),
    "expire_badge": (
        Notice(
            to.learner,
            _("Your badge has ended: “%(title)s”"),
            _("The last day of your badge “%(title)s” has passed. You earned it, and the award stays on record."),
        ),
    ),
    "replace_badge": (
        Notice(
            to.learner,
            _("A new badge takes the place of yours: “%(title)s”"),
            _("Your badge “%(title)s” was made anew. Accept the new one; the old one says that it was replaced."),
        ),
    ),
    "revoke_badge": (
        Notice(
            to.learner,
            _("Your badge was revoked: “%(title)s”"),
            _("Your badge “%(title)s” was revoked. The page gives the reason, to you alone, and how to appeal."),
        ),
    ),
}

TABLES: dict[str, dict[str, tuple[Notice, ...]]] = {"version": VERSION, "award": AWARD}


def notices_of(stream: str, type_: str) -> tuple[Notice, ...]:
    """What an event of this stream and type says; empty for one that tells nobody."""
    return TABLES.get(stream.partition(":")[0], {}).get(type_, ())

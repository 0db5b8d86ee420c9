"""Whom the other events of a version tell: seats, rosters, clocks, conditions, statements."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from notifications import audiences as to
from notifications.told.appeals import APPEALS
from notifications.told.notice import ASKED, CONDITION, VOTE, Notice, to_everybody

_ASKED_BY_NAME = replace(ASKED, audience=to.seat_by_link)
_VOTE_BY_NAME = replace(VOTE, audience=to.seat_on_committee)
_MORE_TIME = (_("You have more time: “%(title)s”"), _("Your time to answer about “%(title)s” was extended."))
_SOURCES_END = (
    _("The last source of demand ages out: “%(title)s”"),
    _("The last source of demand for “%(title)s” is soon too old. Add a fresh one, or issuing pauses on that day."),
)
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

BETWEEN: dict[str, tuple[Notice, ...]] = {
    **APPEALS,
    "delegate_seat": (_VOTE_BY_NAME,),
    "return_seat": (_VOTE_BY_NAME,),
    "mend_while_suspended": to_everybody(
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
    "ask_again": (ASKED,),
    "pause_issuing": to_everybody(
        _("Issuing paused: “%(title)s”"),
        _("The demand for “%(title)s” is no longer confirmed, so nothing new is issued. Earned badges stay valid."),
    ),
    "resume_issuing": to_everybody(
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
            to.statement_person,
            _("Your statement ends soon: “%(title)s”"),
            _("Your statement about “%(title)s” ends soon. The office will ask you whether it still holds."),
        ),
    ),
    "sources_end": (
        Notice(to.officers, *_SOURCES_END),
        Notice(to.lead, *_SOURCES_END),
    ),
    "ask_still_in_demand": (
        Notice(
            to.yearly_person,
            _("Still in demand? “%(title)s”"),
            _(
                "A year ago you said that what “%(title)s” teaches is in demand. Is it still? The link opens one page "
                "with one button; opening it answers nothing."
            ),
            asks=True,
        ),
    ),
    "say_no_longer": (
        Notice(
            to.officers,
            _("No longer in demand? “%(title)s”"),
            _(
                "A partner says that “%(title)s” is no longer in demand, and why. The review is open; its signed "
                "statement stands until the partner withdraws it or it ends."
            ),
        ),
    ),
    "lose_job_validation": (
        Notice(
            to.officers,
            _("The assessment is no longer confirmed: “%(title)s”"),
            _(
                "Partners no longer confirm that the assessment of “%(title)s” reflects the job. Learners under way "
                "finish; no new cohort is planned before partners confirm it again."
            ),
        ),
        Notice(
            to.lead,
            _("The assessment is no longer confirmed: “%(title)s”"),
            _(
                "Partners no longer confirm that the assessment of “%(title)s” reflects the job. Learners under way "
                "finish; no new cohort is planned before partners confirm it again."
            ),
        ),
    ),
    "ask_suspension": (
        Notice(
            to.officers,
            _("Suspend it? “%(title)s”"),
            _("For 60 days partners have not confirmed “%(title)s”. Decide whether to suspend it."),
        ),
    ),
    "enter_import": (
        Notice(
            to.chairs,
            _("To confirm: “%(title)s”"),
            _("“%(title)s” was entered as approved elsewhere. The committee confirms it from the proof."),
        ),
    ),
    "ask_urgent_release": (ASKED,),
    "ask_community": (
        replace(
            ASKED,
            subject=_("Your community is asked about “%(title)s”"),
            lead=_(
                "Your community's own answer about “%(title)s” is asked for. The link opens the letter, which says who "
                "asks and under which agreement. No clock runs, and silence is never consent."
            ),
        ),
    ),
    "withdraw_agreement": to_everybody(
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
    "ask_withdrawal": (
        Notice(
            to.officers,
            _("To be withdrawn? “%(title)s”"),
            _("The proposer of “%(title)s” wants to withdraw it. Agree to it, with a plan for the learners."),
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
    "move_policy": (
        Notice(
            to.proposer,
            _("New rules apply: “%(title)s”"),
            _("“%(title)s” was moved to a new edition of the policy. Nothing that was answered or decided is lost."),
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
    "complete_condition": (CONDITION,),
    "bring_proof": (
        Notice(
            to.condition_setter,
            _("Proof for your condition: “%(title)s”"),
            _("The owner of a condition that you set for “%(title)s” brought proof. Close it if the proof holds."),
        ),
    ),
    "withdraw_for_key": (
        Notice(
            to.statement_person,
            _("You are asked to sign again: “%(title)s”"),
            _(
                "The key that signed your statement about “%(title)s” was compromised, so the statement holds no more. "
                "Nobody signs for you: a new letter asks whether you say it again."
            ),
        ),
        Notice(
            to.officers,
            _("A partner's signature holds no more: “%(title)s”"),
            _(
                "The key of a partner of “%(title)s” was compromised, so its statement holds no more. It is asked "
                "again where no round is open; else ask it in your own round."
            ),
        ),
    ),
    "reissue_badges": (
        Notice(
            to.partners,
            _("Badges were signed anew: “%(title)s”"),
            _(
                "A key of the institution was compromised, so its badges of “%(title)s” were signed anew with another "
                "key. Badges by the old key hold no more. What you signed stands."
            ),
        ),
        Notice(
            to.officers,
            _("Badges were signed anew: “%(title)s”"),
            _("A key was compromised, so the badges of “%(title)s” were signed anew, and their holders were told."),
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

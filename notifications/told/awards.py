"""Whom the events of an award and its badge tell (`lifecycle.md` 5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications import audiences as to
from notifications.told.appeals import APPEALS
from notifications.told.notice import Notice

AWARD: dict[str, tuple[Notice, ...]] = {
    **APPEALS,
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
        Notice(
            to.learner,
            _("The revocation of your badge is asked for: “%(title)s”"),
            _("Your badge “%(title)s” may be revoked. The page gives the reason, to you alone, and how to appeal."),
        ),
    ),
    "make_badge_anew": (
        Notice(
            to.learner,
            _("A new badge is ready for you: “%(title)s”"),
            _("Your appeal was granted, and a new badge “%(title)s” was made. See what it says, and accept it."),
        ),
    ),
    "assess_anew": (
        Notice(
            to.assessors,
            _("Work to assess anew: “%(title)s”"),
            _("An appeal was granted: work for “%(title)s” is assessed anew, by somebody who did not judge it before."),
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
    "take_to_wallet": (
        Notice(
            to.learner,
            _("A wallet took your badge: “%(title)s”"),
            _("Your badge “%(title)s” was handed to a wallet. If that was not you, tell your institution at once."),
        ),
    ),
    "reissue_badge": (
        Notice(
            to.learner,
            _("Your badge was signed anew: “%(title)s”"),
            _(
                "A key that signs badges was compromised, so your badge “%(title)s” was signed anew with another key. "
                "Your award stands, and you need not accept it again. Give the new badge to whoever has the old one, "
                "which holds no more."
            ),
        ),
    ),
    "sign_statement_again": (
        Notice(
            to.learner,
            _("Your statement of results was signed anew: “%(title)s”"),
            _(
                "A key was compromised, so your statement of results for “%(title)s” was signed anew with another key. "
                "It says the same as before. The old signature holds no more."
            ),
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

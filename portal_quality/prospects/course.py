"""The course of a version, from screening to use."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal_quality.decide import FORWARD, NEVER, Prospect

RETURN_FROM_SCREENING = Prospect(
    act="return_from_screening",
    title=_("Return for changes"),
    button=_("Return for changes"),
    happens=(
        _("The proposal goes back to its proposer, with a reason for each section."),
        _("The proposer answers each reason and submits again; you then see what changed."),
    ),
    told=_("The proposer, by mail."),
    undo=_("Not by a click. The proposer can submit again at once."),
    done=_("The proposal went back to its proposer."),
)
ACCEPT = Prospect(
    act="accept",
    title=_("Accept for review"),
    button=_("Accept and ask the reviewers"),
    happens=(
        _("The relevance review opens. Each reviewer gets one link by mail, which works until the due date."),
        _("The content is frozen while they look at it."),
    ),
    told=_("The reviewers by mail, each with a link; the proposer."),
    undo=_("The round can be returned with reasons. Mails that left cannot be called back."),
    done=_("The proposal is accepted, and the reviewers are asked."),
)
CONFIRM_DEMAND = Prospect(
    act="confirm_demand",
    title=_("Confirm the demand"),
    button=_("Confirm the demand"),
    happens=(
        _("The relevance review closes. Seats that are still open end without an answer."),
        _("The academic lead designs the assessment."),
    ),
    told=_("The proposer, the academic lead and the partners who answered."),
    undo=FORWARD,
    done=_("The demand is confirmed. The assessment can be designed."),
)
RETURN_FROM_RELEVANCE = Prospect(
    act="return_from_relevance",
    title=_("Return for changes"),
    button=_("Return for changes"),
    happens=(
        _("The relevance review closes, and the proposal goes back to its proposer with a reason for each section."),
        _("In the next round reviewers whose parts did not change keep their answers; the others see the differences."),
    ),
    told=_("The proposer, by mail, with the summary of views."),
    undo=_("Not by a click. The proposer can submit again at once."),
    done=_("The proposal went back to its proposer."),
)
GO_ON = Prospect(
    act="go_on_without_partner",
    title=_("Go on without a partner"),
    button=_("Go on without a partner"),
    happens=(
        _("The relevance review closes by a reasoned override of the chair."),
        _("The exemption from clause E6a that was asked for is signed, or not, at the pilot approval."),
    ),
    told=_("The proposer, the academic lead, the quality office and the partners."),
    undo=FORWARD,
    done=_("The version goes on without a partner's support."),
)
REJECT = Prospect(
    act="reject_at_relevance",
    title=_("Reject"),
    button=_("Reject"),
    happens=(
        _("The version ends as rejected, with your reasons. Open seats end."),
        _("The proposer may propose it anew with the reasons answered, and may appeal on procedure."),
    ),
    told=_("The proposer, by letter; the partners who were asked."),
    undo=NEVER,
    done=_("The version is rejected."),
    bad=True,
)
CONFIRM_ENDORSEMENT = Prospect(
    act="confirm_endorsement",
    title=_("Confirm the endorsement"),
    button=_("Confirm and seat the committee"),
    happens=(
        _("The endorsement round closes. Each endorsement stays signed over exactly this content."),
        _("The committee is seated, and each member is asked to vote on the pilot."),
    ),
    told=_("The members of the committee."),
    undo=_("Not by a click. The committee can return or defer."),
    done=_("The endorsement is confirmed, and the committee is asked."),
)
RETURN_FROM_ENDORSEMENT = Prospect(
    act="return_from_endorsement",
    title=_("Return for changes"),
    button=_("Return for changes"),
    happens=(
        _("The endorsement round closes, and the design goes back to its academic lead with a list of changes."),
        _("In the next round partners whose parts did not change keep their answers; the others see the differences."),
    ),
    told=_("The academic lead and the partners."),
    undo=_("Not by a click. The lead can call the design ready again at once."),
    done=_("The design went back to its academic lead."),
)
START_PILOT = Prospect(
    act="start_pilot",
    title=_("Start the pilot"),
    button=_("Start the pilot"),
    happens=(_("Learners on the signed roster can enrol. Results wait on hold until the version is in use."),),
    told=_("The learners and the assessors."),
    undo=_("Not by a click. A pilot that goes wrong is closed by its stop rule."),
    done=_("The pilot has started."),
)
CLOSE_PILOT = Prospect(
    act="close_pilot",
    title=_("Close the pilot"),
    button=_("Close the pilot"),
    happens=(_("The results are locked, and the academic lead reports."),),
    told=_("The academic lead, the quality office and the partners."),
    undo=NEVER,
    done=_("The pilot is closed."),
)
ACTIVATE = Prospect(
    act="activate",
    title=_("Activate"),
    button=_("Activate"),
    happens=(
        _("The version is in use: learners enrol, and results that waited can be awarded."),
        _("It stands in the public register from now on, and its public page never disappears."),
    ),
    told=_("The partners; learners whose results wait."),
    undo=_("It can be suspended at once, and wound down. It cannot be unpublished."),
    done=_("The version is in use."),
)
HOLD = Prospect(
    act="hold",
    title=_("Put it on hold"),
    button=_("Put it on hold"),
    happens=(_("All clocks stop. Nobody can decide until you resume; then the days are given back."),),
    told=_("Everybody who works on it."),
    undo=_("Yes: resume it at any time."),
    done=_("The version is on hold."),
)
RESUME = Prospect(
    act="resume",
    title=_("Resume"),
    button=_("Resume"),
    happens=(_("The clocks go on. Open rounds get back the days that they stood still."),),
    told=_("Everybody who works on it."),
    undo=_("Yes: it can be put on hold again."),
    done=_("The version goes on."),
)
SIGN_TRANSCRIPT_RULE = Prospect(
    act="sign_transcript_rule",
    title=_("Sign the transcript rule"),
    button=_("Sign the transcript rule"),
    happens=(_("Your signature says that the award can stand on the transcript in this way. Clause E5 is then met."),),
    told=_("Nobody at once. The committee sees it."),
    undo=NEVER,
    done=_("The transcript rule is signed."),
)
VOTE = Prospect(
    act="vote",
    title=_("Vote"),
    button=_("Give my vote"),
    happens=(
        _("Your vote counts once, with your judgement of each clause and the framework strip as it stands today."),
        _("When all members were heard, or their time has ended, a member carries out what the votes say."),
    ),
    told=_("Nobody at once. The other members see your vote."),
    undo=_("No. If the vote is deferred you are asked again."),
    done=_("Your vote is given."),
)
RECUSE = Prospect(
    act="recuse",
    title=_("Step back from my seat"),
    button=_("Step back"),
    happens=(
        _("Your seat ends, and the number of voting members falls by one. Your reason stays on record."),
        _("If too few members are left, the chair names somebody from outside the unit."),
    ),
    told=_("The quality office and the chair."),
    undo=NEVER,
    done=_("You stepped back from your seat."),
)
CLOSE_COMMITTEE = Prospect(
    act="close_committee",
    title=_("Carry out the result"),
    button=_("Carry out the result"),
    happens=(),
    told=_("The proposer, the academic lead, the quality office and the partners."),
    undo=FORWARD,
    done=_("The result is carried out."),
)
REDESIGN = Prospect(
    act="redesign",
    title=_("Send back after the pilot"),
    button=_("Send back"),
    happens=(
        _("The version goes back with the findings of the pilot. A new pilot gathers its own answers."),
        _("Learners of this pilot do only what is missing, if the standard changes."),
    ),
    told=_("The proposer, the academic lead, the quality office and the partners."),
    undo=FORWARD,
    done=_("The version was sent back."),
)
AGREE_TO_WITHDRAWAL = Prospect(
    act="agree_to_withdrawal",
    title=_("Agree to a withdrawal"),
    button=_("Agree to the withdrawal"),
    happens=(
        _("The proposer may then withdraw the version in this stage. Nothing is withdrawn yet."),
        _("When it is withdrawn, open rounds end and held results become statements for the learners."),
    ),
    told=_("The proposer, by mail."),
    undo=_("It ends by itself when the version moves on."),
    done=_("You agreed. The proposer can withdraw it now."),
)

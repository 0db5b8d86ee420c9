"""Seats, questions of reviewers, conditions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal_quality.decide import NEVER, Prospect

EXTEND_SEAT = Prospect(
    act="extend_seat",
    title=_("Give more time"),
    button=_("Give more time"),
    happens=(_("The seat and its link live until the end of the day that you choose, 30 days at most."),),
    told=_("The reviewer."),
    undo=_("It can be extended again, or closed after its time."),
    done=_("The reviewer has more time."),
)
REPLACE_SEAT = Prospect(
    act="replace_seat",
    title=_("Ask somebody else"),
    button=_("Ask somebody else"),
    happens=(_("The seat goes to the person whom you name. The old link ends, and a new one goes out."),),
    told=_("The new reviewer, by mail with a link."),
    undo=_("It can be replaced again while it is open."),
    done=_("Somebody else is asked."),
)
CLOSE_SEAT = Prospect(
    act="close_seat",
    title=_("Close as “no answer”"),
    button=_("Close as “no answer”"),
    happens=(_("The seat ends without an answer. It counts neither way: silence is never consent."),),
    told=_("Nobody. The record keeps your reason."),
    undo=_("The person can be asked again in the next round."),
    done=_("The seat is closed without an answer."),
)
ANSWER_QUESTION = Prospect(
    act="answer_question",
    title=_("Answer a reviewer"),
    button=_("Send the reply"),
    happens=(_("The reviewer reads your reply beside the form. The seat stays open, and its clock goes on."),),
    told=_("The reviewer, by mail."),
    undo=NEVER,
    done=_("Your reply is sent."),
)
COMPLETE_CONDITION = Prospect(
    act="complete_condition",
    title=_("Give the condition its owner and date"),
    button=_("Set owner and date"),
    happens=(_("With owner and date the partner's endorsement counts."),),
    told=_("The owner."),
    undo=_("Owner and date can be set anew while the condition is open."),
    done=_("The condition has its owner and date."),
)
CLOSE_CONDITION = Prospect(
    act="close_condition",
    title=_("Close the condition"),
    button=_("Close the condition"),
    happens=(_("The condition is kept, and what waited for it can go on."),),
    told=_("The owner."),
    undo=NEVER,
    done=_("The condition is closed."),
)

"""Whom each transition of a version tells (`lifecycle.md` 4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications import audiences as to
from notifications.told.notice import ASKED, CONDITION, VOTE, Notice, to_everybody

_RETURNED = (_("Returned for changes: “%(title)s”"), _("“%(title)s” was returned. The reasons stand by each section."))
_BACK_AT_G2 = (
    Notice(to.proposer, *_RETURNED),
    Notice(to.lead, *_RETURNED),
    Notice(to.partners, _("Returned: “%(title)s”"), _("The committee returned “%(title)s” for changes.")),
)
_DEFERRED = (
    VOTE,
    Notice(to.proposer, _("Deferred: “%(title)s”"), _("The committee deferred “%(title)s” and votes again.")),
    Notice(to.partners, _("Deferred: “%(title)s”"), _("The committee deferred “%(title)s” and votes again.")),
)
_REJECTED = (
    Notice(to.proposer, _("Rejected: “%(title)s”"), _("“%(title)s” was rejected. The letter gives the reasons.")),
    Notice(to.lead, _("Rejected: “%(title)s”"), _("“%(title)s” was rejected. The letter gives the reasons.")),
    Notice(to.partners, _("Rejected: “%(title)s”"), _("“%(title)s” was rejected by the institution.")),
)
_REDESIGN = to_everybody(
    _("Back to the design: “%(title)s”"), _("The pilot of “%(title)s” missed targets; it is redesigned.")
)
_LIFTED = to_everybody(_("Suspension lifted: “%(title)s”"), _("The suspension of “%(title)s” is lifted."))
_REVIEWED = to_everybody(_("Review closed: “%(title)s”"), _("The periodic review of “%(title)s” is closed."))
_NEWER = (
    Notice(
        to.holders,
        _("A newer version of “%(title)s”"),
        _("A newer version of “%(title)s” is in use. Your badge stays valid; a short way to the newer one is offered."),
    ),
)

TRANSITIONS: dict[str, tuple[Notice, ...]] = {
    "submit": (
        Notice(to.officers, _("To screen: “%(title)s”"), _("“%(title)s” was submitted and waits for screening.")),
    ),
    "return_from_screening": (Notice(to.proposer, *_RETURNED),),
    "accept": (
        ASKED,
        Notice(to.proposer, _("Accepted for review: “%(title)s”"), _("“%(title)s” was accepted; partners are asked.")),
    ),
    "confirm_demand": to_everybody(
        _("In demand: “%(title)s”"), _("Employers confirmed that “%(title)s” is in demand.")
    ),
    "return_from_relevance": (Notice(to.proposer, *_RETURNED),),
    "go_on_without_partner": to_everybody(
        _("Goes on: “%(title)s”"),
        _("“%(title)s” goes on without a partner's support; an exemption is asked for."),
    ),
    "reject_at_relevance": to_everybody(
        _("Rejected: “%(title)s”"), _("“%(title)s” was rejected. The letter says why.")
    ),
    "design_ready": (ASKED,),
    "confirm_endorsement": (VOTE,),
    "return_from_endorsement": (
        Notice(to.lead, *_RETURNED),
        Notice(to.partners, _("Being changed: “%(title)s”"), _("“%(title)s” goes back to its design for changes.")),
    ),
    "approve_pilot": to_everybody(
        _("Pilot approved: “%(title)s”"), _("The committee approved the pilot of “%(title)s”.")
    ),
    "return_pilot_approval": _BACK_AT_G2,
    "return_pilot_approval_to_draft": _BACK_AT_G2,
    "defer_pilot_approval": _DEFERRED,
    "reject_pilot": _REJECTED,
    "waive_pilot": to_everybody(
        _("No new pilot: “%(title)s”"), _("“%(title)s” needs no new pilot and goes to the committee.")
    ),
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
    "report": (VOTE,),
    "approve": to_everybody(_("Approved: “%(title)s”"), _("The committee gave “%(title)s” its final approval.")),
    "approve_with_conditions": (CONDITION,),
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
    "withdraw": to_everybody(_("Withdrawn: “%(title)s”"), _("The proposer withdrew “%(title)s”.")),
    "hold": to_everybody(_("On hold: “%(title)s”"), _("“%(title)s” is on hold. Its clocks stand still.")),
    "resume": to_everybody(_("Resumed: “%(title)s”"), _("“%(title)s” goes on. Open rounds got their days back.")),
    "import_approved": (
        Notice(to.officers, _("Imported: “%(title)s”"), _("“%(title)s” was imported as approved elsewhere.")),
    ),
    "release_urgently": to_everybody(
        _("Urgent release: “%(title)s”"),
        _("“%(title)s” was released urgently for 90 days, because safety guidance changed."),
    ),
}

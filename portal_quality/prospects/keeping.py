"""Versions in use, imports, urgent releases, agreements."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal_quality.decide import FORWARD, NEVER, Prospect

ALL = _("The proposer, the academic lead, the quality office and the partners.")

SUSPEND = Prospect(
    act="suspend",
    title=_("Suspend"),
    button=_("Suspend at once"),
    happens=(
        _("Issuing and enrolment stop at once. Holders keep their badges."),
        _("The committee confirms it within 10 business days, or it lapses by itself."),
    ),
    told=_("The learners in progress, and the partners."),
    undo=_("It lapses without confirmation. The chair can lift it."),
    done=_("The version is suspended."),
    bad=True,
)
CONFIRM_SUSPENSION = Prospect(
    act="confirm_suspension",
    title=_("Confirm the suspension"),
    button=_("Confirm the suspension"),
    happens=(_("The interim order does not lapse any more. It holds until the chair lifts it or winds it down."),),
    told=_("Nobody at once. The record keeps it."),
    undo=_("The chair can lift it when its cause is closed."),
    done=_("The suspension is confirmed."),
)
LIFT = Prospect(
    act="lift",
    title=_("Lift the suspension"),
    button=_("Lift the suspension"),
    happens=(
        _("The version goes back into use, or on to the end of its offer, as you choose below."),
        _("If its demand is not confirmed any more, issuing stays paused."),
    ),
    told=ALL,
    undo=_("It can be suspended again."),
    done=_("The suspension is lifted."),
)
MEND = Prospect(
    act="mend_while_suspended",
    title=_("Mend it in a new version"),
    button=_("Begin the new version"),
    happens=(_("The version stays suspended. A new version begins at the assessment design, to close the cause."),),
    told=ALL,
    undo=_("The new version can be withdrawn."),
    done=_("A new version is begun."),
)
CLOSE_REVIEW = Prospect(
    act="close_review",
    title=_("Close the review"),
    button=_("Close the review"),
    happens=(
        _("Kept: it goes back into use, which needs demand in force. Retired: its offer is wound down."),
        _("Exemptions that were asked for are signed with this decision."),
    ),
    told=ALL,
    undo=FORWARD,
    done=_("The review is closed."),
)
WIND_DOWN = Prospect(
    act="wind_down",
    title=_("Wind down"),
    button=_("Wind down"),
    happens=(
        _("Nobody starts after the last start. Learners who are under way finish, and are awarded."),
        _("After the end of teaching it retires by itself. Badges stay verifiable for ever."),
    ),
    told=_("The learners and the partners."),
    undo=NEVER,
    done=_("The offer is being wound down."),
)
RELEASE_PATCH = Prospect(
    act="patch",
    title=_("Release the change"),
    button=_("Release the change"),
    happens=(
        _("The presentation changes in use, and the public achievement with it. Nobody is asked again."),
        _("Badges that were issued stay as they were signed."),
    ),
    told=_("The academic lead."),
    undo=_("By another change of the presentation."),
    done=_("The change is released."),
)
ASK_AGAIN = Prospect(
    act="ask_again",
    title=_("Ask partners again"),
    button=_("Ask them"),
    happens=(_("Each gets a link by mail to a short form. Their earlier answers count until they answer anew."),),
    told=_("The partners whom you name."),
    undo=_("The round can be left to end without an answer."),
    done=_("The partners are asked again."),
)
ADD_SOURCE = Prospect(
    act="add_demand_source",
    title=_("Add a source of demand"),
    button=_("Add the source"),
    happens=(_("The source counts for clause P1a from its day on. The approved content does not change."),),
    told=_("Nobody. The record keeps it."),
    undo=NEVER,
    done=_("The source is added."),
)
IMPORT = Prospect(
    act="import_approved",
    title=_("Confirm the import"),
    button=_("Confirm and bring into use"),
    happens=(
        _("The version comes into use as imported: its history says “not run here”, and no stage is pretended."),
        _("The clauses are computed now. Its review is due in 12 months."),
    ),
    told=_("The quality office."),
    undo=_("It can be suspended at once, and wound down."),
    done=_("The version is in use as imported."),
)
ASK_URGENT = Prospect(
    act="ask_urgent_release",
    title=_("Ask a partner for an urgent release"),
    button=_("Ask the partner"),
    happens=(
        _("One partner is asked by link whether the changed assessment reflects the job. The draft is frozen."),
        _("With that endorsement you can release it for 90 days."),
    ),
    told=_("The partner."),
    undo=_("The round can be left to end without an answer."),
    done=_("The partner is asked."),
)
RELEASE_URGENTLY = Prospect(
    act="release_urgently",
    title=_("Release urgently"),
    button=_("Release for 90 days"),
    happens=(
        _("It is in use for 90 calendar days and takes the place of the version before it."),
        _("A copy runs the whole course. If it is not in use by then, this version is suspended."),
    ),
    told=ALL,
    undo=_("It can be suspended at once."),
    done=_("The version is released for 90 days."),
    bad=True,
)
RECORD_AGREEMENT = Prospect(
    act="record_agreement",
    title=_("Record an agreement"),
    button=_("Record the agreement"),
    happens=(
        _("The agreement stands in the record with its parties and terms, from the day on which it is in force."),
        _("Before that day nothing of the community's data, name or endorsement is used."),
    ),
    told=_("Nobody at once. Then ask each party by link."),
    undo=_("A party can withdraw it at any time; the review opens then."),
    done=_("The agreement is recorded."),
)
ASK_COMMUNITY = Prospect(
    act="ask_community",
    title=_("Ask the community"),
    button=_("Ask the parties"),
    happens=(
        _("Each named party is asked by link whether it agrees to this content."),
        _("No clock runs against a community, and silence is never consent."),
    ),
    told=_("The parties whom you name."),
    undo=_("A party can take its agreement back at any time."),
    done=_("The parties are asked."),
)
WITHDRAW_AGREEMENT = Prospect(
    act="withdraw_agreement",
    title=_("Record a withdrawal"),
    button=_("Record the withdrawal"),
    happens=(
        _("The community's data and endorsement leave use, and the review opens."),
        _("Learners keep their awards."),
    ),
    told=_("The quality office and the academic lead."),
    undo=_("By a new agreement."),
    done=_("The withdrawal is recorded."),
    bad=True,
)

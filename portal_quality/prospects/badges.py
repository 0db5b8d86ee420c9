"""Rosters, awards, and what may happen to a badge."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal_quality.decide import Prospect

SIGN_ROSTER = Prospect(
    act="sign_roster",
    title=_("Sign the roster"),
    button=_("Sign the roster"),
    happens=(
        _("You say that these learners, and no others, take part. A change of the roster asks for a new signature."),
    ),
    told=_("The academic lead."),
    undo=_("It lapses when the roster is changed."),
    done=_("The roster is signed."),
)
AWARD = Prospect(
    act="award",
    title=_("Award"),
    button=_("Award the chosen"),
    happens=(
        _("Each chosen learner is awarded. What the badge will say is stored, and signed when the learner agrees."),
        _("A result that is refused says why, and holds up nobody else."),
    ),
    told=_("Each learner, by mail."),
    undo=_("No. An award given in error is ended by a revocation, which needs two persons."),
    done=_("The awards are given."),
)
SUSPEND_BADGE = Prospect(
    act="suspend_badge",
    title=_("Suspend the badge"),
    button=_("Suspend"),
    happens=(
        _("The badge stops holding at once, for 20 days at most; then it holds again by itself."),
        _("Our page, our check and our second signed list show it. Verifiers elsewhere do not see a suspension."),
    ),
    told=_("The earner, with your reason and the right to answer."),
    undo=_("Yes: a hearing panel of three can reinstate it."),
    done=_("The badge is suspended."),
    bad=True,
)
REINSTATE_BADGE = Prospect(
    act="reinstate_badge",
    title=_("Reinstate the badge"),
    button=_("Reinstate"),
    happens=(_("The badge holds again. The finding of the hearing panel stays on record."),),
    told=_("The earner."),
    undo=_("Yes: it can be suspended again."),
    done=_("The badge holds again."),
)
ASK_REVOCATION = Prospect(
    act="ask_revocation",
    title=_("Ask for revocation"),
    button=_("Ask for revocation"),
    happens=(
        _("Nothing is revoked yet: a second person has to confirm it."),
        _("A revoked badge never holds again. A fault ends the award too; an error leaves it, for a corrected badge."),
    ),
    told=_("The second person who confirms it."),
    undo=_("Until it is confirmed nothing has happened to the badge."),
    done=_("The revocation waits for a second person."),
    bad=True,
)
CONFIRM_REVOCATION = Prospect(
    act="confirm_revocation",
    title=_("Confirm the revocation"),
    button=_("Revoke for ever"),
    happens=(
        _("The badge is revoked for ever, on our pages and in the signed status list that verifiers read."),
        _("The public reads that it is revoked and since when, and never why."),
    ),
    told=_("The earner, with the reason and the right to appeal."),
    undo=_("It cannot be undone. An appeal that is upheld leads to a new badge."),
    done=_("The badge is revoked."),
    bad=True,
)
REPLACE_BADGE = Prospect(
    act="replace_badge",
    title=_("Replace the badge"),
    button=_("Sign the new one and replace"),
    happens=(
        _("A new badge is made of the facts of today, signed and offered before the old one ends."),
        _("The award and its date stay. The old badge says for ever which one took its place."),
    ),
    told=_("The earner."),
    undo=_("No. The new one can be replaced in its turn."),
    done=_("The badge is replaced."),
)
